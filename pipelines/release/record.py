"""Finds a record of a package by its id, and its row as it stands in the table."""

import difflib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.errors import EXIT_NOT_FOUND, PactwatchError
from pipelines.release.query import run_query

_RECORDS = (
    ("event", "events", "event_id"),
    ("agreement", "agreements", "agreement_id"),
    ("actor", "actors", "actor_id"),
)
_OTHERS = (("source", "sources", "source_id"), ("statement", "statements", "statement_id"))
_MEMBERS = {"event": "event_participants", "agreement": "agreement_parties"}


@dataclass(frozen=True, slots=True)
class Record:
    """A row of a table; `asked` is the id that was asked for, where that has been followed to a newer one."""

    asked: str
    record_id: str
    record_type: str
    table: str
    row: dict[str, Any]


def find_record(record_id: str, package: Path, *, others: bool = False) -> Record:
    """The event, agreement or actor of that id in the newest package of a folder (or in the package that it is).

    With `others` sources and statements too. An id of an earlier release is followed. PactwatchError (exit code 3) with the
    nearest id where there is none, or no package.
    """
    current = _current(record_id, package)
    for record_type, table, key in (*_RECORDS, *(_OTHERS if others else ())):
        found = rows_of(package, f"SELECT * FROM {table} WHERE {key} = {literal(current)}")
        if found:
            return Record(record_id, current, record_type, table, found[0])
    raise _unknown(record_id, package, others=others)


def members(record: Record, package: Path) -> list[dict[str, Any]]:
    """Who takes part: actor_id, name, country and role, by role; empty for what has no members."""
    if record.record_type not in _MEMBERS:
        return []
    return rows_of(
        package,
        f"SELECT m.actor_id, a.name, m.country, m.role FROM {_MEMBERS[record.record_type]} AS m JOIN actors AS a USING (actor_id) "
        f"WHERE m.{record.record_type}_id = {literal(record.record_id)} ORDER BY m.role, m.actor_id",
    )


def ids(package: Path, beginning: str = "", most: int = 1000) -> list[tuple[str, str]]:
    """Ids of events, agreements and actors that begin so, each with the few words that tell it from others; sorted."""
    described = {
        "events": "concat_ws(', ', type, status, date)",
        "agreements": "concat_ws(', ', instrument, status, date)",
        "actors": "name",
    }
    union = " UNION ALL ".join(
        f"SELECT {key} AS id, {described[table]} AS words FROM {table} WHERE starts_with({key}, {literal(beginning)})"
        for _, table, key in _RECORDS
    )
    return [(row["id"], row["words"]) for row in rows_of(package, f"{union} ORDER BY id LIMIT {int(most)}")]


def rows_of(package: Path, sql: str) -> list[dict[str, Any]]:
    """What a query returns, a dict a row."""
    result = run_query(sql, package)
    return [dict(zip(result.columns, row, strict=True)) for row in result.rows]


def literal(value: str) -> str:
    """A text as a literal of SQL."""
    return "'" + value.replace("'", "''") + "'"


def _current(record_id: str, package: Path) -> str:
    """The id that a record has now: where it is gone, the one that the package's history of ids leads to."""
    known = {r["table_name"] for r in rows_of(package, "SELECT table_name FROM information_schema.tables")}
    there = " UNION ALL ".join(f"SELECT {key} AS id FROM {table}" for _, table, key in _RECORDS)
    if "id_history" not in known or rows_of(package, f"SELECT id FROM ({there}) WHERE id = {literal(record_id)}"):
        return record_id
    found = rows_of(
        package,
        f"SELECT current_id, reason, version FROM id_history WHERE old_id = {literal(record_id)} ORDER BY entry DESC LIMIT 1",
    )
    if found and found[0]["current_id"] is None:
        problem = f"this record is gone: {found[0]['reason']} in release {found[0]['version']}"
        raise PactwatchError(problem, record_id, "see the table id_history", EXIT_NOT_FOUND)
    return str(found[0]["current_id"]) if found else record_id


def _unknown(record_id: str, package: Path, *, others: bool) -> PactwatchError:
    union = " UNION ALL ".join(
        f"SELECT {key} AS id FROM {table}" for _, table, key in (*_RECORDS, *(_OTHERS if others else ()))
    )
    known = [r["id"] for r in rows_of(package, f"{union} ORDER BY 1")]
    near = difflib.get_close_matches(record_id, known, n=1, cutoff=0.6)
    todo = f"did you mean {near[0]}?" if near else "ids are in the first columns of events, agreements and actors"
    return PactwatchError("no record has this id", record_id, todo, EXIT_NOT_FOUND)
