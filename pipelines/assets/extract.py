"""Group extract: what each document says, cell by cell, with the span that says it."""

from functools import partial

import dagster as dg

from pipelines import progress, project, tables
from pipelines.assets import metadata, rows
from pipelines.assets.checks import schema_check, schema_check_spec, told_in_one_line
from pipelines.assets.workspace import Workspace
from pipelines.extract.cache import engine_fingerprint
from pipelines.extract.run import Citation, extract_documents
from pipelines.ingest.document import Document, Rejected

_TABLE = tables.load("raw_statements")


@dg.asset(
    group_name="extract",
    kinds={"parquet"},
    code_version=f"{project.ENGINE_VERSION}-{engine_fingerprint()[:12]}",
    deps=["documents"],
    check_specs=[schema_check_spec(_TABLE)],
    metadata={"dagster/column_schema": metadata.column_schema(_TABLE)},
    description=_TABLE.description,
)
def raw_statements(workspace: Workspace) -> dg.MaterializeResult:
    """One row a cell of one mention, before mentions of the same thing are brought together."""
    with told_in_one_line():
        documents = rows.from_arrow(Document, workspace.read("documents"))
        extracted = extract_documents(documents, workspace.cache, partial(progress.tell, "documents"), workspace.spread)
        data = tables.conform(_TABLE, extracted.raw_statements)
    workspace.write("raw_statements", data)
    workspace.write("raw_citations", rows.to_arrow(Citation, extracted.citations))
    workspace.write("raw_failed", rows.to_arrow(Rejected, list(extracted.failed)))
    return dg.MaterializeResult(
        metadata={
            **metadata.of_table(data),
            "citations": len(extracted.citations),
            "documents_read_anew": extracted.read,
            "mentions": len(set(data.column("mention_id").to_pylist())),
        },
        check_results=[schema_check(_TABLE, data)],
    )
