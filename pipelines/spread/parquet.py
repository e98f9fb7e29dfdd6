"""Tables as the bytes of Parquet files, which is what helpers are given and give back."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa


def encoded(table: pa.Table) -> bytes:
    """A table as the bytes of a file: the same for the same table."""
    import pyarrow.parquet as pq

    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd", write_statistics=False)
    return out.getvalue()


def table_in(data: bytes | None) -> pa.Table | None:
    """The table of a file; None where there is none or it is damaged."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if data is None:
        return None
    try:
        return pq.read_table(io.BytesIO(data))
    except (pa.ArrowException, OSError):
        return None
