"""Extraction of documents: cached by text, lexicon and engine, so that what did not change is not read again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.archive.keyed import KeyedStore
from pipelines.extract.attribution import Cited, citations
from pipelines.extract.cache import ExtractionCache, engine_hash
from pipelines.extract.entities import Entities, read_entities
from pipelines.extract.gate import Gate, build_gate
from pipelines.extract.layout import Layout, read_layout
from pipelines.extract.lexicon import Lexicon, load_lexicon
from pipelines.extract.parse import read_ahead
from pipelines.extract.statements import RawStatement, raw_statements
from pipelines.extract.story import Reader
from pipelines.ingest.document import Document, Rejected
from pipelines.project import ENGINE_VERSION, ROOT, tree_hash

if TYPE_CHECKING:
    import pyarrow

_BATCH = 500  # documents looked up at once
_BLOCK = 4_000  # words of documents whose sentences are parsed together
_FAULTS = (ValueError, KeyError, IndexError, RecursionError, AttributeError, TypeError)
Found = tuple[list[RawStatement], list[Cited]]


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
            new = _read_together([d for d in batch if d.source_id not in known], lexicon)
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


def extract_document(document: Document, lexicon: Lexicon) -> Found:
    """The statements and the citations of one document."""
    return Opened.of(document, lexicon).read()


@dataclass(frozen=True, slots=True)
class Opened:
    """A document with its sentences and names found; `reader` knows which sentences are to be parsed."""

    document: Document
    lexicon: Lexicon
    layout: Layout
    entities: Entities
    reader: Reader

    @classmethod
    def of(cls, document: Document, lexicon: Lexicon) -> Opened:
        """Everything that comes before the parse."""
        layout = read_layout(document.text, lexicon)
        entities = read_entities(layout, lexicon)
        reader = Reader(layout, entities, lexicon, document.published, gate_of(lexicon))
        return cls(document, lexicon, layout, entities, reader)

    def read(self) -> Found:
        """The parse, and everything that comes after it."""
        text = self.document.text
        rows = raw_statements(text, self.document.source_id, self.entities, self.reader.read())
        return rows, citations(self.layout, self.entities, self.lexicon, text)


def _read_together(documents: Sequence[Document], lexicon: Lexicon) -> Iterator[Found | Rejected]:
    """What documents tell, in their order; the sentences of some of them at a time are parsed together."""
    for block in _blocks(documents):
        opened: dict[str, Opened] = {}
        for document in block:
            with suppress(*_FAULTS):  # a document that fails is left out, and fails by itself below
                opened[document.source_id] = Opened.of(document, lexicon)
        with suppress(*_FAULTS):
            read_ahead([plain for one in opened.values() for plain in one.reader.ahead()])
        for document in block:
            try:
                yield (opened.get(document.source_id) or Opened.of(document, lexicon)).read()
            except _FAULTS as error:
                reason = f"extraction failed ({type(error).__name__}): please report this document"
                yield Rejected(document.source_id, reason)


def _blocks(documents: Sequence[Document]) -> Iterator[list[Document]]:
    block: list[Document] = []
    words = 0
    for document in documents:
        block.append(document)
        words += document.words
        if words >= _BLOCK:
            yield block
            block, words = [], 0
    if block:
        yield block


@lru_cache(maxsize=2)
def gate_of(lexicon: Lexicon) -> Gate:
    """The gate of a lexicon, built once."""
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
