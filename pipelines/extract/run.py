"""Extraction of documents: cached by text, lexicon and engine, so that what did not change is not read again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.archive.keyed import KeyedStore
from pipelines.extract.cache import ExtractionCache
from pipelines.extract.lexicon import Lexicon, load_lexicon
from pipelines.extract.reading import read_together
from pipelines.extract.shards.fill import fill
from pipelines.extract.statements import RawStatement
from pipelines.ingest.document import Document, Rejected
from pipelines.spread.executors import Spread

if TYPE_CHECKING:
    import pyarrow
    import pyarrow.dataset

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
    """What documents yield: all of a build, or some."""

    raw_statements: pyarrow.Table | pyarrow.dataset.Dataset
    """In order of source_id; a dataset where they lie in files and are too many to be held."""
    citations: list[Citation]
    read: int
    """documents read anew, the others came from the cache"""
    failed: tuple[Rejected, ...] = ()
    """documents that could not be read to the end: a fault of ours, told in one line each; the others are built"""

    @property
    def rows(self) -> int:
        """How many raw statements there are."""
        raw = self.raw_statements
        return int(raw.num_rows if hasattr(raw, "num_rows") else raw.count_rows())


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
    import pyarrow

    parts = list(extract_in_batches(documents, cache, progress, spread))
    return Extracted(
        pyarrow.concat_tables([part.raw_statements for part in parts] or [_table([])]),
        [citation for part in parts for citation in part.citations],
        sum(part.read for part in parts),
        tuple(rejected for part in parts for rejected in part.failed),
    )


def extract_in_batches(
    documents: Sequence[Document],
    cache: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
    spread: Spread | None = None,
) -> Iterator[Extracted]:
    """The same, some hundred documents at a time, for those who do not want to hold all of it."""
    lexicon = load_lexicon()
    ordered = sorted((d for d in documents if d.language.lower().startswith("en")), key=lambda d: d.source_id)
    with ExitStack() as stack:
        store = None if cache is None else stack.enter_context(KeyedStore(cache))
        kept = ExtractionCache(store, lexicon.hash)
        helped = fill(ordered, kept, spread, progress) if spread is not None and store is not None else 0
        for start in range(0, len(ordered), _BATCH):
            batch = _read(ordered[start : start + _BATCH], kept, lexicon, partial(_told, progress, start, len(ordered)))
            yield replace(batch, read=batch.read + helped)
            helped = 0
        kept.prune(ordered)


def _told(progress: Callable[[int, int], None] | None, before: int, of: int, done: int) -> None:
    if progress is not None:
        progress(before + done, of)


def _read(
    documents: Sequence[Document], kept: ExtractionCache, lexicon: Lexicon, progress: Callable[[int], None]
) -> Extracted:
    rows: list[RawStatement] = []
    cited: list[Citation] = []
    failed: list[Rejected] = []
    read = 0
    known = kept.get_many(documents)
    new = read_together([d for d in documents if d.source_id not in known], lexicon)
    for number, document in enumerate(documents, 1):
        found = known.pop(document.source_id, None)
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
        progress(number)
    return Extracted(_table(rows), cited, read, tuple(failed))


def _table(rows: list[RawStatement]) -> pyarrow.Table:
    import pyarrow

    from pipelines.arrow import arrow_schema
    from pipelines.tables import load

    schema = arrow_schema(load("raw_statements"))
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema.names)
    data = dict(zip(RawStatement._fields, columns, strict=True))
    return pyarrow.table(
        {name: pyarrow.array(data[name], schema.field(name).type) for name in schema.names}, schema=schema
    )
