"""Whatever requests, urllib3 and the standard library raise, told as one of our outcomes."""

import http.client

import requests
import urllib3

from pipelines.fetch.budget import where
from pipelines.fetch.response import FetchError, Outcome
from pipelines.printable import shown


def trouble_of(error: Exception, url: str) -> FetchError:
    """The FetchError of an error, by what is at the bottom of it."""
    causes: list[BaseException] = [error]
    while (cause := _cause(causes[-1])) is not None and len(causes) < 8:
        causes.append(cause)
    for cause in causes:
        if isinstance(cause, FetchError):
            return cause
    for cause in causes:
        if isinstance(cause, requests.exceptions.SSLError | urllib3.exceptions.SSLError):
            return _error(Outcome.UNREACHABLE, "no TLS connection that can be trusted", causes[-1], url)
        if isinstance(cause, ConnectionError | http.client.RemoteDisconnected):
            return _error(Outcome.UNREACHABLE, "the connection was closed", causes[-1], url)
        if isinstance(cause, http.client.IncompleteRead):
            return _error(Outcome.BROKEN, "the body is not as long as it should be", causes[-1], url)
        if isinstance(cause, TimeoutError):
            return _error(Outcome.UNREACHABLE, "no answer in time", causes[-1], url)
    return _error(Outcome.BROKEN, "not an answer in HTTP", causes[-1], url)


def _cause(error: BaseException) -> BaseException | None:
    """What an error of requests or urllib3 wraps: its reason, its last argument, or what it was raised from."""
    reason = getattr(error, "reason", None)
    inside = [argument for argument in error.args if isinstance(argument, BaseException)]
    found = reason if isinstance(reason, BaseException) else inside[-1] if inside else error.__cause__
    return found or error.__context__


def _error(outcome: Outcome, what: str, cause: BaseException, url: str) -> FetchError:
    return FetchError(outcome, url, f"{what} ({shown(str(cause), 120)}), {where(url)}: tried again the next time")
