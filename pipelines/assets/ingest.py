"""Group ingest: what is declared, and the documents that could be read."""

from pathlib import Path

import dagster as dg

from pipelines import project
from pipelines.archive.keyed import KeyedStore
from pipelines.archive.texts import keep_texts
from pipelines.assets import metadata, rows
from pipelines.assets.archive import open_archive
from pipelines.assets.checks import told_in_one_line
from pipelines.assets.inputs import fingerprint
from pipelines.assets.workspace import Workspace
from pipelines.errors import EXIT_NOT_FOUND, PactwatchError
from pipelines.ingest.document import Document, Rejected
from pipelines.ingest.everything import read_everything
from pipelines.ingest.folder import Ingested, read_sources
from pipelines.ingest.kinds import name_of
from pipelines.ingest.registry import adhoc, load_registry

CODE_VERSION = project.ENGINE_VERSION
_TOLD = 20


@dg.asset(group_name="ingest", kinds={"yaml"}, code_version=CODE_VERSION)
def source_registry(workspace: Workspace) -> dg.MaterializeResult:
    """The declarations of sources/: who is read, who is only cited, under which license."""
    import pyarrow as pa

    with told_in_one_line():
        sources = load_registry().sources
    table = pa.table(
        {
            "id": pa.array([source.id for source in sources], pa.string()),
            "kind": pa.array([source.kind for source in sources], pa.string()),
            "title": pa.array([source.title for source in sources], pa.string()),
            "url": pa.array([source.url for source in sources], pa.string()),
            "license": pa.array([source.license for source in sources], pa.string()),
            "quotes": pa.array([source.quotes for source in sources], pa.bool_()),
            "reader": pa.array([name_of(source.reader) for source in sources], pa.string()),
        }
    )
    workspace.write("source_registry", table)
    return dg.MaterializeResult(
        metadata={**metadata.of_table(table), "read": sum(s.is_read for s in sources)},
        data_version=dg.DataVersion(project.tree_hash(project.sources())),
    )


@dg.asset(group_name="ingest", kinds={"parquet"}, code_version=CODE_VERSION, deps=[source_registry, "captures"])
def documents(context: dg.AssetExecutionContext, workspace: Workspace) -> dg.MaterializeResult:
    """The documents that could be read, with their normalised text, and those set aside with the reason."""
    with told_in_one_line():
        # Before anything is read: what changes meanwhile is then found changed by the next look.
        workspace.take_note("parsed", "0")
        workspace.take_note(
            "inputs", "" if workspace.documents else fingerprint(workspace.state, workspace.release_folder)
        )
        ingested = _read(workspace)
        if not ingested.documents:
            raise _nothing_read(ingested)
    keep_texts(((document.sha256, document.text) for document in ingested.documents), workspace.texts)
    table = rows.to_arrow(Document, ingested.documents)
    rejected = rows.to_arrow(Rejected, ingested.rejected)
    workspace.write("documents", table)
    workspace.write("documents_rejected", rejected)
    for item in ingested.rejected:
        context.log.warning("set aside: %s: %s", item.path, item.reason)
    columns = ["source_id", "kind", "title", "publisher", "published", "words"]
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": table.num_rows,
            "preview": dg.MetadataValue.md(metadata.preview(table, columns)),
            "parsed_anew": int(workspace.note("parsed") or 0),
            "words": sum(document.words for document in ingested.documents),
            "set_aside": len(ingested.rejected),
            "set_aside_reasons": dg.MetadataValue.md(metadata.preview(rejected)),
            "set_aside_first": dg.MetadataValue.json([[item.path, item.reason] for item in ingested.rejected[:_TOLD]]),
        },
        data_version=dg.DataVersion(_fingerprint(ingested.documents)),
    )


def _read(workspace: Workspace) -> Ingested:
    """The documents of the folder that was given, else of all that is declared."""
    registry = load_registry()
    if workspace.documents:
        return read_sources([adhoc(Path(workspace.documents), registry)])
    with open_archive(workspace.state) as archive, KeyedStore(workspace.parsed) as store:
        before = len(store)
        ingested = read_everything(registry.readable(), archive, store=store)
        workspace.take_note("parsed", str(len(store) - before))
        return ingested


def _fingerprint(documents: list[Document]) -> str:
    import hashlib

    listed = "\n".join(f"{document.source_id}\t{document.sha256}" for document in documents)
    return hashlib.sha256(listed.encode()).hexdigest()


def _nothing_read(ingested: Ingested) -> PactwatchError:
    """A release of nothing would take the place of a good one: better none."""
    first = next((f", the first {item.path}: {item.reason}" for item in ingested.rejected), "")
    what = f"no document could be read ({len(ingested.rejected)} set aside{first})"
    return PactwatchError(what, todo="give a folder of .txt, .md or .html files", exit_code=EXIT_NOT_FOUND)
