"""What a host's robots.txt (RFC 9309) lets us ask for, kept for a day.

A robots.txt that is not there (4xx, endless redirects) forbids nothing. One that cannot be had (5xx, too slow, broken) forbids
everything for now: the last one that was read still counts, for thirty days.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from protego import Protego

from pipelines.fetch.addresses import host_of
from pipelines.fetch.budget import where
from pipelines.fetch.pace import folder_of, replace
from pipelines.fetch.response import FetchError, Outcome, Response

AGENT = "Pactwatch"
"""The name under which robots.txt files address us."""
MOST_BYTES = 500 * 1024
"""Of a robots.txt are read, as RFC 9309 asks for at least."""
CRAWL_DELAY_AT_MOST = 30.0
"""Seconds between requests that a robots.txt can ask for."""
_FRESH = 86_400.0
_USABLE = 30 * 86_400.0
_AGAIN = 600.0
_ABSENT = {Outcome.REDIRECTS}
# The host itself cannot be asked; it is told so rather than blamed on its robots.txt.
_HOST_DOWN = {Outcome.UNREACHABLE, Outcome.FORBIDDEN_ADDRESS, Outcome.THROTTLED}


@dataclass(frozen=True, slots=True)
class Rules:
    """What one origin allows."""

    text: str
    """The robots.txt, empty where there is none."""
    read_at: float
    """Seconds since the epoch."""
    _parsed: Protego

    def allows(self, url: str) -> bool:
        """Whether we may ask for this address."""
        return bool(self._parsed.can_fetch(url, AGENT))

    @property
    def delay(self) -> float:
        """Seconds between two requests that it asks for."""
        delay = float(self._parsed.crawl_delay(AGENT) or 0.0)
        rate = self._parsed.request_rate(AGENT)
        if rate is not None and rate.requests > 0:
            delay = max(delay, rate.seconds / rate.requests)
        return min(max(delay, 0.0), CRAWL_DELAY_AT_MOST)


def parse(text: str, read_at: float) -> Rules:
    """Rules of the text of a robots.txt; whatever is no rule in it is passed over."""
    return Rules(text, read_at, Protego.parse(text))


class Robots:
    """The rules of all origins, kept in `state`/HOST/. `get` fetches a robots.txt, without asking for robots itself."""

    def __init__(self, state: Path, get: Callable[[str], Response]) -> None:
        self._state = state
        self._get = get
        self._known: dict[str, Rules] = {}
        self._away: dict[str, tuple[float, FetchError]] = {}

    def check(self, url: str) -> float:
        """The pause in seconds that the origin of `url` asks for; FetchError (robots) where it does not want us."""
        rules = self._rules(url)
        if not rules.allows(url):
            raise FetchError(
                Outcome.ROBOTS,
                url,
                f"robots.txt asks us to stay away, {where(url)}: ask its owner, or leave the source out",
            )
        return rules.delay

    def _rules(self, url: str) -> Rules:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        now = time.time()
        path = folder_of(self._state, host_of(url)) / f"robots-{parts.scheme}-{parts.port or 'default'}.json"
        kept = self._known.get(origin) or _read(path)
        if kept is not None and 0 <= now - kept.read_at < _FRESH:
            self._known[origin] = kept
            return kept
        until, problem = self._away.get(origin, (0.0, None))
        if problem is None or now >= until:
            try:
                rules = self._fetched(origin, now)
            except FetchError as error:
                problem = error
                if error.outcome not in _HOST_DOWN:
                    self._away[origin] = now + _AGAIN, error
            else:
                self._known[origin] = rules
                path.parent.mkdir(parents=True, exist_ok=True)
                replace(path, json.dumps({"origin": origin, "read_at": rules.read_at, "text": rules.text}))
                return rules
        if kept is not None and 0 <= now - kept.read_at < _USABLE:
            return kept
        if problem.outcome in _HOST_DOWN:
            raise FetchError(problem.outcome, url, problem.detail, problem.retry_after) from problem
        detail = f"its robots.txt cannot be had ({problem.detail}), {where(url)}: staying away for now"
        raise FetchError(Outcome.ROBOTS, url, detail, _AGAIN) from problem

    def _fetched(self, origin: str, now: float) -> Rules:
        try:
            response = self._get(f"{origin}/robots.txt")
        except FetchError as error:
            if error.outcome in _ABSENT:
                return parse("", now)
            raise
        if response.status >= 400:
            return parse("", now)
        return parse(response.body.decode("utf-8-sig", "replace"), now)


def _read(path: Path) -> Rules | None:
    try:
        kept = json.loads(path.read_bytes())
        return parse(str(kept["text"]), float(kept["read_at"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None
