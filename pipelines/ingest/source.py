"""What a declaration in `sources/` says: a source, where its text comes from, and how it is fetched.

One class a kind of source. How its declaration is written is in kinds.py, how it is read in readers/.
"""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pipelines.ingest.metadata import Metadata

PREVIEW = "https://t.me/s"
"""Where the previews of public channels are served."""


@dataclass(frozen=True, slots=True)
class Folder:
    """The `.txt`, `.md` and `.html` files of one folder."""

    path: Path
    """Absolute."""


@dataclass(frozen=True, slots=True)
class Cited:
    """A place that others cite, known by its URLs and names, and not read itself."""


@dataclass(frozen=True, slots=True)
class Pages:
    """Web pages, by address."""

    urls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Feed:
    """RSS, Atom or JSON feeds, and the articles that they lead to."""

    urls: tuple[str, ...]
    under: tuple[str, ...] = ()
    """Only articles whose address begins with one of these; all where it is empty."""


@dataclass(frozen=True, slots=True)
class Sitemap:
    """Sitemaps, news sitemaps and sitemap indexes, and the articles that they lead to."""

    urls: tuple[str, ...]
    under: tuple[str, ...] = ()
    """As of Feed."""


@dataclass(frozen=True, slots=True)
class MediaWiki:
    """Pages of one wiki, by title, through its API."""

    api: str
    """The address of `api.php`."""
    pages: tuple[str, ...]
    """Titles as a reader sees them."""


@dataclass(frozen=True, slots=True)
class Telegram:
    """The public posts of one channel, from its preview pages."""

    channel: str
    """Its name, without @."""
    back: int = 1
    """At most how many preview pages are read a refresh; one holds about twenty posts."""
    preview: str = PREVIEW
    """Where previews are served."""


@dataclass(frozen=True, slots=True)
class Warc:
    """Articles in WARC files that are there already."""

    files: tuple[Path, ...]
    """Absolute: files, or folders of `.warc` and `.warc.gz` files."""
    under: tuple[str, ...] = ()
    """As of Feed. A crawl of everything holds millions of pages: name what is wanted."""


Kind = Folder | Cited | Pages | Feed | Sitemap | MediaWiki | Telegram | Warc


@dataclass(frozen=True, slots=True)
class Fetching:
    """How a source is fetched."""

    allow: tuple[str, ...] = ()
    """Hosts that may be private, loopback or link-local."""
    every: float = 24.0
    """Hours between two fetches by the schedule."""
    pause: float | None = None
    """Seconds between two requests to a host; None: the fetcher's own, or what robots.txt asks for."""
    most: int = 50
    """Articles that are fetched for the first time in one refresh, at most; the others wait for the next."""
    recheck: int = 3
    """Days for which an article that was fetched is asked for again, conditionally."""
    stale: int | None = None
    """Days without a new item after which the freshness check of the source fails; None: never."""
    tried: date | None = None
    """The day on which the declaration was last seen to work against the live site; None: not tried yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One declaration."""

    id: str
    kind: str
    """One of document.KINDS; what a document of this source is unless it says otherwise."""
    title: str
    publisher: str | None = None
    url: str | None = None
    language: str = "en"
    license: str | None = None
    """SPDX id, or words; None where nothing is granted."""
    quotes: bool = False
    """Whether quotes of its documents may be published."""
    reader: Kind = field(default_factory=Cited)
    """Where its text comes from."""
    fetch: Fetching = Fetching()
    documents: dict[str, Metadata] = field(default_factory=dict)
    """Declared metadata by file name."""
    names: tuple[str, ...] = ()
    """How texts call it ("IRNA", "Islamic Republic News Agency")."""
    urls: tuple[str, ...] = ()
    """Further URL prefixes that are this source, besides `url`."""
    declared_in: str = "the command line"

    @property
    def is_read(self) -> bool:
        """Whether documents come from it; else it is merely cited."""
        return not isinstance(self.reader, Cited)

    @property
    def is_live(self) -> bool:
        """Whether reading it takes the network."""
        return not isinstance(self.reader, Folder | Cited | Warc)
