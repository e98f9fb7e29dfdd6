"""Extraction of documents: cached by text, lexicon and engine, so that what did not change is not read again."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.archive.keyed import KeyedStore
from pipelines.extract.attribution import Cited, citations
from pipelines.extract.cache import ExtractionCache, engine_hash
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

_BATCH = 500  # documents looked up at once
_FAULTS = (ValueError, KeyError, IndexError, RecursionError, AttributeError, TypeError)


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
    """Statements and citations of documents (English ones; others yield none), in order of source_id whatever order they come in.

    `cache` is the file that keeps what was found in each document for the next time.
    """
    lexicon = load_lexicon()
    rows: list[RawStatement] = []
    cited: list[Citation] = []
    failed: list[Rejected] = []
    read = 0
    ordered = sorted((d for d in documents if d.language.lower().startswith("en")), key=lambda d: d.source_id)
    with ExitStack() as stack:
        store = None if cache is None else stack.enter_context(KeyedStore(cache))
        kept = ExtractionCache(store, lexicon.hash)
        for start in range(0, len(ordered), _BATCH):
            batch = ordered[start : start + _BATCH]
            known = kept.get_many(batch)
            for number, document in enumerate(batch, start + 1):
                found = known.get(document.source_id)
                if found is None:
                    try:
                        found = extract_document(document, lexicon)
                    except _FAULTS as error:
                        reason = f"extraction failed ({type(error).__name__}): please report this document"
                        failed.append(Rejected(document.source_id, reason))
                        continue
                    read += 1
                    kept.put(document, found)
                rows += found[0]
                cited += [Citation(document.source_id, c.basis, c.url, c.media, c.start, c.end) for c in found[1]]
                if progress is not None:
                    progress(number, len(ordered))
        kept.prune(ordered)
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


def engine_fingerprint() -> str:
    """Lexicon and engine in one hash: what a release was made with."""
    return hashlib.sha256(f"{tree_hash(ROOT / 'lexicon')}\0{engine_hash()}\0{ENGINE_VERSION}".encode()).hexdigest()
