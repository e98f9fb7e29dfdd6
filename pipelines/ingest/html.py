"""A page's main text and what its metadata says. The normalised text of a page is the main text, kept beside the archive."""

import logging
import re
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from pipelines.ingest.addresses import same_site, tidy
from pipelines.ingest.charset import decode_markup, is_garbled
from pipelines.ingest.forms import Markup, why_no_article
from pipelines.ingest.metadata import Metadata, from_mapping
from pipelines.ingest.text import BOM, UnreadableTextError, normalise

_LANGUAGE = re.compile(r"""<html[^>]{0,500}?\slang\s*=\s*["']?([\w-]{2,20})""", re.IGNORECASE)
_MEDIAWIKI = re.compile(r"""<meta[^>]{0,100}?content\s*=\s*["']MediaWiki""", re.IGNORECASE)
_REVISION = re.compile(r'"wgRevisionId"\s*:\s*(\d{1,20})')
_HEAD = 20_000
# No clock: without a last date of our own, pages would be dated or not by the day on which they are read.
_DATES = {"original_date": True, "extensive_search": False, "min_date": "1900-01-01", "max_date": "2100-01-01"}
_PAGE = re.compile(r"^\s*(?:text/html|application/xhtml\+xml)\b|^\s*$", re.IGNORECASE)
_NO_TEXT = "no main text found in the page: save the article as .txt"


@dataclass(frozen=True, slots=True)
class Page:
    """An article as its page has it."""

    text: str
    """Normalised, a paragraph a line."""
    stated: Metadata
    """`url` is the canonical address where the page names one of its own site, else where it was read."""


def read_html(data: bytes) -> tuple[str, Metadata]:
    """The normalised main text of a page, a paragraph a line, and its metadata; UnreadableTextError where there is no main text."""
    markup = decode_markup(data)
    text, stated = _read(markup)
    if not text.strip():
        raise UnreadableTextError(_NO_TEXT)
    return text, stated


def read_page(data: bytes, mediatype: str | None, asked: str, final: str) -> Page:
    """The article of a page that was fetched: `asked` for, and answered at `final`, as `mediatype` (its Content-Type).

    UnreadableTextError with the reason where it is no article: a listing, a wall, a soft 404, another kind of file.
    """
    if not _PAGE.search(mediatype or ""):
        raise UnreadableTextError(f"no page but {(mediatype or '').split(';')[0].strip()[:60]}: only HTML is read")
    markup = decode_markup(data, mediatype)
    if not markup.strip():
        raise UnreadableTextError("an empty page: look at it")
    text, stated = _read(markup)
    parsed = Markup(markup)
    reason = why_no_article(parsed, text, asked, final)
    if reason is None and not text.strip():
        reason = _NO_TEXT.split(":", maxsplit=1)[0] + ": look at it"
    if reason is None and is_garbled(text):
        reason = "garbled: written in one character set and read in another before it was sent"
    if reason is not None:
        raise UnreadableTextError(reason)
    here = tidy(final) or final
    named = parsed.canonical or stated.url
    canonical = tidy(named, here) if named else None
    return Page(text, replace(stated, url=canonical if canonical and same_site(canonical, here) else here))


def _read(markup: str) -> tuple[str, Metadata]:
    import trafilatura  # a third of a second

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    logging.getLogger("htmldate").setLevel(logging.CRITICAL)
    found: Any = trafilatura.bare_extraction(
        markup, with_metadata=True, include_comments=False, date_extraction_params=dict(_DATES)
    )
    text = normalise((found.text or "").lstrip(BOM)) if found is not None else ""
    return text, Metadata() if found is None else _metadata(markup[:_HEAD], found)


def _metadata(head: str, found: Any) -> Metadata:
    language = _LANGUAGE.search(head)
    host = urlsplit(found.url or "").hostname or ""
    is_wiki = bool(_MEDIAWIKI.search(head)) or host.endswith(".wikipedia.org")
    revision = _REVISION.search(head) if is_wiki else None
    return from_mapping(
        {
            "title": found.title,
            "publisher": found.sitename,
            "published": found.date,
            "url": found.url,
            "language": language[1] if language else None,
            "license": found.license,
            "kind": "encyclopedia" if is_wiki else None,
            "revision": revision[1] if revision else None,
        }
    )
