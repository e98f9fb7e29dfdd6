"""Addresses of pages as what they name: the same article under two addresses is one, and gets one id.

The ids of documents that come from the web are made here: readable, ASCII, the same on every machine.
"""

import hashlib
import re
import unicodedata
from urllib.parse import parse_qsl, quote, unquote, urlencode, urljoin, urlsplit, urlunsplit

from pipelines.ingest.page_words import page_words

_LONGEST_SLUG = 60
_PORTS = {"http": 80, "https": 443}
_INDEX = re.compile(r"index\.(?:html?|php|aspx?)$", re.IGNORECASE)
_ENDING = re.compile(r"\.(?:html?|php|aspx?|jsp|shtml)$", re.IGNORECASE)
_MIRROR = re.compile(r"^(?:www|m|mobile|amp)\.")


def tidy(url: str, base: str | None = None) -> str | None:
    """An http(s) address in one form: host in lower case, no fragment, no tracking parameters; None for anything else.

    `base` is what a relative address counts from.
    """
    try:
        parts = urlsplit(urljoin(base, url.strip()) if base else url.strip())
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname
    if parts.scheme not in _PORTS or not host or parts.username or re.search(r"[\s\x00-\x20]", parts.netloc):
        return None
    try:
        host = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    host = f"[{host}]" if ":" in host else host
    netloc = host if port in {None, _PORTS[parts.scheme]} else f"{host}:{port}"
    words = page_words()
    asked = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not words.tracking.fullmatch(name)
    ]
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    return urlunsplit((parts.scheme, netloc, path, urlencode(asked), ""))


def same_site(one: str, other: str) -> bool:
    """Whether two addresses are of one site: the same host, `www.`, `m.` and `amp.` aside, or one within the other."""
    first, second = (_MIRROR.sub("", urlsplit(url).netloc.lower()) for url in (one, other))
    return first == second or first.endswith(f".{second}") or second.endswith(f".{first}")


def begins_with(url: str, prefixes: tuple[str, ...]) -> bool:
    """Whether an address lies under one of the prefixes, scheme and `www.` aside; true where there are none."""
    return not prefixes or any(_bare(url).startswith(_bare(prefix)) for prefix in prefixes)


def _bare(url: str) -> str:
    return re.sub(r"^https?://(?:www\.)?", "", url, flags=re.IGNORECASE)


def slug(text: str) -> str:
    """Words as part of an id: ASCII, lower case, joined by hyphens, not long; empty where no letter of it is Latin."""
    folded = unicodedata.normalize("NFKD", text)
    ascii_only = "".join(character for character in folded if character.isascii()).lower()
    whole = re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")
    if len(whole) <= _LONGEST_SLUG:
        return whole
    return whole[: _LONGEST_SLUG + 1].rpartition("-")[0] or whole[:_LONGEST_SLUG]


def hash8(text: str) -> str:
    """Eight hex digits that tell apart what slugs do not."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def article_id(source_id: str, url: str) -> str:
    """The id of an article: SOURCE-last-part-of-the-path-HASH8."""
    parts = [part for part in urlsplit(url).path.split("/") if part and not _INDEX.fullmatch(part)]
    name = slug(_ENDING.sub("", unquote(parts[-1]))) if parts else ""
    return "-".join(filter(None, (source_id, name, hash8(identity(url)))))


def identity(url: str) -> str:
    """What makes two tidy addresses one: scheme, `www.` and a last slash aside."""
    return _bare(url).rstrip("/")


def unique_ids(source_id: str, names: tuple[str, ...]) -> dict[str, str]:
    """The id of each named thing of a source: SOURCE-slug, with a hash where slugs are empty or alike."""
    slugs = {name: slug(name) for name in names}
    often = [slugs[name] for name in names]
    return {
        name: "-".join(filter(None, (source_id, part, hash8(name) if not part or often.count(part) > 1 else "")))
        for name, part in slugs.items()
    }
