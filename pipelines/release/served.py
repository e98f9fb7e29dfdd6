"""Serves releases on loopback: the files that they list, and what stands beside them (their list, the page for SQL). Nothing else.

Hardened as a page of one's own needs it: GET and HEAD only, no folders, no links, no other host name than this machine's (so that no page
of the internet can read it by a DNS name of its own), headers that keep browsers from guessing. A part of a file is sent where one is
asked for, as DuckDB does in a browser. What is published while it runs is served from the next start on.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTP_PORT
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pipelines.errors import EXIT_INVALID, PactwatchError
from pipelines.explorer.sql_page import FOLDER as SQL_PAGE
from pipelines.release.descriptor import DESCRIPTOR
from pipelines.release.manifest import SUMS, parse_sums
from pipelines.release.proof.folder import Folder
from pipelines.release.versions import VERSIONS, newest_package, releases

LOOPBACK = "127.0.0.1"
_ALONE = "release"
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".gz": "application/gzip",
    ".csv": "text/csv; charset=utf-8; header=present",
    ".parquet": "application/vnd.apache.parquet",
    ".md": "text/markdown; charset=utf-8",
    ".wasm": "application/wasm",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".jsonld": "application/ld+json",
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
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    mediatype: str
    tag: str | None
    """Its hash, for what never changes."""


def server(out: Path, port: int = 0) -> "Server":
    """A server of the releases in the folder `out` (or of the package that it is), bound but not yet running; port 0 takes a free one.

    PactwatchError where there is no release, one lists no files, or the port is taken.
    """
    if (out / DESCRIPTOR).is_file():
        files, first = _of_release(out.resolve(), _ALONE), _ALONE
    else:
        newest_package(out)
        found = releases(out)
        files, first = _beside(out), found[-1].name
        for release in found:
            files |= _of_release(release.folder, release.name)

    class Handler(_Handler):
        served = files
        first_page = f"/{first}/explorer/"

    try:
        return Server((LOOPBACK, port), Handler)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise PactwatchError(f"cannot serve ({reason})", f"port {port}", "choose another with --port") from error


class Server(ThreadingHTTPServer):
    """The server; `address` is where a browser finds the page of the newest release."""

    daemon_threads = True
    allow_reuse_address = True
    RequestHandlerClass: type["_Handler"]

    @property
    def address(self) -> str:
        """An http address."""
        return f"http://{LOOPBACK}:{self.server_port}{self.RequestHandlerClass.first_page}"


class _Handler(BaseHTTPRequestHandler):
    server: Server
    served: Mapping[str, _File] = {}
    first_page = "/"
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
        if path == "/":
            self.send_response(HTTPStatus.FOUND)
            self.send_header("Location", self.first_page)
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
        if file.tag is not None and self.headers.get("If-None-Match") == file.tag:
            self.send_response(HTTPStatus.NOT_MODIFIED)
            self.send_header("ETag", file.tag)
            self.end_headers()
            return
        try:
            with file.path.open("rb") as content:
                size = file.path.stat().st_size
                part = self._part(size, file.tag)
                if part is None:
                    self._refuse(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, body=body)
                    return
                self._head(file, size, part)
                content.seek(part.start)
                left = len(part) if body else 0
                while left and (chunk := content.read(min(left, _CHUNK))):
                    self.wfile.write(chunk)
                    left -= len(chunk)
        except FileNotFoundError:
            self._refuse(HTTPStatus.NOT_FOUND, body=body)
        except ConnectionError:  # whoever asked has gone
            self.close_connection = True

    def _head(self, file: _File, size: int, part: range) -> None:
        whole = len(part) == size
        self.send_response(HTTPStatus.OK if whole else HTTPStatus.PARTIAL_CONTENT)
        self.send_header("Content-Type", file.mediatype)
        self.send_header("Content-Length", str(len(part)))
        self.send_header("Accept-Ranges", "bytes")
        if not whole:
            self.send_header("Content-Range", f"bytes {part.start}-{part.stop - 1}/{size}")
        if file.tag is not None:
            self.send_header("ETag", file.tag)
        self.end_headers()

    def _part(self, size: int, tag: str | None) -> range | None:
        """The bytes that are asked for: all, where no one range is or the file is no longer that one; None where there are none such."""
        match = _RANGE.fullmatch(self.headers.get("Range", "").strip())
        if match is None or not (match[1] or match[2]) or self.headers.get("If-Range", tag) != tag:
            return range(size)
        if not match[1]:
            first, last = max(0, size - int(match[2])), size - 1
        else:
            first, last = int(match[1]), min(int(match[2] or size), size - 1)
            if match[2] and int(match[2]) < first:
                return range(size)
        return range(first, last + 1) if first <= last else None

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


def _of_release(package: Path, name: str) -> dict[str, _File]:
    """What may be asked for of one release, by path: the files in its SHA256SUMS, and that file itself."""
    sums = package / SUMS
    try:
        listed = parse_sums(sums.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        todo = "see what `pactwatch verify` says of the release"
        raise PactwatchError("the release has no list of its files", sums, todo, EXIT_INVALID) from error
    found = {f"/{name}/{SUMS}": _file(sums)}
    for file in Folder(package).files(lambda *_: None):  # plain files only; what else lies there is not served
        if file in listed:
            found[f"/{name}/{file}"] = _file(package / file, f'"{listed[file]}"')
    return found


def _beside(out: Path) -> dict[str, _File]:
    """What stands beside the releases: their list, and the page for SQL where there is one."""
    found = {f"/{VERSIONS}": _file(out / VERSIONS)} if (out / VERSIONS).is_file() else {}
    page = out / SQL_PAGE
    if page.is_dir() and not page.is_symlink():
        found |= {f"/{SQL_PAGE}/{name}": _file(page / name) for name in Folder(page).files(lambda *_: None)}
    return found


def _file(path: Path, tag: str | None = None) -> _File:
    return _File(path, _TYPES.get(path.suffix, _OTHER), tag)
