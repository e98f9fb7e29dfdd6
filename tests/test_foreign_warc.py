"""WARC files that others made: read as they are meant, whatever is in them."""

import gzip
import io
import tracemalloc
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipelines.archive.archive import Archive
from pipelines.archive.foreign import Bounds, ForeignWarc
from pipelines.fetch.response import Response

HTML = ("Content-Type", "text/html; charset=utf-8")
DATE = "2026-05-04T03:02:01Z"


def record(
    url: str = "https://news.example/1",
    body: bytes = b"<p>Words</p>",
    headers: tuple[tuple[str, str], ...] = (HTML,),
    *,
    status: str = "200 OK",
    kind: str = "response",
    date: str = DATE,
    fields: dict[str, str] | None = None,
    compressed: bool = True,
) -> bytes:
    """A record as warcio writes it."""
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=compressed, warc_version="1.0")
    http = StatusAndHeaders(status, list(headers), protocol="HTTP/1.1")
    made = writer.create_warc_record(
        url,
        kind,
        payload=io.BytesIO(body),
        length=len(body),
        http_headers=http if kind == "response" else None,
        warc_headers_dict={"WARC-Date": date, **(fields or {})},
    )
    writer.write_record(made)
    return out.getvalue()


def read(tmp_path: Path, content: bytes, **settings: object) -> tuple[list[Response], ForeignWarc]:
    path = tmp_path / "foreign.warc.gz"
    path.write_bytes(content)
    warc = ForeignWarc(path, **settings)  # type: ignore[arg-type]
    return list(warc), warc


def test_pages_come_out_with_address_time_headers_and_body(tmp_path: Path) -> None:
    one = record("https://news.example/1", b"<p>One</p>", (HTML, ("X-Other", "é")))
    two = record("http://other.example/", b"<p>Two</p>", date="2026-05-04T03:02:01.123456Z")
    for content in (one + two, gzip.decompress(one) + gzip.decompress(two), gzip.compress(gzip.decompress(one + two))):
        pages, warc = read(tmp_path, content)
        assert [(page.url, page.body) for page in pages] == [
            ("https://news.example/1", b"<p>One</p>"),
            ("http://other.example/", b"<p>Two</p>"),
        ]
        assert {page.fetched_at for page in pages} == {datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)}
        assert (pages[0].status, pages[0].reason, pages[0].header("content-type")) == (200, "OK", HTML[1])
        assert warc.problem is None
        assert not warc.passed


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (record(kind="warcinfo"), "no response"),
        (record(kind="resource"), "no response"),
        (record("ftp://news.example/1"), "no web address"),
        (record("https://unwanted.example/"), "another address than is declared"),
        (record(status="404 Not Found"), "another status than 200"),
        (record(status="nonsense"), "another status than 200"),
        (record(headers=(("Content-Type", "image/png"),)), "no HTML"),
        (record(headers=()), "no HTML"),
        (record(fields={"WARC-Truncated": "length"}), "cut short by its crawler"),
        (record(date="yesterday"), "no date"),
        (record(date="2026-02-30T00:00:00Z"), "no date"),
        (record(body=b"x" * 2000), "too large"),
        (record(body=b"x", headers=(HTML, ("Content-Encoding", "br"))), "a content coding that is not read"),
        (record(body=b"\x1f\x8bx", headers=(HTML, ("Content-Encoding", "gzip"))), "a body that cannot be decoded"),
        (record(body=gzip.compress(b"x" * 999, mtime=0)[:-9], headers=(HTML, ("Content-Encoding", "gzip"))), "a body that cannot be decoded"),
        (record(body=gzip.compress(b"x" * 999999, mtime=0), headers=(HTML, ("Content-Encoding", "gzip"))), "too large"),
        (record(body=zlib.compress(b"x" * 999999), headers=(HTML, ("Content-Encoding", "deflate"))), "too large"),
        (record(body=b"5\r\nhello\r\nzz\r\n", headers=(HTML, ("Transfer-Encoding", "chunked"))), "a body that cannot be decoded"),
        (record(body=b"5\r\nhello\r\n5\r\nhe", headers=(HTML, ("Transfer-Encoding", "chunked"))), "a body that cannot be decoded"),
    ],
)  # fmt: skip
def test_what_is_no_page_is_passed_over_and_counted(tmp_path: Path, made: bytes, reason: str) -> None:
    bounds = Bounds(body=1000, header=1000)
    pages, warc = read(tmp_path, made + record(), wanted=lambda url: "unwanted" not in url, bounds=bounds)
    assert [page.url for page in pages] == ["https://news.example/1"]
    assert warc.passed == {reason: 1}
    assert warc.problem is None


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (gzip.compress(b"<p>Words</p>", mtime=0), (("Content-Encoding", "gzip"),)),
        (zlib.compress(b"<p>Words</p>"), (("Content-Encoding", "deflate"),)),
        (zlib.compress(b"<p>Words</p>")[2:-4], (("Content-Encoding", "deflate"),)),
        (b"5\r\n<p>Wo\r\n7;x=y\r\nrds</p>\r\n0\r\n\r\n", (("Transfer-Encoding", "chunked"),)),
        # Headers that were kept over a body that is decoded already.
        (b"<p>Words</p>", (("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked"))),
    ],
)
def test_bodies_are_decoded(tmp_path: Path, body: bytes, headers: tuple[tuple[str, str], ...]) -> None:
    pages, _ = read(tmp_path, record(body=body, headers=(HTML, *headers)))
    assert [page.body for page in pages] == [b"<p>Words</p>"]


def plain(*lines: str, block: bytes = b"") -> bytes:
    return "\r\n".join(["WARC/1.0", *lines, "", ""]).encode() + block


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"no archive at all", "not a WARC record at byte 0"),
        (record(compressed=False)[:-30], "truncated within a record"),
        (record()[:-12], "truncated or damaged"),
        (record()[:-200] + record(), "truncated or damaged"),
        (b"\x1f\x8b", "truncated or damaged"),
        (plain("WARC-Type: response"), "does not say how long"),
        (plain("WARC-Type: response", "Content-Length: -5"), "does not say how long"),
        (plain("WARC-Type: response", "Content-Length: " + "9" * 400), "does not say how long"),
        (plain("WARC-Type: metadata", "Content-Length: 999999999999"), "truncated within a record"),
        (plain("X: " + "y" * 400_000, "Content-Length: 0"), "header without end"),
        (plain(*["X: y"] * 100_000, "Content-Length: 0"), "header without end"),
        (plain("WARC-Type: metadata", "Content-Length: 1", block=b"xyz"), "not a WARC record"),
    ],
)
def test_a_file_that_breaks_off_gives_what_came_before(tmp_path: Path, content: bytes, problem: str) -> None:
    whole = record("https://news.example/0")
    first = whole if content[:2] == b"\x1f\x8b" else gzip.decompress(whole)
    pages, warc = read(tmp_path, first + content)
    assert pages[0].url == "https://news.example/0"
    assert problem.replace("byte 0", f"byte {len(first)}") in (warc.problem or "")


def test_an_empty_and_a_missing_file(tmp_path: Path) -> None:
    assert read(tmp_path, b"")[0] == []
    missing = ForeignWarc(tmp_path / "none.warc")
    assert list(missing) == []
    assert missing.problem == "cannot be read (No such file or directory)"
    folder = ForeignWarc(tmp_path)
    assert list(folder) == []
    assert "cannot be read" in (folder.problem or "")


def test_bombs_stay_small(tmp_path: Path) -> None:
    """Half a gigabyte of one line, of one header, of one body, of records that are not wanted."""
    zeros = b"\0" * 10_000_000
    for start in (
        b"",
        b"WARC/1.0\r\nX: ",
        plain("WARC-Type: response", "WARC-Target-URI: https://a.example/", f"WARC-Date: {DATE}", "Content-Length: 500000000"),
    ):  # fmt: skip
        path = tmp_path / "bomb.warc.gz"
        with gzip.open(path, "wb", compresslevel=1) as file:
            file.write(start)
            for _ in range(50):
                file.write(zeros)
        warc = ForeignWarc(path, bounds=Bounds(total=200_000_000))
        tracemalloc.start()
        assert list(warc) == []
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert warc.problem is not None
        assert peak < 5_000_000
    assert warc.problem == "more than 0.2 GB when uncompressed"


@settings(max_examples=300)
@given(
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=12),
    st.integers(0, 10**6),
    st.booleans(),
)
def test_no_damage_raises_or_invents(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, int]], cut: int, compressed: bool
) -> None:
    """Bytes changed anywhere, and the file cut: never an exception, and pages only of what a page is."""
    content = bytearray(
        b"".join(record(f"https://news.example/{n}", b"<p>%d</p>" % n * n, compressed=compressed) for n in range(6))
    )
    for place, value in changes:
        content[place % len(content)] = value
    path = tmp_path_factory.mktemp("fuzz") / "x.warc"
    path.write_bytes(content[: cut % (len(content) + 1)] if cut % 3 else content)
    warc = ForeignWarc(path, bounds=Bounds(body=10_000))
    for page in warc:
        assert page.url.lower().startswith("http")
        assert len(page.body) <= 10_000
        assert page.status == 200
    assert warc.problem is None or "\n" not in warc.problem


@settings(max_examples=300)
@given(st.binary(max_size=400))
def test_no_response_raises(tmp_path_factory: pytest.TempPathFactory, block: bytes) -> None:
    """Any bytes as the block of a response, and as its coded body."""
    fields = ("WARC-Type: response", "WARC-Target-URI: https://a.example/", f"WARC-Date: {DATE}")
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: %s\r\nTransfer-Encoding: chunked\r\n\r\n"
    blocks = [block, *(http % coding + block for coding in (b"gzip", b"deflate", b""))]
    content = b"".join(plain(*fields, f"Content-Length: {len(b)}", block=b + b"\r\n\r\n") for b in blocks)
    path = tmp_path_factory.mktemp("fuzz") / "x.warc"
    path.write_bytes(content)
    warc = ForeignWarc(path)
    pages = list(warc)
    assert warc.problem is None
    assert len(pages) + warc.passed.total() == 4


def test_our_own_archive_can_be_read_as_a_foreign_one(tmp_path: Path) -> None:
    body = b"<p>" + b"words " * 500
    with Archive(tmp_path / "archive") as archive:
        coded = Response(
            "https://a.example/", "https://a.example/", 200, "OK", (HTML, ("Content-Encoding", "gzip")), body,
            datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        )  # fmt: skip
        archive.add_response("wire", coded)
        archive.add_gone("wire", "https://a.example/gone", coded.fetched_at, 404, "Not Found")
    (path,) = (tmp_path / "archive" / "warc").iterdir()
    warc = ForeignWarc(path)
    (page,) = warc
    assert (page.url, page.body, page.fetched_at) == (coded.url, body, coded.fetched_at)
    assert warc.passed == {"no response": 2}
    with Archive(tmp_path / "copy") as copy:
        copied = copy.add_copy("news", page, datetime(2026, 6, 1, tzinfo=UTC))
        assert copied is not None
        assert copied.captured_at == coded.fetched_at
        assert copy.payload(copied) == body
