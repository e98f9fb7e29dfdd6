"""What the text has spoken of so far: who "he", "the two sides" and "his counterpart" are, and which year the story is in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from pipelines.extract.entities import Entities
from pipelines.extract.gazetteer import Mention
from pipelines.extract.lexicon import Instrument
from pipelines.extract.records import Event, Part
from pipelines.extract.voices import Voices

_SIDES = frozenset({"state", "person", "government"})
_PLACED = re.compile(r"\b(?:in|at|near|from|via|outside)\s+(?:the\s+)?$")
_PRONOUN = re.compile(r"[\"“'‘]?(?:He|She)\b")
_SAID = re.compile(
    r"[A-Z][\w'’-]+ (?:said|says|added|told|noted|stressed|warned|insisted|argued|explained|recalled|claimed)\b"
)
_SENT = re.compile(r"\b(delegation|mission|contingent|entourage)\b")
_WHOSE = re.compile(r"(?:['’]s?)?(?: [\w-]+){0,4} $")  # between a state and what it sends: "Syria's high-level "
_FROM = re.compile(r"\s(?:from|of)(?: the)? $|,?\s(?:led|headed) by .{0,60}$", re.S)
_NEAR = 2  # paragraphs
_STATE_FORMS = ("name", "capital", "seat", "demonym")


@dataclass(slots=True)
class Scene:
    """The state of the story at one sentence."""

    entities: Entities
    pair: tuple[str, str] | None  # the two states that the document is about
    topic: str | None  # the state that the document speaks of most by far
    home: str | None  # the state that this part of the text is told from
    voices: Voices
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
    body: tuple[int, str, str] | None = (
        None  # of the event told last: its paragraph, its one state, and the body beside it
    )
    subject: Part | None = None  # who acted in the sentence before, for "it"
    stranger: bool = (
        False  # whether the speaker told last bears a name that nobody known bears: then "he" is nobody known
    )
    spoken: list[frozenset[str]] = field(default_factory=list)  # the words of the sentences told last
    countries: tuple[str, ...] = ()  # those named in the sentence before
    instrument: Instrument | None = None  # that of the agreement told last
    named: list[tuple[int, str]] = field(default_factory=list)  # (paragraph, country) of each side named so far
    sent: dict[str, str] = field(default_factory=dict)  # whose "the delegation" is, told last and alone

    def enter(self, paragraph: int) -> None:
        """Move into a paragraph. An item of a digest starts anew: nobody told before it plays a part in it."""
        turn = self.voices.turns.get(paragraph)
        if paragraph == self.paragraph or (turn is not None and not turn.asks and self.paragraph >= 0):
            return  # an answer goes on with its question
        self.paragraph = paragraph
        items = self.entities.homes.items
        if paragraph in items:
            self.home, self.pair, self.subject, self.organization = items[paragraph], None, None, None
            self.persons, self.groups, self.named, self.persons_told = [], [], [], []
            self.spoken, self.countries, self.instrument, self.sent = [], (), None, {}
        elif items and paragraph > min(items):
            self.pair = None

    def see(self, mentions: list[Mention], text: str, start: int, end: int) -> None:
        """Move past the sentence text[start:end] with these mentions."""
        words = re.findall(r"[a-z-]{3,}", text[start:end].lower())
        self.spoken = [*self.spoken[-1:], frozenset(words) | {w[:-1] for w in words if w.endswith("s")}]
        self.countries = tuple(dict.fromkeys(m.country for m in mentions if m.country and m.kind in _SIDES))
        self._see_sent(mentions, text, start, end)
        if _PRONOUN.match(text, start) is None:
            said = _SAID.match(text, start)
            self.stranger = said is not None and all(m.start >= said.end() for m in mentions)
        for m in mentions:
            if m.country and m.kind in _SIDES and not (m.form == "capital" and _PLACED.search(text[: m.start][-14:])):
                self.named.append((self.paragraph, m.country))
            if m.kind == "person":
                if m.key in self.persons:
                    self.persons.remove(m.key)
                self.persons.append(m.key)
            elif m.kind == "organization":
                self.organization = m.key

    def _see_sent(self, mentions: list[Mention], text: str, start: int, end: int) -> None:
        """ "The Syrian delegation", "a mission from Chad", "a delegation led by X": whose "the delegation" is from now on."""
        found: dict[str, set[str]] = {}
        for match in _SENT.finditer(text, start, end):
            for m in mentions:
                actor = self.entities.actors.get(m.key)
                country = m.country or (actor.country if actor is not None else None)
                before = m.kind == "state" and m.end <= match.start() and _WHOSE.fullmatch(text, m.end, match.start())
                if country and (before or (m.start >= match.end() and _FROM.fullmatch(text, match.end(), m.start))):
                    found.setdefault(match[1], set()).add(country)
                    break
        for word, countries in found.items():
            self.sent.pop(word, None)
            if len(countries) == 1:
                self.sent[word] = next(iter(countries))

    def tell(self, event: Event) -> None:
        """Remember the sides of an event."""
        if event.when is not None and event.when.edtf.first is not None:
            self.anchor, self.anchor_is_day = event.when.edtf.first, event.when.edtf.first == event.when.edtf.last
        countries = tuple(dict.fromkeys(p.country for p in event.parts if p.country))
        bodies = [p.key for p in event.parts if self._kind(p) == "organization"]
        if len(countries) == len(bodies) == 1:
            self.body = (self.paragraph, countries[0], bodies[0])
        if len(countries) >= 2:
            self.body = None
            self.groups.append(countries)
            self.group_paragraph = self.paragraph
            self.persons_told = [p for p in event.parts if self._kind(p) == "person"]

    def _kind(self, part: Part) -> str | None:
        actor = self.entities.actors.get(part.key)
        return actor.kind if actor is not None else None

    def body_beside(self, country: str) -> str | None:
        """The organization that was just told of together with a state alone: "the EU's sanctions against Russia"."""
        if self.body is None or self.body[1] != country or self.paragraph - self.body[0] > _NEAR:
            return None
        return self.body[2]

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

    def other(self, country: str | None, here: Iterable[str] = ()) -> str | None:
        """The other side than `country`, where the words leave it unsaid; `here`: the countries that the sentence names.

        The nearest that is sure: the only other one of the sentence, the one told with it in this paragraph, the only
        other one named there, the document's pair, the one told with it last, the state that the story is told from.
        """
        if country is None:
            return None
        others = {c for c in here if c != country}
        if len(others) == 1:
            return others.pop()
        ranked = self._others(country)
        if others:
            return next((c for c in ranked if c in others), None)
        return next(iter(ranked), None)

    def _others(self, country: str) -> list[str]:
        """The countries that may be the other side, the surest first."""
        told = [group for group in reversed(self.groups) if country in group and len(group) == 2]
        beside = [next(c for c in group if c != country) for group in told]
        here = self.group_paragraph == self.paragraph and bool(self.groups) and country in self.groups[-1]
        near = {c for p, c in self.named if p == self.paragraph and c != country}
        out = beside[:1] if here else []
        out += [*near] if len(near) == 1 else []
        if self.pair and country in self.pair:
            out.append(self.pair[1] if self.pair[0] == country else self.pair[0])
        out += beside[:1]
        if self.home is not None and country != self.home and not self._is_of_others(self.home):
            out.append(self.home)
        if self.topic is not None and country != self.topic and not self.entities.homes.items:
            out.append(self.topic)
        return out

    def _is_of_others(self, home: str) -> bool:
        """Whether the document is about two other states and names the one that it is told from in its dateline alone."""
        ranked = _ranked(self.entities)
        others = [times for country, times in ranked if country != home]
        return len(others) > 1 and others[1] > 1 and dict(ranked).get(home, 0) < 2

    def holder(self, title: str) -> str | None:
        """The person named last whose office has this word in it."""
        for key in reversed(self.persons):
            actor = self.entities.actors.get(key)
            if actor and actor.office and title in actor.office.lower():
                return key
        return None


def _ranked(entities: Entities) -> list[tuple[str, int]]:
    """The states of a document with how often they are named, the most first."""
    counts: Counter[str] = Counter()
    for m in entities.mentions:
        if m.country and (m.kind in ("person", "government") or (m.kind == "state" and m.form in _STATE_FORMS)):
            counts[m.country] += 1
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def document_topic(entities: Entities) -> str | None:
    """The state a document is about: named twice as often as any other, and four times at least."""
    ranked = _ranked(entities)
    if not ranked or ranked[0][1] < 4 or (len(ranked) > 1 and ranked[0][1] < 2 * ranked[1][1]):
        return None
    return ranked[0][0]


def document_pair(entities: Entities) -> tuple[str, str] | None:
    """The two states a document is about: the two named most, if they are clearly named more than the third."""
    ranked = _ranked(entities)
    if len(ranked) < 2 or ranked[1][1] < 2 and len(ranked) > 2:
        return None
    third = ranked[2][1] if len(ranked) > 2 else 0
    if ranked[1][1] < 1.5 * third:
        return None
    first, second = ranked[0][0], ranked[1][0]
    return (first, second) if _first_named(entities, first) <= _first_named(entities, second) else (second, first)


def _first_named(entities: Entities, country: str) -> int:
    return next((m.start for m in entities.mentions if m.country == country), 1 << 60)
