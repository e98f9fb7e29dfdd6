"""The steps of the resolution: the files of `sql/resolve/`, in the order of their names.

A file NAME.parts.sql makes what hangs on one document alone, so its parts are stretches of the documents, by the column `document`;
NAME.blocks.sql compares within blocks, so its parts are stretches of those, by the column `block`. Either has the condition
`in_part(column)` on what it reads, and each of its tables is what all parts yield together: the same for any number of parts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.project import ROOT

if TYPE_CHECKING:
    import duckdb

SQL = ROOT / "sql" / "resolve"
Range = tuple[int, int]
_COLUMNS = {".parts": "document", ".blocks": "block"}
IN_PART = "CREATE OR REPLACE MACRO in_part(place) AS place BETWEEN getvariable('first') AND getvariable('last');\n"


@dataclass(frozen=True, slots=True)
class Step:
    """A file of SQL."""

    name: str
    sql: str

    @property
    def column(self) -> str | None:
        """What it is cut into parts by; None where it is run once."""
        return _COLUMNS.get(Path(self.name).suffix)

    @property
    def makes(self) -> list[str]:
        """The tables that it leaves."""
        return re.findall(r"^CREATE TABLE (\w+)", self.sql, re.MULTILINE)

    @property
    def reads(self) -> set[str]:
        """The tables that it wants to be there, and what it names itself in its queries."""
        return tables_read(self.sql) - set(self.makes)

    @property
    def again(self) -> str:
        """The same for a further part: it adds to what is there."""
        sql = re.sub(r"^CREATE TABLE (\w+) AS$", r"INSERT INTO \1", self.sql, flags=re.MULTILINE)
        return sql.replace("CREATE MACRO", "CREATE OR REPLACE MACRO")


def steps() -> list[Step]:
    """All of them."""
    return [Step(path.stem, path.read_text(encoding="utf-8")) for path in sorted(SQL.glob("*.sql"))]


def run(connection: duckdb.DuckDBPyConnection, step: Step, ranges: Sequence[Range]) -> None:
    """Runs a step over its parts, one after another."""
    for number, (first, last) in enumerate(ranges):
        within(connection, first, last)
        connection.execute(step.again if number else step.sql)


def within(connection: duckdb.DuckDBPyConnection, first: int, last: int) -> None:
    """Lets `in_part` be true of this stretch."""
    connection.execute(f"SET VARIABLE first = {first:d}; SET VARIABLE last = {last:d}")


def tables_read(sql: str) -> set[str]:
    """The names behind FROM and JOIN: tables, and what the SQL itself names so."""
    return set(re.findall(r"\b(?:FROM|JOIN) (\w+)", re.sub(r"--.*", "", sql)))


def macros_for(step: Step, all_steps: Sequence[Step]) -> str:
    """The macros of steps before it that a step uses, by itself or through others, as SQL."""
    known: dict[str, str] = {}
    for earlier in all_steps[: all_steps.index(step)]:
        for text in re.findall(r"^CREATE MACRO .*?;$", earlier.sql, re.MULTILINE | re.DOTALL):
            known[text.split()[2].split("(")[0]] = text
    used: set[str] = set()
    words = set(re.findall(r"\w+", step.sql))
    while found := {name for name in known if name in words} - used:
        used |= found
        words = {word for name in found for word in re.findall(r"\w+", known[name])}
    return "\n".join(text for name, text in known.items() if name in used)
