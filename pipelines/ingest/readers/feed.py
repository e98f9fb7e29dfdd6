"""RSS, Atom and JSON feeds, and the articles that they lead to."""

import calendar
import contextlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
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
from pipelines.ingest.source import Feed, Source
from pipelines.ingest.text import UnreadableTextError

_ACCEPT = "application/rss+xml,application/atom+xml,application/feed+json,application/xml;q=0.9,application/json;q=0.9,*/*;q=0.1"
_MOST_ITEMS = 5_000
# A reference to half a character (&#xD800;), on which the parser would fail for the whole feed.
_HALF_CHARACTER = re.compile(
    rb"&#(?:[xX]0*[dD][89a-fA-F][0-9a-fA-F]{2}|0*5(?:529[6-9]|5[3-9]\d\d|6\d{3}|7[0-2]\d\d|73[0-3]\d|734[0-3]))(?![0-9a-fA-F]);?"
)


@dataclass(frozen=True, slots=True)
class FeedReader:
    """Reads sources of the kind Feed."""

    parsed: Parsed = field(default_factory=Parsed)

    def collect(self, source: Source, fetcher: Fetcher, archive: Archive) -> Collected:
        """Asks for the feeds, conditionally, then for the articles in them that are new or young."""
        assert isinstance(source.reader, Feed)
        visit = Visit(source, fetcher, archive)
        items: list[Item] = []
        for url in source.reader.urls:
            capture = visit.listing(url, _ACCEPT)
            if capture is None:
                continue
            try:
                items += read_feed(archive.payload(capture), capture.mediatype, capture.final_url)
            except UnreadableTextError as error:
                visit.tally.trouble(url, error)
        visit.items(items, source.reader.under)
        return visit.tally.collected()

    def documents(self, source: Source, archive: Archive, until: int | None) -> Iterator[Document | Rejected]:
        """A document an article."""
        yield from announced_articles(source, archive, until, self.parsed)


def read_feed(data: bytes, mediatype: str | None, base: str) -> list[Item]:
    """The articles of a feed, in its order; UnreadableTextError where it is none. `base` is where it came from."""
    if "json" in (mediatype or "").lower() or data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
        return list(_json_items(data, base))
    import feedparser  # a tenth of a second

    # As a response, so that it knows type and address; markup in titles is not sanitised but later made one line.
    # And as a file: bytes that name a file or an address would be opened.
    data = _HALF_CHARACTER.sub(b"", data)
    headers = {"content-type": mediatype or "", "content-location": base}
    try:
        found = feedparser.parse(BytesIO(data), response_headers=headers, sanitize_html=False)
    except Exception as error:
        # It reads most of what is broken; what it does not read, it fails on in ways of its own.
        raise UnreadableTextError("no feed that can be read: look at its markup") from error
    if not found.get("version") and not found.entries:
        raise UnreadableTextError("no feed: look at the address")
    items = (_entry(entry, base) for entry in found.entries[:_MOST_ITEMS])
    return [item for item in items if item is not None]


def _entry(entry: Any, base: str) -> Item | None:
    url = tidy(str(entry.get("link") or ""), base) if entry.get("link") else None
    if url is None:
        guid = str(entry.get("id") or "")
        url = tidy(guid) if guid.startswith(("http://", "https://")) else None
    if url is None:
        return None
    stated = entry.get("published") or entry.get("updated") or entry.get("date")
    parsed = entry.get("published_parsed") or entry.get("updated_parsed")
    moment = datetime.fromtimestamp(calendar.timegm(parsed), UTC) if parsed and 1900 <= parsed[0] <= 2100 else None
    local = _zoned(str(stated)) if stated else None
    return Item(
        url,
        title=one_line(entry.get("title")),
        published=local.date() if local else moment.date() if moment else None,
        moment=moment or (local.astimezone(UTC) if local and local.tzinfo else None),
    )


def _json_items(data: bytes, base: str) -> Iterator[Item]:
    try:
        feed = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise UnreadableTextError("no feed: it is no JSON") from error
    entries = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(entries, list):
        raise UnreadableTextError("no feed: JSON without items")
    for entry in entries[:_MOST_ITEMS]:
        if not isinstance(entry, dict):
            continue
        address = entry.get("url") or entry.get("external_url") or entry.get("id")
        if isinstance(address, str) and (url := tidy(address, base)) is not None:
            local = _zoned(str(entry.get("date_published") or ""))
            moment = local.astimezone(UTC) if local and local.tzinfo else None
            yield Item(url, one_line(entry.get("title")), local.date() if local else None, moment)


def _zoned(stated: str) -> datetime | None:
    """A date of RFC 822 or ISO 8601 in the zone that it states."""
    with contextlib.suppress(ValueError, TypeError, IndexError, OverflowError):
        found = datetime.fromisoformat(stated.strip())
        return found if 1900 <= found.year <= 2100 else None
    with contextlib.suppress(ValueError, TypeError, IndexError, OverflowError):
        found = parsedate_to_datetime(stated)
        return found if 1900 <= found.year <= 2100 else None
    return None
