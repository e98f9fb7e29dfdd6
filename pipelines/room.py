"""The room that a build has: memory, and a folder for what does not fit into it.

A table that is put into that folder is mapped: an Arrow table like any other, whose columns lie in a file that the system reads where
it is looked at and lets go of where memory is short. Nothing of this changes what comes out.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pipelines.errors import PactwatchError
from pipelines.project import memory_size

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

WINDOW = 65_536
"""rows of a table that are looked at at once where not all need be"""

T = TypeVar("T", bound="pa.Table")


@dataclass(frozen=True, slots=True)
class Room:
    """What a build may take."""

    memory_limit: str | None = None
    """Memory that DuckDB takes before it goes on on the disk ("2GB"); None: PACTWATCH_MEMORY_LIMIT, or 1GB."""
    scratch: Path | None = None
    """Folder of what does not fit; None: tables are held in memory, and DuckDB has a folder in TMPDIR."""
    parts: int | None = None
    """Parts of a resolution at most; None: as many as the statements need."""

    @property
    def limit(self) -> str:
        """The limit as DuckDB takes it; PactwatchError where it is no size."""
        return memory_size(self.memory_limit)

    @contextmanager
    def folder(self) -> Iterator[Path]:
        """An empty folder that is gone afterwards; the scratch is emptied first of what a run that was killed has left there."""
        if self.scratch is None:
            with tempfile.TemporaryDirectory(prefix="pactwatch-") as made:
                yield Path(made)
            return
        shutil.rmtree(self.scratch, ignore_errors=True)
        self.scratch.mkdir(parents=True)
        try:
            yield self.scratch
        finally:
            shutil.rmtree(self.scratch, ignore_errors=True)

    def bound(self, connection: duckdb.DuckDBPyConnection, folder: Path | None = None) -> None:
        """Keeps a connection within the limit; what is more goes to the folder, by default the scratch."""
        connection.execute("SET memory_limit = ?", [self.limit])
        # Or it draws one on what we print, where it takes a process without a script for a person's session.
        connection.execute("SET enable_progress_bar = false")
        if spill := folder or self.scratch:
            spill.mkdir(parents=True, exist_ok=True)
            # One of its own: DuckDB calls its files there the same in every process.
            connection.execute("SET temp_directory = ?", [str(spill / f"spill-{os.getpid()}")])

    @contextmanager
    def guard(self, what: str) -> Iterator[None]:
        """PactwatchError, one line, where DuckDB cannot do within the block what it is to do within the limit."""
        import duckdb

        try:
            yield
        except duckdb.OutOfMemoryException as error:
            todo = "give it more (`--memory-limit 4GB`, or PACTWATCH_MEMORY_LIMIT), and see that its disk is not full"
            raise PactwatchError(f"{what} needs more memory than it may take", self.limit, todo) from error

    def keep(self, schema: pa.Schema, batches: Iterable[pa.Table | pa.RecordBatch]) -> pa.Table:
        """The batches, of that schema, as one table: mapped where there is a scratch folder, else in memory."""
        import pyarrow as pa

        if self.scratch is None:
            parts = [part if isinstance(part, pa.Table) else pa.Table.from_batches([part]) for part in batches]
            whole = pa.concat_tables([schema.empty_table(), *parts])
            return pa.Table.from_arrays([column.combine_chunks() for column in whole.columns], schema=schema)
        self.scratch.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self.scratch, suffix=".arrow", delete=False) as file:
            path = Path(file.name)
            with pa.ipc.new_file(file, schema) as writer:
                for batch in batches:
                    writer.write(batch)
        mapped = pa.ipc.open_file(pa.memory_map(str(path))).read_all()
        path.unlink()  # the mapping keeps it; nobody else needs its name
        return mapped


def windows(data: T, rows: int = WINDOW) -> Iterator[T]:
    """A table piece by piece, each of so many rows; an empty one as one piece."""
    for start in range(0, max(data.num_rows, 1), rows):
        yield data.slice(start, rows)
