"""Publishing that is killed, by step and at random, and disks that are full or read-only: readers see the old or the new, whole."""

import contextlib
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipelines.errors import EXIT_FAILURE
from pipelines.project import ROOT
from pipelines.release.database import DATABASE
from tests.dying import publish, readable

PATIENCE = 600


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of one release. Do not change it."""
    out = tmp_path_factory.mktemp("made") / "dist"
    assert publish(1, out, None) == "1.0.0"
    return out


def test_killed_at_every_touch_of_the_disk(made: Path, tmp_path: Path) -> None:
    shutil.copytree(made, tmp_path / "template", symlinks=True)
    shutil.copy(made / "1.0.0" / DATABASE, tmp_path / "some.duckdb")
    command = [sys.executable, "-m", "tests.dying", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr
    killed = [json.loads(line) for line in done.stdout.splitlines()]
    steps = [step["touch"] for step in killed]
    assert len(steps) >= 12
    old, new = ["1.0.0", "1.0.0"], ["1.0.1", "1.0.1"]
    for step in killed:
        assert step["code"] == -signal.SIGKILL, step
        assert (step["again"], step["then"]) == (0, new), step
        assert step["left"] == [".lock", "1.0.0", "1.0.1", "latest", "versions.json"], step
    seen = dict(zip(steps, (step["seen"] for step in killed), strict=True))
    # The hook is heard before the touch has its effect.
    assert seen["os.rename 1.0.1"] == seen["os.rename versions.json"] == old
    assert seen["os.rename latest"] == ["1.0.0", "1.0.1"]
    assert all(step["seen"] == old for step in killed[: steps.index("os.rename versions.json")])


def test_killed_at_random(made: Path, tmp_path: Path) -> None:
    """A process that publishes version after version, killed at moments that nobody chose."""
    out = Path(shutil.copytree(made, tmp_path / "dist", symlinks=True))
    loop = (
        "import sys; from pathlib import Path; from tests.dying import publish\n"
        "print('ready', flush=True)\n"
        "for number in range(int(sys.argv[2]), 10**6): publish(number, Path(sys.argv[1]), None)"
    )
    dice, newest = random.Random(5), (1, 0, 0)
    for turn in range(6):
        process = subprocess.Popen(
            [sys.executable, "-c", loop, str(out), str(100 * turn + 2)], cwd=ROOT, stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(dice.uniform(0.2, 5))
        process.kill()
        process.communicate()
        assert process.returncode == -signal.SIGKILL
        led, listed = (tuple(map(int, version.split("."))) for version in readable(out))
        assert newest <= led <= listed
        newest = listed
    version = publish(10**6, out, None)
    assert readable(out) == [version, version]
    assert tuple(map(int, version.split("."))) > newest
    versions = [path.name for path in out.iterdir() if (path / "datapackage.json").is_file() and not path.is_symlink()]
    assert sorted(path.name for path in out.iterdir()) == sorted([".lock", "latest", "versions.json", *versions])
    assert [entry["version"] for entry in json.loads((out / "versions.json").read_text())["versions"]] == sorted(
        versions, key=lambda name: tuple(map(int, name.split(".")))
    )


# Disks


def pactwatch(
    *arguments: str | Path, home: Path, prepare: Callable[[], None] | None = None
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from pipelines.cli import main; main()", *map(str, arguments)]
    environment = {**os.environ, "PACTWATCH_HOME": str(home)}
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=PATIENCE, preexec_fn=prepare, check=False
    )  # fmt: skip


def told(done: subprocess.CompletedProcess[str]) -> str:
    """The one line of a command that failed as the documents say."""
    assert done.returncode == EXIT_FAILURE, done
    assert done.stdout == ""
    assert done.stderr.startswith("pactwatch: ")
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr


def test_a_place_that_is_full(made: Path, tmp_path: Path, home: Path) -> None:
    """A limit on the size of files stands for the disk: the small ones are written, the database is not."""

    def small() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))

    place = tmp_path / "place"
    assert "File too large" in told(pactwatch("publish", place, "--package", made, home=home, prepare=small))
    assert not (place / "versions.json").exists()
    assert not (place / "1.0.0" / "datapackage.json").exists()
    done = pactwatch("publish", place, "--package", made, home=home)
    assert done.returncode == 0, done.stderr
    assert readable(place) == ["1.0.0", "1.0.0"]
    assert not list(place.rglob("*.new"))


@contextlib.contextmanager
def mounted(folder: Path, options: str) -> Iterator[None]:
    """A small disk in memory. Skips where this machine lets nobody mount one."""
    if os.geteuid() != 0 or not shutil.which("mount"):
        pytest.skip("only root can mount a disk")
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], check=False, capture_output=True
    )
    if done.returncode:
        pytest.skip("this machine lets nobody mount")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def documents(folder: Path) -> Path:
    folder.mkdir()
    (folder / "a.txt").write_text(
        "A memorandum\n\nIslamabad, 3 August 2025\n\nIran and Pakistan signed a memorandum of understanding on trade in "
        "Islamabad on 2 August 2025.\n"
    )
    return folder


def test_disks_that_are_really_full_or_read_only(made: Path, tmp_path: Path, home: Path) -> None:
    texts, disk = documents(tmp_path / "documents"), tmp_path / "disk"
    disk.mkdir()
    with mounted(disk, "size=4m"):
        assert "No space left" in told(pactwatch("publish", disk / "place", "--package", made, home=home))
        shutil.rmtree(disk / "place")
        done = pactwatch("build", "--documents", texts, "--out", disk / "dist", home=home)
        assert done.returncode == EXIT_FAILURE, done
        problem, where = done.stderr.splitlines()
        assert "space" in problem.lower()
        assert "Traceback" not in done.stderr
        assert where.startswith("pactwatch: nothing was published")
        assert [path.name for path in (disk / "dist").iterdir() if path.name != ".lock"] == []
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        assert "Read-only" in told(pactwatch("publish", disk / "place", "--package", made, home=home))
        done = pactwatch("build", "--documents", texts, "--out", disk / "dist", home=home)
        assert done.returncode == EXIT_FAILURE, done
        problem, where = done.stderr.splitlines()
        assert "read-only" in problem.lower()
        assert where.startswith("pactwatch: nothing was published")
