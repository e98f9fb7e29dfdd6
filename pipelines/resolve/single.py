"""One document read by itself: its records as plain values, held against an annotation where there is one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipelines.errors import EXIT_INVALID, PactwatchError
from pipelines.extract.run import extract_documents
from pipelines.ingest.document import Document
from pipelines.ingest.folder import contents_of_file, read_sources
from pipelines.ingest.registry import adhoc, load_registry
from pipelines.resolve.gold import Record, answers, attributes, pair, records_of
from pipelines.resolve.run import resolve

_KINDS = (
    ("events", "event_participants", "event_id", "type"),
    ("agreements", "agreement_parties", "agreement_id", "instrument"),
)


def read_single(path: Path, annotation: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What the document at `path` yields: source_id, words, published, and lists of events, agreements and actors as mappings.

    With an annotation each record has a `verdict` (right, wrong, or free: optional or only imagined) and `cells_wrong` with
    the right answers; `events_missed` and `agreements_missed` list what was not found, `summary` counts. PactwatchError
    where the file cannot be read.
    """
    document = _document(path)
    tables = {name: table.to_pylist() for name, table in resolve([document], extract_documents([document])).items()}
    actors = {a["actor_id"]: a for a in tables["actors"]}
    words = _first_words(tables["statements"])
    found: dict[str, Any] = {
        "source_id": document.source_id,
        "words": document.words,
        "published": None if document.published is None else document.published.isoformat(),
    }
    for name, members, key, kind in _KINDS:
        records = records_of(tables[name], tables[members], actors, key, kind)
        confidence = {row[key]: row["confidence"] for row in tables[name]}
        ids = sorted(records, key=lambda record_id: (words[record_id][0], record_id))
        listed = [_plain(i, records[i], confidence[i], words[i]) for i in ids]
        found[name] = listed
        if annotation is not None:
            missed, summary = _judge(annotation.get(name) or [], [records[i] for i in ids], listed, kind)
            found[f"{name}_missed"] = missed
            found.setdefault("summary", {})[name] = summary
    found["actors"] = [{k: a[k] for k in ("actor_id", "name", "kind", "country", "office")} for a in tables["actors"]]
    return found


def _document(path: Path) -> Document:
    source = adhoc(path.absolute().parent, load_registry())
    read = read_sources([source], contents=lambda _: contents_of_file(path.absolute().parent, path.name))
    if not read.documents:
        raise PactwatchError(read.rejected[0].reason if read.rejected else "nothing to read", path, None, EXIT_INVALID)
    return read.documents[0]


def _first_words(statements: list[dict[str, Any]]) -> dict[str, tuple[int, str | None]]:
    """Where each record is told first, and by which words."""
    first: dict[str, tuple[int, str | None]] = {}
    for statement in sorted(statements, key=lambda s: (s["start"], s["end"])):
        if statement["field"] in ("type", "title", "instrument"):
            first.setdefault(statement["record_id"], (statement["start"], statement["quote"]))
    return first


def _plain(record_id: str, record: Record, confidence: float, words: tuple[int, str | None]) -> dict[str, Any]:
    return {
        "record_id": record_id, "kind": record.kind, "status": record.status, "date": record.date, "place": record.place or None,
        "countries": sorted(record.countries), "actors": sorted(record.actors), "fields": sorted(record.fields), "instruments": record.count,
        "confidence": confidence, "quote": words[1], "start": words[0],
    }  # fmt: skip


def _judge(
    entries: list[dict[str, Any]], records: list[Record], listed: list[dict[str, Any]], key: str
) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """Mark the records of a list; what was missed, and how many are right, wrong and missed."""
    pairs = pair(entries, records, key)
    entry_of = {j: entries[i] for i, j in pairs.items()}
    for j, (record, plain) in enumerate(zip(records, listed, strict=True)):
        entry = entry_of.get(j)
        if entry is None:
            plain["verdict"] = "free" if record.status == "hypothetical" else "wrong"
            continue
        plain["verdict"] = "right" if entry.get("required", True) else "free"
        plain["cells_wrong"] = {name: _answer(entry, name) for name, good in attributes(entry, record, key) if not good}
    missed = [
        {
            "kinds": answers(e[key]),
            "status": e["status"],
            "date": e.get("date"),
            "countries": e["countries"],
            "at": e.get("at"),
        }
        for i, e in enumerate(entries)
        if i not in pairs and e.get("required", True)
    ]
    verdicts = [plain["verdict"] for plain in listed]
    return missed, {"right": verdicts.count("right"), "wrong": verdicts.count("wrong"), "missed": len(missed)}


def _answer(entry: Mapping[str, Any], name: str) -> str:
    column = {"undated": "date"}.get(name, name)
    given = [entry.get(column), *answers(entry.get(f"{column}_alternatives"))]
    flat = [str(v) for value in given for v in answers(value)]
    return ", ".join(dict.fromkeys(flat)) or "nothing"
