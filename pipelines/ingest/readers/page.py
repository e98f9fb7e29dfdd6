"""Web pages by address."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from urllib.parse import unquote, urlsplit

from pipelines.archive.archive import Archive
from pipelines.fetch.client import Fetcher
from pipelines.ingest.addresses import hash8, slug
from pipelines.ingest.document import Document, Rejected
from pipelines.ingest.reader import Collected
from pipelines.ingest.readers.articles import Visit, article
from pipelines.ingest.readers.parsed import Parsed
from pipelines.ingest.readers.versions import newest_version
from pipelines.ingest.source import Pages, Source
from pipelines.printable import shown


@dataclass(frozen=True, slots=True)
class PageReader:
    """Reads sources of the kind Pages."""

    parsed: Parsed = field(default_factory=Parsed)

    def collect(self, source: Source, fetcher: Fetcher, archive: Archive) -> Collected:
        """Asks for every page, conditionally."""
        assert isinstance(source.reader, Pages)
        visit = Visit(source, fetcher, archive)
        visit.pages(source.reader.urls)
        return visit.tally.collected()

    def documents(self, source: Source, archive: Archive, until: int | None) -> Iterator[Document | Rejected]:
        """A document a page that was ever read: SOURCE where one page is declared, else SOURCE-last-part-of-the-path."""
        assert isinstance(source.reader, Pages)
        urls = source.reader.urls
        ids = dict.fromkeys(urls, source.id) if len(urls) == 1 else _ids(source.id, urls)
        captures = {url: list(archive.changes(source.id, url, until=until)) for url in urls}
        self.parsed.prepare(archive, [capture for url in urls for capture in captures[url]])
        for url in urls:
            if not captures[url]:
                continue
            version = newest_version(captures[url], lambda capture: self.parsed.page(archive, capture))
            if isinstance(version, str):
                yield Rejected(f"{source.id}/{shown(url)}", version)
            else:
                yield replace(article(source, ids[url], version, None), source_id=ids[url])


def _ids(source_id: str, urls: tuple[str, ...]) -> dict[str, str]:
    """SOURCE-slug of the last part of the path, with a hash of the address where that is empty or not the only one."""
    slugs = {url: slug(unquote(urlsplit(url).path.rstrip("/").rpartition("/")[2])) for url in urls}
    often = list(slugs.values())
    return {
        url: "-".join(filter(None, (source_id, part, hash8(url) if not part or often.count(part) > 1 else "")))
        for url, part in slugs.items()
    }
