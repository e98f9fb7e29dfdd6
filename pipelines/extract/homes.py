"""Where a text is told from: the state of its dateline, of each item of a digest, of each speaker in an interview or a briefing."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipelines.extract.gazetteer import Mention
from pipelines.extract.layout import Layout

_FEWEST_ITEMS = 3  # datelines that make a text a digest
_HEAD = 400  # characters in which a text says who publishes it, and where
_OWN_BODY = re.compile(
    r"\b(?:Ministry|Department|Embassy|Government|Presidency|Chancellery|Cabinet|Foreign Office|Office of)\b"
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_ASKER = re.compile(r"(?:Q|Question|Interviewer|Journalist|Reporter|Moderator|Host)\d?", re.I)
_ANSWER = re.compile(r"(?:A|Answer|Reply)", re.I)
_TITLE = re.compile(r"(?:Mr|Ms|Mrs|Dr)\.?\s", re.I)


@dataclass(frozen=True, slots=True)
class Turn:
    """Who speaks in a paragraph: the words that name the speaker (None for who asks), and whether the paragraph asks."""

    label: str | None
    asks: bool


@dataclass(slots=True)
class Homes:
    """The frame of a text."""

    whole: str | None = None  # the state that the text is told from
    items: dict[int, str | None] = field(default_factory=dict)  # paragraph that opens an item of a digest: its state
    turns: dict[int, Turn] = field(default_factory=dict)  # paragraph: who speaks there

    def of(self, paragraph: int) -> str | None:
        """The state that a paragraph is told from."""
        opening = max((p for p in self.items if p <= paragraph), default=None)
        return self.whole if opening is None else self.items[opening]


def read_homes(layout: Layout, names: list[Mention]) -> Homes:
    """Datelines, letterheads and turns of speech of a text; `names` are all its mentions, those outside the prose too."""
    places = {p: country for p, span in layout.places.items() if (country := _country_in(names, *span))}
    first = next(iter(places.values()), None)
    homes = Homes(whole=first or _letterhead(layout, names), turns=_read_turns(layout))
    if len(places) >= _FEWEST_ITEMS:
        homes.items = dict(places)
    return homes


def _country_in(names: list[Mention], start: int, end: int) -> str | None:
    return next((m.country for m in names if start <= m.start < end and m.country), None)


def _letterhead(layout: Layout, names: list[Mention]) -> str | None:
    """The state of the ministry or embassy, or of the place beside the date, in the lines that open a release."""
    at = 0
    for line in layout.masked[:_HEAD].split("\n"):
        start, at = at, at + len(line) + 1
        bare = line.strip()
        if not bare or len(bare) > 90 or bare.endswith((".", "?", "!")):
            continue
        dated = _YEAR.search(bare) is not None and len(bare) < 60
        if (dated or _OWN_BODY.search(bare)) and (country := _country_in(names, start, start + len(line))):
            return country
    return None


def _read_turns(layout: Layout) -> dict[int, Turn]:
    """The turns of an interview or a briefing, by paragraph; one without a label goes on with the turn before it."""
    turns: dict[int, Turn] = {}
    now: Turn | None = None
    for paragraph in dict.fromkeys(s.paragraph for s in layout.sentences):
        if (label := layout.labels.get(paragraph)) is not None:
            asks = _ASKER.fullmatch(label) is not None
            now = Turn(None if asks or _ANSWER.fullmatch(label) else _TITLE.sub("", label), asks)
        if now is not None:
            turns[paragraph] = now
    return turns
