"""A page's main text and what its metadata says. The normalised text of a page is the main text, kept beside the archive."""

import logging
import re
from typing import Any
from urllib.parse import urlsplit

from pipelines.ingest.metadata import Metadata, from_mapping
from pipelines.ingest.text import BOM, UnreadableTextError, decode, normalise

_DECLARED_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?([\w.:-]{2,40})""", re.IGNORECASE)
_LANGUAGE = re.compile(r"""<html[^>]{0,500}?\slang\s*=\s*["']?([\w-]{2,20})""", re.IGNORECASE)
_MEDIAWIKI = re.compile(r"""<meta[^>]{0,100}?content\s*=\s*["']MediaWiki""", re.IGNORECASE)
_REVISION = re.compile(r'"wgRevisionId"\s*:\s*(\d{1,20})')
_HEAD = 20_000
# No clock: without a last date of our own, pages would be dated or not by the day on which they are read.
_DATES = {"original_date": True, "extensive_search": False, "min_date": "1900-01-01", "max_date": "2100-01-01"}


def read_html(data: bytes) -> tuple[str, Metadata]:
    """The normalised main text of a page, a paragraph a line, and its metadata; UnreadableTextError where there is no main text."""
    markup = _decode(data)
    import trafilatura  # a third of a second

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    logging.getLogger("htmldate").setLevel(logging.CRITICAL)
    found: Any = trafilatura.bare_extraction(
        markup, with_metadata=True, include_comments=False, date_extraction_params=dict(_DATES)
    )
    text = normalise((found.text or "").lstrip(BOM)) if found is not None else ""
    if not text.strip():
        raise UnreadableTextError("no main text found in the page: save the article as .txt")
    return text, _metadata(markup[:_HEAD], found)


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


def _decode(data: bytes) -> str:
    """Markup as text: UTF-8, or else the character set that the page declares; never a guess."""
    try:
        return decode(data)
    except UnreadableTextError:
        declared = _DECLARED_CHARSET.search(data[:4096])
        if declared is None or b"\0" in data:
            raise
    name = declared[1].decode("ascii")
    try:
        return data.decode(name)
    except (LookupError, UnicodeDecodeError) as error:
        raise UnreadableTextError(f"not in the character set {name!r} that it declares: save it in UTF-8") from error
