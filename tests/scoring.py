"""What the tests of reading share: own texts read into plain records, the corpus read once, and how well records fit their gold.

Which annotation a record is, `pipelines.resolve.gold` says. Optional gold entries and records that are only imagined count
neither for nor against.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.extract.lexicon import load_lexicon
from pipelines.extract.reading import extract_document
from pipelines.extract.run import Extracted, extract_documents
from pipelines.extract.statements import RawStatement
from pipelines.ingest.document import Document
from pipelines.ingest.folder import read_sources
from pipelines.ingest.registry import Registry, adhoc, load_registry
from pipelines.ingest.text import count_words, normalise, sha256
from pipelines.project import ROOT
from pipelines.resolve.gold import Record, answers, attributes, pair, plain, records_of

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
        for attribute, good in attributes(entry, records[pairs[i]], key):
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
        forms = {plain(name) for name in (entry["name"], *answers(entry.get("aliases")))}
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
        "events": records_of(rows["events"], rows["event_participants"], actors, "event_id", "type"),
        "agreements": records_of(rows["agreements"], rows["agreement_parties"], actors, "agreement_id", "instrument"),
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
