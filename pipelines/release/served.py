"""Serves the files of one release on loopback, and nothing else.

Hardened as a page of one's own needs it: GET and HEAD only, only the files that the release lists, no folders, no other host name
than this machine's (so that no page of the internet can read it by a DNS name of its own), headers that keep browsers from guessing.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTP_PORT
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pipelines.errors import EXIT_INVALID, PactwatchError
from pipelines.release.manifest import SUMS, parse_sums
from pipelines.release.proof.folder import Folder

LOOPBACK = "127.0.0.1"
HOME = "/explorer/"
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".gz": "application/gzip",
    ".csv": "text/csv; charset=utf-8; header=present",
    ".parquet": "application/vnd.apache.parquet",
    ".md": "text/markdown; charset=utf-8",
    ".wasm": "application/wasm",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    "": "text/plain; charset=utf-8",
}
_OTHER = "application/octet-stream"
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-cache",
}
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    mediatype: str
    tag: str


def server(package: Path, port: int = 0) -> ThreadingHTTPServer:
    """A server of the package's files on loopback, bound but not yet running; port 0 takes one that is free.

    PactwatchError where the package lists no files or the port is taken.
    """
    files = _files(package)

    class Handler(_Handler):
        served = files

    try:
        made = _Server((LOOPBACK, port), Handler)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise PactwatchError(f"cannot serve ({reason})", f"port {port}", "choose another with --port") from error
    return made


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    served: Mapping[str, _File] = {}
    server_version = "pactwatch"
    sys_version = ""
    timeout = 30

    def do_GET(self) -> None:
        self._answer(body=True)

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def _answer(self, *, body: bool) -> None:
        if not self._is_for_us():
            self._refuse(HTTPStatus.MISDIRECTED_REQUEST, body=body)
            return
        path = unquote(urlsplit(self.path).path)
        if path in ("/", HOME.rstrip("/")):
            self.send_response(HTTPStatus.FOUND)
            self.send_header("Location", HOME)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        file = self.served.get(path + "index.html" if path.endswith("/") else path)
        if file is None:
            self._refuse(HTTPStatus.NOT_FOUND, body=body)
        else:
            self._send(file, body=body)

    def _is_for_us(self) -> bool:
        port = self.server.server_port
        beside = ("", f":{port}") if port == HTTP_PORT else (f":{port}",)
        return self.headers.get("Host", "") in {f"{name}{end}" for name in (LOOPBACK, "localhost") for end in beside}

    def _send(self, file: _File, *, body: bool) -> None:
        if self.headers.get("If-None-Match") == file.tag:
            self.send_response(HTTPStatus.NOT_MODIFIED)
            self.send_header("ETag", file.tag)
            self.end_headers()
            return
        try:
            with file.path.open("rb") as content:
                self.send_response(HTTPStatus.OK)
                self.send_header("Content-Type", file.mediatype)
                self.send_header("Content-Length", str(file.path.stat().st_size))
                self.send_header("ETag", file.tag)
                self.end_headers()
                while body and (chunk := content.read(_CHUNK)):
                    self.wfile.write(chunk)
        except FileNotFoundError:
            self._refuse(HTTPStatus.NOT_FOUND, body=body)
        except ConnectionError:  # whoever asked has gone
            self.close_connection = True

    def _refuse(self, status: HTTPStatus, *, body: bool) -> None:
        words = f"{status.phrase}\n".encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(words)))
        self.end_headers()
        if body:
            self.wfile.write(words)

    def end_headers(self) -> None:
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing: the terminal is for the address."""


def _files(package: Path) -> dict[str, _File]:
    """What may be asked for, by path: the files in SHA256SUMS, and that file itself."""
    sums = package / SUMS
    try:
        listed = parse_sums(sums.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        todo = "see what `pactwatch verify` says of the release"
        raise PactwatchError("the release has no list of its files", sums, todo, EXIT_INVALID) from error
    found = {f"/{SUMS}": _File(sums, _TYPES[""], f'"{hashlib.sha256(sums.read_bytes()).hexdigest()}"')}
    for name in Folder(package).files(lambda *_: None):  # plain files only; what else lies there is not served
        if name in listed:
            path = package / name
            found[f"/{name}"] = _File(path, _TYPES.get(path.suffix, _OTHER), f'"{listed[name]}"')
    return found
