"""`pactwatch sources list`."""

from pathlib import Path

from pipelines.cli.terminal import print_table, say_json
from pipelines.errors import EXIT_OK
from pipelines.ingest.kinds import name_of
from pipelines.ingest.registry import load_registry
from pipelines.ingest.source import Cited, Feed, Folder, MediaWiki, Pages, Sitemap, Source, Telegram, Warc
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
        "from": f"{name_of(source.reader)} {_place(source) or ''}".strip(),
        "tried": _tried(source),
        "license": source.license,
        "quotes": source.quotes,
        "url": source.url,
        "declared_in": source.declared_in,
    }


def _place(source: Source) -> str | None:
    match source.reader:
        case Folder(path):
            return _short(path)
        case Pages(urls) | Feed(urls) | Sitemap(urls):
            return ", ".join(urls)
        case MediaWiki(api, pages):
            return f"{len(pages)} pages of {api}"
        case Telegram(channel, _, preview):
            return f"{preview}/{channel}"
        case Warc(files):
            return ", ".join(map(_short, files))
        case Cited():
            return None


def _tried(source: Source) -> str | None:
    """The day on which a live source was last seen to work, or that it was not; None for what takes no network."""
    if not source.is_live:
        return None
    return source.fetch.tried.isoformat() if source.fetch.tried else "not yet"


def _short(path: Path) -> str:
    return str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)
