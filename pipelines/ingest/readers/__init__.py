"""One small module a kind of source, and the table that says which reads which."""

from collections.abc import Callable, Mapping

from pipelines.archive.keyed import KeyedStore
from pipelines.ingest.reader import Reader
from pipelines.ingest.readers.feed import FeedReader
from pipelines.ingest.readers.folder import FolderReader
from pipelines.ingest.readers.mediawiki import MediaWikiReader
from pipelines.ingest.readers.page import PageReader
from pipelines.ingest.readers.parsed import Parsed
from pipelines.ingest.readers.sitemap import SitemapReader
from pipelines.ingest.readers.telegram import TelegramReader
from pipelines.ingest.readers.warc import WarcReader
from pipelines.ingest.source import Feed, Folder, Kind, MediaWiki, Pages, Sitemap, Source, Telegram, Warc

READERS: Mapping[type[Kind], Callable[[Parsed], Reader]] = {
    Folder: lambda _: FolderReader(),
    Pages: PageReader,
    Feed: FeedReader,
    Sitemap: SitemapReader,
    MediaWiki: MediaWikiReader,
    Telegram: TelegramReader,
    Warc: WarcReader,
}


def reader_of(source: Source, store: KeyedStore | None = None) -> Reader:
    """The reader of a source. What it makes of payloads is kept in `store`, so that it is made once. KeyError for one that is only cited."""
    return READERS[type(source.reader)](Parsed(store))
