"""Who reads the shards: processes of this machine, or a cluster that a Dask scheduler leads. Both are `concurrent.futures.Executor`s."""

from __future__ import annotations

import importlib
import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any

from pipelines.errors import EXIT_USAGE, PactwatchError

_RETRIES = 3
"""of a task whose worker is lost: the cluster's own"""


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def executor(cluster: str | None, workers: int | None = None) -> Iterator[tuple[Executor, int]]:
    """An executor and how many tasks it may be given at once. PactwatchError where no scheduler answers at `cluster` (tcp://host:port)."""
    if cluster is not None:
        with _dask(cluster) as found:
            yield found
        return
    count = workers or processors()
    # Not forked: a fork takes over the locks that other threads hold, and Dagster has threads.
    with ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn")) as pool:
        try:
            yield pool, 2 * count
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


@contextmanager
def _dask(address: str) -> Iterator[tuple[Executor, int]]:
    try:
        distributed: Any = importlib.import_module("distributed")
    except ImportError as error:
        todo = "install the extra `cluster` (`make everything`)"
        raise PactwatchError("Dask is not installed", address, todo, EXIT_USAGE) from error
    try:
        client = distributed.Client(address, timeout="10s", set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        reason = " ".join(str(error).split())[:120]
        todo = "start it (`dask scheduler`), or build without --cluster"
        raise PactwatchError(f"no Dask scheduler answers ({reason})", address, todo) from error
    try:
        threads = sum(client.nthreads().values())
        yield client.get_executor(retries=_RETRIES), max(2 * threads, 64)
    finally:
        client.close()
