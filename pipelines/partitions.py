"""Tables that are too large for one file: in partitions, each a stretch of the rows in the table's order.

So a reader who looks for some rows skips the files that cannot hold them. A package lists the partitions of a table as one resource, whose
`path` is a list; in pactwatch.duckdb the table is a view over its Parquet files, which nobody has to hold twice.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count, takewhile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from pipelines.arrow import arrow_schema, without_codes
from pipelines.constraints import ddl, literal, quoted, view_ddl, without_zone
from pipelines.room import windows
from pipelines.tables import Table

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

MOST_ROWS = 1 << 20
"""Rows of a file at most. The one place that says from which size on a table is in partitions, and a view in the database"""
PARTS = "parts"
"""Property of a resource in partitions: path, bytes and hash of each. The standard has none for resources of several files."""
FOLDER = "pactwatch"
"""Variable of DuckDB: where the package lies. Without it views look for the partitions from the working directory on."""
_HINT = f"(Over files in data/: open the database in its folder, or SET VARIABLE {FOLDER} = 'FOLDER'.)"


def paths(table: str, rows: int, suffix: str) -> list[str]:
    """Where the rows of a table lie, relative to the package: data/NAME.SUFFIX, a file or the folder of part-0000.SUFFIX and so on."""
    number = partitions(rows)
    return _numbered(table, number, suffix) if number > 1 else [f"data/{table}.{suffix}"]


def partitions(rows: int) -> int:
    """How many files a table of so many rows has."""
    return max(1, math.ceil(rows / MOST_ROWS))


def _numbered(table: str, number: int, suffix: str) -> list[str]:
    return [f"data/{table}.{suffix}/part-{part:04}.{suffix}" for part in range(number)]


def pieces(data: "pa.Table") -> "Iterator[pa.Table]":
    """The rows of each file."""
    return windows(data, MOST_ROWS)


def files_in(folder: Path, table: str) -> list[Path]:
    """The Parquet files of a table in the folder, in order: one, or its partitions."""
    numbered = (folder / f"{table}.parquet" / f"part-{part:04}.parquet" for part in count())
    return list(takewhile(Path.is_file, numbered)) or [folder / f"{table}.parquet"]


def rows_of(files: Sequence[Path]) -> int:
    """How many rows Parquet files have, without reading them."""
    import pyarrow.parquet as pq

    return sum(int(pq.read_metadata(path).num_rows) for path in files)


def paths_of(resource: Mapping[str, Any]) -> list[Any]:
    """The paths of a resource, one or several, as they stand there."""
    path = resource.get("path")
    return path if isinstance(path, list) else [path]


def files_of(resource: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Each file of a resource as a resource of one file: `path`, and `bytes` and `hash` where they are known."""
    if PARTS in resource:
        return [{**resource, **part} for part in resource[PARTS]]
    return [resource]


def definition(table: Table, parted: Mapping[str, int]) -> list[str]:
    """The statements that make a table in the database, or where it is in partitions the view over its Parquet files.

    `parted` are the numbers of partitions by table. A key that leads to a table in partitions cannot be one of the database.
    """
    if table.name not in parted:
        return ddl(table, parted)
    files = _numbered(table.name, parted[table.name], "parquet")
    listed = ", ".join(f"coalesce(getvariable('{FOLDER}'), '.') || {literal(f'/{path}')}" for path in files)
    return view_ddl(table, f"read_parquet([{listed}])", _HINT)


@contextmanager
def stand_ins(
    connection: "duckdb.DuckDBPyConnection", tables: Sequence[Table], parted: Mapping[str, int]
) -> Iterator[None]:
    """Files without rows for the views of tables in partitions to be made of, within the block.

    DuckDB looks into the files when it makes a view, to learn their columns. These here are ours, whatever lies in a package.
    """
    import pyarrow.parquet as pq

    with TemporaryDirectory() as work:
        for table in tables:
            for path in _numbered(table.name, parted.get(table.name, 0), "parquet"):
                (Path(work) / path).parent.mkdir(parents=True, exist_ok=True)
                pq.write_table(arrow_schema(table).empty_table(), Path(work) / path)
        connection.execute(f"SET VARIABLE {FOLDER} = {literal(work)}")
        yield
        connection.execute(f"RESET VARIABLE {FOLDER}")


def bring(connection: "duckdb.DuckDBPyConnection", package: Path) -> None:
    """Lets a connection to the database of a package see its partitions though it may open no file: as Arrow datasets.

    They stand under the names of their tables before the views of the database, within its other views too; with the columns that they
    have, for the package may be of other days.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq
    from pyarrow import dataset

    for folder in sorted(path for path in (package / "data").glob("*.parquet") if path.is_dir()):
        if files := files_in(folder.parent, folder.stem):
            schema = without_codes(pq.read_schema(files[0]))
            form = dataset.ParquetFileFormat(pre_buffer=False)
            source = f"partitions of {folder.stem}"
            connection.register(source, dataset.dataset(list(map(str, files)), schema, form))
            moments = [quoted(field.name) for field in schema if pa.types.is_timestamp(field.type)]
            plain = ", ".join(f"{without_zone(moment)} AS {moment}" for moment in moments)
            columns = f"* REPLACE ({plain})" if plain else "*"
            connection.execute(f"CREATE TEMP VIEW {quoted(folder.stem)} AS SELECT {columns} FROM {quoted(source)}")
