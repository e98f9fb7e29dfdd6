"""What must hold before anything is published: the schema of each table, its references, the rules of `sql/checks/`."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipelines.constraints import quoted
from pipelines.release.sqlfiles import read_sql
from pipelines.room import Room, windows
from pipelines.tables import Table, published

if TYPE_CHECKING:
    import duckdb
    import polars as pl
    import pyarrow as pa
    from pyarrow import dataset

_SHOWN = 5
_PIECE = 250_000  # rows that are validated at once: a few hundred bytes each


@dataclass(frozen=True, slots=True)
class Check:
    """A rule across rows: `sql` returns the rows that break it, out of the tables named in `tables`."""

    name: str
    rule: str
    sql: str
    tables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check found: how many rows break it, and the first few of them."""

    check: Check
    broken: int
    examples: list[dict[str, Any]]

    @property
    def passed(self) -> bool:
        """Whether no row breaks the rule."""
        return self.broken == 0


def reference_checks(tables: Sequence[Table]) -> list[Check]:
    """One check for each foreign key of the tables."""
    checks = []
    for table in tables:
        for fk in table.foreign_keys:
            same = " AND ".join(f"r.{quoted(b)} = t.{quoted(a)}" for a, b in zip(fk.fields, fk.references, strict=True))
            given = " AND ".join(f"t.{quoted(column)} IS NOT NULL" for column in fk.fields)
            sql = (
                f"SELECT t.* FROM {quoted(table.name)} AS t WHERE {given} "
                f"AND NOT EXISTS (SELECT 1 FROM {quoted(fk.table)} AS r WHERE {same})"
            )
            name = f"{table.name}_{'_'.join(fk.fields)}_exists"
            rule = f"Every {' and '.join(fk.fields)} of {table.name} is in {fk.table}."
            checks.append(Check(name, rule, sql, (table.name, fk.table)))
    return checks


def rule_checks() -> list[Check]:
    """The checks of `sql/checks/`, by name."""
    names = [table.name for table in published()]
    return [
        Check(file.name, file.comment, file.sql, tuple(n for n in names if re.search(rf"\b{n}\b", file.sql)))
        for file in read_sql("checks")
    ]


def all_checks() -> list[Check]:
    """Every check across rows of the published tables: references first, then the rules of `sql/checks/`."""
    return [*reference_checks(published()), *rule_checks()]


def connect_tables(
    tables: "Mapping[str, pa.Table | dataset.Dataset]", room: Room | None = None
) -> "duckdb.DuckDBPyConnection":
    """A DuckDB connection in memory that sees the tables by name and no files. Close it."""
    import duckdb

    connection = duckdb.connect(config={"autoinstall_known_extensions": False})
    if room:
        room.bound(connection)
    connection.execute("SET enable_external_access = false")
    for name, data in tables.items():
        connection.register(name, data)
    return connection


def run_checks(
    tables: "Mapping[str, pa.Table | dataset.Dataset]", checks: Sequence[Check] | None = None, room: Room | None = None
) -> list[Outcome]:
    """Runs the checks (all of them by default) over the tables, keyed by name."""
    with (room or Room()).guard("a check across rows"), connect_tables(tables, room) as connection:
        return [run_check(connection, check) for check in (all_checks() if checks is None else checks)]


def run_check(connection: "duckdb.DuckDBPyConnection", check: Check) -> Outcome:
    """Runs one check on a connection that connect_tables() made."""
    cursor = connection.execute(check.sql)
    names = [column[0] for column in cursor.description or ()]
    rows = cursor.fetchall()
    return Outcome(check, len(rows), [dict(zip(names, row, strict=True)) for row in rows[:_SHOWN]])


def schema_problems(table: Table, data: "pa.Table") -> list[str]:
    """What in `data` breaks the schema of the table, a line a column and constraint; empty where all is well.

    A large table is gone through piece by piece: the lines are then those of the first piece in which something is wrong, and those of keys
    that are there twice.
    """
    if data.num_rows <= _PIECE:
        return _validated(table, data, keys=True)
    broken = (lines for piece in windows(data, _PIECE) if (lines := _validated(table, piece, keys=False)))
    return next(broken, []) + [line for key in table.all_unique() if (line := _repeated(table, data, list(key)))]


def _validated(table: Table, data: "pa.Table", *, keys: bool) -> list[str]:
    import pandera.errors
    import polars as pl

    from pipelines.constraints import pandera_schema

    try:
        pandera_schema(table, keys=keys).validate(pl.DataFrame(data), lazy=True)
    except pandera.errors.SchemaErrors as errors:
        return _told(table.name, errors.failure_cases)
    return []


def _repeated(table: Table, data: "pa.Table", key: list[str]) -> str | None:
    """The line of a key that rows share; None where none do. Of all rows no more than hashes are held, eight bytes a row."""
    import numpy as np
    import polars as pl

    def pieces() -> "Iterator[pl.DataFrame]":
        return (pl.DataFrame(piece).drop_nulls() for piece in windows(data.select(key), _PIECE))

    hashes, counts = np.unique(np.concatenate([piece.hash_rows().to_numpy() for piece in pieces()]), return_counts=True)
    alike = pl.Series(hashes[counts > 1])
    if not len(alike):
        return None
    rows = pl.concat([piece.filter(piece.hash_rows().is_in(alike.implode())) for piece in pieces()])
    rows = rows.filter(rows.is_duplicated())
    values = ", ".join(str(row) for row in rows.head(_SHOWN).rows())
    where = f"{table.name}: unique {', '.join(key)} does not hold"
    return " ".join(f"{where} ({rows.height} times: {values[:200]})".split()) if rows.height else None


def _told(name: str, cases: Any) -> list[str]:
    """A line for each column and check of pandera's failure cases, with how often and the first few values."""
    lines = []
    for (column, check), group in cases.group_by("column", "check", maintain_order=True):
        values = ", ".join(str(value) for value in group["failure_case"].head(_SHOWN).to_list())
        where = name if column in {None, name} else f"{name}.{column}"
        lines.append(" ".join(f"{where}: {check[:200]} does not hold ({len(group)} times: {values[:200]})".split()))
    return lines
