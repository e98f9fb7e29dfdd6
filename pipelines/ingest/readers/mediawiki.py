"""Pages of a wiki through its API. Works with MediaWiki 1.31 and newer and needs no extension.

One request asks for the newest revision of up to fifty pages; only those with a new one are fetched, rendered (action=parse). What
is archived for a title is its rendered page under one address, whatever the page is called by now, so that its captures are its
history: moved pages are found by their page id, redirects are followed by the wiki.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

from pipelines.archive.archive import Archive
from pipelines.archive.capture import Capture
from pipelines.fetch.client import Fetcher
from pipelines.fetch.response import FetchError, Outcome, Response
from pipelines.ingest.addresses import unique_ids
from pipelines.ingest.document import Document, Rejected
from pipelines.ingest.language import language_of
from pipelines.ingest.metadata import Metadata
from pipelines.ingest.reader import Collected, Problem, Tally
from pipelines.ingest.readers.documents import document_of
from pipelines.ingest.readers.parsed import Parsed
from pipelines.ingest.readers.versions import newest_version
from pipelines.ingest.readers.wiki_api import FORM, MAXLAG, Api, ApiError, read_json
from pipelines.ingest.source import MediaWiki, Source
from pipelines.ingest.text import UnreadableTextError
from pipelines.ingest.wiki_text import wiki_text

_BATCH = 50
_LONGEST_QUERY = 6_000


@dataclass(frozen=True, slots=True)
class _Found:
    """What the wiki says of a title now."""

    title: str
    page_id: int | None
    revision: int | None
    """None where there is no such page."""
    timestamp: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Rendered:
    """A page as archived."""

    text: str
    title: str
    page_id: int
    revision: int


@dataclass(frozen=True, slots=True)
class MediaWikiReader:
    """Reads sources of the kind MediaWiki."""

    parsed: Parsed = field(default_factory=Parsed)
    sleep: Callable[[float], None] = field(default=time.sleep)

    def collect(self, source: Source, fetcher: Fetcher, archive: Archive) -> Collected:
        """Fetches the pages that have a new revision. An unchanged world costs one request for each fifty pages."""
        assert isinstance(source.reader, MediaWiki)
        run = _Run(source, Api(source.reader.api, fetcher, self.sleep), archive, self.parsed)
        try:
            run.pages()
        except (FetchError, ApiError, UnreadableTextError) as error:
            run.tally.trouble(source.reader.api, error)
        run.tally.requests = run.api.requests
        return run.tally.collected()

    def documents(self, source: Source, archive: Archive, until: int | None) -> Iterator[Document | Rejected]:
        """A document for each title that was ever read, of its newest revision."""
        assert isinstance(source.reader, MediaWiki)
        site = _site(source, archive, until)
        for title, source_id in unique_ids(source.id, source.reader.pages).items():
            captures = list(archive.changes(source.id, _page_url(source.reader, title), until=until))
            if not captures:
                continue
            version = newest_version(captures, lambda capture: _rendered(archive, self.parsed, capture))
            if isinstance(version, str):
                yield Rejected(f"{source.id}/{title}", version)
                continue
            page = version.content
            stated = Metadata(
                title=page.title,
                url=site.address_of(page.title) if site else None,
                revision=str(page.revision),
                license=source.license or (site.license if site else None),
                language=language_of(page.text, site.language if site else None, source.language),
            )
            # No date of its own: a page grows over years, and "last week" in it may be of any of them.
            yield document_of(source, source_id, page.text, stated, version.retrieved_at, reachable=version.reachable)


class _Run:
    """One refresh of one wiki."""

    def __init__(self, source: Source, api: Api, archive: Archive, parsed: Parsed) -> None:
        assert isinstance(source.reader, MediaWiki)
        self.source, self.wiki, self.api, self.archive, self.parsed = source, source.reader, api, archive, parsed
        self.tally = Tally()

    def pages(self) -> None:
        """All declared pages, a batch at a time."""
        for batch in _batches(self.wiki.pages):
            found = self._newest_revisions("titles", batch)
            for title in batch:
                try:
                    self._page(title, found.get(title))
                except (ApiError, UnreadableTextError) as error:
                    self.tally.trouble(title, error)
                except FetchError as error:
                    self.tally.trouble(title, error)
                    if error.outcome in {Outcome.THROTTLED, Outcome.UNREACHABLE}:
                        return

    def _page(self, title: str, found: _Found | None) -> None:
        url = _page_url(self.wiki, title)
        newest = self.archive.newest_of(self.source.id, url)
        known = self._known(url)
        asked = url
        if (found is None or found.revision is None) and known and newest and newest.payload_sha256 is not None:
            # Not there under this title: it may have been moved without leaving a redirect.
            found = next(iter(self._newest_revisions("pageids", [str(known.page_id)]).values()), None)
            asked = self.api.url(action="parse", pageid=str(known.page_id), **_PARSE)
        if found is None or found.revision is None:
            self._gone(title, url, newest)
            return
        if found.title not in {title, known.title if known else None}:
            self.tally.notes.append(f"{title} is now {found.title}")
        self.tally.item(found.timestamp)
        if known and known.revision == found.revision and newest is not None and newest.payload_sha256 is not None:
            self.tally.unchanged += 1
            return
        self._site_info()
        response = self.api.ask(asked)
        _read(response.body)
        # Under one address whatever it was asked by: its captures are the history of the title.
        kept = Response(
            url, response.final_url, 200, response.reason, response.headers, response.body, response.fetched_at
        )
        self.archive.add_response(self.source.id, kept)
        self.tally.changed += known is not None
        self.tally.new += known is None

    def _gone(self, title: str, url: str, newest: Capture | None) -> None:
        if newest is None:
            self.tally.problems.append(Problem(title, "missing", "the wiki has no such page: check the title"))
        elif newest.payload_sha256 is not None:
            self.archive.add_gone(self.source.id, url, datetime.now(UTC), None, "missing, says the API of the wiki")
            self.tally.notes.append(f"{title} was deleted: its last text stays")
            self.tally.gone += 1

    def _known(self, url: str) -> _Rendered | None:
        """The newest archived version of a page."""
        captures = [c for c in self.archive.changes(self.source.id, url) if c.payload_sha256 is not None]
        return _rendered(self.archive, self.parsed, captures[-1]) if captures else None

    def _newest_revisions(self, key: str, names: list[str]) -> dict[str, _Found]:
        """What stands under each name (titles, or page ids), by the name as given."""
        leads: dict[str, str] = {}
        pages: dict[str, _Found] = {}
        parameters = {key: "|".join(names), "prop": "revisions", "rvprop": "ids|timestamp", "redirects": "1"}
        for part in self.api.query(**parameters):
            for step in (*part.get("normalized", ()), *part.get("converted", ()), *part.get("redirects", ())):
                leads[str(step["from"])] = str(step["to"])
            for page in part.get("pages", ()):
                newest: dict[str, Any] = next(iter(page.get("revisions", ())), {})
                name = str(page.get("title", page.get("pageid")))
                pages[name] = _Found(name, page.get("pageid"), newest.get("revid"), _moment(newest.get("timestamp")))
        if key == "pageids":
            return pages
        return {name: pages[end] for name in names if (end := _end(name, leads)) in pages}

    def _site_info(self) -> None:
        """Archives once what the wiki says of itself: how addresses of pages are made, its license, its language."""
        url = _site_url(self.wiki)
        if self.archive.newest_of(self.source.id, url) is None:
            self.archive.add_response(self.source.id, self.api.ask(url))


_PARSE = {"prop": "text|revid|displaytitle", "redirects": "1", "disableeditsection": "1", "disabletoc": "1", "disablelimitreport": "1", "maxlag": MAXLAG}  # fmt: skip


def _page_url(wiki: MediaWiki, title: str) -> str:
    return f"{wiki.api}?{urlencode({'action': 'parse', 'page': title, **_PARSE, **FORM}, quote_via=quote)}"


def _site_url(wiki: MediaWiki) -> str:
    parameters = {"action": "query", "meta": "siteinfo", "siprop": "general|rightsinfo", **FORM}
    return f"{wiki.api}?{urlencode(parameters, quote_via=quote)}"


def _batches(titles: tuple[str, ...]) -> Iterator[list[str]]:
    batch: list[str] = []
    for title in titles:
        if len(batch) == _BATCH or len(quote("|".join([*batch, title]))) > _LONGEST_QUERY:
            yield batch
            batch = []
        batch.append(title)
    if batch:
        yield batch


def _end(name: str, leads: dict[str, str]) -> str:
    """Where a title leads by way of normalisation and redirects."""
    seen = {name}
    while (following := leads.get(name)) is not None and following not in seen:
        seen.add(following)
        name = following
    return name


def _rendered(archive: Archive, parsed: Parsed, capture: Capture) -> _Rendered:
    """The page of a capture; UnreadableTextError where it is none."""
    (page,) = parsed.recall([capture], "wiki", lambda one: _content(archive.payload(one)))
    if "reason" in page:
        raise UnreadableTextError(str(page["reason"]))
    return _Rendered(**page)


def _content(payload: bytes) -> dict[str, Any]:
    try:
        return asdict(_read(payload))
    except UnreadableTextError as error:
        return {"reason": str(error)}


def _read(payload: bytes) -> _Rendered:
    """An answer of action=parse; UnreadableTextError where it is none."""
    page = read_json(payload).get("parse")
    if not isinstance(page, dict):
        raise UnreadableTextError("the API gave no page: look at it")
    title, markup, page_id, revision = (page.get(key) for key in ("title", "text", "pageid", "revid"))
    if not (
        isinstance(title, str) and isinstance(markup, str) and isinstance(page_id, int) and isinstance(revision, int)
    ):
        raise UnreadableTextError("the API gave a page without title, text or revision: look at it")
    # JSON can spell half a character, which no text can hold.
    title, markup = (text.encode("utf-8", "replace").decode() for text in (title, markup))
    return _Rendered(wiki_text(title, markup), title, page_id, revision)


def _moment(value: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(str(value)).astimezone(UTC) if value else None
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class _Site:
    """What a wiki says of itself."""

    server: str
    article_path: str
    language: str | None
    license: str | None

    def address_of(self, title: str) -> str:
        """Where readers find a page."""
        name = quote(title.replace(" ", "_"), safe="/:,;@!$*()~-._")
        return self.server + self.article_path.replace("$1", name)


def _site(source: Source, archive: Archive, until: int | None) -> _Site | None:
    assert isinstance(source.reader, MediaWiki)
    captures = [c for c in archive.changes(source.id, _site_url(source.reader), until=until) if c.payload_sha256]
    if not captures:
        return None
    told = read_json(archive.payload(captures[-1])).get("query") or {}
    general, rights = told.get("general") or {}, told.get("rightsinfo") or {}
    server = str(general.get("server") or "")
    # Wikipedia says "//en.wikipedia.org".
    server = f"{source.reader.api.split(':')[0]}:{server}" if server.startswith("//") else server
    return _Site(server, str(general.get("articlepath") or "/$1"), general.get("lang"), rights.get("text") or None)
