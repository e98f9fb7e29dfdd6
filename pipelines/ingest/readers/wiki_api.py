"""The API of a MediaWiki, asked politely: it may say that it is behind (maxlag), and is then left alone for as long as it says."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from pipelines.fetch.client import Fetcher
from pipelines.fetch.response import FetchError, Outcome, Response
from pipelines.ingest.text import UnreadableTextError

MAXLAG = "5"
"""Seconds by which its replicas may be behind while we ask."""
FORM = {"format": "json", "formatversion": "2"}
_WAITS = 3
_LONGEST_WAIT = 60.0
_PASSING = {"maxlag", "ratelimited", "readonly"}
_MOST_CONTINUED = 20


class ApiError(Exception):
    """The API refuses; code and info as it gives them."""

    def __init__(self, code: str, info: str) -> None:
        super().__init__(f"{code}: {info}"[:300])
        self.code = code


@dataclass(slots=True)
class Api:
    """The API of one wiki. `sleep` waits; `requests` counts."""

    address: str
    fetcher: Fetcher
    sleep: Callable[[float], None]
    requests: int = 0

    def ask(self, url: str) -> Response:
        """The response to a whole address; FetchError or ApiError."""
        for waited in range(_WAITS + 1):
            self.requests += 1
            # An interface for programs: robots.txt of a wiki speaks to crawlers of its pages.
            response = self.fetcher.get(url, accept="application/json", robots=False)
            if response.status != 200:
                raise FetchError(Outcome.BROKEN, url, f"the API answers with status {response.status}")
            error = read_json(response.body).get("error")
            if error is None:
                return response
            code, info = str(error.get("code")), str(error.get("info"))
            if code not in _PASSING:
                raise ApiError(code, info)
            wait = _seconds(response.header("retry-after"))
            if waited == _WAITS or wait > _LONGEST_WAIT:
                raise FetchError(Outcome.THROTTLED, url, f"the wiki asks to wait ({code}): left for next time", wait)
            self.sleep(wait)
        raise AssertionError

    def query(self, **parameters: str) -> Iterator[dict[str, Any]]:
        """The parts of the answer to a query, as long as the wiki says that there is more."""
        more: dict[str, str] = {}
        for _ in range(_MOST_CONTINUED):
            answer = read_json(self.ask(self.url(action="query", maxlag=MAXLAG, **parameters, **more)).body)
            yield answer.get("query") or {}
            more = {str(key): str(value) for key, value in (answer.get("continue") or {}).items()}
            if not more:
                return

    def url(self, **parameters: str) -> str:
        """The address of a request."""
        return f"{self.address}?{urlencode({**parameters, **FORM}, quote_via=quote)}"


def read_json(payload: bytes) -> dict[str, Any]:
    """An answer of the API; UnreadableTextError where it is no JSON object."""
    try:
        answer = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise UnreadableTextError("the API gave no JSON: check the address of api.php") from error
    if not isinstance(answer, dict):
        raise UnreadableTextError("the API gave no JSON object: check the address of api.php")
    return answer


def _seconds(value: str | None) -> float:
    """A Retry-After in seconds; the API never gives a date there."""
    return float(value) if value and value.isdecimal() else 5.0
