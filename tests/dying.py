"""`python -m tests.dying WORK`: publishes into folders under WORK in processes that are killed, each at another touch of the disk.

What the product does to the disk is heard of by an audit hook of Python; it knows of none. Prints one JSON line for each kill: the touch,
what a reader found then, and what the next publish made of it.
"""

import hashlib
import json
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from pipelines.release.manifest import SUMS, parse_sums
from pipelines.release.package import write_package
from tests.sample import sample_rows, to_tables

_TOUCHES = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.symlink"}
_STRIDE = 4
"""Of the touches within the folder that is being built, which no reader looks into, every fourth is tried."""


def rows_of(number: int) -> dict[str, list[dict[str, Any]]]:
    """The sample with one cell of that number, in two tables."""
    rows = sample_rows()
    rows["events"][0]["place"] = rows["agreements"][0]["place"] = f"Town {number}"
    return rows


def publish(number: int, out: Path, database: Path | None) -> str:
    """Publishes the rows of that number; the version that they became."""
    return write_package(to_tables(rows_of(number)), out, database=database).version


def readable(out: Path) -> list[str]:
    """The versions that readers are led to, by the link and by versions.json. AssertionError where one is not whole."""
    listed = json.loads((out / "versions.json").read_text())["latest"]
    led = (out / "latest").readlink().name
    for version in (led, listed):
        for name, digest in parse_sums((out / version / SUMS).read_text()).items():
            assert hashlib.sha256((out / version / name).read_bytes()).hexdigest() == digest, f"{version}/{name}"
    return [led, listed]


def _listen(out: Path, heard: Callable[[str], None]) -> None:
    """Calls `heard` with every touch of the folder, as `event path`."""
    inside = f"{out}{os.sep}"

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event not in _TOUCHES:
            return
        if event == "open" and not arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            return
        # Of a rename, where it leads to.
        path = os.fsdecode(arguments[1 if event in {"os.rename", "os.symlink"} else 0]) if arguments[0] else ""
        if isinstance(path, str) and path.startswith(inside):
            heard(f"{event} {path.removeprefix(inside)}")

    sys.addaudithook(hook)


def _in_child(work: Callable[[], object]) -> int:
    """Runs it in a process of its own; how that ended, as os.waitstatus_to_exitcode says."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        except BaseException:  # noqa: BLE001 (a child must not come back)
            traceback.print_exc()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _touches(template: Path, work: Path, database: Path) -> list[str]:
    """Every touch of one publish, in order."""
    out = Path(shutil.copytree(template, work / "all", symlinks=True))
    listed = work / "touches"

    def record() -> None:
        with listed.open("w") as file:
            _listen(out, lambda touch: print(touch, file=file, flush=True))
            publish(2, out, database)

    assert _in_child(record) == 0
    return listed.read_text().splitlines()


def _die_at(number: int, out: Path, database: Path) -> None:
    count = 0

    def heard(_: str) -> None:
        nonlocal count
        count += 1
        if count == number:
            os.kill(os.getpid(), signal.SIGKILL)

    _listen(out, heard)
    publish(2, out, database)


def main(work: Path) -> None:
    """Kills at each of the chosen touches. `work` holds a folder of releases, `template`, and a database, `some.duckdb`."""
    template, database = work / "template", work / "some.duckdb"
    touches = _touches(template, work, database)
    building = [number for number, touch in enumerate(touches, 1) if touch.split(" ")[1].startswith(".building/")]
    chosen = [n for n in range(1, len(touches) + 1) if n not in building or building.index(n) % _STRIDE == 0]
    for number in chosen:
        out = Path(shutil.copytree(template, work / str(number), symlinks=True))
        code = _in_child(partial(_die_at, number, out, database))
        seen = readable(out)
        again = _in_child(partial(publish, 2, out, database))
        left = sorted(path.name for path in out.iterdir())
        found = {"touch": touches[number - 1], "code": code, "seen": seen, "again": again, "then": readable(out)}
        print(json.dumps(found | {"left": left}), flush=True)
        shutil.rmtree(out)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
