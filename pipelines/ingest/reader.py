"""What every kind of source can do: bring what is new into the archive, and turn what the archive holds into documents."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pipelines.archive.capture import Capture
from pipelines.fetch.response import Response, Validators
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


class Fetcher(Protocol):
    """The part of the fetcher that readers use."""

    def get(
        self,
        url: str,
        *,
        validators: Validators | None = None,
        accept: str | None = None,
        params: dict[str, str] | None = None,
        robots: bool = True,
    ) -> Response:
        """A whole response, or FetchError."""


class Archive(Protocol):
    """The part of the archive that readers use. What is added is there for good; `until` names a past state by its number of captures."""

    def add_response(self, source_id: str, response: Response) -> Capture:
        """Archives a response: a new payload, or a revisit where the payload is the one before or the status is 304."""

    def add_file(self, source_id: str, name: str, data: bytes, mediatype: str) -> Capture:
        """Archives a file under `file:NAME`."""

    def add_gone(self, source_id: str, url: str, status: int | None, captured_at: datetime) -> Capture:
        """Archives that what was at `url` is no longer there."""

    def validators(self, source_id: str, url: str) -> Validators | None:
        """What makes the next request of `url` conditional."""

    def newest(self, source_id: str, url: str, until: int | None = None) -> Capture | None:
        """The newest capture of `url`."""

    def history(self, source_id: str, until: int | None = None) -> Iterator[Capture]:
        """All captures of a source, oldest first."""

    def payload(self, capture: Capture) -> bytes:
        """The payload of a capture, or of the one that it revisits."""


class Reader(Protocol):
    """One kind of source."""

    def collect(self, source: Source, fetcher: Fetcher, archive: Archive) -> Collected:
        """Brings what is new outside into the archive. The only step that touches the network or the clock."""

    def documents(self, source: Source, archive: Archive, until: int | None) -> Iterator[Document | Rejected]:
        """The documents of a source as of the first `until` captures (None: all), each under the id that it has within the source.

        A function of the archive and the declaration alone. Ids are unique within the source, not over all sources.
        """
