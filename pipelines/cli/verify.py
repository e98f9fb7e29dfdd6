"""`pactwatch verify`."""

from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.cli.terminal import say, say_json
from pipelines.errors import EXIT_INVALID, EXIT_NOT_FOUND, EXIT_OK, PactwatchError

if TYPE_CHECKING:
    from pipelines.release.verify import Report


def verify(package: Path, documents: Path | None, *, as_json: bool) -> int:
    """Verifies the package (or the newest of a folder of releases) and prints what was proven; exit code 0 or 4."""
    from pipelines.release.verify import verify as run_verify
    from pipelines.release.versions import newest_package

    if documents is not None and not documents.is_dir():
        raise PactwatchError(
            "no such folder", documents, "give the folder that the package was built from", EXIT_NOT_FOUND
        )
    report = run_verify(newest_package(package), documents=documents)
    if as_json:
        say_json(_as_dict(report))
    else:
        _print(report)
    return EXIT_OK if report.ok else EXIT_INVALID


def _as_dict(report: "Report") -> dict[str, object]:
    return {
        "package": str(report.package),
        "version": report.version,
        "ok": report.ok,
        "texts": report.texts,
        "files": {"verified": report.files_good, "of": report.files},
        "tables": report.tables,
        "statements": {"proven": report.proven, "of": report.statements},
        "citations": {"proven": report.citations_proven, "of": report.citations},
        "problems": report.problems,
    }


def _print(report: "Report") -> None:
    say(f"package     {report.package}, version {report.version}")
    say(f"files       {report.files_good} of {report.files} as described")
    say(f"tables      {report.tables} read")
    say(f"statements  {report.proven} of {report.statements} proven{_share(report.proven, report.statements)}")
    say(f"citations   {report.citations_proven} of {report.citations} proven")
    if not report.texts:
        say(
            "            there are no texts here: what the passages say was not read again (--documents, or the archive)"
        )
    for problem in report.problems:
        say(f"problem     {problem}")
    say("verified" if report.ok else f"NOT verified: {len(report.problems)} problems")


def _share(good: int, of: int) -> str:
    return f" ({100 * good / of:.0f} %)" if of else ""
