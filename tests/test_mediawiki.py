"""Encyclopedia pages, against a real MediaWiki: what is fetched when, and what becomes of edits, moves, deletions and refusals."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

import pytest

from pipelines.archive.archive import Archive
from pipelines.fetch.client import Fetcher, Limits
from pipelines.ingest.document import Document, Rejected
from pipelines.ingest.reader import Collected
from pipelines.ingest.readers.mediawiki import MediaWikiReader
from pipelines.ingest.source import MediaWiki, Source
from pipelines.ingest.text import sha256
from pipelines.ingest.wiki_text import wiki_text
from tests.wiki import Wiki, why_not

_NUMBERS = count(1)
TEXT = """{| class="infobox"
| Length || 12 km
|}
{{about|the river}}
'''The Arva tunnel''' joins Norway and Sweden.<ref>{{cite|x}} [https://example.org/plan The plan], [https://web.archive.org/web/2020/https://example.org/plan archived]</ref> It was agreed on 3 May 2021.<ref>[https://example.net/report A report]</ref>{{citation needed}}

== History ==
On 4 June 2023 ministers of both states met in Oslo.<ref name="a">https://example.org/meeting</ref>
{| class="wikitable"
! Year !! Metres
|-
| 2024 || 900
|}
=== Works ===
* Drilling began in ''2024''.
* It is to end in 2030.<ref name="a" />

== See also ==
* [[Other tunnels]]

== References ==
<references />
"""
READ = """{title}

The Arva tunnel joins Norway and Sweden. It was agreed on 3 May 2021.

History

On 4 June 2023 ministers of both states met in Oslo.

Works

- Drilling began in 2024.

- It is to end in 2030.

References

https://example.org/plan
https://example.net/report
https://example.org/meeting"""


@pytest.fixture(scope="session")
def wiki(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wiki]:
    if reason := why_not():
        pytest.skip(reason)
    made = Wiki(tmp_path_factory.mktemp("wiki"))
    made.edit("Template:Citation needed", '<sup class="noprint Inline-Template">[<i>citation needed</i>]</sup>')
    made.edit("Template:Cite", "")
    made.edit("Template:About", '<div role="note" class="hatnote">For {{{1}}}, see [[Arva]].</div>')
    yield made
    made.close()


@dataclass
class Desk:
    """One source of a wiki, with an archive of its own."""

    wiki: Wiki
    source: Source
    archive: Archive
    fetcher: Fetcher
    waits: list[float] = field(default_factory=list)

    def refresh(self) -> Collected:
        return MediaWikiReader(sleep=self.waits.append).collect(self.source, self.fetcher, self.archive)

    def read(self, until: int | None = None) -> dict[str, Document]:
        made = list(MediaWikiReader().documents(self.source, self.archive, until))
        assert not [item for item in made if isinstance(item, Rejected)]
        return {item.source_id: item for item in made if isinstance(item, Document)}

    def asked(self) -> list[str]:
        return self.wiki.requests()


@pytest.fixture
def desk(wiki: Wiki, tmp_path: Path) -> Iterator[Desk]:
    number = next(_NUMBERS)
    titles = (f"Arva tunnel {number}", f"Bure bridge {number}")
    for title in titles:
        wiki.edit(title, TEXT)
    source = Source(
        id="pages", kind="encyclopedia", title="Pages", publisher="The wiki", quotes=True, reader=MediaWiki(wiki.api, titles)
    )  # fmt: skip
    with Archive(tmp_path / "archive") as archive, Fetcher(tmp_path / "fetch", Limits(pause=0.0, wait_at_most=0.0), allow=["127.0.0.1"]) as fetcher:  # fmt: skip
        yield Desk(wiki, source, archive, fetcher)
    wiki.lags(None)
    wiki.limits(False)


def counts(collected: Collected) -> tuple[int, int, int, int, int]:
    return collected.new, collected.changed, collected.unchanged, collected.gone, collected.requests


def titles(desk: Desk) -> tuple[str, str]:
    assert isinstance(desk.source.reader, MediaWiki)
    first, second = desk.source.reader.pages
    return first, second


def test_a_page_becomes_a_document(desk: Desk) -> None:
    collected = desk.refresh()
    assert counts(collected) == (2, 0, 0, 0, 4), "one query, what the wiki says of itself, two pages"
    assert not collected.problems
    assert collected.newest_item is not None
    first, _ = titles(desk)
    read = desk.read()
    number = first.split()[-1]
    assert sorted(read) == [f"pages-arva-tunnel-{number}", f"pages-bure-bridge-{number}"]
    document = read[f"pages-arva-tunnel-{number}"]
    assert document.text == READ.format(title=first)
    assert document.title == first
    assert document.url == f"{desk.wiki.server}/index.php/Arva_tunnel_{number}"
    assert (document.kind, document.publisher, document.license, document.language) == ("encyclopedia", "The wiki", "CC-BY-SA-4.0", "en")  # fmt: skip
    assert document.published is None
    assert document.revision
    assert document.revision.isdecimal()
    assert document.retrieved_at is not None
    assert document.sha256 == sha256(document.text)
    assert document.reachable


def test_an_unchanged_world_costs_one_request_and_no_record(desk: Desk) -> None:
    desk.refresh()
    head, asked = desk.archive.head, len(desk.asked())
    assert counts(desk.refresh()) == (0, 0, 2, 0, 1)
    assert len(desk.asked()) == asked + 1
    assert desk.archive.head == head


def test_a_new_revision_and_only_that_is_fetched(desk: Desk) -> None:
    desk.refresh()
    first, second = titles(desk)
    before, head, asked = desk.read(), desk.archive.head, len(desk.asked())
    desk.wiki.edit(first, TEXT.replace("in 2030", "in 2031"))
    assert counts(desk.refresh()) == (0, 1, 1, 0, 2)
    assert [first.replace(" ", "%20") in url for url in desk.asked()[asked:]] == [True, True]
    assert second.replace(" ", "%20") not in desk.asked()[-1]
    after = desk.read()
    changed, same = sorted(after)
    assert after[changed].text == before[changed].text.replace("in 2030", "in 2031")
    assert int(after[changed].revision or 0) > int(before[changed].revision or 0)
    assert after[same] == before[same]
    assert desk.read(until=head) == before, "the past state can be read again"


def test_a_revision_that_changes_no_text_keeps_the_day_of_the_text(desk: Desk) -> None:
    desk.refresh()
    first, _ = titles(desk)
    before = desk.read()
    desk.wiki.edit(first, TEXT.replace("|| 900", "|| 950"))
    assert counts(desk.refresh())[:2] == (0, 1)
    after = desk.read()
    key = min(after)
    assert after[key].revision != before[key].revision
    assert replace(after[key], revision=None) == replace(before[key], revision=None)


def test_a_deleted_page_keeps_its_text_and_is_marked(desk: Desk) -> None:
    desk.refresh()
    first, _ = titles(desk)
    before = desk.read()
    desk.wiki.delete(first)
    collected = desk.refresh()
    assert counts(collected)[:4] == (0, 0, 1, 1)
    assert collected.notes == (f"{first} was deleted: its last text stays",)
    after = desk.read()
    key = min(after)
    assert after[key] == replace(before[key], reachable=False)
    head = desk.archive.head
    assert counts(desk.refresh()) == (0, 0, 1, 0, 1), "told once, and asked for no more than the others"
    assert desk.archive.head == head
    desk.wiki.undelete(first)
    desk.refresh()
    assert desk.read()[key].reachable
    assert desk.read()[key].text == before[key].text


@pytest.mark.parametrize("leave_redirect", [True, False])
def test_a_moved_page_is_followed(desk: Desk, leave_redirect: bool) -> None:
    desk.refresh()
    first, _ = titles(desk)
    before = desk.read()
    key = min(before)
    desk.wiki.move(first, f"{first} (rail)", leave_redirect=leave_redirect)
    collected = desk.refresh()
    assert counts(collected)[:4] == (0, 1, 1, 0)
    assert collected.notes == (f"{first} is now {first} (rail)",)
    moved = desk.read()[key]
    assert moved.title == f"{first} (rail)"
    assert moved.url is not None
    assert moved.url.endswith("_(rail)")
    assert moved.text == READ.format(title=f"{first} (rail)")
    assert counts(desk.refresh())[:4] == (0, 0, 2, 0), "and is no news the next time"


def test_a_redirect_is_followed(desk: Desk) -> None:
    first, _ = titles(desk)
    desk.wiki.edit(f"{first} (alias)", f"#REDIRECT [[{first}]]")
    desk.source = replace(desk.source, reader=MediaWiki(desk.wiki.api, (f"{first} (alias)",)))
    collected = desk.refresh()
    assert collected.notes == (f"{first} (alias) is now {first}",)
    (document,) = desk.read().values()
    assert document.title == first
    assert document.source_id.endswith("-alias"), "the id is that of the title that was declared"
    desk.wiki.edit(first, TEXT.replace("Oslo", "Bergen"))
    assert counts(desk.refresh())[:3] == (0, 1, 0), "what changes is the page that it leads to"


def test_a_title_that_is_not_there_is_a_problem(desk: Desk) -> None:
    desk.source = replace(desk.source, reader=MediaWiki(desk.wiki.api, ("No such page", "Bad[title")))
    collected = desk.refresh()
    assert [(problem.url, problem.outcome) for problem in collected.problems] == [("No such page", "missing"), ("Bad[title", "missing")]  # fmt: skip
    assert desk.archive.head == 0
    assert desk.read() == {}


def test_a_wiki_that_is_behind_is_left_alone_for_as_long_as_it_asks(desk: Desk) -> None:
    desk.refresh()
    before, head = desk.read(), desk.archive.head
    first, _ = titles(desk)
    desk.wiki.edit(first, TEXT.replace("Oslo", "Bergen"))
    desk.wiki.lags(60)
    collected = desk.refresh()
    assert desk.waits == [5.0, 5.0, 5.0], "its Retry-After"
    assert [problem.outcome for problem in collected.problems] == ["throttled"]
    assert counts(collected) == (0, 0, 0, 0, 4)
    assert desk.archive.head == head
    assert desk.read() == before
    desk.wiki.lags(3)
    assert counts(desk.refresh())[:3] == (0, 1, 1), "a little lag is none"


def test_what_it_refuses_to_render_waits_for_the_next_refresh(desk: Desk) -> None:
    desk.wiki.limits(True)
    collected = desk.refresh()
    assert [problem.outcome for problem in collected.problems] == ["throttled"], "and the second page is not even tried"
    assert desk.waits == [5.0, 5.0, 5.0]
    assert desk.read() == {}
    desk.wiki.limits(False)
    assert counts(desk.refresh())[:4] == (2, 0, 0, 0)


def test_a_lag_that_passes_costs_a_wait(desk: Desk) -> None:
    desk.wiki.lags(60)
    reader = MediaWikiReader(sleep=lambda seconds: (desk.waits.append(seconds), desk.wiki.lags(None))[0])
    assert counts(reader.collect(desk.source, desk.fetcher, desk.archive)) == (2, 0, 0, 0, 5)
    assert desk.waits == [5.0]


def test_more_pages_than_one_request_takes(desk: Desk) -> None:
    first, second = titles(desk)
    many = (first, *(f"No page {number}" for number in range(60)), second)
    desk.source = replace(desk.source, reader=MediaWiki(desk.wiki.api, many))
    collected = desk.refresh()
    assert counts(collected) == (2, 0, 0, 0, 5)
    assert len(collected.problems) == 60
    desk.source = replace(
        desk.source, reader=MediaWiki(desk.wiki.api, tuple("Ж" * 120 + str(number) for number in range(50)))
    )
    assert counts(desk.refresh())[4] == 7, "long titles make more requests"


def test_no_api_there(desk: Desk) -> None:
    desk.source = replace(desk.source, reader=MediaWiki(f"{desk.wiki.server}/opensearch_desc.php", ("A",)))
    assert [problem.outcome for problem in desk.refresh().problems] == ["unreadable"]
    desk.source = replace(desk.source, reader=MediaWiki(f"{desk.wiki.server}/none.php", ("A",)))
    assert [problem.outcome for problem in desk.refresh().problems] == ["broken"]
    desk.source = replace(desk.source, reader=MediaWiki("http://127.0.0.1:9/api.php", ("A", "B")))
    desk.fetcher.limits = replace(desk.fetcher.limits, retries=0)
    assert [problem.outcome for problem in desk.refresh().problems] == ["unreachable"]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>One\ntwo<br/>three</p><p></p><ul><li>four<ul><li>five</li></ul></li></ul>", "T\n\nOne two three\n\n- four\n\n- five"),
        ('<h2><span class="mw-headline">Empty</span></h2><table><tr><td>x</td></tr></table><h2>Full</h2><p>y</p>', "T\n\nFull\n\ny"),
        ("<h2>Notes</h2><p>x</p><h3>Of these</h3><p>y</p><h2>Later</h2><p>z</p>", "T\n\nLater\n\nz"),
        ('<div class="mw-heading mw-heading2"><h2>New form</h2><span class="mw-editsection">[edit]</span></div><p>z</p>', "T\n\nNew form\n\nz"),
        ('<p>He said<sup class="reference">[1]</sup> , and left <style>.a{}</style>.</p>', "T\n\nHe said, and left."),
        ("<blockquote><p>Said so.</p></blockquote><dl><dt>Term</dt><dd>Meaning</dd></dl>", "T\n\nSaid so.\n\nTerm\n\nMeaning"),
        ("", "T"),
        ("<p>e\u0301</p>", "T\n\n\u00e9"),
    ],
)  # fmt: skip
def test_text_of_rendered_pages(markup: str, text: str) -> None:
    assert wiki_text("T", markup) == text
