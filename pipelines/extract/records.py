"""What extraction finds in one document, before it is flattened to statements: events, agreements, and who takes part in them."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.extract.date_expressions import DateMention
from pipelines.extract.edtf import Edtf


@dataclass(slots=True)
class Part:
    """Somebody in a role. `how` says how sure that is: direct, modifier ("Iranian officials"), anaphor, or window."""

    key: str
    country: str | None
    role: str
    start: int
    end: int
    how: str = "direct"


@dataclass(slots=True)
class Found:
    """A value with the words that say it."""

    value: str
    start: int
    end: int
    rule: str


@dataclass(slots=True)
class When:
    """A date with its words; `mention` is kept to read it anew when the status changes."""

    edtf: Edtf
    start: int
    end: int
    mention: DateMention
    rule: str


@dataclass(slots=True)
class Agreement:
    """An instrument as told at one place of a document."""

    instrument: str
    title: Found
    status: Found
    start: int
    end: int
    sentence: int
    rule: str
    parties: list[Part] = field(default_factory=list)
    when: When | None = None
    place: Found | None = None
    place_country: str | None = None
    count: Found | None = None
    fields: list[Found] = field(default_factory=list)
    binding: bool | None = None
    confidence: float = 0.7
    attributed_to: tuple[str, int, int] | None = None

    def countries(self) -> set[str]:
        """The countries of the parties."""
        return {p.country for p in self.parties if p.country}


@dataclass(slots=True)
class Event:
    """A happening as told at one place of a document."""

    type: str
    rule: str
    start: int
    end: int
    sentence: int
    status: Found
    parts: list[Part] = field(default_factory=list)
    when: When | None = None
    place: Found | None = None
    place_country: str | None = None
    fields: list[Found] = field(default_factory=list)
    agreement: Agreement | None = None
    confidence: float = 0.7
    attributed_to: tuple[str, int, int] | None = None
    definite: bool = False
    pointed: bool = False  # "this visit": certainly told before
    nominal: bool = False
    asks: str = ""  # what a bare noun must have to make a record (nouns-*.yaml)
    earlier: bool = False  # told in a relative clause or the pluperfect: of a time before what the text has come to
    background: bool = False  # told in a relative clause or a frame around another event

    def countries(self) -> set[str]:
        """The countries of those who take part."""
        return {p.country for p in self.parts if p.country}

    def persons(self) -> set[str]:
        """Keys of those who take part and are no state."""
        return {p.key for p in self.parts if not (len(p.key) == 3 and p.key.islower())}

    def add(self, part: Part) -> None:
        """Add somebody once; a person of a country stands for the state, unless the state has a role of its own."""
        for other in self.parts:
            if other.key == part.key:
                return
        self.parts.append(part)
