"""What the commands that run Dagster's jobs share: its instance in this process, its log in a file, and what a run has to say."""

import contextlib
import errno
import sqlite3
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from pipelines.cli.terminal import complain
from pipelines.cli.watch import Display, display
from pipelines.errors import EXIT_FAILURE, EXIT_INVALID, PactwatchError
from pipelines.project import home

if TYPE_CHECKING:
    from dagster import DagsterInstance, ExecuteInProcessResult


_DISK = frozenset({errno.ENOSPC, errno.EFBIG, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EIO})


class Session:
    """An open instance, and the log of what runs in it."""

    def __init__(self, state: Path, instance: "DagsterInstance", log: Path, shown: Display) -> None:
        self.state = state
        self.instance = instance
        self.log = log
        self._shown = shown

    def run(
        self,
        job: str,
        resources: Mapping[str, Mapping[str, Any]],
        partition: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> "ExecuteInProcessResult":
        """Runs a job in this process; it raises nothing, its result says what failed."""
        from pipelines.definitions import defs

        config = {
            "resources": {name: {"config": {**given, "home": str(self.state)}} for name, given in resources.items()}
        }
        definition = defs.resolve_job_def(job)
        self._shown.begin(len(definition.nodes), "" if partition is None else partition)
        return definition.execute_in_process(
            config, instance=self.instance, raise_on_error=False, partition_key=partition, tags=dict(tags or {})
        )


@contextlib.contextmanager
def session(log_name: str) -> Iterator[Session]:
    """The Dagster instance of the state, shared with daemon and pages. Its log goes to `logs/LOG_NAME` and not to the terminal."""
    state = home()
    log = state / "logs" / log_name
    with _told_if_full(state), display() as shown, _logging(log, shown) as stream, contextlib.redirect_stderr(stream):
        from pipelines.assets.instance import opened
        from pipelines.assets.runs import bury

        with opened(state) as instance:
            bury(instance, state)
            yield Session(state, instance, log, shown)


@contextlib.contextmanager
def _told_if_full(state: Path) -> Iterator[None]:
    """Tells in one line that Dagster's storage or the log could not be written to; whatever else is wrong stays what it is."""
    try:
        yield
    except Exception as error:
        reason = _disk_trouble(error)
        if reason is None:
            raise
        todo = "free space or fix the permissions, then start again: nothing that was archived or published is lost"
        raise PactwatchError(f"cannot write to the state ({reason})", state, todo) from error


def _disk_trouble(error: BaseException | None) -> str | None:
    """What the system or SQLite says of the disk, somewhere among the causes of an error."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, sqlite3.OperationalError) or (isinstance(error, OSError) and error.errno in _DISK):
            return str(error).lower()
        error = error.__cause__ or error.__context__
    return None


def say_if_waiting(state: Path) -> None:
    """Tells on the terminal that another refresh holds the state: this one will take its turn."""
    from pipelines.assets.runs import is_free
    from pipelines.assets.workspace import refresh_lock

    state.mkdir(parents=True, exist_ok=True)
    if not is_free(refresh_lock(state)):
        sys.__stderr__.write("pactwatch: another build is running on this state: waiting for it\n")  # type: ignore[union-attr]


def metadata_of(result: "ExecuteInProcessResult") -> dict[str, dict[str, Any]]:
    """What each asset of the run said of itself."""
    return {
        event.materialization.asset_key.to_user_string(): {
            name: value.value for name, value in event.materialization.metadata.items()
        }
        for event in result.get_asset_materialization_events()
    }


def failures_of(result: "ExecuteInProcessResult") -> list[tuple[str, str, dict[str, Any]]]:
    """The failed steps: name, what it says, and the metadata of its failure."""
    told = []
    for event in result.get_step_failure_events():
        data = event.step_failure_data
        if data.user_failure_data is not None:
            stated = {name: value.value for name, value in data.user_failure_data.metadata.items()}
            told.append((str(event.step_key), data.user_failure_data.description or "", stated))
        else:
            cause = data.error.cause or data.error if data.error else None
            message = " ".join(cause.message.split()) if cause else "unknown"
            told.append((str(event.step_key), f"unexpected failure: {message}", {}))
    return told


def tell_failure(result: "ExecuteInProcessResult", log: Path) -> int:
    """One line for each thing that went wrong; the exit code."""
    failed = [check for check in result.get_asset_check_evaluations() if check.blocking and not check.passed]
    for check in failed:
        table = check.asset_key.to_user_string()
        complain(f"check {check.check_name} of {table} failed: {check.description or 'no description'}")
    code = EXIT_INVALID if failed else EXIT_FAILURE
    if not failed:
        for step, words, stated in failures_of(result):
            code = stated["exit_code"] if isinstance(stated.get("exit_code"), int) else code
            complain(f"{step}: {words}")
    package = metadata_of(result).get("data_package")
    what = f"{package['version']} is in {short(Path(package['folder']))}" if package else "nothing was published"
    complain(f"{what}; the whole log is in {short(log)}")
    return code


def short(path: Path) -> str:
    """A path as the user would write it from here."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


class _Log:
    """A text stream that writes Dagster's log to a file, and tells the step that has started to whoever watches."""

    def __init__(self, file: TextIO, shown: Display) -> None:
        self._file = file
        self._shown = shown

    def write(self, text: str) -> int:
        if "STEP_START" in text:
            self._shown.stage(text.rsplit('step "', maxsplit=1)[-1].split('"', maxsplit=1)[0].replace("_", " "))
        return self._file.write(text)

    def flush(self) -> None:
        self._file.flush()

    def isatty(self) -> bool:
        return False


@contextlib.contextmanager
def _logging(log: Path, shown: Display) -> Iterator[Any]:
    """Opens the log anew."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8", errors="backslashreplace") as file:
        yield _Log(file, shown)
