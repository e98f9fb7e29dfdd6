"""Verifies in a process of its own that may take no more memory and time than a package of that size needs.

A package is somebody else's: its Parquet files and its database are read by large libraries in C++ that were not made for hostile
files. Where one of them takes all memory, hangs or crashes, that process ends, and what it was reading is named.
"""

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

from pipelines.release.proof.report import Report

_FEW_THREADS = {  # or what the libraries reserve for themselves would depend on the machine
    "POLARS_MAX_THREADS": "2", "OMP_NUM_THREADS": "2", "MALLOC_ARENA_MAX": "2", "ARROW_DEFAULT_MEMORY_POOL": "system",
}  # fmt: skip
_GIB = 1 << 30


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a verification may take: bytes of address space, and seconds of processor time."""

    memory: int
    seconds: int


def bounds_of(package: Path) -> Bounds:
    """The bounds for a package, by what it takes on the disk (a file with holes counts as what is there of it)."""
    size = sum(
        os.lstat(os.path.join(folder, name)).st_blocks * 512  # noqa: PTH118 (a name may be no Path)
        for folder, _, names in os.walk(package)
        for name in names
    )
    return Bounds(memory=2 * _GIB + 60 * size, seconds=300 + size // 200_000)


def verify_bounded(
    package: Path, texts: Path | None = None, documents: Path | None = None, bounds: Bounds | None = None
) -> Report:
    """As verify(), in a process of its own. Where that does not survive the package, the report says at what."""
    package = package.resolve()
    bounds = bounds or bounds_of(package)
    order = {
        "package": str(package),
        "texts": None if texts is None else str(texts),
        "documents": None if documents is None else str(documents),
        "memory": bounds.memory,
        "seconds": bounds.seconds,
    }
    report = Report(package)
    done = False
    command = [sys.executable, "-m", "pipelines.release.proof", json.dumps(order)]
    with (
        TemporaryFile("w+") as complaints,
        subprocess.Popen(  # noqa: S603 (this very program)
            command, stdout=subprocess.PIPE, stderr=complaints, env=os.environ | _FEW_THREADS, text=True
        ) as process,
    ):
        assert process.stdout is not None
        for line in process.stdout:
            told = json.loads(line)
            report, done = Report.from_json(told["report"]), told["done"]
        process.wait()
        complaints.seek(0)
        complaint = complaints.read()[-300:]
    if not done:
        what = report.at or "the package"
        report.problem("limit", f"{what}: {_end(process.returncode, bounds)} {complaint}".rstrip())
        report.finish()
    return report


def _end(code: int, bounds: Bounds) -> str:
    """How the process ended, and under which bounds."""
    how = signal.Signals(-code).name if code < 0 else f"code {code}"
    return f"reading it ended the process ({how}) that may take {bounds.memory >> 20:,} MiB and {bounds.seconds:,} s"
