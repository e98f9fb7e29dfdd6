"""The views of `sql/views/` as they go into a database: made, with a comment on each and on each of its columns.

A view whose comment lacks a column, or describes one that it does not have, is refused.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from pipelines.constraints import ddl, literal, quoted
from pipelines.errors import EXIT_INVALID, PactwatchError
from pipelines.release.sqlfiles import SqlFile, read_sql
from pipelines.tables import Field, insert_order, published

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True, slots=True)
class ViewColumn:
    """One column of a view. `origin` is TABLE.COLUMN where it is one of a table, and `field` that column."""

    name: str
    type: str
    """As DuckDB names it."""
    description: str
    origin: str | None
    field: Field | None

    def in_words(self) -> str:
        """What it is, for people who see nothing but a comment."""
        return self.field.in_words() if self.field else self.description


@dataclass(frozen=True, slots=True)
class View:
    """One view with its columns in their order."""

    name: str
    description: str
    columns: tuple[ViewColumn, ...]


def make_views(connection: "duckdb.DuckDBPyConnection") -> list[View]:
    """Makes all views in a database that holds the tables, with their comments. PactwatchError where one cannot be, or is not described."""
    import duckdb

    made = []
    for file in read_sql("views"):
        where = f"sql/views/{file.name}.sql"
        try:
            connection.execute(file.sql)
            rows = connection.execute(f"DESCRIBE {quoted(file.name)}").fetchall()
            view = View(file.name, file.comment, tuple(_columns(file, {row[0]: row[1] for row in rows}, where)))
            for statement in _comments(view):
                connection.execute(statement)
        except duckdb.Error as error:
            raise PactwatchError(f"the view cannot be made ({error})", where, None, EXIT_INVALID) from error
        made.append(view)
    return made


@cache
def views() -> tuple[View, ...]:
    """All views with the types of their columns, as they are over the published tables."""
    import duckdb

    with duckdb.connect(config={"autoinstall_known_extensions": False}) as connection:
        for table in insert_order(published()):
            for statement in ddl(table):
                connection.execute(statement)
        return tuple(make_views(connection))


def _columns(file: SqlFile, types: Mapping[str, str], where: str) -> Iterator[ViewColumn]:
    told = {column.name: column for column in _told(file, where)}
    if unknown := sorted(told.keys() - types.keys()):
        raise PactwatchError(
            f"the comment describes {', '.join(unknown)}, which is no column", where, None, EXIT_INVALID
        )
    for name, kind in types.items():
        if name not in told:
            todo = f"add `-- {name}: what it holds` to its comment"
            raise PactwatchError(f"the column {name} is not described", where, todo, EXIT_INVALID)
        yield replace(told[name], type=kind)


def _told(file: SqlFile, where: str) -> Iterator[ViewColumn]:
    """The columns that the comment describes, without their types."""
    tables = {table.name: {field.name: field for field in table.fields} for table in published()}
    for name, words in file.columns.items():
        table, _, column = words.partition(".")
        taken = tables.get(table, {})
        if name == "*":
            yield from (ViewColumn(each, "", f.description, f"{words}.{each}", f) for each, f in taken.items())
        elif not column or " " in words:
            yield ViewColumn(name, "", words, None, None)
        elif column in taken:
            yield ViewColumn(name, "", taken[column].description, words, taken[column])
        else:
            raise PactwatchError(f"{name} is said to be {words}, which is no column", where, None, EXIT_INVALID)


def _comments(view: View) -> Iterator[str]:
    yield f"COMMENT ON VIEW {quoted(view.name)} IS {literal(view.description)}"
    for column in view.columns:
        yield f"COMMENT ON COLUMN {quoted(view.name)}.{quoted(column.name)} IS {literal(column.in_words())}"
