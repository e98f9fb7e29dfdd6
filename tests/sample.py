"""A small package by hand: twelve tables that keep every rule, from one short text, for the tests of the release."""

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipelines.arrow import conform
from pipelines.tables import load, published

TEXT = """Islamabad, 3 August 2025 – Iran and Pakistan put their names to a memorandum of understanding on trade and
energy in Islamabad on Saturday, the agency IRNA reported. President Masoud Pezeshkian called the evening of 1 August
“a good day for both neighbours”. Other outlets write that the ceremony was on 2 August.

Commerce officials of the two sides are to meet in Tehran in October 2025. A rail agreement is still being negotiated.
Café talk in Quetta – naïve, some say – is of little else. 🚆
"""
SHA256 = hashlib.sha256(TEXT.encode()).hexdigest()
SOURCE = "2025-08-03-trade-memorandum"
SIGNING, MEETING = "evt-0000000000a1", "evt-0000000000b2"
MOU, RAIL = "agr-0000000000a1", "agr-0000000000b2"

_CROSSWALK = {
    "CONSULT": {"meet": "04", "visit": "04", "call": "04", "negotiate": "04", "mediate": "04"},
    "SUPPORT": {"sign": "05", "ratify": "05", "join": "05", "recognize": "05", "endorse": "05"},
    "AGREE": {"agree": "03", "offer": "03"},
    "COOPERATE": {"cooperate": "06"},
    "AID": {"aid": "07"},
    "REQUEST": {"appeal": "10"},
    "ACCUSE": {"accuse": "11"},
    "REJECT": {"reject": "12"},
    "THREATEN": {"threaten": "13"},
    "PROTEST": {"protest": "14"},
    "SANCTION": {"sanction": "16", "sever": "16"},
    "MOBILIZE": {"deploy": "15"},
    "COERCE": {"coerce": "17"},
    "ASSAULT": {"attack": "18"},
    "CONCEDE": {"concede": "08"},
    "RETREAT": {"retreat": "08"},
}
_NO_TEXT = dict.fromkeys(("title", "publisher", "url", "language", "published", "revision", "retrieved_at"))


def _span(words: str) -> dict[str, Any]:
    start = TEXT.index(words)
    return {"start": start, "end": start + len(words), "quote": words}


# (record type, record, field, value, the words that say it, who is quoted for it)
_STATEMENTS: list[tuple[str, str, str, str, str, str | None]] = [
    ("event", SIGNING, "type", "sign", "put their names to", "irna"),
    ("event", SIGNING, "status", "occurred", "put their names to", "irna"),
    ("event", SIGNING, "date", "2025-08-02", "on Saturday", "irna"),
    ("event", SIGNING, "date", "2025-08-01", "the evening of 1 August", "masoud-pezeshkian"),
    ("event", SIGNING, "date", "2025-08-02", "on 2 August", None),
    ("event", SIGNING, "place", "Islamabad", "in Islamabad", "irna"),
    ("event", SIGNING, "fields", "trade", "trade", "irna"),
    ("event", SIGNING, "fields", "energy", "energy", "irna"),
    ("event", SIGNING, "agreement_id", MOU, "a memorandum of understanding", "irna"),
    ("event", SIGNING, "participant", "irn", "Iran", "irna"),
    ("event", SIGNING, "participant", "pak", "Pakistan", "irna"),
    ("event", MEETING, "type", "meet", "meet", None),
    ("event", MEETING, "status", "planned", "are to meet", None),
    ("event", MEETING, "date", "2025-10", "in October 2025", None),
    ("event", MEETING, "place", "Tehran", "in Tehran", None),
    ("event", MEETING, "participant", "irn", "the two sides", None),
    ("event", MEETING, "participant", "pak", "the two sides", None),
    ("agreement", MOU, "instrument", "memorandum_of_understanding", "a memorandum of understanding", "irna"),
    ("agreement", MOU, "status", "signed", "put their names to", "irna"),
    ("agreement", MOU, "date", "2025-08-02", "on Saturday", "irna"),
    ("agreement", MOU, "place", "Islamabad", "in Islamabad", "irna"),
    ("agreement", MOU, "party", "irn", "Iran", "irna"),
    ("agreement", MOU, "party", "pak", "Pakistan", "irna"),
    ("agreement", RAIL, "instrument", "agreement", "A rail agreement", None),
    ("agreement", RAIL, "status", "negotiating", "is still being negotiated", None),
    ("agreement", RAIL, "party", "irn", "the two sides", None),
    ("agreement", RAIL, "party", "pak", "the two sides", None),
    ("actor", "irn", "name", "Iran", "Iran", None),
    ("actor", "pak", "name", "Pakistan", "Pakistan", None),
    ("actor", "irna", "name", "IRNA", "IRNA", None),
    ("actor", "masoud-pezeshkian", "name", "Masoud Pezeshkian", "Masoud Pezeshkian", None),
    ("actor", "masoud-pezeshkian", "office", "President", "President", None),
]


def sample_rows() -> dict[str, list[dict[str, Any]]]:
    """The rows of the sample by table. Change them as a test needs; each call makes new ones."""
    counts = {"sources": 1, "origins": 1, "confidence": 0.9}
    october = {"date": "2025-10", "date_start": date(2025, 10, 1), "date_end": date(2025, 10, 31)}
    second = {"date": "2025-08-02", "date_start": date(2025, 8, 2), "date_end": date(2025, 8, 2)}
    undated = dict.fromkeys(("date", "date_start", "date_end", "place"))
    return {
        "sources": [
            {
                "source_id": SOURCE, "kind": "article", "title": "A memorandum on trade", "publisher": "The Sample",
                "url": "https://example.org/a", "language": "en", "published": date(2025, 8, 3), "revision": None,
                "retrieved_at": None, "sha256": SHA256, "words": len(TEXT.split()), "status": "ingested",
                "license": "CC-BY-4.0",
            },
            {"source_id": "irna", "kind": "wire", **_NO_TEXT, "sha256": None, "words": None, "status": "cited",
             "license": None, "publisher": "IRNA"},
        ],
        "citations": [
            {"citing_source_id": SOURCE, "cited_source_id": "irna", "basis": "in_text",
             **{k: v for k, v in _span("the agency IRNA reported").items() if k != "quote"}},
        ],
        "actors": [
            _actor("irn", "Iran", "state", "IRN"),
            _actor("pak", "Pakistan", "state", "PAK"),
            _actor("irna", "IRNA", "media", "IRN", parent_actor_id="irn"),
            _actor("masoud-pezeshkian", "Masoud Pezeshkian", "person", "IRN", office="President"),
        ],
        "events": [
            {"event_id": SIGNING, "type": "sign", "plover": "SUPPORT", **second, "place": "Islamabad",
             "place_country": "PAK", "status": "occurred", "fields": ["energy", "trade"], "agreement_id": MOU, **counts},
            {"event_id": MEETING, "type": "meet", "plover": "AGREE", **october, "place": "Tehran",
             "place_country": "IRN", "status": "planned", "fields": [], "agreement_id": None, **counts},
        ],
        "event_participants": [
            {"event_id": event, "actor_id": actor, "country": actor.upper(), "role": "participant"}
            for event in (SIGNING, MEETING) for actor in ("irn", "pak")
        ],
        "agreements": [
            {"agreement_id": MOU, "title": "Memorandum of understanding", "instrument": "memorandum_of_understanding",
             "status": "signed", **second, "place": "Islamabad", "instruments": 1, "fields": ["energy", "trade"],
             "binding": None, **counts},
            {"agreement_id": RAIL, "title": None, "instrument": "agreement", "status": "negotiating", **undated,
             "instruments": 1, "fields": ["transport"], "binding": True, **counts},
        ],
        "agreement_parties": [
            {"agreement_id": agreement, "actor_id": actor, "country": actor.upper(), "role": "party"}
            for agreement in (MOU, RAIL) for actor in ("irn", "pak")
        ],
        "statements": [
            {"statement_id": f"sta-{index:04}", "record_type": kind, "record_id": record, "field": field, "value": value,
             "source_id": SOURCE, **_span(words), "attributed_to": speaker, "rule": "sample"}
            for index, (kind, record, field, value, words, speaker) in enumerate(_STATEMENTS)
        ],
        "event_types": [
            {"type": kind, "plover": plover, "cameo": cameo, "description": f"What {kind} covers."}
            for plover, kinds in _CROSSWALK.items() for kind, cameo in kinds.items()
        ],
        "rejected": [{"path": "broken.txt", "reason": "not UTF-8: save it in UTF-8"}],
        "id_history": [],
        "changes": [],
    }  # fmt: skip


def _actor(actor_id: str, name: str, kind: str, country: str, **cells: str) -> dict[str, Any]:
    empty = {"office": None, "parent_actor_id": None, "wikidata_id": None}
    return {"actor_id": actor_id, "name": name, "kind": kind, "country": country, **empty, **cells}


def to_tables(rows: dict[str, list[dict[str, Any]]]) -> dict[str, pa.Table]:
    """The rows as tables that have the columns and types of their schemas, whether or not they keep its constraints."""
    return {name: to_table(name, made) for name, made in rows.items()}


def to_table(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    """The rows of one table."""
    table = load(name)
    return conform(table, pa.Table.from_pylist(rows, pa.schema([f.with_nullable(True) for f in _schema(name)])))


def _schema(name: str) -> pa.Schema:
    from pipelines.arrow import arrow_schema

    return arrow_schema(load(name))


def sample_tables() -> dict[str, pa.Table]:
    """All twelve tables of the sample."""
    made = to_tables(sample_rows())
    assert list(made) == [table.name for table in published()]
    return made


def write_texts(folder: Path) -> Path:
    """The archive of normalised texts that the sample's statements are proven against."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{SHA256}.txt").write_bytes(TEXT.encode())
    return folder
