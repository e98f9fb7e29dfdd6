"""`pactwatch sources list` and `pactwatch sources test ID`; what a source yields when it is tried."""

import tempfile
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Any

from pipelines.cli.terminal import print_table, say, say_json
from pipelines.errors import EXIT_INVALID, EXIT_NOT_FOUND, EXIT_OK, PactwatchError
from pipelines.ingest.document import Document, Rejected
from pipelines.ingest.kinds import name_of
from pipelines.ingest.reader import Collected
from pipelines.ingest.registry import load_registry
from pipelines.ingest.source import Cited, Feed, Folder, MediaWiki, Pages, Sitemap, Source, Telegram, Warc
from pipelines.project import ROOT

_SHOWN = 20


def list_sources(*, as_json: bool) -> int:
    """Prints every declared source."""
    rows = [_row(source) for source in load_registry().sources]
    if as_json:
        say_json(rows)
    else:
        print_table(list(rows[0]) if rows else ["id"], [list(row.values()) for row in rows])
    return EXIT_OK


def test_source(name: str, most: int, *, as_json: bool) -> int:
    """Collects one source into an archive that is thrown away, and prints what was found; the exit code."""
    source = load_registry().find(name)
    if not source.is_read:
        raise PactwatchError(
            f"{name} is only cited", source.declared_in, "declare under `from` where it is read", EXIT_INVALID
        )
    source = replace(source, fetch=replace(source.fetch, most=min(most, source.fetch.most)))
    with tempfile.TemporaryDirectory(prefix="pactwatch-") as folder:
        collected, made = try_out(source, Path(folder))
    documents = [one for one in made if isinstance(one, Document)]
    rejected = [one for one in made if isinstance(one, Rejected)]
    if as_json:
        say_json(told(collected, documents, rejected))
    else:
        print_trial(collected, documents, rejected)
        say("nothing was kept")
    return EXIT_OK if documents else EXIT_NOT_FOUND


def try_out(source: Source, folder: Path) -> tuple[Collected, list[Document | Rejected]]:
    """Collects a source into an archive in `folder`: what that told, and the documents that come of it."""
    from pipelines.archive.archive import Archive
    from pipelines.fetch.client import Fetcher, Limits
    from pipelines.ingest.readers import reader_of

    limits = Limits() if source.fetch.pause is None else Limits(pause=source.fetch.pause)
    with Archive(folder / "archive") as archive, Fetcher(folder / "hosts", limits, allow=source.fetch.allow) as fetcher:
        reader = reader_of(source)
        return reader.collect(source, fetcher, archive), list(reader.documents(source, archive, None))


def print_trial(collected: Collected, documents: list[Document], rejected: list[Rejected]) -> None:
    """A trial in lines."""
    newest = f"{collected.newest_item:%Y-%m-%d %H:%M} UTC" if collected.newest_item else "unknown"
    say(f"requests    {collected.requests}, items {collected.new}, newest {newest}")
    for problem in collected.problems[:_SHOWN]:
        say(f"problem     {problem.url}: {problem.detail}")
    for note in collected.notes[:_SHOWN]:
        say(f"note        {note}")
    for item in rejected[:_SHOWN]:
        say(f"set aside   {item.path}: {item.reason}")
    say(
        f"documents   {len(documents)}, {sum(not one.language.startswith('en') for one in documents)} of them not in English"
    )
    rows = [[one.source_id, one.published, one.language, one.words, one.title or ""] for one in documents[:_SHOWN]]
    print_table(["source_id", "published", "language", "words", "title"], rows)


def told(collected: Collected, documents: list[Document], rejected: list[Rejected]) -> dict[str, Any]:
    """A trial as JSON."""
    shown = (
        "source_id",
        "kind",
        "title",
        "publisher",
        "url",
        "language",
        "published",
        "revision",
        "license",
        "words",
        "text",
    )
    return {
        "requests": collected.requests,
        "items": collected.new,
        "newest_item": collected.newest_item.isoformat() if collected.newest_item else None,
        "problems": [asdict(problem) for problem in collected.problems],
        "notes": list(collected.notes),
        "documents": [{name: _plain(getattr(one, name)) for name in shown} for one in documents],
        "set_aside": [asdict(item) for item in rejected],
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


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
