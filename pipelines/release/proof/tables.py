"""The Parquet and CSV files of a package: read within bounds, held against their schemas, their references, and each other."""

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, BinaryIO

from pipelines.arrow import conform
from pipelines.release.checks import connect_tables, reference_checks, rule_checks, run_check, schema_problems
from pipelines.release.descriptor import PARQUET_SUFFIX
from pipelines.release.proof.cells import differences
from pipelines.release.proof.folder import Folder
from pipelines.release.proof.listed import Resources
from pipelines.release.proof.report import Report
from pipelines.tables import Field, Table, parse

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_UNPACKED = 500  # times its size that a Parquet file may say to unpack to, and …
_UNPACKED_LEAST = 64 << 20  # … how much in any case
_ROWS = 100  # rows that a file may hold for each of its bytes, and …
_ROWS_LEAST = 100_000  # … in any case
_THRIFT = 64 << 20  # bytes and items of a footer
_CSV_BLOCK = 64 << 20

Data = dict[str, "pa.Table"]


def read_tables(
    report: Report, folder: Folder, resources: Resources, good: Mapping[str, list[str]]
) -> tuple[dict[str, Table], Data]:
    """The tables by name and their rows, in the order of the primary key, as far as their Parquet files can be read."""
    import pyarrow as pa

    tables, data = dict[str, Table](), Data()
    for resource in sorted(name for name in good if name.endswith(PARQUET_SUFFIX)):
        name = resource.removesuffix(PARQUET_SUFFIX)
        path = ", ".join(good[resource])
        report.reading(path)
        try:
            table = parse(name, resources[resource]["schema"])
            read = [rows for path in good[resource] if (rows := _read(report, folder, path)) is not None]
            if len(read) == len(good[resource]):
                data[name], tables[name] = pa.concat_tables([conform(table, rows) for rows in read]), table
        except Exception as error:  # noqa: BLE001 (the file may hold anything)
            if isinstance(error, MemoryError) or isinstance(error.__cause__, MemoryError):
                report.problem("limit", f"{path} unpacks to more than it may ({error})")
            else:
                report.problem("table", f"{name} cannot be read ({error})")
    report.tables = len(tables)
    return tables, data


def _read(report: Report, folder: Folder, path: str) -> "pa.Table | None":
    """The rows of a Parquet file; None where its footer announces more than a file of its size can hold."""
    import pyarrow.parquet as pq

    with folder.open(path) as opened, _parquet(pq, opened) as file:
        size, announced = folder.size(path), file.metadata
        groups = [announced.row_group(number) for number in range(announced.num_row_groups)]
        unpacked = sum(group.column(c).total_uncompressed_size for group in groups for c in range(group.num_columns))
        if unpacked > max(_UNPACKED_LEAST, _UNPACKED * size):
            report.problem("limit", f"{path} of {size:,} bytes says that it unpacks to {unpacked:,}: not read")
            return None
        if announced.num_rows > max(_ROWS_LEAST, _ROWS * size):
            report.problem("limit", f"{path} of {size:,} bytes says that it has {announced.num_rows:,} rows: not read")
            return None
        return file.read()


def _parquet(pq: Any, opened: BinaryIO) -> Any:
    return pq.ParquetFile(opened, thrift_string_size_limit=_THRIFT, thrift_container_size_limit=_THRIFT)


def check_tables(report: Report, tables: Mapping[str, Table], data: "Mapping[str, pa.Table]") -> None:
    """Holds every table against its schema, its references and the rules of `sql/checks/` of this project."""
    for name, table in tables.items():
        report.reading(f"schema of {name}")
        try:
            for line in schema_problems(table, data[name]):
                report.problem("schema", line)
        except Exception as error:  # noqa: BLE001 (the schema comes from the package)
            report.problem("schema", f"{name}: the schema cannot be applied ({error})")
    with connect_tables(data) as connection:
        _references(report, connection, tables)
        _rules(report, connection, set(data))


def _references(report: Report, connection: "duckdb.DuckDBPyConnection", tables: Mapping[str, Table]) -> None:
    report.reading("references")
    for check in reference_checks(list(tables.values())):
        if not set(check.tables) <= set(tables):
            report.problem("reference", f"{check.name}: the table {check.tables[-1]} is missing")
            continue
        try:
            outcome = run_check(connection, check)
        except Exception as error:  # noqa: BLE001 (names and types come from the package)
            report.problem("reference", f"{check.name} cannot be tried ({error})")
            continue
        if not outcome.passed:
            example = outcome.examples[0]
            record = " ".join(str(example[c]) for c in tables[check.tables[0]].primary_key if c in example)
            report.problem("reference", f"{check.rule[:-1]} does not hold for {outcome.broken} rows, as {record}")


def _rules(report: Report, connection: "duckdb.DuckDBPyConnection", there: set[str]) -> None:
    """Tries our own rules. A release of other days may lack a table or column that one of them asks for: that one is left out."""
    import duckdb

    report.reading("rules")
    for check in rule_checks():
        if not set(check.tables) <= there:
            continue
        try:
            outcome = run_check(connection, check)
        except (duckdb.BinderException, duckdb.CatalogException):
            continue
        except duckdb.Error as error:
            report.problem("rule", f"{check.name} cannot be tried ({error})")
            continue
        report.rules += 1
        if not outcome.passed:
            example = " ".join(str(value) for value in list(outcome.examples[0].values())[:4])
            report.problem("rule", f"{check.rule} {outcome.broken} rows break it ({check.name}), as {example}")


def check_csv(
    report: Report, folder: Folder, tables: Mapping[str, Table], data: Data, good: Mapping[str, list[str]]
) -> None:
    """Compares every CSV file with its Parquet file, cell by cell. One that has no good file was told of already."""
    import pyarrow as pa

    for name, table in tables.items():
        if name not in good:
            continue
        path = ", ".join(good[name])
        report.reading(path)
        try:
            rows = pa.concat_tables([conform(table, _read_csv(folder, path, table)) for path in good[name]])
        except MemoryError as error:
            report.problem("limit", f"{path} takes more memory than it may ({error})")
            continue
        except Exception as error:  # noqa: BLE001 (the file may hold anything)
            report.problem("csv", f"{path} cannot be read ({error})")
            continue
        for line in differences(data[name], rows, table.primary_key, name, "CSV file"):
            report.problem("csv", line)


def _read_csv(folder: Folder, path: str, table: Table) -> "pa.Table":
    """The rows of a CSV file, typed by the schema. Nothing is guessed: an empty cell is null, a quoted empty one a text."""
    import pyarrow as pa
    from pyarrow import csv

    columns = {field.name: pa.string() for field in table.fields}
    size = folder.size(path)
    with folder.open(path) as opened:
        rows = csv.read_csv(
            opened,
            # A cell must fit into one block.
            read_options=csv.ReadOptions(block_size=min(max(size, 1), _CSV_BLOCK), use_threads=False),
            parse_options=csv.ParseOptions(newlines_in_values=True),
            convert_options=csv.ConvertOptions(
                column_types=columns, null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=False
            ),
        )
    if rows.column_names != table.columns:
        raise ValueError(f"its columns are {', '.join(rows.column_names)[:200]}")
    return pa.table({field.name: _typed(rows[field.name], field) for field in table.fields})


def _typed(cells: "pa.ChunkedArray", field: Field) -> "pa.ChunkedArray | pa.Array":
    """The cells of a column as conform() can cast them: lists out of their JSON, the rest as the text that it is."""
    import pyarrow as pa

    if field.type == "list":
        return pa.array([None if cell is None else _items(cell) for cell in cells.to_pylist()], pa.list_(pa.string()))
    if field.type == "boolean" and (odd := set(cells.unique().to_pylist()) - {"true", "false", None}):
        raise ValueError(f"{field.name} has {min(odd)!r}")
    return cells


def _items(cell: str) -> list[Any]:
    items = json.loads(cell)
    if not isinstance(items, list):
        raise TypeError(f"{cell[:80]!r} is no list")
    return items


def rows_of(table: "pa.Table", columns: list[str]) -> Iterator[tuple[Any, ...]]:
    """The rows of some columns of a table, as Python values."""
    return zip(*(table.column(column).to_pylist() for column in columns), strict=True)
