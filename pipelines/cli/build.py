"""`pactwatch build`: runs Dagster's own job in this process, and tells what came of it in a few lines."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.cli.session import Session, metadata_of, say_if_waiting, session, short, tell_failure
from pipelines.cli.terminal import say
from pipelines.errors import EXIT_NOT_FOUND, EXIT_OK, PactwatchError
from pipelines.project import home

if TYPE_CHECKING:
    from dagster import ExecuteInProcessResult

_UNTOLD = frozenset({"statements", "rejected", "id_history", "changes"})  # each is told of elsewhere, or is no record


def build(documents: Path | None, out: Path, *, accept_fall: bool = False) -> int:
    """Builds and publishes what is there, without the network; the exit code."""
    if documents is not None and not documents.is_dir():
        raise PactwatchError("no such folder", documents, "give a folder of .txt, .md or .html files", EXIT_NOT_FOUND)
    refuse_file(out)
    started = time.monotonic()
    say_if_waiting(home())
    with session("build.log") as opened:
        result = run_refresh(opened, documents, out, accept_fall=accept_fall)
    return tell(result, opened.log, started)


def refuse_file(out: Path) -> None:
    """PactwatchError where releases could not be put into `out`."""
    if out.exists() and not out.is_dir():
        raise PactwatchError("not a folder", out, "give a folder for releases")


def run_refresh(opened: Session, documents: Path | None, out: Path, *, accept_fall: bool) -> "ExecuteInProcessResult":
    """Runs the job `refresh`."""
    from pipelines.definitions import JOB

    folder = None if documents is None else str(documents.absolute())
    settings = {"documents": folder, "out": str(out.absolute()), "accept_fall": accept_fall}
    return opened.run(JOB, {"workspace": settings})


def tell(result: "ExecuteInProcessResult", log: Path, started: float) -> int:
    """What came of a run of `refresh`, on stdout, or on stderr where it failed; the exit code."""
    if not result.success:
        return tell_failure(result, log)
    made = metadata_of(result)
    _tell_documents(made["documents"], made["raw_statements"])
    _tell_rows(made)
    checks = [check for check in result.get_asset_check_evaluations() if check.blocking]
    say(f"checks      {sum(check.passed for check in checks)} of {len(checks)} passed")
    for check in result.get_asset_check_evaluations():
        if not check.blocking and not check.passed:
            say(f"            {check.check_name}: {check.description}")
    _tell_package(made["data_package"])
    say(f"time        {time.monotonic() - started:.1f} s")
    return EXIT_OK


def _tell_documents(documents: dict[str, Any], extracted: dict[str, Any]) -> None:
    say(f"documents   {documents['dagster/row_count']} read, {documents['set_aside']} set aside")
    for path, reason in documents["set_aside_first"]:
        say(f"            {path}: {reason}")
    if (more := documents["set_aside"] - len(documents["set_aside_first"])) > 0:
        say(f"            and {more} more: see the table rejected")
    say(f"extracted   {extracted['documents_read_anew']} anew")


def _tell_rows(made: dict[str, dict[str, Any]]) -> None:
    from pipelines.tables import published

    rows = {table.name: made[table.name]["dagster/row_count"] for table in published()}
    listed = (f"{count:,} {name}" for name, count in rows.items() if name not in _UNTOLD)
    say(f"records     {', '.join(listed)}")
    say(f"statements  {rows['statements']:,}, each with the passage that says it")


def _tell_package(package: dict[str, Any]) -> None:
    for table, ids in package["retracted_ids"].items():
        if ids:
            count = package["retracted"][table]
            say(f"retracted   {count:,} {table}: {', '.join(ids)}{', …' if count > len(ids) else ''}")
    unchanged = "" if package["new"] else " (unchanged: the newest release has this content)"
    say(f"version     {package['version']}{unchanged}")
    say(f"folder      {short(Path(package['folder']))}")
