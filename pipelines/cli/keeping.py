"""The commands that keep the house: sources, archive, and what is wrong with the installation."""

from pathlib import Path
from typing import Any

import click

from pipelines.cli.options import JSON, PACKAGE, below, source_ids

_FORMS = ("page", "feed", "sitemap", "mediawiki", "telegram", "folder", "warc")
_MOST = click.option(
    "--most", type=click.IntRange(1), default=5, show_default=True, help="Fetch at most so many new articles."
)


@click.command(
    short_help="What is wrong here, and how to mend it.",
    epilog=below("pactwatch doctor", "pactwatch doctor --json | jq '.findings[] | select(.grade == \"bad\")'"),
)
@PACKAGE
@JSON
def doctor(package: Path, as_json: bool) -> int:
    """What is wrong with this installation, and how to mend it.

    Looks at Python, packages and language model, declarations, state, archive, the newest release, disk space, and what is optional.
    It changes nothing and fetches nothing. Exit code 4 where something is broken.
    """
    from pipelines.cli.doctor import doctor as run_doctor

    return run_doctor(package, as_json=as_json)


@click.group(
    short_help="List, test and add sources.",
    epilog=below(
        "pactwatch sources list",
        "pactwatch sources test kremlin",
        "pactwatch sources add feed https://example.org/rss --id example",
    ),
)
def sources() -> None:
    """What is declared in sources/ (or in the folder that PACTWATCH_SOURCES names)."""


@sources.command("list", epilog=below("pactwatch sources list", "pactwatch sources list --json | jq -r .[].id"))
@JSON
def list_sources(as_json: bool) -> int:
    """List the declared sources."""
    from pipelines.cli.sources import list_sources as run_list

    return run_list(as_json=as_json)


@sources.command(
    "test", epilog=below("pactwatch sources test kremlin", "pactwatch sources test kremlin --most 1 --json")
)
@click.argument("name", metavar="ID", shell_complete=source_ids)
@_MOST
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document, texts included.")
def test_source(name: str, most: int, as_json: bool) -> int:
    """Fetch the source ID once, show what comes of it, and keep nothing.

    Exit code 3 where no document comes of it.
    """
    from pipelines.cli.sources import test_source as run_test

    return run_test(name, most, as_json=as_json)


@sources.command(
    "add",
    epilog=below(
        "pactwatch sources add feed https://example.org/rss --id example --license CC-BY-4.0 --quotes",
        'pactwatch sources add mediawiki https://en.wikipedia.org/w/api.php "Chabahar Port" --id chabahar --kind encyclopedia',
        "pactwatch sources add telegram IRNA_en --id irna-channel --kind wire",
        "pactwatch sources add folder reports --id reports --kind official",
    ),
)
@click.argument("form", metavar="FORM", type=click.Choice(_FORMS))
@click.argument("places", metavar="PLACE...", nargs=-1, required=True)
@click.option("--id", required=True, help="How it is called here: lower-case letters, digits, hyphens.")
@click.option("--kind", default="article", show_default=True, help="article, encyclopedia, wire, official or other.")
@click.option("--title", help="Default: the form and the host.")
@click.option("--publisher", help="Who publishes it.")
@click.option("--language", default="en", show_default=True, help="Its language (BCP 47).")
@click.option("--license", help="What is granted (SPDX id, or words). Default: nothing is known to be.")
@click.option("--quotes", is_flag=True, help="Its license allows quotes to be published. Without it only offsets are.")
@click.option("--allow", multiple=True, metavar="HOST", help="A host that may have a private address. May be repeated.")
@click.option("--untested", is_flag=True, help="Write it without having fetched it.")
@_MOST
@JSON
def add_source(untested: bool, most: int, as_json: bool, **given: Any) -> int:
    """Declare a new source: test it, and write sources/ID.yaml where a document comes of it.

    FORM says what it is, PLACE where: addresses of pages, feeds or sitemaps; a public channel; a folder; WARC files; of a wiki the
    address of its api.php and then titles of pages. Nothing is kept of what was fetched; nothing is written over. Exit code 3
    where no document comes of it.
    """
    from pipelines.cli.declare import Given
    from pipelines.cli.declare import add_source as run_add

    return run_add(Given(**given), untested=untested, most=most, as_json=as_json)


@click.group(epilog=below("pactwatch archive status", "pactwatch archive check"))
def archive() -> None:
    """What was fetched, kept for good."""


@archive.command("status", epilog=below("pactwatch archive status", "pactwatch archive status --json | jq .head"))
@JSON
def archive_status(as_json: bool) -> int:
    """Tell the state of the archive, and what each source has in it."""
    from pipelines.cli.archive import status

    return status(as_json=as_json)


@archive.command("check", epilog=below("pactwatch archive check"))
@JSON
def archive_check(as_json: bool) -> int:
    """Read everything in the archive and prove it by its hash (exit code 4 where something is damaged)."""
    from pipelines.cli.archive import check

    return check(as_json=as_json)


@archive.command("reindex", epilog=below("pactwatch archive reindex"))
def archive_reindex() -> int:
    """Build the index of the archive anew from its WARC files, as many as there are."""
    from pipelines.cli.archive import reindex

    return reindex()


COMMANDS = (doctor, sources, archive)
