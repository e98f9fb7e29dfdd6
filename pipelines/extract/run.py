"""Extraction of documents: cached by text, lexicon and engine, so that what did not change is not read again."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.extract.attribution import Cited, citations
from pipelines.extract.entities import read_entities
from pipelines.extract.gate import build_gate
from pipelines.extract.layout import read_layout
from pipelines.extract.lexicon import Lexicon, load_lexicon
from pipelines.extract.statements import RawStatement, raw_statements
from pipelines.extract.story import Reader
from pipelines.ingest.document import Document, Rejected
from pipelines.project import ENGINE_VERSION, ROOT, tree_hash

if TYPE_CHECKING:
    import pyarrow

_CODE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Citation:
    """A source that a document draws on: a URL (declared) or a medium's actor key (in_text)."""

    source_id: str
    basis: str
    url: str | None
    media: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Extracted:
    """What all documents of a build yield."""

    raw_statements: pyarrow.Table
    citations: list[Citation]
    read: int
    """documents read anew, the others came from the cache"""
    failed: tuple[Rejected, ...] = ()
    """documents that could not be read to the end: a fault of ours, told in one line each; the others are built"""


def extract_documents(
    documents: Sequence[Document], cache: Path | None = None, progress: Callable[[int, int], None] | None = None
) -> Extracted:
    """Statements and citations of documents (English ones; others yield none), in order of source_id whatever order they come in."""
    lexicon = load_lexicon()
    rows: list[RawStatement] = []
    cited: list[Citation] = []
    failed: list[Rejected] = []
    read = 0
    for number, document in enumerate(sorted(documents, key=lambda d: d.source_id)):
        if not document.language.lower().startswith("en"):
            continue
        found = _cached(document, lexicon, cache)
        if found is None:
            try:
                found = extract_document(document, lexicon)
            except (ValueError, KeyError, IndexError, RecursionError, AttributeError, TypeError) as error:
                failed.append(
                    Rejected(
                        document.source_id, f"extraction failed ({type(error).__name__}): please report this document"
                    )
                )
                continue
            read += 1
            _keep(document, lexicon, cache, *found)
        rows += found[0]
        cited += [Citation(document.source_id, c.basis, c.url, c.media, c.start, c.end) for c in found[1]]
        if progress is not None:
            progress(number + 1, len(documents))
    return Extracted(_table(rows), cited, read, tuple(failed))


def extract_document(document: Document, lexicon: Lexicon) -> tuple[list[RawStatement], list[Cited]]:
    """The statements and the citations of one document."""
    layout = read_layout(document.text, lexicon)
    entities = read_entities(layout, lexicon)
    story = Reader(layout, entities, lexicon, document.published, _gate(lexicon)).read()
    return raw_statements(document.text, document.source_id, entities, story), citations(
        layout, entities, lexicon, document.text
    )


@lru_cache(maxsize=2)
def _gate(lexicon: Lexicon) -> re.Pattern[str]:
    return build_gate(lexicon)


def _table(rows: list[RawStatement]) -> pyarrow.Table:
    import pyarrow

    from pipelines.tables import arrow_schema, load

    schema = arrow_schema(load("raw_statements"))
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema.names)
    data = dict(zip(RawStatement._fields, columns, strict=True))
    return pyarrow.table(
        {name: pyarrow.array(data[name], schema.field(name).type) for name in schema.names}, schema=schema
    )


# the cache


def _cache_key(document: Document, lexicon: Lexicon) -> str:
    """Whatever a document's statements depend on: its text, its name, its date, the lexicon, the engine."""
    parts = [document.sha256, document.source_id, str(document.published), lexicon.hash, ENGINE_VERSION, _engine_hash()]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@lru_cache(maxsize=1)
def _engine_hash() -> str:
    digest = hashlib.sha256()
    for path in sorted(_CODE.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _cached(document: Document, lexicon: Lexicon, cache: Path | None) -> tuple[list[RawStatement], list[Cited]] | None:
    if cache is None:
        return None
    path = cache / f"{_cache_key(document, lexicon)}.json"
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return [_row(r) for r in data["statements"]], [Cited(**c) for c in data["citations"]]
    except (OSError, ValueError, KeyError, TypeError):
        return None  # absent or damaged: read the document again


def _row(values: list[Any]) -> RawStatement:
    """A statement as the cache holds it, with its dates as text."""
    row = dict(zip(RawStatement._fields, values, strict=True))
    for name in ("date_start", "date_end"):
        row[name] = date.fromisoformat(row[name]) if isinstance(row[name], str) else None
    return RawStatement(**row)


def _keep(
    document: Document, lexicon: Lexicon, cache: Path | None, rows: list[RawStatement], cited: list[Cited]
) -> None:
    if cache is None:
        return
    cache.mkdir(parents=True, exist_ok=True)
    path = cache / f"{_cache_key(document, lexicon)}.json"
    temporary = path.with_suffix(f".{os.getpid()}.tmp")
    data = {"statements": [list(r) for r in rows], "citations": [asdict(c) for c in cited]}
    temporary.write_text(json.dumps(data, default=str, ensure_ascii=False), encoding="utf-8")
    temporary.replace(path)


def engine_fingerprint() -> str:
    """Lexicon and engine in one hash: what a release was made with."""
    return hashlib.sha256(f"{tree_hash(ROOT / 'lexicon')}\0{_engine_hash()}\0{ENGINE_VERSION}".encode()).hexdigest()
