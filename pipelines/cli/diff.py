"""`pactwatch diff`."""

from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.cli.terminal import print_table, say, say_json
from pipelines.errors import EXIT_NOT_FOUND, EXIT_OK, PactwatchError

if TYPE_CHECKING:
    from pipelines.release.comparison import Comparison
    from pipelines.release.versions import Release

_TOLD = 200


def diff(first: str | None, second: str | None, package: Path, *, as_json: bool) -> int:
    """Prints what leads from one release to the other; the exit code is 0 whether or not they differ."""
    from pipelines.release.comparison import compare_releases

    one, other = _chosen(first, second, package)
    found = compare_releases(one, other)
    if as_json:
        head = {"from": one.name, "to": other.name, "change": found.change, "schema": found.schema}
        say_json({**head, "changes": found.changes.to_pylist()})
    else:
        _print(one, other, found)
    return EXIT_OK


def _chosen(first: str | None, second: str | None, package: Path) -> "tuple[Release, Release]":
    from pipelines.release.versions import find_release, releases

    if first is not None:
        return find_release(first, package), find_release(second or "latest", package)
    found = releases(package) if package.is_dir() else []
    if len(found) < 2:
        todo = "name two versions or folders, or build again when something has changed"
        raise PactwatchError("there are no two releases to compare", package, todo, EXIT_NOT_FOUND)
    return found[-2], found[-1]


def _print(one: "Release", other: "Release", found: "Comparison") -> None:
    from pipelines.release.changelog import told
    from pipelines.release.changes import counted

    say(f"{one.name} → {other.name}: {found.change}")
    for line in found.schema:
        say(line)
    if counts := counted(found.changes, found.after):
        rows = [[name, *(f"{count:,}" for count in kinds.values())] for name, kinds in counts.items()]
        print_table(["table", "added", "changed", "retracted"], rows)
    for heading, lines in told(found.changes, found.after).items():
        say()
        say(heading)
        for line in lines[:_TOLD]:
            say(f"  {line}")
        if len(lines) > _TOLD:
            say(f"  and {len(lines) - _TOLD:,} more: see --json")
