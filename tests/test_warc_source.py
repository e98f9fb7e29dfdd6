"""Sources of the kind `warc`: articles out of files that others made, copied once, read like any other page."""

import gzip
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest

from pipelines.archive.archive import Archive
from pipelines.errors import PactwatchError
from pipelines.ingest.everything import read_everything
from pipelines.ingest.reader import Collected
from pipelines.ingest.readers import reader_of
from pipelines.ingest.registry import parse_source
from pipelines.ingest.source import Source
from tests.test_foreign_warc import record

NOTES = ("harbour", "railway", "customs")


def page(subject: str, extra: str = "") -> bytes:
    """A page long enough to be an article."""
    sentences = " ".join(
        f"The two delegations spoke about the {subject} for {n} hours, officials of both sides said{extra}."
        for n in range(2, 14)
    )
    return f"<html lang=en><head><title>Talks on the {subject}</title></head><body><article><h1>Talks on the {subject}</h1><p>{sentences}</p><p>{sentences}</p></article></body></html>".encode()


def source(path: Path, **under: Any) -> Source:
    declared = {
        "id": "crawl", "kind": "article", "title": "A crawl", "language": "en", "quotes": False,
        "from": {"warc": {"files": [str(path)], **under}},
    }  # fmt: skip
    return parse_source(declared, "test")


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "archive") as made:
        yield made


def collect(declared: Source, archive: Archive) -> Collected:
    return reader_of(declared).collect(declared, cast(Any, None), archive)


def test_articles_are_copied_once_and_read(tmp_path: Path, archive: Archive) -> None:
    folder = tmp_path / "crawls"
    folder.mkdir()
    first = [record(f"https://news.example/{name}", page(name), date="2026-03-01T10:00:00Z") for name in NOTES]
    (folder / "a.warc.gz").write_bytes(b"".join(first) + record(kind="warcinfo"))
    (folder / "notes.txt").write_text("not read")
    declared = source(folder)
    collected = collect(declared, archive)
    assert (collected.new, collected.changed, collected.unchanged, collected.problems) == (3, 0, 0, ())
    assert collected.newest_item == datetime(2026, 3, 1, 10, 0, 0, tzinfo=UTC)
    assert collected.notes == ("a.warc.gz: passed over 1 no response",)
    head = archive.head
    read = read_everything([declared], archive)
    assert [document.title for document in read.documents] == [f"Talks on the {name}" for name in sorted(NOTES)]
    assert {document.retrieved_at for document in read.documents} == {datetime(2026, 3, 1, 10, 0, 0, tzinfo=UTC)}
    # Again: the file is not even opened.
    assert collect(declared, archive).unchanged == 3
    assert archive.head == head
    # Touched: read again, nothing new in it.
    os.utime(folder / "a.warc.gz", (1, 1))
    again = collect(declared, archive)
    assert (again.new, again.changed, again.unchanged) == (0, 0, 3)
    # A later crawl of one page changed, of another as before, and an older one of the third, which does not count.
    later = [
        record("https://news.example/harbour", page("harbour", " again"), date="2026-04-01T10:00:00Z"),
        record("https://news.example/railway", page("railway"), date="2026-04-01T10:00:00Z"),
        record("https://news.example/customs", page("customs", " before"), date="2026-01-01T10:00:00Z"),
    ]
    (folder / "b.warc").write_bytes(b"".join(gzip.decompress(one) for one in later))
    collected = collect(declared, archive)
    assert (collected.new, collected.changed, collected.unchanged) == (0, 1, 2)
    now = {document.title: document for document in read_everything([declared], archive).documents}
    assert "said again" in now["Talks on the harbour"].text
    assert now["Talks on the harbour"].retrieved_at == datetime(2026, 4, 1, 10, 0, 0, tzinfo=UTC)
    assert now["Talks on the railway"].retrieved_at == datetime(2026, 3, 1, 10, 0, 0, tzinfo=UTC)
    assert "said before" not in now["Talks on the customs"].text
    # And the state before is still there.
    assert read_everything([declared], archive, until=head).documents == read.documents


def test_only_what_is_declared_is_copied(tmp_path: Path, archive: Archive) -> None:
    path = tmp_path / "a.warc.gz"
    urls = ["https://news.example/world/1", "https://news.example/sport/1", "https://other.example/world/1"]
    path.write_bytes(b"".join(record(url, page(NOTES[n])) for n, url in enumerate(urls)))
    declared = source(path, under=["https://news.example/world/"])
    assert collect(declared, archive).new == 1
    assert [c.url for c in archive.newest("crawl") if c.url.startswith("http")] == [urls[0]]
    # Declared wider, the file is read again.
    wider = source(path, under=["https://news.example/"])
    collected = collect(wider, archive)
    assert (collected.new, collected.unchanged) == (1, 1)
    assert len(read_everything([wider], archive).documents) == 2
    assert len(read_everything([declared], archive).documents) == 1


def test_a_truncated_file_gives_what_it_holds_and_is_told_every_time(tmp_path: Path, archive: Archive) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes((record("https://news.example/1", page("harbour")) * 1 + record(body=page("railway")))[:-20])
    declared = source(path)
    for new in (1, 0):
        collected = collect(declared, archive)
        assert collected.new == new
        assert [(problem.outcome, "truncated" in problem.detail) for problem in collected.problems] == [
            ("unreadable", True)
        ]


def test_a_file_that_is_not_there(tmp_path: Path, archive: Archive) -> None:
    with pytest.raises(PactwatchError, match="no such WARC file"):
        collect(source(tmp_path / "none.warc.gz"), archive)
    assert archive.head == 0
