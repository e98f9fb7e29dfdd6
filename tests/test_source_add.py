"""`pactwatch sources add`: tested, then written; what is not understood, taken or empty is not."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.cli.app import run
from pipelines.errors import EXIT_INVALID, EXIT_NOT_FOUND, EXIT_OK, EXIT_USAGE
from pipelines.ingest.registry import load_registry
from pipelines.ingest.source import Feed, Folder, MediaWiki, Telegram
from tests.pages import article, listing
from tests.site import Site

Output = pytest.CaptureFixture[str]
WORDS = "Beyra and Lenna opened a rail link on 4 May 2026, and their ministers rode the first train."


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    made.put("/rail", article("Rail link opens", WORDS))
    made.put("/front", listing())
    for name, path in (("rss", "rail"), ("empty", "front")):
        items = f"<item><link>{made.root}/{path}</link></item>"
        made.put(
            f"/{name}", f'<rss version="2.0"><channel><title>P</title>{items}</channel></rss>', "application/rss+xml"
        )
    yield made
    made.close()


@pytest.fixture(autouse=True)
def declared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of declarations of the test's own, with one in it."""
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "known.yaml").write_text(
        "{id: known, kind: wire, title: K, language: en, quotes: false, from: {telegram: {channel: known_en}}}\n"
    )
    monkeypatch.setenv("PACTWATCH_SOURCES", str(folder))
    return folder


def add(*words: str) -> int:
    return run(["sources", "add", *words, "--allow", "127.0.0.1"])


def test_a_feed_is_tested_and_written(site: Site, declared: Path, capsys: Output, home: Path) -> None:
    code = add(
        "feed", f"{site.root}/rss", "--id", "rail", "--license", "CC-BY-4.0", "--quotes", "--publisher", "Rail: Board"
    )
    out = capsys.readouterr().out
    assert code == EXIT_OK
    assert "documents   1, 0 of them not in English" in out
    assert "rail.yaml" in out
    (source,) = (source for source in load_registry().sources if source.id == "rail")
    assert source.reader == Feed((f"{site.root}/rss",))
    assert (source.title, source.publisher, source.license, source.quotes) == (
        "Feed of 127.0.0.1", "Rail: Board", "CC-BY-4.0", True,
    )  # fmt: skip
    assert (source.fetch.tried, source.fetch.allow) == (datetime.now(UTC).date(), ("127.0.0.1",))
    assert list(home.iterdir()) == [], "nothing was kept of what was fetched"
    assert run(["sources", "test", "rail"]) == EXIT_OK


def test_what_yields_nothing_is_not_written(site: Site, declared: Path, capsys: Output) -> None:
    assert add("feed", f"{site.root}/empty", "--id", "empty") == EXIT_NOT_FOUND
    assert "nothing was written" in capsys.readouterr().out
    assert add("page", f"{site.root}/gone", "--id", "gone", "--json") == EXIT_NOT_FOUND
    told = json.loads(capsys.readouterr().out)
    assert told["written"] is None
    assert "not there" in told["trial"]["problems"][0]["detail"]
    assert sorted(path.name for path in declared.iterdir()) == ["known.yaml"]
    assert add("page", f"{site.root}/gone", "--id", "gone", "--untested") == EXIT_OK
    assert next(source for source in load_registry().sources if source.id == "gone").fetch.tried is None


def test_nothing_is_written_over_or_declared_twice(site: Site, declared: Path, capsys: Output) -> None:
    assert add("page", f"{site.root}/rail", "--id", "known") == EXIT_INVALID
    assert "the id 'known' is taken, sources/known.yaml" in capsys.readouterr().err
    assert add("telegram", "known_en", "--id", "other") == EXIT_INVALID
    assert "this is read already, as 'known'" in capsys.readouterr().err
    (declared / "comments.yaml").write_text("[]\n")
    assert add("page", f"{site.root}/rail", "--id", "comments") == EXIT_INVALID
    assert (declared / "comments.yaml").read_text() == "[]\n"
    assert site.asked == [], "nothing is fetched for what could not be written"


@pytest.mark.parametrize(
    ("words", "told", "code"),
    [
        (("page", "example.org", "--id", "x"), "page is 'example.org'", EXIT_INVALID),
        (("page", "https://example.org", "--id", "X y"), "id is 'X y'", EXIT_INVALID),
        (("page", "https://example.org", "--id", "../x"), "id is '../x'", EXIT_INVALID),
        (("page", "https://example.org", "--id", "x", "--kind", "artikel"), "kind is 'artikel'", EXIT_INVALID),
        (("mediawiki", "https://example.org/api.php", "--id", "x"), "a wiki without pages", EXIT_USAGE),
        (("telegram", "one", "two", "--id", "x"), "give one telegram", EXIT_USAGE),
        (("fed", "https://example.org", "--id", "x"), "'feed'", EXIT_USAGE),
        (("feed", "https://example.org"), "--id", EXIT_USAGE),
    ],
)
def test_what_is_not_understood_is_told(
    declared: Path, capsys: Output, words: tuple[str, ...], told: str, code: int
) -> None:
    assert add(*words) == code
    assert told in capsys.readouterr().err
    assert sorted(path.name for path in declared.iterdir()) == ["known.yaml"]


def test_other_forms(tmp_path: Path, declared: Path, capsys: Output) -> None:
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "a.txt").write_text(WORDS)
    assert add("folder", str(tmp_path / "reports"), "--id", "reports", "--kind", "official") == EXIT_OK
    assert add("telegram", "IRNA_en", "--id", "channel", "--untested") == EXIT_OK
    api = "https://wiki.example/w/api.php"
    assert (
        add("mediawiki", api, "Chabahar Port", "Reko Diq", "--id", "wiki", "--title", "On ports", "--untested")
        == EXIT_OK
    )
    found = {source.id: source for source in load_registry().sources}
    assert found["reports"].reader == Folder(tmp_path / "reports")
    assert (found["reports"].kind, found["reports"].fetch.tried) == ("official", None)
    assert found["channel"].reader == Telegram("IRNA_en")
    assert found["wiki"].reader == MediaWiki(api, ("Chabahar Port", "Reko Diq"))
    assert found["wiki"].title == "On ports"
    assert run(["sources", "list", "--json"]) == EXIT_OK


def test_an_installations_own_declarations_stay(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Output
) -> None:
    from pipelines.cli import declare

    monkeypatch.setattr(declare, "ROOT", tmp_path)
    monkeypatch.setattr(declare, "sources", lambda: tmp_path / "sources")
    assert add("page", "https://example.org", "--id", "x") == EXIT_USAGE
    assert "PACTWATCH_SOURCES" in capsys.readouterr().err
