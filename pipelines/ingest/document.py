"""What every reader hands on: a document with its normalised text, or the reason why there is none."""

from dataclasses import dataclass
from datetime import date, datetime

KINDS = ("article", "encyclopedia", "wire", "official", "other")


@dataclass(frozen=True, slots=True)
class Document:
    """One document as read. Offsets anywhere in the project count code points of `text`."""

    source_id: str
    """File name without its ending, or source and name or address of a page; made unique within a build."""
    kind: str
    """One of KINDS."""
    title: str | None
    publisher: str | None
    url: str | None
    language: str
    """BCP 47."""
    published: date | None
    """None where neither declaration, metadata nor dateline says it: never the clock, never a file's time."""
    revision: str | None
    retrieved_at: datetime | None
    """UTC, when the present text was first captured; None for files of a folder."""
    sha256: str
    """Of the normalised text in UTF-8, hex."""
    words: int
    license: str | None
    publish_quotes: bool
    text: str
    """Normalised text (see text.py)."""
    reachable: bool = True
    """False where the page was gone, or no article any more, when it was last asked for: the text that was read stays."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """One input that was set aside."""

    path: str
    """As given, relative to its folder, without control and bidi characters."""
    reason: str
    """One line: what is wrong and what to do."""
