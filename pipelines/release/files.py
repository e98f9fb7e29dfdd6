"""Writes the tables as Parquet and CSV files, byte by byte the same for the same rows, and tells their size and hash."""

import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

_ROW_GROUP = 122_880  # DuckDB's own, so that it reads groups in parallel
_BLOCK = 1 << 20


def write_parquet(data: "pa.Table", path: Path) -> None:
    """Writes a conformed table (tables.conform) as Parquet, with its descriptions. pyarrow keeps them; DuckDB would not."""
    import pyarrow.parquet as pq

    pq.write_table(
        data, path, version="2.6", compression="zstd", use_dictionary=True, row_group_size=_ROW_GROUP, store_schema=True
    )


def read_parquet(path: Path) -> "pa.Table":
    """Reads one Parquet file, and nothing into its path: DuckDB would take `[` for a pattern, pyarrow `a=b` for a column."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        return file.read()


def write_csv(data: "pa.Table", path: Path) -> None:
    """Writes a conformed table as CSV: UTF-8, LF, a header, nulls empty, lists as JSON, datetimes in UTC to the second."""
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
