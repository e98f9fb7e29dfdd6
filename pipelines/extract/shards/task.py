"""One shard, from its file of documents to its file of statements: a pure function, which may be run twice and anywhere."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import astuple, fields
from typing import Any

from pipelines.errors import PactwatchError
from pipelines.extract.cache import encode, engine_fingerprint
from pipelines.extract.lexicon import load_lexicon
from pipelines.extract.reading import read_together
from pipelines.ingest.document import Document, Rejected
from pipelines.spread.parquet import encoded, table_in
from pipelines.spread.store import SharedStore

_FIELDS = tuple(field.name for field in fields(Document))


def name_of(keys: Sequence[str]) -> str:
    """The name of a shard: by the keys of its documents, each of which names text, lexicon and engine."""
    return hashlib.sha256("\0".join(sorted(keys)).encode()).hexdigest()


def documents_file(documents: Mapping[str, Document]) -> bytes:
    """Documents, by key, as a Parquet file."""
    import pyarrow as pa

    columns = zip(*(astuple(document) for document in documents.values()), strict=True)
    return encoded(pa.table({"key": list(documents), **dict(zip(_FIELDS, map(list, columns), strict=True))}))


def extract_shard(address: str, name: str, engine: str) -> str:
    """Reads the documents of the shard `name` and puts what they yield beside them; the name of that file.

    The documents are DOCUMENTS/name, Parquet; the yield is FOUND/name, Parquet with the columns key and found (see `found_in`).
    Where it is there already, nothing is done. PactwatchError where this process has another engine or lexicon than `engine`.
    """
    if engine_fingerprint() != engine:
        raise PactwatchError(
            "a worker has another version", address, "install this version, its lexicon too, wherever workers run"
        )
    store = SharedStore(address)
    target = f"found/{name}.parquet"
    if store.holds(target) and found_in(store.get(target)) is not None:
        return target
    data = store.get(f"documents/{name}.parquet")
    if data is None:
        raise PactwatchError(
            "a shard is gone", f"{address}/documents/{name}.parquet", "do not clear the store while a build is on"
        )
    store.put(target, _found_file(_documents(data)))
    return target


def found_in(data: bytes | None) -> dict[str, bytes] | None:
    """What a shard's documents yield, by key, as the cache keeps it; None where the file is not there or damaged."""
    table = table_in(data)
    if table is None or set(table.column_names) != {"key", "found"}:
        return None
    return dict(zip(table.column("key").to_pylist(), table.column("found").to_pylist(), strict=True))


def _found_file(documents: dict[str, Document]) -> bytes:
    import pyarrow as pa

    found = zip(documents, read_together(list(documents.values()), load_lexicon()), strict=True)
    # one that fails is left out: it fails by itself again where it is told
    kept = [(key, encode(yielded)) for key, yielded in found if not isinstance(yielded, Rejected)]
    keys, values = [key for key, _ in kept], [value for _, value in kept]
    return encoded(pa.table({"key": pa.array(keys, pa.string()), "found": pa.array(values, pa.binary())}))


def _documents(data: bytes) -> dict[str, Document]:
    import pyarrow.parquet as pq

    rows: list[dict[str, Any]] = pq.read_table(io.BytesIO(data)).to_pylist()
    return {row.pop("key"): Document(**row) for row in rows}
