"""`kill -9` in the middle of a refresh: nothing is lost, nothing is doubled, nothing half is published, and the next one completes."""

import hashlib
import json
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipelines.project import ROOT
from tests.live import PATIENCE, Site, Station, declare_pages, site, wait_until
from tests.test_refresh import texts

N = 24
CHANGED = range(0, N, 2)


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Station]]:
    """A station with a release, on a site half of whose pages have changed since; and beside it a copy that nobody disturbs."""
    station = Station(tmp_path_factory.mktemp("kill") / "a")
    with site({f"/p{number}": texts.page(number) for number in range(N)}) as served:
        declare_pages(station.sources, served, "reports", [f"/p{number}" for number in range(N)])
        station.refresh()
        shutil.copytree(station.root, station.root.parent / "b", symlinks=True)
        for number in CHANGED:
            served.pages[f"/p{number}"] = texts.page(number, 1)
        yield served, station


def kill_when(station: Station, seen: Callable[[], object], stage: str) -> None:
    """Starts a refresh and kills its process as soon as something is seen."""
    process = station.start("refresh", "--out", str(station.out))
    try:
        wait_until(seen, stage, process, pause=0.002)
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert process.returncode == -signal.SIGKILL


def published(station: Station) -> dict[str, str]:
    """All that lies in the folder of releases for others to read, by hash."""
    return {
        str(path.relative_to(station.out)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(station.out.rglob("*"))
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(station.out).parts)
    }


def warc_bytes(station: Station) -> int:
    return sum(path.stat().st_size for path in (station.home / "archive" / "warc").glob("*"))


def entries(station: Station, file: str) -> int:
    with sqlite3.connect(f"file:{station.home / file}?mode=ro", uri=True) as database:
        count: int = database.execute("SELECT count(*) FROM entries").fetchone()[0]
    return count


def started(station: Station, step: str) -> bool:
    """Whether the log of this refresh says that a step has begun."""
    log = station.home / "logs" / "refresh.log"
    return log.is_file() and f'Started execution of step "{step}"' in log.read_text(errors="replace")


def test_kill_at_five_points(live: tuple[Site, Station]) -> None:
    served, station = live
    before = published(station)
    archived, extracted = warc_bytes(station), entries(station, "extracted.sqlite")
    (station.home / "logs" / "refresh.log").unlink()

    served.held = "/p0"
    kill_when(station, lambda: started(station, "captures"), "fetching")
    served.held = None
    assert published(station) == before

    kill_when(station, lambda: warc_bytes(station) > archived, "archiving")
    assert published(station) == before

    kill_when(station, lambda: entries(station, "extracted.sqlite") > extracted, "extracting")
    assert published(station) == before

    log = station.home / "logs" / "refresh.log"
    log.unlink()
    kill_when(station, lambda: started(station, "resolution"), "building")
    assert published(station) == before

    kill_when(station, (station.out / ".building" / "data").is_dir, "publishing")
    assert published(station) == before

    told = station.refresh()
    assert "version     1.1.0\n" in told
    assert not list(station.out.glob(".building*"))
    assert {name: digest for name, digest in published(station).items() if name.startswith("1.0.0/")} == {
        name: digest for name, digest in before.items() if name.startswith("1.0.0/")
    }


def test_what_was_killed_five_times_is_what_was_never_disturbed(live: tuple[Site, Station]) -> None:
    served, station = live
    undisturbed = Station(station.root.parent / "b")
    declare_pages(undisturbed.sources, served, "reports", [f"/p{number}" for number in range(N)])
    undisturbed.refresh()
    names = {path.name for path in (station.out / "latest" / "data").iterdir()}
    assert names == {path.name for path in (undisturbed.out / "latest" / "data").iterdir()}
    for name in sorted(names):
        ours, theirs = (one.out / "latest" / "data" / name for one in (station, undisturbed))
        if name.startswith(("sources.", "changes.")):
            # They were fetched some seconds apart, and nothing else may differ.
            if name.endswith(".parquet"):
                assert without_times(ours) == without_times(theirs), name
        else:
            assert ours.read_bytes() == theirs.read_bytes(), name


def without_times(path: Path) -> list[dict[str, object]]:
    """The rows of a table but for when something was fetched."""
    rows = pq.read_table(path).to_pylist()
    kept = [row for row in rows if row.get("column_name") != "retrieved_at"]
    return [{key: value for key, value in row.items() if key != "retrieved_at"} for row in kept]


def test_the_archive_holds_each_version_once(live: tuple[Site, Station]) -> None:
    _, station = live
    with sqlite3.connect(station.home / "archive" / "index.sqlite") as index:
        payloads = index.execute(
            "SELECT count(*), count(DISTINCT payload_sha256) FROM captures WHERE kind = 'response'"
        )
        assert payloads.fetchone() == (N + len(CHANGED), N + len(CHANGED))
    assert entries(station, "extracted.sqlite") == N + len(CHANGED)


def test_no_run_is_left_as_if_it_were_alive(live: tuple[Site, Station]) -> None:
    _, station = live
    script = (
        "import dagster as dg\n"
        "with dg.DagsterInstance.get() as instance:\n"
        "    print([run.status.value for run in instance.get_runs() if not run.is_finished])\n"
    )
    environment = station.environment() | {"DAGSTER_HOME": str(station.home / "dagster")}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_two_refreshes_at_once_take_turns(live: tuple[Site, Station]) -> None:
    served, station = live
    served.pages["/p1"] = texts.page(1, 1)
    before = len(served.log)
    processes = [station.start("refresh", "--out", str(station.out)) for _ in range(2)]
    told = [process.communicate(timeout=PATIENCE) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], told
    fetched = [status for path, status in served.log[before:] if path == "/p1"]
    assert sorted(fetched) == [200, 304], "the second found what the first had archived"
    versions = sorted(line for out, _ in told for line in out.splitlines() if line.startswith("version"))
    newest = station.versions()[-1]
    assert versions == [
        f"version     {newest}",
        f"version     {newest} (unchanged: the newest release has this content)",
    ]


def test_a_full_disk_is_told_and_passes(live: tuple[Site, Station]) -> None:
    """A limit on the size of files stands for the disk: writing past it fails in the same calls."""
    served, station = live
    served.pages["/p1"] = texts.page(1, 2)
    before = published(station)
    command = [sys.executable, "-c", "from pipelines.cli import main; main()", "refresh", "--out", str(station.out)]

    def small_disk() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

    done = subprocess.run(
        command,
        cwd=ROOT,
        env=station.environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        preexec_fn=small_disk,
        check=False,
    )
    assert done.returncode not in {0, 5}, done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert done.stderr.startswith("pactwatch: ")
    assert published(station) == before
    told = station.refresh()
    assert "(unchanged" not in told
    assert station.versions()[-1] > max(name.split("/")[0] for name in before if name[0].isdigit())


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("mount"), reason="only root can mount a small disk")
def test_a_disk_that_is_really_full(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("this machine lets nobody mount")
    station = Station(tmp_path, {"PACTWATCH_HOME": str(disk / "home")})
    out = disk / "dist"
    try:
        with site({f"/p{number}": texts.page(number) for number in range(4)}) as served:
            declare_pages(station.sources, served, "reports", [f"/p{number}" for number in range(4)])
            station.run("refresh", "--out", str(out))
            first = sorted(path.name for path in out.iterdir() if not path.name.startswith("."))
            served.pages["/p1"] = texts.page(1, 1)
            filler = disk / "filler"
            free = shutil.disk_usage(disk).free
            filler.write_bytes(b"\0" * max(0, free - 100_000))
            process = station.start("refresh", "--out", str(out))
            told = process.communicate(timeout=PATIENCE)
            assert process.returncode not in {0, 5}, told
            assert "Traceback" not in "".join(told)
            assert sorted(path.name for path in out.iterdir() if not path.name.startswith(".")) == first
            filler.unlink()
            assert "version     1." in station.run("refresh", "--out", str(out))
            assert json.loads((out / "versions.json").read_text())["latest"] != "1.0.0"
    finally:
        time.sleep(0.2)
        subprocess.run(["umount", str(disk)], check=False)
