"""What Dagster's pages show of a table: its columns, how many rows it has, and its first rows."""

from typing import TYPE_CHECKING, Any

import dagster as dg

from pipelines.printable import shown
from pipelines.tables import Table

if TYPE_CHECKING:
    import pyarrow as pa

_PREVIEW_ROWS = 8
_PREVIEW_CHARACTERS = 60
_LINE_CHARACTERS = 600


def column_schema(table: Table) -> dg.TableSchema:
    """The columns of a table as its Table Schema has them."""
    unique = {key[0] for key in table.all_unique() if len(key) == 1}
    references = {column: key.table for key in table.foreign_keys for column in key.fields}
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                name=field.name,
                type=field.type,
                description=field.description,
                constraints=dg.TableColumnConstraints(
                    nullable=not field.required,
                    unique=field.name in unique,
                    other=[f"references {references[field.name]}"] if field.name in references else [],
                ),
            )
            for field in table.fields
        ]
    )


def of_table(data: "pa.Table") -> dict[str, Any]:
    """Metadata of a materialised table."""
    return {"dagster/row_count": data.num_rows, "preview": dg.MetadataValue.md(preview(data))}


def preview(data: "pa.Table", columns: list[str] | None = None) -> str:
    """The first rows as a Markdown table; long cells are cut, invisible characters shown as escapes."""
    names = columns or data.column_names
    lines = [f"| {' | '.join(names)} |", f"|{' --- |' * len(names)}"]
    for row in data.select(names).slice(0, _PREVIEW_ROWS).to_pylist():
        lines.append(f"| {' | '.join(_cell(row[name]) for name in names)} |")
    return "\n".join(lines)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    text = text if len(text) <= _PREVIEW_CHARACTERS else f"{text[:_PREVIEW_CHARACTERS]}…"
    return shown(" ".join(text.split())).replace("|", "\\|").replace("<", "&lt;")


def one_line(text: str) -> str:
    """Foreign words for a description: one line, not endless, without characters that act on a terminal or a page."""
    line = shown(" ".join(text.split()))
    return line if len(line) <= _LINE_CHARACTERS else f"{line[:_LINE_CHARACTERS]}…"
