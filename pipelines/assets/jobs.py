"""The two jobs and the schedules. `fetch` touches the network and the archive, one source a run; `refresh` reads both and publishes."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache

import dagster as dg

from pipelines.assets.fetch import HOST_TAG, PARTITIONS, captures, host_of
from pipelines.assets.runs import FETCH_JOB, REFRESH_JOB, UNDER_WAY
from pipelines.ingest.registry import Registry, load_registry
from pipelines.ingest.source import Source

PARTITION_TAG = "dagster/partition"
_CRASHES = {
    "dagster/max_retries": "2",
    "dagster/retry_on_asset_or_op_failure": "false",
    "dagster/retry_strategy": "ALL_STEPS",
}
"""A run whose process was killed is started again from its beginning; one that failed is not."""
_EARLY = 0.05
"""A source is due by that share of its time too early, or it would wait for the tick after the next."""


def fetch_job() -> "dg.UnresolvedAssetJobDefinition":
    """One run fetches one source."""
    return dg.define_asset_job(
        FETCH_JOB,
        # Of the checks on the archive, `complete` is of one fetch, and `fresh` of all sources.
        selection=dg.AssetSelection.assets(captures).without_checks() | _check("complete"),
        description="Brings what is new in one source into the archive.",
        executor_def=dg.in_process_executor,
        config=dg.PartitionedConfig(
            PARTITIONS, run_config_for_partition_key_fn=_no_config, tags_for_partition_key_fn=tags_of
        ),
        tags=_CRASHES,
    )


def refresh_job() -> "dg.UnresolvedAssetJobDefinition":
    """One run builds everything that is built from the archive."""
    return dg.define_asset_job(
        REFRESH_JOB,
        selection=(dg.AssetSelection.all() - dg.AssetSelection.assets(captures)) | _check("fresh"),
        description="Reads archive and folders, rebuilds every table and publishes a release where all checks pass. No network.",
        # The steps are short and share a lock: a process each would only cost their start.
        executor_def=dg.in_process_executor,
        tags={**_CRASHES, "pactwatch/refresh": "yes"},
    )


def _check(name: str) -> dg.AssetSelection:
    return dg.AssetSelection.checks(dg.AssetCheckKey(captures.key, name))


def _no_config(_partition: str) -> dict[str, object]:
    return {}


def tags_of(source_id: str) -> dict[str, str]:
    """The tags of a fetch: its host, of which dagster.yaml lets one run at a time."""
    source = next((source for source in load_registry().sources if source.id == source_id), None)
    return {HOST_TAG: host_of(source)} if source else {}


def request(source: Source, run_key: str | None) -> dg.RunRequest:
    """The request to fetch a source."""
    return dg.RunRequest(job_name=FETCH_JOB, partition_key=source.id, run_key=run_key, tags={HOST_TAG: host_of(source)})


def declare(instance: dg.DagsterInstance, registry: Registry) -> None:
    """Brings Dagster's partitions in step with `sources/`, so that a new declaration takes no restart."""
    wanted = {source.id for source in registry.readable()}
    known = set(instance.get_dynamic_partitions(str(PARTITIONS.name)))
    if new := sorted(wanted - known):
        instance.add_dynamic_partitions(str(PARTITIONS.name), new)
    for source_id in sorted(known - wanted):
        instance.delete_dynamic_partition(str(PARTITIONS.name), source_id)


def busy_sources(instance: dg.DagsterInstance) -> set[str]:
    """The sources that a fetch runs or waits for."""
    runs = instance.get_runs(dg.RunsFilter(job_name=FETCH_JOB, statuses=list(UNDER_WAY)))
    return {run.tags[PARTITION_TAG] for run in runs if PARTITION_TAG in run.tags}


def last_start(instance: dg.DagsterInstance, source_id: str) -> datetime | None:
    """When the last fetch of a source was asked for, UTC, whatever became of it."""
    records = instance.get_run_records(dg.RunsFilter(job_name=FETCH_JOB, tags={PARTITION_TAG: source_id}), limit=1)
    return records[0].create_timestamp.replace(tzinfo=UTC) if records else None


def is_due(source: Source, last: datetime | None, now: datetime) -> bool:
    """Whether a source is to be fetched at `now`, when it was last fetched at `last`."""
    return source.is_live and (last is None or now - last >= timedelta(hours=source.fetch.every) * (1 - _EARLY))


@cache
def fetch_schedule() -> dg.ScheduleDefinition:
    """Looks every quarter of an hour (or as PACTWATCH_SCHEDULE says) which live sources are due, and fetches those."""

    @dg.schedule(
        name="fetch_due",
        job_name=FETCH_JOB,
        cron_schedule=os.environ.get("PACTWATCH_SCHEDULE") or "*/15 * * * *",
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Fetches every live source whose time has come: `every` in its declaration, a day where that says nothing.",
    )
    def fetch_due(context: dg.ScheduleEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
        now = context.scheduled_execution_time.astimezone(UTC)
        registry = load_registry()
        declare(context.instance, registry)
        busy = busy_sources(context.instance)
        due = [
            source
            for source in registry.readable()
            if source.id not in busy and is_due(source, last_start(context.instance, source.id), now)
        ]
        for source in due:
            yield request(source, f"{source.id}@{now.isoformat()}")
        if not due:
            yield dg.SkipReason("no live source is due")

    return fetch_due


def daily_schedule(job: "dg.UnresolvedAssetJobDefinition") -> dg.ScheduleDefinition:
    """A refresh a day whatever the sensors saw: one that failed for a passing reason is made up for."""
    return dg.ScheduleDefinition(
        name="daily",
        job=job,
        cron_schedule="30 5 * * *",
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Every day at 05:30 UTC, should the sensor `changed` have missed something.",
    )
