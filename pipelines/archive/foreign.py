"""Pages out of WARC files that others made (Common Crawl's news archives, a crawl of your own). Such a file is untrusted:
it may be truncated, damaged or made to harm. Whatever it holds, memory stays bounded, and what cannot be read costs no other record.
"""

import gzip
import io
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from warcio.bufferedreaders import ChunkedDataException, ChunkedDataReader
from warcio.statusandheaders import StatusAndHeaders, StatusAndHeadersParser, StatusAndHeadersParserException

from pipelines.fetch.response import Response

HTML = frozenset({"text/html", "application/xhtml+xml"})
_BLOCK = 1 << 16
_DATE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?Z")
_HTTP = ["HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/2"]


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much of a file is read, in bytes."""

    body: int = 10_000_000
    """Of one page, decoded; larger ones are passed over."""
    header: int = 256 * 1024
    """Of the header of a record or of a response."""
    total: int = 64_000_000_000
    """Of a whole file, uncompressed; the rest is not read."""


class _StopError(Exception):
    """The rest of the file cannot be read: why."""


class _PassError(Exception):
    """This record is passed over: why."""


class ForeignWarc:
    """One WARC file, compressed or not. Iterating gives its pages once, as responses that bear the time of their capture."""

    def __init__(
        self, path: Path, wanted: Callable[[str], bool] = lambda _: True, bounds: Bounds | None = None
    ) -> None:
        """`wanted` says of an address whether its page is to be read at all."""
        self._path = path
        self._wanted = wanted
        self._bounds = bounds or Bounds()
        self.passed: Counter[str] = Counter()
        """How many records were passed over, by reason, once iterated."""
        self.problem: str | None = None
        """Why the file was not read to its end, in one line, once iterated; None where it was."""

    def __iter__(self) -> Iterator[Response]:
        try:
            with _opened(self._path) as file:
                reader = _Bounded(file, self._bounds.total)
                while (fields := self._header(reader)) is not None:
                    try:
                        page = self._page(reader, fields)
                    except _PassError as reason:
                        self.passed[str(reason)] += 1
                    else:
                        yield page
        except _StopError as reason:
            self.problem = str(reason)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            self.problem = f"truncated or damaged ({error})"
        except OSError as error:
            self.problem = f"cannot be read ({error.strerror or error})"

    def _header(self, reader: "_Bounded") -> StatusAndHeaders | None:
        """The fields of the next record; None at the end of the file."""
        line = reader.line()
        while line in {b"\r\n", b"\n"}:
            line = reader.line()
        if not line:
            return None
        if not line.startswith(b"WARC/"):
            raise _StopError(f"not a WARC record at byte {reader.read_so_far - len(line)} (uncompressed)")
        lines, size = [line], len(line)
        while line not in {b"\r\n", b"\n"}:
            line = reader.line()
            size += len(line)
            if not line or size > self._bounds.header:
                raise _StopError("a record header without end")
            lines.append(line)
        fields = _parsed(b"".join(lines), ["WARC/"])
        if fields is None:
            raise _StopError("a record header that cannot be read")
        return fields

    def _page(self, reader: "_Bounded", fields: StatusAndHeaders) -> Response:
        stated = fields.get_header("Content-Length") or ""
        if not re.fullmatch(r"[0-9]{1,15}", stated.strip()):
            raise _StopError("a record that does not say how long it is")
        length = int(stated)
        try:
            url, moment = self._is_wanted(fields, length)
        except _PassError:
            reader.skip(length)
            raise
        block = reader.take(length)
        return _response(url, moment, block, self._bounds)

    def _is_wanted(self, fields: StatusAndHeaders, length: int) -> tuple[str, datetime]:
        """Address and time of a record that may hold a page."""
        if fields.get_header("WARC-Type") != "response":
            raise _PassError("no response")
        url = (fields.get_header("WARC-Target-URI") or "").strip("<> ")
        if not re.match(r"https?://[^\s/]", url, re.IGNORECASE):
            raise _PassError("no web address")
        if not self._wanted(url):
            raise _PassError("another address than is declared")
        if fields.get_header("WARC-Truncated"):
            raise _PassError("cut short by its crawler")
        if length > self._bounds.body + self._bounds.header:
            raise _PassError("too large")
        moment = _moment(fields.get_header("WARC-Date") or "")
        if moment is None:
            raise _PassError("no date")
        return url, moment


class _Bounded:
    """A stream of which no more than so many bytes are read, and never a longer piece than asked for at once."""

    def __init__(self, file: BinaryIO, total: int) -> None:
        self._file = file
        self._left = total
        self._total = total

    @property
    def read_so_far(self) -> int:
        """Bytes."""
        return self._total - self._left

    def line(self) -> bytes:
        """The next line; a part of it where it is long."""
        return self._counted(self._file.readline(_BLOCK))

    def take(self, length: int) -> bytes:
        """Exactly so many bytes."""
        content = self._counted(self._file.read(length))
        if len(content) < length:
            raise _StopError("truncated within a record")
        return content

    def skip(self, length: int) -> None:
        """Passes over so many bytes."""
        while length > 0:
            length -= len(self.take(min(length, _BLOCK)))

    def _counted(self, content: bytes) -> bytes:
        self._left -= len(content)
        if self._left < 0:
            raise _StopError(f"more than {self._total / 1e9:g} GB when uncompressed")
        return content


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    with path.open("rb") as file:
        compressed = file.peek(2)[:2] == b"\x1f\x8b"
        yield gzip.GzipFile(fileobj=file) if compressed else file  # type: ignore[misc]


def _moment(text: str) -> datetime | None:
    match = _DATE.fullmatch(text.strip())
    try:
        return datetime.fromisoformat(match[1]).replace(tzinfo=UTC) if match else None
    except ValueError:
        return None


def _parsed(head: bytes, beginnings: list[str]) -> StatusAndHeaders | None:
    try:
        return StatusAndHeadersParser(beginnings).parse(io.BytesIO(head))
    except (StatusAndHeadersParserException, EOFError, ValueError):
        return None


def _response(url: str, moment: datetime, block: bytes, bounds: Bounds) -> Response:
    match = re.search(rb"\r?\n\r?\n", block[: bounds.header])
    http = _parsed(block[: match.end()], _HTTP) if match else None
    if match is None or http is None:
        raise _PassError("no HTTP")
    status, _, reason = http.statusline.partition(" ")
    if status != "200":
        raise _PassError("another status than 200")
    mediatype = (http.get_header("Content-Type") or "").split(";")[0].strip().lower()
    if mediatype not in HTML:
        raise _PassError("no HTML")
    body = _decoded(http, block[match.end() :], bounds.body)
    return Response(url, url, 200, reason, tuple(http.headers), body, moment)


def _decoded(http: StatusAndHeaders, body: bytes, limit: int) -> bytes:
    """The body without transfer and content coding: many archives keep these headers over bodies that are decoded already."""
    if (http.get_header("Transfer-Encoding") or "").strip().lower() == "chunked":
        body = _joined(body)
    coding = (http.get_header("Content-Encoding") or "").strip().lower()
    if coding in {"gzip", "x-gzip"} and body.startswith(b"\x1f\x8b"):
        body = _inflated(body, (zlib.MAX_WBITS | 16,), limit)
    elif coding == "deflate":
        body = _inflated(body, (zlib.MAX_WBITS, -zlib.MAX_WBITS), limit)
    elif coding not in {"", "identity", "none", "gzip", "x-gzip"}:
        raise _PassError("a content coding that is not read")
    if len(body) > limit:
        raise _PassError("too large")
    return body


def _joined(body: bytes) -> bytes:
    """The chunks of a body in one; the body itself where it has none."""
    reader = ChunkedDataReader(io.BytesIO(body), raise_exceptions=True)
    parts: list[bytes] = []
    try:
        while part := reader.read(_BLOCK):
            parts.append(part)
    except ChunkedDataException as error:
        if parts or reader.tell():
            raise _PassError("a body that cannot be decoded") from error
        return body
    return b"".join(parts)


def _inflated(body: bytes, windows: tuple[int, ...], limit: int) -> bytes:
    for window in windows:
        inflater = zlib.decompressobj(window)
        try:
            content = inflater.decompress(body, limit + 1)
        except zlib.error:
            continue
        if len(content) > limit:
            raise _PassError("too large")
        if inflater.eof:
            return content
    raise _PassError("a body that cannot be decoded")
