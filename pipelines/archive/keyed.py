"""What was worked out once and need not be again: a store of bytes by key, in one SQLite file that may be deleted at any time."""

import contextlib
import hashlib
import os
import sqlite3
import threading
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Self

from filelock import FileLock

from pipelines.errors import PactwatchError

_LAYOUT = 1
_CHUNK = 500  # keys of one query
_LEAST_STALE = 20_000


class KeyedStore:
    """Values by key, compressed. A key names everything that its value depends on, so a value never changes.

    Processes and threads may share the file; one that is killed loses at most what it was just putting. A damaged entry
    counts as absent, a damaged file is begun anew: what is asked for then has to be worked out again, nothing else.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._guard = threading.Lock()
        with _told(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = self._open()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file."""
        self._db.close()

    def get_many(self, keys: Iterable[str]) -> dict[str, bytes]:
        """The values of those of the keys that are there."""
        wanted = list(dict.fromkeys(keys))
        found: dict[str, bytes] = {}
        with self._guard:
            try:
                for start in range(0, len(wanted), _CHUNK):
                    found |= self._get(wanted[start : start + _CHUNK])
            except sqlite3.DatabaseError:
                self._begin_anew()
        return found

    def _get(self, keys: list[str]) -> dict[str, bytes]:
        marks = ", ".join("?" * len(keys))
        rows = self._db.execute(f"SELECT key, value FROM entries WHERE key IN ({marks})", keys)
        values = ((key, _unpacked(key, value)) for key, value in rows)
        return {key: value for key, value in values if value is not None}

    def holding(self, keys: Iterable[str]) -> set[str]:
        """Those of the keys that are there; whether a value is damaged is not looked at."""
        wanted = list(dict.fromkeys(keys))
        found: set[str] = set()
        with self._guard:
            try:
                for start in range(0, len(wanted), _CHUNK):
                    chunk = wanted[start : start + _CHUNK]
                    marks = ", ".join("?" * len(chunk))
                    found |= {
                        row[0] for row in self._db.execute(f"SELECT key FROM entries WHERE key IN ({marks})", chunk)
                    }
            except sqlite3.DatabaseError:
                self._begin_anew()
                return set()
        return found

    def put_many(self, values: Mapping[str, bytes]) -> None:
        """Keeps the values. PactwatchError where the disk is full; none of them is then there."""
        rows = [(key, _packed(key, value)) for key, value in values.items()]
        with self._guard, _told(self._path):
            try:
                self._put(rows)
            except sqlite3.DatabaseError as error:
                if type(error) is not sqlite3.DatabaseError:
                    raise
                self._begin_anew()
                self._put(rows)

    def _put(self, rows: list[tuple[str, bytes]]) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            self._db.executemany("INSERT OR REPLACE INTO entries (key, value) VALUES (?, ?)", rows)
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    def prune(self, live: Iterable[str], least: int = _LEAST_STALE) -> int:
        """Removes the oldest entries that are not live; how many. As many as there are live ones stay, and at least `least`.

        So a lexicon that is tried out and taken back, a small folder built in between or a past state that is built again
        cost nothing, and the file stays within a few times what it needs.
        """
        kept = set(live)
        with self._guard, contextlib.suppress(sqlite3.DatabaseError):
            keys = [row[0] for row in self._db.execute("SELECT key FROM entries ORDER BY number")]
            stale = [key for key in keys if key not in kept]
            surplus = stale[: max(0, len(stale) - max(len(kept), least))]
            if surplus:
                self._db.execute("BEGIN IMMEDIATE")
                self._db.executemany("DELETE FROM entries WHERE key = ?", [(key,) for key in surplus])
                self._db.execute("COMMIT")
            return len(surplus)
        return 0

    def __len__(self) -> int:
        with self._guard:
            count: int = self._db.execute("SELECT count(*) FROM entries").fetchone()[0]
        return count

    def _open(self) -> sqlite3.Connection:
        # One process at a time: SQLite does not wait, but fails, where two make one file a write-ahead log at once.
        with FileLock(f"{self._path}.lock"):
            try:
                return _connect(self._path)
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError):
                    raise
            self._remove()
            return _connect(self._path)

    def _begin_anew(self) -> None:
        self._db.close()
        with FileLock(f"{self._path}.lock"):
            self._remove()
            self._db = _connect(self._path)

    def _remove(self) -> None:
        for ending in ("", "-wal", "-shm"):
            Path(f"{self._path}{ending}").unlink(missing_ok=True)


def _connect(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=60, isolation_level=None, check_same_thread=False)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        # A power cut may take back the newest entries, never break the file: they are worked out again.
        db.execute("PRAGMA synchronous = NORMAL")
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version not in {0, _LAYOUT}:
            raise sqlite3.DatabaseError("another layout")  # noqa: TRY301 (closed below)
        db.execute(
            "CREATE TABLE IF NOT EXISTS entries (number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, value BLOB NOT NULL)"
        )
        db.execute(f"PRAGMA user_version = {_LAYOUT}")
    except BaseException:
        db.close()
        raise
    return db


def key_of(*parts: str) -> str:
    """A key made of everything that a value depends on: the SHA-256 of the parts, told apart by their lengths."""
    digest = hashlib.sha256()
    for part in parts:
        content = part.encode("utf-8", "backslashreplace")
        digest.update(f"{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _packed(key: str, value: bytes) -> bytes:
    # With a checksum over the key too: a value that stands in another's row is no value of it.
    return zlib.crc32(value, zlib.crc32(key.encode())).to_bytes(4, "big") + zlib.compress(value, 6)


def _unpacked(key: str, packed: bytes) -> bytes | None:
    try:
        value = zlib.decompress(packed[4:])
    except (zlib.error, TypeError):
        return None
    whole = zlib.crc32(value, zlib.crc32(key.encode())) == int.from_bytes(packed[:4], "big")
    return value if whole else None


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    todo = "free space or fix the permissions; the file may be deleted"
    try:
        yield
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise PactwatchError(f"cannot write ({reason.lower()})", path, todo) from error
    except sqlite3.Error as error:
        raise PactwatchError(f"cannot write ({error})", path, todo) from error
