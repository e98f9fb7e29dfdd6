"""What the tests of reading share: own texts read into plain records, the corpus read once, and how well records fit their gold.

The score is written anew here, from the rules of the gold annotations: a record and a gold entry are a pair when they
speak of (half of) the same countries, their dates touch, and they are of one kind; pairs are made best first, each side
at most once. Optional gold entries and records that are only imagined count neither for nor against.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.extract.lexicon import load_lexicon
from pipelines.extract.run import Extracted, extract_document, extract_documents
from pipelines.extract.statements import RawStatement
from pipelines.ingest.document import Document
from pipelines.ingest.folder import read_sources
from pipelines.ingest.registry import Registry, adhoc, load_registry
from pipelines.ingest.text import count_words, normalise, sha256
from pipelines.project import ROOT

if TYPE_CHECKING:
    import pyarrow as pa

CORPUS = ROOT / "corpus"
GOLD = Path(__file__).parent / "gold"

# ---------------------------------------------------------------------------------------------------------------------
# Own texts, read


def document(text: str, published: str | None = None, source_id: str = "sample", **cells: Any) -> Document:
    """A document of our own words; `published` is a day in ISO form."""
    text = normalise(text)
    known: dict[str, Any] = {
        "kind": "article", "title": None, "publisher": None, "url": None, "language": "en", "revision": None,
        "retrieved_at": None, "license": None, "publish_quotes": True,
    } | cells  # fmt: skip
    day = date.fromisoformat(published) if published else None
    return Document(
        source_id=source_id, published=day, sha256=sha256(text), words=count_words(text), text=text, **known
    )


@dataclass(slots=True)
class Told:
    """One mention as read: an event, an agreement or an actor, with the values of its cells and the words of each."""

    record_type: str
    cells: dict[str, str] = field(default_factory=dict)
    quotes: dict[str, str] = field(default_factory=dict)
    fields: set[str] = field(default_factory=set)
    parts: dict[str, str] = field(default_factory=dict)  # actor key: role
    countries: set[str] = field(default_factory=set)
    said_by: str | None = None
    agreement: "Told | None" = None

    def __getattr__(self, name: str) -> str | None:
        """A cell by its name; None where the text does not say."""
        if name.startswith("__"):
            raise AttributeError(name)
        return self.cells.get(name)


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything that one text tells."""

    rows: list[RawStatement]
    events: list[Told]
    agreements: list[Told]
    actors: dict[str, Told]

    def event(self, kind: str) -> Told:
        """The only event of this type."""
        (found,) = [e for e in self.events if e.type == kind] or [Told("none", {"type": f"no {kind} in {self.told()}"})]
        assert found.record_type == "event", found.cells["type"]
        return found

    def told(self) -> list[tuple[str | None, str | None, list[str], str | None]]:
        """All events in short: type, status, countries, date."""
        return [(e.type, e.status, sorted(e.countries), e.date) for e in self.events]


def read(text: str, published: str | None = None) -> Reading:
    """What a text of our own tells, before anything is resolved."""
    rows, _ = extract_document(document(text, published), load_lexicon())
    return reading(rows)


def reading(rows: Sequence[RawStatement]) -> Reading:
    """Raw statements put back together into mentions, in order of the text."""
    mentions: dict[str, Told] = {}
    for row in rows:
        told = mentions.setdefault(row.mention_id, Told(row.record_type, said_by=row.attributed_to))
        if row.field in ("participant", "party"):
            told.parts[row.value] = row.role or ""
            if row.country:
                told.countries.add(row.country)
        elif row.field == "field":
            told.fields.add(row.value)
        else:
            told.cells[row.field] = row.value
            told.quotes[row.field] = row.quote
    for told in mentions.values():
        told.agreement = mentions.get(told.cells.get("agreement_id", ""))
    by_type = {
        kind: [t for t in mentions.values() if t.record_type == kind] for kind in ("event", "agreement", "actor")
    }
    return Reading(list(rows), by_type["event"], by_type["agreement"], {t.cells["key"]: t for t in by_type["actor"]})


# ---------------------------------------------------------------------------------------------------------------------
# Folders of documents, read once a session


@lru_cache(maxsize=4)
def documents_of(folder: Path) -> tuple[Document, ...]:
    """The documents of a folder that is no declared source."""
    registry = load_registry() if folder == CORPUS else Registry(())
    return tuple(read_sources([adhoc(folder, registry)]).documents)


@lru_cache(maxsize=4)
def extracted(folder: Path) -> Extracted:
    """What they tell."""
    return extract_documents(documents_of(folder))


@lru_cache(maxsize=4)
def tables_of(folder: Path) -> "Mapping[str, pa.Table]":
    """The published tables of a folder."""
    from pipelines.resolve.run import resolve

    return resolve(documents_of(folder), extracted(folder))


@lru_cache(maxsize=512)
def rows_of(item: Document) -> Extracted:
    """What one document tells."""
    return extract_documents([item])


def together(documents: Iterable[Document]) -> "dict[str, pa.Table]":
    """The published tables of documents; each is read only once however often it is asked for."""
    import pyarrow as pa

    from pipelines.resolve.run import resolve

    listed = list(documents)
    parts = [rows_of(item) for item in listed]
    statements = pa.concat_tables([part.raw_statements for part in parts])
    cited = [citation for part in parts for citation in part.citations]
    return resolve(listed, Extracted(statements, cited, len(listed)))


# ---------------------------------------------------------------------------------------------------------------------
# The score

_FAMILIES = (
    "meet visit call negotiate mediate", "sign ratify join recognize endorse", "agree offer", "sanction sever", "concede retreat",
)  # fmt: skip
# concede and retreat are two classes: only what the crosswalk puts in one class is of one kind
_CLASS = {kind: family.split()[0] for family in _FAMILIES[:4] for kind in family.split()}
_TITLES = re.compile(r"^(?:the|dr|mr|mrs|ms|president|prime minister|ayatollah|seyyed|syed|general) ")


@dataclass(frozen=True, slots=True)
class Record:
    """A published event or agreement as one document tells it."""

    kind: str
    countries: frozenset[str]
    date: str | None
    status: str
    place: str
    actors: frozenset[str]
    fields: frozenset[str]
    count: int | None


@dataclass(slots=True)
class Tally:
    """Hits, false alarms and misses."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """Of what was found, what is right."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 0.0

    @property
    def recall(self) -> float:
        """Of what is there, what was found."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 0.0

    @property
    def f1(self) -> float:
        """Both in one figure."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


@dataclass(slots=True)
class Score:
    """The figures of a set of documents; `shares` are hits and cases of each attribute; `misses` says what went wrong."""

    events: Tally = field(default_factory=Tally)
    agreements: Tally = field(default_factory=Tally)
    citations: Tally = field(default_factory=Tally)
    found_actors: Tally = field(default_factory=Tally)
    good_actors: Tally = field(default_factory=Tally)
    cases: dict[str, list[bool]] = field(default_factory=dict)
    misses: list[str] = field(default_factory=list)

    def share(self, name: str) -> float:
        """How often an attribute is right."""
        cases = self.cases.get(name) or [True]
        return sum(cases) / len(cases)


def plain(name: object) -> str:
    """A name bare of case, accents, punctuation and the titles before it."""
    letters = "".join(c for c in unicodedata.normalize("NFKD", str(name)) if not unicodedata.combining(c)).lower()
    words = re.sub(r"[^a-z0-9]+", " ", re.sub(r"[’'`]s?\b", "", letters)).strip()
    return _TITLES.sub("", words).strip()


def days(edtf: object) -> tuple[str, str] | None:
    """The first and the last day of an EDTF date, as text; None where there is no date."""
    if not edtf:
        return None
    first, _, last = str(edtf).partition("/")
    return (first + "-01-01"[len(first) - 4 :], (last or first) + "-12-31"[len(last or first) - 4 :])


def touch(one: object, other: object) -> bool:
    """Whether two dates may be one; a date that is not told touches any, and a year that is not told any year."""
    a, b = days(one), days(other)
    if a is None or b is None:
        return True
    if "X" in "".join((*a, *b)):
        a, b = (a[0][5:], a[1][5:]), (b[0][5:], b[1][5:])
    return a[0] <= b[1] and b[0] <= a[1]


def _all(value: object) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [] if value is None else [value]


def _dates(gold: Mapping[str, Any]) -> list[Any]:
    return [gold.get("date"), *_all(gold.get("date_alternatives"))]


def common_countries(gold: Mapping[str, Any], countries: Iterable[str]) -> float:
    """The share of countries that both name, of all that either names."""
    told = set(countries)
    allowed = gold.get("country_alternatives") or {}
    hits = sum(
        bool(told & {code, *allowed.get(code, [])} if code in allowed else code in told) for code in gold["countries"]
    )
    every = len(told) + len(gold["countries"]) - hits
    return hits / every if every else 1.0


def fit(gold: Mapping[str, Any], record: Record, key: str) -> float:
    """How well a record fits a gold entry, 0 where the two may not be paired."""
    countries = common_countries(gold, record.countries)
    if countries < 0.5 or not any(touch(day, record.date) for day in _dates(gold)):
        return 0.0
    kinds = _all(gold[key])
    classes = {_CLASS.get(kind, kind) for kind in kinds}
    if key == "type" and record.kind not in kinds and _CLASS.get(record.kind, record.kind) not in classes:
        return 0.0
    named = sum(_is_named(actor, record.actors) for actor in gold.get("actors") or [])
    same_status = record.status in _all(gold.get("status_alternatives") or gold["status"])
    same_place = bool(gold.get("place")) and plain(gold["place"]) in plain(record.place)
    same_day = str(record.date) in {str(day) for day in _dates(gold)}
    worth = 1 + countries + 0.5 * (record.kind in kinds) + same_day + 0.3 * (named + same_status)
    return worth + 0.2 * same_place + 0.05 * bool(gold.get("required", True))


def _is_named(actor: object, names: Iterable[str]) -> bool:
    wanted = plain(actor)
    return any(wanted in plain(name) or plain(name) in wanted for name in names if plain(name))


def pair(golds: Sequence[Mapping[str, Any]], records: Sequence[Record], key: str) -> dict[int, int]:
    """Gold entries and the records that are theirs, best pairs first."""
    ranked = sorted(((fit(g, r, key), i, j) for i, g in enumerate(golds) for j, r in enumerate(records)), reverse=True)
    pairs: dict[int, int] = {}
    for worth, i, j in ranked:
        if worth > 0 and i not in pairs and j not in pairs.values():
            pairs[i] = j
    return pairs


def _attributes(gold: Mapping[str, Any], record: Record, key: str) -> Iterator[tuple[str, bool]]:
    yield key, record.kind in _all(gold[key])
    yield "countries", common_countries(gold, record.countries) == 1.0
    yield "status", record.status in _all(gold.get("status_alternatives") or gold["status"])
    if gold.get("date"):
        yield "date", str(record.date) in {str(day) for day in _dates(gold)}
    elif not gold.get("date_alternatives"):
        yield "undated", record.date is None
    if gold.get("place"):
        yield "place", plain(gold["place"]) in plain(record.place)
    if gold.get("actors"):
        yield "actors", all(_is_named(actor, record.actors) for actor in gold["actors"])
    if gold.get("fields"):
        wanted = set(gold["fields"])
        yield "fields", 2 * len(record.fields & wanted) >= len(record.fields | wanted)
    if gold.get("count"):
        yield "count", record.count == gold["count"]


def _count_records(score: Score, name: str, gold: Mapping[str, Any], records: Sequence[Record], at: str) -> None:
    key = "type" if name == "events" else "instrument"
    tally: Tally = getattr(score, name)
    entries = gold.get(name) or []
    pairs = pair(entries, records, key)
    for i, entry in enumerate(entries):
        if not entry.get("required", True):
            continue
        if i not in pairs:
            tally.missed += 1
            score.misses.append(f"{at}: {name} missed: {entry[key]} {entry['countries']} {entry.get('date')}")
            continue
        tally.right += 1
        for attribute, good in _attributes(entry, records[pairs[i]], key):
            score.cases.setdefault(f"{name}.{attribute}", []).append(good)
            if not good:
                score.misses.append(f"{at}: {attribute} of {entry[key]} {entry['countries']}: {records[pairs[i]]}")
    for j, record in enumerate(records):
        if j not in pairs.values() and record.status != "hypothetical":
            tally.wrong += 1
            score.misses.append(f"{at}: {name} wrong: {record}")


def _count_actors(score: Score, gold: Mapping[str, Any], actors: Sequence[Mapping[str, Any]], at: str) -> None:
    told = {plain(actor["name"]) for actor in actors}
    allowed: set[str] = set()
    for entry in gold.get("actors") or []:
        forms = {plain(name) for name in (entry["name"], *_all(entry.get("aliases")))}
        allowed |= forms
        if entry.get("required", True):
            hit = any(form in name or (len(name) > 4 and name in form) for form in forms for name in told)
            score.found_actors.right += hit
            score.found_actors.missed += not hit
            if not hit:
                score.misses.append(f"{at}: actor missed: {entry['name']}")
    for actor in actors:
        if actor["kind"] in ("person", "state"):
            name = plain(actor["name"])
            good = any(name in form or form in name for form in allowed)
            score.good_actors.right += good
            score.good_actors.wrong += not good
            if not good:
                score.misses.append(f"{at}: actor wrong: {actor['name']}")


def score_tables(tables: "Mapping[str, pa.Table]", golds: Iterable[Mapping[str, Any]]) -> Score:
    """The score of built tables against gold annotations, one a document; a document that was not read is missed whole."""
    rows = {name: table.to_pylist() for name, table in tables.items()}
    told = _by_source(rows)
    actors = {actor["actor_id"]: actor for actor in rows["actors"]}
    records = {
        "events": _records(rows["events"], rows["event_participants"], actors, "event_id", "type"),
        "agreements": _records(rows["agreements"], rows["agreement_parties"], actors, "agreement_id", "instrument"),
    }
    urls = {source["source_id"]: source["url"] for source in rows["sources"]}
    score = Score()
    for gold in golds:
        at = Path(gold["document"]).stem
        here = told.get(at, {})
        for name, record_type in (("events", "event"), ("agreements", "agreement")):
            _count_records(score, name, gold, [records[name][k] for k in sorted(here.get(record_type, ()))], at)
        if "actors" in gold:
            _count_actors(score, gold, [actors[key] for key in sorted(here.get("actor", ()))], at)
        cited = {urls[c["cited_source_id"]] for c in rows["citations"] if c["citing_source_id"] == at} - {None}
        wanted = set(gold.get("citations") or [])
        score.citations.right += len(wanted & cited)
        score.citations.wrong += len(cited - wanted)
        score.citations.missed += len(wanted - cited)
        score.misses += [f"{at}: citation: {url}" for url in sorted(wanted ^ cited)]
    return score


def _by_source(rows: Mapping[str, list[dict[str, Any]]]) -> dict[str, dict[str, set[str]]]:
    told: dict[str, dict[str, set[str]]] = {}
    for statement in rows["statements"]:
        told.setdefault(statement["source_id"], {}).setdefault(statement["record_type"], set()).add(
            statement["record_id"]
        )
    return told


def _records(
    rows: list[dict[str, Any]], members: list[dict[str, Any]], actors: Mapping[str, dict[str, Any]], key: str, kind: str
) -> dict[str, Record]:
    sides: dict[str, list[dict[str, Any]]] = {}
    for member in members:
        sides.setdefault(member[key], []).append(member)
    return {
        row[key]: Record(
            row[kind],
            frozenset(m["country"] for m in sides.get(row[key], []) if m["country"]),
            row["date"],
            row["status"],
            row["place"] or "",
            frozenset(actors[m["actor_id"]]["name"] for m in sides.get(row[key], [])),
            frozenset(row["fields"] or []),
            row.get("instruments"),
        )
        for row in rows
    }
