"""Everything that Dagster runs: the assets, their checks, the job `refresh` and its schedule. Loaded by workspace.yaml and the command line."""

from collections.abc import Sequence

import dagster as dg

from pipelines.assets import extract, ingest, release, tables
from pipelines.assets.checks import rule_checks
from pipelines.assets.workspace import Workspace
from pipelines.release.checks import Check, all_checks

JOB = "refresh"


def build_definitions(checks: Sequence[Check] | None = None) -> dg.Definitions:
    """The definitions, with the given rules across rows (default: all references and everything in `sql/checks/`)."""
    refresh = dg.define_asset_job(
        JOB,
        selection=dg.AssetSelection.all(),
        description="Reads all documents anew, rebuilds every table and publishes a release where all checks pass.",
        executor_def=dg.in_process_executor,
    )
    return dg.Definitions(
        assets=[
            ingest.source_registry,
            ingest.documents,
            extract.raw_statements,
            tables.published_tables,
            release.database,
            release.data_package,
        ],
        asset_checks=[rule_checks(all_checks() if checks is None else checks)],
        jobs=[refresh],
        schedules=[
            dg.ScheduleDefinition(
                name="daily",
                job=refresh,
                cron_schedule="0 5 * * *",
                execution_timezone="UTC",
                default_status=dg.DefaultScheduleStatus.RUNNING,
                description="Every day at 05:00 UTC.",
            )
        ],
        resources={"workspace": Workspace()},
        # The steps are short and share a lock: a process each would only cost their start.
        executor=dg.in_process_executor,
    )


defs = build_definitions()
