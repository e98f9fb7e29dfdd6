"""Who helps: processes of this machine, or a cluster that a Dask scheduler leads. Both are `concurrent.futures.Executor`s."""

from __future__ import annotations

import importlib
import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pipelines.errors import EXIT_USAGE, PactwatchError

_RETRIES = 3
"""of a task whose worker is lost: the cluster's own"""


@dataclass(frozen=True, slots=True)
class Spread:
    """Who helps, and where files lie for them."""

    store: str
    """the folder or address (s3://bucket/prefix) that all helpers see"""
    cluster: str | None = None
    """the address of a Dask scheduler; None: processes of this machine"""
    workers: int | None = None
    """how many of those; None: one a processor, where they are worth their start"""
    fewest_words: int | None = None
    """new words below which documents are read without help; None: as the reading knows it"""
    words: int | None = None
    """of a shard of documents, on average; None: as the reading knows it"""


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def executor(spread: Spread) -> Iterator[tuple[Executor, int]]:
    """An executor and how many tasks it may be given at once.

    PactwatchError where no scheduler answers (tcp://host:port), or where a process of this machine was killed: it has none in its stead.
    """
    if spread.cluster is not None:
        with _dask(spread.cluster) as found:
            yield found
        return
    count = spread.workers or processors()
    # Not forked: a fork takes over the locks that other threads hold, and Dagster has threads.
    with ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn")) as pool:
        try:
            yield pool, 2 * count
        except BrokenProcessPool as error:
            todo = "build again: what was done is kept (where memory is short, it was killed for that: fewer processes need less)"
            raise PactwatchError("a process that helped was killed", spread.store, todo) from error
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
