"""Group ingest: what is declared, and the documents that could be read."""

from pathlib import Path

import dagster as dg

from pipelines import project
from pipelines.archive.keyed import KeyedStore
from pipelines.assets import metadata, rows
from pipelines.assets.archive import open_archive
from pipelines.assets.checks import told_in_one_line
from pipelines.assets.inputs import fingerprint, listing
from pipelines.assets.workspace import Workspace
from pipelines.errors import EXIT_NOT_FOUND, PactwatchError
from pipelines.ingest.document import Document, Rejected
from pipelines.ingest.everything import keep_folders, read_everything
from pipelines.ingest.folder import Ingested
from pipelines.ingest.kinds import name_of
from pipelines.ingest.registry import adhoc, load_registry
from pipelines.ingest.shelf import Shelf

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
    """The documents that could be read, their normalised texts on the shelf, and those set aside with the reason."""
    with told_in_one_line():
        registry = load_registry()
        given = workspace.documents
        sources = [adhoc(Path(given), registry)] if given else list(registry.readable())
        with open_archive(workspace.state) as archive, KeyedStore(workspace.parsed) as store:
            # So that this state can be built again when the folders have changed.
            listed = listing(registry)
            keep_folders(sources, archive)
            head = archive.head
            inputs = fingerprint(workspace.state, workspace.destination)
            # A folder that changed meanwhile is looked at again: none equals the empty note.
            workspace.take_note("inputs", "" if given or listing(registry) != listed else inputs)
            workspace.take_note("state", f"{head} {sources[0].id}" if given else str(head))
            before = len(store)
            ingested = read_everything(sources, archive, until=head, store=store, shelf=Shelf(workspace.texts))
            parsed = len(store) - before
        if not ingested.documents:
            raise _nothing_read(ingested)
    table = rows.to_arrow(Document, ingested.documents, without=["text"])
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
            "parsed_anew": parsed,
            "words": sum(document.words for document in ingested.documents),
            "set_aside": len(ingested.rejected),
            "set_aside_reasons": dg.MetadataValue.md(metadata.preview(rejected)),
            "set_aside_first": dg.MetadataValue.json([[item.path, item.reason] for item in ingested.rejected[:_TOLD]]),
        },
        data_version=dg.DataVersion(_fingerprint(ingested.documents)),
    )


def _fingerprint(documents: list[Document]) -> str:
    import hashlib

    listed = "\n".join(f"{document.source_id}\t{document.sha256}" for document in documents)
    return hashlib.sha256(listed.encode()).hexdigest()


def _nothing_read(ingested: Ingested) -> PactwatchError:
    """A release of nothing would take the place of a good one: better none."""
    first = next((f", the first {item.path}: {item.reason}" for item in ingested.rejected), "")
    what = f"no document could be read ({len(ingested.rejected)} set aside{first})"
    return PactwatchError(what, todo="give a folder of .txt, .md or .html files", exit_code=EXIT_NOT_FOUND)
