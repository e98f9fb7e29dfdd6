"""The resources: where state is kept, where documents come from, and where releases go."""

import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg
from filelock import FileLock

from pipelines import project
from pipelines.assets.runs import is_free, keep_alive
from pipelines.ingest.document import Document
from pipelines.ingest.shelf import Shelf
from pipelines.release.place import declared_places, is_address, release_folder
from pipelines.room import Room, windows
from pipelines.spread.executors import Spread

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow import dataset


_ROWS = 1_000  # that are dicts at a time: a dict takes more than its row


def refresh_lock(state: Path) -> Path:
    """The file that a run of the job `refresh` holds locked."""
    return state / "run.lock"


class Collector(dg.ConfigurableResource["Collector"]):
    """What a fetch needs. Fetches of several sources run side by side; two of one source take turns."""

    home: str | None = None
    """Folder of the state; None: PACTWATCH_HOME, or .pactwatch."""
    retry: bool = True
    """Whether a source that is out of reach is tried again, later and later, before its run fails."""

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> "Generator[Collector]":
        """The resource, with the run marked as alive."""
        self.state.mkdir(parents=True, exist_ok=True)
        keep_alive(self.state, context.run.run_id if context.run else None)
        yield self

    @property
    def state(self) -> Path:
        """The state folder, absolute."""
        return Path(self.home).absolute() if self.home else project.home()

    @contextmanager
    def alone(self, source_id: str) -> Generator[None]:
        """Holds the lock of a source: two fetches of one source would ask for the same pages twice."""
        folder = self.state / "fetching"
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / f"{source_id}.lock"):
            yield


class Workspace(dg.ConfigurableResource["Workspace"]):
    """Paths of one refresh. While it is on, it holds a lock on the state: two refreshes at once take turns."""

    documents: str | None = None
    """Folder of documents to build from; None: what sources/ declares."""
    out: str | None = None
    """Folder that releases are published in, or address of a store; None: PACTWATCH_OUT, or dist."""
    home: str | None = None
    """Folder of all other state; None: PACTWATCH_HOME, or .pactwatch."""
    accept_fall: bool = False
    """Lets this run publish although a table fell below its floor."""
    cluster: str | None = None
    """Address of a Dask scheduler whose workers read the documents and resolve; None: PACTWATCH_CLUSTER, or processes of this machine."""
    memory_limit: str | None = None
    """Memory that DuckDB takes in a step before it goes on on the disk (2GB); None: PACTWATCH_MEMORY_LIMIT, or 1GB."""

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> "Generator[Workspace]":
        """The resource, with the state's lock held until the run ends."""
        self.state.mkdir(parents=True, exist_ok=True)
        keep_alive(self.state, context.run.run_id if context.run else None)
        lock = FileLock(refresh_lock(self.state))
        if context.log and not is_free(refresh_lock(self.state)):
            context.log.info("waiting for another run on %s", self.state)
        with lock:
            yield self

    @property
    def state(self) -> Path:
        """The state folder, absolute."""
        return Path(self.home).absolute() if self.home else project.home()

    @property
    def release_folder(self) -> Path:
        """The folder of releases, absolute; one in the state where they go to a store."""
        return release_folder(self._out, self.state)

    @property
    def places(self) -> list[str]:
        """Where else they go, by address or path."""
        return declared_places(self._out)

    @property
    def destination(self) -> str:
        """The folder and the places in one line."""
        return " ".join([str(self.release_folder), *self.places])

    def bring_newest(self) -> str | None:
        """Brings the newest release of the store into the folder, where they go to one that knows a newer; its version."""
        from pipelines.release.mirror import bring_newest

        return bring_newest(self._out, self.release_folder) if is_address(self._out) else None

    @property
    def _out(self) -> str:
        return self.out or os.environ.get("PACTWATCH_OUT") or "dist"

    @property
    def texts(self) -> Path:
        """The normalised texts by hash."""
        return self.state / "texts"

    @property
    def cache(self) -> Path:
        """What extraction found, by text hash, lexicon hash and engine version."""
        return self.state / "extracted.sqlite"

    @property
    def spread(self) -> Spread:
        """Who helps to read documents, and where they find them: PACTWATCH_SHARDS, or a folder in the state."""
        store = os.environ.get("PACTWATCH_SHARDS") or str(self.state / "shards")
        return Spread(store, self.cluster or os.environ.get("PACTWATCH_CLUSTER") or None)

    @property
    def parsed(self) -> Path:
        """What was made of archived pages, by payload and parser."""
        return self.state / "parsed.sqlite"

    @property
    def staging(self) -> Path:
        """What assets leave for each other."""
        folder = self.state / "staging"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    @property
    def room(self) -> Room:
        """What may be taken. Its folder is not in TMPDIR, which may be memory itself, and keeps what the killed leave."""
        return Room(self.memory_limit, self.state / "scratch")

    def write(self, name: str, table: "pa.Table") -> None:
        """Stages a table under `name`; the file is whole or not there."""
        with self.writing(name, table.schema) as write:
            for rows in windows(table):
                write(rows)

    @contextmanager
    def writing(self, name: str, schema: "pa.Schema") -> "Generator[Callable[[pa.Table], None]]":
        """Stages a table under `name` piece by piece; the file is there when the block has ended without a fault."""
        import pyarrow.parquet as pq

        target = self.staging / f"{name}.parquet"
        part = target.with_suffix(".part")
        # Statistics cost more than they save in a file that is read whole.
        with pq.ParquetWriter(part, schema, compression="zstd", write_statistics=False) as writer:
            yield writer.write_table
        os.replace(part, target)  # noqa: PTH105 (the one call that is atomic everywhere, by its usual name)

    def take_note(self, name: str, text: str) -> None:
        """Leaves one line for a later asset of the run."""
        part = self.staging / f"{name}.part"
        part.write_text(text, encoding="utf-8")
        part.replace(self.staging / f"{name}.note")

    def note(self, name: str) -> str | None:
        """The line that an earlier asset has left; None where there is none."""
        path = self.staging / f"{name}.note"
        return path.read_text(encoding="utf-8") if path.is_file() else None

    def ingested(self) -> list[Document]:
        """The documents that were read, each with its text on the shelf; dagster.Failure where there are none yet."""
        shelf = Shelf(self.texts)
        batches = self.opened("documents").to_batches(batch_size=_ROWS)
        return [shelf.taken(row) for batch in batches for row in batch.to_pylist()]

    def rows(self, name: str) -> int:
        """How many rows a staged table has, without reading it."""
        import pyarrow.parquet as pq

        return int(pq.read_metadata(self.staging / f"{name}.parquet").num_rows)

    def read(self, name: str) -> "pa.Table":
        """A staged table, mapped; dagster.Failure where its asset was never materialised."""
        from pipelines.release.files import read_parquet

        return read_parquet(self._staged(name), self.room)

    def opened(self, name: str) -> "dataset.Dataset":
        """A staged table to be read piece by piece; dagster.Failure as above."""
        from pyarrow import dataset

        # Or pyarrow would hold the whole file while it is read.
        return dataset.dataset(self._staged(name), format=dataset.ParquetFileFormat(pre_buffer=False))

    def _staged(self, name: str) -> Path:
        path = self.staging / f"{name}.parquet"
        if not path.is_file():
            raise dg.Failure(f"{name} is not there yet: materialise the assets upstream first")
        return path
