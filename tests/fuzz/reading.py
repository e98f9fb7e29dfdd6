"""What is read: pages, feeds, sitemaps, previews, answers of a wiki."""

import gzip
import re
from datetime import timedelta
from typing import Any

from tests.fuzz import seeds as of
from tests.fuzz.target import assert_normalised, assert_visible, assert_web_address, target


@target(of.HTML, of.HTML_TOKENS)
def check_html(data: bytes) -> None:
    """Main text and metadata of a page."""
    from pipelines.ingest.html import read_html
    from pipelines.ingest.text import UnreadableTextError

    try:
        text, stated = read_html(data)
    except UnreadableTextError as error:
        assert_visible(str(error))
        return
    assert text.strip()
    assert_normalised(text)
    for value in (stated.title, stated.publisher, stated.language, stated.license, stated.revision, stated.kind):
        assert_visible(value)
    if stated.url is not None:
        assert_web_address(stated.url)
    assert (text, stated) == read_html(data)


@target(of.HTML, of.HTML_TOKENS)
def check_page(data: bytes) -> None:
    """The article of a page that was fetched, under every character set that its header may claim."""
    from pipelines.ingest.html import read_page
    from pipelines.ingest.text import UnreadableTextError

    url = "https://news.example/talks"
    for mediatype in (
        "text/html",
        "text/html; charset=utf-8",
        "text/html; charset=windows-1256",
        "TEXT/HTML;charset=idna",
    ):
        try:
            page = read_page(data, mediatype, url, url)
        except UnreadableTextError as error:
            assert_visible(str(error))
            continue
        assert page.text.strip()
        assert_normalised(page.text)
        assert page.stated.url is not None
        assert_web_address(page.stated.url)
        assert_id(page.stated.url)
        for value in (page.stated.title, page.stated.publisher, page.stated.language, page.stated.license):
            assert_visible(value)


def assert_id(url: str) -> None:
    """The id that an article gets by its address."""
    from pipelines.ingest.addresses import article_id

    assert re.fullmatch(r"wire-[a-z0-9-]{8,80}", article_id("wire", url)), url


def assert_item(item: Any) -> None:
    """What a feed or a sitemap hands on of an article."""
    from pipelines.ingest.addresses import tidy

    assert_web_address(item.url)
    assert tidy(item.url) == item.url
    assert_id(item.url)
    assert_visible(item.title)
    assert item.moment is None or item.moment.utcoffset() == timedelta(0)
    assert item.changed is None or item.changed.utcoffset() == timedelta(0)
    assert item.published is None or 1000 <= item.published.year <= 9999


@target(of.FEEDS, of.FEED_TOKENS)
def check_feed(data: bytes) -> None:
    """RSS, Atom and JSON Feed."""
    from pipelines.ingest.readers.feed import read_feed
    from pipelines.ingest.text import UnreadableTextError

    for mediatype in ("application/rss+xml", "application/feed+json", "text/xml; charset=windows-1251", None):
        try:
            items = read_feed(data, mediatype, "https://news.example/feed")
        except UnreadableTextError as error:
            assert_visible(str(error))
            continue
        for item in items:
            assert_item(item)


@target(of.SITEMAPS, of.SITEMAP_TOKENS)
def check_sitemap(data: bytes) -> None:
    """Sitemaps and their indexes, plain and zipped."""
    from pipelines.ingest.readers.sitemap import read_sitemap
    from pipelines.ingest.text import UnreadableTextError

    for packed in (data, gzip.compress(data, mtime=0)):
        try:
            parts, items = read_sitemap(packed, "https://news.example/map.xml")
        except UnreadableTextError as error:
            assert_visible(str(error))
            continue
        for item in (*parts, *items):
            assert_item(item)


@target(of.TELEGRAM, of.TELEGRAM_TOKENS)
def check_telegram(data: bytes) -> None:
    """The posts of a preview page."""
    from pipelines.ingest.readers.telegram import _moment, read_posts
    from pipelines.ingest.text import UnreadableTextError

    try:
        posts = read_posts(data, "text/html; charset=utf-8")
    except UnreadableTextError as error:
        assert_visible(str(error))
        return
    assert [post.number for post in posts] == sorted({post.number for post in posts})
    for post in posts:
        assert_normalised(post.text)
        moment = _moment(post)
        assert moment is None or moment.utcoffset() == timedelta(0)


@target(of.MEDIAWIKI, of.MEDIAWIKI_TOKENS)
def check_mediawiki(data: bytes) -> None:
    """A rendered page as the API of a wiki answers."""
    from pipelines.ingest.readers.mediawiki import _read
    from pipelines.ingest.text import UnreadableTextError

    try:
        page = _read(data)
    except UnreadableTextError as error:
        assert_visible(str(error))
        return
    assert_normalised(page.text)
