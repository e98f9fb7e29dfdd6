"""What every kind of source can do: bring what is new into the archive, and turn what the archive holds into documents."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from pipelines.archive.archive import Archive
from pipelines.fetch.client import Fetcher
from pipelines.fetch.response import FetchError
from pipelines.ingest.document import Document, Rejected
from pipelines.ingest.source import Source


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that could not be fetched; the next refresh tries it again."""

    url: str
    outcome: str
    """A fetch Outcome, `status` (an answer that is neither a page nor says that it is gone), or `unreadable`."""
    detail: str
    """One line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What came of one source in one refresh. Counts are of items: pages, articles, posts, files."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    gone: int = 0
    """Found missing in this refresh; those missed before are not counted again."""
    requests: int = 0
    """Asked of the fetcher; redirects, retries and robots.txt are the fetcher's own."""
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    """What is no problem and yet worth a line: a page that was moved, an item that waits for the next refresh."""
    newest_item: datetime | None = None
    """When the newest item was published, as the source says; else when it was first fetched. None where there is none."""


@dataclass(slots=True)
class Tally:
    """A Collected in the making."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    gone: int = 0
    requests: int = 0
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    newest_item: datetime | None = None

    def trouble(self, url: str, error: Exception) -> None:
        """Takes note of something that could not be fetched, or that makes no sense."""
        outcome = error.outcome.value if isinstance(error, FetchError) else "unreadable"
        self.problems.append(Problem(url, outcome, str(error)))

    def item(self, moment: datetime | None) -> None:
        """Takes note of when an item was published."""
        if moment is not None and (self.newest_item is None or moment > self.newest_item):
            self.newest_item = moment

    def collected(self) -> Collected:
        """What came of it."""
        return Collected(
            new=self.new,
            changed=self.changed,
            unchanged=self.unchanged,
            gone=self.gone,
            requests=self.requests,
            problems=tuple(self.problems),
            notes=tuple(self.notes),
            newest_item=self.newest_item,
        )


class Reader(Protocol):
    """One kind of source."""

    def collect(self, source: Source, fetcher: Fetcher, archive: Archive) -> Collected:
        """Brings what is new outside into the archive. The only step that touches the network or the clock."""

    def documents(self, source: Source, archive: Archive, until: int | None) -> Iterator[Document | Rejected]:
        """The documents of a source as of the first `until` captures (None: all), each under the id that it has within the source.

        A function of the archive and the declaration alone. Ids are unique within the source, not over all sources.
        """
