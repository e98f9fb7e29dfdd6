"""Extraction of documents: cached by text, lexicon and engine, so that what did not change is not read again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.archive.keyed import KeyedStore
from pipelines.extract.cache import ExtractionCache
from pipelines.extract.lexicon import load_lexicon
from pipelines.extract.reading import read_together
from pipelines.extract.shards.fill import Spread, fill
from pipelines.extract.statements import RawStatement
from pipelines.ingest.document import Document, Rejected

if TYPE_CHECKING:
    import pyarrow

_BATCH = 500  # documents looked up at once


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
    documents: Sequence[Document],
    cache: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
    spread: Spread | None = None,
) -> Extracted:
    """Statements and citations of documents (English ones; others yield none), in order of source_id whatever order they come in.

    `cache` is the file that keeps what was found in each document for the next time. `spread` says who helps to fill it first where
    much is new; what comes of it is the same to the byte, with help or without.
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
        if spread is not None and store is not None:
            read = fill(ordered, kept, spread, progress)
        for start in range(0, len(ordered), _BATCH):
            batch = ordered[start : start + _BATCH]
            known = kept.get_many(batch)
            new = read_together([d for d in batch if d.source_id not in known], lexicon)
            for number, document in enumerate(batch, start + 1):
                found = known.get(document.source_id)
                if found is None:
                    fresh = next(new)
                    if isinstance(fresh, Rejected):
                        failed.append(fresh)
                        continue
                    found = fresh
                    read += 1
                    kept.put(document, found)
                rows += found[0]
                cited += [Citation(document.source_id, c.basis, c.url, c.media, c.start, c.end) for c in found[1]]
                if progress is not None:
                    progress(number, len(ordered))
        kept.prune(ordered)
    return Extracted(_table(rows), cited, read, tuple(failed))


def _table(rows: list[RawStatement]) -> pyarrow.Table:
    import pyarrow

    from pipelines.tables import arrow_schema, load

    schema = arrow_schema(load("raw_statements"))
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema.names)
    data = dict(zip(RawStatement._fields, columns, strict=True))
    return pyarrow.table(
        {name: pyarrow.array(data[name], schema.field(name).type) for name in schema.names}, schema=schema
    )
