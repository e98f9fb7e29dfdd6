"""The database of a package, against its Parquet files. It is attached read-only to an empty one that is shut off from all files.

So nothing that lies in it can stand for what is asked of it: names are looked up in the empty one, where there are no macros, and only
tables are read, never a view or a column that is computed.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from pipelines.arrow import conform
from pipelines.constraints import ddl, literal, quoted
from pipelines.partitions import definition, paths_of, stand_ins
from pipelines.project import ROOT, tree_hash
from pipelines.release.database import DATABASE, STORAGE
from pipelines.release.descriptor import resource_name
from pipelines.release.proof.cells import differences
from pipelines.release.proof.folder import Folder
from pipelines.release.proof.listed import Resources
from pipelines.release.proof.report import Report
from pipelines.release.sqlfiles import read_sql
from pipelines.tables import Table, insert_order, published

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_CONFIG: dict[str, Any] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "python_enable_replacements": False,  # or a name could mean a variable of this program
    "temp_directory": "",  # DuckDB would else spill beside the package
    "threads": 2,
}
_OTHERS = {  # what a database may hold beside tables and views, and the column that names it
    "functions": ("macro", "function_name", "NOT internal"),
    "sequences": ("sequence", "sequence_name", "true"),
    "types": ("type", "type_name", "NOT internal AND type_oid IS NOT NULL"),
    "schemas": ("schema", "schema_name", "schema_name NOT IN ('main', 'information_schema', 'pg_catalog')"),
    "indexes": ("index", "index_name", "true"),
}


def check_database(
    report: Report,
    folder: Folder,
    tables: Mapping[str, Table],
    data: "Mapping[str, pa.Table]",
    described: Resources,
    views: object,
) -> None:
    """Compares every table of the database with its Parquet file, cell by cell, and looks for SQL that is not ours.

    `described` are the resources of the descriptor. `views` is the hash of `sql/views/` that the release was made with:
    where ours are the same, those in the database must be.
    """
    import duckdb

    report.reading(DATABASE)
    path = folder.root / DATABASE
    log = path.with_name(f"{path.name}.wal")
    if log.exists() or log.is_symlink():
        report.problem("database", f"{log.name} would be read into the database: not opened")
        return
    try:
        folder.open(DATABASE).close()
    except OSError as error:
        report.problem("database", f"{DATABASE} is missing or no file ({error.strerror})")
        return
    try:
        with duckdb.connect(config=_CONFIG) as connection:
            connection.execute(f"ATTACH {literal(str(path))} AS package (READ_ONLY)")
            connection.execute("SET enable_external_access = false")
            connection.execute("SET lock_configuration = true")
            plain = _plain_tables(report, connection)
            files = {name: len(paths_of(described.get(resource_name(name), {}))) for name in tables}
            parted = {name: number for name, number in files.items() if number > 1}
            if views == tree_hash(ROOT / "sql" / "views"):
                _views(report, connection, {**_our_views(), **_over_partitions(tables, parted)})
            for name, table in tables.items():
                # Of one in partitions there is nothing but the text of a view.
                if name not in parted:
                    _compare(report, connection, table, data[name], plain)
            for name in sorted(name for name in plain if described and resource_name(name) not in described):
                report.problem("database", f"the table {name} is in no Parquet file")
    except (MemoryError, duckdb.OutOfMemoryException) as error:
        report.problem("limit", f"{DATABASE} unpacks to more than it may ({error})")
    except Exception as error:  # noqa: BLE001 (the file may hold anything)
        report.problem("database", f"{DATABASE} cannot be read ({error})")


def _plain_tables(report: Report, connection: "duckdb.DuckDBPyConnection") -> set[str]:
    """The names of the tables that can be read without running anything of the database. All else that it holds is told."""
    mine = "database_name = 'package'"
    for kind, (word, column, rest) in _OTHERS.items():
        for (name,) in connection.execute(f"SELECT {column} FROM duckdb_{kind}() WHERE {mine} AND {rest}").fetchall():
            report.problem("code", f"the database holds the {word} {name}")
    computed = f"SELECT table_name, column_name FROM duckdb_columns() WHERE {mine} AND is_generated"
    unsafe = set()
    for name, column in connection.execute(computed).fetchall():
        report.problem("code", f"the column {column} of {name} is computed when it is read")
        unsafe.add(name)
    tables = f"SELECT table_name FROM duckdb_tables() WHERE {mine} AND schema_name = 'main' AND NOT internal"
    return {name for (name,) in connection.execute(tables).fetchall()} - unsafe


@cache
def _our_views() -> Mapping[str, str]:
    """The text of each view of `sql/views/`, as DuckDB tells it of a database that was written and read again."""
    import duckdb

    with TemporaryDirectory() as work, duckdb.connect() as connection:
        attach = f"ATTACH {literal(str(Path(work) / 'ours.duckdb'))} AS ours"
        connection.execute(f"{attach} (STORAGE_VERSION {literal(STORAGE)})")
        connection.execute("USE ours")
        for table in insert_order(published()):
            connection.execute(ddl(table)[0])
        for view in read_sql("views"):
            connection.execute(view.sql)
        connection.execute("USE memory")
        connection.execute("DETACH ours")
        connection.execute(f"{attach} (READ_ONLY)")
        return _views_of(connection, "ours")


def _over_partitions(tables: Mapping[str, Table], parted: Mapping[str, int]) -> Mapping[str, str]:
    """The text of the view of each table in partitions, as above; `parted` are the numbers of those."""
    import duckdb

    with duckdb.connect() as connection, stand_ins(connection, list(tables.values()), parted):
        for name in parted:
            connection.execute(definition(tables[name], parted)[0])
        return _views_of(connection, "memory")


def _views_of(connection: "duckdb.DuckDBPyConnection", database: str) -> dict[str, str]:
    sql = "SELECT view_name, sql FROM duckdb_views() WHERE database_name = ? AND schema_name = 'main' AND NOT internal"
    return dict(connection.execute(sql, [database]).fetchall())


def _views(report: Report, connection: "duckdb.DuckDBPyConnection", ours: Mapping[str, str]) -> None:
    """Compares the text of each view with that of ours. None of them is run."""
    there = _views_of(connection, "package")
    for name in sorted(ours.keys() | there.keys()):
        if name not in ours:
            report.problem("code", f"the database holds the view {name}")
        elif name not in there:
            report.problem("database", f"the view {name} is missing")
        elif ours[name] != there[name]:
            report.problem("code", f"the view {name} is not the one that the release was made with")
        else:
            report.views += 1


def _compare(
    report: Report, connection: "duckdb.DuckDBPyConnection", table: Table, rows: "pa.Table", plain: set[str]
) -> None:
    name = table.name
    report.reading(f"{name} in {DATABASE}")
    if name not in plain:
        report.problem("database", f"there is no table {name}, or none that can be read without running its SQL")
        return
    source = f"package.main.{quoted(name)}"
    ((there,),) = connection.execute(f"SELECT count(*) FROM {source}").fetchall()
    if there != rows.num_rows:
        report.problem("database", f"{name} has {there} rows in the database, {rows.num_rows} in the Parquet file")
        return
    found = conform(table, connection.sql(f"SELECT * FROM {source}").to_arrow_table())
    for line in differences(rows, found, table.primary_key, name, "database"):
        report.problem("database", line)
