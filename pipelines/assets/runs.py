"""Which runs are alive. Dagster learns of the death of a run from the process that started it; where that has died too (a machine that went
down, a `kill -9` of the command line), the run would stay "started" for ever and hold its place in the queue.

So the process of a run locks a file of the run's name until it ends. The system frees the lock with the process, however that ended.
"""

import time
from pathlib import Path

import dagster as dg
from filelock import FileLock, Timeout

FETCH_JOB, REFRESH_JOB = "fetch", "refresh"
UNDER_WAY = (
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
)
_GRACE = 600.0
"""Seconds that a run may take from its start to its lock."""
_held: list[FileLock] = []


def keep_alive(state: Path, run_id: str | None) -> None:
    """Marks a run as alive until this process ends: its last event is written after the last step, when nothing of ours runs."""
    if run_id is None:
        return
    path = _lock_file(state, run_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path)
    lock.acquire()
    _held.append(lock)


def bury(instance: dg.DagsterInstance, state: Path, now: float | None = None) -> list[str]:
    """Marks as failed the runs whose process is gone, and removes the files of those that have ended; the ids of the dead."""
    now = time.time() if now is None else now
    open_runs = {
        record.dagster_run.run_id: record
        for record in instance.get_run_records(
            dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING])
        )
        if record.dagster_run.job_name in {FETCH_JOB, REFRESH_JOB}
    }
    dead = []
    for run_id, record in open_runs.items():
        path = _lock_file(state, run_id)
        started = record.start_time or record.create_timestamp.timestamp()
        if is_free(path) if path.exists() else now - started > _GRACE:
            words = "The process of this run ended without a word: it was killed, or the machine went down."
            instance.report_run_failed(record.dagster_run, words)
            dead.append(run_id)
    for path in (state / "runs").glob("*.lock"):
        if (path.stem not in open_runs or path.stem in dead) and is_free(path):
            path.unlink(missing_ok=True)
    return dead


def is_free(path: Path) -> bool:
    """Whether nobody holds the lock on that file."""
    try:
        with FileLock(path, blocking=False):
            return True
    except Timeout:
        return False


def _lock_file(state: Path, run_id: str) -> Path:
    return state / "runs" / f"{run_id}.lock"
