"""The layout of a text: blocks, sentences, datelines, and the sections that are not prose.

All offsets are code points into the normalised text, so that a span can be checked against it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass

from pipelines.extract.lexicon import Lexicon

_LONGEST_PARAGRAPH = 400  # lines
LONGEST_SENTENCE = 1200  # characters; longer runs are split at a space, so that no input makes one parse endless

_CITATION = re.compile(r"\[(?:\d{1,3}|[a-z]|note \d+|citation needed|clarification needed)\](?::\d+)?", re.I)
_BULLET = re.compile(r"\s*(?:[-*•–—·▪]\s+|\(?\d{1,2}[.)]\s+|#{1,6}\s+|>\s+)")
_MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?"
_LEAD_DATE = re.compile(
    rf"\s*(?P<lead>(?i:(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,?\s+)?(?:\d{{1,2}}\s+{_MONTH}|{_MONTH}\s+\d{{1,2}}(?!\d)|{_MONTH})(?:,?\s+\d{{4}})?|(?:1[5-9]|20)\d{{2}}(?:-\d{{2}}-\d{{2}})?))\s*"
)
_LEAD_DATE_MARK = re.compile(_LEAD_DATE.pattern + r"(?:[.:–—|]|-{1,2}(?=\s))\s+")
_CLOCK = re.compile(
    r"\s*\[?\(?(?P<lead>\d{1,2}[:.]\d{2})(?:\s*(?:[ap]\.?m\.?|GMT|UTC|CET|EST|BST|IST|local time))*\]?\)?\s*(?:[-–—:|]\s*)?",
    re.I,
)
_DATELINE = re.compile(
    r"\s*(?P<place>[A-ZÀ-Þ][A-ZÀ-Þ.'’\- ]{2,30}(?:/[A-ZÀ-Þ][A-ZÀ-Þ.'’\- ]{2,30}){0,3}|[A-Z][\w.'’-]+(?: [A-Z][\w.'’-]+){0,2})"
    r"(?:,\s*(?P<date>(?:[A-Z][a-z]{2,8}\.?\s+\d{1,2}|\d{1,2}\s+[A-Z][a-z]{2,8}\.?)(?:,?\s+\d{4})?))?"
    r"(?:[,.]?\s*[(/](?P<agency>[A-Z][\w .&-]{1,30})[)/])?(?:\s*,\s*\d{4})?"  # "(AFP)", "/TASS/"
    r"(?:,\s*(?P<wire>[A-Z]{3,9})(?=\s*(?:[–—]|--)))?"  # "Tehran, IRNA –"
    r"\s*(?P<dash>[–—]|--?|:|\||\.)\s+(?=[\"“‘A-Z0-9À-Þ])"
)
_DAY = re.compile(r"\b\d{1,2}(?:st|nd|rd|th)?\b")
_FEWEST_TURNS = 4
_TURN = re.compile(
    r"[ \t]*(?P<label>(?:(?:Mr|Ms|Mrs|Dr|MR|MS|MRS|DR)\.?\s)?[A-Z][\w.'’-]*(?:\s[A-Z][\w.'’-]*){0,3})\s?:\s+(?=\S)"
)
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof gen lt col maj sgt capt adm gov sen rep rev hon st jr sr no nos vs etc inc ltd co corp "
    "jan feb mar apr jun jul aug sep sept oct nov dec u.s u.k u.n e.u d.c e.g i.e a.m p.m approx ca cf fig vol art".split()
)
_BOUNDARY = re.compile(r"[.!?…]+[\"”’')\]]*(?=\s|$)|;(?=\s)")
_SOURCE = re.compile(r"\s*(?:Sources?|Via|Original|Provenance|Origin)\s*:", re.I)
_URL = re.compile(r"https?://[^\s<>\"'“”\])}]+")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence: its span, the number of its paragraph, and whether it stands as a heading."""

    start: int
    end: int
    paragraph: int
    heading: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """What of a text is prose, and what frames it."""

    masked: str  # the text with citation markers blanked, offsets unchanged
    sentences: tuple[Sentence, ...]
    links: tuple[tuple[str, int, int], ...]  # the URLs of a provenance section
    dateline: tuple[int, int] | None  # the place that opens the story
    dateline_day: tuple[int, int] | None  # the day beside it
    labels: dict[int, str]  # paragraph: who speaks in it, in interviews and briefings
    places: dict[int, tuple[int, int]]  # paragraph: the place that opens it; several make a digest of short items
    leads: dict[
        int, tuple[int, int]
    ]  # paragraph: the date or clock time that opens it, as in chronicles and live reports

    def paragraph_at(self, at: int) -> int:
        """The number of the paragraph that an offset lies in."""
        number = bisect_right(self.sentences, at, key=lambda s: s.start) - 1
        return self.sentences[max(0, number)].paragraph if self.sentences else -1


def read_layout(text: str, lexicon: Lexicon) -> Layout:
    """Split a normalised text into sentences; links of a provenance section are set apart from the prose."""
    masked = _CITATION.sub(lambda m: " " * len(m.group()), text)
    sentences: list[Sentence] = []
    places: dict[int, tuple[int, int]] = {}
    leads: dict[int, tuple[int, int]] = {}
    section: tuple[int, int] | None = None  # the date that stands as the heading of the paragraphs below it
    days: list[tuple[int, int]] = []  # those above all prose
    dated = 0
    prose, links = _apart(masked, lexicon)
    labels = _turns(masked, [(number, start) for number, start, _ in prose])
    for number, start, end in prose:
        line = masked[start:end].strip()
        heading = _is_heading(line)
        if heading and _LEAD_DATE.fullmatch(line):
            at = masked.index(line, start)
            section = (at, at + len(line))
            if all(s.heading for s in sentences) and _DAY.search(line):
                days.append(section)
            dated += 1
            continue
        if (
            heading
            and (clock := _CLOCK.match(masked, start, end))
            and (len(line) < 12 or masked[start:end].strip()[0].isdigit())
        ):
            section = clock.span("lead")
            if clock.end() >= end:
                continue
        elif heading:
            section = None
        if number in labels:
            start = masked.index(":", start) + 1
        begin, place, lead = _skip_lead(masked, start, end, lexicon)
        if (opening := lead or section) is not None:
            leads[number] = opening
        if place:
            places[number] = place
        sentences += _sentences(masked, begin, end, number, heading)
    if dated == 1:  # a lone one at the top is the day of the document, and dates no happening
        leads = {number: span for number, span in leads.items() if span not in days}
    return Layout(
        masked,
        tuple(sentences),
        tuple(links),
        next(iter(places.values()), None),
        _dateline_day(masked, places),
        labels,
        places,
        leads,
    )


def _turns(text: str, paragraphs: list[tuple[int, int]]) -> dict[int, str]:
    """The labels of the speakers of an interview or a briefing, by paragraph: those that come back."""
    found = {number: match["label"] for number, start in paragraphs if (match := _TURN.match(text, start))}
    often = Counter(found.values())
    turns = {number: label for number, label in found.items() if often[label] > 1}
    return turns if len(turns) >= _FEWEST_TURNS else {}


def _apart(text: str, lexicon: Lexicon) -> tuple[list[tuple[int, int, int]], list[tuple[str, int, int]]]:
    """The paragraphs of prose (number, start, end) and the links of provenance sections, page furniture left out."""
    prose: list[tuple[int, int, int]] = []
    links: list[tuple[str, int, int]] = []
    in_provenance = False
    for number, (start, end) in enumerate(_paragraphs(text)):
        line = text[start:end].strip()
        if len(line) < 3:
            continue
        if _names(line, lexicon.provenance_headings):
            in_provenance = True
            continue
        found = _links(text, start, end)
        if in_provenance:
            if found:
                links += found
                continue
            in_provenance = _is_heading(line) or line.endswith(":")
        elif found and (source := _SOURCE.match(text[start:end])):
            links += found
            if source.end() < len(line):
                continue
        if not in_provenance and not _names(line, lexicon.boilerplate):
            prose.append((number, start, end))
    return prose, links


def _paragraphs(text: str) -> list[tuple[int, int]]:
    """Spans of paragraphs: lines, where hard-wrapped lines of one paragraph are taken together."""
    spans: list[tuple[int, int]] = []
    position, last, lines = 0, "", 0
    for line in text.split("\n"):
        start, end = position, position + len(line)
        position = end + 1
        if not line.strip():
            last = ""
            continue
        if last and lines < _LONGEST_PARAGRAPH and _wraps(last.rstrip(), line, lines > 1):
            spans[-1] = (spans[-1][0], end)
            lines += 1
        else:
            spans.append((start, end))
            lines = 1
        last = line
    return spans


def _wraps(last: str, line: str, wrapped: bool) -> bool:
    """Whether a line goes on with the paragraph of the line before it; `wrapped`: that paragraph has gone over a line already."""
    if not last or _BULLET.match(line) or _URL.match(line.strip()):
        return False
    if line[:1].islower():
        return last[-1] not in ".!?:"
    return 55 <= len(last) <= 100 and len(last.split()) > 6 and last[-1] not in '.!?:”"' and wrapped


def _is_heading(line: str) -> bool:
    return bool(line) and line[-1] not in '.!?:;,”"' and len(line) < 180


def _names(line: str, headings: frozenset[str]) -> bool:
    bare = re.sub(r"^[#*=\s]+|[:*=\s.]+$", "", line).lower()
    return bare in headings


def _links(text: str, start: int, end: int) -> list[tuple[str, int, int]]:
    found = []
    for match in _URL.finditer(text, start, end):
        url = match.group().rstrip(".,;:!?")
        found.append((url, match.start(), match.start() + len(url)))
    return found


def _skip_lead(
    text: str, start: int, end: int, lexicon: Lexicon
) -> tuple[int, tuple[int, int] | None, tuple[int, int] | None]:
    """Where the prose of a paragraph begins behind bullets, clock times, dates and a dateline; the dateline's place; the date or time."""
    begin, lead = start, None
    if match := _BULLET.match(text, begin, end):
        begin = match.end()
    for pattern in (_LEAD_DATE_MARK, _CLOCK):
        if (match := pattern.match(text, begin, end)) and match.end() < end:
            lead = match.span("lead")
            begin = match.end()
    match = _DATELINE.match(text, begin, min(end, begin + 90))
    if match and match["dash"] == ":" and not (match["date"] or match["agency"] or _is_place(match["place"], lexicon)):
        is_label = match["place"].isupper() and match.end() < end  # "LIVE:", "QUESTION:"
        return (match.end() if is_label else begin), None, lead
    if match and match["dash"] == "." and not _is_place(match["place"], lexicon):
        return begin, None, lead
    framed = match is not None and (
        match["agency"] or (match["dash"] != "." and (match["date"] or match["wire"]))
    )  # a full stop alone frames nothing
    if match and match.end() < end and (match["place"].isupper() or framed):
        return match.end(), match.span("place"), lead
    return begin, None, lead


def _dateline_day(text: str, places: dict[int, tuple[int, int]]) -> tuple[int, int] | None:
    """The day that stands in the first dateline."""
    first = next(iter(places.values()), None)
    match = _DATELINE.match(text, first[0]) if first is not None else None
    return match.span("date") if match is not None and match["date"] else None


def _is_place(label: str, lexicon: Lexicon) -> bool:
    """Whether a label in capitals names a place that the lexicon knows."""
    first = label.split("/", maxsplit=1)[0].strip()
    return first in lexicon.surfaces or first.title() in lexicon.surfaces


def _sentences(text: str, start: int, end: int, paragraph: int, heading: bool) -> list[Sentence]:
    spans: list[tuple[int, int]] = []
    begin = start
    for match in _BOUNDARY.finditer(text, start, end):
        if _ends_sentence(text, begin, match, end):
            spans.append((begin, match.end()))
            begin = match.end()
    spans.append((begin, end))
    out: list[Sentence] = []
    for first, last in spans:
        for a, b in _bounded(text, first, last):
            while a < b and (text[a].isspace() or text[a] in "–—"):
                a += 1
            while b > a and text[b - 1].isspace():
                b -= 1
            if b - a > 1:
                out.append(Sentence(a, b, paragraph, heading))
    return out


def _bounded(text: str, start: int, end: int) -> list[tuple[int, int]]:
    spans = []
    while end - start > LONGEST_SENTENCE:
        cut = text.rfind(" ", start + LONGEST_SENTENCE // 2, start + LONGEST_SENTENCE)
        cut = cut if cut > start else start + LONGEST_SENTENCE
        spans.append((start, cut))
        start = cut
    return [*spans, (start, end)]


def _ends_sentence(text: str, begin: int, match: re.Match[str], end: int) -> bool:
    after = text[match.end() : min(end, match.end() + 40)].lstrip()
    if not after:
        return True
    if match.group() == ";":
        return match.start() - begin > 25 and len(text[match.end() : end].strip()) > 25
    if after[0].islower():
        return False
    if match.group()[0] != ".":
        return True
    word = re.search(r"[\w.’'&-]*$", text[max(begin, match.start() - 20) : match.start()])
    last = word.group().lower() if word else ""
    if last in _ABBREVIATIONS:
        # "U.S." and "p.m." may end a sentence: they do where a new one visibly starts
        return last in {"u.s", "u.k", "u.n", "e.u", "d.c", "a.m", "p.m", "etc", "inc", "ltd", "co", "corp"} and bool(
            re.match(r"(?:The|In|On|At|It|He|She|They|But|And|This|That|A|An|Its|His|Her|For|After|Both)\b", after)
        )
    return not re.fullmatch(r"[a-z]|(?:[a-z]\.)+[a-z]", last)
