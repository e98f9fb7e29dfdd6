"""Group tables: the published tables, made in one resolution of all statements."""

from collections.abc import Iterator

import dagster as dg

from pipelines import project, tables
from pipelines.assets import metadata, rows
from pipelines.assets.checks import schema_check, schema_check_spec, told_in_one_line
from pipelines.assets.workspace import Workspace
from pipelines.ingest.document import Rejected
from pipelines.release.plan import Outlook

TABLES = tables.published()
_CODE_VERSION = f"{project.ENGINE_VERSION}-{project.tree_hash(project.ROOT / 'sql' / 'resolve')[:12]}"


@dg.multi_asset(
    name="resolution",
    specs=[
        dg.AssetSpec(
            table.name,
            deps=["documents", "raw_statements"],
            description=table.description,
            metadata={"dagster/column_schema": metadata.column_schema(table)},
            group_name="tables",
            code_version=_CODE_VERSION,
            kinds={"duckdb", "parquet"},
        )
        for table in TABLES
    ],
    check_specs=[schema_check_spec(table) for table in TABLES],
)
def published_tables(context: dg.AssetExecutionContext, workspace: Workspace) -> Iterator[dg.MaterializeResult]:
    """Statements become actors, events, participants, agreements and parties, under the ids of the release before where it has them.

    What the release will be (version, trail of ids, changes) is settled here, so that it is checked and in the database too.
    """
    from pipelines.extract.run import Citation, Extracted
    from pipelines.release.plan import plan_release
    from pipelines.release.versions import newest_release
    from pipelines.resolve.run import resolve

    room = workspace.room
    with told_in_one_line():
        if brought := workspace.bring_newest():
            context.log.info("brought %s from %s", brought, workspace.places[0])
        before = newest_release(workspace.release_folder)
        resolved = resolve(
            workspace.ingested(),
            Extracted(
                raw_statements=workspace.opened("raw_statements"),
                citations=rows.from_arrow(Citation, workspace.read("raw_citations")),
                read=0,
                failed=tuple(rows.from_arrow(Rejected, workspace.read("raw_failed"))),
            ),
            rows.from_arrow(Rejected, workspace.read("documents_rejected")),
            previous=before.tables(room) if before else None,
            room=room,
            spread=workspace.spread,
        )
        plan = plan_release(resolved, before, room)
    workspace.write("plan", rows.to_arrow(Outlook, [Outlook.of(plan)]))
    for table in TABLES:
        data = plan.tables[table.name]
        workspace.write(table.name, data)
        yield dg.MaterializeResult(
            asset_key=table.name, metadata=metadata.of_table(data), check_results=[schema_check(table, data)]
        )
