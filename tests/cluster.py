"""Who helps in tests: a Dask cluster on loopback, one scheduler and some workers, each a process of its own that a test can kill; or a thread."""

import importlib.util
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pipelines.spread.executors import Spread

_READY = 60  # seconds


@dataclass
class Cluster:
    """The processes, and the address of the scheduler."""

    address: str = ""
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def worker(self, log: Path) -> subprocess.Popen[bytes]:
        """Starts one more worker, of one thread."""
        command = [
            sys.executable,
            "-m",
            "distributed.cli.dask_worker",
            self.address,
            "--nthreads",
            "1",
            "--no-nanny",
            "--no-dashboard",
        ]
        self.processes.append(_started(command, log))
        return self.processes[-1]


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kills a process as a machine that fails does."""
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def cluster(folder: Path, workers: int = 2) -> Iterator[Cluster]:
    """A scheduler and its workers; the test is skipped where Dask is not installed."""
    if importlib.util.find_spec("distributed") is None:
        pytest.skip("Dask is not installed (make everything)")
    made = Cluster()
    log = folder / "scheduler.log"
    command = [
        sys.executable,
        "-m",
        "distributed.cli.dask_scheduler",
        "--host",
        "127.0.0.1",
        "--port",
        "0",
        "--no-dashboard",
        "--no-show",
    ]
    made.processes.append(_started(command, log))
    made.address = _address(log)
    for number in range(workers):
        made.worker(folder / f"worker-{number}.log")
    try:
        yield made
    finally:
        for process in made.processes:
            process.kill()
            process.wait()


@contextmanager
def in_threads(_spread: Spread) -> Iterator[tuple[Executor, int]]:
    """An executor of this process, for what does not hang on processes."""
    with ThreadPoolExecutor(1) as pool:
        yield pool, 3


def _started(command: list[str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as out:
        return subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, cwd=Path(__file__).parents[1])


def _address(log: Path) -> str:
    """Where the scheduler listens, once it says so."""
    until = time.monotonic() + _READY
    while time.monotonic() < until:
        if found := re.search(rb"Scheduler at:\s*(tcp://\S+)", log.read_bytes()):
            return found[1].decode()
        time.sleep(0.1)
    raise TimeoutError(log.read_text(encoding="utf-8", errors="replace"))
