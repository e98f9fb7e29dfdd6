"""`pactwatch verify`."""

from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.cli.terminal import say, say_json
from pipelines.cli.watch import display
from pipelines.errors import EXIT_INVALID, EXIT_NOT_FOUND, EXIT_OK, EXIT_UNSAFE, PactwatchError

if TYPE_CHECKING:
    from pipelines.release.proof.report import Report


def verify(package: Path, documents: Path | None, public_key: str | None, *, as_json: bool) -> int:
    """Verifies the package (or the newest of a folder of releases) and prints what was proven; exit code 0, 4 or 6."""
    from pipelines.release.proof.bounded import verify_bounded
    from pipelines.release.proof.signature import check_signature
    from pipelines.release.versions import newest_package

    if documents is not None and not documents.is_dir():
        raise PactwatchError(
            "no such folder", documents, "give the folder that the package was built from", EXIT_NOT_FOUND
        )
    package = newest_package(package)
    signed, unsigned = (None, None) if public_key is None else check_signature(package, public_key)
    with display("verifying"):
        report = verify_bounded(package, documents=documents)
    report.signed = signed
    if unsigned is not None:
        report.problem("signature", unsigned)
    if as_json:
        say_json(_as_dict(report))
    else:
        _print(report)
    return EXIT_UNSAFE if report.unsafe else EXIT_OK if report.ok else EXIT_INVALID


def _as_dict(report: "Report") -> dict[str, object]:
    return {
        "package": str(report.package),
        "version": report.version,
        "ok": report.ok,
        "texts": report.texts,
        "files": {"verified": report.files_good, "of": report.files},
        "tables": report.tables,
        "rules": report.rules,
        "views": report.views,
        "signed": report.signed,
        "unsafe": report.unsafe,
        "kinds": dict(report.kinds),
        "statements": {"proven": report.proven, "of": report.statements},
        "citations": {"proven": report.citations_proven, "of": report.citations},
        "problems": report.problems,
    }


def _print(report: "Report") -> None:
    say(f"package     {report.package}, version {report.version}")
    say(f"files       {report.files_good} of {report.files} as described")
    say(f"tables      {report.tables} read, {report.rules} rules tried")
    if not report.views:
        say("            the views of the database are not those of this Pactwatch, and were not compared")
    say(f"statements  {report.proven} of {report.statements} proven{_share(report.proven, report.statements)}")
    say(f"citations   {report.citations_proven} of {report.citations} proven")
    if not report.texts:
        say(
            "            there are no texts here: what the passages say was not read again (--documents, or the archive)"
        )
    if report.signed is not None:
        say(f"signature   good: {report.signed}")
    for problem in report.problems:
        say(f"problem     {problem}")
    if report.unsafe:
        say(
            "do not open this package with anything else: something in it leads out of it, is not what it seems, or is a trap"
        )
    say("verified" if report.ok else f"NOT verified: {report.kinds.total()} problems")


def _share(good: int, of: int) -> str:
    return f" ({100 * good / of:.0f} %)" if of else ""
