"""Writes the tables as Parquet and CSV files, byte by byte the same for the same rows, and tells their size and hash."""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.arrow import without_codes
from pipelines.room import WINDOW, Room, windows
from pipelines.tables import Table

if TYPE_CHECKING:
    import pyarrow as pa

_ROW_GROUP = 16_384  # small enough that a scan of a sorted table skips most groups, large enough that each packs well
_LOOKED_AT = 16 * _ROW_GROUP  # rows that tell whether the values of a column repeat
_BLOCK = 1 << 20


def codes_of(table: Table, data: "pa.Table") -> "dict[str, pa.Array]":
    """The columns of the table that hold codes, with all codes of the schema in its order, whichever there are.

    So readers get the same categories from every release. A column with a value that is no code is left out: that is for the checks to tell of.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    found = {}
    for field in table.fields:
        if field.type == "string" and "enum" in field.constraints:
            codes = pa.array(field.constraints["enum"], pa.string())
            column = data.column(field.name)
            if pc.sum(pc.is_in(column, codes)).as_py() in {None, len(column) - column.null_count}:
                found[field.name] = codes
    return found


def _coded(data: "pa.Table", codes: "Mapping[str, pa.Array]") -> "pa.Table":
    """The rows with those columns as dictionaries."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for name, values in codes.items():
        at = data.schema.get_field_index(name)
        indices = pc.index_in(data.column(at).combine_chunks(), values).cast(pa.int32())
        kept = data.schema.field(at).with_type(pa.dictionary(pa.int32(), pa.string()))
        data = data.set_column(at, kept, pa.DictionaryArray.from_arrays(indices, values))
    return data


def write_parquet(
    data: "pa.Table", path: Path, order: Sequence[str] = (), codes: "Mapping[str, pa.Array] | None" = None
) -> None:
    """Writes a table as Parquet, with its descriptions, a row group at a time; `order` are the columns that it is sorted by, `codes`
    those that become dictionaries (codes_of). pyarrow keeps the descriptions; DuckDB would not."""
    import pyarrow.parquet as pq

    codes = codes or {}
    schema = _coded(data.schema.empty_table(), codes).schema
    sorting = pq.SortingColumn.from_ordering(schema, [(column, "ascending") for column in order], "at_end")
    with pq.ParquetWriter(
        path,
        schema,
        version="2.6",
        compression="zstd",
        use_dictionary=_repeating(data, codes),
        store_schema=True,
        sorting_columns=sorting or None,
    ) as writer:
        for group in windows(data, _ROW_GROUP):
            writer.write_table(_coded(group, codes))


def _repeating(data: "pa.Table", codes: "Mapping[str, pa.Array]") -> list[str]:
    """The columns whose values repeat, by their path in Parquet. For keys and quotes a dictionary a group would only be one more copy."""
    import pyarrow as pa
    import pyarrow.compute as pc

    looked_at = data.slice(0, _LOOKED_AT)
    found = []
    for field in data.schema:
        if pa.types.is_list(field.type):
            found.append(f"{field.name}.list.element")
        elif field.name in codes or pc.count_distinct(looked_at[field.name]).as_py() * 2 <= looked_at.num_rows:
            found.append(field.name)
    return found


def read_parquet(paths: Path | Sequence[Path], room: Room | None = None) -> "pa.Table":
    """Reads a Parquet file, or several of one schema as one table, dictionaries as the values that they stand for.

    Into memory, or where the room has place for it. Nothing is read into a path: DuckDB would take `[` for a pattern, pyarrow `a=b` for a column.
    """
    import pyarrow.parquet as pq

    listed = [paths] if isinstance(paths, Path) else paths
    plain = without_codes(pq.read_schema(listed[0]))
    return (room or Room()).keep(plain, (batch.cast(plain) for path in listed for batch in _batches(path)))


def _batches(path: Path) -> "Iterator[pa.RecordBatch]":
    import pyarrow.parquet as pq

    with pq.ParquetFile(path, pre_buffer=False) as file:
        yield from file.iter_batches(WINDOW)


def write_csv(data: "pa.Table", path: Path) -> None:
    """Writes a table as CSV: UTF-8, LF, a header, nulls empty, lists as JSON, datetimes in UTC to the second."""
    import polars as pl

    with path.open("wb") as file:
        for start, rows in enumerate(windows(data)):
            pl.DataFrame(_flat(rows)).write_csv(
                file,
                include_header=start == 0,
                datetime_format="%Y-%m-%dT%H:%M:%SZ",
                line_terminator="\n",
                null_value="",
            )


def _flat(data: "pa.Table") -> "pa.Table":
    """The rows with their lists as JSON."""
    import pyarrow as pa

    for index, field in enumerate(data.schema):
        if pa.types.is_list(field.type):
            cells = [None if v is None else json.dumps(v, ensure_ascii=False) for v in data.column(index).to_pylist()]
            data = data.set_column(index, field.name, pa.array(cells, pa.string()))
    return data


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
