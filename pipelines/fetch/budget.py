"""What a request may still cost: seconds until the deadline and bytes off the wire, asked at every single receive."""

import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from pipelines.fetch.response import FetchError, Outcome
from pipelines.printable import shown

_SHOWN = 200
# Framing, headers and chunk sizes come on top of the body; what passes this is no honest answer.
_OVERHEAD = 1 << 20


@dataclass(slots=True)
class Budget:
    """One request, its redirects and its retries share a deadline; bytes are counted anew for each exchange.

    It is asked where the socket is read, so that bytes which drip, header lines without end and chunk sizes of megabytes all
    run into it. `url` is what is being asked for at the moment, for the message.
    """

    url: str
    seconds: float
    connect_seconds: float
    max_bytes: int
    allow: Collection[str] = ()
    connections: int = 0
    _received: int = 0
    _until: float = field(default=0.0)

    def __post_init__(self) -> None:
        self._until = time.monotonic() + self.seconds

    def left(self) -> float:
        """Seconds until the deadline; FetchError once it has passed."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise FetchError(
                Outcome.TOO_SLOW,
                self.url,
                f"no end after {self.seconds:g} s, {where(self.url)}: left for the next time",
            )
        return left

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Time that is not counted: waiting for our turn, and asking for a robots.txt, which has a budget of its own."""
        started = time.monotonic()
        try:
            yield
        finally:
            self._until += time.monotonic() - started

    def took(self, count: int) -> None:
        """Bytes were received; FetchError where they pass what a body of `max_bytes` can cost."""
        self._received += count
        if self._received > 2 * self.max_bytes + _OVERHEAD:
            raise too_large(self.url, self.max_bytes)

    @contextmanager
    def spent_on(self, url: str) -> Iterator[None]:
        """All sockets read inside belong to one exchange of this budget."""
        self.url, self._received = url, 0
        token = _CURRENT.set(self)
        try:
            yield
        finally:
            _CURRENT.reset(token)


_CURRENT: ContextVar[Budget | None] = ContextVar("budget", default=None)


def current() -> Budget | None:
    """The budget of the exchange that is going on in this thread."""
    return _CURRENT.get()


def where(url: str) -> str:
    """An address made safe and short enough for a message."""
    return shown(url, _SHOWN)


def too_large(url: str, max_bytes: int) -> FetchError:
    """The error of a body that passes the limit."""
    return FetchError(
        Outcome.TOO_LARGE, url, f"more than {max_bytes:,} bytes, {where(url)}: cut off; raise the limit if you want it"
    )
