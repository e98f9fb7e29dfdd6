"""Of all captures of one document, the text that stands now: the newest that can be read, and since when it has been so."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from pipelines.archive.capture import Capture
from pipelines.ingest.text import UnreadableTextError


class HasText(Protocol):
    """What was read of a payload."""

    @property
    def text(self) -> str:
        """Normalised."""


_T = TypeVar("_T", bound=HasText)


@dataclass(frozen=True, slots=True)
class Version(Generic[_T]):
    """The text of a document as it stands."""

    capture: Capture
    content: _T
    retrieved_at: datetime
    """When this very text was first captured, however often the page around it has changed since."""
    reachable: bool
    """Whether the newest capture is this text: else the page is gone, or what is there now is no article."""


def newest_version(captures: Iterable[Capture], read: Callable[[Capture], _T]) -> Version[_T] | str:
    """The newest version of one document that can be read, or why none can. `captures` are all of it, oldest first.

    `read` makes content of a capture with a payload; UnreadableTextError where there is none.
    """
    listed = list(captures)
    reason = "it was gone before it was read: nothing to do"
    for index in range(len(listed) - 1, -1, -1):
        capture = listed[index]
        if capture.payload_sha256 is None:
            continue
        try:
            content = read(capture)
        except UnreadableTextError as error:
            reason = str(error) if reason.startswith("it was gone") else reason
            continue
        since = _since(listed[:index], capture, content, read)
        return Version(capture, content, since, reachable=index == len(listed) - 1)
    return reason


def _since(before: list[Capture], capture: Capture, content: _T, read: Callable[[Capture], _T]) -> datetime:
    since = capture.captured_at
    for earlier in reversed(before):
        if earlier.payload_sha256 is None:
            continue
        try:
            same = earlier.payload_sha256 == capture.payload_sha256 or read(earlier).text == content.text
        except UnreadableTextError:
            continue
        if not same:
            break
        since = earlier.captured_at
    return since
