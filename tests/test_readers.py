"""Pages, feeds, sitemaps and channels, from a real web server on loopback: what is asked for when, and which documents come of it."""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from pipelines.archive.archive import Archive
from pipelines.archive.keyed import KeyedStore
from pipelines.fetch.client import Fetcher, Limits
from pipelines.ingest.addresses import article_id, hash8
from pipelines.ingest.document import Document, Rejected
from pipelines.ingest.reader import Collected
from pipelines.ingest.readers import reader_of
from pipelines.ingest.source import Feed, Fetching, Folder, Kind, Pages, Sitemap, Source, Telegram
from tests.pages import article, listing
from tests.site import Site

FIRST = "Beyra and Lenna opened a rail link on 4 May 2026, and their ministers rode the first train."
SECOND = "The port of Lenna counted fewer ships in April 2026 than a year before, its harbour master said."
THIRD = "Fishermen of Lenna asked on 6 May 2026 for a larger herring quota and were told to wait."


@dataclass
class Desk:
    """One source that reads the test's own site, with an archive of its own."""

    site: Site
    archive: Archive
    fetcher: Fetcher
    store: KeyedStore
    source: Source

    def declare(self, kind: Kind, **fetch: int) -> None:
        self.source = replace(self.source, reader=kind, fetch=Fetching(**fetch))

    def refresh(self) -> Collected:
        return reader_of(self.source, self.store).collect(self.source, self.fetcher, self.archive)

    def made(self, until: int | None = None) -> tuple[list[Document], list[Rejected]]:
        made = list(reader_of(self.source, self.store).documents(self.source, self.archive, until))
        return [m for m in made if isinstance(m, Document)], [m for m in made if isinstance(m, Rejected)]

    def read(self, until: int | None = None) -> list[Document]:
        documents, rejected = self.made(until)
        assert rejected == []
        return documents


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    site = Site()
    limits = Limits(pause=0.0, wait_at_most=0.0, retries=0)
    source = Source(
        id="post",
        kind="article",
        title="The Harbour Post",
        publisher="The Harbour Post",
        license="CC-BY-4.0",
        quotes=True,
    )
    with (
        Archive(tmp_path / "archive") as archive,
        Fetcher(tmp_path / "fetch", limits, allow=["127.0.0.1"]) as fetcher,
        KeyedStore(tmp_path / "parsed.db") as store,
    ):
        yield Desk(site, archive, fetcher, store, source)
    site.close()


def counts(collected: Collected) -> tuple[int, int, int, int, int]:
    return collected.new, collected.changed, collected.unchanged, collected.gone, collected.requests


def rss(site: Site, *paths: str, query: str = "?utm_source=rss") -> str:
    items = "".join(
        f"<item><title>News of {path}</title><link>{site.root}{path}{query}</link><pubDate>Mon, 0{number} Jun 2026 23:30:00 +0500</pubDate></item>"
        for number, path in enumerate(paths, start=1)
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Post</title>{items}</channel></rss>'


# ---------------------------------------------------------------------------------------------------------------------
# Pages


def test_a_page(desk: Desk) -> None:
    desk.site.put("/about/rail", article("Rail link opens", FIRST, day="2026-05-04"))
    desk.declare(Pages((f"{desk.site.root}/about/rail",)))
    assert counts(desk.refresh()) == (1, 0, 0, 0, 1)
    (document,) = desk.read()
    assert FIRST in document.text
    assert (document.source_id, document.title, document.published, document.publisher) == ("post", "Rail link opens", date(2026, 5, 4), "The Harbour Post")  # fmt: skip
    assert (document.url, document.license, document.publish_quotes) == (
        f"{desk.site.root}/about/rail",
        "CC-BY-4.0",
        True,
    )
    assert counts(desk.refresh()) == (0, 0, 1, 0, 1)
    assert desk.site.asked[-1] == ("/about/rail", 304)
    first, again = desk.archive.history(desk.source.id)
    assert (again.kind, again.status, again.payload_sha256) == ("revisit", 304, first.payload_sha256)
    assert desk.archive.content_head == first.seq


def test_pages_of_one_source_have_ids_of_their_own(desk: Desk) -> None:
    desk.site.put("/a/rail", article("Rail link opens", FIRST))
    desk.site.put("/b/rail", article("Rail link opens", SECOND))
    desk.site.put("/c/Port%20news.html", article("Ports", THIRD))
    urls = tuple(f"{desk.site.root}{path}" for path in ("/a/rail", "/b/rail", "/c/Port%20news.html"))
    desk.declare(Pages(urls))
    desk.refresh()
    ids = [document.source_id for document in desk.read()]
    assert ids[2] == "post-port-news-html"
    assert len({*ids}) == 3
    assert all(one.startswith("post-") and one.endswith(hash8(url)) for one, url in zip(ids[:2], urls, strict=False))


def test_the_text_keeps_its_day_while_the_page_around_it_changes(desk: Desk) -> None:
    desk.site.put("/p", article("Rail link opens", FIRST))
    desk.declare(Pages((f"{desk.site.root}/p",)))
    desk.refresh()
    before = desk.read()
    desk.site.put("/p", article("Rail link opens", FIRST, head="<!-- 17 readers -->"))
    assert counts(desk.refresh())[1] == 1
    assert desk.read() == before
    desk.site.put("/p", article("Rail link opens", SECOND))
    desk.refresh()
    assert SECOND in desk.read()[0].text
    assert desk.read(until=2) == before


@pytest.mark.parametrize("status", [404, 410])
def test_what_is_gone_keeps_its_text_and_is_marked(desk: Desk, status: int) -> None:
    desk.site.put("/p", article("Rail link opens", FIRST))
    desk.declare(Pages((f"{desk.site.root}/p",)))
    desk.refresh()
    before = desk.read()
    desk.site.drop("/p", status)
    assert counts(desk.refresh())[:4] == (0, 0, 0, 1)
    assert desk.read() == [replace(before[0], reachable=False)]
    head = desk.archive.head
    assert counts(desk.refresh())[:4] == (0, 0, 0, 0)
    assert desk.archive.head == head
    desk.site.put("/p", article("Rail link opens", FIRST))
    assert counts(desk.refresh())[:4] == (0, 1, 0, 0)
    assert desk.read() == before


def test_a_wall_before_an_article_does_not_take_its_text(desk: Desk) -> None:
    desk.site.put("/p", article("Rail link opens", FIRST))
    desk.declare(Pages((f"{desk.site.root}/p",)))
    desk.refresh()
    before = desk.read()
    desk.site.put("/p", listing())
    desk.refresh()
    assert desk.read() == [replace(before[0], reachable=False)]


def test_what_never_was_an_article_is_set_aside(desk: Desk) -> None:
    desk.site.put("/p", listing())
    desk.declare(Pages((f"{desk.site.root}/p",)))
    desk.refresh()
    documents, rejected = desk.made()
    assert documents == []
    assert [(item.path, item.reason.split(",")[0]) for item in rejected] == [
        (f"post/{desk.site.root}/p", "a listing of articles")
    ]


@pytest.mark.parametrize(
    ("status", "outcome"), [(403, "status"), (401, "status"), (404, "status"), (500, "server_error"), (429, "throttled")]
)  # fmt: skip
def test_trouble_is_a_problem_and_no_record(desk: Desk, status: int, outcome: str) -> None:
    desk.site.put("/p", "no", status=status)
    desk.declare(Pages((f"{desk.site.root}/p",)))
    collected = desk.refresh()
    assert [problem.outcome for problem in collected.problems] == [outcome]
    assert counts(collected) == (0, 0, 0, 0, 1)
    assert desk.archive.head == 0


def test_robots_that_forbid_are_heard(desk: Desk) -> None:
    desk.site.put("/robots.txt", "User-agent: *\nDisallow: /p", "text/plain")
    desk.site.put("/p", article("Rail link opens", FIRST))
    desk.declare(Pages((f"{desk.site.root}/p",)))
    assert [problem.outcome for problem in desk.refresh().problems] == ["robots"]
    assert desk.site.asked == []


def test_a_host_in_trouble_is_left_alone(desk: Desk) -> None:
    desk.declare(Pages(tuple(f"{desk.site.root}/{number}" for number in range(9))))
    for number in range(9):
        desk.site.put(f"/{number}", "no", status=500)
    assert desk.refresh().requests == 3
    desk.site.put("/0", "no", status=429)
    assert len(desk.refresh().problems) == 1


# ---------------------------------------------------------------------------------------------------------------------
# Feeds


def test_a_feed_leads_to_articles(desk: Desk) -> None:
    desk.site.put("/rss", rss(desk.site, "/one", "/two"), "application/rss+xml")
    desk.site.put("/one", article("Rail link opens", FIRST, day="2026-05-04", style="cards"))
    desk.site.put("/two", article("Ports", SECOND, style="breaks"))
    desk.declare(Feed((f"{desk.site.root}/rss",)))
    collected = desk.refresh()
    assert counts(collected) == (2, 0, 0, 0, 3)
    assert [path for path, _ in desk.site.asked] == ["/rss", "/two", "/one"], "the newest first, without tracking"
    assert collected.newest_item == datetime(2026, 6, 2, 18, 30, tzinfo=UTC)
    one, two = desk.read()
    assert one.source_id == f"post-one-{hash8(desk.site.root.removeprefix('http://') + '/one')}"
    assert (one.title, one.published) == ("Rail link opens", date(2026, 5, 4)), "the page's own date"
    assert two.published == date(2026, 6, 2), "the feed's date, in the feed's zone"
    assert FIRST in one.text
    assert SECOND in two.text
    assert desk.site.root in str(two.url)


def test_an_unchanged_feed_costs_a_conditional_request_for_each_young_article(desk: Desk) -> None:
    desk.site.put("/rss", rss(desk.site, "/one", "/two"), "application/rss+xml")
    desk.site.put("/one", article("Rail link opens", FIRST))
    desk.site.put("/two", article("Ports", SECOND))
    desk.declare(Feed((f"{desk.site.root}/rss",)))
    desk.refresh()
    head, brought, mark = desk.archive.head, desk.archive.content_head, len(desk.site.asked)
    assert counts(desk.refresh()) == (0, 0, 2, 0, 3)
    assert sorted(desk.site.since(mark)) == [("/one", 304), ("/rss", 304), ("/two", 304)]
    assert (desk.archive.head, desk.archive.content_head) == (head + 3, brought)
    desk.declare(Feed((f"{desk.site.root}/rss",)), recheck=0)
    mark = len(desk.site.asked)
    assert counts(desk.refresh()) == (0, 0, 2, 0, 1)
    assert desk.site.since(mark) == [("/rss", 304)]


def test_new_changed_and_gone_articles(desk: Desk) -> None:
    desk.site.put("/rss", rss(desk.site, "/one", "/two"), "application/rss+xml")
    desk.site.put("/one", article("Rail link opens", FIRST))
    desk.site.put("/two", article("Ports", SECOND))
    desk.declare(Feed((f"{desk.site.root}/rss",)))
    desk.refresh()
    head, before = desk.archive.head, desk.read()
    desk.site.put("/rss", rss(desk.site, "/three"), "application/rss+xml")
    desk.site.put("/three", article("Herring", THIRD))
    desk.site.put("/one", article("Rail link opens", FIRST.replace("4 May", "5 May")))
    desk.site.drop("/two")
    assert counts(desk.refresh()) == (1, 1, 0, 1, 4)
    one, three, two = desk.read()
    assert "5 May" in one.text
    assert THIRD in three.text
    assert two == replace(before[1], reachable=False), "what the feed forgot keeps the date that it gave"
    assert desk.read(until=head) == before


def test_articles_wait_for_their_turn(desk: Desk) -> None:
    paths = [f"/n{number}" for number in range(7)]
    desk.site.put("/rss", rss(desk.site, *paths), "application/rss+xml")
    for number, path in enumerate(paths):
        desk.site.put(path, article(f"News {number}", FIRST.replace("4 May", f"{number + 1} May")))
    desk.declare(Feed((f"{desk.site.root}/rss",)), most=3, recheck=0)
    assert [desk.refresh().new for _ in range(4)] == [3, 3, 1, 0]
    assert len(desk.read()) == 7


def test_two_addresses_of_one_article_are_one_document(desk: Desk) -> None:
    canonical = f"{desk.site.root}/one"
    desk.site.put("/rss", rss(desk.site, "/one", "/amp/one", query=""), "application/rss+xml")
    desk.site.put("/one", article("Rail link opens", FIRST, canonical=canonical))
    desk.site.put("/amp/one", article("Rail link opens", FIRST, canonical=canonical, style="breaks"))
    desk.declare(Feed((f"{desk.site.root}/rss",)))
    desk.refresh()
    (document,) = desk.read()
    assert document.source_id == article_id("post", canonical)
    assert document.url == canonical


def test_only_articles_under_a_prefix(desk: Desk) -> None:
    desk.site.put("/rss", rss(desk.site, "/world/one", "/sport/two"), "application/rss+xml")
    desk.site.put("/world/one", article("Rail link opens", FIRST))
    desk.declare(Feed((f"{desk.site.root}/rss",), (f"{desk.site.root}/world/",)))
    assert counts(desk.refresh()) == (1, 0, 0, 0, 2)


def test_an_article_that_fails_is_tried_again(desk: Desk) -> None:
    desk.site.put("/rss", rss(desk.site, "/one", "/two"), "application/rss+xml")
    desk.site.put("/one", "no", status=500)
    desk.site.put("/two", article("Ports", SECOND))
    desk.declare(Feed((f"{desk.site.root}/rss",)), recheck=0)
    collected = desk.refresh()
    assert (collected.new, [problem.outcome for problem in collected.problems]) == (1, ["server_error"])
    desk.site.put("/one", article("Rail link opens", FIRST))
    assert counts(desk.refresh()) == (1, 0, 1, 0, 2)
    assert len(desk.read()) == 2


def test_atom_and_json_feeds(desk: Desk) -> None:
    root = desk.site.root
    atom = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>P</title><entry><title>Rail</title><link href="{root}/one"/><id>tag:1</id><updated>2026-05-04T23:00:00-06:00</updated></entry></feed>'
    json_feed = f'{{"version": "https://jsonfeed.org/version/1.1", "title": "P", "items": [{{"id": "2", "url": "{root}/two", "title": "Ports", "date_published": "2026-05-05T01:00:00+09:00"}}, {{"id": 3}}, 4]}}'
    desk.site.put("/atom", atom, "application/atom+xml")
    desk.site.put("/json", json_feed, "application/feed+json")
    desk.site.put("/one", article("Rail link opens", FIRST))
    desk.site.put("/two", article("Ports", SECOND))
    desk.declare(Feed((f"{root}/atom", f"{root}/json")))
    collected = desk.refresh()
    assert counts(collected) == (2, 0, 0, 0, 4)
    assert collected.newest_item == datetime(2026, 5, 5, 5, tzinfo=UTC)
    assert [document.published for document in desk.read()] == [date(2026, 5, 4), date(2026, 5, 5)]


@pytest.mark.parametrize(
    ("body", "mediatype"),
    [("<html><body><p>no feed</p></body></html>", "text/html"), ("{", "application/json"), ('{"a": 1}', "application/json"), ("", "application/rss+xml"), ("/etc/passwd", "text/plain"), ("https://127.0.0.1/", "text/plain")],
)  # fmt: skip
def test_what_is_no_feed(desk: Desk, body: str, mediatype: str) -> None:
    desk.site.put("/rss", body, mediatype)
    desk.declare(Feed((f"{desk.site.root}/rss",)))
    collected = desk.refresh()
    assert [(problem.url, problem.outcome) for problem in collected.problems] == [
        (f"{desk.site.root}/rss", "unreadable")
    ]
    assert desk.site.asked == [("/rss", 200)]


def test_addresses_in_feeds_are_not_trusted(desk: Desk) -> None:
    links = (
        "file:///etc/passwd",
        "http://10.0.0.1/x",
        "http://user:word@127.0.0.1/x",
        "javascript:alert(1)",
        "http://[::1",
        "",
    )
    items = "".join(f"<item><title>x</title><link>{link}</link></item>" for link in links)
    desk.site.put("/rss", f'<rss version="2.0"><channel><title>P</title>{items}</channel></rss>', "application/rss+xml")
    desk.declare(Feed((f"{desk.site.root}/rss",)))
    collected = desk.refresh()
    assert [(problem.url, problem.outcome) for problem in collected.problems] == [
        ("http://10.0.0.1/x", "forbidden_address")
    ]


def test_nothing_is_parsed_twice(desk: Desk) -> None:
    desk.site.put("/rss", rss(desk.site, "/one", "/two"), "application/rss+xml")
    desk.site.put("/one", article("Rail link opens", FIRST))
    desk.site.put("/two", article("Ports", SECOND))
    desk.declare(Feed((f"{desk.site.root}/rss",)))
    desk.refresh()
    first, again = reader_of(desk.source, desk.store), reader_of(desk.source, desk.store)
    made = list(first.documents(desk.source, desk.archive, None))
    assert list(again.documents(desk.source, desk.archive, None)) == made
    assert (first.parsed.parsed, again.parsed.parsed) == (2, 0)  # type: ignore[attr-defined]


def test_other_languages_are_kept_and_named(desk: Desk) -> None:
    russian = "Министры двух стран открыли железную дорогу и подписали договор о перевозках зерна, сообщили в порту. "
    desk.site.put("/rss", rss(desk.site, "/one"), "application/rss+xml")
    desk.site.put("/one", article("Дорога", russian * 3, lang="en", fill=False))
    desk.declare(Feed((f"{desk.site.root}/rss",)))
    desk.refresh()
    assert [document.language for document in desk.read()] == ["ru"]


# ---------------------------------------------------------------------------------------------------------------------
# Sitemaps

NEWS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'


def news_map(site: Site, **days: str) -> str:
    urls = "".join(
        f"<url><loc>{site.root}/{name}</loc><lastmod>{day}</lastmod><news:news><news:publication><news:name>Post</news:name></news:publication>"
        f"<news:publication_date>{day}</news:publication_date><news:title>News of {name}</news:title></news:news></url>"
        for name, day in days.items()
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset {NEWS}>{urls}</urlset>'


def test_a_sitemap_index_leads_to_articles(desk: Desk) -> None:
    root = desk.site.root
    index = f"<sitemapindex {NEWS}><sitemap><loc>{root}/old.xml.gz</loc><lastmod>2026-01-01</lastmod></sitemap><sitemap><loc>{root}/new.xml</loc><lastmod>2026-05-05</lastmod></sitemap><sitemap><loc>{root}/index.xml</loc></sitemap></sitemapindex>"
    desk.site.put("/index.xml", index, "application/xml")
    desk.site.put("/new.xml", news_map(desk.site, one="2026-05-04T23:30:00+05:00"), "application/xml")
    desk.site.put("/old.xml.gz", gzip.compress(news_map(desk.site, two="2026-01-01").encode()), "application/gzip")
    desk.site.put("/one", article("Rail link opens", FIRST))
    desk.site.put("/two", article("Ports", SECOND))
    desk.declare(Sitemap((f"{root}/index.xml",)), recheck=0)
    collected = desk.refresh()
    assert counts(collected) == (2, 0, 0, 0, 5)
    assert [path for path, _ in desk.site.asked] == ["/index.xml", "/new.xml", "/old.xml.gz", "/one", "/two"]
    assert collected.newest_item == datetime(2026, 5, 4, 18, 30, tzinfo=UTC)
    assert [document.published for document in desk.read()] == [date(2026, 5, 4), date(2026, 1, 1)]
    brought = desk.archive.content_head
    assert counts(desk.refresh()) == (0, 0, 2, 0, 3)
    assert desk.archive.content_head == brought


def test_an_article_that_is_said_to_have_changed_is_asked_for_again(desk: Desk) -> None:
    desk.site.put("/map.xml", news_map(desk.site, one="2026-05-04"), "application/xml")
    desk.site.put("/one", article("Rail link opens", FIRST))
    desk.declare(Sitemap((f"{desk.site.root}/map.xml",)), recheck=0)
    desk.refresh()
    later = (datetime.now(UTC) + timedelta(days=1)).isoformat(timespec="seconds")
    desk.site.put("/map.xml", news_map(desk.site, one=later), "application/xml")
    desk.site.put("/one", article("Rail link opens", SECOND))
    assert counts(desk.refresh()) == (0, 1, 0, 0, 2)
    assert SECOND in desk.read()[0].text


@pytest.mark.parametrize(
    "body",
    ["<html/>", "", b"\x1f\x8bbroken", gzip.compress(b"<urlset>" + b" " * 70_000_000), '<!DOCTYPE u [<!ENTITY e SYSTEM "file:///etc/passwd">]><rss>&e;</rss>'],
    ids=["html", "empty", "no gzip", "bomb", "entity"],
)  # fmt: skip
def test_what_is_no_sitemap(desk: Desk, body: str | bytes) -> None:
    desk.site.put("/map.xml", body, "application/xml")
    desk.declare(Sitemap((f"{desk.site.root}/map.xml",)))
    collected = desk.refresh()
    assert counts(collected) == (0, 0, 0, 0, 1)
    assert [problem.outcome for problem in collected.problems] == ["unreadable"]


# ---------------------------------------------------------------------------------------------------------------------
# Channels


def preview(*posts: tuple[int, str], channel: str = "harbour_post", views: int = 1) -> str:
    """A preview page as the service marks it up."""
    wraps = "".join(
        f'<div class="tgme_widget_message_wrap js-widget_message_wrap"><div class="tgme_widget_message text_not_supported_wrap js-widget_message" data-post="{channel}/{number}" data-view="x{views}">'
        f'<div class="tgme_widget_message_bubble"><div class="tgme_widget_message_author"><a class="tgme_widget_message_owner_name"><span>The Harbour Post</span></a></div>{body}'
        f'<div class="tgme_widget_message_footer"><span class="tgme_widget_message_views">{views}K</span><a class="tgme_widget_message_date" href="https://t.me/{channel}/{number}"><time datetime="2026-05-0{number % 9 + 1}T21:30:00+00:00" class="time">21:30</time></a></div></div></div></div>'
        for number, body in posts
    )
    return f'<!doctype html><html><head><title>The Harbour Post – Telegram</title></head><body><main><section class="tgme_channel_history js-message_history">{wraps}</section></main></body></html>'


def text(body: str) -> str:
    return f'<div class="tgme_widget_message_text js-message_text" dir="auto">{body}</div>'


FORWARD = '<div class="tgme_widget_message_forwarded_from">Forwarded from <a class="tgme_widget_message_forwarded_from_name" href="https://t.me/other_post/45"><span>Other</span></a></div>'
REPLY = '<a class="tgme_widget_message_reply"><div class="tgme_widget_message_metatext js-message_reply_text">What was said before</div></a>'
PHOTO = '<a class="tgme_widget_message_photo_wrap"></a>'


def test_posts_of_a_channel(desk: Desk) -> None:
    desk.site.put(
        "/s/harbour_post",
        preview(
            (7, text(f"<b>Rail link opens</b><br/><br/>{FIRST}<br/>@harbour_post")),
            (8, PHOTO),
            (9, REPLY + text(SECOND)),
            (10, FORWARD + text(THIRD)),
        ),
    )
    desk.declare(Telegram("harbour_post", 1, f"{desk.site.root}/s"))
    collected = desk.refresh()
    assert counts(collected) == (4, 0, 0, 0, 1)
    assert collected.newest_item == datetime(2026, 5, 9, 21, 30, tzinfo=UTC)
    first, second, third = sorted(desk.read(), key=lambda document: int(document.source_id.split("-")[-1]))
    assert (first.source_id, second.source_id, third.source_id) == ("post-7", "post-9", "post-10")
    assert first.text == f"Rail link opens\n\n{FIRST}\n@harbour_post"
    assert (first.title, first.published, first.url) == (
        "Rail link opens",
        date(2026, 5, 8),
        "https://t.me/harbour_post/7",
    )
    assert second.text == SECOND
    assert third.text == f"{THIRD}\n\nSource: https://t.me/other_post/45"
    assert first.publisher == "The Harbour Post"


def test_views_are_no_change(desk: Desk) -> None:
    desk.site.put("/s/harbour_post", preview((7, text(FIRST)), (8, text(SECOND))))
    desk.declare(Telegram("harbour_post", 5, f"{desk.site.root}/s"))
    assert counts(desk.refresh())[:4] == (2, 0, 0, 0)
    head, before = desk.archive.head, desk.read()
    desk.site.put("/s/harbour_post", preview((7, text(FIRST)), (8, text(SECOND)), views=9))
    assert counts(desk.refresh()) == (0, 0, 2, 0, 1), "nothing new: older pages are not asked for"
    assert desk.archive.head == head
    desk.site.put("/s/harbour_post", preview((7, text(FIRST)), (8, text(THIRD)), (9, text(SECOND))))
    assert counts(desk.refresh())[:4] == (1, 1, 1, 0)
    after = desk.read()
    assert after[0] == before[0]
    assert [THIRD in after[1].text, SECOND in after[2].text] == [True, True]
    assert desk.read(until=head) == before


def test_a_post_that_was_taken_down_stays_and_is_marked(desk: Desk) -> None:
    desk.site.put("/s/harbour_post", preview((7, text(FIRST)), (8, text(SECOND)), (9, text(THIRD))))
    desk.declare(Telegram("harbour_post", 1, f"{desk.site.root}/s"))
    desk.refresh()
    desk.site.put("/s/harbour_post", preview((7, text(FIRST)), (9, text(THIRD))))
    assert counts(desk.refresh())[:4] == (0, 0, 2, 1)
    assert [(document.source_id, document.reachable) for document in desk.read()] == [("post-7", True), ("post-8", False), ("post-9", True)]  # fmt: skip
    assert counts(desk.refresh())[:4] == (0, 0, 2, 0)


def test_older_pages_are_read_as_far_back_as_declared(desk: Desk) -> None:
    desk.site.put("/s/harbour_post", preview((7, text(FIRST))))
    desk.site.put("/s/harbour_post?before=7", preview((6, text(SECOND))))
    desk.site.put("/s/harbour_post?before=6", preview((5, text(THIRD))))
    desk.declare(Telegram("harbour_post", 2, f"{desk.site.root}/s"))
    assert counts(desk.refresh()) == (2, 0, 0, 0, 2)
    assert [path for path, _ in desk.site.asked] == ["/s/harbour_post", "/s/harbour_post?before=7"]
    assert [document.source_id for document in desk.read()] == ["post-6", "post-7"]


@pytest.mark.parametrize("status", [200, 404])
def test_a_channel_without_preview(desk: Desk, status: int) -> None:
    desk.site.put("/s/harbour_post", "<html><body><p>Open the app.</p></body></html>", status=status)
    desk.declare(Telegram("harbour_post", 3, f"{desk.site.root}/s"))
    collected = desk.refresh()
    assert [problem.outcome for problem in collected.problems] == ["unreadable"]
    assert desk.archive.head == 0


# ---------------------------------------------------------------------------------------------------------------------
# Folders


def test_what_folders_held_can_be_read_again(desk: Desk, tmp_path: Path) -> None:
    from pipelines.ingest.folder import read_sources

    folder = tmp_path / "inbox"
    folder.mkdir()
    (folder / "one.txt").write_text(FIRST)
    (folder / "two.html").write_text(article("Ports", SECOND))
    (folder / "zwölf 12.md").write_text(f"---\ntitle: Herring\n---\n{THIRD}")
    (folder / "bad.txt").write_bytes(b"\xff\xfa")
    (folder / "picture.png").write_bytes(b"x")
    (folder / "README.md").write_text("no document")
    (folder / "sub").mkdir()
    desk.declare(Folder(folder))
    assert counts(desk.refresh()) == (6, 0, 0, 0, 0)
    head, first = desk.archive.head, read_sources([desk.source])
    assert len(first.documents) == 3
    assert len(first.rejected) == 3
    assert desk.made() == (first.documents, first.rejected)
    assert counts(desk.refresh()) == (0, 0, 6, 0, 0)
    assert desk.archive.head == head
    (folder / "one.txt").write_text(THIRD + " Later.")
    (folder / "two.html").unlink()
    (folder / "picture.png").unlink()
    (folder / "new.txt").write_text(SECOND)
    assert counts(desk.refresh()) == (1, 1, 3, 2, 0)
    second = read_sources([desk.source])
    assert desk.made() == (second.documents, second.rejected)
    assert desk.made(until=head) == (first.documents, first.rejected)
