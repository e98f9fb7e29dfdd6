"""Articles by address, whatever led to them: each is fetched once, asked for again for some days, and read when it is needed.

What a feed or a sitemap says of an article (its title, its date) is archived beside it when it is first fetched, for feeds forget.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta

from pipelines.archive.archive import FILE_PREFIX, Archive
from pipelines.archive.capture import Capture
from pipelines.fetch.client import Fetcher
from pipelines.fetch.response import FetchError, Outcome, Response, Validators
from pipelines.ingest.addresses import article_id, begins_with, identity
from pipelines.ingest.document import Document, Rejected
from pipelines.ingest.html import Page
from pipelines.ingest.language import language_of
from pipelines.ingest.metadata import Metadata, as_date, one_line
from pipelines.ingest.reader import Problem, Tally
from pipelines.ingest.readers.documents import document_of
from pipelines.ingest.readers.parsed import Parsed
from pipelines.ingest.readers.versions import Version, newest_version
from pipelines.ingest.source import Source
from pipelines.printable import shown

ACCEPT = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1"
_ITEM = "item/"
_TROUBLE_IN_A_ROW = 3
_STOPS = {Outcome.THROTTLED}


@dataclass(frozen=True, slots=True)
class Item:
    """An article as a feed or a sitemap announces it."""

    url: str
    """Tidy (see addresses.py)."""
    title: str | None = None
    published: date | None = None
    """The day in the zone in which it is stated."""
    moment: datetime | None = None
    """UTC; to find the newest."""
    changed: datetime | None = None
    """When it last changed, as a sitemap says; UTC."""


class Visit:
    """One refresh of the articles of one source."""

    def __init__(self, source: Source, fetcher: Fetcher, archive: Archive) -> None:
        self.source, self.fetcher, self.archive = source, fetcher, archive
        self.tally = Tally()
        self.now = datetime.now(UTC)
        self._trouble_in_a_row = 0

    def listing(self, url: str, accept: str) -> Capture | None:
        """Fetches a feed or a sitemap; its newest capture with a payload, also where it could not be fetched this time."""
        self._fetch(url, accept)
        return self.archive.newest_payload(self.source.id, url)

    def items(self, items: Iterable[Item], under: tuple[str, ...] = ()) -> None:
        """Fetches what is new among the items, the newest first, and asks again for what is not old."""
        known = self._known()
        wanted: dict[str, Item] = {}
        for item in items:
            self.tally.item(item.moment)
            if begins_with(item.url, under):
                wanted.setdefault(identity(item.url), item)
        fresh = [item for key, item in wanted.items() if key not in known]
        fresh.sort(key=lambda item: (item.moment is None, -(item.moment or self.now).timestamp()))
        for item in fresh[: self.source.fetch.most]:
            if self.stopped:
                break
            # First, so that whatever is archived of an article can be told from feeds and sitemaps.
            self._keep(item)
            self.tally.new += self._fetch(item.url, ACCEPT) is not None
        if len(fresh) > self.source.fetch.most:
            self.tally.notes.append(f"{len(fresh) - self.source.fetch.most} new articles wait for the next refresh")
        for key, captures in known.items():
            self._again(captures, wanted.get(key))

    def pages(self, urls: Iterable[str]) -> None:
        """Fetches pages, whatever their age."""
        for url in urls:
            if not self.stopped:
                self._fetch(url, ACCEPT, counted=True)

    @property
    def stopped(self) -> bool:
        """Whether the host is better left alone for now."""
        return self._trouble_in_a_row >= _TROUBLE_IN_A_ROW

    def _again(self, capture: Capture, item: Item | None) -> None:
        """Asks for an article that is there, where it is young or is said to have changed since."""
        age = self.now - self.first[capture.url]
        changed = item is not None and item.changed is not None and item.changed > capture.captured_at
        if capture.payload_sha256 is None or not (age < timedelta(days=self.source.fetch.recheck) or changed):
            self.tally.unchanged += capture.payload_sha256 is not None
        elif not self.stopped:
            self._fetch(capture.url, ACCEPT, counted=True)

    def _known(self) -> dict[str, Capture]:
        """The newest capture of each article, by identity; `first` then has when each was first fetched."""
        self.first: dict[str, datetime] = {}
        for capture in self.archive.changes(self.source.id):
            self.first.setdefault(capture.url, capture.captured_at)
        newest = self.archive.newest(self.source.id)
        return {identity(c.url): c for c in newest if FILE_PREFIX + _ITEM + c.url in self.first}

    def _keep(self, item: Item) -> None:
        stated = {
            key: value for key, value in asdict(item).items() if key in {"title", "published"} and value is not None
        }
        data = json.dumps(stated, default=str, sort_keys=True, ensure_ascii=False).encode()
        self.archive.add_file(self.source.id, _ITEM + item.url, data, self.now)

    def _fetch(self, url: str, accept: str, *, counted: bool = False) -> Capture | None:
        """Asks for an address and archives the answer; None where there was none, which is noted as a problem."""
        before = self.archive.newest_of(self.source.id, url)
        # What is gone is asked for without conditions: it may be back, unchanged.
        validators = self.archive.validators(self.source.id, url) if before and before.payload_sha256 else None
        self.tally.requests += 1
        try:
            response = self.fetcher.get(url, validators=validators, accept=accept)
        except FetchError as error:
            self.tally.trouble(url, error)
            self._trouble_in_a_row = _TROUBLE_IN_A_ROW if error.outcome in _STOPS else self._trouble_in_a_row + 1
            return None
        self._trouble_in_a_row = 0
        return self._archived(url, before, response, validators, counted=counted)

    def _archived(
        self, url: str, before: Capture | None, response: Response, validators: Validators | None, *, counted: bool
    ) -> Capture | None:
        is_gone = response.status in {404, 410}
        if not (is_gone or response.status == 304 or 200 <= response.status < 300):
            self.tally.problems.append(Problem(url, "status", f"status {response.status} {response.reason}".strip()))
            return None
        if is_gone and before is None:
            self.tally.problems.append(
                Problem(url, "status", f"not there (status {response.status}): check the address")
            )
            return None
        if response.status == 304 and validators is None:
            self.tally.problems.append(Problem(url, "broken", "not changed, says the server, though it was not asked"))
            return None
        capture = self.archive.add_response(self.source.id, response)
        if counted:
            self._count(before, capture)
        return capture

    def _count(self, before: Capture | None, capture: Capture) -> None:
        was_there = before is not None and before.payload_sha256 is not None
        if capture.payload_sha256 is None:
            self.tally.gone += was_there
        elif before is None:
            self.tally.new += 1
            self.tally.item(capture.captured_at)
        elif was_there and before.payload_sha256 == capture.payload_sha256:
            self.tally.unchanged += 1
        else:
            self.tally.changed += 1


def announced_articles(
    source: Source, archive: Archive, until: int | None, parsed: Parsed
) -> Iterator[Document | Rejected]:
    """The documents of all articles that a feed or sitemap ever led to, in the order of their ids."""
    stated: dict[str, Capture] = {}
    pages: dict[str, list[Capture]] = {}
    for capture in archive.changes(source.id, until=until):
        if capture.url.startswith(FILE_PREFIX + _ITEM):
            stated[capture.url.removeprefix(FILE_PREFIX + _ITEM)] = capture
        elif not capture.url.startswith(FILE_PREFIX):
            pages.setdefault(capture.url, []).append(capture)
    items = {url: _item(archive.payload(capture)) for url, capture in stated.items() if url in pages}
    yield from articles({url: pages[url] for url in items}, source, archive, parsed, items)


def articles(
    pages: dict[str, list[Capture]], source: Source, archive: Archive, parsed: Parsed, items: dict[str, Metadata]
) -> Iterator[Document | Rejected]:
    """Documents of pages, given by address with all their captures, oldest first. Two addresses of one article make one document."""
    parsed.prepare(archive, [capture for captures in pages.values() for capture in captures])
    made: dict[str, list[tuple[bool, int, Document]]] = {}
    for url, captures in sorted(pages.items()):
        version = newest_version(captures, lambda capture: parsed.page(archive, capture))
        if isinstance(version, str):
            yield Rejected(f"{source.id}/{shown(url)}", version)
            continue
        canonical = version.content.stated.url or url
        document = article(source, article_id(source.id, canonical), version, items.get(url))
        is_canonical = identity(canonical) == identity(url)
        made.setdefault(document.source_id, []).append((is_canonical, version.capture.seq, document))
    for _, same in sorted(made.items()):
        yield _one_of(same)


def _one_of(same: list[tuple[bool, int, Document]]) -> Document:
    """One document of those of one article: that of its canonical address, else the newest; as old as its text under any of them."""
    chosen = max(same, key=lambda one: one[:2])[2]
    alike = [document for _, _, document in same if document.sha256 == chosen.sha256]
    since = min(document.retrieved_at for document in alike if document.retrieved_at)
    return replace(chosen, retrieved_at=since, reachable=any(document.reachable for document in alike))


def article(source: Source, source_id: str, version: Version[Page], item: Metadata | None) -> Document:
    """The document of one article: what its page says of itself goes before what led to it."""
    stated = version.content.stated.or_else(item or Metadata())
    language = language_of(version.content.text, version.content.stated.language, source.language)
    stated = Metadata(language=language).or_else(stated)
    return document_of(
        source, source_id, version.content.text, stated, version.retrieved_at, reachable=version.reachable
    )


def _item(payload: bytes) -> Metadata:
    try:
        stated = json.loads(payload)
    except ValueError:
        return Metadata()
    return Metadata(title=one_line(stated.get("title")), published=as_date(stated.get("published")))
