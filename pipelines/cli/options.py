"""What several commands share: options, the text below each help page, and what the shell completes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from pipelines.errors import EXIT_CODES, PactwatchError
from pipelines.project import memory_size

FOLDER = click.Path(path_type=Path)
_MOST = 200  # ids that a shell is offered at once

CODES = "Exit codes: " + "; ".join(f"{code} {meaning.split(':')[0]}" for code, meaning in EXIT_CODES.items())

Decorated = Callable[[Callable[..., Any]], Callable[..., Any]]

JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
OUT = click.option(
    "--out",
    default="dist",
    show_default=True,
    metavar="PATH",
    envvar="PACTWATCH_OUT",
    help="Folder that releases go to, or s3://BUCKET/PREFIX; PACTWATCH_OUT where it is not given.",
)
PACKAGE = click.option(
    "--package",
    type=FOLDER,
    default=Path("dist"),
    show_default=True,
    help="A package, or a folder of releases (the newest).",
)
RELEASES = click.option("--package", type=FOLDER, default=Path("dist"), show_default=True, help="A folder of releases.")
ACCEPT_FALL = click.option(
    "--accept-fall", is_flag=True, help="Publish although a table fell below its floor (sql/checks/floors.yaml)."
)

CLUSTER = click.option(
    "--cluster",
    metavar="ADDRESS",
    envvar="PACTWATCH_CLUSTER",
    help="Have a Dask cluster read the documents, and resolve what they say: the address of its scheduler (tcp://HOST:8786). See docs/scale.md.",
)


def _size(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    return None if value is None else memory_size(value)


MEMORY_LIMIT = click.option(
    "--memory-limit",
    metavar="SIZE",
    envvar="PACTWATCH_MEMORY_LIMIT",
    callback=_size,
    help="Memory that DuckDB may take in a step before it goes on on the disk; 1GB where it is not given. See docs/scale.md.",
)


def below(*examples: str) -> str:
    """The text below a help page: examples, each as it is typed, and what the exit codes mean."""
    # \b keeps click from wrapping the lines that follow, up to the next empty one.
    return "\b\nExamples:\n" + "\n".join(f"  {example}" for example in examples) + f"\n\n{CODES}"


def examples_of(command: click.Command) -> list[str]:
    """The examples that below() put there."""
    lines = (command.epilog or "").split("\n\n")[0].splitlines()
    return [line.strip() for line in lines if line.startswith("  ")]


def record_ids(context: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Ids of the newest package that begin so, each with its few words; none where there is no package."""
    from pipelines.release.record import ids

    try:
        found = ids(context.params.get("package") or Path("dist"), incomplete, _MOST)
    except PactwatchError:
        return []
    return [CompletionItem(record_id, help=words) for record_id, words in found]


def source_ids(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Ids of declared sources that begin so; none where the declarations are broken."""
    from pipelines.ingest.registry import load_registry

    try:
        declared = load_registry().sources
    except PactwatchError:
        return []
    return [CompletionItem(source.id, help=source.title) for source in declared if source.id.startswith(incomplete)]


def versions(context: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Releases in the folder, and `latest`."""
    from pipelines.release.versions import LATEST, releases

    folder = context.params.get("package") or context.params.get("releases") or Path("dist")
    found = [release.name for release in releases(folder)] if folder.is_dir() else []
    return [CompletionItem(name) for name in [*found, LATEST] if name.startswith(incomplete)]
