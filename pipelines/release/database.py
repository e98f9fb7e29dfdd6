"""Builds pactwatch.duckdb from the Parquet files of a release: tables with keys, checks and comments, and the views.

The database is built last and by itself, in a temporary file that then takes the place of the old one: while DuckDB writes
a file nobody else can open it. The file differs from build to build; what is promised is that its rows equal the Parquet. A table
whose Parquet files are several is a view over them (partitions.py): that has no keys of its own, which the checks before have seen to.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.arrow import in_order
from pipelines.constraints import literal, quoted
from pipelines.errors import EXIT_INVALID, PactwatchError
from pipelines.partitions import definition, files_in, partitions, rows_of, stand_ins
from pipelines.release.files import read_parquet, sync
from pipelines.release.views import make_views
from pipelines.room import Room
from pipelines.tables import Table, insert_order, published

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

DATABASE = "pactwatch.duckdb"
STORAGE = "v1.0.0"  # 2.0's own format can be read neither by older clients nor in a browser


def build_database(
    parquet: Path, target: Path, tables: Sequence[Table] | None = None, room: Room | None = None
) -> None:
    """Makes the database `target` of the files NAME.parquet, or their partitions, in the folder `parquet`, replacing it in one step.

    PactwatchError where a row breaks a key or check, or a view does not fit the tables; `target` is then as it was.
    """
    import duckdb

    temporary = target.with_name(f"{target.name}.new")
    _remove(temporary)
    connection = duckdb.connect(config={"autoinstall_known_extensions": False})
    try:
        connection.execute("SET TimeZone = 'UTC'")
        if room:
            room.bound(connection)
        connection.execute(f"ATTACH {literal(str(temporary))} AS release (STORAGE_VERSION {literal(STORAGE)})")
        connection.execute("USE release")
        with (room or Room()).guard("the database"):
            _fill(connection, parquet, published() if tables is None else tables, room)
            connection.execute("CHECKPOINT release")
    except BaseException:
        connection.close()
        _remove(temporary)
        raise
    connection.close()
    sync(temporary)
    # A log that was left beside the old database would be replayed into the new one.
    target.with_name(f"{target.name}.wal").unlink(missing_ok=True)
    temporary.replace(target)


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.with_name(f"{path.name}.wal").unlink(missing_ok=True)


def _fill(connection: "duckdb.DuckDBPyConnection", parquet: Path, tables: Sequence[Table], room: Room | None) -> None:
    import duckdb

    files = {table.name: files_in(parquet, table.name) for table in tables}
    parted = {name: number for name, read in files.items() if (number := partitions(rows_of(read))) > 1}
    with stand_ins(connection, tables, parted):
        for table in insert_order(tables):
            try:
                for statement in definition(table, parted):
                    connection.execute(statement)
                if table.name not in parted:
                    _insert(connection, table, in_order(read_parquet(files[table.name], room), table.order))
            except duckdb.OutOfMemoryException:
                raise  # told where the limit is known
            except duckdb.Error as error:
                problem = f"the database refuses the table ({error})"
                raise PactwatchError(problem, table.name, None, EXIT_INVALID) from error
        make_views(connection)


def _insert(connection: "duckdb.DuckDBPyConnection", table: Table, rows: "pa.Table") -> None:
    """Inserts the rows. Rows that refer to others of their own table go in after those, in waves:
    DuckDB checks such a key against what was there before the statement."""
    name, source = quoted(table.name), "incoming_rows"
    connection.register(source, rows)
    ready = ["true"]
    for fk in table.foreign_keys:
        if fk.table == table.name:
            own = "(" + ", ".join(f"s.{quoted(column)}" for column in fk.fields) + ")"
            there = f"SELECT {', '.join(map(quoted, fk.references))} FROM {name}"
            ready.append(f"(s.{quoted(fk.fields[0])} IS NULL OR {own} IN ({there}))")
    if len(ready) == 1:
        connection.execute(f"INSERT INTO {name} BY NAME SELECT * FROM {source}")
        return
    key = " AND ".join(f"t.{quoted(column)} = s.{quoted(column)}" for column in table.primary_key)
    missing = f"FROM {source} AS s WHERE NOT EXISTS (SELECT 1 FROM {name} AS t WHERE {key})"
    while connection.execute(f"SELECT count(*) {missing} AND {' AND '.join(ready)}").fetchall()[0][0]:
        connection.execute(f"INSERT INTO {name} BY NAME SELECT s.* {missing} AND {' AND '.join(ready)}")
    connection.execute(f"INSERT INTO {name} BY NAME SELECT s.* {missing}")  # none is left, or a key leads nowhere
