"""Writes the tables as Parquet and CSV files, byte by byte the same for the same rows, and tells their size and hash."""

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.tables import Table, in_order

if TYPE_CHECKING:
    import pyarrow as pa

_ROW_GROUP = 16_384  # small enough that a scan of a sorted table skips most groups, large enough that each packs well
_BLOCK = 1 << 20


def shaped(table: Table, data: "pa.Table") -> "pa.Table":
    """A conformed table (tables.conform) as it is published: in the order that its schema says, and codes as dictionaries.

    A dictionary holds all codes of the schema in its order, whichever there are, so that readers get the same categories from
    every release.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    data = in_order(data, table.order)
    for index, field in enumerate(table.fields):
        if field.type != "string" or "enum" not in field.constraints:
            continue
        codes = pa.array(field.constraints["enum"], pa.string())
        column = data.column(index).combine_chunks()
        indices = pc.index_in(column, codes).cast(pa.int32())
        if indices.null_count == column.null_count:  # what is no code is for the checks to tell of
            kept = data.schema.field(index).with_type(pa.dictionary(pa.int32(), pa.string()))
            data = data.set_column(index, kept, pa.DictionaryArray.from_arrays(indices, codes))
    return data


def write_parquet(data: "pa.Table", path: Path, order: Sequence[str] = ()) -> None:
    """Writes a table as Parquet, with its descriptions; `order` are the columns that it is sorted by. pyarrow keeps the
    descriptions; DuckDB would not."""
    import pyarrow.parquet as pq

    sorting = pq.SortingColumn.from_ordering(data.schema, [(column, "ascending") for column in order], "at_end")
    pq.write_table(
        data,
        path,
        version="2.6",
        compression="zstd",
        use_dictionary=_repeating(data),
        row_group_size=_ROW_GROUP,
        store_schema=True,
        sorting_columns=sorting or None,
    )


def _repeating(data: "pa.Table") -> list[str]:
    """The columns whose values repeat, by their path in Parquet. For keys and quotes a dictionary a group would only be one more copy."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found = []
    for field in data.schema:
        if pa.types.is_list(field.type):
            found.append(f"{field.name}.list.element")
        elif pa.types.is_dictionary(field.type) or pc.count_distinct(data[field.name]).as_py() * 2 <= data.num_rows:
            found.append(field.name)
    return found


def read_parquet(path: Path) -> "pa.Table":
    """Reads one Parquet file, dictionaries as the values that they stand for.

    Nothing is read into its path: DuckDB would take `[` for a pattern, pyarrow `a=b` for a column.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        data = file.read()
    plain = [
        field.with_type(field.type.value_type) if pa.types.is_dictionary(field.type) else field for field in data.schema
    ]
    return data.cast(pa.schema(plain, data.schema.metadata))


def write_csv(data: "pa.Table", path: Path) -> None:
    """Writes a table as CSV: UTF-8, LF, a header, nulls empty, lists as JSON, datetimes in UTC to the second."""
    import polars as pl
    import pyarrow as pa

    for index, field in enumerate(data.schema):
        if pa.types.is_list(field.type):
            cells = [None if v is None else json.dumps(v, ensure_ascii=False) for v in data.column(index).to_pylist()]
            data = data.set_column(index, field.name, pa.array(cells, pa.string()))
    frame = pl.DataFrame(data)
    frame.write_csv(path, datetime_format="%Y-%m-%dT%H:%M:%SZ", line_terminator="\n", null_value="")


def size_and_hash(path: Path) -> tuple[int, str]:
    """The size of a file in bytes and its SHA-256 in hex."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            size += len(block)
    return size, digest.hexdigest()


def sync(path: Path) -> None:
    """Waits until a file or folder is on the disk, so that a rename after it never shows an empty one."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def settle(folder: Path) -> None:
    """Waits until everything in a folder is on the disk."""
    for path in [*folder.rglob("*"), folder]:
        sync(path)


def write_atomically(path: Path, text: str) -> None:
    """Replaces a text file in one step."""
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_text(text, encoding="utf-8", newline="\n")
    sync(temporary)
    temporary.replace(path)
