"""What came of a request: a response, or an error with one of a few outcomes that whoever asked can act on."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    """Why there is no response to read."""

    FORBIDDEN_ADDRESS = "forbidden_address"
    """The address, a redirect or a DNS answer leads into a private, loopback or link-local range, or is no http(s)."""
    ROBOTS = "robots"
    """robots.txt of the host asks us to stay away."""
    REDIRECTS = "redirects"
    """More redirects than allowed, or a loop."""
    TOO_LARGE = "too_large"
    """The body, as received or once decompressed, passes the limit."""
    TOO_SLOW = "too_slow"
    """The deadline passed, however the bytes dripped."""
    BROKEN = "broken"
    """Not HTTP, a wrong length, a compressed body that cannot be read."""
    UNREACHABLE = "unreachable"
    """No DNS answer, refused, reset, no TLS."""
    THROTTLED = "throttled"
    """429, or 503 with Retry-After, still so after the retries or for longer than we wait. `retry_after` says how long."""
    SERVER_ERROR = "server_error"
    """5xx, still so after the retries."""


@dataclass(frozen=True, slots=True)
class Validators:
    """What makes a request conditional: the ETag and the Last-Modified of the response that is already there."""

    etag: str | None = None
    last_modified: str | None = None
    url: str | None = None
    """The address that gave them, after redirects. They are sent to no other: a page that has moved is not unchanged."""


@dataclass(frozen=True, slots=True)
class Hop:
    """A redirect on the way."""

    url: str
    status: int
    location: str


@dataclass(frozen=True, slots=True)
class Response:
    """A whole response: 2xx, 304 where the request was conditional, or 4xx (404 and 410 say that a page is gone)."""

    url: str
    """As asked for."""
    final_url: str
    """After redirects."""
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    """As received, in their order."""
    body: bytes
    """Without transfer and content coding; empty for 304."""
    fetched_at: datetime
    """UTC, in whole seconds."""
    hops: tuple[Hop, ...] = ()

    def header(self, name: str) -> str | None:
        """The first header of that name, in any case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


class FetchError(Exception):
    """There is no response. The message is one line: what, where, what to do."""

    def __init__(self, outcome: Outcome, url: str, detail: str, retry_after: float | None = None) -> None:
        self.outcome = outcome
        self.url = url
        self.detail = detail
        self.retry_after = retry_after
        """Seconds that the server asked us to wait."""
        super().__init__(f"{outcome.value.replace('_', ' ')}: {detail}")
