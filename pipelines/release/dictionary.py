"""Makes the data dictionary of a release, dictionary.md and dictionary.html: every table, column, view, key and code in words."""

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.release.views import View, ViewColumn
from pipelines.tables import Field, Table

MARKDOWN, HTML = "dictionary.md", "dictionary.html"
_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Column:
    """One column as a dictionary shows it. `refers` is TABLE.COLUMN, empty where it refers to none."""

    name: str
    type: str
    unit: str
    null: bool | None
    """Whether it can be null; None in a view, which promises nothing."""
    description: str
    example: str
    refers: str
    meanings: Mapping[str, str]
    """What each code means; empty in a view, where the codes are those of the column it refers to."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One table or view."""

    name: str
    description: str
    keys: tuple[str, ...]
    """In sentences."""
    columns: tuple[Column, ...]


def entries(tables: Sequence[Table], views: Sequence[View]) -> tuple[list[Entry], list[Entry]]:
    """The tables and the views, each in the order given."""
    described = [Entry(t.name, t.description, tuple(_keys(t)), tuple(_of_table(t))) for t in tables]
    shown = [Entry(v.name, v.description, (), tuple(map(_of_view, v.columns))) for v in views]
    return described, shown


def _keys(table: Table) -> Iterator[str]:
    for key in table.all_unique():
        what = "Primary key" if key == table.primary_key else "Unique"
        yield f"{what}: {', '.join(f'`{column}`' for column in key)}."
    for fk in table.foreign_keys:
        there = ", ".join(f"`{fk.table}.{column}`" for column in fk.references)
        yield f"Foreign key: {', '.join(f'`{column}`' for column in fk.fields)} refers to {there}."


def _of_table(table: Table) -> Iterator[Column]:
    refers = {fk.fields[0]: f"{fk.table}.{fk.references[0]}" for fk in table.foreign_keys if len(fk.fields) == 1}
    for field in table.fields:
        yield _column(field, field.name, field.type, not field.required, refers.get(field.name, ""), field.meanings)


def _of_view(column: ViewColumn) -> Column:
    if column.field:
        return _column(column.field, column.name, column.type, None, column.origin or "", {})
    return Column(column.name, column.type, "", None, column.description, "", "", {})


def _column(field: Field, name: str, kind: str, null: bool | None, refers: str, meanings: Mapping[str, str]) -> Column:
    return Column(name, kind, field.unit, null, field.description, field.example, refers, meanings)


# Markdown


def markdown(about: Mapping[str, Any], tables: Sequence[Table], views: Sequence[View]) -> str:
    """The dictionary of the release that the descriptor `about` describes, as Markdown."""
    described, shown = entries(tables, views)
    lines = [f"# Data dictionary of {about['name']} {about['version']}", "", about["description"], ""]
    lines += ["Types of tables are those of Table Schema, types of views those of DuckDB.", "", "## Tables", ""]
    for entry in described:
        lines += _section(entry, "| column | type | null | what it holds | example | refers to |", _table_row)
    lines += [
        "## Views",
        "",
        "In `pactwatch.duckdb`. A column that comes from a table has the codes that stand there.",
        "",
    ]
    for entry in shown:
        lines += _section(entry, "| column | type | what it holds | from |", _view_row)
    return "\n".join(lines).rstrip("\n") + "\n"


def _section(entry: Entry, head: str, row: Any) -> Iterator[str]:
    yield from (f"### {entry.name}", "", entry.description, "")
    yield from (f"- {key}" for key in entry.keys)
    yield from ([""] if entry.keys else [])
    yield from (head, "|" + "---|" * (head.count("|") - 1), *map(row, entry.columns), "")
    for column in entry.columns:
        if column.meanings:
            yield from (f"Codes of `{column.name}`:", "", "| code | what it means |", "|---|---|")
            yield from (f"| `{code}` | {_cell(meaning)} |" for code, meaning in column.meanings.items())
            yield ""


def _table_row(column: Column) -> str:
    null, kind = "yes" if column.null else "no", _kind(column)
    refers = f"`{column.refers}`" if column.refers else ""
    return f"| `{column.name}` | {kind} | {null} | {_cell(column.description)} | {_cell(column.example)} | {refers} |"


def _view_row(column: Column) -> str:
    refers = f"`{column.refers}`" if column.refers else ""
    return f"| `{column.name}` | {_kind(column)} | {_cell(column.description)} | {refers} |"


def _kind(column: Column) -> str:
    return f"{column.type} ({column.unit})" if column.unit else column.type


def _cell(text: str) -> str:
    return text.replace("|", r"\|")


# HTML


def html(about: Mapping[str, Any], tables: Sequence[Table], views: Sequence[View], dataset: Mapping[str, Any]) -> str:
    """The same as a page that needs nothing else. `dataset` is its schema.org description, for search engines."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    described, shown = entries(tables, views)
    style = (_HERE / "dictionary.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
    page = environment.get_template("dictionary.html.j2").render(
        about=about,
        tables=described,
        views=shown,
        style=style,
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'",
        # No text in it may end the element.
        dataset=json.dumps(dataset, ensure_ascii=False).replace("<", "\\u003c"),
    )
    return page + "\n"
