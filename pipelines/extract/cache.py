"""What was found in a document, kept under everything that it depends on: text, name, date, lexicon, engine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.archive.keyed import KeyedStore, key_of
from pipelines.extract.attribution import Cited
from pipelines.extract.statements import RawStatement
from pipelines.ingest.document import Document
from pipelines.project import ENGINE_VERSION, ROOT, tree_hash

Found = tuple[list[RawStatement], list[Cited]]

_CODE = Path(__file__).parent


@lru_cache(maxsize=1)
def engine_hash() -> str:
    """The code of extraction, in one hash."""
    digest = hashlib.sha256()
    for path in sorted(_CODE.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def engine_fingerprint() -> str:
    """Lexicon and engine in one hash: what a release was made with."""
    return hashlib.sha256(f"{tree_hash(ROOT / 'lexicon')}\0{engine_hash()}\0{ENGINE_VERSION}".encode()).hexdigest()


class ExtractionCache:
    """The statements and citations of documents that were read before. `store` None: nothing is kept."""

    def __init__(self, store: KeyedStore | None, lexicon_hash: str) -> None:
        self._store = store
        self._lexicon_hash = lexicon_hash

    def get_many(self, documents: Sequence[Document]) -> dict[str, Found]:
        """What is kept of the documents, by source_id. What is damaged is left out, and so is read again."""
        if self._store is None:
            return {}
        keys = {self.key(document): document.source_id for document in documents}
        found = {}
        for key, value in self._store.get_many(keys).items():
            try:
                found[keys[key]] = decode(value)
            except (ValueError, KeyError, TypeError):
                continue
        return found

    def lacking(self, documents: Sequence[Document]) -> list[Document]:
        """Those of the documents of which nothing is kept, in their order."""
        if self._store is None:
            return list(documents)
        there = self._store.holding(map(self.key, documents))
        return [document for document in documents if self.key(document) not in there]

    def put_encoded(self, values: Mapping[str, bytes]) -> None:
        """Keeps what was found in some documents, by their keys, encoded: all of it or, where the disk is full, none."""
        if self._store is not None:
            self._store.put_many(values)

    def put(self, document: Document, found: Found) -> None:
        """Keeps what was found in a document."""
        if self._store is not None:
            self._store.put_many({self.key(document): encode(found)})

    def prune(self, documents: Iterable[Document]) -> None:
        """Forgets most of what other documents, lexicons and engines have left."""
        if self._store is not None:
            self._store.prune(map(self.key, documents))

    def key(self, document: Document) -> str:
        """What names everything that a document's statements depend on."""
        published = str(document.published)
        return key_of(
            *("extracted", document.sha256, document.source_id, published),
            *(self._lexicon_hash, ENGINE_VERSION, engine_hash()),
        )


def encode(found: Found) -> bytes:
    """What was found in a document, as JSON in UTF-8."""
    data = {"statements": [list(row) for row in found[0]], "citations": [asdict(cited) for cited in found[1]]}
    return json.dumps(data, default=str, ensure_ascii=False).encode()


def decode(value: bytes) -> Found:
    """What `encode` has made; ValueError, KeyError or TypeError where it is damaged."""
    data = json.loads(value)
    return [_row(row) for row in data["statements"]], [Cited(**cited) for cited in data["citations"]]


def _row(values: list[Any]) -> RawStatement:
    """A statement as the cache holds it, with its dates as text."""
    row = dict(zip(RawStatement._fields, values, strict=True))
    for name in ("date_start", "date_end"):
        row[name] = date.fromisoformat(row[name]) if isinstance(row[name], str) else None
    return RawStatement(**row)
