"""A web site on loopback whose pages change, declarations that lead to it, and the programs of Pactwatch as processes."""

import hashlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from pipelines.project import ROOT

PATIENCE = 600.0
"""Seconds for what takes ten on an idle machine: these tests wait for things, they time nothing."""


@dataclass
class Site:
    """Pages by path, and what was asked for: (path, status) in order."""

    pages: dict[str, str] = field(default_factory=dict)
    log: list[tuple[str, int]] = field(default_factory=list)
    held: str | None = None
    """A path that is answered only when it is no longer held."""
    port: int = 0

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, path: str) -> str:
        return f"http://{self.host}{path}"

    def asked(self, path: str) -> list[int]:
        """The status of each answer to that path."""
        return [status for asked, status in list(self.log) if asked == path]


@contextmanager
def site(pages: Mapping[str, str]) -> Iterator[Site]:
    """Serves the pages with ETags until the block ends."""
    served = Site(dict(pages))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            while served.held == self.path:
                time.sleep(0.01)
            body = served.pages.get(self.path)
            tag = f'"{hashlib.sha256((body or "").encode()).hexdigest()[:20]}"'
            status = 404 if body is None else 304 if self.headers.get("If-None-Match") == tag else 200
            content = body.encode() if body is not None and status == 200 else b""
            served.log.append((self.path, status))
            self.send_response(status)
            if body is not None:
                self.send_header("ETag", tag)
                self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

        def handle(self) -> None:
            with suppress(ConnectionError):  # whoever asked was killed
                super().handle()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    served.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        served.held = None
        server.shutdown()
        server.server_close()


def declare_pages(folder: Path, served: Site, source_id: str, paths: list[str], **fetch: Any) -> None:
    """Writes the declaration of a source of that site's pages."""
    folder.mkdir(parents=True, exist_ok=True)
    declaration = {
        "id": source_id, "kind": "article", "title": source_id.title(), "language": "en", "license": "CC0-1.0", "quotes": True,
        "from": {"page": [served.url(path) for path in paths]},
        "fetch": {"allow": [served.host], "pause": 0, **fetch},
    }  # fmt: skip
    (folder / f"{source_id}.yaml").write_text(json.dumps(declaration))


@dataclass
class Station:
    """One state and one folder of releases, and the environment that leads every process to them."""

    root: Path
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        return self.root / "home"

    @property
    def out(self) -> Path:
        return self.root / "dist"

    @property
    def sources(self) -> Path:
        return self.root / "sources"

    def environment(self) -> dict[str, str]:
        mine = {"PACTWATCH_HOME": self.home, "PACTWATCH_OUT": self.out, "PACTWATCH_SOURCES": self.sources}
        return {**os.environ, **{key: str(value) for key, value in mine.items()}, **self.variables}

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """`pactwatch ARGUMENTS` as a process of its own."""
        command = [sys.executable, "-c", "from pipelines.cli import main; main()", *arguments]
        return subprocess.Popen(
            command, cwd=ROOT, env=self.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def run(self, *arguments: str, code: int = 0) -> str:
        """What it prints; its exit code must be `code`."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == code, f"{process.returncode}: {out}{err}"
        return out + err

    def refresh(self, *arguments: str, code: int = 0) -> str:
        return self.run("refresh", "--out", str(self.out), *arguments, code=code)

    def versions(self) -> list[str]:
        return sorted(path.parent.name for path in self.out.glob("*/datapackage.json") if not path.parent.is_symlink())

    def table(self, name: str) -> list[dict[str, Any]]:
        """The rows of a table of the newest release."""
        import pyarrow.parquet as pq

        rows: list[dict[str, Any]] = pq.read_table(self.out / "latest" / "data" / f"{name}.parquet").to_pylist()
        return rows


def wait_until(
    holds: Callable[[], Any], what: str, process: subprocess.Popen[Any] | None = None, pause: float = 0.2
) -> Any:
    """Waits for something to hold, and returns it. An error where it does not, or where the process has ended."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if found := holds():
            return found
        if process is not None and process.poll() is not None:
            raise AssertionError(f"the process ended ({process.returncode}) before {what}")
        time.sleep(pause)
    raise AssertionError(f"not within {PATIENCE:.0f} s: {what}")
