"""`pactwatch build`: runs Dagster's own job in this process, and tells what came of it in a few lines."""

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from pipelines.cli.terminal import complain, console, say
from pipelines.errors import EXIT_FAILURE, EXIT_INVALID, EXIT_NOT_FOUND, EXIT_OK, PactwatchError
from pipelines.project import home

if TYPE_CHECKING:
    from dagster import ExecuteInProcessResult


def build(documents: Path | None, out: Path) -> int:
    """Builds and publishes; the exit code."""
    if documents is not None and not documents.is_dir():
        raise PactwatchError("no such folder", documents, "give a folder of .txt, .md or .html files", EXIT_NOT_FOUND)
    if out.exists() and not out.is_dir():
        raise PactwatchError("not a folder", out, "give a folder for releases")
    started = time.monotonic()
    state = home()
    log = state / "logs" / "build.log"
    with _progress(log) as stream, contextlib.redirect_stderr(stream):
        result = _run(
            state, {"documents": None if documents is None else str(documents.absolute()), "out": str(out.absolute())}
        )
    if not result.success:
        return _tell_failure(result, log)
    _tell(result, time.monotonic() - started)
    return EXIT_OK


def _run(state: Path, settings: dict[str, str | None]) -> "ExecuteInProcessResult":
    from pipelines.assets.instance import prepare

    folder = prepare(state)
    os.environ["DAGSTER_HOME"] = str(folder)
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"
    # Two processes that make Dagster's database at the same moment break it: they take turns.
    with _alone(state / "start.lock"):
        import dagster as dg

        from pipelines.definitions import JOB, defs

        with dg.DagsterInstance.get() as instance:
            config = {"resources": {"workspace": {"config": {**settings, "home": str(state)}}}}
            return defs.resolve_job_def(JOB).execute_in_process(config, instance=instance, raise_on_error=False)


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    from filelock import FileLock, Timeout

    lock = FileLock(path)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        sys.__stderr__.write("pactwatch: another build is running on this state: waiting for it\n")  # type: ignore[union-attr]
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


class _Log:
    """A text stream that writes Dagster's log to a file, and tells the step that has started to whoever watches."""

    def __init__(self, file: TextIO, watch: Any) -> None:
        self._file = file
        self._watch = watch

    def write(self, text: str) -> int:
        if self._watch and "STEP_START" in text:
            self._watch.update(text.rsplit('step "', maxsplit=1)[-1].split('"', maxsplit=1)[0].replace("_", " ") + " …")
        return self._file.write(text)

    def flush(self) -> None:
        self._file.flush()

    def isatty(self) -> bool:
        return False


@contextlib.contextmanager
def _progress(log: Path) -> Iterator[Any]:
    """Opens the log anew; on a terminal a line on stderr says what is being done."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8", errors="backslashreplace") as file, contextlib.ExitStack() as stack:
        status = stack.enter_context(console(stderr=True).status("starting …")) if sys.stderr.isatty() else None
        yield _Log(file, status)


def _tell(result: "ExecuteInProcessResult", seconds: float) -> None:
    from pipelines.tables import published

    made = _metadata(result)
    rows = {table.name: made[table.name]["dagster/row_count"] for table in published()}
    checks = result.get_asset_check_evaluations()
    package = made["data_package"]
    say(f"documents   {made['documents']['dagster/row_count']} read, {made['documents']['set_aside']} set aside")
    for path, reason in made["documents"]["set_aside_first"]:
        say(f"            {path}: {reason}")
    if (more := made["documents"]["set_aside"] - len(made["documents"]["set_aside_first"])) > 0:
        say(f"            and {more} more: see the table rejected")
    say(
        "records     "
        + ", ".join(f"{count:,} {name}" for name, count in rows.items() if name not in {"statements", "rejected"})
    )
    say(f"statements  {rows['statements']:,}, each with the passage that says it")
    say(f"checks      {sum(check.passed for check in checks)} of {len(checks)} passed")
    say(
        f"version     {package['version']}"
        + ("" if package["new"] else " (unchanged: the newest release has this content)")
    )
    say(f"folder      {_short(Path(package['folder']))}")
    say(f"time        {seconds:.1f} s")


def _metadata(result: "ExecuteInProcessResult") -> dict[str, dict[str, Any]]:
    """What each asset of the run said of itself."""
    return {
        event.materialization.asset_key.to_user_string(): {
            name: value.value for name, value in event.materialization.metadata.items()
        }
        for event in result.get_asset_materialization_events()
    }


def _tell_failure(result: "ExecuteInProcessResult", log: Path) -> int:
    """One line for each thing that went wrong; the exit code."""
    failed = [check for check in result.get_asset_check_evaluations() if not check.passed]
    for check in failed:
        table = check.asset_key.to_user_string()
        complain(f"check {check.check_name} of {table} failed: {check.description or 'no description'}")
    if failed:
        complain(f"nothing was published; the whole log is in {_short(log)}")
        return EXIT_INVALID
    code = EXIT_FAILURE
    for event in result.get_step_failure_events():
        data = event.step_failure_data
        if data.user_failure_data is not None:
            stated = data.user_failure_data.metadata.get("exit_code")
            code = stated.value if stated is not None and isinstance(stated.value, int) else code
            complain(f"{event.step_key}: {data.user_failure_data.description}")
        else:
            cause = data.error.cause or data.error if data.error else None
            message = " ".join(cause.message.split()) if cause else "unknown"
            complain(f"{event.step_key}: unexpected failure: {message}")
    complain(f"nothing was published; the whole log is in {_short(log)}")
    return code


def _short(path: Path) -> str:
    """A path as the user would write it from here."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
