"""Group extract: what each document says, cell by cell, with the span that says it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import dagster as dg

from pipelines import arrow, progress, project, tables
from pipelines.assets import metadata, rows
from pipelines.assets.checks import schema_check_result, schema_check_spec, told_in_one_line
from pipelines.assets.workspace import Workspace
from pipelines.extract.cache import engine_fingerprint
from pipelines.extract.run import Citation, Extracted, extract_in_batches
from pipelines.ingest.document import Rejected
from pipelines.release.checks import schema_problems

if TYPE_CHECKING:
    import pyarrow as pa

_TABLE = tables.load("raw_statements")
_MANY = 1_000  # documents that take a while


@dg.asset(
    group_name="extract",
    kinds={"parquet"},
    code_version=f"{project.ENGINE_VERSION}-{engine_fingerprint()[:12]}",
    deps=["documents"],
    check_specs=[schema_check_spec(_TABLE)],
    metadata={"dagster/column_schema": metadata.column_schema(_TABLE)},
    description=_TABLE.description,
)
def raw_statements(context: dg.AssetExecutionContext, workspace: Workspace) -> dg.MaterializeResult:
    """One row a cell of one mention, before mentions of the same thing are brought together."""
    found = _Found()
    with told_in_one_line(), workspace.writing("raw_statements", arrow.arrow_schema(_TABLE)) as write:
        told = Told(context.log.info)
        for batch in extract_in_batches(workspace.ingested(), workspace.cache, told, workspace.spread):
            write(found.take(batch))
    workspace.write("raw_citations", rows.to_arrow(Citation, found.citations))
    workspace.write("raw_failed", rows.to_arrow(Rejected, found.failed))
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": found.rows,
            "preview": dg.MetadataValue.md(found.preview),
            "citations": len(found.citations),
            "documents_read_anew": found.read,
            "mentions": found.mentions,
        },
        check_results=[schema_check_result(_TABLE, found.rows, found.problems)],
    )


@dataclass(slots=True)
class Told:
    """Tells how far the reading is: the terminal each time, the run's log at each tenth of a long way."""

    log: Callable[[str], None]
    tenth: int = 0

    def __call__(self, done: int, total: int) -> None:
        """`done` of `total` documents are read, by this process and its helpers."""
        progress.tell("documents", done, total)
        tenth = 10 * done // max(total, 1)
        if total >= _MANY and tenth > self.tenth:
            self.log(f"{done:,} of {total:,} documents read, {total - done:,} left")
        self.tenth = tenth


@dataclass(slots=True)
class _Found:
    """What the batches that were written held, without their statements."""

    rows: int = 0
    mentions: int = 0
    read: int = 0
    preview: str = ""
    citations: list[Citation] = field(default_factory=list)
    failed: list[Rejected] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def take(self, batch: Extracted) -> "pa.Table":
        """Takes note of a batch; its statements, to be written. A mention is of one document, so of one batch."""
        data = arrow.conform(_TABLE, batch.raw_statements)
        self.preview = self.preview or (metadata.preview(data) if data.num_rows else "")
        if not self.problems:  # what is wrong with one batch is mostly wrong with the next
            self.problems += schema_problems(_TABLE, data)
        self.rows += data.num_rows
        self.mentions += len(data.column("mention_id").unique())
        self.read += batch.read
        self.citations += batch.citations
        self.failed += batch.failed
        return data
