"""A server that speaks S3, on loopback, whose answers a test can spoil, and whose requests it can see."""

import importlib
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

BUCKET = "releases"

Spoil = Callable[[str, str], int | None]
"""From method and path to the status of a refusal, or None where the request goes through."""


def _nothing(_method: str, _path: str) -> int | None:
    return None


@dataclass
class S3:
    """The server: its address, what was asked of it, and what it does to requests."""

    port: int = 0
    log: list[tuple[str, str]] = field(default_factory=list)
    """(method, path without the bucket) of every request that went through, in order."""
    before: Spoil = _nothing
    """Is asked before a request has its effect."""
    after: Spoil = _nothing
    """Is asked when a request has had its effect, before it is answered."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        """The standard variables that lead s3fs and botocore here."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "reader",
            "AWS_SECRET_ACCESS_KEY": "not-a-secret",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_CONFIG_FILE": "/nonexistent",
            "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
        }

    def puts(self) -> list[str]:
        """The paths that were written, in order."""
        return [path for method, path in self.log if method == "PUT"]

    def calm(self) -> None:
        """From now on every request goes through, and the log is empty."""
        self.before, self.after = _nothing, _nothing
        self.log.clear()


def refusal(status: int, start: Callable[..., Any]) -> list[bytes]:
    """An error as S3 words it."""
    code = {403: "AccessDenied", 503: "SlowDown"}.get(status, "InternalError")
    body = f"<Error><Code>{code}</Code><Message>{code} by the test</Message></Error>".encode()
    start(f"{status} Spoilt", [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))])
    return [body]


@contextmanager
def serving() -> Iterator[S3]:
    """Serves an empty bucket until the block ends."""
    pytest.importorskip("s3fs", reason="s3fs is not installed (extra s3)")
    pytest.importorskip("moto.server", reason="moto is not installed (extra interop)")
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import WSGIRequestHandler, make_server

    server = S3()
    inner = DomainDispatcherApplication(create_backend_app)

    def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"].removeprefix(f"/{BUCKET}/")
        if status := server.before(method, path):
            environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            return refusal(status, start)
        server.log.append((method, path))
        if server.after is _nothing:
            return inner(environ, start)
        begun: list[Any] = []
        answer = list(inner(environ, lambda *given: begun.extend(given)))
        if status := server.after(method, path):
            return refusal(status, start)
        start(*begun)
        return answer

    class Quiet(WSGIRequestHandler):
        protocol_version = "HTTP/1.1"

        def log(self, *_: Any) -> None:
            pass

    # s3fs keeps one client an address of a bucket, whatever server the environment leads to by now.
    importlib.import_module("s3fs").S3FileSystem.clear_instance_cache()
    listening = make_server("127.0.0.1", 0, application, threaded=True, request_handler=Quiet)
    server.port = listening.server_port
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join()


def make_bucket(server: S3) -> None:
    """Empties the server and makes its bucket, as the one who owns it would."""
    import requests

    server.calm()
    requests.post(f"{server.url}/moto-api/reset", timeout=60).raise_for_status()
    requests.put(f"{server.url}/{BUCKET}", timeout=60).raise_for_status()
    server.calm()
