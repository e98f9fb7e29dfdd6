"""The commands that make something: releases, again or anew, and what one document yields."""

from pathlib import Path
from typing import Any

import click

from pipelines.cli.options import (
    ACCEPT_FALL,
    CLUSTER,
    FOLDER,
    JSON,
    MEMORY_LIMIT,
    OUT,
    RELEASES,
    below,
    source_ids,
    versions,
)


@click.command(
    short_help="Read documents and publish a release.",
    epilog=below(
        "pactwatch build",
        "pactwatch build --documents reports --out reports-dist",
        "pactwatch build --json | jq .version",
    ),
)
@click.option(
    "--documents",
    type=FOLDER,
    help="Folder of .txt, .md and .html files. Default: the folders that sources/ declares.",
)
@OUT
@ACCEPT_FALL
@CLUSTER
@MEMORY_LIMIT
@JSON
def build(documents: Path | None, out: str, as_json: bool, **how: Any) -> int:
    """Read documents and publish a data package: OUT/VERSION, and OUT/latest leading to the newest. No network.

    Nothing is published where a check fails (exit code 4), and no new version where nothing changed. What cannot be read is set
    aside with its reason and stops nothing else. All other state is kept under PACTWATCH_HOME (default: .pactwatch).
    """
    from pipelines.cli.build import How
    from pipelines.cli.build import build as run_build

    return run_build(documents, out, How(**how), as_json=as_json)


@click.command(
    short_help="Fetch what is declared, then build and publish.",
    epilog=below(
        "pactwatch refresh",
        "pactwatch refresh kremlin uk-fcdo",
        "pactwatch refresh --offline --json",
        "0 5 * * *  cd PROJECT && .venv/bin/pactwatch refresh   (in a crontab)",
    ),
)
@click.argument("source", nargs=-1, shell_complete=source_ids)
@click.option("--offline", is_flag=True, help="Fetch nothing: build from folders and archive.")
@OUT
@ACCEPT_FALL
@CLUSTER
@MEMORY_LIMIT
@JSON
def refresh(source: tuple[str, ...], offline: bool, out: str, as_json: bool, **how: Any) -> int:
    """Fetch what sources/ declares (or only each SOURCE, by its id), then build and publish.

    A source that cannot be fetched stops nothing else: the dataset is built from what was read of it before, and the exit code is 5.
    """
    from pipelines.cli.build import How
    from pipelines.cli.refresh import refresh as run_refresh

    return run_refresh(source, out, How(**how), offline=offline, as_json=as_json)


@click.command(
    epilog=below(
        "pactwatch extract report.txt",
        "pactwatch extract report.txt --gold report.yaml",
        "pactwatch extract report.html --json",
    )
)
@click.argument("file", type=FOLDER)
@click.option("--gold", type=FOLDER, help="A YAML annotation of the document: what is missed and wrong is marked.")
@JSON
def extract(file: Path, gold: Path | None, as_json: bool) -> int:
    """What one document yields by itself. Nothing is published or kept."""
    from pipelines.cli.extract import extract as run_extract

    return run_extract(file, gold, as_json=as_json)


@click.command(
    short_help="Build a past state from the archive.",
    epilog=below(
        "pactwatch replay --version 1.4.0 --out again",
        "pactwatch replay --at 2026-11-25 --out then",
        "pactwatch replay --head 1200 --out then",
    ),
)
@click.option(
    "--at", metavar="TIME", help="The state as of then (ISO 8601, UTC unless it bears a zone; a day: its end)."
)
@click.option("--head", type=int, help="The state after so many captures.")
@click.option(
    "--version",
    shell_complete=versions,
    help="The state that this release was built from, and the release before for its ids.",
)
@click.option("--out", type=FOLDER, required=True, help="An empty folder for what is built.")
@click.option(
    "--package",
    "releases",
    type=FOLDER,
    default=Path("dist"),
    show_default=True,
    help="Folder of releases (--version).",
)
@JSON
def replay(at: str | None, head: int | None, version: str | None, out: Path, releases: Path, as_json: bool) -> int:
    """Build a past state again, from the archive alone: no network, no folders of today.

    With --version the release comes out as it was published, byte for byte, where declarations and code are those that it
    was made with. Where they are not, it is built all the same and the differences are told (exit code 4).
    """
    from pipelines.cli.replay import replay as run_replay

    return run_replay(at, head, version, out, releases, as_json=as_json)


@click.command(
    short_help="Build a release again and compare.",
    epilog=below("pactwatch rebuild", "pactwatch rebuild 1.4.0 --package dist"),
)
@click.argument("version", default="latest", shell_complete=versions)
@RELEASES
@JSON
def rebuild(version: str, package: Path, as_json: bool) -> int:
    """Build release VERSION again from the archived texts and the release before it, and compare byte by byte.

    Nothing is published. Exit code 4 where something differs; declarations that are not what they were are named.
    """
    from pipelines.cli.rebuild import rebuild as run_rebuild

    return run_rebuild(version, package, as_json=as_json)


@click.command(
    short_help="Copy releases to a store or folder.",
    epilog=below(
        "pactwatch publish s3://bucket/pactwatch",
        "pactwatch publish /mnt/share/pactwatch --package dist",
        "pactwatch publish s3://bucket/pactwatch --json | jq .files",
    ),
)
@click.argument("place", metavar="PLACE")
@RELEASES
@JSON
def publish(place: str, package: Path, as_json: bool) -> int:
    """Copy every release that PLACE lacks to it: s3://BUCKET/PREFIX, the address of another store (fsspec), or a folder.

    Readers see a version when it is whole. A release that is there is never overwritten, what is there is not sent again, and what
    was broken off is gone on with. Every refresh does the same for the places of PACTWATCH_PLACES.
    """
    from pipelines.cli.publish import publish as run_publish

    return run_publish(place, package, as_json=as_json)


COMMANDS = (build, refresh, extract, replay, rebuild, publish)
