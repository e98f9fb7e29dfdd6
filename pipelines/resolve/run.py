"""Run `sql/resolve/*.sql` in order over the raw statements of a build, in DuckDB, and take out the published tables.

Steps that can be cut into parts are (see `steps.py`): so the widest tables never have to be in memory at once, and others can help.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from pipelines.errors import PactwatchError
from pipelines.extract.lexicon import load_lexicon
from pipelines.extract.run import Extracted
from pipelines.ingest.document import Document, Rejected
from pipelines.ingest.registry import Registry, load_registry
from pipelines.progress import counted
from pipelines.resolve.cited import citation_rows, cited_rows
from pipelines.resolve.copies import originals
from pipelines.resolve.parts import Helped, helped
from pipelines.resolve.steps import IN_PART, Range, Step, run, steps
from pipelines.room import WINDOW, Room
from pipelines.spread.executors import Spread

if TYPE_CHECKING:
    import duckdb
    import pyarrow
    import pyarrow.dataset

PART_ROWS = 100_000
"""of what is cut into parts, in each: the widest step then takes two hundred megabytes"""
_DOCUMENT_COLUMNS = (
    "source_id", "kind", "title", "publisher", "url", "language", "published", "revision", "retrieved_at", "sha256", "words", "license", "publish_quotes", "reachable",
)  # fmt: skip


def resolve(
    documents: Sequence[Document],
    extracted: Extracted,
    rejected: Iterable[Rejected] = (),
    registry: Registry | None = None,
    previous: Mapping[str, pyarrow.Table] | None = None,
    room: Room | None = None,
    spread: Spread | None = None,
) -> dict[str, pyarrow.Table]:
    """The published tables by name, all but `changes`: columns in the order of their schema, rows sorted.

    `previous` are the tables of the release before, whose ids are carried over; rows that this adds to `id_history` have
    no version yet. `spread` says who helps where there are several parts: a cluster, or as many processes as it names; without either
    this process does all. A pure function of its inputs: the order of the documents, that of the statements, the `room` that it has, and
    help change nothing.
    """
    from pipelines.tables import published

    room = room or Room()
    with resolution(documents, extracted, rejected, registry, previous, room, spread) as connection:
        return {table.name: _take(connection, table.name, room) for table in published() if table.name != "changes"}


@contextmanager
def resolution(
    documents: Sequence[Document],
    extracted: Extracted,
    rejected: Iterable[Rejected] = (),
    registry: Registry | None = None,
    previous: Mapping[str, pyarrow.Table] | None = None,
    room: Room | None = None,
    spread: Spread | None = None,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection on which everything is resolved, with the tables between: `record_features`, `agreement_steps` …"""
    room = room or Room()
    wanted = room.parts or 1 + extracted.rows // PART_ROWS
    with _database(room, on_disk=wanted > 1) as connection:
        _load(connection, documents, extracted, rejected, registry or load_registry())
        _load_previous(connection, previous or {})
        connection.execute(IN_PART)
        with ExitStack() as stack:
            todo = steps()
            helpers = None
            if spread and wanted > 1 and (spread.cluster or spread.workers):
                helpers = stack.enter_context(helped(connection, todo, spread, room.limit))
            for step in counted(todo, "steps"):
                _run(connection, step, _ranges(connection, step, room), helpers)
        yield connection


def _ranges(connection: duckdb.DuckDBPyConnection, step: Step, room: Room) -> list[Range]:
    """The first and the last of each part, by the column of a step: parts of about as many rows each of the largest table that it cuts."""
    if step.column is None:
        return [(0, 0)]
    sql = """
        SELECT t.table_name FROM duckdb_tables() AS t INNER JOIN duckdb_columns() AS c ON t.table_name = c.table_name
        WHERE list_contains($1, t.table_name) AND c.column_name = $2 ORDER BY t.estimated_size DESC, t.table_name LIMIT 1
    """
    ((table,),) = connection.execute(sql, [sorted(step.reads), step.column]).fetchall()
    ((rows,),) = connection.sql(f'SELECT count(*) FROM "{table}"').fetchall()
    sql = f"""
        WITH sizes AS (SELECT "{step.column}" AS place, count(*) AS n FROM "{table}" GROUP BY place),
        placed AS (SELECT place, (sum(n) OVER (ORDER BY place) - n) * $1 // sum(n) OVER () AS part FROM sizes)
        SELECT min(place), max(place) FROM placed GROUP BY part ORDER BY part
    """
    return connection.execute(sql, [room.parts or 1 + rows // PART_ROWS]).fetchall() or [(0, 0)]


def _run(
    connection: duckdb.DuckDBPyConnection, step: Step, ranges: Sequence[Range], helpers: Helped | None = None
) -> None:
    import duckdb

    try:
        if helpers is not None and len(ranges) > 1:
            helpers.run(step, ranges)
        else:
            run(connection, step, ranges)
    except duckdb.OutOfMemoryException:
        raise  # told where the limit is known
    except duckdb.Error as error:
        raise PactwatchError(f"the resolution failed ({str(error).splitlines()[0]})", f"{step.name}.sql") from error


@contextmanager
def _database(room: Room, *, on_disk: bool) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database that is gone afterwards: of small inputs in memory, else in a file, where its tables are packed."""
    import duckdb

    with room.guard("the resolution"), room.folder() as folder:
        connection = duckdb.connect(str(folder / "resolution.duckdb") if on_disk else ":memory:")
        try:
            connection.execute("SET threads = 2; SET autoinstall_known_extensions = false")
            connection.execute("SET preserve_insertion_order = true")
            room.bound(connection, folder)
            yield connection
        finally:
            connection.close()


def _take(connection: duckdb.DuckDBPyConnection, name: str, room: Room) -> pyarrow.Table:
    """A published table, in its order; no more of it is held than the room has."""
    from pipelines.arrow import arrow_schema, fitted
    from pipelines.tables import load

    table = load(name)
    columns = ", ".join(f'"{field.name}"' for field in table.fields)
    order = ", ".join(f'"{column}"' for column in table.order)
    rows = connection.sql(f'SELECT {columns} FROM "{name}" ORDER BY {order}').to_arrow_reader(WINDOW)
    return room.keep(arrow_schema(table), (fitted(table, batch) for batch in rows))


def _read(raw: pyarrow.Table | pyarrow.dataset.Dataset, columns: list[str] | None) -> pyarrow.RecordBatchReader:
    """The rows one batch after the other: DuckDB by itself has pyarrow read far ahead."""
    from pyarrow import dataset

    data = raw if isinstance(raw, dataset.Dataset) else dataset.dataset(raw)
    return data.scanner(
        columns, batch_size=WINDOW, batch_readahead=2, fragment_readahead=1, use_threads=False
    ).to_reader()


def _load(
    connection: duckdb.DuckDBPyConnection,
    documents: Sequence[Document],
    extracted: Extracted,
    rejected: Iterable[Rejected],
    registry: Registry,
) -> None:
    """Register everything that the SQL starts from."""
    import pyarrow as pa

    failed = {f.path for f in extracted.failed}
    ordered = sorted((d for d in documents if d.source_id not in failed), key=lambda d: d.source_id)
    # Numbered and sorted by document, so that a part of the documents is a stretch of the table and the rest is not read for it.
    connection.register("_named", _read(extracted.raw_statements, ["source_id"]))
    connection.execute(
        """
        CREATE TABLE numbered AS
        SELECT source_id, row_number() OVER (ORDER BY source_id) AS document FROM (SELECT DISTINCT source_id FROM _named) AS named
        """
    )
    connection.register("_raw", _read(extracted.raw_statements, None))
    connection.execute(
        """
        CREATE TABLE raw_statements AS
        SELECT n.document, r.* FROM _raw AS r INNER JOIN numbered AS n ON r.source_id = n.source_id
        ORDER BY ALL
        """
    )
    schema = pa.schema(
        [
            *((n, pa.string()) for n in _DOCUMENT_COLUMNS[:6]), ("published", pa.date32()), ("revision", pa.string()), ("retrieved_at", pa.timestamp("us")),
            ("sha256", pa.string()), ("words", pa.int64()), ("license", pa.string()), ("publish_quotes", pa.bool_()), ("reachable", pa.bool_()),
        ]
    )  # fmt: skip
    _table(
        connection,
        "documents",
        pa.table({n: [getattr(d, n) for d in ordered] for n in _DOCUMENT_COLUMNS}, schema=schema),
    )
    first = originals(ordered)
    _table(
        connection,
        "copies",
        pa.table(
            {"source_id": list(first), "original": list(first.values())},
            schema=pa.schema([("source_id", pa.string()), ("original", pa.string())]),
        ),
    )
    cited = cited_rows(extracted.citations, registry, {d.source_id for d in ordered})
    names = ("source_id", "kind", "title", "publisher", "url", "language", "license", "origin")
    _table(
        connection,
        "cited_sources",
        pa.table(
            {n: [r[n] for r in cited.values()] for n in names}, schema=pa.schema([(n, pa.string()) for n in names])
        ),
    )
    links = citation_rows(extracted.citations, cited, ordered)
    _table(
        connection, "citations",
        pa.table(
            {n: [r[i] for r in links] for i, n in enumerate(("citing_source_id", "cited_source_id", "basis", "start", "end"))},
            schema=pa.schema([("citing_source_id", pa.string()), ("cited_source_id", pa.string()), ("basis", pa.string()), ("start", pa.int64()), ("end", pa.int64())]),
        ),
    )  # fmt: skip
    lexicon = load_lexicon()
    types = list(lexicon.types.values())
    _table(
        connection,
        "event_types",
        pa.table({n: [getattr(t, n) for t in types] for n in ("type", "plover", "cameo", "description")}),
    )
    _table(connection, "states", pa.table({"name": [e.name for e in lexicon.entities.values() if e.kind == "state"]}))
    unread = sorted({(r.path, r.reason) for r in [*rejected, *extracted.failed]})
    _table(
        connection,
        "rejected",
        pa.table(
            {"path": [p for p, _ in unread], "reason": [r for _, r in unread]},
            schema=pa.schema([("path", pa.string()), ("reason", pa.string())]),
        ),
    )


def _load_previous(connection: duckdb.DuckDBPyConnection, previous: Mapping[str, pyarrow.Table]) -> None:
    """The tables of the release before as `previous_NAME`, empty where it has none, nulls for columns that it lacks."""
    import pyarrow as pa

    from pipelines.arrow import arrow_schema
    from pipelines.tables import published

    for table in published():
        data = previous.get(table.name)
        schema = arrow_schema(table)
        columns = [
            pa.nulls(0 if data is None else data.num_rows, field.type)
            if data is None or field.name not in data.column_names
            else data.column(field.name).cast(field.type)
            for field in schema
        ]
        _table(connection, f"previous_{table.name}", pa.table(columns, names=schema.names))


def _table(connection: duckdb.DuckDBPyConnection, name: str, data: pyarrow.Table) -> None:
    connection.register("_data", data)
    connection.execute(f'CREATE TABLE "{name}" AS SELECT * FROM _data')
    connection.unregister("_data")
