"""The one resource: where documents come from, where releases go, and where state is kept between assets and runs."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg
from filelock import FileLock

from pipelines import project

if TYPE_CHECKING:
    import pyarrow as pa


class Workspace(dg.ConfigurableResource["Workspace"]):
    """Paths of one run. While a run is on, it holds a lock on the state: two refreshes at once take turns."""

    documents: str | None = None
    """Folder of documents to build from; None: the folders that sources/ declares."""
    out: str = "dist"
    """Folder that releases are published in."""
    home: str | None = None
    """Folder of all other state; None: PACTWATCH_HOME, or .pactwatch."""

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> "Generator[Workspace]":
        """The resource, with the state's lock held until the run ends."""
        self.state.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.state / "run.lock")
        if context.log and not _is_free(lock):
            context.log.info("waiting for another run on %s", self.state)
        with lock:
            yield self

    @property
    def state(self) -> Path:
        """The state folder, absolute."""
        return Path(self.home).absolute() if self.home else project.home()

    @property
    def release_folder(self) -> Path:
        """The folder of releases, absolute."""
        return Path(self.out).absolute()

    @property
    def texts(self) -> Path:
        """The normalised texts by hash."""
        return self.state / "texts"

    @property
    def cache(self) -> Path:
        """What extraction found, by text hash, lexicon hash and engine version."""
        return self.state / "extracted.sqlite"

    @property
    def staging(self) -> Path:
        """What assets leave for each other."""
        folder = self.state / "staging"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def write(self, name: str, table: "pa.Table") -> Path:
        """Stages a table under `name`; the file is whole or not there."""
        import pyarrow.parquet as pq

        target = self.staging / f"{name}.parquet"
        part = target.with_suffix(".part")
        # Statistics and dictionaries cost more than they save in a file that is read whole, once.
        pq.write_table(table, part, compression="zstd", write_statistics=False)
        os.replace(part, target)  # noqa: PTH105 (the one call that is atomic everywhere, by its usual name)
        return target

    def read(self, name: str) -> "pa.Table":
        """A staged table; dagster.Failure where its asset was never materialised."""
        import pyarrow.parquet as pq

        path = self.staging / f"{name}.parquet"
        if not path.is_file():
            raise dg.Failure(f"{name} is not there yet: materialise the assets upstream first")
        return pq.read_table(path)


def _is_free(lock: FileLock) -> bool:
    try:
        with lock.acquire(blocking=False):
            return True
    except TimeoutError:
        return False
