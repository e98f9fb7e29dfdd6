"""Fills the cache of extraction from many sides at once, before documents are read from it one after another.

A shard's yield is taken into the cache whole, and its files are removed then. So a build that is killed has lost at most the shards
that were just being read: what is in the cache is not sent out again, and what lies in the store is not read again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait

from pipelines.errors import PactwatchError
from pipelines.extract.cache import ExtractionCache, engine_fingerprint
from pipelines.extract.shards.groups import WORDS, groups
from pipelines.extract.shards.task import documents_file, extract_shard, found_in, name_of
from pipelines.ingest.document import Document
from pipelines.spread.executors import Spread, executor, processors
from pipelines.spread.store import SharedStore

FEWEST_WORDS = 400_000
"""new words below which this process reads them by itself: a process that helps needs four seconds to begin"""


def fill(
    documents: Sequence[Document],
    kept: ExtractionCache,
    spread: Spread,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Has the documents that are not in the cache read by helpers, where there are many, and keeps what they yield; how many were read.

    PactwatchError where helpers or store cannot be used; the cache has then what was done until there.
    """
    new = {document.source_id for document in kept.lacking(documents)}
    words = sum(document.words for document in documents if document.source_id in new)
    one = spread.workers is None and processors() < 2
    fewest = FEWEST_WORDS if spread.fewest_words is None else spread.fewest_words
    alone = spread.cluster is None and (words < fewest or one)
    if not new or alone:
        return 0
    # Groups are of all documents, and what is known is left out of them: they keep their names as the cache fills.
    shards = [[d for d in group if d.source_id in new] for group in groups(documents, spread.words or WORDS)]
    filling = _Filling(kept, spread, len(new), progress)
    with executor(spread) as (pool, at_once):
        for shard in filter(None, shards):
            if len(filling.out) >= at_once:
                filling.take()
            name, data = filling.enter(shard)
            filling.send(pool.submit(extract_shard, spread.store, name, data), name, len(shard))
        while filling.out:
            filling.take()
    return filling.done


class _Filling:
    """The shards that are out, and what comes back."""

    def __init__(
        self, kept: ExtractionCache, spread: Spread, total: int, progress: Callable[[int, int], None] | None
    ) -> None:
        self.kept, self.total, self.progress = kept, total, progress
        self.store = SharedStore(spread.store)
        self.engine = engine_fingerprint()
        self.out: dict[Future[str], tuple[str, int]] = {}
        self.done = 0

    def enter(self, documents: Sequence[Document]) -> tuple[str, str]:
        """Puts a shard into the store; its name, and the engine that it is for."""
        by_key = {self.kept.key(document): document for document in documents}
        name = name_of(list(by_key))
        if not self.store.holds(f"found/{name}.parquet"):
            self.store.put(f"documents/{name}.parquet", documents_file(by_key))
        return name, self.engine

    def send(self, future: Future[str], name: str, size: int) -> None:
        """Remembers a shard that is out."""
        self.out[future] = (name, size)

    def take(self) -> None:
        """Waits for a shard, and takes what it yields into the cache."""
        finished, _ = wait(self.out, return_when=FIRST_COMPLETED)
        for future in finished:
            name, size = self.out.pop(future)
            found = found_in(self.store.get(future.result()))
            if found is None:
                raise PactwatchError(
                    "a shard came back damaged", f"{self.store.address}/found/{name}.parquet", "build again"
                )
            self.kept.put_encoded(found)
            self.store.remove([f"documents/{name}.parquet", f"found/{name}.parquet"])
            self.done += size
            if self.progress is not None:
                self.progress(self.done, self.total)
