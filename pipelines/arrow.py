"""Arrow tables of a Table Schema: their types, with what is known of them as metadata, and their order."""

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from pipelines.room import WINDOW
from pipelines.tables import Field, Table, refused

if TYPE_CHECKING:
    import pyarrow as pa


def arrow_schema(table: Table) -> "pa.Schema":
    """The Arrow schema, with what is known of the table and of every column as metadata. Datetimes are UTC."""
    import pyarrow as pa

    types = {
        "string": pa.string(), "integer": pa.int64(), "number": pa.float64(), "boolean": pa.bool_(), "date": pa.date32(),
        "datetime": pa.timestamp("us", tz="UTC"), "list": pa.list_(pa.string()),
    }  # fmt: skip
    refers = {fk.fields[0]: f"{fk.table}.{fk.references[0]}" for fk in table.foreign_keys if len(fk.fields) == 1}
    fields = [pa.field(f.name, types[f.type], not f.required, _about(f, refers.get(f.name, ""))) for f in table.fields]
    key = json.dumps(table.primary_key)
    return pa.schema(fields, {"title": table.title, "description": table.description, "primaryKey": key})


def without_codes(schema: "pa.Schema") -> "pa.Schema":
    """A schema as it is read: dictionaries as the values that they stand for."""
    import pyarrow as pa

    fields = [f.with_type(f.type.value_type) if pa.types.is_dictionary(f.type) else f for f in schema]
    return pa.schema(fields, schema.metadata)


def _about(field: Field, refers: str) -> dict[str, str]:
    """The metadata of a column in Arrow and Parquet: only what there is to say."""
    codes = json.dumps(field.meanings, ensure_ascii=False) if field.meanings else ""
    about = {"description": field.description, "unit": field.unit, "example": field.example, "refersTo": refers}
    return {key: text for key, text in {**about, "codes": codes}.items() if text}


def in_order(data: "pa.Table", columns: Iterable[str]) -> "pa.Table":
    """The rows sorted by the columns, texts by their code points; nulls stand last. Nothing is copied where they are so already."""
    import pyarrow.compute as pc

    keys = [(column, "ascending") for column in columns]
    if not keys or _is_in_order(data, [column for column, _ in keys]):
        return data
    return data.take(pc.sort_indices(data, sort_keys=keys))


def _is_in_order(data: "pa.Table", columns: Sequence[str]) -> bool:
    import pyarrow as pa
    import pyarrow.compute as pc

    for start in range(0, data.num_rows - 1, WINDOW):
        window = data.slice(start, WINDOW + 1)
        above = pa.scalar(False)
        equal = pa.scalar(True)
        for column in columns:
            one, other = window[column].slice(0, window.num_rows - 1), window[column].slice(1)
            greater = pc.fill_null(pc.greater(one, other), pc.and_(pc.is_null(one), pc.is_valid(other)))
            above = pc.or_(above, pc.and_(equal, greater))
            same = pc.fill_null(pc.equal(one, other), pc.and_(pc.is_null(one), pc.is_null(other)))
            equal = pc.and_(equal, same)
        if pc.any(above).as_py():
            return False
    return True


def fitted(table: Table, data: "pa.Table | pa.RecordBatch") -> "pa.Table":
    """`data` with exactly the types, column order and metadata of the table, its rows as they come.

    PactwatchError where a column is missing, is one too many, or holds a value that its type cannot.
    """
    import pyarrow as pa

    where = f"table {table.name}"
    schema = arrow_schema(table)
    if data.schema.equals(schema, check_metadata=True) and isinstance(data, pa.Table):
        return data
    names = data.schema.names
    if sorted(names) != sorted(table.columns):
        missing, extra = set(table.columns) - set(names), set(names) - set(table.columns)
        raise refused(f"wrong columns: missing {sorted(missing)}, not in the schema {sorted(extra)}", where)
    # Nullable for the cast: a NULL in a required column is for the checks to tell of.
    relaxed = pa.schema([field.with_nullable(True) for field in schema])
    try:
        cast = data.select(table.columns).cast(relaxed)
    except (pa.ArrowException, ValueError) as error:
        raise refused(f"a value does not fit its column ({error})", where) from error
    return pa.Table.from_arrays(cast.columns, schema=schema)


def conform(table: Table, data: "pa.Table") -> "pa.Table":
    """`data` fitted to the table, and in its order. Nothing is copied where it is that already.

    PactwatchError as of `fitted`. Constraints are not checked here: pandera and DuckDB do that.
    """
    import pyarrow as pa

    data = fitted(table, data)
    ordered = in_order(data, table.order)
    if ordered is data:
        return data
    return pa.Table.from_arrays([column.combine_chunks() for column in ordered.columns], schema=ordered.schema)
