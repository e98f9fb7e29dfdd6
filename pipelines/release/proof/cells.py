"""Two forms of one table, cell by cell."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

_SHOWN = 60


def differences(parquet: "pa.Table", other: "pa.Table", key: Sequence[str], name: str, form: str) -> Iterator[str]:
    """A line for each cell in which `other` differs from the Parquet rows, which have the same columns, types and order.

    Where the numbers of rows differ, or the rows themselves, one line says so.
    """
    if other.num_rows != parquet.num_rows:
        yield f"{name} has {other.num_rows} rows in the {form}, {parquet.num_rows} in the Parquet file"
        return
    for column in parquet.column_names:
        mine, theirs = parquet[column].combine_chunks(), other[column].combine_chunks()
        if not mine.equals(theirs):
            yield from _of_column(parquet, column, (mine, theirs), key or parquet.column_names[:1], (name, form))


def _of_column(
    parquet: "pa.Table", column: str, sides: "tuple[pa.Array, pa.Array]", key: Sequence[str], where: tuple[str, str]
) -> Iterator[str]:
    name, form = where
    mine, theirs = sides
    for row in range(len(mine)):
        one, other = mine[row].as_py(), theirs[row].as_py()
        if one != other:
            record = " ".join(_shown(parquet[part][row].as_py()) for part in key)
            yield f"{name} {record}, {column}: {_shown(other)} in the {form}, {_shown(one)} in the Parquet file"


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
