"""One part of a step of the resolution, from files of its tables to files of what it makes: a pure function, which may be run twice and anywhere."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.errors import PactwatchError
from pipelines.resolve.steps import within
from pipelines.room import Room
from pipelines.spread.parquet import encoded, table_in
from pipelines.spread.store import SharedStore

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Part:
    """What a part is made of. Equal parts make equal files."""

    sql: str
    first: int
    last: int
    """the stretch, by the column of the step (`in_part` in the SQL)"""
    inputs: tuple[tuple[str, str], ...]
    """tables and the files that hold what the part needs of each, named by their content"""
    makes: tuple[str, ...]
    """tables that are wanted of it"""
    engine: str
    """version of DuckDB"""
    memory_limit: str

    @property
    def files(self) -> dict[str, str]:
        """The file of each table that it makes: named by what it is made of."""
        told = (self.sql, self.first, self.last, self.inputs, self.engine)
        name = hashlib.sha256(repr(told).encode()).hexdigest()
        return {table: f"resolution/made/{name}.{table}.parquet" for table in self.makes}


def resolve_part(address: str, part: Part) -> None:
    """Makes the files of a part in the store at `address`; those that are there already are left as they are.

    PactwatchError where this process has another DuckDB, a file is gone, or the part needs more memory than it may take.
    """
    import duckdb

    if duckdb.__version__ != part.engine:
        todo = "install this version of Pactwatch wherever workers run"
        raise PactwatchError(f"a worker has DuckDB {duckdb.__version__} instead of {part.engine}", address, todo)
    store = SharedStore(address)
    lacking = [table for table, file in part.files.items() if table_in(store.get(file)) is None]
    if lacking:
        inputs = {table: _given(store, file) for table, file in part.inputs}
        for table, made in _made(part, inputs, lacking).items():
            store.put(part.files[table], encoded(made))


def _given(store: SharedStore, file: str) -> pa.Table:
    table = table_in(store.get(file))
    if table is None:
        todo = "do not clear the store while a build is on; build again"
        raise PactwatchError("a table of the resolution is gone", f"{store.address}/{file}", todo)
    return table


def _made(part: Part, inputs: dict[str, pa.Table], wanted: list[str]) -> dict[str, pa.Table]:
    room = Room(part.memory_limit)
    with room.guard("a part of the resolution"), room.folder() as folder, _connected(room, folder) as connection:
        for name, table in inputs.items():
            connection.register(name, table)
        within(connection, part.first, part.last)
        connection.execute(part.sql)
        return {name: connection.table(name).to_arrow_table() for name in wanted}


def _connected(room: Room, folder: Path) -> duckdb.DuckDBPyConnection:
    import duckdb

    connection = duckdb.connect(":memory:")
    # One thread, as reading has: who has more processors runs more workers.
    connection.execute("SET threads = 1; SET autoinstall_known_extensions = false")
    room.bound(connection, folder)
    return connection
