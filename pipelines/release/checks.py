"""What must hold before anything is published: the schema of each table, its references, the rules of `sql/checks/`."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipelines.release.sqlfiles import read_sql
from pipelines.tables import Table, published, quoted

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_SHOWN = 5


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


def connect_tables(tables: "Mapping[str, pa.Table]") -> "duckdb.DuckDBPyConnection":
    """A DuckDB connection in memory that sees the tables by name and no files. Close it."""
    import duckdb

    connection = duckdb.connect(config={"enable_external_access": False, "autoinstall_known_extensions": False})
    for name, data in tables.items():
        connection.register(name, data)
    return connection


def run_checks(tables: "Mapping[str, pa.Table]", checks: Sequence[Check] | None = None) -> list[Outcome]:
    """Runs the checks (all of them by default) over the tables, keyed by name."""
    with connect_tables(tables) as connection:
        return [run_check(connection, check) for check in (all_checks() if checks is None else checks)]


def run_check(connection: "duckdb.DuckDBPyConnection", check: Check) -> Outcome:
    """Runs one check on a connection that connect_tables() made."""
    cursor = connection.execute(check.sql)
    names = [column[0] for column in cursor.description or ()]
    rows = cursor.fetchall()
    return Outcome(check, len(rows), [dict(zip(names, row, strict=True)) for row in rows[:_SHOWN]])


def schema_problems(table: Table, data: "pa.Table") -> list[str]:
    """What in `data` breaks the schema of the table, a line a column and constraint; empty where all is well."""
    import pandera.errors
    import polars as pl

    from pipelines.tables import pandera_schema

    try:
        pandera_schema(table).validate(pl.DataFrame(data), lazy=True)
    except pandera.errors.SchemaErrors as errors:
        return _told(table.name, errors.failure_cases)
    return []


def _told(name: str, cases: Any) -> list[str]:
    """A line for each column and check of pandera's failure cases, with how often and the first few values."""
    lines = []
    for (column, check), group in cases.group_by("column", "check", maintain_order=True):
        values = ", ".join(str(value) for value in group["failure_case"].head(_SHOWN).to_list())
        where = name if column is None else f"{name}.{column}"
        lines.append(" ".join(f"{where}: {check[:200]} does not hold ({len(group)} times: {values[:200]})".split()))
    return lines
