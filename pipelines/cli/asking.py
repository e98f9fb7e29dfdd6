"""The commands that ask: what is in a release, why, what changed, and whether it is true to its sources."""

import sys
from pathlib import Path

import click

from pipelines.cli.options import FOLDER, JSON, PACKAGE, RELEASES, below, record_ids, versions


@click.command(
    epilog=below(
        'pactwatch query "SELECT * FROM timeline LIMIT 10"',
        "pactwatch query - < sql/examples/04_what_to_watch.sql",
        'pactwatch query "FROM agreement_register" --format csv > agreements.csv',
        'pactwatch query "SELECT table_name, column_name, comment FROM duckdb_columns() WHERE NOT internal"',
    )
)
@click.argument("sql")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "json", "parquet"]),
    help="Default: table on a terminal, else csv.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@PACKAGE
def query(sql: str, form: str | None, as_json: bool, package: Path) -> int:
    """Run SQL, read-only, on a package's database.

    SQL is one statement, or - to read it from standard input. It can read nothing but that database, and change nothing.
    """
    from pipelines.cli.query import query as run_query

    return run_query(sys.stdin.read() if sql == "-" else sql, "json" if as_json else form, package)


@click.command(
    short_help="A record as it stands in its table.",
    epilog=below(
        "pactwatch show irn", "pactwatch show evt-6e414baf7e07", "pactwatch show evt-6e414baf7e07 --json | jq .row.date"
    ),
)
@click.argument("record_id", shell_complete=record_ids)
@PACKAGE
@JSON
def show(record_id: str, package: Path, as_json: bool) -> int:
    """A record as it stands in its table, and who takes part in it.

    RECORD_ID is an id of an event, agreement, actor, source or statement. An id of an earlier release is followed to the record it is now.
    """
    from pipelines.cli.show import show as run_show

    return run_show(record_id, package, as_json=as_json)


@click.command(
    short_help="Why a record says what it says.",
    epilog=below(
        "pactwatch explain evt-6e414baf7e07",
        "pactwatch explain imran-khan --json",
        "pactwatch explain evt-6e414baf7e07 --package dist/1.0.0",
    ),
)
@click.argument("record_id", shell_complete=record_ids)
@PACKAGE
@JSON
def explain(record_id: str, package: Path, as_json: bool) -> int:
    """Why a record says what it says: each cell with its words, the rule that read them, who is quoted, and what lost against it.

    RECORD_ID is an event_id, an agreement_id or an actor_id. An id of an earlier release is followed to the record it is now.
    """
    from pipelines.cli.explain import explain as run_explain

    return run_explain(record_id, package, as_json=as_json)


@click.command(
    short_help="What changed between two releases.",
    epilog=below(
        "pactwatch diff",
        "pactwatch diff 1.0.0 1.4.2",
        "pactwatch diff 1.0.0 --json",
        "pactwatch diff /mnt/old/1.0.0 latest",
    ),
)
@click.argument("first", required=False, shell_complete=versions)
@click.argument("second", required=False, shell_complete=versions)
@RELEASES
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document, every cell in it.")
def diff(first: str | None, second: str | None, package: Path, as_json: bool) -> int:
    """Show what changed from release FIRST to SECOND, cell by cell, with the statement that caused it.

    Each is a version (1.4.2, latest) in the folder of releases, or the folder of a package. SECOND is the newest where
    it is left out; without both the last two releases are compared.
    """
    from pipelines.cli.diff import diff as run_diff

    return run_diff(first, second, package, as_json=as_json)


@click.command(
    "versions",
    short_help="List the releases.",
    epilog=below("pactwatch versions", "pactwatch versions --package /srv/releases --json"),
)
@RELEASES
@JSON
def list_versions(package: Path, as_json: bool) -> int:
    """List the releases in a folder, with the day of the newest document and how many rows they have."""
    from pipelines.cli.versions import versions as run_versions

    return run_versions(package, as_json=as_json)


@click.command(
    short_help="Prove a release against its texts.",
    epilog=below(
        "pactwatch verify",
        "pactwatch verify dist/1.0.0 --documents corpus",
        "pactwatch verify --json | jq .problems",
        "pactwatch verify THEIRS --public-key theirs.pub",
    ),
)
@click.argument("package", type=FOLDER, default=Path("dist"))
@click.option("--documents", type=FOLDER, help="Read the texts from this folder instead of from the state's archive.")
@click.option(
    "--public-key", metavar="KEY", help="Ask for a signature of minisign's: the file of its public key, or its text."
)
@JSON
def verify(package: Path, documents: Path | None, public_key: str | None, as_json: bool) -> int:
    """Prove PACKAGE: files, tables, rules, CSV and database against Parquet, and every passage against its text.

    PACKAGE is a package, or a folder of releases (the newest). Default: dist. It may be anybody's: nothing in it is run or
    followed. Exit code 6 where something in it could harm who opens it, 4 where it is wrong in another way.
    """
    from pipelines.cli.verify import verify as run_verify

    return run_verify(package, documents, public_key, as_json=as_json)


@click.command(
    short_help="Open the page of the newest release.",
    epilog=below("pactwatch explore", "pactwatch explore --serve", "pactwatch explore --serve --port 8800 --quiet"),
)
@PACKAGE
@click.option(
    "--serve", is_flag=True, help="Serve the releases on this machine's loopback address until interrupted (Ctrl-C)."
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="The port to serve at. Default: one that is free."
)
@click.option("--quiet", is_flag=True, help="Open no browser: only print the address.")
def explore(package: Path, serve: bool, port: int, quiet: bool) -> int:
    """Open the page of the newest release in a browser, and print its address.

    Without --serve that is the one file explorer.html, which needs no server. With it the folder explorer/ is served, whose
    pieces are loaded when they are needed, beside the other files of the releases, and the page for SQL where there is one.
    Nothing else is, and only to this machine.
    """
    from pipelines.cli.explore import explore as run_explore

    return run_explore(package, serve=serve, port=port, look=not quiet)


COMMANDS = (query, show, explain, diff, list_versions, verify, explore)
