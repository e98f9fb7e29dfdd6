"""The fetcher: one polite, bounded, safe GET at a time, to whatever address a declaration or a feed names.

What it does in what order, for a request and again for each redirect: the address is checked, robots.txt asked, the host's turn
awaited; then the connection (kept open between requests) is used under a deadline and a cap on bytes. Passing trouble is retried.
"""

import http.client
import os
import zlib
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import requests
import urllib3
from requests.cookies import RequestsCookieJar
from urllib3.util import Retry

from pipelines.errors import EXIT_USAGE, PactwatchError
from pipelines.fetch.addresses import as_allowed, host_of, http_url
from pipelines.fetch.body import drop_body, read_body
from pipelines.fetch.budget import Budget, where
from pipelines.fetch.pace import HOLD_AT_MOST, Pace
from pipelines.fetch.response import FetchError, Hop, Outcome, Response, Validators
from pipelines.fetch.robots import AGENT, MOST_BYTES, Robots
from pipelines.fetch.trouble import trouble_of
from pipelines.fetch.wire import Session
from pipelines.printable import is_invisible
from pipelines.project import ENGINE_VERSION

CONTACT = "https://example.org/pactwatch"
"""Stands in the User-Agent until PACTWATCH_CONTACT names a page or an address where you can be reached."""
_BACKOFF_AT_MOST = 30.0
_REDIRECTS = {301, 302, 303, 307, 308}
_PASSING = {Outcome.UNREACHABLE, Outcome.BROKEN, Outcome.THROTTLED, Outcome.SERVER_ERROR}


@dataclass(frozen=True, slots=True)
class Limits:
    """What one `get` may cost."""

    max_bytes: int = 20 * 1024 * 1024
    """Of a body, as received and once decompressed."""
    seconds: float = 60.0
    """On the network, redirects and retries included; waiting for our turn does not count."""
    connect_seconds: float = 10.0
    """For a DNS answer, and again for a connection."""
    redirects: int = 5
    retries: int = 3
    """After trouble that may pass: no connection, a body that broke off, 429, 5xx."""
    wait_at_most: float = 120.0
    """Seconds of a Retry-After that are waited for; what asks for more is left for the next time."""
    pause: float = 1.0
    """Seconds between the starts of two requests to one host; robots.txt may ask for more."""


class Fetcher:
    """GETs with one session; use one in a thread. `state` keeps the pace of hosts and their robots.txt, shared by processes.

    `allow` names hosts ("wiki.internal", "127.0.0.1:8080") that may lead to addresses outside the open internet.
    PactwatchError where PACTWATCH_CONTACT is no printable ASCII.
    """

    def __init__(self, state: Path, limits: Limits | None = None, *, allow: Collection[str] = ()) -> None:
        self.limits = limits or Limits()
        self._allow = frozenset(map(as_allowed, allow))
        self._session = Session(user_agent())
        self._pace = Pace(state)
        self._robots = Robots(state, self._get_robots)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.close()

    def get(
        self,
        url: str,
        *,
        validators: Validators | None = None,
        accept: str | None = None,
        params: dict[str, str] | None = None,
        robots: bool = True,
    ) -> Response:
        """The response to `url`, whole; FetchError where there is none, and why.

        `validators` make it conditional (304 where nothing changed), `accept` is the Accept header, `params` are added to the
        query. `robots=False` is for interfaces that are meant for programs, such as the API of a wiki.
        """
        asked = http_url(url, params=params)
        call = _Call(url if params is None else asked, self._budget(asked), validators, accept, robots=robots)
        return self._follow(call, asked)

    def _get_robots(self, url: str) -> Response:
        call = _Call(url, self._budget(url), None, "text/plain, */*;q=0.5", robots=False, cut_at=MOST_BYTES)
        return self._follow(call, url)

    def _budget(self, url: str) -> Budget:
        limits = self.limits
        return Budget(url, limits.seconds, limits.connect_seconds, limits.max_bytes, self._allow)

    def _follow(self, call: "_Call", url: str) -> Response:
        hops: list[Hop] = []
        seen: set[tuple[str, str]] = set()
        while True:
            # The same address may answer otherwise once it has set its cookie.
            state = url, repr(sorted((cookie.path, cookie.name, cookie.value or "") for cookie in call.cookies))
            if state in seen:
                raise _redirects(call.url, "a loop of redirects")
            seen.add(state)
            answer = self._answer(call, url)
            location = answer.header("Location")
            if answer.status not in _REDIRECTS or not location:
                return self._response(call, url, answer, hops)
            if len(hops) == self.limits.redirects:
                raise _redirects(call.url, f"more than {self.limits.redirects} redirects")
            location = _as_utf8(location)
            hops.append(Hop(url, answer.status, location))
            target = http_url(location, base=url)
            if host_of(target) != host_of(url):
                call.cookies.clear()
            url = target

    def _answer(self, call: "_Call", url: str) -> "_Answer":
        """The answer of one address, after as many tries as it takes."""
        while True:
            with call.budget.paused():
                pause = max(self.limits.pause, self._robots.check(url) if call.robots else 0.0)
                self._pace.take_turn(host_of(url), pause, self.limits.wait_at_most, url)
            try:
                answer = self._exchange(call, url)
                problem = _refusal(answer, url)
            except FetchError as error:
                problem = error
            if problem is None:
                return answer
            if problem.outcome not in _PASSING:
                raise problem
            wait = problem.retry_after
            if wait is None:
                wait = min(self.limits.pause * 2**call.tries, _BACKOFF_AT_MOST)
            call.tries += 1
            last = call.tries > self.limits.retries or wait > self.limits.wait_at_most
            if problem.retry_after is not None or not last:
                self._pace.hold(host_of(url), wait)
            if last:
                raise problem

    def _exchange(self, call: "_Call", url: str) -> "_Answer":
        """One request and its answer off the wire."""
        budget = call.budget
        self._session.cookies = call.cookies
        request = self._session.prepare_request(requests.Request("GET", url, headers=call.headers(url)))
        request.url = url  # as it was checked
        try:
            with budget.spent_on(url):
                left = budget.left()
                timeout = min(self.limits.connect_seconds, left), left
                received = self._session.send(request, stream=True, allow_redirects=False, timeout=timeout)
                try:
                    return _read(received.raw, url, call.cut_at or self.limits.max_bytes, cut=call.cut_at is not None)
                finally:
                    received.close()
        except FetchError:
            raise
        except (
            requests.RequestException, urllib3.exceptions.HTTPError, http.client.HTTPException, zlib.error, OSError, ValueError
        ) as error:  # fmt: skip
            raise trouble_of(error, url) from error

    def _response(self, call: "_Call", url: str, answer: "_Answer", hops: list[Hop]) -> Response:
        conditional = call.validators is not None
        usable = answer.status // 100 in {2, 4} and answer.status != 206
        if not usable and not (answer.status == 304 and conditional):
            detail = f"an answer that makes no sense here (status {answer.status}), {where(url)}: have a look at it"
            raise FetchError(Outcome.BROKEN, call.url, detail)
        now = datetime.now(UTC).replace(microsecond=0)
        return Response(
            call.url, url, answer.status, answer.reason, answer.headers, answer.body, now, tuple(hops)
        )  # fmt: skip


@dataclass(slots=True)
class _Call:
    """One `get` on its way."""

    url: str
    budget: Budget
    validators: Validators | None
    accept: str | None
    robots: bool
    cut_at: int | None = None
    tries: int = 0
    cookies: RequestsCookieJar = field(default_factory=RequestsCookieJar)
    """Of the host that is being asked; they end with the call or at the next host."""

    def headers(self, url: str) -> dict[str, str]:
        headers = {} if self.accept is None else {"Accept": self.accept}
        known = self.validators
        if known is not None and known.url in {None, url}:
            if known.etag is not None:
                headers["If-None-Match"] = known.etag
            if known.last_modified is not None:
                headers["If-Modified-Since"] = known.last_modified
        return headers


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = field(repr=False)

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


def user_agent() -> str:
    """`Pactwatch/VERSION (+CONTACT)`; PactwatchError where PACTWATCH_CONTACT cannot stand in a header."""
    contact = os.environ.get("PACTWATCH_CONTACT") or CONTACT
    if not contact.isascii() or any(is_invisible(character) for character in contact):
        raise PactwatchError(
            "not printable ASCII", "PACTWATCH_CONTACT", "set it to the address of a page or of a mailbox", EXIT_USAGE
        )
    return f"{AGENT}/{ENGINE_VERSION} (+{contact})"


def _read(raw: urllib3.BaseHTTPResponse, url: str, max_bytes: int, *, cut: bool) -> _Answer:
    # urllib3 joins headers of one name; the standard library's response below has them as they came.
    received = getattr(raw, "_original_response", None)
    pairs = raw.headers.items() if received is None else received.msg.items()
    headers = tuple((name, _one_line(value)) for name, value in pairs)
    if raw.status in _REDIRECTS or raw.status == 429 or raw.status // 100 == 5:
        try:
            drop_body(raw)
            body = b""
        except urllib3.exceptions.HTTPError:
            body = b""  # the status says what there is to know
    else:
        body = read_body(raw, url, max_bytes, cut=cut)
    return _Answer(raw.status, _one_line(raw.reason or ""), headers, body)


def _one_line(value: str) -> str:
    """A header's value as received, but without folds and controls, which could end the header wherever it is written."""
    return "".join(" " if character < " " or character == "\x7f" else character for character in value).strip()


def _as_utf8(value: str) -> str:
    """Header bytes come as Latin-1; addresses in them are UTF-8 where they are not ASCII."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value


def _refusal(answer: _Answer, url: str) -> FetchError | None:
    """The error of 429 and 5xx; None for what is an answer to read."""
    asked = _retry_after(answer.header("Retry-After"))
    if answer.status == 429 or (answer.status == 503 and asked is not None):
        detail = f"the host asks us to slow down (status {answer.status}), {where(url)}: left for the next time"
        return FetchError(Outcome.THROTTLED, url, detail, asked)
    if answer.status // 100 == 5:
        detail = f"the server fails (status {answer.status}), {where(url)}: tried again the next time"
        return FetchError(Outcome.SERVER_ERROR, url, detail)
    return None


def _retry_after(value: str | None) -> float | None:
    """Seconds of a Retry-After header, given as a number or as a date; None where it is neither."""
    if value is None:
        return None
    try:
        return Retry(retry_after_max=int(HOLD_AT_MOST)).parse_retry_after(value)
    except (urllib3.exceptions.InvalidHeader, ValueError, OverflowError, TypeError, IndexError):
        return None


def _redirects(url: str, what: str) -> FetchError:
    return FetchError(Outcome.REDIRECTS, url, f"{what}, {where(url)}: look where it leads, and declare that")
