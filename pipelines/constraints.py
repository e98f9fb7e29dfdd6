"""The constraints of a Table Schema, each written once for both backends, so that neither can lack one: pandera schemas, DuckDB DDL."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipelines.arrow import arrow_schema
from pipelines.tables import Field, Table

if TYPE_CHECKING:
    import pandera.polars as pandera
    import polars as pl

_SQL_TYPES = {
    "string": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE",
    "datetime": "TIMESTAMP", "list": "VARCHAR[]",
}  # fmt: skip


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


def ddl(table: Table, views: Collection[str] = ()) -> list[str]:
    """The DuckDB statements that make the table: CREATE TABLE with all keys and checks, then its comments.

    `views` are the names of tables that are views in the database, where no foreign key can lead to.
    """
    lines = []
    for field in table.fields:
        parts = [quoted(field.name), _SQL_TYPES[field.type], *(["NOT NULL"] if field.required else [])]
        lines.append(" ".join(parts + [f"CHECK ({rule.sql})" for rule in _rules(field)]))
    for key in table.all_unique():
        lines.append(f"{'PRIMARY KEY' if key == table.primary_key else 'UNIQUE'} ({_columns(key)})")
    for fk in table.foreign_keys:
        if fk.table not in views:
            references = f"{quoted(fk.table)} ({_columns(fk.references)})"
            lines.append(f"FOREIGN KEY ({_columns(fk.fields)}) REFERENCES {references}")
    return [
        f"CREATE TABLE {quoted(table.name)} (\n  " + ",\n  ".join(lines) + "\n)",
        *_comments(table, "TABLE", table.description),
    ]


def view_ddl(table: Table, source: str, hint: str) -> list[str]:
    """The DuckDB statements that make a view of the table's columns, in their types, over the rows of `source`; then its comments.

    `hint` is what whoever looks at the view is told beside what the table holds.
    """
    columns = ", ".join(f"{_plain(field)} AS {quoted(field.name)}" for field in table.fields)
    comments = _comments(table, "VIEW", f"{table.description} {hint}")
    return [f"CREATE VIEW {quoted(table.name)} AS SELECT {columns} FROM {source}", *comments]


def _plain(field: Field) -> str:
    column = quoted(field.name)
    return without_zone(column) if field.type == "datetime" else f"CAST({column} AS {_SQL_TYPES[field.type]})"


def without_zone(column: str) -> str:
    """A moment in UTC, as Arrow and Parquet have it, without its zone, whatever zone the reader lives in."""
    return f"make_timestamp(epoch_us({column}))"


def _comments(table: Table, kind: str, words: str) -> list[str]:
    name = quoted(table.name)
    columns = [f"COMMENT ON COLUMN {name}.{quoted(f.name)} IS {literal(f.in_words())}" for f in table.fields]
    return [f"COMMENT ON {kind} {name} IS {literal(words)}", *columns]
