"""Pages that are no articles, known by their form: walls, listings, soft 404s, challenges. Words only name the form.

A long run of prose is an article, whatever stands around it: all rules but those on addresses ask for the lack of one.
"""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from pipelines.ingest.page_words import page_words
from pipelines.ingest.text import count_words

_SHORT = 120
"""Words of a main text below which a wall or an error page can be meant."""
_STUB = 300
"""Words below which a text that asks to be paid for is taken for its beginning."""
_WORDS_A_CONSENT = 12
_FEWEST = 12
_RUN_OF_ARTICLE = 70
_RUN_OF_BRIEF = 20
_HEADLINES = 5
_PROSE = 12
_HEADLINE = 3
_BLOCKS = frozenset("p div li td section article blockquote main dd".split())
_HEADINGS = frozenset("h1 h2 h3 h4 h5".split())
_HIDDEN = frozenset("script style noscript template head nav footer form select button svg iframe".split())
_SAYS_ARTICLE = re.compile(
    r"""property=["']og:type["'][^>]{0,40}content=["']article|content=["']article["'][^>]{0,40}property=["']og:type"""
    r"""|"@type"\s*:\s*\[?\s*"(?:\w*NewsArticle|Article|Report|BlogPosting|LiveBlogPosting|OpinionNewsArticle)\"""",
    re.IGNORECASE,
)
_SAYS_UNPAID = re.compile(r'"isAccessibleForFree"\s*:\s*"?false', re.IGNORECASE)
_PARTS = re.compile(r"[\n|–—·»:]|\s-\s")
_PASSWORD = re.compile(r"""<input[^>]{0,300}type\s*=\s*["']?password""", re.IGNORECASE)
_APP_ROOT = re.compile(r"""<div[^>]{0,200}\bid\s*=\s*["']?(?:root|app|__next|__nuxt|application)["']?[^>]{0,200}>\s*</div>""", re.IGNORECASE)  # fmt: skip
_CONSENT_ADDRESS = re.compile(r"^consent\.|/consent\b|/cookie-?wall\b|/privacy-?gate\b", re.IGNORECASE)
_LOGIN_ADDRESS = re.compile(r"/(?:login|log-in|signin|sign-in|register|sso|auth)(?:[/.?]|$)", re.IGNORECASE)


class Markup:
    """What the rules ask of the markup of a page."""

    def __init__(self, markup: str) -> None:
        self.source = markup

    @cached_property
    def tree(self) -> Any:
        """The parsed page; None where it cannot be parsed."""
        from lxml import etree, html

        try:
            return html.document_fromstring(self.source.encode("utf-8"), parser=html.HTMLParser(encoding="utf-8"))
        except (etree.ParserError, etree.XMLSyntaxError, ValueError):
            return None

    @cached_property
    def headings(self) -> str:
        """The title and the first heading, a line each."""
        if self.tree is None:
            return ""
        found = [next(iter(self.tree.iter(name)), None) for name in ("title", "h1")]
        return "\n".join(" ".join(element.text_content().split()) for element in found if element is not None)

    @cached_property
    def canonical(self) -> str | None:
        """The address that the page calls its own, as it stands there."""
        if self.tree is None:
            return None
        links = (link for link in self.tree.iter("link") if "canonical" in (link.get("rel") or "").lower().split())
        return next((link.get("href") for link in links if link.get("href")), None)

    @cached_property
    def visible(self) -> str:
        """All text that a reader would see."""
        return "" if self.tree is None else " ".join(" ".join(_text_of(self.tree)).split())

    @cached_property
    def asides(self) -> str:
        """What is said to those without scripts."""
        if self.tree is None:
            return ""
        return " ".join(" ".join(element.itertext()) for element in self.tree.iter("noscript"))

    @cached_property
    def headlines_and_run(self) -> tuple[int, int]:
        """How many headings are links (or within one), and the words of the longest run of prose without such a heading in it."""
        headlines = longest = run = 0
        for is_headline, words in _sequence(self.tree):
            headlines += is_headline
            run = 0 if is_headline else run + words
            longest = max(longest, run)
        return headlines, longest


def why_no_article(markup: Markup, text: str, asked: str, final: str) -> str | None:
    """Why a page is no article, and what to do, in one line; None where it is one."""
    words = count_words(text)
    return (
        _by_address(asked, final)
        or (_by_form(markup, text) if words < _SHORT else None)
        or (_unpaid(markup, text) if words < _STUB else None)
        or _listing(markup)
        or (f"no article: its text has {words} words: look at it" if 0 < words < _FEWEST else None)
    )


def _by_address(asked: str, final: str) -> str | None:
    first, last = urlsplit(asked), urlsplit(final)
    if _CONSENT_ADDRESS.search(last.netloc) or (first.path != last.path and _CONSENT_ADDRESS.search(last.path)):
        return "a consent wall: read it from another place, or leave it out"
    if first.path != last.path and _LOGIN_ADDRESS.search(last.path):
        return "a login page: only what is public is read"
    if first.path.strip("/") and not last.path.strip("/") and not last.query:
        return "led to the front page: the article is no longer there"
    return None


def _by_form(markup: Markup, text: str) -> str | None:
    """The form of a page with little text."""
    says = page_words().forms
    told = text if text.strip() else markup.visible
    has_little = count_words(markup.visible) < _SHORT
    if has_little and (_named("challenge", markup.headings) or says["challenge_markup"].search(markup.source)):
        return "a challenge that asks for a person: read it from another place, or leave it out"
    if _named("not_found", markup.headings):
        return "not found, says the page (its status says otherwise): check the address"
    # A brief about privacy uses some of these words as well, but not so densely.
    asked = [match.lower() for match in says["consent"].findall(told)]
    if len(set(asked)) >= 2 and len(asked) * _WORDS_A_CONSENT >= count_words(told):
        return "a consent wall: read it from another place, or leave it out"
    if _named("login", markup.headings) or (_PASSWORD.search(markup.source) and count_words(text) < _SHORT // 2):
        return "a login page: only what is public is read"
    is_empty = has_little and count_words(text) < _SHORT // 4
    if is_empty and (says["script"].search(f"{markup.asides} {markup.visible}") or _APP_ROOT.search(markup.source)):
        return "put together by scripts, and empty without them: read it from a feed or another place"
    return None


def _named(form: str, headings: str) -> bool:
    """Whether a title or heading (or a part of one, as "Page not found | The Paper") is mostly words of that form."""
    for part in _PARTS.split(headings):
        found = page_words().forms[form].search(part)
        if found and 2 * len(found[0]) >= len(part.strip()):
            return True
    return False


def _unpaid(markup: Markup, text: str) -> str | None:
    """A beginning, and then an offer to pay for the rest: said in the page's data, or in words and in a short text."""
    says = page_words().forms["paywall"]
    # The offer stands where the text breaks off; what is about such offers speaks of them before.
    if says.search(text, len(text) // 2) or (says.search(markup.visible) and _SAYS_UNPAID.search(markup.source)):
        return "the beginning of an article that has to be paid for: leave it out"
    if _SAYS_UNPAID.search(markup.source) and count_words(text) < _SHORT:
        return "the beginning of an article that has to be paid for: leave it out"
    return None


def _listing(markup: Markup) -> str | None:
    headlines, run = markup.headlines_and_run
    least = _RUN_OF_BRIEF if _SAYS_ARTICLE.search(markup.source) else _RUN_OF_ARTICLE
    if headlines >= _HEADLINES and run < least:
        return "a listing of articles, not one: give the addresses of the articles, or a feed"
    return None


def _sequence(tree: Any) -> Iterator[tuple[bool, int]]:
    """In the order of the page: (True, 0) for a heading that is a link, (False, words) for a paragraph of prose outside of links."""
    if tree is None:
        return
    for element in tree.iter():
        if not isinstance(element.tag, str) or any(above.tag in _HIDDEN for above in element.iterancestors()):
            continue
        if element.tag in _HEADINGS:
            inside = next(element.iter("a"), None) is not None or any(a.tag == "a" for a in element.iterancestors())
            if inside and count_words(element.text_content()) >= _HEADLINE:
                yield True, 0
        elif element.tag in _BLOCKS and (words := count_words(" ".join(_own_prose(element)))) >= _PROSE:
            yield False, words


def _own_prose(element: Any) -> Iterator[str]:
    """The text of a block without that of blocks, links and headings within it."""
    yield element.text or ""
    for child in element:
        if isinstance(child.tag, str) and child.tag not in _BLOCKS | _HEADINGS | _HIDDEN | {"a", "ul", "ol", "table"}:
            yield from _own_prose(child)
        yield child.tail or ""


def _text_of(element: Any) -> Iterator[str]:
    if not isinstance(element.tag, str) or element.tag in _HIDDEN:
        return
    yield element.text or ""
    for child in element:
        yield from _text_of(child)
        yield child.tail or ""
