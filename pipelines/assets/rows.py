"""Flat dataclasses (Document, Rejected, Citation …) as Arrow tables and back, so that each asset can leave Parquet for the next."""

import dataclasses
import types
from collections.abc import Collection, Sequence
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, Union, get_args, get_origin, get_type_hints

if TYPE_CHECKING:
    import pyarrow as pa
    from _typeshed import DataclassInstance


_BATCH = 1_000  # rows that are dicts at a time: a dict takes more than its row

T = TypeVar("T", bound="DataclassInstance")


def to_arrow(kind: type[T], rows: Sequence[T], without: Collection[str] = ()) -> "pa.Table":
    """One Arrow row a dataclass instance, one column a field; TypeError where a field's type has no column type."""
    import pyarrow as pa

    names = [field.name for field in dataclasses.fields(kind) if field.name not in without]
    columns = [pa.array([getattr(row, name) for row in rows], _arrow_types(kind)[name]) for name in names]
    return pa.table(dict(zip(names, columns, strict=True)))


def from_arrow(kind: type[T], table: "pa.Table") -> list[T]:
    """The dataclass instances that `to_arrow` made the table of."""
    tuples = {name for name, hint in get_type_hints(kind).items() if get_origin(_inner(hint)) is tuple}
    return [
        kind(**{name: tuple(value) if name in tuples and value is not None else value for name, value in row.items()})
        for batch in table.to_batches(_BATCH)
        for row in batch.to_pylist()
    ]


@cache
def _arrow_types(kind: type[Any]) -> "dict[str, pa.DataType]":
    import pyarrow as pa

    simple = {
        str: pa.large_string(),
        int: pa.int64(),
        float: pa.float64(),
        bool: pa.bool_(),
        date: pa.date32(),
        datetime: pa.timestamp("us", tz="UTC"),
    }

    def of(hint: Any) -> "pa.DataType":
        inner = _inner(hint)
        if inner in simple:
            return simple[inner]
        if get_origin(inner) in {list, tuple}:
            return pa.list_(of(get_args(inner)[0]))
        raise TypeError(f"no column type for {hint} of {kind.__name__}")

    hints = get_type_hints(kind)
    return {field.name: of(hints[field.name]) for field in dataclasses.fields(kind)}


def _inner(hint: Any) -> Any:
    """The type of an optional field without its None."""
    if get_origin(hint) in {Union, types.UnionType}:
        known = [argument for argument in get_args(hint) if argument is not types.NoneType]
        return known[0] if len(known) == 1 else hint
    return hint
