"""The archive as it lies on the disk: WARC files and their index, kept in step through crashes and full disks.

A record is written and synced before the index knows it. So what the index knows is there, and what lies beyond is either
whole, and is taken into the index on the next opening, or the half of a record that a crash left, and is cut off.
"""

import contextlib
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TypeVar

from filelock import FileLock

from pipelines.archive import files as warc
from pipelines.archive.files import Place, WarcFiles
from pipelines.archive.index import Index
from pipelines.archive.records import Entry, warcinfo
from pipelines.errors import EXIT_INVALID, PactwatchError

INDEX = "index.sqlite"
MAX_FILE = 256 * 1024 * 1024
"""Bytes after which a new WARC file is begun."""

_TODO = "free space or fix the permissions, then start again: nothing that was archived is lost"
_T = TypeVar("_T")


class Store:
    """WARC files and index under `folder`. One writes at a time, across processes and threads; whoever reads waits for nobody."""

    def __init__(self, folder: Path, *, read_only: bool, reindex: bool, max_file: int) -> None:
        self.folder = folder
        self.read_only = read_only
        self.files = WarcFiles(folder / "warc")
        self._max_file = max_file
        self._guard = threading.RLock()
        # Of the block that is being written: the files with their size before it, how deeply it is nested, whether the
        # index refused a row of it.
        self._written: dict[str, int] = {}
        self._depth = 0
        self._refused: sqlite3.DatabaseError | None = None
        if read_only:
            self._index = self._open_for_reading()
            return
        with _told(folder):
            self.files.folder.mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(folder / "lock")
        with self._guard, self._turn(), _told(folder):
            self._index = self._rebuilt() if reindex else self._opened()

    def close(self) -> None:
        """Closes the index."""
        self._index.close()

    # Reading

    def read(self, query: Callable[[Index], _T]) -> _T:
        """What the query finds. An index that proves damaged is rebuilt first, and the query asked again."""
        with self._guard:
            try:
                return query(self._index)
            except sqlite3.DatabaseError as error:
                if self.read_only:
                    self._index.close()
                    self._index = self._in_memory()
                else:
                    with self._turn(), _told(self.folder):
                        self._index = self._mended(error)
            return query(self._index)

    def _open_for_reading(self) -> Index:
        with contextlib.suppress(sqlite3.Error):
            if (self.folder / INDEX).is_file():
                return Index(self.folder / INDEX, read_only=True)
        return self._in_memory()

    def _in_memory(self) -> Index:
        """The index made from the WARC files alone, for an archive that may not be written to."""
        index = Index(None)
        self._fill(index, {})
        return index

    # Writing

    @contextlib.contextmanager
    def writing(self) -> Iterator[Index]:
        """The right to write, until the block ends: then all of it is synced and known to the index. Blocks may be nested."""
        if self.read_only:
            raise PactwatchError("the archive is open for reading only", self.folder)
        with self._guard, self._turn():
            if self._depth == 0:
                with _told(self.folder):
                    self._begin()
            self._depth += 1
            try:
                yield self._index
            finally:
                # What was written before an error was received, whole, and stays.
                self._depth -= 1
                if self._depth == 0:
                    self._commit()

    def append(self, entry: Entry, records: Callable[[], list[bytes]]) -> Place:
        """Writes the records of one capture, of which the last is its own; within `writing`. PactwatchError where the disk is full."""
        names = self.files.names()
        last = names[-1] if names else None
        moment = max(entry.archived_at, self._index.newest_time())
        name = warc.name_for(moment, last, self.files.size(last) if last else 0, self._max_file)
        before = self.files.size(name)
        parts = records() if before else [warcinfo(name, moment), *records()]
        with _told(self.folder):
            self._written.setdefault(name, before)
            end = self.files.append(name, b"".join(parts)) + sum(map(len, parts))
            place = Place(name, end - len(parts[-1]), len(parts[-1]))
            try:
                self._index.add(entry, place)
                self._index.extend_file(name, end)
            except sqlite3.DatabaseError as error:
                self._refused = error
                raise
        return place

    def _begin(self) -> None:
        """Starts a block: with the index of now, and with what another process left when it was killed."""
        if self._is_replaced():
            self._index.close()
            self._index = self._opened()
        try:
            self._catch_up(self._index)
        except sqlite3.DatabaseError as error:
            self._index = self._mended(error)
        self._written, self._refused = {}, None
        self._index.begin()

    def _commit(self) -> None:
        if self._refused is not None:
            self._undo()
            if type(self._refused) is sqlite3.DatabaseError:
                self._index = self._rebuilt()
            what = f"cannot write to the archive (its index refused a row: {self._refused})"
            raise PactwatchError(what, self.folder / INDEX, _TODO)
        try:
            with _told(self.folder):
                for name in self._written:
                    if self.files.size(name):
                        self.files.sync(name)
                self._index.commit()
        except BaseException:
            self._undo()
            raise

    def _undo(self) -> None:
        self._index.rollback()
        for name, size in self._written.items():
            self.files.cut(name, size)

    def _turn(self) -> AbstractContextManager[object]:
        # Additions take milliseconds, so the other process is soon done.
        return self._lock.acquire(poll_interval=0.003)

    # Keeping in step

    def reindex(self) -> int:
        """Rebuilds the index from the WARC files; how many captures there are."""
        with self._guard, self._turn(), _told(self.folder):
            self._index = self._rebuilt()
            return self._index.head()

    def _opened(self) -> Index:
        """The index, in step with the files; built anew where it is missing, damaged or of another layout."""
        index = None
        try:
            index = Index(self.folder / INDEX)
            self._catch_up(index)
        except sqlite3.DatabaseError as error:
            if index is not None:
                index.close()
            return self._mended(error)
        return index

    def _mended(self, error: sqlite3.DatabaseError) -> Index:
        # Of this very class: the file is no database or a damaged one. The others tell of locks, disks, mistakes.
        if type(error) is not sqlite3.DatabaseError:
            raise error
        return self._rebuilt()

    def _rebuilt(self) -> Index:
        with contextlib.suppress(AttributeError):
            self._index.close()
        for ending in ("", "-wal", "-shm"):
            (self.folder / f"{INDEX}{ending}").unlink(missing_ok=True)
        index = Index(self.folder / INDEX)
        self._catch_up(index)
        return index

    def _is_replaced(self) -> bool:
        try:
            return (self.folder / INDEX).stat().st_ino != self._index.inode
        except FileNotFoundError:
            return True

    def _catch_up(self, index: Index) -> None:
        """Takes whole records that the index does not know into it, and cuts off the half one that a crash left."""
        known = index.files()
        on_disk = {name: size for name in self.files.names() if (size := self.files.size(name))}
        lost = [name for name, size in known.items() if on_disk.get(name, 0) < size]
        if lost:
            raise PactwatchError(
                "a file of the archive is missing or shorter than it was",
                self.files.folder / lost[0],
                "put it back from a backup, or go on without it after `pactwatch archive reindex`",
                EXIT_INVALID,
            )
        if known == on_disk:
            return
        index.begin()
        try:
            self._fill(index, known)
            index.commit()
        except BaseException:
            index.rollback()
            raise
        # Only what lies after the last whole record of the newest file can be the work of a crash.
        indexed = index.files()
        for name in self.files.names()[-1:]:
            self.files.cut(name, indexed.get(name, 0))

    def _fill(self, index: Index, known: dict[str, int]) -> None:
        """Adds the captures beyond the known sizes. Redirects that no capture of theirs follows count as a half record."""
        names = self.files.names()
        seq = index.head()
        for name in names:
            start = known.get(name, 0)
            if start and start == self.files.size(name):
                continue
            end = start
            for place, parsed in self.files.scan(name, start):
                if parsed.entry is not None:
                    if parsed.entry.seq > seq:
                        seq = parsed.entry.seq
                        index.add(parsed.entry, place)
                    end = place.end
            # Damage in an older file is left as it is: the newest alone is written to.
            if size := end if name == names[-1] else self.files.size(name):
                index.extend_file(name, size)


@contextlib.contextmanager
def _told(folder: Path) -> Iterator[None]:
    """Tells in one line that the disk is full or that the folder cannot be written to."""
    try:
        yield
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise PactwatchError(f"cannot write to the archive ({reason.lower()})", folder, _TODO) from error
    except sqlite3.Error as error:
        raise PactwatchError(f"cannot write to the archive ({error})", folder, _TODO) from error
