"""Everybody and everything that a text names: the mentions of one document, put together from gazetteer, offices, bodies and persons."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field

from pipelines.extract.bodies import Body, find_bodies
from pipelines.extract.gazetteer import Mention, automaton, find_names
from pipelines.extract.homes import Homes, read_homes
from pipelines.extract.layout import Layout
from pipelines.extract.lexicon import Entity, Lexicon
from pipelines.extract.names import People
from pipelines.extract.offices import Around, Office, find_offices
from pipelines.extract.patterns import office_patterns

_INTERNATIONAL = re.compile(
    r"Secretary-General|Secretary General|Director-General|Director General|High Representative|High Commissioner|European Commission|European Council|"
    r"European Central Bank|Managing Director|\b(?:UN|U\.N\.|United Nations|NATO|EU|African Union|ECOWAS|IAEA|IMF|World Bank)\b|Rapporteur"
)
_SHORT = re.compile(r"\s*\(\s*(?:the\s+)?[\"“]?(?P<short>[A-Z][A-Za-z&.-]{1,11})[\"”]?\s*[,)]")


@dataclass(slots=True)
class Actor:
    """An actor of the document: what is known of it, and the spans that say so."""

    key: str
    kind: str
    name: str
    country: str | None
    office: str | None = None
    parent: str | None = None
    wikidata: str | None = None
    name_span: tuple[int, int] = (0, 0)
    office_span: tuple[int, int] | None = None
    country_span: tuple[int, int] | None = None
    known: bool = False


@dataclass(slots=True)
class Entities:
    """The mentions of a text, in order, and the actors that they mean."""

    mentions: list[Mention]
    actors: dict[str, Actor]
    offices: list[Office]
    homes: Homes = field(default_factory=Homes)
    starts: list[int] = field(default_factory=list)

    def within(self, start: int, end: int) -> list[Mention]:
        """The mentions inside a span."""
        first = bisect_left(self.starts, start)
        last = bisect_left(self.starts, end)
        return [m for m in self.mentions[first:last] if m.end <= end]


def read_entities(layout: Layout, lexicon: Lexicon) -> Entities:
    """Find the mentions of a document; those outside its sentences (page furniture, link lists) are left out.

    The date of publication is taken and not used: callers may still give it.
    """
    text = layout.masked
    names = find_names(text, automaton(lexicon))
    patterns = office_patterns(lexicon)
    around = Around(names)
    bodies = find_bodies(text, around, lexicon, patterns)
    names = _with_bodies(names, bodies) + _abbreviations(text, names, bodies)
    names.sort(key=lambda m: (m.start, -m.end))
    around = Around(names)
    offices = _outside_names(find_offices(text, around, patterns), names)
    people = People(text, lexicon, patterns, around)
    persons = people.read(names, offices)
    names = [m for m in names if m.form != "person"]
    mentions = sorted([*names, *persons], key=lambda m: (m.start, -m.end))
    homes = read_homes(layout, mentions)
    mentions = _in_prose(mentions, layout)
    actors = _actors(mentions, lexicon, bodies, people)
    entities = Entities(mentions, actors, offices, homes, [m.start for m in mentions])
    _settle_countries(entities, people, layout)
    return entities


def _outside_names(offices: list[Office], names: list[Mention]) -> list[Office]:
    """Offices that are no part of a known person's name ("Hossein Amir Abdollahian" is no emir)."""
    persons = [(m.start, m.end) for m in names if m.form == "person"]
    return [o for o in offices if not any(a < o.start and o.end < b for a, b in persons)]


def _with_bodies(names: list[Mention], bodies: list[Body]) -> list[Mention]:
    covered = [(b.start, b.end) for b in bodies]
    kept = [m for m in names if not any(a <= m.start and m.end <= b for a, b in covered)]
    return [*kept, *(Mention(b.start, b.end, "group", b.kind, b.key, b.country) for b in bodies)]


def _abbreviations(text: str, names: list[Mention], bodies: list[Body]) -> list[Mention]:
    """Abbreviations that the text itself explains: "Supreme National Security Council (SNSC)"."""
    known: dict[str, Mention] = {}
    spans = [(m.end, m) for m in names if m.kind not in ("state", "place", "person")]
    spans += [(b.start + len(b.name), Mention(b.start, b.end, "group", b.kind, b.key, b.country)) for b in bodies]
    for end, mention in spans:
        match = _SHORT.match(text, end)
        if match and match["short"].rstrip(".").isupper():
            known.setdefault(match["short"], mention)
    taken = {m.start for m in names}
    found = []
    for short, mention in known.items():
        for match in re.finditer(rf"(?<![\w-]){re.escape(short)}(?![\w])", text):
            if match.start() not in taken and not any(b.start <= match.start() < b.end for b in bodies):
                found.append(Mention(match.start(), match.end(), "group", mention.kind, mention.key, mention.country))
    return found


def _in_prose(mentions: list[Mention], layout: Layout) -> list[Mention]:
    spans = [(s.start, s.end) for s in layout.sentences]
    kept, at = [], 0
    for mention in mentions:
        while at < len(spans) and spans[at][1] <= mention.start:
            at += 1
        if at < len(spans) and spans[at][0] <= mention.start and mention.end <= spans[at][1]:
            kept.append(mention)
    return kept


def _actors(mentions: list[Mention], lexicon: Lexicon, bodies: list[Body], people: People) -> dict[str, Actor]:
    own = {b.key: b for b in reversed(bodies)}
    actors: dict[str, Actor] = {}
    for m in mentions:
        if m.kind in ("place", "office") or m.key in actors:
            continue
        span = (m.start, m.end)
        if m.kind == "person":
            person = people.persons[m.key]
            known = lexicon.entities.get(m.key)
            start, end = person.spans[0] if person.spans else span
            actors[m.key] = Actor(
                m.key, "person", person.name, person.country, person.office, None, known.wikidata if known else None,
                (start, end), person.office_span, person.country_span, person.known,
            )  # fmt: skip
        elif m.key in own:
            body = own[m.key]
            actors[m.key] = Actor(m.key, body.kind, body.name, body.country, parent=body.parent, name_span=span)
        elif (entity := lexicon.entities.get(m.key)) is not None:
            actors[m.key] = _known(entity, span)
    return actors


def _known(entity: Entity, span: tuple[int, int]) -> Actor:
    parent = entity.country.lower() if entity.kind == "government" and entity.country else None
    return Actor(
        entity.key, entity.kind, entity.name, entity.country, entity.office, parent, entity.wikidata, span, known=True
    )


def _settle_countries(entities: Entities, people: People, layout: Layout) -> None:
    """Give persons without a country the one that their office can only mean: that of the dateline of their item."""
    for actor in entities.actors.values():
        if actor.kind == "person" and actor.country is None and actor.office:
            home = entities.homes.of(layout.paragraph_at(actor.name_span[0]))
            actor.country = people.persons[actor.key].country = home
    for actor in entities.actors.values():
        if actor.kind == "person" and actor.office and _INTERNATIONAL.search(actor.office):
            actor.country = actor.country_span = None  # acts for an organization, not for the country of the passport
    for mention in entities.mentions:
        if mention.kind == "person":
            mention.country = entities.actors[mention.key].country
