"""Addresses of articles: what names the same article has the same id, and nothing in an address can make a bad one."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.ingest.addresses import article_id, begins_with, hash8, identity, same_site, slug, tidy, unique_ids
from pipelines.ingest.charset import decode_markup
from pipelines.ingest.wiki_text import wiki_text

PATHS = st.lists(st.text("abcxyz0189-._é ", min_size=1, max_size=12).filter(lambda part: part not in {".", ".."}), min_size=1, max_size=4).map("/".join).map(lambda path: f"x{path}x")  # fmt: skip
TRACKING = st.lists(st.sampled_from(["utm_source=rss", "utm_medium=x", "fbclid=1", "at_campaign=2", "ref=home", "gclid="]), min_size=1, max_size=3)  # fmt: skip


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://Post.Example:443/a?utm_source=x&id=7#top", "https://post.example/a?id=7"),
        ("http://post.example", "http://post.example/"),
        ("http://post.example:8080/ä b", "http://post.example:8080/%C3%A4%20b"),
        ("https://bücher.example/x", "https://xn--bcher-kva.example/x"),
        ("https://post.example/a?12&gclid=4&q=a,b%20c d&x", "https://post.example/a?12&q=a,b%20c%20d&x"),
        ("//post.example/a", None),
        ("ftp://post.example/a", None),
        ("https://user:word@post.example/a", None),
        ("https://post.example:port/a", None),
        ("https://[::1", None),
        ("javascript:alert(1)", None),
        ("", None),
    ],
)
def test_tidy(url: str, kept: str | None) -> None:
    assert tidy(url) == kept


def test_relative_addresses() -> None:
    assert tidy("../b", "https://post.example/x/a") == "https://post.example/b"
    assert tidy("//m.post.example/b", "https://post.example/") == "https://m.post.example/b"


@given(PATHS, TRACKING, TRACKING)
def test_tracking_changes_no_id(path: str, first: list[str], second: list[str]) -> None:
    plain = tidy(f"https://www.post.example/{path}")
    one = tidy(f"https://www.post.example/{path}?{'&'.join(first)}")
    two = tidy(f"http://post.example/{path}/?{'&'.join(second)}#x")
    assert plain is not None
    assert one is not None
    assert two is not None
    assert one == plain
    assert article_id("post", one) == article_id("post", two).replace("--", "-")
    assert re.fullmatch(r"post(-[a-z0-9]+)*-[0-9a-f]{8}", article_id("post", one))


@given(st.text(max_size=60))
def test_tidy_is_settled_at_once(text: str) -> None:
    for url in (text, f"https://post.example/{text}", f"https://{text}"):
        once = tidy(url)
        if once is not None:
            assert tidy(once) == once
            assert once.isascii()
            assert re.fullmatch(r"https?://[^\s/]+/\S*", once)


@given(st.text(max_size=200))
def test_slugs_are_parts_of_ids(text: str) -> None:
    assert re.fullmatch(r"(?:[a-z0-9]+(?:-[a-z0-9]+)*)?", slug(text))
    assert len(slug(text)) <= 60
    assert slug(slug(text)) == slug(text)


@given(st.lists(st.text(max_size=20), unique=True, max_size=8))
def test_names_that_look_alike_get_ids_of_their_own(names: list[str]) -> None:
    ids = unique_ids("pages", tuple(names))
    assert list(ids) == names
    assert len(set(ids.values())) == len(names)


def test_ids_are_readable() -> None:
    assert article_id("post", "https://post.example/world/rail-link-opens.html") == "post-rail-link-opens-" + hash8("post.example/world/rail-link-opens.html")  # fmt: skip
    assert article_id("post", "https://post.example/2026/index.php?id=4").startswith("post-2026-")
    assert unique_ids("pages", ("Iran–Pakistan relations", "Чабахар", "A b", "A-b")) == {
        "Iran–Pakistan relations": "pages-iran-pakistan-relations",
        "Чабахар": f"pages-{hash8('Чабахар')}",
        "A b": f"pages-a-b-{hash8('A b')}",
        "A-b": f"pages-a-b-{hash8('A-b')}",
    }


def test_sites_and_prefixes() -> None:
    assert same_site("https://www.post.example/a", "http://m.post.example/b")
    assert same_site("https://eng.post.example/a", "https://post.example/b")
    assert not same_site("https://post.example/a", "https://repost.example/b")
    assert begins_with("http://www.post.example/world/a", ("https://post.example/world/",))
    assert not begins_with("https://post.example/sport/a", ("https://post.example/world/",))
    assert begins_with("https://any.example/", ())
    assert identity("https://www.post.example/a/") == identity("http://post.example/a")


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=80))
def test_utf8_is_read_as_such_whatever_is_declared(text: str) -> None:
    page = f"<html><p>{text}ж</p></html>"
    assert text.removeprefix("\ufeff") in decode_markup(page.encode(), "text/html; charset=iso-8859-1")


@given(st.text(st.sampled_from("<>/phuliab \"='&;23é"), max_size=120))
def test_any_markup_gives_a_text(markup: str) -> None:
    text = wiki_text("T", markup)
    assert text.startswith("T")
    assert "\n\n\n" not in text
    assert text == text.strip() or not markup.strip()
