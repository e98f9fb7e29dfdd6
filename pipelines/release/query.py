"""Runs SQL over the database of a package, read-only and shut off from all other files, and shows what it returns."""

import csv
import io
import json
import math
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.errors import EXIT_NOT_FOUND, EXIT_USAGE, PactwatchError
from pipelines.partitions import bring
from pipelines.release.database import DATABASE
from pipelines.release.texts import printable
from pipelines.release.versions import newest_package

if TYPE_CHECKING:
    import pyarrow as pa

_WIDEST = 60  # columns of a terminal that one cell may take


@dataclass(frozen=True, slots=True)
class Result:
    """What a query returned: column names, which may repeat, and rows of Python values."""

    columns: list[str]
    rows: list[tuple[Any, ...]]
    arrow: "pa.Table"


def run_query(sql: str, package: Path) -> Result:
    """Runs SQL over the newest package in the folder `package` (or over it, where it is one).

    The database is opened read-only; files, extensions and settings are out of reach of the query. PactwatchError where
    there is no package or DuckDB refuses the query.
    """
    import duckdb

    folder = newest_package(package)
    path = folder / DATABASE
    if not path.is_file():
        raise PactwatchError(
            "the package has no database", path, "make it again with `pactwatch build`", EXIT_NOT_FOUND
        )
    config: dict[str, Any] = {
        "enable_external_access": False,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "python_enable_replacements": False,  # or a query could read this program's variables
        "temp_directory": "",  # DuckDB would else spill into the package
    }
    try:
        with duckdb.connect(path, read_only=True, config=config) as connection:
            bring(connection, folder)
            connection.execute("SET lock_configuration = true")
            relation: duckdb.DuckDBPyRelation | None = connection.sql(sql)  # None where a statement returns nothing
            table = None if relation is None else relation.to_arrow_table()
    except duckdb.Error as error:
        raise PactwatchError(printable(str(error)), "query", None, EXIT_USAGE) from error
    if table is None:
        raise PactwatchError("it returns nothing", "query", "ask with SELECT", EXIT_USAGE)
    return Result(table.column_names, list(zip(*(c.to_pylist() for c in table.columns), strict=True)), table)


def render(result: Result, form: str) -> bytes:
    """The result as table, csv, json or parquet, ready to be written. PactwatchError where `form` is none of these."""
    if form not in FORMS:
        raise PactwatchError(f"there is no format {form!r}", None, f"use one of {', '.join(FORMS)}", EXIT_USAGE)
    return FORMS[form](result)


def _table(result: Result) -> bytes:
    """Aligned columns for a terminal. Control and bidi characters of the sources are taken out, long cells are cut."""
    lines = [[_cell(name) for name in result.columns], *([_cell(value) for value in row] for row in result.rows)]
    widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    right = [
        all(isinstance(value, int | float | Decimal | None) for value in column)
        for column in zip(*result.rows, strict=True)
    ]
    shown = [_line(line, widths, right or [False] * len(widths)) for line in lines]
    rule = "  ".join("-" * width for width in widths)
    count = f"({len(result.rows)} {'row' if len(result.rows) == 1 else 'rows'})"
    return "\n".join([shown[0], rule, *shown[1:], count, ""]).encode()


def _line(cells: list[str], widths: list[int], right: list[bool]) -> str:
    padded = [
        " " * (width - _width(cell)) + cell if to_right else cell + " " * (width - _width(cell))
        for cell, width, to_right in zip(cells, widths, right, strict=True)
    ]
    return "  ".join(padded).rstrip()


def _cell(value: Any) -> str:
    text = printable(", ".join(map(_plain, value)) if isinstance(value, list) else _plain(value))
    return text if len(text) <= _WIDEST else text[: _WIDEST - 1] + "…"


def _plain(value: Any) -> str:
    """A value as the text of one cell: nothing for null, JSON for what has parts."""
    made = plain(value)
    if isinstance(made, str):
        return made
    return "" if made is None else json.dumps(made, ensure_ascii=False)


def _width(text: str) -> int:
    """How many columns of a terminal the text takes: wide characters take two, combining ones none."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _csv(result: Result) -> bytes:
    """CSV with LF and a header; nulls are empty, lists and structs JSON."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(result.columns)
    writer.writerows([_plain(value) for value in row] for row in result.rows)
    return text.getvalue().encode()


def _json_rows(result: Result) -> bytes:
    """One JSON document: a list of objects."""
    names = _distinct(result.columns)
    rows = [dict(zip(names, map(plain, row), strict=True)) for row in result.rows]
    return (json.dumps(rows, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def plain(value: Any) -> Any:
    """A value as JSON knows it: dates in ISO 8601, what is not a number null, anything unknown as text."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, Decimal):  # what sum() of integers returns
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def _parquet(result: Result) -> bytes:
    import pyarrow.parquet as pq

    sink = io.BytesIO()
    pq.write_table(result.arrow.rename_columns(_distinct(result.columns)), sink, compression="zstd")
    return sink.getvalue()


def _distinct(names: list[str]) -> list[str]:
    """The names, with a number after each that was there before."""
    seen: dict[str, int] = {}
    made = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        made.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return made


FORMS: dict[str, Callable[[Result], bytes]] = {"table": _table, "csv": _csv, "json": _json_rows, "parquet": _parquet}
