"""Expressions of time in a sentence, and what they mean in EDTF (Library of Congress, 2019; levels 0 and 1).

Reading and meaning are apart: "26 July" is read once, but takes its year from the document's date, from the story, or stays `XXXX`,
and whether it lies ahead depends on the status of the event that it dates.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = {name.lower(): n for n, name in enumerate(calendar.month_name) if n}
MONTHS |= {name.lower(): n for n, name in enumerate(calendar.month_abbr) if n} | {"sept": 9}
WEEKDAYS = {name.lower(): n for n, name in enumerate(calendar.day_name)}
SEASONS = {"spring": 21, "summer": 22, "autumn": 23, "fall": 23, "winter": 24}
NUMBERS = dict(zip("one two three four five six seven eight nine ten eleven twelve".split(), range(1, 13), strict=True)) | {"a": 1, "an": 1, "several": 0}

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
_BOUND = re.compile(r"\b(since|until|till|by|before|after|from|between|prior to|pre-|post-|through|as of|to)\s+(?:early\s+|late\s+|mid-?\s*|the\s+)*$", re.I)
_LEAD = re.compile(r"\b(early|late|mid)[\s-]+$", re.I)


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


@dataclass(frozen=True, slots=True)
class Edtf:
    """A date in EDTF with its first and last day (None where the year is unknown)."""

    text: str
    first: date | None
    last: date | None


def _month(name: str | None) -> int:
    return MONTHS[(name or "").rstrip(".").lower()]


def find_dates(text: str, start: int = 0, end: int | None = None) -> list[DateMention]:
    """All expressions of time in text[start:end], the most telling reading first, none overlapping; in order of the text."""
    end = len(text) if end is None else end
    taken: list[DateMention] = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text, start, end):
            if kind == "rel_month" and match["which"].lower() == "of" and not re.search(r"(?i)\b(?:end|beginning|start|middle|early|late)\s+$", text[max(start, match.start() - 12) : match.start()]):
                continue
            if any(match.start() < t.end and t.start < match.end() for t in taken):
                continue
            if kind in ("dmy", "mdy") and not _valid_day(match):
                continue
            before = text[max(start, match.start() - 24) : match.start()]
            bound = found.group(1).lower() if (found := _BOUND.search(before)) else None
            values = tuple((k, v) for k, v in match.groupdict().items() if v is not None)
            if kind in ("rel_month", "weekday") and bound is None and match.groupdict().get("which", "") in ("since", "until", "by", "from"):
                bound = match["which"].lower()
            begin = match.start("m") if kind == "rel_month" and match["which"].lower() in ("in", "during", "since", "until", "by", "from", "of", "throughout", "through", "following") else match.start()
            taken.append(DateMention(begin, match.end(), kind, values, bound))
    return sorted(taken, key=lambda d: d.start)


def _valid_day(match: re.Match[str]) -> bool:
    month, day = _month(match["m"]), int(match["d"])
    return day <= calendar.monthrange(int(match["y"]) if match["y"] else 2024, month)[1]


@dataclass(frozen=True, slots=True)
class Clock:
    """What expressions of time count from: the document's date, the year that the text spoke of last, the day that it told last."""

    published: date | None
    story_year: int | None = None
    anchor: date | None = None
    anchor_is_day: bool = True
    story_is_fresh: bool = False  # the text has just spoken of that year, and not of today since


def to_edtf(mention: DateMention, clock: Clock, ahead: bool = False) -> Edtf | None:
    """What an expression means; `ahead`: it dates something planned.

    None where it means nothing that can be dated (a weekday in a document without a date).
    """
    published, story_year, anchor = clock.published, clock.story_year, clock.anchor
    if clock.story_is_fresh and story_year is not None and published is not None and story_year < published.year and not ahead and kind_without_year(mention):
        published = None  # history: the year is the one just told
    kind, get = mention.kind, mention.get
    if kind == "iso":
        return edtf_day(int(get("y") or 0), int(get("m") or 0), int(get("d") or 0))
    if kind in ("dmy", "mdy"):
        return _day(mention, published, ahead, story_year)
    if kind in ("range_dm", "range_md"):
        return _day_range(mention, published, ahead, story_year)
    if kind == "range_my":
        first = edtf_month(int(get("y") or get("y2") or 0), _month(get("m")))
        last = edtf_month(int(get("y2") or 0), _month(get("m2")))
        return _join(first, last)
    if kind == "my":
        return edtf_month(int(get("y") or 0), _month(get("m")))
    if kind == "season":
        return _season(int(get("y") or 0), SEASONS[(get("s") or "").lower()])
    if kind == "decade":
        first = int(f"{get('y')}0")
        return Edtf(f"{get('y')}X", date(first, 1, 1), date(first + 9, 12, 31))
    if kind == "range_y":
        y, y2 = get("y") or "", get("y2") or ""
        return _join(edtf_year(int(y)), edtf_year(int(y2 if len(y2) == 4 else y[:2] + y2)))
    if kind == "year":
        return edtf_year(int(get("y") or 0))
    if kind == "this_day":
        year = int(get("y") or 0)
        return edtf_day(year, published.month, published.day) if published else edtf_year(year)
    if kind == "month_of_year":
        which = (get("which") or "").lower()
        base = story_year or (anchor.year if anchor else None) if which in ("that", "the same", "the previous", "the following") else published.year if published else None
        shift = -1 if which in ("last", "the previous") else 1 if which in ("next", "the following") else 0
        return edtf_month(base + shift, _month(get("m"))) if base else None
    if kind == "anchor":
        word = (get("word") or "").lower()
        by_day = "day" in word
        return _from_anchor(word, anchor if clock.anchor_is_day or not by_day else None, story_year)
    return _relative(mention, published, ahead, story_year)


def _from_anchor(words: str, anchor: date | None, story_year: int | None) -> Edtf | None:
    """What counts from the day told last: "the following day", "two days later", "that month"."""
    if words.endswith("year"):
        year = anchor.year if anchor else story_year
        return edtf_year(year + ("following" in words)) if year else None
    if anchor is None:
        return None
    if words.endswith("month"):
        month = anchor.year * 12 + anchor.month - 1 + ("following" in words)
        return edtf_month(month // 12, month % 12 + 1)
    first = words.split()[0]
    step = 0 if "same" in words or words.startswith("that") else NUMBERS.get(first, 1)
    back = re.search(r"earlier|before|previous|preceding", words) is not None
    return _of(anchor + timedelta(days=-step if back else step))


def kind_without_year(mention: DateMention) -> bool:
    """Whether an expression is a day or a month that leaves its year to the reader."""
    return mention.kind in ("dmy", "mdy", "range_dm", "range_md", "rel_month") and mention.year is None and mention.get("which") not in ("last", "this", "next")


def edtf_day(year: int, month: int, day: int) -> Edtf | None:
    """A day; None where the calendar has no such day."""
    try:
        when = date(year, month, day)
    except ValueError:
        return None
    return Edtf(when.isoformat(), when, when)


def edtf_month(year: int, month: int) -> Edtf:
    """A month."""
    return Edtf(f"{year:04}-{month:02}", date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))


def edtf_year(year: int) -> Edtf:
    """A year."""
    return Edtf(f"{year:04}", date(year, 1, 1), date(year, 12, 31))


def _season(year: int, code: int) -> Edtf:
    first, last = {21: (3, 5), 22: (6, 8), 23: (9, 11), 24: (12, 2)}[code]
    end_year = year + (code == 24)
    return Edtf(f"{year:04}-{code}", date(year, first, 1), edtf_month(end_year, last).last)


def _join(first: Edtf | None, last: Edtf | None) -> Edtf | None:
    if first is None or last is None or (first.first and last.last and first.first > last.last):
        return first
    return Edtf(f"{first.text}/{last.text}", first.first, last.last)


def _guess_year(month: int, day: int, published: date | None, ahead: bool, story_year: int | None) -> int | None:
    """The year of a month and day without one: the nearest that fits the document's date, else the story's."""
    if published is None:
        return None if ahead else story_year
    year = published.year
    when = (month, min(day, 28))
    today = (published.month, min(published.day, 28))
    if ahead:
        return year if when >= today else year + 1
    return year if when <= (today[0], today[1] + 1) else year - 1


def _day(mention: DateMention, published: date | None, ahead: bool, story_year: int | None) -> Edtf | None:
    month, day = _month(mention.get("m")), int(mention.get("d") or 0)
    year = mention.year or _guess_year(month, day, published, ahead, story_year)
    return edtf_day(year, month, day) if year else Edtf(f"XXXX-{month:02}-{day:02}", None, None)


def _day_range(mention: DateMention, published: date | None, ahead: bool, story_year: int | None) -> Edtf | None:
    month = _month(mention.get("m") or mention.get("m2"))
    month2 = _month(mention.get("m2") or mention.get("m"))
    day, day2 = int(mention.get("d") or 0), int(mention.get("d2") or 0)
    year = mention.year or _guess_year(month, day, published, ahead, story_year)
    if year is None:
        return Edtf(f"XXXX-{month:02}-{day:02}/XXXX-{month2:02}-{day2:02}", None, None)
    first, last = edtf_day(year, month, day), edtf_day(year, month2, day2)
    return _join(first, last)


def _relative(mention: DateMention, published: date | None, ahead: bool, story_year: int | None) -> Edtf | None:
    kind, which = mention.kind, (mention.get("which") or "").lower()
    if kind == "rel_month":
        month = _month(mention.get("m"))
        if published and which == "next":
            ahead = True
        year = _guess_year(month, 1, published, ahead, story_year)
        if published and which == "last" and year == published.year and month >= published.month:
            year -= 1
        return edtf_month(year, month) if year else Edtf(f"XXXX-{month:02}", None, None)
    if published is None:
        return None
    if kind == "weekday":
        return _weekday(WEEKDAYS[(mention.get("w") or "").lower()], which, published, ahead)
    if kind == "day":
        shift = {"yesterday": -1, "tomorrow": 1}.get((mention.get("word") or "").lower(), 0)
        return _of(published + timedelta(days=shift))
    if kind == "ago":
        return _ago(mention, published)
    return _unit(mention, which, published)


def _of(when: date) -> Edtf:
    return Edtf(when.isoformat(), when, when)


def _weekday(day: int, which: str, published: date, ahead: bool) -> Edtf:
    back = (published.weekday() - day) % 7
    if ahead and which != "last" or which in ("next", "coming"):
        return _of(published + timedelta(days=(day - published.weekday()) % 7 or (7 if which == "next" else 0)))
    return _of(published - timedelta(days=back or (7 if which == "last" else 0)))


def _ago(mention: DateMention, published: date) -> Edtf | None:
    word = (mention.get("n") or "").lower()
    n = int(word) if word.isdigit() else NUMBERS.get(word, 0)
    unit = (mention.get("unit") or "").lower()
    if n == 0 or (mention.get("way") or "").lower() != "ago":
        return None  # "two days earlier" counts from something else than the document's date
    if unit == "day":
        return _of(published - timedelta(days=n))
    if unit == "week":
        return _of(published - timedelta(weeks=n)) if n == 0 else _week(published - timedelta(weeks=n))
    if unit == "month":
        month = published.year * 12 + published.month - 1 - n
        return edtf_month(month // 12, month % 12 + 1)
    return edtf_year(published.year - n)


def _week(when: date) -> Edtf:
    first = when - timedelta(days=when.weekday())
    last = first + timedelta(days=6)
    return Edtf(f"{first.isoformat()}/{last.isoformat()}", first, last)


def _unit(mention: DateMention, which: str, published: date) -> Edtf | None:
    unit = (mention.get("unit") or "").lower()
    step = {"last": -1, "past": -1, "previous": -1, "next": 1, "coming": 1}.get(which, 0)
    if unit == "week":
        return _week(published + timedelta(weeks=step))
    if unit == "weekend":
        saturday = published - timedelta(days=published.weekday()) + timedelta(days=5, weeks=step if step > 0 or published.weekday() >= 5 else -1)
        return _join(_of(saturday), _of(saturday + timedelta(days=1)))
    if unit == "month":
        month = published.year * 12 + published.month - 1 + step
        return edtf_month(month // 12, month % 12 + 1)
    if unit == "year":
        return edtf_year(published.year + step)
    return _season(published.year + min(step, 0), SEASONS[unit])
