"""Which runs are alive, which sources are due, and what the sensors make of what they see."""

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import dagster as dg
import pytest

from pipelines.archive.archive import Archive
from pipelines.assets import inputs, sensors
from pipelines.assets.fetch import failure_of, host_of, readable
from pipelines.assets.freshness import silent_days
from pipelines.assets.jobs import PARTITION_TAG, busy_sources, declare, is_due, tags_of
from pipelines.assets.runs import FETCH_JOB, REFRESH_JOB, bury
from pipelines.assets.workspace import Workspace
from pipelines.definitions import defs
from pipelines.errors import PactwatchError
from pipelines.fetch.response import Response
from pipelines.ingest.reader import Collected, Problem
from pipelines.ingest.registry import load_registry
from pipelines.project import ROOT

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


@pytest.fixture
def instance_on_disk(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    """Schedules open the instance anew."""
    (tmp_path / "dagster-home").mkdir()
    with dg.DagsterInstance.local_temp(str(tmp_path / "dagster-home")) as made:
        yield made


@pytest.fixture
def declared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of declarations of its own: an inbox, a feed and a place that is cited."""
    (tmp_path / "inbox").mkdir()
    folder = tmp_path / "sources"
    folder.mkdir()
    common = "language: en, quotes: true, kind: article"
    (folder / "all.yaml").write_text(
        f"- {{id: inbox, title: Inbox, {common}, from: {{folder: {tmp_path / 'inbox'}}}}}\n"
        f"- {{id: daily, title: Daily, {common}, from: {{feed: 'http://feeds.example/rss'}}}}\n"
        f"- {{id: hourly, title: Hourly, {common}, from: {{page: ['http://a.example/x', 'http://b.example/y']}}, fetch: {{every: 1}}}}\n"
        f"- {{id: cited, title: Cited, {common}, from: {{cited: true}}}}\n"
    )
    monkeypatch.setenv("PACTWATCH_SOURCES", str(folder))
    return folder


def started(instance: dg.DagsterInstance, job: str, tags: dict[str, str] | None = None) -> str:
    """A run that counts as under way."""
    run = instance.create_run_for_job(defs.resolve_job_def(job), tags=tags, status=dg.DagsterRunStatus.STARTED)
    return run.run_id


HOLD = """
import sys, time
from pathlib import Path
from typing import NamedTuple
from pipelines.assets.runs import keep_alive
keep_alive(Path(sys.argv[1]), sys.argv[2])
print("held", flush=True)
time.sleep(600)
"""


def test_a_run_lives_as_long_as_its_process(instance: dg.DagsterInstance, tmp_path: Path) -> None:
    run_id = started(instance, REFRESH_JOB)
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, tmp_path, run_id], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        assert bury(instance, tmp_path, now=time.time() + 86400) == []
        assert instance.get_run_by_id(run_id).status is dg.DagsterRunStatus.STARTED  # type: ignore[union-attr]
    finally:
        process.kill()
        process.communicate()
    assert bury(instance, tmp_path) == [run_id]
    assert instance.get_run_by_id(run_id).status is dg.DagsterRunStatus.FAILURE  # type: ignore[union-attr]
    assert list((tmp_path / "runs").iterdir()) == []
    assert bury(instance, tmp_path) == []


def test_a_run_that_never_took_its_lock_is_given_time(instance: dg.DagsterInstance, tmp_path: Path) -> None:
    run_id = started(instance, FETCH_JOB)
    assert bury(instance, tmp_path, now=time.time() + 60) == []
    assert bury(instance, tmp_path, now=time.time() + 3600) == [run_id]


@pytest.mark.parametrize(
    ("source_id", "hours", "due"),
    [("daily", None, True), ("daily", 22, False), ("daily", 23, True), ("hourly", 0.5, False), ("hourly", 0.96, True)],
)
def test_a_live_source_is_due_at_its_own_pace(source_id: str, hours: float | None, due: bool, declared: Path) -> None:
    source = readable(load_registry(), source_id)
    assert is_due(source, None if hours is None else NOW - timedelta(hours=hours), NOW) is due


def test_partitions_follow_the_declarations(instance: dg.DagsterInstance, declared: Path) -> None:
    declare(instance, load_registry())
    assert sorted(instance.get_dynamic_partitions("sources")) == ["daily", "hourly", "inbox"]
    (declared / "all.yaml").write_text(
        "{id: new, title: N, language: en, quotes: true, kind: wire, from: {telegram: channel}}"
    )
    declare(instance, load_registry())
    assert instance.get_dynamic_partitions("sources") == ["new"]


def test_a_fetch_is_tagged_with_its_host(declared: Path) -> None:
    registry = load_registry()
    assert tags_of("daily") == {"pactwatch/host": "feeds.example"}
    assert host_of(readable(registry, "hourly")) == "a.example"
    assert host_of(readable(registry, "inbox")) == "inbox"
    assert tags_of("nothing") == {}
    with pytest.raises(PactwatchError, match="no source 'nothing'"):
        readable(registry, "nothing")
    with pytest.raises(PactwatchError, match="cited and not read"):
        readable(registry, "cited")


def schedule_tick(instance: dg.DagsterInstance) -> list[dg.RunRequest]:
    context = dg.build_schedule_context(
        instance, scheduled_execution_time=NOW, repository_def=defs.get_repository_def()
    )
    return list(defs.resolve_schedule_def("fetch_due").evaluate_tick(context).run_requests)


def test_the_schedule_asks_for_what_is_due_and_not_under_way(
    instance_on_disk: dg.DagsterInstance, declared: Path
) -> None:
    instance = instance_on_disk
    requests = schedule_tick(instance)
    assert {request.partition_key for request in requests} == {"daily", "hourly"}
    assert {request.tags["pactwatch/host"] for request in requests} == {"feeds.example", "a.example"}
    assert len({request.run_key for request in requests}) == 2
    started(instance, FETCH_JOB, {PARTITION_TAG: "daily"})
    assert busy_sources(instance) == {"daily"}
    assert [request.partition_key for request in schedule_tick(instance)] == ["hourly"]


class Tick(NamedTuple):
    """What one evaluation of a sensor came to."""

    run_requests: list[dg.RunRequest]
    skip_message: str
    cursor: str | None


def sensor_tick(instance: dg.DagsterInstance, name: str, cursor: str | None = None) -> Tick:
    context = dg.build_sensor_context(instance, cursor=cursor, sensor_name=name)
    result = defs.resolve_sensor_def(name)(context)
    told = [result] if isinstance(result, dg.RunRequest | dg.SkipReason) else list(result or ())
    requests = [item for item in told if isinstance(item, dg.RunRequest)]
    skipped = " ".join(item.skip_message or "" for item in told if isinstance(item, dg.SkipReason))
    return Tick(requests, skipped, context.cursor)


def test_the_inbox_is_taken_in_once_it_is_quiet(
    instance: dg.DagsterInstance, declared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = sensor_tick(instance, "inbox")
    assert [request.partition_key for request in first.run_requests] == ["inbox"]
    assert not sensor_tick(instance, "inbox", first.cursor).run_requests
    (tmp_path / "inbox" / "a.txt").write_text("half a fi")
    assert not sensor_tick(instance, "inbox", first.cursor).run_requests, "it may still be copied"
    monkeypatch.setattr(sensors, "_QUIET", -1.0)
    second = sensor_tick(instance, "inbox", first.cursor)
    again = sensor_tick(instance, "inbox", first.cursor)
    assert [request.run_key for request in second.run_requests] == [request.run_key for request in again.run_requests]
    assert second.run_requests and first.run_requests
    assert second.run_requests[0].run_key != first.run_requests[0].run_key
    assert not sensor_tick(instance, "inbox", second.cursor).run_requests


def package_made_from(instance: dg.DagsterInstance, fingerprint: str) -> None:
    event = dg.AssetMaterialization("places", metadata={"inputs": fingerprint})
    instance.report_runless_asset_event(event)


def test_a_refresh_is_asked_for_while_the_inputs_are_other_ones(
    instance: dg.DagsterInstance, declared: Path, home: Path, tmp_path: Path
) -> None:
    (first,) = sensor_tick(instance, "changed").run_requests
    package_made_from(instance, inputs.fingerprint(home, Workspace().destination))
    assert not sensor_tick(instance, "changed").run_requests
    (tmp_path / "inbox" / "a.txt").write_text("Iran and Oman met.")
    (second,) = sensor_tick(instance, "changed").run_requests
    assert second.run_key != first.run_key
    with (declared / "all.yaml").open("a") as file:
        file.write("- {id: more, title: M, language: en, quotes: true, kind: wire, from: {cited: true}}\n")
    (third,) = sensor_tick(instance, "changed").run_requests
    assert third.run_key != second.run_key


@pytest.mark.parametrize("job", [FETCH_JOB, REFRESH_JOB])
def test_no_refresh_while_another_run_is_under_way(
    instance: dg.DagsterInstance, declared: Path, home: Path, job: str
) -> None:
    started(instance, job)
    assert not sensor_tick(instance, "changed").run_requests


def test_a_refresh_that_fails_is_not_tried_for_ever(instance: dg.DagsterInstance, declared: Path, home: Path) -> None:
    keys = set()
    for _ in range(3):
        (request,) = sensor_tick(instance, "changed").run_requests
        keys.add(request.run_key)
        job = defs.resolve_job_def(REFRESH_JOB)
        instance.create_run_for_job(job, tags=dict(request.tags), status=dg.DagsterRunStatus.FAILURE)
    assert len(keys) == 3
    stopped = sensor_tick(instance, "changed")
    assert not stopped.run_requests
    assert "3 refreshes of the same inputs have failed" in stopped.skip_message


def answer(url: str, body: bytes, at: datetime, status: int = 200) -> Response:
    return Response(url, url, status, "OK", (("ETag", '"1"'),), body, at)


def test_a_source_is_silent_since_it_last_brought_something_new(declared: Path, tmp_path: Path) -> None:
    text = (
        (declared / "all.yaml")
        .read_text()
        .replace("{feed: 'http://feeds.example/rss'}", "{page: 'http://feeds.example/a'}, fetch: {stale: 14}")
    )
    (declared / "all.yaml").write_text(text)
    url = "http://feeds.example/a"
    with Archive(tmp_path / "archive") as archive:
        assert silent_days(load_registry(), archive, NOW) == [], "never fetched: the check `complete` tells that"
        archive.add_response("daily", answer(url, b"one", NOW - timedelta(days=20)))
        archive.add_response("daily", answer(url, b"", NOW - timedelta(days=2), status=304))
        archive.add_response("hourly", answer("http://a.example/x", b"x", NOW - timedelta(days=300)))
        assert silent_days(load_registry(), archive, NOW) == [("daily", 20.0, 14)]
        head = archive.content_head
        archive.add_response("daily", answer(url, b"", NOW, status=304))
        assert archive.content_head == head, "nothing new: no refresh is asked for"
        archive.add_gone("daily", url, NOW, 404, "Not Found")
        assert archive.content_head > head
        assert silent_days(load_registry(), archive, NOW) == [("daily", 20.0, 14)], "what is gone is nothing new"
        archive.add_response("daily", answer(url, b"two", NOW - timedelta(days=1)))
        assert silent_days(load_registry(), archive, NOW) == [("daily", 1.0, 14)]


@pytest.mark.parametrize(
    ("collected", "told", "again"),
    [
        (Collected(problems=(Problem("http://a/", "unreachable", "unreachable: refused"),)), "http://a/: unreachable: refused", True),
        (Collected(problems=(Problem("http://a/", "robots", "robots: stay away"),)), "http://a/: robots: stay away", False),
        (
            Collected(problems=(Problem("http://a/", "robots", "robots: no"), Problem("http://b/", "too_slow", "too slow: 60 s"))),
            "http://a/: robots: no, and 1 more",
            True,
        ),
    ],
)  # fmt: skip
def test_a_fetch_that_brought_nothing_fails_and_is_tried_again_where_that_may_help(
    collected: Collected, told: str, again: bool
) -> None:
    for retry in (True, False):
        failure = failure_of(collected.problems, retry=retry)
        assert failure.description == told
        assert failure.allow_retries is (again and retry)
