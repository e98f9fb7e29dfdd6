"""A real Dagster daemon over a real web server: it fetches on schedule, refreshes, survives the death of a run, and tells of failures.

One daemon for the whole file: the tests are the chapters of its life, in order.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import pytest

from pipelines.assets.instance import prepare
from pipelines.assets.runs import REFRESH_JOB
from pipelines.project import ROOT
from tests.live import Site, Station, declare_pages, site, wait_until
from tests.test_alert import hook
from tests.test_refresh import texts

DAEMON = Path(sys.executable).with_name("dagster-daemon")
N = 6

pytestmark = pytest.mark.skipif(not DAEMON.is_file(), reason="dagster-daemon is not installed")


@dataclass
class Watched:
    """A running daemon, and what it works on."""

    station: Station
    served: Site
    process: subprocess.Popen[str]
    instance: dg.DagsterInstance
    posted: list[tuple[str, str, dict[str, str]]]

    def runs(self, job: str, **filters: object) -> list[dg.DagsterRun]:
        return list(self.instance.get_runs(dg.RunsFilter(job_name=job, **filters)))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    root = tmp_path_factory.mktemp("daemon")
    log = (root / "daemon.log").open("w")
    with site({f"/p{number}": texts.page(number) for number in range(N)}) as served, hook() as (address, posted):
        looks = {"PACTWATCH_SCHEDULE": "* * * * *", "PACTWATCH_LOOK": "5", "PACTWATCH_WEBHOOK": address}
        station = Station(root, looks)
        declare_pages(station.sources, served, "reports", [f"/p{number}" for number in range(N)], every=0.02)
        folder = prepare(station.home)
        environment = station.environment() | {"DAGSTER_HOME": str(folder)}
        with dg.DagsterInstance.from_config(str(folder)) as instance:
            process = subprocess.Popen(
                [str(DAEMON), "run", "-w", str(ROOT / "workspace.yaml")],
                cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT, text=True, start_new_session=True,
            )  # fmt: skip
            try:
                yield Watched(station, served, process, instance, posted)
            finally:
                process.send_signal(signal.SIGTERM)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(30)
                # Its code server, and what that has started.
                _end_group(process.pid)
                log.close()


def _end_group(group: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def worker_of(watched: Watched, run_id: str) -> int | None:
    """The process that executes a run, as Dagster's log of it says."""
    for record in watched.instance.all_logs(run_id):
        if match := re.search(r"\(pid: (\d+)\)", record.message or record.user_message or ""):
            return int(match[1])
        event = record.dagster_event
        if event and event.message and (match := re.search(r"\(pid: (\d+)\)", event.message)):
            return int(match[1])
    return None


def test_a_run_that_is_killed_is_run_again(watched: Watched) -> None:
    """The schedule fetches, the sensor refreshes, the process of that refresh is killed: a release appears all the same."""

    def running() -> tuple[str, int] | None:
        for run in watched.runs(REFRESH_JOB, statuses=[dg.DagsterRunStatus.STARTED]):
            if pid := worker_of(watched, run.run_id):
                return run.run_id, pid
        return None

    run_id, pid = wait_until(running, "a refresh is under way", watched.process)
    os.kill(pid, signal.SIGKILL)
    assert not watched.station.out.exists()
    wait_until(lambda: watched.station.versions() == ["1.0.0"], "the first release", watched.process)
    assert watched.instance.get_run_by_id(run_id).status is dg.DagsterRunStatus.FAILURE  # type: ignore[union-attr]
    assert {path: watched.served.asked(path)[0] for path in watched.served.pages} == dict.fromkeys(
        watched.served.pages, 200
    )
    sources = {row["source_id"] for row in watched.station.table("sources")}
    assert {f"reports-p{number}" for number in range(N)} <= sources


def test_the_alarm_told_of_it(watched: Watched) -> None:
    (_, _, body) = wait_until(lambda: watched.posted and watched.posted[0], "the webhook is called", watched.process)
    assert body["job"] == "refresh"
    assert body["source"] is None
    assert body["problem"]


def test_content_changes_and_a_new_release_appears(watched: Watched) -> None:
    watched.served.pages["/p2"] = texts.page(2, 1)
    wait_until(lambda: len(watched.station.versions()) == 2, "the second release", watched.process)
    assert watched.served.asked("/p2").count(200) == 2
    assert watched.served.asked("/p1").count(200) == 1
    assert 304 in watched.served.asked("/p1")
    rows = watched.station.table("statements")
    assert [row for row in rows if row["source_id"] == "reports-p2"]


def test_a_new_source_takes_no_restart(watched: Watched, tmp_path: Path) -> None:
    """A folder is declared while the daemon runs; what lies in it is read, and archived."""
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "note.txt").write_text("Oman and Qatar signed a protocol on fisheries in Muscat on 5 May 2024.\n")
    (watched.station.sources / "inbox.yaml").write_text(
        f"{{id: inbox, kind: official, title: Inbox, language: en, quotes: true, license: CC0-1.0, from: {{folder: {inbox}}}}}"
    )
    try:
        found = wait_until(
            lambda: [row for row in watched.station.table("sources") if row["source_id"] == "note"],
            "the file is in a release", watched.process,
        )  # fmt: skip
        assert found[0]["kind"] == "official"
        done = {"tags": {"dagster/partition": "inbox"}, "statuses": [dg.DagsterRunStatus.SUCCESS]}
        assert wait_until(lambda: watched.runs("fetch", **done), "the folder is archived", watched.process)
    finally:
        shutil.rmtree(inbox)
        (watched.station.sources / "inbox.yaml").unlink()


def test_runs_do_not_pile_up_on_an_unchanged_world(watched: Watched) -> None:
    """Fetches go on; a refresh is made only for what they bring."""
    wait_until(lambda: not watched.runs(REFRESH_JOB, statuses=[dg.DagsterRunStatus.STARTED]), "peace", watched.process)
    before, asked = len(watched.runs(REFRESH_JOB)), len(watched.served.asked("/p1"))
    wait_until(lambda: len(watched.served.asked("/p1")) > asked, "one more fetch", watched.process)
    fetches = watched.runs("fetch", tags={"dagster/partition": "reports"})
    assert len(fetches) >= 3
    after = watched.runs(REFRESH_JOB)
    # The removal of the folder above may have asked for one.
    assert len(after) - before <= 1
