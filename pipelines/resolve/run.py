"""Run `sql/resolve/*.sql` in order over the raw statements of a build, in DuckDB, and take out the published tables.

What a file NAME.parts.sql makes of the cells of a document hangs on that document alone. Such a file is run once for each part of the
documents, with a macro `in_part(document)`, and each of its tables is what all parts yield: so the widest tables never have to be in
memory at once, and the result is the same for any number of parts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.errors import PactwatchError
from pipelines.extract.lexicon import load_lexicon
from pipelines.extract.run import Extracted
from pipelines.ingest.document import Document, Rejected
from pipelines.ingest.registry import Registry, load_registry
from pipelines.progress import counted
from pipelines.project import ROOT
from pipelines.resolve.cited import citation_rows, cited_rows
from pipelines.resolve.copies import originals
from pipelines.room import WINDOW, Room

if TYPE_CHECKING:
    import duckdb
    import pyarrow
    import pyarrow.dataset

SQL = ROOT / "sql" / "resolve"
PART_ROWS = 100_000
"""raw statements of a part: its widest step takes two hundred megabytes"""
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
) -> dict[str, pyarrow.Table]:
    """The published tables by name, all but `changes`: columns in the order of their schema, rows sorted.

    `previous` are the tables of the release before, whose ids are carried over; rows that this adds to `id_history` have
    no version yet. A pure function of its inputs: the order of the documents, that of the statements, and the `room` that it has change
    nothing.
    """
    from pipelines.tables import published

    room = room or Room()
    with resolution(documents, extracted, rejected, registry, previous, room) as connection:
        return {table.name: _take(connection, table.name, room) for table in published() if table.name != "changes"}


@contextmanager
def resolution(
    documents: Sequence[Document],
    extracted: Extracted,
    rejected: Iterable[Rejected] = (),
    registry: Registry | None = None,
    previous: Mapping[str, pyarrow.Table] | None = None,
    room: Room | None = None,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection on which everything is resolved, with the tables between: `record_features`, `agreement_steps` …"""
    room = room or Room()
    wanted = room.parts or 1 + extracted.rows // PART_ROWS
    with _database(room, on_disk=wanted > 1) as connection:
        _load(connection, documents, extracted, rejected, registry or load_registry())
        _load_previous(connection, previous or {})
        connection.execute(
            "CREATE MACRO in_part(document) AS document BETWEEN getvariable('first') AND getvariable('last')"
        )
        ranges = _ranges(connection, wanted)
        for path in counted(sorted(SQL.glob("*.sql")), "steps"):
            _run(connection, path, ranges if path.stem.endswith(".parts") else ranges[:1])
        yield connection


def _ranges(connection: duckdb.DuckDBPyConnection, parts: int) -> list[tuple[int, int]]:
    """The first and the last document, by number, of each part: at most so many parts, of about as many raw statements each."""
    sql = """
        WITH sizes AS (SELECT document, count(*) AS n FROM raw_statements GROUP BY document),
        placed AS (SELECT document, (sum(n) OVER (ORDER BY document) - n) * $1 // sum(n) OVER () AS part FROM sizes)
        SELECT min(document), max(document) FROM placed GROUP BY part ORDER BY part
    """
    return connection.execute(sql, [parts]).fetchall() or [(0, 0)]


def _run(connection: duckdb.DuckDBPyConnection, path: Path, ranges: Sequence[tuple[int, int]]) -> None:
    import duckdb

    sql = path.read_text(encoding="utf-8")
    further = re.sub(r"^CREATE TABLE (\w+) AS$", r"INSERT INTO \1", sql, flags=re.MULTILINE)
    further = further.replace("CREATE MACRO", "CREATE OR REPLACE MACRO")
    try:
        for part, (first, last) in enumerate(ranges):
            connection.execute(f"SET VARIABLE first = {first:d}; SET VARIABLE last = {last:d}")
            connection.execute(further if part else sql)
    except duckdb.OutOfMemoryException:
        raise  # told where the limit is known
    except duckdb.Error as error:
        raise PactwatchError(f"the resolution failed ({str(error).splitlines()[0]})", path.name) from error


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
    from pipelines.tables import arrow_schema, fitted, load

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

    from pipelines.tables import arrow_schema, published

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
