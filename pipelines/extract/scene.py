"""What the text has spoken of so far: who "he", "the two sides" and "his counterpart" are, and which year the story is in."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from pipelines.extract.entities import Entities
from pipelines.extract.gazetteer import Mention
from pipelines.extract.records import Event, Part

_STATE_FORMS = ("name", "capital", "seat", "demonym")


@dataclass(slots=True)
class Scene:
    """The state of the story at one sentence."""

    entities: Entities
    pair: tuple[str, str] | None  # the two states that the document is about
    home: str | None
    persons: list[str] = field(default_factory=list)  # actor keys, the last named last
    groups: list[tuple[str, ...]] = field(default_factory=list)  # the countries of each event told with two or more
    organization: str | None = None
    year: int | None = None
    year_paragraph: int = -1
    year_is_fresh: bool = False  # no expression that counts from today has come between
    anchor: date | None = None  # the day that "the same day" and "the following day" count from
    anchor_is_day: bool = False
    persons_told: list[Part] = field(default_factory=list)  # the persons of the last of the groups
    paragraph: int = -1
    group_paragraph: int = -2  # where the last of the groups was told
    subject: Part | None = None  # who acted in the sentence before, for "it"

    def see(self, mentions: list[Mention]) -> None:
        """Move past a sentence's mentions."""
        for m in mentions:
            if m.kind == "person":
                if m.key in self.persons:
                    self.persons.remove(m.key)
                self.persons.append(m.key)
            elif m.kind == "organization":
                self.organization = m.key

    def tell(self, event: Event) -> None:
        """Remember the sides of an event."""
        if event.when is not None and event.when.edtf.first is not None:
            self.anchor, self.anchor_is_day = event.when.edtf.first, event.when.edtf.first == event.when.edtf.last
        countries = tuple(dict.fromkeys(p.country for p in event.parts if p.country))
        if len(countries) >= 2:
            self.groups.append(countries)
            self.group_paragraph = self.paragraph
            self.persons_told = [
                p
                for p in event.parts
                if (actor := self.entities.actors.get(p.key)) is not None and actor.kind == "person"
            ]

    def both(self, start: int, end: int, number: int = 2, people: bool = False) -> list[Part]:
        """The sides, as "both countries" (or "the three countries") means them: the story's two, else those of the event told last."""
        told = [c for c in self.groups if len(c) == number]
        here = self.group_paragraph == self.paragraph and bool(told) and told[-1] == self.groups[-1]
        if number == 2 and self.pair and not here:
            countries: tuple[str, ...] = self.pair
        elif told:
            countries = told[-1]
        else:
            return []
        if people:
            persons = [p for p in self.persons_told if p.country in countries]
            if {p.country for p in persons} == set(countries):
                return [Part(p.key, p.country, "", start, end, "anaphor") for p in persons]
        return [Part(c.lower(), c, "", start, end, "anaphor") for c in countries]

    def other(self, country: str | None) -> str | None:
        """The other side: of the document's pair, else of the event told last."""
        if self.pair and country in self.pair:
            return self.pair[1] if self.pair[0] == country else self.pair[0]
        if self.home is not None and country is not None and country != self.home:
            return self.home
        rest = [c for c in self.groups[-1] if c != country] if self.groups else []
        return rest[0] if rest and country in self.groups[-1] and len(rest) == 1 else None

    def holder(self, title: str) -> str | None:
        """The person named last whose office has this word in it."""
        for key in reversed(self.persons):
            actor = self.entities.actors.get(key)
            if actor and actor.office and title in actor.office.lower():
                return key
        return None


def document_pair(entities: Entities) -> tuple[str, str] | None:
    """The two states a document is about: the two named most, if they are clearly named more than the third."""
    counts: Counter[str] = Counter()
    for m in entities.mentions:
        if m.country and (m.kind in ("person", "government") or (m.kind == "state" and m.form in _STATE_FORMS)):
            counts[m.country] += 1
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    if len(ranked) < 2 or ranked[1][1] < 2 and len(ranked) > 2:
        return None
    third = ranked[2][1] if len(ranked) > 2 else 0
    if ranked[1][1] < 1.5 * third:
        return None
    first, second = ranked[0][0], ranked[1][0]
    return (first, second) if _first_named(entities, first) <= _first_named(entities, second) else (second, first)


def _first_named(entities: Entities, country: str) -> int:
    return next((m.start for m in entities.mentions if m.country == country), 1 << 60)
