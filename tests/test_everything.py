"""All sources together: one text is one document, ids are unique, past states can be read again; `pactwatch sources test`."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.archive.archive import Archive
from pipelines.cli import sources as cli_sources
from pipelines.cli.app import run
from pipelines.errors import EXIT_INVALID, EXIT_NOT_FOUND, EXIT_OK
from pipelines.fetch.client import Fetcher, Limits
from pipelines.ingest.everything import read_everything
from pipelines.ingest.folder import read_sources
from pipelines.ingest.html import read_page
from pipelines.ingest.readers import reader_of
from pipelines.ingest.registry import load_registry
from pipelines.ingest.source import Source
from tests.pages import article, listing
from tests.site import Site

FIRST = "Beyra and Lenna opened a rail link on 4 May 2026, and their ministers rode the first train."
SECOND = "The port of Lenna counted fewer ships in April 2026 than a year before, its harbour master said."


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.close()


def declared(tmp_path: Path, site: Site) -> tuple[Source, ...]:
    """An inbox that holds the text of a page that is read too, a page of which another has the text, a feed, a place that is cited."""
    (tmp_path / "inbox").mkdir()
    page = article("Rail link opens", FIRST)
    site.put("/rail", page)
    site.put("/copy", page)
    site.put("/ports", article("Ports", SECOND))
    site.put("/front", listing())
    site.put("/rss", f'<rss version="2.0"><channel><title>P</title><item><link>{site.root}/ports</link></item><item><link>{site.root}/front</link></item></channel></rss>', "application/rss+xml")  # fmt: skip
    folder = tmp_path / "declared"
    folder.mkdir()
    common = "kind: article, language: en, quotes: false, fetch: {allow: [127.0.0.1], pause: 0, tried: 2026-05-04}"
    (folder / "all.yaml").write_text(
        f"- {{id: b-copy, title: B, {common}, from: {{page: {site.root}/copy}}}}\n"
        f"- {{id: a-page, title: A, {common}, from: {{page: {site.root}/rail}}}}\n"
        f"- {{id: feed, title: F, {common}, from: {{feed: {site.root}/rss}}}}\n"
        f"- {{id: inbox, title: I, kind: article, language: en, quotes: true, from: {{folder: {tmp_path / 'inbox'}}}}}\n"
        "- {id: other, title: O, kind: wire, language: en, quotes: false, from: {cited: true}}\n"
    )
    return load_registry(folder).sources


def test_one_text_is_one_document(tmp_path: Path, site: Site) -> None:
    sources = declared(tmp_path, site)
    (tmp_path / "inbox" / "a-page.txt").write_text("Lenna and Beyra met on 3 May 2026.")
    with (
        Archive(tmp_path / "archive") as archive,
        Fetcher(tmp_path / "hosts", Limits(pause=0.0), allow=["127.0.0.1"]) as fetcher,
    ):
        assert read_everything(sources, archive) == read_sources(sources), (
            "live sources without captures: nothing, and no noise"
        )
        for source in sources:
            if source.is_read:
                reader_of(source).collect(source, fetcher, archive)
        head, read = archive.head, read_everything(sources, archive)
        page, inbox, feed = read.documents[1], read.documents[0], read.documents[2]
        assert inbox.source_id == "a-page"
        assert page.source_id.startswith("a-page-"), "the file has the id already"
        assert feed.source_id.startswith("feed-ports-")
        assert [(item.path, item.reason.split(":")[0]) for item in read.rejected] == [
            ("b-copy", f"the same text as {page.source_id[:-9]}"),
            (f"feed/{site.root}/front", "a listing of articles, not one"),
        ]
        assert read_everything(reversed(sources), archive) == read
        text = read_page(site.replies["/rail"].body, "text/html", f"{site.root}/rail", f"{site.root}/rail").text
        (tmp_path / "inbox" / "a-page.txt").write_text(text)
        later = read_everything(sources, archive)
        assert [document.source_id for document in later.documents if document.sha256 == page.sha256] == ["a-page"]
        assert read_everything(sources, archive, until=head) == read, "as it was, files of folders included"


def told(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


def test_a_source_can_be_tried(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    declared(tmp_path, site)
    monkeypatch.setattr(cli_sources, "load_registry", lambda: load_registry(tmp_path / "declared"))
    assert run(["sources", "test", "feed"]) == EXIT_OK
    out = told(capsys)
    assert out.startswith("requests    3, items 2, newest unknown\n")
    assert f"set aside   feed/{site.root}/front: a listing" in out
    assert "documents   1, 0 of them not in English" in out
    assert "feed-ports-" in out
    assert out.endswith("nothing was kept\n")
    assert run(["sources", "test", "a-page", "--json"]) == EXIT_OK
    (document,) = json.loads(told(capsys))["documents"]
    assert (document["source_id"], document["url"], FIRST in document["text"]) == ("a-page", f"{site.root}/rail", True)
    site.drop("/rail")
    assert run(["sources", "test", "a-page"]) == EXIT_NOT_FOUND
    assert f"problem     {site.root}/rail: not there (status 404)" in told(capsys)
    assert run(["sources", "test", "feed", "--most", "1"]) in {EXIT_OK, EXIT_NOT_FOUND}
    assert "1 new articles wait" in told(capsys)
    assert list(home.iterdir()) == [], "nothing was kept"


def test_what_cannot_be_tried(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    declared(tmp_path, site)
    monkeypatch.setattr(cli_sources, "load_registry", lambda: load_registry(tmp_path / "declared"))
    assert run(["sources", "test", "feeed"]) == EXIT_NOT_FOUND
    assert "no source 'feeed', sources/: did you mean 'feed'?" in capsys.readouterr().err
    assert run(["sources", "test", "other"]) == EXIT_INVALID
    assert "other is only cited" in capsys.readouterr().err
    assert run(["sources", "list"]) == EXIT_OK
    listed = told(capsys)
    assert "2026-05-04" in listed
    assert f"page {site.root}/rail" in listed
