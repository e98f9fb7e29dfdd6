"""One entry of the archive."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Capture:
    """One response (or file, or answer that a page is gone) of one source, in the order in which they were archived.

    Captures are never changed or removed. The state of the archive at any time is its first N captures: `seq` names it.
    """

    seq: int
    """1, 2, 3 …: the place in the archive."""
    source_id: str
    """The declared source on whose behalf it was fetched."""
    url: str
    """As asked for: with source_id, what a document is the newest version of. Files bear `file:NAME`."""
    final_url: str
    """After redirects."""
    captured_at: datetime
    """UTC, whole seconds."""
    kind: str
    """response (a new payload), revisit (the same payload as before, or 304), resource (a file), gone (404, 410, removed)."""
    status: int | None
    """HTTP status; None for files."""
    mediatype: str | None
    """The Content-Type header as received."""
    payload_sha256: str | None
    """Of the payload, hex; None where there is none (gone)."""
    etag: str | None
    last_modified: str | None
    record: str
    """WARC file name, offset and length of the record: "NAME:OFFSET:LENGTH"."""
