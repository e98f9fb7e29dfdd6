"""Small worlds that change from release to release: documents arrive, are edited, renamed and removed, and the lexicon grows.

A world has three countries of its own, some persons in several spellings and a few happenings. Its documents are texts made of
one sentence a telling, and the raw statements are made with them, span by span, as extraction would: so that many worlds can
go through resolution together, as one build, without any of them having to do with another.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import pyarrow as pa

from pipelines.arrow import arrow_schema
from pipelines.extract.run import Extracted
from pipelines.ingest.document import Document
from pipelines.ingest.text import sha256
from pipelines.tables import load

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DAY = date(2024, 5, 3)
_TYPES = ("meet", "visit", "attack", "accuse", "aid", "sign")
STEPS = ("arrive", "arrive", "arrive", "edit", "edit", "remove", "rename", "learn", "nothing")


def code(number: int) -> str:
    """The country code of a number: AAA, AAB …"""
    return _LETTERS[number // 676 % 26] + _LETTERS[number // 26 % 26] + _LETTERS[number % 26]


@dataclass(frozen=True, slots=True)
class Telling:
    """One sentence: a happening as one document tells it."""

    kind: str
    """An event type, or `instrument:NAME` for an agreement."""
    sides: tuple[str, str]
    person: str | None
    date: str | None
    place: str | None
    word: str
    """The trigger; the lexicon knows `said` words from the start and `muttered` ones only when it has grown."""


@dataclass(frozen=True, slots=True)
class Paper:
    """One document of a world."""

    source_id: str
    published: date | None
    tellings: tuple[Telling, ...]
    preface: str = ""


@dataclass(slots=True)
class World:
    """One world: its documents now, and how much the lexicon knows of it."""

    number: int
    rng: random.Random
    papers: dict[str, Paper] = field(default_factory=dict)
    knows: int = 0
    made: int = 0
    happenings: list[Telling] = field(default_factory=list)

    @staticmethod
    def make(number: int, seed: int) -> "World":
        """A new world with a first document or two."""
        world = World(number, random.Random(f"{seed}:{number}"))
        world.happenings = [world._happening() for _ in range(world.rng.randint(2, 4))]
        for _ in range(world.rng.randint(1, 3)):
            world.step("arrive")
        return world

    def _happening(self) -> Telling:
        sides = self.rng.sample([code(3 * self.number + i) for i in range(3)], 2)
        kind = self.rng.choice([*_TYPES, "instrument:treaty", "instrument:protocol"])
        person = self.rng.choice([None, "Qari Sahil", "Lara Monti"])
        day = (_DAY + timedelta(days=self.rng.choice([0, 0, 1, 40]))).isoformat()
        return Telling(kind, (sides[0], sides[1]), person, day, self.rng.choice([None, "Aville", "Betown"]), "said")

    def _telling(self) -> Telling:
        """One of the world's happenings as somebody may tell it: vaguer, otherwise spelled, in words not yet known."""
        told = self.rng.choice(self.happenings)
        assert told.date is not None
        when = self.rng.choice([told.date, told.date, told.date[:7], None])
        person = told.person if self.rng.random() < 0.8 else None
        if person == "Qari Sahil" and self.rng.random() < 0.4:
            person = "Qary Saheel"
        word = "muttered" if self.rng.random() < 0.2 else "said"
        place = told.place if self.rng.random() < 0.7 else None
        return replace(told, date=when, person=person, word=word, place=place)

    def step(self, kind: str) -> None:
        """What happens to the world before the next release, one of STEPS."""
        if kind == "nothing":
            return
        if kind == "arrive" or not self.papers:
            self.made += 1
            name = f"w{self.number}-{self.rng.choice('abc')}{self.made}"
            published = self.rng.choice([None, _DAY + timedelta(days=self.rng.randint(1, 60))])
            told = tuple(self._telling() for _ in range(self.rng.randint(1, 3)))
            self.papers[name] = Paper(name, published, told)
            return
        name = self.rng.choice(sorted(self.papers))
        paper = self.papers[name]
        if kind == "edit":
            self.papers[name] = self._edited(paper)
        elif kind == "remove":
            del self.papers[name]
        elif kind == "rename":
            del self.papers[name]
            self.papers[f"{name}r"] = replace(paper, source_id=f"{name}r")
        elif kind == "learn":
            self.knows += 1

    def _edited(self, paper: Paper) -> Paper:
        told = list(paper.tellings)
        match self.rng.choice(["preface", "drop", "add", "date"]):
            case "drop" if len(told) > 1:
                told.pop(self.rng.randrange(len(told)))
            case "add":
                told.insert(self.rng.randint(0, len(told)), self._telling())
            case "date":
                at = self.rng.randrange(len(told))
                told[at] = replace(told[at], date=(_DAY + timedelta(days=self.rng.randint(0, 50))).isoformat())
            case _:
                return replace(paper, preface=paper.preface + self.rng.choice(["Corrected. ", "Update: "]))
        return replace(paper, tellings=tuple(told))


def build(worlds: Sequence[World]) -> tuple[list[Document], Extracted]:
    """The documents of all worlds with what extraction finds in them."""
    documents, rows = list[Document](), list[dict[str, Any]]()
    for world in worlds:
        for paper in world.papers.values():
            text, cells = _written(paper, world.knows)
            known: dict[str, Any] = {
                "kind": "article",
                "title": None,
                "publisher": None,
                "url": None,
                "language": "en",
                "revision": None,
            }
            rights: dict[str, Any] = {"retrieved_at": None, "license": None, "publish_quotes": True}
            shape: dict[str, Any] = {"sha256": sha256(text), "words": len(text.split()), "text": text}
            documents.append(Document(source_id=paper.source_id, published=paper.published, **known, **rights, **shape))
            rows.extend(cells)
    schema = pa.schema([f.with_nullable(True) for f in arrow_schema(load("raw_statements"))])
    return documents, Extracted(pa.Table.from_pylist(rows, schema), [], len(documents))


def _written(paper: Paper, knows: int) -> tuple[str, list[dict[str, Any]]]:
    """The text of a paper and its raw statements."""
    text = f"{paper.source_id[: paper.source_id.index('-')]} paper {paper.source_id.rstrip('r')}. {paper.preface}"
    rows = list[dict[str, Any]]()
    actors = dict[str, tuple[str, str, str, int, int, bool]]()
    for number, told in enumerate(paper.tellings):
        sentence, spans = _sentence(told)
        at = {name: (len(text) + start, len(text) + end) for name, (start, end) in spans.items()}
        text += sentence
        if told.word == "muttered" and knows == 0:
            continue
        for side in told.sides:
            actors.setdefault(side.lower(), (side.title(), "state", side, *at[side], True))
        if told.person:
            known = knows > 1
            key = "qari-sahil" if known and told.person.startswith("Qa") else told.person.lower().replace(" ", "-")
            name = "Qari Sahil" if key == "qari-sahil" else told.person
            key = f"{key}-{told.sides[0].lower()}"
            actors.setdefault(key, (name, "person", told.sides[0], *at["person"], known))
        mention = f"{paper.source_id}:{number}"
        rows += _mention(mention, paper.source_id, told, at, text, knows)
    for key, (name, kind, country, start, end, known) in actors.items():
        rule = "lexicon:actor" if known else "grammar:name"
        for column, value in (("key", key), ("name", name), ("kind", kind), ("country", country)):
            base = {"mention_id": f"{paper.source_id}:{key}", "record_type": "actor", "source_id": paper.source_id}
            rows.append(_row(base, column, value, (start, end), text, start, rule=rule, country=country))
    return text, rows


def _sentence(told: Telling) -> tuple[str, dict[str, tuple[int, int]]]:
    sentence, spans = "", {}
    parts: list[tuple[str, str | None]] = [
        (told.sides[0], told.sides[0]), ("person", told.person), ("word", f"{told.word} {told.kind}"),
        (told.sides[1], told.sides[1]), ("date", told.date and f"on {told.date}"), ("place", told.place),
    ]  # fmt: skip
    for name, words in parts:
        if words:
            spans[name] = (len(sentence), len(sentence) + len(words))
            sentence += words + " "
    return sentence.rstrip() + ". ", spans


def _mention(
    mention: str, source_id: str, told: Telling, at: dict[str, tuple[int, int]], text: str, knows: int
) -> Iterator[dict[str, Any]]:
    is_agreement = told.kind.startswith("instrument:")
    kind, member = ("agreement", "party") if is_agreement else ("event", "participant")
    base = {"mention_id": mention, "record_type": kind, "source_id": source_id}

    def row(column: str, value: str, span: str, **cells: Any) -> dict[str, Any]:
        return _row(base, column, value, at[span], text, at["word"][0], **cells)

    if is_agreement:
        yield row("title", told.kind.removeprefix("instrument:"), "word")
        yield row("instrument", told.kind.removeprefix("instrument:"), "word")
        yield row("status", "signed", "word")
    else:
        yield row("type", told.kind, "word")
        yield row("status", "occurred", "word")
    if told.date:
        first = date.fromisoformat(told.date if len(told.date) == 10 else f"{told.date}-01")
        last = first if len(told.date) == 10 else date(2024, first.month % 12 + 1, 1) - timedelta(days=1)
        yield row("date", told.date, "date", date_start=first, date_end=last)
    if told.place:
        yield row("place", told.place, "place")
    for side in told.sides:
        yield row(member, side.lower(), side, country=side, role="party" if is_agreement else "participant")
    if told.person and not is_agreement:
        key = told.person.lower().replace(" ", "-")
        key = "qari-sahil" if knows > 1 and key.startswith("qa") else key
        country = told.sides[0]
        yield row(member, f"{key}-{country.lower()}", "person", country=country, role="participant")


def _row(
    base: dict[str, Any], column: str, value: str, span: tuple[int, int], text: str, position: int, **cells: Any
) -> dict[str, Any]:
    start, end = span
    known = {
        "role": None,
        "country": None,
        "date_start": None,
        "date_end": None,
        "attributed_to": None,
        "rule": "world",
    }
    where = {"start": start, "end": end, "quote": text[start:end], "position": position, "confidence": 0.8}
    return {**base, "field": column, "value": value, **known, **where, **cells}
