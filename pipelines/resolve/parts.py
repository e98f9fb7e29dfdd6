"""Parts of a step given to others, each with what it needs of every table.

Of a table that has the column that the step is cut by a part gets the rows of its stretch; of another the rows of its mentions (or cells,
or documents) where it has those; else all. The SQL is the same as where the steps run by themselves.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipelines.errors import PactwatchError
from pipelines.resolve.part import Part, resolve_part
from pipelines.resolve.steps import IN_PART, Range, Step, macros_for, tables_read, within
from pipelines.spread.executors import Spread, executor
from pipelines.spread.parquet import encoded, table_in
from pipelines.spread.store import SharedStore

if TYPE_CHECKING:
    import duckdb

_KEYS = ("mention_id", "cell", "source_id")


@contextmanager
def helped(
    connection: duckdb.DuckDBPyConnection, steps: Sequence[Step], spread: Spread, memory_limit: str
) -> Iterator[Helped]:
    """Those who help, for the steps of one resolution; what they were given is gone from the store when it has ended well."""
    with executor(spread) as (pool, at_once):
        helpers = Helped(connection, steps, pool, at_once, SharedStore(spread.store), memory_limit)
        yield helpers
        helpers.store.remove(sorted(set(helpers.given.values())))


@dataclass(slots=True)
class Helped:
    """Gives out the parts of steps and takes in what they make."""

    connection: duckdb.DuckDBPyConnection
    steps: Sequence[Step]
    pool: Executor
    at_once: int
    store: SharedStore
    memory_limit: str
    given: dict[str, str] = field(default_factory=dict)
    """files in the store by the query that they hold the rows of: no table that is given changes"""

    def run(self, step: Step, ranges: Sequence[Range]) -> None:
        """Has a step run over its parts. PactwatchError as `resolve_part`, or where the store loses something."""
        within(self.connection, 1, 0)  # of no part: the tables, empty, of the right types
        self.connection.execute(step.sql)
        parts = []
        out: set[Future[None]] = set()
        macros = macros_for(step, self.steps)
        for stretch in ranges:
            if len(out) >= self.at_once:
                out = _further(out)
            parts.append(self._part(step, macros, stretch))
            out.add(self.pool.submit(resolve_part, self.store.address, parts[-1]))
        while out:
            out = _further(out)
        # In the order of the parts, not that of their ends: rows lie as they would without help.
        for part in parts:
            for table, file in part.files.items():
                self._take(table, file)
            self.store.remove(list(part.files.values()))

    def _part(self, step: Step, macros: str, stretch: Range) -> Part:
        import duckdb

        within(self.connection, *stretch)
        inputs = tuple((table, self._given(query, stretch)) for table, query in self._queries(step, macros))
        sql = f"{IN_PART}{macros}\n{step.sql}"
        return Part(sql, *stretch, inputs, tuple(step.makes), duckdb.__version__, self.memory_limit)

    def _queries(self, step: Step, macros: str) -> list[tuple[str, str]]:
        """Each table that a part of the step needs, with the query of its rows."""
        columns = self._columns(step.reads | tables_read(macros))
        cut = [table for table, names in columns.items() if step.column in names]
        return [(table, _rows(table, step.column, columns, cut)) for table in columns]

    def _columns(self, names: set[str]) -> dict[str, list[str]]:
        sql = """
            SELECT table_name, list(column_name ORDER BY column_index) FROM duckdb_columns()
            WHERE NOT internal AND list_contains($1, table_name) GROUP BY table_name ORDER BY table_name
        """
        return dict(self.connection.execute(sql, [sorted(names)]).fetchall())

    def _given(self, query: str, stretch: Range) -> str:
        """The file of the rows of a query, put into the store where it is not there yet."""
        key = f"{query} {stretch}" if "in_part" in query else query
        if key not in self.given:
            data = encoded(self.connection.sql(query).to_arrow_table())
            file = f"resolution/given/{hashlib.sha256(data).hexdigest()}.parquet"
            if not self.store.holds(file):
                self.store.put(file, data)
            self.given[key] = file
        return self.given[key]

    def _take(self, table: str, file: str) -> None:
        made = table_in(self.store.get(file))
        if made is None:
            raise PactwatchError("a part came back damaged", f"{self.store.address}/{file}", "build again")
        self.connection.register("_made", made)
        self.connection.execute(f'INSERT INTO "{table}" BY NAME SELECT * FROM _made')
        self.connection.unregister("_made")


def _further(out: set[Future[None]]) -> set[Future[None]]:
    """Those that are still out when one more has ended; raises what has befallen it."""
    done, left = wait(out, return_when=FIRST_COMPLETED)
    for future in done:
        future.result()
    return left


def _rows(table: str, column: str | None, columns: dict[str, list[str]], cut: Sequence[str]) -> str:
    """The query of what a part needs of a table."""
    if table in cut:
        return f'SELECT * FROM "{table}" WHERE in_part("{column}")'
    for key in _KEYS:
        sharing = [f'SELECT "{key}" FROM "{other}" WHERE in_part("{column}")' for other in cut if key in columns[other]]
        if key in columns[table] and sharing:
            return f'SELECT * FROM "{table}" WHERE "{key}" IN ({" UNION ALL ".join(sharing)})'
    return f'SELECT * FROM "{table}"'
