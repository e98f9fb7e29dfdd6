"""The date and the agency that a document states about itself, in the lines that news texts keep for it.

What belongs here: datelines ("October 29, 2025 - 19:50", "ISLAMABAD, 12 May 2024:", "Published: 3 March 2026"). Dates in running
text are the extractor's. Only a full date with its year counts: a document that says less has no date of its own.
"""

import re
from datetime import date
from typing import NamedTuple

FIRST_LINES = 8
LAST_LINES = 3
_LONGEST_LINE = 160
_LONGEST_OPENING = 90
_MOST_WORDS_BESIDE = 8
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sept sep",
            "october oct",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}
_MONTH = "(?:" + "|".join(sorted(_MONTHS, key=lambda name: (-len(name), name))) + r")\b\.?"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_YEAR = r"(?:1[89]|20)\d\d"
_DATE = re.compile(
    rf"(?<![\w/.-])(?:"
    rf"(?P<y1>{_YEAR})[-/](?P<m1>\d{{1,2}})[-/](?P<d1>\d{{1,2}})(?=T\d|[^\w/-]|$)"
    rf"|(?:\d{{1,2}}\s?[–-]\s?)?(?P<d2>{_DAY})(?:\s+of)?[\s-]+(?P<m2>{_MONTH}),?[\s-]+(?P<y2>{_YEAR})(?![\w/-])"
    rf"|(?P<m3>{_MONTH})\s+(?P<d3>{_DAY}),?\s+(?P<y3>{_YEAR})(?![\w/-])"
    rf"|(?P<a4>\d{{1,2}})/(?P<b4>\d{{1,2}})/(?P<y4>{_YEAR})(?![\w/-])"
    rf"|(?P<d5>\d{{1,2}})\.(?P<m5>\d{{1,2}})\.(?P<y5>{_YEAR})(?![\w/-])"
    r")",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"(?:\bat\s+)?\bT?\d{1,2}[:.]\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:[ap]\.?m\b\.?)?"
    r"\s*(?:\(?\b(?:[A-Z][a-z]+ time|UTC|GMT|[A-Z]{2,4}T|IRST|Z)\b\)?)?(?:\s*[+-]\d{1,2}:?\d{2})?",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(r"\b(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?", re.IGNORECASE)
_PUBLISHED = re.compile(
    r"\b(?:first\s+)?(?:published|posted|issued|released|publication date|release date|date)\b(?:\s+(?:on|at))?\s*:?",
    re.IGNORECASE,
)
_UPDATED = re.compile(
    r"\b(?:this page was\s+)?(?:last\s+)?(?:updated|edited|modified|revised|reviewed|update)\b(?:\s+(?:on|at))?\s*:?",
    re.IGNORECASE,
)
# Words that lead a dateline and are part of no name.
_LABEL = re.compile(r"\b(?:source|statement)\s*:|\b(?:press|news) release\b", re.IGNORECASE)
_NAME_WORD = r"[^\W\d_a-z][\w.'’&-]*"
_PARTICLE = "(?:of|the|and|for|by|in|de|da|do|dos|das|del|di|du|la|le|el|al|y|e|van|von|bin|ibn)"
_NAME = rf"{_NAME_WORD}(?:[\s/]+(?:{_PARTICLE}\s+){{0,2}}{_NAME_WORD}){{0,4}}"
# What may stand beside the date of a dateline: a place, an author, a publisher, each set apart by a separator.
_BESIDE = re.compile(rf"(?:[Bb]y\s+)?{_NAME}(?:\s*[,|·•–—/-]+\s*(?:[Bb]y\s+)?{_NAME}){{0,2}}")
_TRIMMINGS = (_TIME, _WEEKDAY, _PUBLISHED, _UPDATED, _LABEL)
# Between bars anything short may stand beside the date: "Red Sea desk | 14 January 2026".
_BAR = re.compile(r"\s[|·•]\s")
_EDITION = re.compile(
    r"\b(?:digest|bulletin|edition|newsletter|briefing|brief|coverage|updates|issue|round-?up)\s+(?:of|for|on)\s+(?:\w{3,9},?\s+)?$",
    re.IGNORECASE,
)
_DAY_AT_END = re.compile(r"(?:\s[–—|-]|[,:])\s+$")
_SEPARATORS = " \t\u00a0,;:|·•–—-/()[]*_"
_AGENCY = rf"[(/](?P<agency>{_NAME})[)/]"
_OPENING = re.compile(rf"(?P<place>{_NAME}(?:,\s*{_NAME}){{0,2}})\s*(?:{_AGENCY})?\s*[,:|–—-]*\s*$")
_CLOSING = re.compile(
    rf"\s*[,.]?\s*(?:{_AGENCY})?\s*(?:[–—:|]|-{{1,2}}\s|\.\s(?={_NAME_WORD})|(?<=\))\s(?={_NAME_WORD}))"
)
_PLACE_DATE = rf"{_MONTH}\s+{_DAY}|{_DAY}\s+{_MONTH}"
_AGENCY_LINE = re.compile(
    rf"\s*(?P<place>{_NAME}(?:,\s*{_NAME}){{0,2}},?\s*)?(?P<day>(?i:{_PLACE_DATE})(?:,?\s+{_YEAR})?[.,]?\s*)?{_AGENCY}(?:\s*[.–—:-]|(?<=\))\s(?={_NAME_WORD}))"
)


class Dateline(NamedTuple):
    """What a document says of itself; None where it says nothing."""

    published: date | None
    agency: str | None


def read_dateline(text: str) -> Dateline:
    """The date and agency in the first lines of `text`, or the date in its last ones.

    A line that says "published" goes before a bare one, that before one that says "updated"; among equals the first wins.
    """
    head, tail = _first_and_last_lines(text)
    agency = next((name for line in head if (name := _agency(line[:_LONGEST_OPENING]))), None)
    # Several paragraphs that open with a date and no place are a chronology, and none of them dates the document.
    placeless = sum(_opening(line, with_place=False) is not None for line in head) == 1
    found: list[tuple[int, int, date]] = []
    for position, line in enumerate(head + tail):
        stated = date_of_line(line)
        if not stated and position < len(head):
            stated = _opening(line, with_place=True) or (_opening(line, with_place=False) if placeless else None)
        if stated:
            rank = 0 if _PUBLISHED.search(line[:_LONGEST_LINE]) else 2 if _UPDATED.search(line[:_LONGEST_LINE]) else 1
            found.append((rank, position, stated))
    return Dateline(min(found)[2] if found else None, agency)


def date_of_line(line: str) -> date | None:
    """The date of a line that is nothing but a dateline: a full date, and beside it at most a time, a label and names.

    Also of a heading that says of which day it is: "Digest of 28 June 2026", "LIVE: the crisis – Saturday 17 January 2026".
    """
    if len(line) > _LONGEST_LINE:
        return None
    dates = [(match, parsed) for match in _DATE.finditer(line) if (parsed := _parsed(match))]
    if not dates:
        return None
    if _is_heading_of_day(line, dates[0][0]):
        return dates[0][1]
    rest = line
    for match, _ in reversed(dates):
        rest = f"{rest[: match.start()]}|{rest[match.end() :]}"
    for pattern in _TRIMMINGS:
        rest = pattern.sub("|", rest)
    if not _set_apart(line, dates[0][0]):
        return None
    parts = [part.strip(_SEPARATORS + ".#") for part in rest.split("|")]
    beside = [part for part in parts if part and not _BESIDE.fullmatch(part)]
    if sum(len(part.split()) for part in parts) <= _MOST_WORDS_BESIDE and (not beside or _BAR.search(line)):
        label = _PUBLISHED.search(line)
        after = [parsed for match, parsed in dates if label and match.start() >= label.end()]
        return after[0] if after else dates[0][1]
    return None


def _agency(line: str) -> str | None:
    """The agency of "TEHRAN, Oct. 29 (IRNA) –". A name and its short form, "Economic Cooperation Organization (ECO) –", is none."""
    match = _AGENCY_LINE.match(line)
    if match is None:
        return None
    place = (match["place"] or "").strip(" ,")
    is_dateline = match["day"] or place.isupper() or (len(place.split()) <= 1 and len(match["agency"]) > 1)
    return match["agency"] if is_dateline else None


def _is_heading_of_day(line: str, match: re.Match[str]) -> bool:
    before, weekday = _WEEKDAY.subn("", line[: match.start()])
    is_last = not line[match.end() :].strip(_SEPARATORS + ".")
    return bool(_EDITION.search(line[: match.start()]) or (weekday and is_last and _DAY_AT_END.search(before)))


def _opening(line: str, *, with_place: bool) -> date | None:
    """The date of a paragraph that opens with a dateline: "TEHRAN, Oct. 29, 2025 (IRNA) – The minister …"."""
    match = _DATE.search(line[:_LONGEST_OPENING])
    if not match or not _CLOSING.match(line[match.end() :]):
        return None
    before = _WEEKDAY.sub("", line[: match.start()]).strip(" \t\u00a0*_#")
    return _parsed(match) if (_OPENING.fullmatch(before) if with_place else not before) else None


def _set_apart(line: str, match: re.Match[str]) -> bool:
    """Whether something other than a word leads up to the date: "pact on 27 June 2026" is a headline, no dateline."""
    before = line[: match.start()]
    for pattern in _TRIMMINGS:
        before = pattern.sub("|", before)
    before = before.rstrip(" \t\u00a0*_")
    return not before or before[-1] in ",;:|·•–—-/()[]#"


def _first_and_last_lines(text: str) -> tuple[list[str], list[str]]:
    """The first and the last lines that are not blank, none of them in both; very long lines are cut."""
    cut = 4 * _LONGEST_LINE
    head: list[str] = []
    start = 0
    while len(head) < FIRST_LINES and start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        if line := text[start : min(end, start + cut)].strip():
            head.append(line)
        start = end + 1
    tail = [line.strip() for line in text[max(start, len(text) - cut) :].split("\n") if line.strip()]
    return head, tail[-LAST_LINES:]


def _parsed(match: re.Match[str]) -> date | None:
    groups = {name: value for name, value in match.groupdict().items() if value}
    if "a4" in groups:
        first, second = int(groups["a4"]), int(groups["b4"])
        # 03/04/2025 is March to some and April to others.
        if first <= 12 and second <= 12 and first != second:
            return None
        day, month = (first, second) if second <= 12 else (second, first)
        year = int(groups["y4"])
    else:
        values = {name[0]: value for name, value in groups.items()}
        year, day = int(values["y"]), int(re.sub(r"\D", "", values["d"]))
        month = int(values["m"]) if values["m"].isdigit() else _MONTHS[values["m"].rstrip(".").lower()]
    try:
        return date(year, month, day)
    except ValueError:
        return None
