"""Everything that Dagster runs: assets, checks, jobs, schedules, sensors. Loaded by workspace.yaml and the command line."""

from collections.abc import Sequence

import dagster as dg

from pipelines.assets import extract, fetch, freshness, ingest, jobs, release, sensors, tables
from pipelines.assets.alerts import alarm
from pipelines.assets.checks import floor_checks, rule_checks
from pipelines.assets.runs import FETCH_JOB, REFRESH_JOB
from pipelines.assets.workspace import Collector, Workspace
from pipelines.release.checks import Check, all_checks

FETCH, JOB = FETCH_JOB, REFRESH_JOB


def build_definitions(checks: Sequence[Check] | None = None) -> dg.Definitions:
    """The definitions, with the given rules across rows (default: all references and everything in `sql/checks/`)."""
    refresh = jobs.refresh_job()
    return dg.Definitions(
        assets=[
            fetch.captures,
            ingest.source_registry,
            ingest.documents,
            extract.raw_statements,
            tables.published_tables,
            release.database,
            release.data_package,
            release.places,
        ],
        asset_checks=[rule_checks(all_checks() if checks is None else checks), floor_checks(), freshness.fresh],
        jobs=[jobs.fetch_job(), refresh],
        schedules=[jobs.fetch_schedule(), jobs.daily_schedule(refresh)],
        sensors=[sensors.changed, sensors.inbox, sensors.new_items, alarm],
        resources={"workspace": Workspace(), "collector": Collector()},
        executor=dg.in_process_executor,
    )


defs = build_definitions()
