"""One document, or some at a time, read from layout to statements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

from pipelines.extract.attribution import citations
from pipelines.extract.cache import Found
from pipelines.extract.entities import Entities, read_entities
from pipelines.extract.gate import Gate, build_gate
from pipelines.extract.layout import Layout, read_layout
from pipelines.extract.lexicon import Lexicon
from pipelines.extract.parse import read_ahead
from pipelines.extract.statements import raw_statements
from pipelines.extract.story import Reader
from pipelines.ingest.document import Document, Rejected

_BLOCK = 4_000  # words of documents whose sentences are parsed together
_FAULTS = (ValueError, KeyError, IndexError, RecursionError, AttributeError, TypeError)


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


def read_together(documents: Sequence[Document], lexicon: Lexicon) -> Iterator[Found | Rejected]:
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
