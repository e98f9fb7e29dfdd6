"""What starts runs besides the schedules: a file in a folder, a new item in a feed, an archive or a declaration that changed.

Each compares what is there with what the last good run was made from, and keeps no account of its own that could be wrong after a crash.
"""

import os
import time
from collections.abc import Iterator
from datetime import UTC

import dagster as dg

from pipelines.assets import feeds, inputs
from pipelines.assets.jobs import busy_sources, declare, request
from pipelines.assets.runs import FETCH_JOB, REFRESH_JOB, UNDER_WAY, bury
from pipelines.assets.workspace import Workspace
from pipelines.ingest.registry import load_registry
from pipelines.ingest.source import Feed, Folder
from pipelines.project import home

INPUTS_TAG = "pactwatch/inputs"
INPUTS_METADATA = "inputs"
_QUIET = 5.0
"""Seconds for which a folder must have been left alone: a file that is still being copied is not read."""
_PATIENCE = 3600.0
"""Seconds after which a fetch that is still under way no longer holds a refresh back."""
_TRIES = 3
_EVERY = int(os.environ.get("PACTWATCH_LOOK") or 30)
"""Seconds between two looks at archive, declarations and folders."""
_FEEDS_EVERY = 900


@dg.sensor(
    name="changed",
    job_name=REFRESH_JOB,
    minimum_interval_seconds=_EVERY,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Refreshes when the archive or a declaration is no longer what the last release was made from, and no fetch is under way.",
)
def changed(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """A refresh that fails is tried three times on the same inputs; then it takes new ones, or the daily schedule."""
    state, instance = home(), context.instance
    for run_id in bury(instance, state):
        context.log.warning("run %s is dead", run_id)
    if _under_way(instance, REFRESH_JOB):
        return dg.SkipReason("a refresh is under way")
    if _under_way(instance, FETCH_JOB, since=time.time() - _PATIENCE):
        return dg.SkipReason("a fetch is under way")
    wanted = inputs.fingerprint(state, Workspace().destination)
    if wanted == made_from(instance):
        return dg.SkipReason("the last release was made from what is there")
    tried = instance.get_runs_count(dg.RunsFilter(job_name=REFRESH_JOB, tags={INPUTS_TAG: wanted}))
    if tried >= _TRIES:
        return dg.SkipReason(f"{tried} refreshes of the same inputs have failed: see the last one")
    return dg.RunRequest(run_key=f"{wanted}-{tried}", tags={INPUTS_TAG: wanted})


@dg.sensor(
    name="inbox",
    job_name=FETCH_JOB,
    minimum_interval_seconds=_EVERY,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Takes in the files of a declared folder when names, sizes or times in it have changed.",
)
def inbox(context: dg.SensorEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """The cursor is no memory of what was read: a fetch of a folder that did not change adds nothing."""
    import hashlib
    import json

    registry = load_registry()
    declare(context.instance, registry)
    seen: dict[str, str] = json.loads(context.cursor) if context.cursor else {}
    busy = busy_sources(context.instance)
    now, requested = time.time(), False
    for source in registry.readable():
        if not isinstance(source.reader, Folder) or source.id in busy:
            continue
        files = inputs.folder_listing(source.reader.path)
        digest = hashlib.sha256(files.encode()).hexdigest()
        if seen.get(source.id) == digest or now - inputs.newest_change(source.reader.path) < _QUIET:
            continue
        seen[source.id] = digest
        requested = True
        yield request(source, f"{source.id}-{digest}")
    context.update_cursor(json.dumps(seen, sort_keys=True))
    if not requested:
        yield dg.SkipReason("no folder has changed")


@dg.sensor(
    name="new_items",
    job_name=FETCH_JOB,
    minimum_interval_seconds=_FEEDS_EVERY,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Asks each declared feed, with one conditional request, whether it has changed, and fetches its source where it has.",
)
def new_items(context: dg.SensorEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """A feed that cannot be reached is left to the schedule, whose run tells what is wrong."""
    registry = load_registry()
    declare(context.instance, registry)
    busy = busy_sources(context.instance)
    waiting = [source for source in registry.readable() if isinstance(source.reader, Feed) and source.id not in busy]
    seen = feeds.Seen.from_json(context.cursor)
    requested = False
    for source in feeds.in_turn(waiting, seen):
        digest = feeds.look(home(), source, seen)
        if digest is not None:
            requested = True
            yield request(source, f"{source.id}-{digest}")
    context.update_cursor(seen.to_json())
    if not requested:
        yield dg.SkipReason("no feed has new items")


def made_from(instance: dg.DagsterInstance) -> str | None:
    """The fingerprint of the inputs that the last good refresh was made from: one that came to all its places."""
    event = instance.get_latest_materialization_event(dg.AssetKey("places"))
    made = event.asset_materialization if event else None
    value = made.metadata.get(INPUTS_METADATA) if made else None
    return str(value.value) if value else None


def _under_way(instance: dg.DagsterInstance, job: str, since: float = 0.0) -> bool:
    records = instance.get_run_records(dg.RunsFilter(job_name=job, statuses=list(UNDER_WAY)))
    return any(record.create_timestamp.replace(tzinfo=UTC).timestamp() >= since for record in records)
