"""`pactwatch build`: runs Dagster's own job in this process, and tells what came of it in a few lines."""

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.cli.session import Session, metadata_of, say_if_waiting, session, short, tell_failure
from pipelines.cli.terminal import say, say_json
from pipelines.errors import EXIT_NOT_FOUND, EXIT_OK, PactwatchError
from pipelines.project import home
from pipelines.release.place import declared_places, is_address, open_place

if TYPE_CHECKING:
    from dagster import ExecuteInProcessResult

_UNTOLD = frozenset({"statements", "rejected", "id_history", "changes"})  # each is told of elsewhere, or is no record


@dataclass(frozen=True, slots=True)
class How:
    """What may be said of a build beside what it reads and where it goes; the fields are those of the resource Workspace."""

    accept_fall: bool = False
    cluster: str | None = None
    memory_limit: str | None = None


def build(documents: Path | None, out: str, how: How, *, as_json: bool = False) -> int:
    """Builds and publishes what is there, without the network; the exit code."""
    if documents is not None and not documents.is_dir():
        raise PactwatchError("no such folder", documents, "give a folder of .txt, .md or .html files", EXIT_NOT_FOUND)
    refuse_unusable(out)
    started = time.monotonic()
    say_if_waiting(home())
    with session("build.log") as opened:
        result = run_refresh(opened, documents, out, how)
    return tell(result, opened.log, started, as_json=as_json)


def refuse_unusable(out: str) -> None:
    """PactwatchError where releases could not be put into `out`, or a place that they are to be copied to is none."""
    if not is_address(out) and Path(out).exists() and not Path(out).is_dir():
        raise PactwatchError("not a folder", out, "give a folder for releases")
    for address in declared_places(out):
        open_place(address)


def run_refresh(opened: Session, documents: Path | None, out: str, how: How) -> "ExecuteInProcessResult":
    """Runs the job `refresh`."""
    from pipelines.definitions import JOB

    folder = None if documents is None else str(documents.absolute())
    settings = {
        "documents": folder,
        "out": out if is_address(out) else str(Path(out).absolute()),
        **asdict(how),
    }
    return opened.run(JOB, {"workspace": settings})


def tell(
    result: "ExecuteInProcessResult",
    log: Path,
    started: float,
    *,
    as_json: bool = False,
    more: Mapping[str, Any] | None = None,
) -> int:
    """What came of a run of `refresh`, on stdout, or on stderr where it failed; the exit code. `more` goes into the JSON first."""
    if not result.success:
        return tell_failure(result, log)
    summary = {**_summary(result), "seconds": round(time.monotonic() - started, 1)}
    if as_json:
        say_json({**(more or {}), **summary})
    else:
        _print(summary)
    return EXIT_OK


def _summary(result: "ExecuteInProcessResult") -> dict[str, Any]:
    """What a run made, as JSON tells it."""
    from pipelines.tables import published

    made = metadata_of(result)
    documents, package = made["documents"], made["data_package"]
    checks = [check for check in result.get_asset_check_evaluations() if check.blocking]
    return {
        "documents": {
            "read": documents["dagster/row_count"],
            "set_aside": documents["set_aside"],
            "set_aside_first": [{"path": path, "reason": reason} for path, reason in documents["set_aside_first"]],
            "extracted_anew": made["raw_statements"]["documents_read_anew"],
        },
        "rows": {table.name: made[table.name]["dagster/row_count"] for table in published()},
        "checks": {"passed": sum(check.passed for check in checks), "of": len(checks)},
        "warnings": [
            {"check": check.check_name, "told": check.description}
            for check in result.get_asset_check_evaluations()
            if not check.blocking and not check.passed
        ],
        "retracted": {
            table: {"count": package["retracted"][table], "first": list(ids)}
            for table, ids in package["retracted_ids"].items()
            if ids
        },
        "version": package["version"],
        "new": bool(package["new"]),
        "folder": str(package["folder"]),
        "places": made["places"]["sent"],
    }


def sent_line(place: Mapping[str, Any]) -> str:
    """What a place got (release.mirror.Mirrored): the versions that were not whole there, and how much was sent."""
    if not place["versions"]:
        return f"{place['newest']}, all there already"
    sent = f"{place['files']:,} files, {place['bytes']:,} bytes"
    return f"{', '.join(place['versions'])} sent ({sent}), newest {place['newest']}"


def _print(summary: Mapping[str, Any]) -> None:
    documents, rows = summary["documents"], summary["rows"]
    say(f"documents   {documents['read']} read, {documents['set_aside']} set aside")
    for item in documents["set_aside_first"]:
        say(f"            {item['path']}: {item['reason']}")
    if (more := documents["set_aside"] - len(documents["set_aside_first"])) > 0:
        say(f"            and {more} more: see the table rejected")
    say(f"extracted   {documents['extracted_anew']} anew")
    listed = (f"{count:,} {name}" for name, count in rows.items() if name not in _UNTOLD)
    say(f"records     {', '.join(listed)}")
    say(f"statements  {rows['statements']:,}, each with the passage that says it")
    say(f"checks      {summary['checks']['passed']} of {summary['checks']['of']} passed")
    for warning in summary["warnings"]:
        say(f"            {warning['check']}: {warning['told']}")
    for table, gone in summary["retracted"].items():
        more_ids = ", …" if gone["count"] > len(gone["first"]) else ""
        say(f"retracted   {gone['count']:,} {table}: {', '.join(gone['first'])}{more_ids}")
    unchanged = "" if summary["new"] else " (unchanged: the newest release has this content)"
    say(f"version     {summary['version']}{unchanged}")
    say(f"folder      {short(Path(summary['folder']))}")
    for place in summary["places"]:
        say(f"place       {place['place']}: {sent_line(place)}")
    say(f"time        {summary['seconds']:.1f} s")
