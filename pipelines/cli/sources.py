"""`pactwatch sources list`."""

from pipelines.cli.terminal import print_table, say_json
from pipelines.errors import EXIT_OK
from pipelines.ingest.registry import Cited, Folder, Source, load_registry
from pipelines.project import ROOT


def list_sources(*, as_json: bool) -> int:
    """Prints every declared source."""
    rows = [_row(source) for source in load_registry().sources]
    if as_json:
        say_json(rows)
    else:
        print_table(list(rows[0]) if rows else ["id"], [list(row.values()) for row in rows])
    return EXIT_OK


def _row(source: Source) -> dict[str, object]:
    return {
        "id": source.id,
        "kind": source.kind,
        "title": source.title,
        "from": _place(source),
        "license": source.license,
        "quotes": source.quotes,
        "url": source.url,
        "declared_in": source.declared_in,
    }


def _place(source: Source) -> str:
    match source.reader:
        case Folder(path):
            return f"folder {path.relative_to(ROOT) if path.is_relative_to(ROOT) else path}"
        case Cited():
            return "cited"
