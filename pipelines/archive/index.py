"""The index of the archive: an SQLite file that says where each capture is. All of it can be rebuilt from the WARC files."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipelines.archive.capture import Capture
from pipelines.archive.files import Place
from pipelines.archive.records import Entry, Original

_LAYOUT = 1
_PAGE = 2000
_TABLES = (
    """CREATE TABLE captures (
        seq INTEGER PRIMARY KEY, source_id TEXT NOT NULL, url TEXT NOT NULL, final_url TEXT NOT NULL,
        captured_at INTEGER NOT NULL, kind TEXT NOT NULL, status INTEGER, mediatype TEXT, payload_sha256 TEXT,
        etag TEXT, last_modified TEXT, file TEXT NOT NULL, offset INTEGER NOT NULL, length INTEGER NOT NULL,
        archived_at INTEGER NOT NULL, run_seq INTEGER NOT NULL, next_seq INTEGER, record_id TEXT NOT NULL
    )""",
    "CREATE TABLE payloads (sha256 TEXT PRIMARY KEY, seq INTEGER NOT NULL, size INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE files (name TEXT PRIMARY KEY, size INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE INDEX by_url ON captures (source_id, url, seq)",
    "CREATE INDEX newest ON captures (source_id, url) WHERE next_seq IS NULL",
    "CREATE INDEX by_time ON captures (archived_at)",
)
_COLUMNS = (
    "seq, source_id, url, final_url, captured_at, kind, status, mediatype, payload_sha256, etag, last_modified, "
    "file || ':' || offset || ':' || length"
)


@dataclass(frozen=True, slots=True)
class Stored:
    """Where a payload is."""

    seq: int
    size: int
    place: Place


class Index:
    """Rows of captures, payloads and files. Every method may raise sqlite3.Error; whoever calls it knows what to do then."""

    def __init__(self, path: Path | None, *, read_only: bool = False) -> None:
        """Opens the file, or makes an empty one; None: in memory. Read only, the file must be there."""
        target = ":memory:" if path is None else f"{path.absolute().as_uri()}{'?mode=ro' if read_only else ''}"
        self._db = sqlite3.connect(target, uri=True, timeout=60, isolation_level=None, check_same_thread=False)
        try:
            self._prepare(read_only=read_only)
            self.inode = path.stat().st_ino if path is not None else None
        except BaseException:
            self._db.close()
            raise

    def _prepare(self, *, read_only: bool) -> None:
        if not read_only:
            # The WARC files are the truth and are synced first: a commit here that a power cut takes back is made again.
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            if not self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                self._create()
        if not self.is_whole():
            raise sqlite3.DatabaseError("not an index of this layout")

    def _create(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        for statement in _TABLES:
            self._db.execute(statement)
        self._db.execute(f"PRAGMA user_version = {_LAYOUT}")
        self._db.execute("COMMIT")

    def is_whole(self) -> bool:
        """Whether the tables are there."""
        version: int = self._db.execute("PRAGMA user_version").fetchone()[0]
        return version == _LAYOUT

    def close(self) -> None:
        """Closes the file."""
        self._db.close()

    # Writing

    def begin(self) -> None:
        """Starts a transaction."""
        self._db.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Ends it and keeps its rows."""
        self._db.execute("COMMIT")

    def rollback(self) -> None:
        """Ends it, if one is on, as if it had not been."""
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

    def extend_file(self, name: str, size: int) -> None:
        """Notes that all records in the first `size` bytes of the file are in the index."""
        self._db.execute(
            "INSERT INTO files VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET size = excluded.size", (name, size)
        )

    def add(self, entry: Entry, place: Place) -> None:
        """Adds a capture, which is the newest of all."""
        before = self._db.execute(
            "SELECT seq, payload_sha256, run_seq FROM captures WHERE source_id = ? AND url = ? AND next_seq IS NULL",
            (entry.source_id, entry.url),
        ).fetchone()
        run = entry.seq
        if before is not None:
            self._db.execute("UPDATE captures SET next_seq = ? WHERE seq = ?", (entry.seq, before[0]))
            if before[1] == entry.payload_sha256:
                run = before[2]
        archived_at = max(_seconds(entry.archived_at), _seconds(self.newest_time()))
        self._db.execute(
            f"INSERT INTO captures VALUES ({', '.join('?' * 18)})",
            (
                *(entry.seq, entry.source_id, entry.url, entry.final_url, _seconds(entry.captured_at), entry.kind),
                *(entry.status, entry.mediatype, entry.payload_sha256, entry.etag, entry.last_modified),
                *(place.file, place.offset, place.length, archived_at, run, None, entry.record_id),
            ),
        )
        if entry.size is not None:
            self._db.execute(
                "INSERT OR IGNORE INTO payloads VALUES (?, ?, ?)", (entry.payload_sha256, entry.seq, entry.size)
            )

    # Reading

    def files(self) -> dict[str, int]:
        """How far each file is in the index, in bytes."""
        return dict(self._db.execute("SELECT name, size FROM files ORDER BY name"))

    def head(self) -> int:
        """The newest seq; 0 where there is none."""
        seq: int = self._db.execute("SELECT coalesce(max(seq), 0) FROM captures").fetchone()[0]
        return seq

    def content_head(self) -> int:
        """The newest seq that began a run of captures with one payload."""
        seq: int = self._db.execute("SELECT coalesce(max(run_seq), 0) FROM captures").fetchone()[0]
        return seq

    def last_change(self, source_id: str) -> datetime | None:
        """When the newest capture of the source that brought another payload than before was made."""
        query = (
            "SELECT max(captured_at) FROM captures WHERE source_id = ? AND run_seq = seq AND payload_sha256 IS NOT NULL"
        )
        row = self._db.execute(query, (source_id,)).fetchone()
        return None if row[0] is None else datetime.fromtimestamp(row[0], UTC)

    def newest_time(self) -> datetime:
        """When the newest capture was archived, or an earlier one should the clock have been set back."""
        row = self._db.execute("SELECT archived_at FROM captures ORDER BY seq DESC LIMIT 1").fetchone()
        return datetime.fromtimestamp(row[0] if row else 0, UTC)

    def at(self, moment: datetime) -> int:
        """The newest seq that was archived at `moment` or before; 0 where there is none."""
        row = self._db.execute(
            "SELECT coalesce(max(seq), 0) FROM captures WHERE archived_at <= ?", (_seconds(moment),)
        ).fetchone()
        seq: int = row[0]
        return seq

    def last_of(self, source_id: str, url: str, until: int | None = None) -> Capture | None:
        """The newest capture, up to seq `until`, of a URL of a source."""
        if until is None:
            return self._one("source_id = ? AND url = ? AND next_seq IS NULL", source_id, url)
        where = "source_id = ? AND url = ? AND seq <= ? ORDER BY seq DESC LIMIT 1"
        return self._one(where, source_id, url, until)

    def last_with_payload(self, source_id: str, url: str) -> Capture | None:
        """The newest capture of a URL of a source that has a payload."""
        where = "source_id = ? AND url = ? AND payload_sha256 IS NOT NULL ORDER BY seq DESC LIMIT 1"
        return self._one(where, source_id, url)

    def newest(self, source_id: str, until: int | None) -> list[Capture]:
        """The newest capture, up to seq `until`, of each URL of a source, sorted by URL."""
        where, parameters = "source_id = ? AND next_seq IS NULL", [source_id]
        if until is not None:
            where = "source_id = ? AND seq <= ? AND (next_seq IS NULL OR next_seq > ?)"
            parameters += [until, until]  # type: ignore[list-item]
        rows = self._db.execute(f"SELECT {_COLUMNS} FROM captures WHERE {where} ORDER BY url", parameters)
        return [_capture(row) for row in rows]

    def history(self, source_id: str, url: str | None, after: int, until: int, *, changes: bool) -> list[Capture]:
        """The next captures of a source, or of one URL of it, after seq `after` and up to `until`: a page of them.

        `changes`: only those that began a run of captures with one payload.
        """
        where = "source_id = ? AND seq > ? AND seq <= ?" + ("" if url is None else " AND url = ?")
        where += " AND run_seq = seq" if changes else ""
        parameters = (source_id, after, until) if url is None else (source_id, after, until, url)
        query = f"SELECT {_COLUMNS} FROM captures WHERE {where} ORDER BY seq LIMIT {_PAGE}"
        return [_capture(row) for row in self._db.execute(query, parameters)]

    def sources(self, until: int | None) -> list[str]:
        """The sources that have a capture, sorted."""
        where = "next_seq IS NULL" if until is None else "seq <= ?"
        query = f"SELECT DISTINCT source_id FROM captures WHERE {where} ORDER BY source_id"
        return [row[0] for row in self._db.execute(query, () if until is None else (until,))]

    def first_seen(self, seq: int) -> datetime | None:
        """When the payload of that capture was first had from its URL, without another or none since."""
        query = "SELECT f.captured_at FROM captures AS c JOIN captures AS f ON f.seq = c.run_seq WHERE c.seq = ?"
        row = self._db.execute(query, (seq,)).fetchone()
        return None if row is None else datetime.fromtimestamp(row[0], UTC)

    def stored(self, sha256: str) -> Stored | None:
        """Where the payload is."""
        query = """SELECT p.seq, p.size, c.file, c.offset, c.length FROM payloads AS p JOIN captures AS c ON c.seq = p.seq
                   WHERE p.sha256 = ?"""
        row = self._db.execute(query, (sha256,)).fetchone()
        return None if row is None else Stored(row[0], row[1], Place(row[2], row[3], row[4]))

    def original(self, sha256: str) -> Original | None:
        """What a revisit refers to: the record that holds the payload."""
        query = """SELECT c.record_id, CASE c.kind WHEN 'resource' THEN c.url ELSE c.final_url END, c.captured_at
                   FROM payloads AS p JOIN captures AS c ON c.seq = p.seq WHERE p.sha256 = ?"""
        row = self._db.execute(query, (sha256,)).fetchone()
        return None if row is None else Original(row[0], row[1], datetime.fromtimestamp(row[2], UTC))

    def dump(self) -> Iterable[tuple[object, ...]]:
        """All rows of all tables, in order: two indexes are equal where these are."""
        for table in ("captures", "payloads", "files"):
            for row in self._db.execute(f"SELECT * FROM {table} ORDER BY 1"):
                yield (table, *row)

    def _one(self, where: str, *parameters: object) -> Capture | None:
        row = self._db.execute(f"SELECT {_COLUMNS} FROM captures WHERE {where}", parameters).fetchone()
        return None if row is None else _capture(row)


def _capture(row: tuple[object, ...]) -> Capture:
    values = list(row)
    values[4] = datetime.fromtimestamp(values[4], UTC)  # type: ignore[arg-type]
    return Capture(*values)  # type: ignore[arg-type]


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
