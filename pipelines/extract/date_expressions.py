"""Expressions of time as a text words them: "26 July", "last week", "the following day". What they mean is for dates.py."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass

from pipelines.extract.calendars import IRANIAN_MONTHS

MONTHS = {name.lower(): n for n, name in enumerate(calendar.month_name) if n}
MONTHS |= {name.lower(): n for n, name in enumerate(calendar.month_abbr) if n} | {"sept": 9}
NUMBERS = dict(
    zip("one two three four five six seven eight nine ten eleven twelve".split(), range(1, 13), strict=True)
) | {"a": 1, "an": 1, "several": 0}

_M = r"(?P<{0}>January|February|March|April|May|June|July|August|September|October|November|December|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\b\.?)(?![\w])"
_D = r"(?P<{0}>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
_Y = r"(?P<{0}>1[5-9]\d\d|20\d\d)(?![\d%]|[,.]\d|-\w)"
_DASH = r"\s*(?:[-–—]|to|and|until|through)\s*"
_IM = r"(?P<{0}>" + "|".join(name.title() for name in IRANIAN_MONTHS) + r")\b"
_IY = r"(?P<{0}>1[23]\d\d|14\d\d)(?!\d)"
_S = r"(?P<s>(?i:spring|summer|autumn|fall|winter))"
_WD = r"(?:(?P<{0}>(?i:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday))\b)"
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("this_day", r"(?i:(?:on\s+)?this\s+day\s+in\s+)(?P<y>1[5-9]\d\d|20\d\d)(?!\d)"),
        ("iranian", rf"(?:(?<![\d.,:]){_D.format('d')}\s+(?:of\s+)?{_IM.format('m')},?\s+{_IY.format('y')}|{_IM.format('m2')}\s+(?:{_D.format('d2')},?\s+)?{_IY.format('y2')})"),
        ("iso", r"(?<![\d-])(?P<y>1[89]\d\d|20\d\d)-(?P<m>0[1-9]|1[0-2])-(?P<d>0[1-9]|[12]\d|3[01])(?![\d-])"),
        ("iso_m", r"(?<![\d-])(?P<y>1[89]\d\d|20\d\d)-(?P<m>0[1-9]|1[0-2])(?![\d-])"),
        ("range_dmy", rf"(?<![\d.,]){_D.format('d')}\s+(?:of\s+)?{_M.format('m')},?\s+{_Y.format('y')}\s*(?:[-–—]|to|until|through)\s*{_D.format('d2')}\s+(?:of\s+)?{_M.format('m2')},?\s+{_Y.format('y2')}"),
        ("range_dm", rf"(?<![\d.,])(?:{_D.format('d')}(?:\s+(?:of\s+)?{_M.format('m')})?{_DASH}{_D.format('d2')}\s+(?:of\s+)?{_M.format('m2')}(?:,?\s+{_Y.format('y')})?)"),
        ("range_md", rf"{_M.format('m')}\s+{_D.format('d')}{_DASH}(?:{_M.format('m2')}\s+)?{_D.format('d2')}(?![\d:])(?:,?\s+{_Y.format('y')})?"),
        ("range_my", rf"{_M.format('m')}(?:\s+{_Y.format('y')})?{_DASH}{_M.format('m2')}\s+{_Y.format('y2')}"),
        ("dmy", rf"(?<![\d.,:])(?:the\s+)?{_D.format('d')}\s+(?:of\s+)?{_M.format('m')}(?:,?\s+(?:of\s+)?{_Y.format('y')})?"),
        ("mdy", rf"{_M.format('m')}\s+(?:the\s+)?{_D.format('d')}(?![\d:]|,\d{{3}}|\s+(?:troops|people|percent|per cent))(?:,?\s+{_Y.format('y')})?"),
        ("day_of_year", rf"(?:(?<![\d.,:]){_D.format('d')}\s+{_M.format('m')}|{_M.format('m2')}\s+{_D.format('d2')})\s+(?:of\s+)?(?P<which>last|this|next|the\s+same|that|the\s+previous|the\s+following)\s+year\b"),
        ("month_of_year", rf"{_M.format('m')}(?:\s+of)?\s+(?P<which>last|this|next|the\s+same|that|the\s+previous|the\s+following)\s+year\b"),
        ("my", rf"{_M.format('m')},?\s+(?:of\s+)?{_Y.format('y')}"),
        ("season", rf"{_S}\s+(?:of\s+)?{_Y.format('y')}"),
        ("quarter", rf"(?i:(?P<q>first|second|third|fourth|last)\s+(?P<unit>quarter|half)\s+of\s+(?:the\s+year\s+)?){_Y.format('y')}"),
        ("quarter", r"(?i:(?:the\s+)?(?P<q>first|second|third|fourth|last)\s+(?P<unit>quarter|half)(?:\s+of\s+(?P<which>this|last|next|the)\s+year)?\b)(?!\s+of)"),
        ("decade", r"(?:the\s+)?(?P<y>1[89]\d|20\d)0['’]?s\b"),
        ("range_y", r"(?<![\d.,$€£-])(?P<y>1[5-9]\d\d|20\d\d)(?:\s*[-–—]\s*|\s+(?:to|and|until)\s+)(?P<y2>1[5-9]\d\d|20\d\d|\d\d)(?!\d)"),
        ("anchor", r"(?i:\b(?P<word>(?:the|that)\s+(?:same|previous|preceding)\s+(?:month|year))\b)"),
        ("range_wd", rf"{_WD.format('w')}\s*(?:[-–—]|to|until|through)\s*{_WD.format('w2')}"),
        ("weekday_of_week", rf"{_WD.format('w')}\s+(?P<which>(?i:last|next|this))\s+(?i:week)\b"),
        ("relative", r"(?i:\b(?:over|at|during)\s+(?P<which>the)\s+(?P<unit>weekend)\b)"),
        ("relative", r"(?i:\b(?P<part>(?:earlier|later|early|late|mid)[\s-]+)?(?P<which>last|this|next|past|previous|coming|the\s+same)\s+(?P<unit>week|month|year|weekend|spring|summer|autumn|winter|fall)\b)"),
        ("rel_month", rf"(?i:\b(?P<which>last|this|next|early|late|mid|earlier\s+in|later\s+in|early\s+in|late\s+in|in|since|during|of|until|by|from|throughout|through|following|that)[\s-]+){_M.format('m')}(?!\s+\d)"),
        ("bare_season", rf"(?i:\b(?P<which>in|during|by|until|before|since)\s+(?:the\s+)?(?:early\s+|late\s+)?){_S}\b(?!\s+(?:of|\d))"),
        ("weekday", rf"(?:\b(?P<which>(?i:last|next|this|coming|the\s+previous|the\s+following))\s+)?{_WD.format('w')}"),
        ("anchor", r"(?i:\b(?P<word>(?:the|that)\s+same\s+day|that\s+day|the\s+(?:following|next)\s+day|(?:the|a)\s+day\s+(?:after|before)(?!\s+\w)|the\s+(?:previous|preceding)\s+day|a\s+day\s+(?:earlier|later)|(?:one|two|three|four|five|six)\s+days\s+(?:earlier|later)|(?:that|the\s+same)\s+(?:month|year)|the\s+following\s+(?:month|year))\b)"),
        ("day", r"(?i:\b(?P<word>yesterday|today|tomorrow|tonight|overnight|this\s+(?:morning|afternoon|evening))\b)"),
        ("ago", r"(?i:\b(?P<n>one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|a|an|\d{1,2})\s+(?P<unit>day|week|fortnight|month|year|decade)s?\s+(?P<way>ago|earlier|later|before)\b)"),
        ("year", rf"(?:(?<=mid-)|(?<=early-)|(?<=late-)|(?<![\d.,$€£:/-])){_Y.format('y')}(?!\s*(?:Agenda|Vision|Strategy|km|kilomet|troops|soldiers|people|tons|tonnes|MW|megawatt|personnel|dollars|million|billion|percent|per cent|met(?:re|er)s|miles|barrels|workers|students|families|doses|homes|hours|GMT|UTC))"),
    )
)  # fmt: skip
_DIGIT, _YEAR = re.compile(r"\d"), re.compile(r"1[5-9]\d|20\d")
_MONTH_NAMES = tuple("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split())
_SIGN_WORDS = {
    "season": tuple("spring summer autumn winter fall".split()), "weekday": ("day",), "week": ("week",), "quarter": ("quarter", "half"),
    "relative": tuple("week month year spring summer autumn winter fall".split()), "anchor": ("day", "month", "year"),
    "day": tuple("day tomorrow night morning afternoon evening".split()), "ago": tuple("day week fortnight month year decade".split()),
}  # fmt: skip
_SIGNS = {
    "this_day": "year", "iso": "year", "range_dm": "digit month", "range_md": "digit month", "range_my": "year month", "dmy": "digit month",
    "mdy": "digit month", "month_of_year": "month", "my": "year month", "season": "year season", "decade": "year", "range_y": "year",
    "year": "year", "rel_month": "month", "weekday": "weekday", "relative": "relative", "anchor": "anchor", "day": "day", "ago": "ago",
    "iranian": "digit", "iso_m": "year", "range_dmy": "year month", "day_of_year": "digit month", "quarter": "quarter",
    "bare_season": "season", "weekday_of_week": "week weekday", "range_wd": "weekday",
}  # fmt: skip
_SOUGHT = tuple((kind, pattern, frozenset(_SIGNS[kind].split())) for kind, pattern in _PATTERNS)
"""the patterns with what stands in every expression of their kind: looking for that first is cheaper than for the expression"""
_BOUND = re.compile(
    r"\b(since|until|till|by|before|after|from|between|prior to|pre-|post-|through|as of|to)\s+(?:early\s+|late\s+|mid-?\s*|the\s+)*$",
    re.I,
)
_IN_NAME = re.compile(r"(?:Resolution|Vision|Agenda|Strategy|Plan|Horizon|No\.|[A-Z])\s*$")
_PART_OF = re.compile(r"(?i)\b(?:end|beginning|start|middle|early|late)\s+$")
_MONTH_PREPOSITIONS = frozenset("that in during since until by from of throughout through following".split())


@dataclass(frozen=True, slots=True)
class DateMention:
    """An expression of time as read; `values` are its parts, `bound` the word before it that makes it a limit ("since")."""

    start: int
    end: int
    kind: str
    values: tuple[tuple[str, str], ...]
    bound: str | None

    def get(self, name: str) -> str | None:
        """A part of the expression, or None."""
        return dict(self.values).get(name)

    @property
    def year(self) -> int | None:
        """The year that the expression itself names."""
        value = self.get("y2") or self.get("y")
        return int(value) if value and len(value) == 4 and self.kind not in ("decade", "iranian") else None


def month_number(name: str | None) -> int:
    """The number of a month by its name, full or abbreviated."""
    return MONTHS[(name or "").rstrip(".").lower()]


def find_dates(text: str, start: int = 0, end: int | None = None) -> list[DateMention]:
    """All expressions of time in text[start:end], the most telling reading first, none overlapping; in order of the text."""
    end = len(text) if end is None else end
    taken: list[DateMention] = []
    there = _signs(text[start:end])
    for kind, pattern, signs in _SOUGHT:
        if not signs <= there:
            continue
        for match in pattern.finditer(text, start, end):
            if any(match.start() < t.end and t.start < match.end() for t in taken):
                continue
            if (mention := _mention(kind, match, text, start)) is not None:
                taken.append(mention)
    return sorted(taken, key=lambda d: d.start)


def _signs(text: str) -> set[str]:
    """The signs that stand in a text."""
    lower = text.lower()
    there = {sign for sign, words in _SIGN_WORDS.items() if any(word in lower for word in words)}
    if any(name in text for name in _MONTH_NAMES):
        there.add("month")
    if _DIGIT.search(text) is not None:
        there.add("digit")
        if _YEAR.search(text) is not None:
            there.add("year")
    return there


def _mention(kind: str, match: re.Match[str], text: str, start: int) -> DateMention | None:
    """A match as an expression, `start` being where its sentence starts; None where it is none on a second look."""
    if kind in ("dmy", "mdy") and not _valid_day(match):
        return None
    if kind == "year" and _IN_NAME.search(text[max(start, match.start() - 14) : match.start()]):
        return None  # "Resolution 1929"
    if kind in ("range_dm", "range_md", "range_my") and " and " in match.group() and not _next_day(match):
        before = text[max(start, match.start() - 14) : match.start()]
        if not before.rstrip().lower().endswith(("between", "between the")):
            return None  # two days
    values = tuple((k, v) for k, v in match.groupdict().items() if v is not None)
    which = match.groupdict().get("which") or ""
    begin = match.start()
    if kind == "rel_month":
        if which.lower() == "of" and not _PART_OF.search(text[max(start, begin - 12) : begin]):
            return None
        begin = match.start("m") if which.lower() in _MONTH_PREPOSITIONS else begin
    found = _BOUND.search(text[max(start, match.start() - 24) : match.start()])
    bound = found.group(1).lower() if found else None
    if bound is None and kind in ("rel_month", "weekday") and which in ("since", "until", "by", "from"):
        bound = which
    return DateMention(begin, match.end(), kind, values, bound)


def _next_day(match: re.Match[str]) -> bool:
    """ "2 and 3 March": one stay of two days."""
    parts = match.groupdict()
    one_month = not (parts.get("m") and parts.get("m2"))
    return one_month and parts.get("d") is not None and int(parts["d2"]) == int(parts["d"]) + 1


def _valid_day(match: re.Match[str]) -> bool:
    month, day = month_number(match["m"]), int(match["d"])
    return day <= calendar.monthrange(int(match["y"]) if match["y"] else 2024, month)[1]
