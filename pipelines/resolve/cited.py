"""Sources that documents cite: links and media names joined to the declared sources, or made into sources of their own."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from urllib.parse import unquote, urlsplit

from pipelines.extract.lexicon import load_lexicon
from pipelines.extract.persons import slug
from pipelines.extract.run import Citation
from pipelines.ingest.document import Document
from pipelines.ingest.registry import Registry
from pipelines.ingest.source import Source

Row = dict[str, str | None]


def cited_rows(
    citations: Iterable[Citation], registry: Registry, taken: set[str]
) -> dict[tuple[str | None, str | None], Row]:
    """A row of `sources` for each distinct (url, medium) that is cited; ids never collide with those of documents in `taken`."""
    keys = sorted({(c.url, c.media) for c in citations}, key=lambda k: (k[0] or "", k[1] or ""))
    rows: dict[tuple[str | None, str | None], Row] = {}
    used = set(taken)
    for url, media in keys:
        row = _of_url(url, registry) if url else _of_media(media or "", registry)
        source_id = str(row["source_id"])
        if source_id in used and url:
            source_id = f"{source_id}-{hashlib.sha256(url.encode()).hexdigest()[:6]}"
        while source_id in used:
            source_id += "-cited"
        used.add(source_id)
        row["source_id"] = source_id
        rows[(url, media)] = row
    return rows


def citation_rows(
    citations: Iterable[Citation], cited: dict[tuple[str | None, str | None], Row], documents: Sequence[Document]
) -> list[tuple[str, str, str, int, int]]:
    """Rows of `citations`. A link to a document that was read itself leads to it; a medium named beside its own link leads to the link's source."""
    by_url = {_comparable(d.url): d.source_id for d in documents if d.url}
    rows = set()
    for c in citations:
        target = str(cited[(c.url, c.media)]["source_id"])
        if c.url and _comparable(c.url) in by_url:
            target = by_url[_comparable(c.url)]
        if target != c.source_id:
            rows.add((c.source_id, target, c.basis, c.start, c.end))
    return sorted(rows)


def _of_url(url: str, registry: Registry) -> Row:
    declared = registry.match_url(url)
    lexicon = load_lexicon()
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    handle = urlsplit(url).path.strip("/").removeprefix("s/").split("/")[0].lower()
    media = lexicon.handles.get(host) or (
        lexicon.handles.get(handle) if host in ("t.me", "telegram.me", "x.com", "twitter.com") else None
    )
    title = unquote(urlsplit(url).path).rstrip("/").rsplit("/", 1)[-1].replace("_", " ") or host
    return {
        "source_id": slug(f"{host} {unquote(urlsplit(url).path)}")[:80].strip("-") or "link",
        "kind": declared.kind if declared else "wire" if media or host in ("t.me", "telegram.me") else "article",
        "title": " ".join(re.sub(r"[\x00-\x1f]", " ", title).split()) or None,
        "publisher": _publisher(declared) or (lexicon.entities[media].name if media else host) or None,
        "url": url,
        "language": declared.language if declared else None,
        "license": declared.license if declared else None,
        "origin": media or (declared.id if declared else None) or url,
    }


def _of_media(media: str, registry: Registry) -> Row:
    lexicon = load_lexicon()
    entity = lexicon.entities.get(media)
    name = entity.name if entity else media
    declared = registry.match_name(name)
    return {
        "source_id": media, "kind": "wire", "title": name, "publisher": _publisher(declared) or name, "url": None,
        "language": None, "license": None, "origin": media,
    }  # fmt: skip


def _publisher(declared: Source | None) -> str | None:
    return declared.publisher or declared.title if declared else None


def _comparable(url: str) -> str:
    return unquote(url).split("#")[0].rstrip("/").lower()
