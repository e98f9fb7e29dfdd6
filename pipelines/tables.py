"""Reads the Table Schemas of `schemas/` and derives the rest from them: Arrow schemas, pandera schemas, DuckDB DDL.

What belongs here: what a feature of Table Schema means on each backend. Whatever is not supported raises when the schema
is read, so that no constraint can be written down and silently not be kept. Rules across rows are SQL in `sql/checks/`.

Beyond the standard four properties are read: `itemCategories`, the values that the items of a `list` may have; `unit`, what a
number counts; the `description` of a category, which says what the value means; and `sortedBy`, the columns that the published
rows are sorted by (the primary key where there is none), so that a scan that asks for some of them skips the rest.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from pipelines.errors import EXIT_INVALID, PactwatchError
from pipelines.project import ROOT
from pipelines.room import WINDOW

if TYPE_CHECKING:
    import pandera.polars as pandera
    import polars as pl
    import pyarrow as pa

_SQL_TYPES = {
    "string": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE",
    "datetime": "TIMESTAMP", "list": "VARCHAR[]",
}  # fmt: skip
_CONSTRAINTS: dict[str, tuple[str, ...]] = {  # each with the types that it is supported on
    "required": tuple(_SQL_TYPES),
    "unique": ("string", "integer", "number", "boolean", "date", "datetime"),
    "enum": ("string", "integer"),
    "pattern": ("string",),
    "minLength": ("string",),
    "minimum": ("integer", "number"),
    "maximum": ("integer", "number"),
}
_VALUES: dict[str, type | tuple[type, ...]] = {
    "required": bool, "unique": bool, "enum": list, "pattern": str, "minLength": int, "minimum": (int, float), "maximum": (int, float),
}  # fmt: skip
_SCHEMA_KEYS = ("$schema", "title", "description", "fields", "primaryKey", "uniqueKeys", "foreignKeys", "sortedBy")
_FIELD_KEYS = ("name", "type", "title", "description", "example", "unit", "constraints", "categories")


@dataclass(frozen=True, slots=True)
class Field:
    """One column. `items` are the values that the items of a list may have, empty where any will do; `meanings` says in words
    what each code of the column, or of its items, means."""

    name: str
    type: str
    description: str
    required: bool
    constraints: Mapping[str, Any]
    items: tuple[str, ...]
    unit: str
    example: str
    meanings: Mapping[str, str]

    def in_words(self) -> str:
        """What it is, for people who see nothing but a comment: the description, the unit, and what the codes mean."""
        codes = "; ".join(f"{code}: {meaning.rstrip('.')}" for code, meaning in self.meanings.items())
        parts = (self.description, self.unit and f"Unit: {self.unit}.", codes and f"Codes: {codes}.")
        return " ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """`fields` of this table refer to `references` of `table`."""

    fields: tuple[str, ...]
    table: str
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One table as its Table Schema describes it. `schema` is that schema as read, for inlining."""

    name: str
    title: str
    description: str
    fields: tuple[Field, ...]
    primary_key: tuple[str, ...]
    unique_keys: tuple[tuple[str, ...], ...]
    foreign_keys: tuple[ForeignKey, ...]
    sorted_by: tuple[str, ...]
    schema: Mapping[str, Any]

    @property
    def columns(self) -> list[str]:
        """Column names in order."""
        return [field.name for field in self.fields]

    @property
    def order(self) -> tuple[str, ...]:
        """The columns that the published rows are sorted by; the primary key is among them, so the order is total."""
        return tuple(dict.fromkeys((*self.sorted_by, *self.primary_key)))

    def all_unique(self) -> list[tuple[str, ...]]:
        """Every key whose values may not repeat, the primary key first. A row with a NULL in a key repeats nothing."""
        single = [(field.name,) for field in self.fields if field.constraints.get("unique")]
        return list(dict.fromkeys(key for key in (self.primary_key, *self.unique_keys, *single) if key))


def _error(what: str, where: object, todo: str | None = None) -> PactwatchError:
    return PactwatchError(what, str(where), todo, EXIT_INVALID)


def _only(keys: Iterable[str], allowed: Iterable[str], where: str) -> None:
    for key in keys:
        if key not in allowed:
            raise _error(f"Table Schema feature {key!r} is not supported", where, "support it in pipelines/tables.py")


def _names(value: Any) -> tuple[str, ...]:
    return () if value is None else (value,) if isinstance(value, str) else tuple(value)


def _field(raw: Mapping[str, Any], where: str, key: tuple[str, ...]) -> Field:
    where = f"{where}, field {raw.get('name')}"
    kind = raw.get("type", "string")
    _only(raw, _FIELD_KEYS if kind != "list" else (*_FIELD_KEYS, "itemType", "itemCategories"), where)
    _only([f"type {kind}"], [f"type {name}" for name in _SQL_TYPES], where)
    _only([f"itemType {raw.get('itemType', 'string')}"], ["itemType string"], where)
    constraints = raw.get("constraints", {})
    for name, value in constraints.items():
        _only([f"{name} on {kind}"], [f"{name} on {fits}" for fits in _CONSTRAINTS.get(name, ())], where)
        if not isinstance(value, _VALUES[name]):  # it becomes a part of SQL
            raise _error(f"the constraint {name} is {str(value)[:80]!r}", where, "see Table Schema")
    if "categories" in raw and [category["value"] for category in raw["categories"]] != constraints.get("enum"):
        raise _error("categories and constraints.enum differ", where, "list the same values in both")
    required = constraints.get("required", False) or raw["name"] in key
    items = tuple(category["value"] for category in raw.get("itemCategories", ()))
    codes = (*raw.get("categories", ()), *raw.get("itemCategories", ()))
    return Field(
        name=raw["name"],
        type=kind,
        description=raw.get("description", ""),
        required=required,
        constraints=constraints,
        items=items,
        unit=raw.get("unit", ""),
        example=str(raw.get("example", "")),  # releases of old have numbers there
        meanings={str(code["value"]): code.get("description", "") for code in codes},
    )


def _foreign_key(raw: Mapping[str, Any], own_name: str, where: str) -> ForeignKey:
    _only(raw, ("fields", "reference"), where)
    _only(raw["reference"], ("resource", "fields"), where)
    table = raw["reference"].get("resource") or own_name  # the standard: no resource means the table itself
    return ForeignKey(_names(raw["fields"]), table, _names(raw["reference"]["fields"]))


def parse(name: str, schema: Mapping[str, Any], title: str = "", description: str = "") -> Table:
    """A Table from a Table Schema. PactwatchError where the schema uses a feature that some backend would not keep."""
    where = f"schemas/{name}.json"
    _only(schema, _SCHEMA_KEYS, where)
    key = _names(schema.get("primaryKey"))
    table = Table(
        name=name,
        title=title or schema.get("title", name),
        description=description or schema.get("description", ""),
        fields=tuple(_field(raw, where, key) for raw in schema["fields"]),
        primary_key=key,
        unique_keys=tuple(_names(unique) for unique in schema.get("uniqueKeys", ())),
        foreign_keys=tuple(_foreign_key(raw, name, where) for raw in schema.get("foreignKeys", ())),
        sorted_by=_names(schema.get("sortedBy")),
        schema=schema,
    )
    for used in (table.sorted_by, *table.all_unique(), *(fk.fields for fk in table.foreign_keys)):
        if unknown := set(used) - set(table.columns):
            raise _error(f"a key names {sorted(unknown)}, which is no column", where)
    return table


@cache
def descriptor() -> dict[str, Any]:
    """The hand-kept datapackage.json of the project's root. Do not change it."""
    loaded: dict[str, Any] = json.loads((ROOT / "datapackage.json").read_text(encoding="utf-8"))
    return loaded


@cache
def load(name: str) -> Table:
    """The table `name`, published or intermediate. PactwatchError where there is none."""
    path = ROOT / "schemas" / f"{name}.json"
    if not path.is_file():
        raise _error(f"there is no table {name!r}", path, "add its Table Schema")
    resources = {resource["schema"]: resource for resource in descriptor()["resources"]}
    resource = resources.get(f"schemas/{name}.json", {})
    schema = json.loads(path.read_text(encoding="utf-8"))
    return parse(name, schema, resource.get("title", ""), resource.get("description", ""))


@cache
def published() -> tuple[Table, ...]:
    """The published tables in the order of the root datapackage.json."""
    return tuple(load(resource["name"]) for resource in descriptor()["resources"])


def insert_order(tables: Iterable[Table]) -> list[Table]:
    """The tables so that each comes after those it refers to, else in the order given. PactwatchError on a circle."""
    waiting, ordered = list(tables), list[Table]()
    while waiting:
        names = {table.name for table in waiting}
        ready = next((t for t in waiting if not {fk.table for fk in t.foreign_keys} & (names - {t.name})), None)
        if ready is None:
            raise _error(f"the foreign keys of {', '.join(sorted(names))} go in a circle", "schemas/")
        waiting.remove(ready)
        ordered.append(ready)
    return ordered


# Arrow


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
        raise _error(f"wrong columns: missing {sorted(missing)}, not in the schema {sorted(extra)}", where)
    # Nullable for the cast: a NULL in a required column is for the checks to tell of.
    relaxed = pa.schema([field.with_nullable(True) for field in schema])
    try:
        cast = data.select(table.columns).cast(relaxed)
    except (pa.ArrowException, ValueError) as error:
        raise _error(f"a value does not fit its column ({error})", where) from error
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


# Constraints: each is written once for both backends, so that neither can lack one


@dataclass(frozen=True, slots=True)
class _Rule:
    label: str
    sql: str
    polars: Callable[[Any], "pl.Expr"]
    """From the column's expression to one that is true where the value is good (or null where there is none)."""


def _rules(field: Field) -> Iterator[_Rule]:
    column, given = quoted(field.name), field.constraints
    if values := given.get("enum"):
        yield _Rule(f"one of {_literals(values)}", f"{column} IN ({_literals(values)})", lambda c: c.is_in(values))
    if pattern := given.get("pattern"):
        sql, whole = f"regexp_full_match({column}, {literal(pattern)})", rf"\A(?:{pattern})\z"
        yield _Rule(f"of the form {pattern}", sql, lambda c: c.str.contains(whole))
    if (length := given.get("minLength")) is not None:
        sql = f"length({column}) >= {length}"
        yield _Rule(f"of length {length} or more", sql, lambda c: c.str.len_chars() >= length)
    if (low := given.get("minimum")) is not None:
        yield _Rule(f"at least {low}", f"{column} >= {low}", lambda c: c >= low)
    if (high := given.get("maximum")) is not None:
        yield _Rule(f"at most {high}", f"{column} <= {high}", lambda c: c <= high)
    if items := list(field.items):
        sql = f"list_has_all([{_literals(items)}], {column}) AND len({column}) = list_count({column})"
        yield _Rule(f"items of {_literals(items)}", sql, lambda c: c.list.set_difference(items).list.len() == 0)


def pandera_schema(table: Table, *, keys: bool = True) -> "pandera.DataFrameSchema":
    """The pandera-polars schema: strict, ordered, every constraint. Validate eager frames: lazy ones get types only.

    Without `keys` for a piece of a table, which cannot tell whether a key is in another one too.
    """
    import pandera.polars as pandera
    import polars as pl

    types = pl.DataFrame(arrow_schema(table).empty_table()).schema

    def check(field: Field, rule: _Rule) -> pandera.Check:
        return pandera.Check(lambda data: data.lazyframe.select(rule.polars(pl.col(field.name))), name=rule.label)

    def unique(key: tuple[str, ...]) -> pandera.Check:
        # Not pandera's own `unique`: that counts NULLs as duplicates of each other.
        free = ~pl.struct(*key).is_duplicated() | pl.any_horizontal(pl.col(column).is_null() for column in key)
        return pandera.Check(lambda data: data.lazyframe.select(free), name=f"unique {', '.join(key)}")

    columns = {
        f.name: pandera.Column(types[f.name], [check(f, rule) for rule in _rules(f)], nullable=not f.required)
        for f in table.fields
    }
    checks = [unique(key) for key in table.all_unique()] if keys else []
    return pandera.DataFrameSchema(columns, checks=checks, name=table.name, strict=True, ordered=True)


# DuckDB


def quoted(name: str) -> str:
    """An SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: object) -> str:
    """An SQL literal of a number or a text."""
    return str(value) if isinstance(value, int | float) else "'" + str(value).replace("'", "''") + "'"


def _literals(values: Iterable[object]) -> str:
    return ", ".join(map(literal, values))


def _columns(names: Iterable[str]) -> str:
    return ", ".join(map(quoted, names))


def ddl(table: Table) -> list[str]:
    """The DuckDB statements that make the table: CREATE TABLE with all keys and checks, then its comments."""
    lines = []
    for field in table.fields:
        parts = [quoted(field.name), _SQL_TYPES[field.type], *(["NOT NULL"] if field.required else [])]
        lines.append(" ".join(parts + [f"CHECK ({rule.sql})" for rule in _rules(field)]))
    for key in table.all_unique():
        lines.append(f"{'PRIMARY KEY' if key == table.primary_key else 'UNIQUE'} ({_columns(key)})")
    for fk in table.foreign_keys:
        lines.append(f"FOREIGN KEY ({_columns(fk.fields)}) REFERENCES {quoted(fk.table)} ({_columns(fk.references)})")
    name = quoted(table.name)
    comments = [f"COMMENT ON TABLE {name} IS {literal(table.description)}"]
    comments += [f"COMMENT ON COLUMN {name}.{quoted(f.name)} IS {literal(f.in_words())}" for f in table.fields]
    return [f"CREATE TABLE {name} (\n  " + ",\n  ".join(lines) + "\n)", *comments]
