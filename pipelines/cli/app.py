"""The commands and their options, and how their errors are told."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from pipelines.cli.terminal import complain
from pipelines.errors import EXIT_FAILURE, EXIT_OK, PactwatchError
from pipelines.project import ENGINE_VERSION

_CODES = "Exit codes: 0 done, 1 failure, 2 wrong usage, 3 not found, 4 validation failed, 5 done but for a source that could not be fetched, 6 a package that is not safe to open."
_ACCEPT_FALL = click.option(
    "--accept-fall", is_flag=True, help="Publish although a table fell below its floor (sql/checks/floors.yaml)."
)
_FOLDER = click.Path(path_type=Path)
_OUT = click.option(
    "--out",
    type=_FOLDER,
    default=Path("dist"),
    show_default=True,
    envvar="PACTWATCH_OUT",
    help="Folder that releases go to; PACTWATCH_OUT where it is not given.",
)


@click.group(epilog=_CODES, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(ENGINE_VERSION, prog_name="pactwatch")
def cli() -> None:
    """Events and agreements between states, from texts to a validated data package."""


@cli.command(epilog=_CODES)
@click.option(
    "--documents",
    type=_FOLDER,
    help="Folder of .txt, .md and .html files. Default: the folders that sources/ declares.",
)
@_OUT
@_ACCEPT_FALL
def build(documents: Path | None, out: Path, accept_fall: bool) -> int:
    """Read documents and publish a data package: OUT/VERSION, and OUT/latest leading to the newest. No network.

    Nothing is published where a check fails (exit code 4). All other state is kept under PACTWATCH_HOME (default: .pactwatch).
    """
    from pipelines.cli.build import build as run_build

    return run_build(documents, out, accept_fall=accept_fall)


@cli.command(epilog=_CODES)
@click.argument("source", nargs=-1)
@click.option("--offline", is_flag=True, help="Fetch nothing: build from folders and archive.")
@_OUT
@_ACCEPT_FALL
def refresh(source: tuple[str, ...], offline: bool, out: Path, accept_fall: bool) -> int:
    """Fetch what sources/ declares (or only each SOURCE, by its id), then build and publish.

    A source that cannot be fetched stops nothing else: the dataset is built from what was read of it before, and the exit code is 5.
    """
    from pipelines.cli.refresh import refresh as run_refresh

    return run_refresh(source, out, offline=offline, accept_fall=accept_fall)


@cli.command(epilog=_CODES)
@click.argument("sql")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "json", "parquet"]),
    help="Default: table on a terminal, else csv.",
)
@click.option(
    "--package",
    type=_FOLDER,
    default=Path("dist"),
    show_default=True,
    help="A package, or a folder of releases (the newest).",
)
def query(sql: str, form: str | None, package: Path) -> int:
    """Run SQL, read-only, on a package's database.

    SQL is one statement, or - to read it from standard input. Example: pactwatch query "SELECT * FROM timeline LIMIT 10"
    """
    from pipelines.cli.query import query as run_query

    return run_query(sys.stdin.read() if sql == "-" else sql, form, package)


@cli.command(epilog=_CODES)
@click.argument("package", type=_FOLDER, default=Path("dist"))
@click.option("--documents", type=_FOLDER, help="Read the texts from this folder instead of from the state's archive.")
@click.option(
    "--public-key", metavar="KEY", help="Ask for a signature of minisign's: the file of its public key, or its text."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def verify(package: Path, documents: Path | None, public_key: str | None, as_json: bool) -> int:
    """Prove PACKAGE: files, tables, rules, CSV and database against Parquet, and every passage against its text.

    PACKAGE is a package, or a folder of releases (the newest). Default: dist. It may be anybody's: nothing in it is run or
    followed. Exit code 6 where something in it could harm who opens it, 4 where it is wrong in another way.
    """
    from pipelines.cli.verify import verify as run_verify

    return run_verify(package, documents, public_key, as_json=as_json)


@cli.command(epilog=_CODES)
@click.argument("first", required=False)
@click.argument("second", required=False)
@click.option("--package", type=_FOLDER, default=Path("dist"), show_default=True, help="A folder of releases.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document, every cell in it.")
def diff(first: str | None, second: str | None, package: Path, as_json: bool) -> int:
    """Show what changed from release FIRST to SECOND, cell by cell, with the statement that caused it.

    Each is a version (1.4.2, latest) in the folder of releases, or the folder of a package. SECOND is the newest where
    it is left out; without both the last two releases are compared.
    """
    from pipelines.cli.diff import diff as run_diff

    return run_diff(first, second, package, as_json=as_json)


@cli.command(epilog=_CODES)
@click.argument("record_id")
@click.option(
    "--package",
    type=_FOLDER,
    default=Path("dist"),
    show_default=True,
    help="A package, or a folder of releases (the newest).",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def explain(record_id: str, package: Path, as_json: bool) -> int:
    """Why a record says what it says: each cell with its words, the rule that read them, who is quoted, and what lost against it.

    RECORD_ID is an event_id, an agreement_id or an actor_id. An id of an earlier release is followed to the record it is now.
    """
    from pipelines.cli.explain import explain as run_explain

    return run_explain(record_id, package, as_json=as_json)


@cli.command(epilog=_CODES)
@click.argument("file", type=_FOLDER)
@click.option("--gold", type=_FOLDER, help="A YAML annotation of the document: what is missed and wrong is marked.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def extract(file: Path, gold: Path | None, as_json: bool) -> int:
    """What one document yields by itself. Nothing is published or kept."""
    from pipelines.cli.extract import extract as run_extract

    return run_extract(file, gold, as_json=as_json)


@cli.command(epilog=_CODES)
@click.option(
    "--at", metavar="TIME", help="The state as of then (ISO 8601, UTC unless it bears a zone; a day: its end)."
)
@click.option("--head", type=int, help="The state after so many captures.")
@click.option("--version", help="The state that this release was built from, and the release before for its ids.")
@click.option("--out", type=_FOLDER, required=True, help="An empty folder for what is built.")
@click.option(
    "--package",
    "releases",
    type=_FOLDER,
    default=Path("dist"),
    show_default=True,
    help="Folder of releases (--version).",
)
def replay(at: str | None, head: int | None, version: str | None, out: Path, releases: Path) -> int:
    """Build a past state again, from the archive alone: no network, no folders of today.

    With --version the release comes out as it was published, byte for byte, where declarations and code are those that it
    was made with. Where they are not, it is built all the same and the differences are told (exit code 4).
    """
    from pipelines.cli.replay import replay as run_replay

    return run_replay(at, head, version, out, releases)


@cli.command(epilog=_CODES)
@click.argument("version", default="latest")
@click.option("--package", type=_FOLDER, default=Path("dist"), show_default=True, help="A folder of releases.")
def rebuild(version: str, package: Path) -> int:
    """Build release VERSION again from the archived texts and the release before it, and compare byte by byte.

    Nothing is published. Exit code 4 where something differs; declarations that are not what they were are named.
    """
    from pipelines.cli.rebuild import rebuild as run_rebuild

    return run_rebuild(version, package)


@cli.group()
def sources() -> None:
    """What is declared in sources/."""


@sources.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def list_sources(as_json: bool) -> int:
    """List the declared sources."""
    from pipelines.cli.sources import list_sources as run_list

    return run_list(as_json=as_json)


@sources.command("test", epilog=_CODES)
@click.argument("name", metavar="ID")
@click.option("--most", type=click.IntRange(1), default=5, show_default=True, help="At most so many new articles.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document, texts included.")
def test_source(name: str, most: int, as_json: bool) -> int:
    """Fetch the source ID once, show what comes of it, and keep nothing.

    Exit code 3 where no document comes of it.
    """
    from pipelines.cli.sources import test_source as run_test

    return run_test(name, most, as_json=as_json)


@cli.group()
def archive() -> None:
    """What was fetched, kept for good."""


@archive.command("status", epilog=_CODES)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def archive_status(as_json: bool) -> int:
    """Tell the state of the archive, and what each source has in it."""
    from pipelines.cli.archive import status

    return status(as_json=as_json)


@archive.command("check", epilog=_CODES)
def archive_check() -> int:
    """Read everything in the archive and prove it by its hash (exit code 4 where something is damaged)."""
    from pipelines.cli.archive import check

    return check()


@archive.command("reindex", epilog=_CODES)
def archive_reindex() -> int:
    """Build the index of the archive anew from its WARC files, as many as there are."""
    from pipelines.cli.archive import reindex

    return reindex()


def run(arguments: Sequence[str]) -> int:
    """Runs one command; its exit code. Every foreseen error is one line on stderr."""
    try:
        code = cli.main(list(arguments), prog_name="pactwatch", standalone_mode=False)
    except PactwatchError as error:
        complain(str(error))
        return error.exit_code
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        complain("interrupted")
        return 130
    except BrokenPipeError:
        # Whoever read the output has seen enough. Nothing more can be flushed to it either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_FAILURE
    return code if isinstance(code, int) else EXIT_OK
