"""Sitemaps, news sitemaps and sitemap indexes, and the articles that they lead to."""

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

from pipelines.archive.archive import Archive
from pipelines.fetch.client import Fetcher
from pipelines.ingest.addresses import tidy
from pipelines.ingest.document import Document, Rejected
from pipelines.ingest.metadata import one_line
from pipelines.ingest.reader import Collected
from pipelines.ingest.readers.articles import Item, Visit, announced_articles
from pipelines.ingest.readers.parsed import Parsed
from pipelines.ingest.source import Sitemap, Source
from pipelines.ingest.text import UnreadableTextError

_ACCEPT = "application/xml,text/xml;q=0.9,*/*;q=0.1"
_MOST_BYTES = 60_000_000
"""Once decompressed; the protocol allows 50 MB."""
_MOST_ENTRIES = 50_000
_MOST_PARTS = 20
"""Sitemaps that are followed from an index, the newest first."""
_DEEPEST = 2


@dataclass(frozen=True, slots=True)
class SitemapReader:
    """Reads sources of the kind Sitemap."""

    parsed: Parsed = field(default_factory=Parsed)

    def collect(self, source: Source, fetcher: Fetcher, archive: Archive) -> Collected:
        """Asks for the sitemaps, conditionally, then for the articles in them that are new, young or said to have changed."""
        assert isinstance(source.reader, Sitemap)
        visit = Visit(source, fetcher, archive)
        items: list[Item] = []
        seen: set[str] = set()
        for url in source.reader.urls:
            _follow(visit, url, items, seen, _DEEPEST)
        visit.items(items, source.reader.under)
        return visit.tally.collected()

    def documents(self, source: Source, archive: Archive, until: int | None) -> Iterator[Document | Rejected]:
        """A document an article."""
        yield from announced_articles(source, archive, until, self.parsed)


def _follow(visit: Visit, url: str, items: list[Item], seen: set[str], depth: int) -> None:
    seen.add(url)
    capture = visit.listing(url, _ACCEPT)
    if capture is None:
        return
    try:
        parts, found = read_sitemap(visit.archive.payload(capture), capture.final_url)
    except UnreadableTextError as error:
        visit.tally.trouble(url, error)
        return
    items += found
    parts.sort(key=lambda part: (part.changed is None, -(part.changed or visit.now).timestamp()))
    wanted = [part for part in parts if part.url not in seen]
    if wanted and not depth:
        visit.tally.notes.append(f"an index within an index within an index is not followed: {url}")
        return
    if len(wanted) > _MOST_PARTS:
        visit.tally.notes.append(f"of {len(wanted)} sitemaps the newest {_MOST_PARTS} are read: {url}")
    for part in wanted[:_MOST_PARTS]:
        if not visit.stopped:
            _follow(visit, part.url, items, seen, depth - 1)


def read_sitemap(data: bytes, base: str) -> tuple[list[Item], list[Item]]:
    """The sitemaps that an index leads to, and the articles of a sitemap; UnreadableTextError where it is neither."""
    from lxml import etree

    parts: list[Item] = []
    items: list[Item] = []
    root = None
    try:
        events = etree.iterparse(
            BytesIO(_unpacked(data)), events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False, recover=True
        )  # fmt: skip
        for event, element in events:
            name = _name(element)
            if event == "start":
                root = root or name
                continue
            if name in {"sitemap", "url"} and len(parts) + len(items) < _MOST_ENTRIES:
                if (item := _entry(element, base)) is not None:
                    (parts if name == "sitemap" else items).append(item)
                element.clear()
    except (etree.XMLSyntaxError, UnicodeDecodeError) as error:  # half characters in the name of an element
        raise UnreadableTextError(f"no sitemap: {one_line(str(error))}") from error
    if root not in {"sitemapindex", "urlset"}:
        raise UnreadableTextError("no sitemap: look at the address")
    return parts, items


def _unpacked(data: bytes) -> bytes:
    if not data.startswith(b"\x1f\x8b"):
        return data
    try:
        with gzip.open(BytesIO(data)) as file:
            content = file.read(_MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableTextError("no sitemap: its compression cannot be read") from error
    if len(content) > _MOST_BYTES:
        raise UnreadableTextError(f"no sitemap: larger than {_MOST_BYTES / 1e6:g} MB once unpacked")
    return content


def _entry(element: Any, base: str) -> Item | None:
    said: dict[str, str] = {}
    for part in element.iter():
        if part is not element and isinstance(part.tag, str) and part.text:
            said.setdefault(_name(part), part.text)
    url = tidy(said.get("loc", ""), base) if said.get("loc") else None
    if url is None:
        return None
    stated = said.get("publication_date")
    changed = _moment(said.get("lastmod"))
    return Item(url, one_line(said.get("title")), _day(stated), _moment(stated) or changed, changed)


def _name(element: Any) -> str:
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def _day(stated: str | None) -> date | None:
    try:
        return date.fromisoformat((stated or "").strip()[:10])
    except ValueError:
        return None


def _moment(stated: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat((stated or "").strip())
    except ValueError:
        return None
    return (
        (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC) if 1900 <= found.year <= 2100 else None
    )
