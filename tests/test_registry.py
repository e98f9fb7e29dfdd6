"""Source declarations: what is not understood is an error that says where and what was meant."""

from datetime import date
from pathlib import Path

import pytest

from pipelines.errors import PactwatchError
from pipelines.ingest.registry import Registry, adhoc, load_registry, parse_source
from pipelines.ingest.source import Feed, Fetching, Folder, Kind, MediaWiki, Pages, Sitemap, Telegram, Warc
from pipelines.project import ROOT

GOOD = """
id: example
kind: article
title: Example
language: en
quotes: false
from: {folder: corpus}
"""


def declare(tmp_path: Path, text: str, name: str = "example.yaml") -> Path:
    folder = tmp_path / "sources"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text)
    return folder


def refused(tmp_path: Path, text: str) -> str:
    with pytest.raises(PactwatchError) as raised:
        load_registry(declare(tmp_path, text))
    return str(raised.value)


def test_the_projects_own_sources_load() -> None:
    registry = load_registry()
    assert "corpus" in [source.id for source in registry.readable()]
    assert [source.id for source in registry.sources] == sorted(source.id for source in registry.sources)
    corpus = next(source for source in registry.sources if source.id == "corpus")
    assert corpus.license == "CC-BY-4.0"
    assert corpus.quotes
    assert corpus.reader == Folder(ROOT / "corpus")
    for source in registry.sources:
        assert source.license or not source.quotes, f"{source.id}: quotes without a license"


def test_the_sources_that_are_read() -> None:
    read = {source.id: source for source in load_registry().readable()}
    assert sorted(read) == sorted(
        "al-alam al-jazeera anadolu app belta corpus dawn irna irna-site isna kremlin mehr pakistan-mofa press-tv radio-pakistan tass tasnim "
        "tehran-times uk-fcdo un-news us-state wikipedia xinhua".split()
    )
    assert [source.id for source in read.values() if not source.is_live] == ["corpus"]
    assert not [source.id for source in read.values() if source.fetch.tried], (
        "say so in the comments of sources/ as well"
    )
    wikipedia = read["wikipedia"].reader
    assert isinstance(wikipedia, MediaWiki)
    assert {"Reko Diq mine", "Chabahar Port", "Iran–Pakistan relations"} <= set(wikipedia.pages)
    assert read["irna"].reader == Telegram("IRNA_en", 3)


def test_a_whole_declaration() -> None:
    source = parse_source(
        {
            "id": "x-1",
            "kind": "official",
            "title": "X",
            "publisher": "Ministry",
            "url": "https://example.org",
            "language": "pt-BR",
            "license": "CC0-1.0",
            "quotes": True,
            "from": {"folder": "/data/x"},
            "names": ["X"],
            "urls": ["https://x.example"],
            "documents": {"a.txt": {"title": "A", "published": date(2026, 6, 27), "kind": "other"}},
        },
        "sources/x.yaml",
    )
    assert source.reader == Folder(Path("/data/x"))
    assert source.documents["a.txt"].published == date(2026, 6, 27)
    assert source.documents["a.txt"].publisher is None


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("title:", "titel:"), "unknown key 'titel', sources/example.yaml: did you mean 'title'?"),
        (("{folder: corpus}", "{foldr: corpus}"), "unknown key 'foldr', sources/example.yaml under from: did you mean 'folder'?"),
        (("{folder: corpus}", "{folder: corpus, cited: true}"), "from has 2 keys, sources/example.yaml: give exactly one of folder, cited, page, feed"),
        (("{folder: corpus}", "{cited: yes}"), "cited is 'yes'"),
        (("{folder: corpus}", "{folder: 3}"), "folder is 3"),
        (("{folder: corpus}", "corpus"), "a mapping of keys is expected"),
        (("quotes: false", "quotes: no"), "quotes is 'no', sources/example.yaml: use true or false"),
        (("quotes: false\n", ""), "the key 'quotes' is missing"),
        (("kind: article", "kind: artikel"), "kind is 'artikel', sources/example.yaml: use one of article, encyclopedia"),
        (("language: en", "language: English"), "language is 'English'"),
        (("id: example", "id: Example One"), "id is 'Example One'"),
        (("title: Example", "title: 3"), "title is 3"),
        (("id: example", "id: example\nurl: ftp://x"), "url is 'ftp://x'"),
        (("id: example", "id: example\nnames: IRNA"), "names is 'IRNA'"),
        (("id: example", "id: example\ndocuments: {a.txt: {tite: A}}"), "unknown key 'tite', sources/example.yaml under documents a.txt: did you mean 'title'?"),
        (("id: example", "id: example\ndocuments: {a.txt: {published: June 2026}}"), "published is 'June 2026'"),
        (("id: example", "id: example\ndocuments: {a.txt: {kind: blog}}"), "kind is 'blog'"),
        (("id: example", "id: example\ndocuments: [a.txt]"), "documents is no mapping"),
        (("id: example", "id: example\nid: other"), "key 'id' stands twice"),
        (("{folder: corpus}", "{page: example.org}"), "page is 'example.org', sources/example.yaml under from: give an http or https address"),
        (("{folder: corpus}", "{page: []}"), "page is [], sources/example.yaml under from: give one, or a list"),
        (("{folder: corpus}", "{feed: {urls: https://x.example}}"), "unknown key 'urls', sources/example.yaml under from feed: did you mean 'url'?"),
        (("{folder: corpus}", "{feed: {under: https://x.example}}"), "the key 'url' is missing, sources/example.yaml under from feed"),
        (("{folder: corpus}", "{sitemap: {url: 3}}"), "url is 3, sources/example.yaml under from sitemap"),
        (("{folder: corpus}", "{mediawiki: {api: https://x.example/api.php}}"), "the key 'pages' is missing"),
        (("{folder: corpus}", "{mediawiki: {api: https://x.example/api.php, pages: [A|B]}}"), "pages holds 'A|B'"),
        (("{folder: corpus}", "{mediawiki: {api: https://x.example/api.php, titles: [A]}}"), "unknown key 'titles'"),
        (("{folder: corpus}", "{telegram: '@channel'}"), "channel is '@channel', sources/example.yaml under from telegram: give the name"),
        (("{folder: corpus}", "{telegram: {channel: channel, back: 0}}"), "back is 0, sources/example.yaml under from telegram: give a whole number from 1"),
        (("{folder: corpus}", "{warc: {files: [3]}}"), "files is [3]"),
        (("id: example", "id: example\nfetch: {tryed: false}"), "unknown key 'tryed', sources/example.yaml under fetch: did you mean 'tried'?"),
        (("id: example", "id: example\nfetch: {tried: true}"), "tried is True, sources/example.yaml under fetch: write a full date such as 2026-06-27, or false"),
        (("id: example", "id: example\nfetch: {pause: true}"), "pause is True"),
        (("id: example", "id: example\nfetch: {recheck: -1}"), "recheck is -1"),
        (("id: example", "id: example\nfetch: {stale: 0}"), "stale is 0"),
        (("id: example", "id: example\nfetch: {allow: ['http://localhost/']}"), "allow holds 'http://localhost/', sources/example.yaml under fetch: give hosts"),
    ],
)  # fmt: skip
def test_every_mistake_is_told(tmp_path: Path, change: tuple[str, str], told: str) -> None:
    assert told in refused(tmp_path, GOOD.replace(*change))


@pytest.mark.parametrize(
    ("stated", "kind"),
    [
        ("{page: https://x.example/a}", Pages(("https://x.example/a",))),
        ("{page: [https://x.example/a, https://x.example/b, https://x.example/a]}", Pages(("https://x.example/a", "https://x.example/b"))),
        ("{feed: https://x.example/rss}", Feed(("https://x.example/rss",))),
        ("{feed: {url: https://x.example/rss, under: https://x.example/world/}}", Feed(("https://x.example/rss",), ("https://x.example/world/",))),
        ("{sitemap: {url: [https://x.example/news.xml]}}", Sitemap(("https://x.example/news.xml",))),
        ("{mediawiki: {api: https://x.example/api.php, pages: Reko_Diq mine}}", MediaWiki("https://x.example/api.php", ("Reko Diq mine",))),
        ("{telegram: Some_channel}", Telegram("Some_channel", 1, "https://t.me/s")),
        ("{telegram: {channel: Some_channel, back: 3, preview: http://127.0.0.1:1/s/}}", Telegram("Some_channel", 3, "http://127.0.0.1:1/s")),
        ("{warc: /data/a.warc.gz}", Warc((Path("/data/a.warc.gz"),))),
        ("{warc: {files: [/data], under: https://x.example/}}", Warc((Path("/data"),), ("https://x.example/",))),
    ],
)  # fmt: skip
def test_every_kind_of_source(tmp_path: Path, stated: str, kind: Kind) -> None:
    registry = load_registry(declare(tmp_path, GOOD.replace("{folder: corpus}", stated)))
    assert registry.sources[0].reader == kind
    assert registry.readable() == registry.sources


def test_how_a_source_is_fetched(tmp_path: Path) -> None:
    stated = "fetch: {allow: [127.0.0.1], every: 0.25, pause: 2, most: 9, recheck: 0, stale: 14, tried: 2026-06-27}"
    source = load_registry(declare(tmp_path, GOOD + stated)).sources[0]
    assert source.fetch == Fetching(("127.0.0.1",), 0.25, 2.0, 9, 0, 14, date(2026, 6, 27))
    assert load_registry(declare(tmp_path, GOOD)).sources[0].fetch == Fetching()


@pytest.mark.parametrize("every", ["0", "true", "daily", "0.01", "9999", ".nan"])
def test_a_pace_that_is_none_is_refused(tmp_path: Path, every: str) -> None:
    assert "give hours between two fetches" in refused(tmp_path, f"{GOOD}fetch: {{every: {every}}}")


def test_an_entry_of_a_list_is_named(tmp_path: Path) -> None:
    entry = "- {id: %s, kind: wire, title: A, language: en, quotes: false, from: {cited: true}}\n"
    assert "the id 'a' is taken by sources/example.yaml entry 1 (a)" in refused(tmp_path, entry % "a" + entry % "a")
    broken = entry % "a" + (entry % "b").replace("title", "titel")
    assert "unknown key 'titel', sources/example.yaml entry 2" in refused(tmp_path, broken)


def test_empty_and_missing(tmp_path: Path) -> None:
    assert "a mapping of keys is expected, not nothing" in refused(tmp_path, "")
    with pytest.raises(PactwatchError, match="there is no folder of source declarations"):
        load_registry(tmp_path / "none")


@pytest.mark.parametrize(
    ("url", "source"),
    [
        ("https://t.me/IRNA_en/6579161e13", "irna"),
        ("http://www.t.me/IRNA_en", "irna"),
        ("https://t.me/IRNA_english/1", None),
        ("https://t.me/alalamfa", "al-alam"),
        ("https://en.wikipedia.org/wiki/Oman%E2%80%93Qatar_relations", "wikipedia"),
        ("https://EN.wikipedia.org/wiki/Reko_Diq#History", "wikipedia"),
        ("https://example.org/", None),
        ("https://en.wikipedia.org.example.org/wiki/X", None),
    ],
)
def test_cited_places_are_known_by_address(url: str, source: str | None) -> None:
    found = load_registry().match_url(url)
    assert (found.id if found else None) == source


def test_cited_places_are_known_by_name() -> None:
    registry = load_registry()
    for name in ("IRNA", "irna", "the Islamic Republic News Agency", "Islamic  Republic News Agency"):
        assert (found := registry.match_name(name))
        assert found.id == "irna"
    assert (found := registry.match_name("Al Alam"))
    assert found.id == "al-alam"
    assert registry.match_name("IRN") is None


def test_a_folder_by_hand(tmp_path: Path) -> None:
    registry = load_registry()
    source = adhoc(tmp_path, registry)
    assert source.reader == Folder(tmp_path)
    assert source.license is None
    with pytest.raises(PactwatchError, match="no such folder"):
        adhoc(tmp_path / "none", registry)
    declared = load_registry(declare(tmp_path, GOOD.replace("folder: corpus", f"folder: {tmp_path}")))
    assert adhoc(tmp_path, declared).id == "example"
    assert adhoc(tmp_path, Registry(())).id == "documents"
