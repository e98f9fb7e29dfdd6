"""The archive: what it keeps, what it gives back, and that its files are WARC files that others can read."""

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.cli import main as warcio

from pipelines.archive.archive import Archive
from pipelines.errors import PactwatchError
from pipelines.fetch.response import Hop, Response, Validators

T0 = datetime(2026, 11, 25, 10, 0, 0, tzinfo=UTC)
PAGE = "https://news.example/talks"


def at(seconds: int) -> datetime:
    return T0 + timedelta(seconds=seconds)


def answer(
    body: bytes = b"<p>Talks were held.</p>",
    url: str = PAGE,
    *,
    seconds: int = 0,
    status: int = 200,
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/html"), ("ETag", '"1"')),
    final_url: str | None = None,
    hops: tuple[Hop, ...] = (),
) -> Response:
    return Response(url, final_url or url, status, "OK", headers, body, at(seconds), hops)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "archive") as made:
        yield made


def warc_paths(archive: Archive) -> list[Path]:
    return sorted((archive.folder / "warc").iterdir())


def raw_records(archive: Archive) -> list[tuple[str, dict[str, str], bytes]]:
    """Type, WARC headers and content of every record, as an independent reader sees them."""
    found = []
    for path in warc_paths(archive):
        with path.open("rb") as file:
            for record in ArchiveIterator(file, check_digests="raise"):
                headers = dict(record.rec_headers.headers)
                found.append((record.rec_type, headers, record.content_stream().read()))
    return found


def assert_valid(archive: Archive, capsys: pytest.CaptureFixture[str]) -> None:
    paths = [str(path) for path in warc_paths(archive)]
    with pytest.raises(SystemExit) as ended:
        warcio(["check", "-v", *paths])
    said = capsys.readouterr().out
    assert ended.value.code == 0, said
    assert "digest pass" in said
    assert "failed" not in said
    warcio(["index", "-f", "offset,warc-type,warc-target-uri", *paths])
    assert '"warc-type": "warcinfo"' in capsys.readouterr().out


# What is added


def test_an_empty_archive_has_the_state_zero(archive: Archive) -> None:
    assert archive.head == 0
    assert archive.at(T0) == 0
    assert archive.sources() == []
    assert archive.newest("wire") == []
    assert list(archive.history("wire")) == []
    assert archive.validators("wire", PAGE) is None


def test_a_response_comes_back_as_it_was(archive: Archive) -> None:
    body = bytes(range(256)) * 40
    capture = archive.add_response("wire", answer(body, final_url="https://news.example/talks/1", seconds=5))
    assert (capture.seq, capture.source_id, capture.url, capture.final_url) == (
        1,
        "wire",
        PAGE,
        "https://news.example/talks/1",
    )
    assert (capture.kind, capture.status, capture.mediatype, capture.etag, capture.last_modified) == (
        "response",
        200,
        "text/html",
        '"1"',
        None,
    )
    assert capture.captured_at == at(5)
    assert capture.payload_sha256 == hashlib.sha256(body).hexdigest()
    assert archive.newest("wire") == [capture]
    assert archive.payload(capture) == body
    assert archive.payload(capture.payload_sha256) == body


def test_the_same_payload_is_stored_once_whatever_its_url_and_source(archive: Archive) -> None:
    first = archive.add_response("wire", answer(b"A" * 5000))
    again = archive.add_response("wire", answer(b"A" * 5000, seconds=60))
    elsewhere = archive.add_response("agency", answer(b"A" * 5000, "https://other.example/", seconds=70))
    as_file = archive.add_file("inbox", "a.txt", b"A" * 5000, at(80))
    assert as_file is not None
    assert [first.kind, again.kind, elsewhere.kind, as_file.kind] == ["response", "revisit", "revisit", "revisit"]
    assert archive.payload(as_file) == archive.payload(elsewhere) == b"A" * 5000
    kinds = [(kind, headers.get("WARC-Profile", "").rsplit("/", 1)[-1]) for kind, headers, _ in raw_records(archive)]
    assert kinds == [("warcinfo", ""), ("response", ""), *[("revisit", "identical-payload-digest")] * 3]
    records = raw_records(archive)
    assert {headers["WARC-Refers-To"] for kind, headers, _ in records if kind == "revisit"} == {
        records[1][1]["WARC-Record-ID"]
    }
    assert records[3][1]["WARC-Refers-To-Target-URI"] == PAGE
    assert records[3][1]["WARC-Refers-To-Date"] == "2026-11-25T10:00:00Z"
    assert records[3][1]["WARC-Payload-Digest"] == f"sha256:{first.payload_sha256}"


def test_not_modified_stands_for_the_payload_that_is_there(archive: Archive) -> None:
    headers = (("Content-Type", "text/html"), ("ETag", '"1"'), ("Last-Modified", "Wed, 25 Nov 2026 09:00:00 GMT"))
    first = archive.add_response("wire", answer(b"one", headers=headers))
    later = archive.add_response("wire", answer(b"", seconds=60, status=304, headers=(("ETag", '"1b"'),)))
    assert (later.kind, later.status, later.payload_sha256) == ("revisit", 304, first.payload_sha256)
    assert (later.mediatype, later.etag, later.last_modified) == ("text/html", '"1b"', first.last_modified)
    assert archive.payload(later) == b"one"
    assert raw_records(archive)[-1][1]["WARC-Profile"].endswith("/revisit/server-not-modified")
    assert archive.validators("wire", PAGE) == Validators('"1b"', "Wed, 25 Nov 2026 09:00:00 GMT", PAGE)


def test_not_modified_of_something_unknown_is_refused(archive: Archive) -> None:
    with pytest.raises(PactwatchError, match="304"):
        archive.add_response("wire", answer(b"", status=304))
    assert archive.head == 0


def test_a_page_that_is_gone_has_no_payload_but_keeps_its_past(archive: Archive) -> None:
    first = archive.add_response("wire", answer(b"one"))
    gone = archive.add_response("wire", answer(b"Not here", status=404, seconds=60))
    assert (gone.kind, gone.status, gone.payload_sha256, gone.seq) == ("gone", 404, None, 2)
    assert archive.newest("wire") == [gone]
    assert list(archive.history("wire", PAGE)) == [first, gone]
    assert archive.newest("wire", until=1) == [first]
    assert archive.add_gone("wire", PAGE, at(70), 404, "Not Found") == gone
    assert archive.head == 2
    assert archive.add_gone("wire", PAGE, at(80), 410, "Gone").seq == 3
    assert archive.validators("wire", PAGE) == Validators('"1"', None, PAGE)
    with pytest.raises(PactwatchError, match="no payload"):
        archive.payload(gone)


@pytest.mark.parametrize("status", [301, 403, 500])
def test_other_responses_are_no_captures(archive: Archive, status: int) -> None:
    with pytest.raises(ValueError, match=str(status)):
        archive.add_response("wire", answer(status=status))
    assert archive.head == 0


def test_a_file_that_did_not_change_writes_nothing(archive: Archive) -> None:
    first = archive.add_file("inbox", "a note.txt", b"one", T0)
    assert first is not None
    assert (first.url, first.kind, first.status) == ("file:a note.txt", "resource", None)
    size = warc_paths(archive)[0].stat().st_size
    assert archive.add_file("inbox", "a note.txt", b"one", at(60)) is None
    assert warc_paths(archive)[0].stat().st_size == size
    second = archive.add_file("inbox", "a note.txt", b"two", at(60))
    archive.add_gone("inbox", "file:a note.txt", at(70), None, "removed")
    back = archive.add_file("inbox", "a note.txt", b"two", at(80))
    assert second is not None
    assert back is not None
    assert (back.seq, back.kind, archive.payload(back)) == (4, "revisit", b"two")
    assert archive.first_seen(back) == at(80)


def test_a_copy_bears_its_own_time_and_is_taken_once(archive: Archive) -> None:
    old = answer(b"one", seconds=-10_000_000)
    copied = archive.add_copy("news", old, T0)
    assert copied is not None
    assert copied.captured_at == at(-10_000_000)
    assert archive.at(at(-1)) == 0
    assert archive.at(T0) == 1
    assert archive.add_copy("news", old, at(60)) is None
    assert archive.add_copy("news", answer(b"older", seconds=-20_000_000), at(60)) is None
    newer = archive.add_copy("news", answer(b"two", seconds=-9_000_000), at(60))
    assert newer is not None
    assert archive.newest("news") == [newer]


def test_redirects_are_records_beside_their_capture(archive: Archive) -> None:
    hops = (Hop("https://news.example/old", 301, "/new\r\nX: y"), Hop("https://news.example/new", 302, PAGE))
    capture = archive.add_response("wire", answer(b"one", "https://news.example/old", final_url=PAGE, hops=hops))
    assert archive.head == 1
    kinds = [(kind, headers.get("WARC-Target-URI")) for kind, headers, _ in raw_records(archive)]
    assert kinds == [
        ("warcinfo", None),
        ("response", "https://news.example/old"),
        ("response", "https://news.example/new"),
        ("response", PAGE),
    ]
    records = raw_records(archive)
    assert records[1][1]["WARC-Concurrent-To"] == records[3][1]["WARC-Record-ID"]
    assert archive.payload(capture) == b"one"


# States


def test_states_are_named_by_their_newest_capture(archive: Archive) -> None:
    one = archive.add_response("wire", answer(b"one", seconds=10))
    two = archive.add_response("wire", answer(b"two", seconds=20))
    other = archive.add_response("agency", answer(b"three", "https://a.example/", seconds=30))
    assert [archive.at(at(seconds)) for seconds in (9, 10, 19, 20, 30, 99)] == [0, 1, 1, 2, 3, 3]
    assert archive.newest("wire", until=1) == [one]
    assert archive.newest("wire") == archive.newest("wire", until=3) == [two]
    assert archive.sources() == ["agency", "wire"]
    assert archive.sources(2) == ["wire"]
    assert list(archive.history("wire", until=1)) == [one]
    assert list(archive.history("agency")) == [other]


def test_a_clock_that_is_set_back_makes_no_state_move(archive: Archive) -> None:
    archive.add_response("wire", answer(b"one", seconds=100))
    late = archive.add_response("wire", answer(b"two", seconds=50))
    assert late.captured_at == at(50)
    assert archive.at(at(60)) == 0
    assert archive.at(at(100)) == 2


def test_first_seen_is_the_start_of_the_unbroken_run(archive: Archive) -> None:
    def seen(body: bytes, seconds: int, status: int = 200) -> datetime:
        return archive.first_seen(archive.add_response("wire", answer(body, seconds=seconds, status=status)))

    assert seen(b"one", 0) == at(0)
    assert seen(b"one", 10) == at(0)
    assert seen(b"", 20, 304) == at(0)
    assert seen(b"two", 30) == at(30)
    assert seen(b"one", 40) == at(40)
    assert seen(b"", 50, 404) == at(50)
    assert seen(b"one", 60) == at(60)


# The files


def test_coded_bodies_are_valid_http(archive: Archive, capsys: pytest.CaptureFixture[str]) -> None:
    headers = (("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked"), ("content-length", "7"), ("Vary", "*"))
    capture = archive.add_response("wire", answer(b"long enough body", headers=headers))
    with warc_paths(archive)[0].open("rb") as file:
        record = next(r for r in ArchiveIterator(file) if r.rec_type == "response")
        http = dict(record.http_headers.headers)
    assert http == {
        "X-Archive-Orig-Content-Encoding": "gzip",
        "X-Archive-Orig-Transfer-Encoding": "chunked",
        "X-Archive-Orig-content-length": "7",
        "Vary": "*",
        "Content-Length": "16",
    }
    assert archive.payload(capture) == b"long enough body"
    assert_valid(archive, capsys)


HOSTILE = "\r\nWARC-Type: evil\r\n\r\n\x00\x1b[2J\u202eé\udc80𝄞 "


def test_nothing_that_a_server_sends_breaks_a_record(archive: Archive, capsys: pytest.CaptureFixture[str]) -> None:
    url = "HTTP://news.example/" + HOSTILE + "x" * 100_000
    headers = (
        ("Content-Type", "text/html" + HOSTILE),
        (HOSTILE, "value"),
        ("", ""),
        ("ETag", HOSTILE),
        ("Content-Length", "-1" + HOSTILE),
        ("X-Huge", "y" * 1_000_000),
    )
    hops = (Hop(url, 302, HOSTILE * 10),)
    capture = archive.add_response("wire", answer(b"body", url, headers=headers, hops=hops))
    archive.add_response("wire", answer(b"", url, headers=headers, status=304, seconds=1))
    archive.add_gone("wire", url, at(2), 404, HOSTILE)
    archive.add_file("wire", HOSTILE, b"file", at(3))
    assert "\udc80" not in capture.url
    assert capture.url == url.replace("\udc80", "\\udc80")
    assert [c.url for c in archive.history("wire", url)] == [capture.url] * 3
    assert archive.payload(capture) == b"body"
    assert archive.validators("wire", url) is not None
    kinds = [kind for kind, _, _ in raw_records(archive)]
    assert kinds == ["warcinfo", "response", "response", "revisit", "metadata", "resource"]
    assert raw_records(archive)[1][1]["WARC-Target-URI"].startswith("http://news.example/%0D%0AWARC-Type:%20evil")
    rows = archive.index_rows()
    archive.reindex()
    assert archive.index_rows() == rows
    assert_valid(archive, capsys)


def test_files_are_valid_warc_and_begin_anew_by_month_and_size(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Archive(tmp_path / "archive", max_file=20_000) as archive:
        captures = []
        for number in range(12):
            captures.append(archive.add_response("wire", answer(os.urandom(4000), f"{PAGE}/{number}", seconds=number)))
        december = T0 + timedelta(days=10)
        late = archive.add_file("wire", "x", b"x", december)
        back = archive.add_file("wire", "y", b"y", T0)
        names = [path.name for path in warc_paths(archive)]
        assert names == [
            "pactwatch-202611-00001.warc.gz",
            "pactwatch-202611-00002.warc.gz",
            "pactwatch-202611-00003.warc.gz",
            "pactwatch-202612-00001.warc.gz",
        ]
        assert late is not None
        assert back is not None
        assert back.record.startswith("pactwatch-202612-00001")
        assert archive.newest("wire") == sorted([*captures, late, back], key=lambda c: c.url)
        assert_valid(archive, capsys)


def test_the_same_additions_give_the_same_bytes(tmp_path: Path) -> None:
    contents = []
    for name in ("a", "b"):
        with Archive(tmp_path / name) as archive:
            archive.add_response("wire", answer(b"one", hops=(Hop("http://x.example/", 301, PAGE),), final_url=PAGE))
            archive.add_response("wire", answer(b"one", seconds=9))
            archive.add_file("inbox", "a", b"file", at(10))
            contents.append([path.read_bytes() for path in warc_paths(archive)])
    assert contents[0] == contents[1]


# The index


def test_the_index_can_always_be_rebuilt(tmp_path: Path) -> None:
    with Archive(tmp_path / "archive", max_file=3000) as archive:
        for number in range(30):
            archive.add_response("wire", answer(str(number // 2).encode() * 99, f"{PAGE}/{number % 7}", seconds=number))
        archive.add_gone("wire", f"{PAGE}/3", at(99), None, "gone")
        archive.add_file("inbox", "a", b"9" * 99, at(100))
        rows = archive.index_rows()
        newest = archive.newest("wire")
    index = tmp_path / "archive" / "index.sqlite"
    for damage in ("missing", "garbage", "empty", "other layout", "reindexed"):
        if damage == "missing":
            index.unlink()
        elif damage == "garbage":
            index.write_bytes(b"no database " * 1000)
        elif damage == "empty":
            index.write_bytes(b"")
        elif damage == "other layout":
            with sqlite3.connect(index) as db:
                db.execute("PRAGMA user_version = 99")
            db.close()
        with Archive(tmp_path / "archive", read_only=True) as archive:
            assert archive.index_rows() == rows, damage
        with Archive(tmp_path / "archive") as archive:
            if damage == "reindexed":
                assert archive.reindex() == 32
            assert archive.index_rows() == rows, damage
            assert archive.newest("wire") == newest


def test_an_index_damaged_within_is_noticed_and_rebuilt(tmp_path: Path) -> None:
    with Archive(tmp_path / "archive") as archive:
        with archive.batch():
            for number in range(400):
                archive.add_response("wire", answer(str(number).encode(), f"{PAGE}/{number:03}", seconds=number))
        newest = archive.newest("wire")
    index = tmp_path / "archive" / "index.sqlite"
    content = bytearray(index.read_bytes())
    content[8192:-4096] = b"\xff" * (len(content) - 12288)
    index.write_bytes(content)
    with Archive(tmp_path / "archive") as archive:
        assert archive.newest("wire") == newest
        assert archive.head == 400


def test_a_lost_file_is_told_and_never_silently_forgotten(tmp_path: Path) -> None:
    with Archive(tmp_path / "archive", max_file=1) as archive:
        first = archive.add_file("inbox", "a", b"one", T0)
        archive.add_file("inbox", "b", b"two", at(1))
        third = archive.add_file("inbox", "c", b"three", at(2))
        archive.add_file("inbox", "c", b"two", at(3))
        paths = warc_paths(archive)
    assert len(paths) == 4
    paths[1].unlink()
    with pytest.raises(PactwatchError, match="missing or shorter") as told:
        Archive(tmp_path / "archive")
    assert "00002" in str(told.value)
    with pytest.raises(PactwatchError, match="missing or shorter"):
        Archive(tmp_path / "archive")
    with Archive(tmp_path / "archive", reindex=True) as archive:
        assert [c.seq for c in archive.newest("inbox")] == [1, 4]
        assert first is not None
        assert third is not None
        assert archive.payload(third) == b"three"
        with pytest.raises(PactwatchError, match="backup"):
            archive.payload(archive.newest("inbox")[1])


def test_a_damaged_record_is_told_and_costs_no_other(tmp_path: Path) -> None:
    with Archive(tmp_path / "archive") as archive:
        captures = [
            archive.add_response("wire", answer(os.urandom(3000), f"{PAGE}/{number}", seconds=number))
            for number in range(5)
        ]
        path = warc_paths(archive)[0]
    offset = int(captures[2].record.split(":")[1])
    content = bytearray(path.read_bytes())
    content[offset + 1000 : offset + 1010] = b"\0" * 10
    path.write_bytes(content)
    with Archive(tmp_path / "archive") as archive:
        with pytest.raises(PactwatchError, match="damaged") as told:
            archive.payload(captures[2])
        assert captures[2].record in str(told.value)
        assert archive.reindex() == 5
        assert [c.seq for c in archive.newest("wire")] == [1, 2, 4, 5]
        assert archive.payload(captures[4]) == archive.payload(captures[4].payload_sha256 or "")
        assert archive.add_file("inbox", "a", b"one", at(9)).seq == 6  # type: ignore[union-attr]


def test_read_only_changes_nothing(tmp_path: Path) -> None:
    with Archive(tmp_path / "none", read_only=True) as archive:
        assert archive.head == 0
        with pytest.raises(PactwatchError, match="reading only"):
            archive.add_file("inbox", "a", b"one", T0)
    assert not (tmp_path / "none").exists()
    with Archive(tmp_path / "archive") as writer, Archive(tmp_path / "archive", read_only=True) as reader:
        writer.add_file("inbox", "a", b"one", T0)
        assert reader.head == 1
        with writer.batch():
            writer.add_file("inbox", "b", b"two", T0)
            assert writer.head == 2
            assert reader.head == 1
        assert reader.head == 2
        assert reader.payload(reader.newest("inbox")[1]) == b"two"
