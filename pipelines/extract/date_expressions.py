"""Expressions of time as a text words them: "26 July", "last week", "the following day". What they mean is for dates.py."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass

MONTHS = {name.lower(): n for n, name in enumerate(calendar.month_name) if n}
MONTHS |= {name.lower(): n for n, name in enumerate(calendar.month_abbr) if n} | {"sept": 9}
NUMBERS = dict(
    zip("one two three four five six seven eight nine ten eleven twelve".split(), range(1, 13), strict=True)
) | {"a": 1, "an": 1, "several": 0}

_M = r"(?P<{0}>January|February|March|April|May|June|July|August|September|October|November|December|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\b\.?)(?![\w])"
_D = r"(?P<{0}>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
_Y = r"(?P<{0}>1[5-9]\d\d|20\d\d)(?![\d%]|[,.]\d|-\w)"
_DASH = r"\s*(?:[-–—]|to|and|until|through)\s*"
_WD = r"(?:(?P<{0}>(?i:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday))\b)"
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("this_day", r"(?i:(?:on\s+)?this\s+day\s+in\s+)(?P<y>1[5-9]\d\d|20\d\d)(?!\d)"),
        ("iso", r"(?<![\d-])(?P<y>1[89]\d\d|20\d\d)-(?P<m>0[1-9]|1[0-2])-(?P<d>0[1-9]|[12]\d|3[01])(?![\d-])"),
        ("range_dm", rf"(?<![\d.,])(?:{_D.format('d')}(?:\s+(?:of\s+)?{_M.format('m')})?{_DASH}{_D.format('d2')}\s+(?:of\s+)?{_M.format('m2')}(?:,?\s+{_Y.format('y')})?)"),
        ("range_md", rf"{_M.format('m')}\s+{_D.format('d')}{_DASH}(?:{_M.format('m2')}\s+)?{_D.format('d2')}(?![\d:])(?:,?\s+{_Y.format('y')})?"),
        ("range_my", rf"{_M.format('m')}(?:\s+{_Y.format('y')})?{_DASH}{_M.format('m2')}\s+{_Y.format('y2')}"),
        ("dmy", rf"(?<![\d.,:])(?:the\s+)?{_D.format('d')}\s+(?:of\s+)?{_M.format('m')}(?:,?\s+(?:of\s+)?{_Y.format('y')})?"),
        ("mdy", rf"{_M.format('m')}\s+(?:the\s+)?{_D.format('d')}(?![\d:]|,\d{{3}}|\s+(?:troops|people|percent|per cent))(?:,?\s+{_Y.format('y')})?"),
        ("month_of_year", rf"{_M.format('m')}(?:\s+of)?\s+(?P<which>last|this|next|the\s+same|that|the\s+previous|the\s+following)\s+year\b"),
        ("my", rf"{_M.format('m')},?\s+(?:of\s+)?{_Y.format('y')}"),
        ("season", rf"(?P<s>(?i:spring|summer|autumn|fall|winter))\s+(?:of\s+)?{_Y.format('y')}"),
        ("decade", r"(?:the\s+)?(?P<y>1[89]\d|20\d)0['’]?s\b"),
        ("range_y", r"(?<![\d.,$€£-])(?P<y>1[5-9]\d\d|20\d\d)(?:\s*[-–—]\s*|\s+(?:to|and|until)\s+)(?P<y2>1[5-9]\d\d|20\d\d|\d\d)(?!\d)"),
        ("relative", r"(?i:\b(?P<part>(?:earlier|later|early|late|mid)[\s-]+)?(?P<which>last|this|next|past|previous|coming|the\s+same)\s+(?P<unit>week|month|year|weekend|spring|summer|autumn|winter|fall)\b)"),
        ("rel_month", rf"(?i:\b(?P<which>last|this|next|early|late|mid|earlier\s+in|later\s+in|early\s+in|late\s+in|in|since|during|of|until|by|from|throughout|through|following)[\s-]+){_M.format('m')}(?!\s+\d)"),
        ("weekday", rf"(?:\b(?P<which>(?i:last|next|this|coming|the\s+previous|the\s+following))\s+)?{_WD.format('w')}"),
        ("anchor", r"(?i:\b(?P<word>(?:the|that)\s+same\s+day|that\s+day|the\s+(?:following|next)\s+day|the\s+day\s+after|the\s+(?:previous|preceding)\s+day|the\s+day\s+before|a\s+day\s+(?:earlier|later|before|after)|(?:one|two|three|four|five|six)\s+days\s+(?:earlier|later)|(?:that|the\s+same)\s+(?:month|year)|the\s+following\s+(?:month|year))\b)"),
        ("day", r"(?i:\b(?P<word>yesterday|today|tomorrow|tonight|overnight|this\s+(?:morning|afternoon|evening))\b)"),
        ("ago", r"(?i:\b(?P<n>one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|a|an|\d{1,2})\s+(?P<unit>day|week|month|year)s?\s+(?P<way>ago|earlier|later|before)\b)"),
        ("year", rf"(?<![\d.,$€£:/-]){_Y.format('y')}(?!\s*(?:km|kilomet|troops|soldiers|people|tons|tonnes|MW|megawatt|personnel|dollars|million|billion|percent|per cent|met(?:re|er)s|miles|barrels|workers|students|families|doses|homes|hours|GMT|UTC))"),
    )
)  # fmt: skip
# what stands in every expression of a kind: looking for it first is cheaper than looking for the expression
_DIGIT, _MONTH, _YEAR = re.compile(r"\d"), re.compile(_M.format("m")), re.compile(r"1[5-9]\d|20\d")
_SIGNS: dict[str, tuple[re.Pattern[str], ...]] = {
    "this_day": (_YEAR,), "iso": (_YEAR,), "range_dm": (_DIGIT, _MONTH), "range_md": (_DIGIT, _MONTH), "range_my": (_YEAR, _MONTH),
    "dmy": (_DIGIT, _MONTH), "mdy": (_DIGIT, _MONTH), "month_of_year": (_MONTH,), "my": (_YEAR, _MONTH), "season": (_YEAR,), "decade": (_YEAR,),
    "range_y": (_YEAR,), "year": (_YEAR,), "rel_month": (_MONTH,), "weekday": (re.compile(r"(?i)day"),),
    "relative": (re.compile(r"(?i)week|month|year|spring|summer|autumn|winter|fall"),), "anchor": (re.compile(r"(?i)day|month|year"),),
    "day": (re.compile(r"(?i)day|tomorrow|night|morning|afternoon|evening"),), "ago": (re.compile(r"(?i)day|week|month|year"),),
}  # fmt: skip
_BOUND = re.compile(
    r"\b(since|until|till|by|before|after|from|between|prior to|pre-|post-|through|as of|to)\s+(?:early\s+|late\s+|mid-?\s*|the\s+)*$",
    re.I,
)
_PART_OF = re.compile(r"(?i)\b(?:end|beginning|start|middle|early|late)\s+$")
_MONTH_PREPOSITIONS = frozenset("in during since until by from of throughout through following".split())


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
        return int(value) if value and len(value) == 4 and self.kind != "decade" else None


def month_number(name: str | None) -> int:
    """The number of a month by its name, full or abbreviated."""
    return MONTHS[(name or "").rstrip(".").lower()]


def find_dates(text: str, start: int = 0, end: int | None = None) -> list[DateMention]:
    """All expressions of time in text[start:end], the most telling reading first, none overlapping; in order of the text."""
    end = len(text) if end is None else end
    taken: list[DateMention] = []
    there: dict[re.Pattern[str], bool] = {}
    for kind, pattern in _PATTERNS:
        if not all(_stands(sign, text, start, end, there) for sign in _SIGNS.get(kind, ())):
            continue
        for match in pattern.finditer(text, start, end):
            if any(match.start() < t.end and t.start < match.end() for t in taken):
                continue
            if (mention := _mention(kind, match, text, start)) is not None:
                taken.append(mention)
    return sorted(taken, key=lambda d: d.start)


def _stands(sign: re.Pattern[str], text: str, start: int, end: int, there: dict[re.Pattern[str], bool]) -> bool:
    if sign not in there:
        there[sign] = sign.search(text, start, end) is not None
    return there[sign]


def _mention(kind: str, match: re.Match[str], text: str, start: int) -> DateMention | None:
    """A match as an expression, `start` being where its sentence starts; None where it is none on a second look."""
    if kind in ("dmy", "mdy") and not _valid_day(match):
        return None
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


def _valid_day(match: re.Match[str]) -> bool:
    month, day = month_number(match["m"]), int(match["d"])
    return day <= calendar.monthrange(int(match["y"]) if match["y"] else 2024, month)[1]
