"""Group release: the database, and the data package, which is published only when every check has passed."""

from dataclasses import asdict
from datetime import timedelta

import dagster as dg

from pipelines import arrow, project, tables
from pipelines.assets import rows
from pipelines.assets.checks import told_in_one_line
from pipelines.assets.workspace import Workspace
from pipelines.errors import EXIT_FAILURE, PactwatchError
from pipelines.printable import shown
from pipelines.release.sqlfiles import read_sql
from pipelines.release.states import inputs, note_release

_NAMES = [table.name for table in tables.published()]
_CODE_VERSION = f"{project.ENGINE_VERSION}-{project.tree_hash(project.ROOT / 'sql' / 'views')[:12]}"
_TOLD = 100


@dg.asset(group_name="release", kinds={"duckdb"}, code_version=_CODE_VERSION, deps=_NAMES)
def database(workspace: Workspace) -> dg.MaterializeResult:
    """pactwatch.duckdb: every table with its keys, constraints and comments, and the views of sql/views/."""
    from pipelines.release.database import DATABASE, build_database

    target = workspace.staging / DATABASE
    with told_in_one_line():
        build_database(workspace.staging, target, room=workspace.room)
    views = "\n".join(f"- `{view.name}`: {view.comment}" for view in read_sql("views"))
    return dg.MaterializeResult(
        metadata={"bytes": target.stat().st_size, "tables": len(_NAMES), "views": dg.MetadataValue.md(views)}
    )


@dg.asset(
    group_name="release",
    kinds={"parquet", "csv", "duckdb"},
    code_version=_CODE_VERSION,
    deps=[database, "documents", *_NAMES],
    # The sensor and the schedule run it at least once a day: later than that they, or Dagster, stand still.
    freshness_policy=dg.FreshnessPolicy.time_window(warn_window=timedelta(hours=26), fail_window=timedelta(hours=50)),
)
def data_package(workspace: Workspace) -> dg.MaterializeResult:
    """The release: every table as Parquet and CSV, the database and the descriptor, in a folder of its own version.

    Where the content equals that of the newest release there is no new one, and the metadata say so.
    """
    from pipelines.explorer.sentences import quotable
    from pipelines.explorer.sql_page import build_sql_page, vendored
    from pipelines.release.database import DATABASE
    from pipelines.release.package import write_package
    from pipelines.release.plan import Outlook
    from pipelines.release.retracted import retracted

    with told_in_one_line():
        (outlook,) = rows.from_arrow(Outlook, workspace.read("plan"))
        staged = {name: workspace.read(name) for name in _NAMES}
        gone = retracted(workspace.release_folder, staged)
        package = write_package(
            staged,
            workspace.release_folder,
            inputs(),
            workspace.staging / DATABASE,
            outlook.with_tables({table.name: arrow.conform(table, staged[table.name]) for table in tables.published()}),
            quotable(workspace.ingested()),
            workspace.room,
        )
        head, _, documents = (workspace.note("state") or "").partition(" ")
        if head:
            note_release(workspace.state, package.folder, int(head), documents or None)
        if packages := vendored():
            build_sql_page(workspace.release_folder, packages, read_sql("examples"))
    return dg.MaterializeResult(
        metadata={
            "version": package.version,
            "folder": dg.MetadataValue.path(str(package.folder)),
            "new": package.new,
            "change": package.change,
            "rows": sum(package.rows.values()),
            "retracted": dg.MetadataValue.json({name: len(ids) for name, ids in gone.items()}),
            "retracted_ids": dg.MetadataValue.json({name: ids[:_TOLD] for name, ids in gone.items()}),
        },
        data_version=dg.DataVersion(package.version),
    )


@dg.asset(group_name="release", kinds={"s3"}, code_version=project.ENGINE_VERSION, deps=[data_package])
def places(context: dg.AssetExecutionContext, workspace: Workspace) -> dg.MaterializeResult:
    """The releases in every store and folder that they are to be copied to: `--out` where it is a store, and PACTWATCH_PLACES.

    Each gets what it lacks. One that cannot be reached holds up no other, and fails the run: the next one goes on from there.
    """
    from pipelines.release.mirror import mirror

    sent, problems = [], []
    for address in workspace.places:
        try:
            done = mirror(workspace.release_folder, address)
        except PactwatchError as error:
            problems.append(shown(str(error)))
            continue
        sent.append(asdict(done) | {"versions": list(done.versions)})
        context.log.info("%s: %s sent, %d files", done.place, ", ".join(done.versions) or "nothing", done.files)
    if problems:
        raise dg.Failure("; ".join(problems), metadata={"exit_code": EXIT_FAILURE}, allow_retries=False)
    return dg.MaterializeResult(
        metadata={"places": len(sent), "sent": dg.MetadataValue.json(sent), "inputs": workspace.note("inputs") or ""}
    )
