"""Flatten what was found in a document to raw statements: one row a cell, each with its span and the rule that made it."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import NamedTuple

from pipelines.extract.entities import Actor, Entities
from pipelines.extract.lexicon import load_lexicon
from pipelines.extract.records import Agreement, Event, Found, Part, When
from pipelines.extract.story import Story


class RawStatement(NamedTuple):
    """One cell of one mention; the columns of schemas/raw_statements.json."""

    mention_id: str
    record_type: str
    source_id: str
    field: str
    value: str
    role: str | None
    country: str | None
    date_start: date | None
    date_end: date | None
    start: int
    end: int
    quote: str
    attributed_to: str | None
    rule: str
    confidence: float
    position: int


class _Mention:
    """Collects the statements of one mention, which gets an id from its source, its kind, its name and where it stands."""

    def __init__(
        self,
        text: str,
        source_id: str,
        record_type: str,
        name: str,
        position: int,
        confidence: float,
        said_by: str | None,
    ) -> None:
        self.text, self.source_id, self.record_type, self.position = text, source_id, record_type, position
        self.confidence, self.said_by = confidence, said_by
        self.id = hashlib.sha256(f"{record_type}\0{source_id}\0{position}\0{name}".encode()).hexdigest()[:16]
        self.rows: list[RawStatement] = []

    def add(
        self, field: str, found: Found, role: str | None = None, country: str | None = None, when: When | None = None
    ) -> None:
        """Add a cell: its value with its span, and the role, country or days that go with it."""
        first, last = (when.edtf.first, when.edtf.last) if when else (None, None)
        self.rows.append(
            RawStatement(
                self.id,
                self.record_type,
                self.source_id,
                field,
                found.value,
                role,
                country,
                first,
                last,
                found.start,
                found.end,
                self.text[found.start : found.end],
                self.said_by,
                found.rule,
                self.confidence,
                self.position,
            )
        )


def raw_statements(text: str, source_id: str, entities: Entities, story: Story) -> list[RawStatement]:
    """All statements of a document. Every mention has a type (or instrument, or name) and every cell its own span."""
    rows: list[RawStatement] = []
    ids: dict[int, str] = {}
    told: set[str] = set()  # one place of a text tells a record of one kind once, whatever leads to it
    for agreement in story.agreements:
        mention = _agreement(text, source_id, agreement, entities)
        ids[id(agreement)] = mention.id
        if mention.id not in told and any(row.field == "party" for row in mention.rows):
            told.add(mention.id)
            rows += mention.rows
    for event in story.events:
        mention = _event(text, source_id, event, entities)
        if mention.id in told or not any(row.field == "participant" for row in mention.rows):
            continue
        told.add(mention.id)
        if event.agreement is not None and ids[id(event.agreement)] in told:
            a = event.agreement
            mention.add("agreement_id", Found(ids[id(a)], a.start, a.end, a.rule))
        rows += mention.rows
    _complete(entities, story)
    for actor in entities.actors.values():
        rows += _actor(text, source_id, actor).rows
    return rows


def _complete(entities: Entities, story: Story) -> None:
    """States that take part without being named themselves ("in Istanbul"), and the states that ministries belong to, are actors too."""
    lexicon = load_lexicon()
    parts = [p for event in story.events for p in event.parts]
    parts += [p for agreement in story.agreements for p in agreement.parties]
    wanted = [(p.key, p.start, p.end) for p in parts]
    wanted += [(a.parent, *a.name_span) for a in entities.actors.values() if a.parent]
    for key, start, end in wanted:
        if key not in entities.actors and (entity := lexicon.entities.get(key)) is not None:
            entities.actors[key] = Actor(
                key,
                entity.kind,
                entity.name,
                entity.country,
                name_span=(start, end),
                known=True,
                wikidata=entity.wikidata,
            )


def _speaker(said: tuple[str, int, int] | None, entities: Entities) -> str | None:
    return said[0] if said is not None and said[0] in entities.actors else None


def _event(text: str, source_id: str, event: Event, entities: Entities) -> _Mention:
    m = _Mention(
        text, source_id, "event", event.type, event.start, event.confidence, _speaker(event.attributed_to, entities)
    )
    m.add("type", Found(event.type, event.start, event.end, event.rule))
    m.add("status", event.status)
    _common(m, event.when, event.place, event.place_country, event.fields)
    for part in event.parts:
        _part(m, "participant", part)
    return m


def _agreement(text: str, source_id: str, agreement: Agreement, entities: Entities) -> _Mention:
    m = _Mention(
        text,
        source_id,
        "agreement",
        agreement.instrument,
        agreement.start,
        agreement.confidence,
        _speaker(agreement.attributed_to, entities),
    )
    m.add("title", agreement.title)
    m.add("instrument", Found(agreement.instrument, agreement.start, agreement.end, agreement.rule))
    m.add("status", agreement.status)
    _common(m, agreement.when, agreement.place, None, agreement.fields)
    if agreement.count is not None:
        m.add("instruments", agreement.count)
    if agreement.binding is not None:
        m.add("binding", Found(str(agreement.binding).lower(), agreement.start, agreement.end, agreement.rule))
    for part in agreement.parties:
        _part(m, "party", part)
    return m


def _common(m: _Mention, when: When | None, place: Found | None, country: str | None, fields: list[Found]) -> None:
    if when is not None:
        m.add("date", Found(when.edtf.text, when.start, when.end, when.rule), when=when)
    if place is not None:
        m.add("place", place)
        if country is not None:
            m.add("place_country", Found(country, place.start, place.end, "gazetteer:place"))
    for found in fields:
        m.add("field", found)


def _part(m: _Mention, field: str, part: Part) -> None:
    if part.key.startswith("?"):
        return  # a bare name that nothing has made an actor
    m.add(field, Found(part.key, part.start, part.end, f"role:{part.how}"), role=part.role, country=part.country)


def _actor(text: str, source_id: str, actor: Actor) -> _Mention:
    start, end = actor.name_span
    m = _Mention(text, source_id, "actor", actor.key, start, 0.99 if actor.known else 0.85, None)
    rule = "lexicon:actor" if actor.known else f"grammar:{actor.kind}"
    m.add("key", Found(actor.key, start, end, rule))
    m.add("name", Found(actor.name, start, end, rule), country=actor.country)
    m.add("kind", Found(actor.kind, start, end, rule))
    if actor.country is not None:
        a, b = actor.country_span or (start, end)
        m.add("country", Found(actor.country, a, b, "lexicon:country" if actor.known else "grammar:office"))
    if actor.office is not None:
        a, b = actor.office_span or (start, end)
        m.add("office", Found(actor.office, a, b, "grammar:office" if actor.office_span else "lexicon:office"))
    if actor.parent is not None:
        m.add("parent_actor_id", Found(actor.parent, start, end, rule))
    if actor.wikidata is not None:
        m.add("wikidata_id", Found(actor.wikidata, start, end, "lexicon:wikidata"))
    return m
