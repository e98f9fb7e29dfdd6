"""`pactwatch versions`."""

from pathlib import Path

from pipelines.cli.terminal import print_table, say_json
from pipelines.errors import EXIT_NOT_FOUND, EXIT_OK, PactwatchError


def versions(package: Path, *, as_json: bool) -> int:
    """Prints the releases in a folder, the oldest first."""
    from pipelines.release.versions import releases

    found = releases(package) if package.is_dir() else []
    if not found:
        raise PactwatchError("there are no releases", package, "make one with `pactwatch build`", EXIT_NOT_FOUND)
    rows = []
    for release in found:
        rows_of = _rows(release.folder)
        rows.append(
            {
                "version": release.name,
                "newest_input": release.descriptor().get("created"),
                **{name: rows_of.get(name) for name in ("sources", "events", "agreements", "actors", "statements")},
                "folder": str(release.folder),
            }
        )
    if as_json:
        say_json(rows)
    else:
        print_table(list(rows[0]), [list(row.values()) for row in rows])
    return EXIT_OK


def _rows(folder: Path) -> dict[str, int]:
    from pipelines.release.manifest import read_manifest

    try:
        rows: dict[str, int] = read_manifest(folder)["rows"]
    except (OSError, ValueError):  # `verify` says what is wrong with it; the list is to name it all the same
        return {}
    return rows
