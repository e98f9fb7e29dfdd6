"""The archive: every response and file that was read, in order, for good."""

import hashlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from pipelines.archive import records
from pipelines.archive.capture import Capture
from pipelines.archive.files import Place
from pipelines.archive.index import Index
from pipelines.archive.records import DamagedRecordError, Entry, Http, clean
from pipelines.archive.store import MAX_FILE, Store
from pipelines.errors import EXIT_INVALID, EXIT_NOT_FOUND, PactwatchError
from pipelines.fetch.response import Response, Validators

FILE_PREFIX = "file:"


class Archive:
    """WARC files and an index of them in a folder, usually PACTWATCH_HOME/archive.

    The state after N captures is named N: `until=N` in the methods below means "as if only the first N were there".
    A method that adds returns when the record is on the disk and known to the index. PactwatchError where the disk is
    full: the archive is then as before. Threads and processes may share it; those that add take turns.
    """

    def __init__(
        self, folder: Path, *, read_only: bool = False, reindex: bool = False, max_file: int = MAX_FILE
    ) -> None:
        """Opens or makes it, and puts right what a crash left. Read only, nothing is changed and nobody waited for.

        `reindex` rebuilds the index from the WARC files that are there, even where some are missing (otherwise that is a
        PactwatchError). `max_file` bytes in a WARC file begin a new one.
        """
        self.folder = folder
        self._store = Store(folder, read_only=read_only, reindex=reindex, max_file=max_file)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the index. What was added is kept without it."""
        self._store.close()

    # States

    @property
    def head(self) -> int:
        """The seq of the newest capture, which names the state of the archive; 0 where it is empty."""
        return self._store.read(Index.head)

    @property
    def content_head(self) -> int:
        """The seq of the newest capture that brought something other than the one before it of its URL; 0 where there is none.

        Fetching what has not changed moves `head` and not this: while it stays, so does every document.
        """
        return self._store.read(Index.content_head)

    def last_change(self, source_id: str) -> datetime | None:
        """When the source last brought a new item or a new version of one; None where it never did."""
        return self._store.read(lambda index: index.last_change(clean(source_id)))

    def at(self, moment: datetime) -> int:
        """The head as it was at that time (of any zone), by when things were archived; 0 where there was nothing."""
        _aware(moment)
        return self._store.read(lambda index: index.at(moment))

    # Adding

    def batch(self) -> AbstractContextManager[None]:
        """Additions within the block are synced together at its end: many small ones then cost one wait for the disk.

        No other process can add meanwhile. What was added before an error within the block stays.
        """
        return self._batch()

    @contextmanager
    def _batch(self) -> Iterator[None]:
        with self._store.writing():
            yield

    def add_response(self, source_id: str, response: Response) -> Capture:
        """Archives a response of status 2xx, 304, 404 or 410 with the redirects that led to it.

        A payload that the archive has, from whatever URL, is not stored again: a `revisit` refers to it. 304 counts as the
        newest payload of this URL, and what the 304 does not say of type and validators holds on. 404 and 410 are `gone`.
        """
        source_id, url = clean(source_id), clean(response.url)
        if response.status in {404, 410}:
            return self.add_gone(source_id, url, response.fetched_at, response.status, response.reason)
        if response.status != 304 and not 200 <= response.status < 300:
            raise ValueError(f"a response of status {response.status} is not archived")
        with self._store.writing() as index:
            return self._add_response(index, source_id, url, response, response.fetched_at)

    def add_copy(self, source_id: str, response: Response, archived_at: datetime) -> Capture | None:
        """Archives a response of status 2xx out of another archive, under the time that it bears there (`fetched_at`).

        None, and nothing is written, where this URL of the source has a capture of that time or a later one: reading the
        same WARC file twice adds nothing.
        """
        if not 200 <= response.status < 300:
            raise ValueError(f"a response of status {response.status} is not copied")
        source_id, url = clean(source_id), clean(response.url)
        with self._store.writing() as index:
            last = index.last_of(source_id, url)
            if last is not None and last.captured_at >= _second(response.fetched_at):
                return None
            return self._add_response(index, source_id, url, response, archived_at)

    def _add_response(
        self, index: Index, source_id: str, url: str, response: Response, archived_at: datetime
    ) -> Capture:
        before = index.last_with_payload(source_id, url) if response.status == 304 else None
        if response.status == 304 and before is None:
            what = "the server answers that nothing has changed (304), and nothing of it is archived"
            raise PactwatchError(what, url, "ask without validators")
        digest = before.payload_sha256 if before else hashlib.sha256(response.body).hexdigest()
        assert digest is not None
        original = index.original(digest)
        entry = Entry(
            seq=index.head() + 1,
            source_id=source_id,
            url=url,
            final_url=clean(response.final_url),
            captured_at=_second(response.fetched_at),
            archived_at=_second(archived_at),
            kind="response" if original is None else "revisit",
            status=response.status,
            mediatype=_header(response, "content-type") or (before.mediatype if before else None),
            payload_sha256=digest,
            etag=_header(response, "etag") or (before.etag if before else None),
            last_modified=_header(response, "last-modified") or (before.last_modified if before else None),
            size=len(response.body) if original is None else None,
        )
        http = Http(response.status, response.reason, response.headers)

        def encoded() -> list[bytes]:
            hops = [records.redirect(hop, entry, number) for number, hop in enumerate(response.hops)]
            if original is None:
                return [*hops, records.response(entry, http, response.body)]
            return [*hops, records.revisit(entry, original, http)]

        return _capture(entry, self._store.append(entry, encoded))

    def add_file(
        self, source_id: str, name: str, data: bytes, at: datetime, mediatype: str | None = None
    ) -> Capture | None:
        """Archives a file as `file:NAME`. None, and nothing is written, where its newest capture has the same content."""
        source_id, url = clean(source_id), FILE_PREFIX + clean(name)
        digest = hashlib.sha256(data).hexdigest()
        with self._store.writing() as index:
            before = index.last_of(source_id, url)
            if before is not None and before.payload_sha256 == digest:
                return None
            original = index.original(digest)
            entry = Entry(
                seq=index.head() + 1,
                source_id=source_id,
                url=url,
                final_url=url,
                captured_at=_second(at),
                archived_at=_second(at),
                kind="resource" if original is None else "revisit",
                status=None,
                mediatype=None if mediatype is None else clean(mediatype),
                payload_sha256=digest,
                etag=None,
                last_modified=None,
                size=len(data) if original is None else None,
            )

            def encoded() -> list[bytes]:
                return [
                    records.resource(entry, data) if original is None else records.revisit(entry, original, http=None)
                ]

            return _capture(entry, self._store.append(entry, encoded))

    def add_gone(self, source_id: str, url: str, at: datetime, status: int | None, reason: str) -> Capture:
        """Archives that there is nothing under the URL (any more): `status` as answered, None for a file or a deleted page.

        Where the newest capture says so already, with the same status, it is returned and nothing is written.
        """
        source_id, url = clean(source_id), clean(url)
        with self._store.writing() as index:
            before = index.last_of(source_id, url)
            if before is not None and before.kind == "gone" and before.status == status:
                return before
            entry = Entry(
                seq=index.head() + 1,
                source_id=source_id,
                url=url,
                final_url=url,
                captured_at=_second(at),
                archived_at=_second(at),
                kind="gone",
                status=status,
                mediatype=None,
                payload_sha256=None,
                etag=None,
                last_modified=None,
            )
            return _capture(entry, self._store.append(entry, lambda: [records.gone(entry, reason)]))

    # Reading

    def validators(self, source_id: str, url: str) -> Validators | None:
        """ETag and Last-Modified of the newest capture with a payload; None where it has neither, or there is none."""
        newest = self.newest_payload(source_id, url)
        if newest is None or (newest.etag is None and newest.last_modified is None):
            return None
        return Validators(newest.etag, newest.last_modified, newest.final_url)

    def newest(self, source_id: str, *, until: int | None = None) -> list[Capture]:
        """The newest capture of each URL of the source, sorted by URL. Those of kind `gone` are among them."""
        return self._store.read(lambda index: index.newest(clean(source_id), until))

    def newest_of(self, source_id: str, url: str, *, until: int | None = None) -> Capture | None:
        """The newest capture of one URL of the source."""
        source_id, url = clean(source_id), clean(url)
        return self._store.read(lambda index: index.last_of(source_id, url, until))

    def newest_payload(self, source_id: str, url: str) -> Capture | None:
        """The newest capture of one URL of the source that has a payload."""
        source_id, url = clean(source_id), clean(url)
        return self._store.read(lambda index: index.last_with_payload(source_id, url))

    def history(self, source_id: str, url: str | None = None, *, until: int | None = None) -> Iterator[Capture]:
        """The captures of the source, or of one URL of it, oldest first."""
        return self._captures(source_id, url, until, changes=False)

    def changes(self, source_id: str, url: str | None = None, *, until: int | None = None) -> Iterator[Capture]:
        """Of the history, what brought something other than the capture before it of its URL, however often that was asked for."""
        return self._captures(source_id, url, until, changes=True)

    def _captures(self, source_id: str, url: str | None, until: int | None, *, changes: bool) -> Iterator[Capture]:
        source_id, url = clean(source_id), None if url is None else clean(url)
        last, end = 0, self.head if until is None else until

        def page(index: Index) -> list[Capture]:
            return index.history(source_id, url, last, end, changes=changes)

        # In pages: nothing is held while the caller is busy with a capture.
        while captures := self._store.read(page):
            yield from captures
            last = captures[-1].seq

    def sources(self, until: int | None = None) -> list[str]:
        """The sources that have captures, sorted."""
        return self._store.read(lambda index: index.sources(until))

    def first_seen(self, capture: Capture) -> datetime:
        """When the payload of this capture first came from its URL: no other payload, and no `gone`, lies between the two.

        A document's `retrieved_at`: it stays while the content stays, however often that is fetched again.
        """
        moment = self._store.read(lambda index: index.first_seen(capture.seq))
        if moment is None:
            raise PactwatchError(f"no capture {capture.seq} in the archive", self.folder, exit_code=EXIT_NOT_FOUND)
        return moment

    def payload(self, capture: Capture | str) -> bytes:
        """The payload of a capture, or of a SHA-256 in hex. Proven by its hash: PactwatchError where it is damaged or missing."""
        digest = capture if isinstance(capture, str) else capture.payload_sha256
        if digest is None:
            raise PactwatchError("this capture has no payload", self.folder, exit_code=EXIT_NOT_FOUND)
        stored = self._store.read(lambda index: index.stored(digest))
        if stored is None:
            todo = "put the WARC files back from a backup, then run `pactwatch archive reindex`"
            raise PactwatchError(f"no payload {digest} in the archive", self.folder, todo, EXIT_NOT_FOUND)
        try:
            payload = self._store.files.read(stored.place).payload()
        except DamagedRecordError as error:
            raise _damaged(stored.place, str(error)) from error
        if hashlib.sha256(payload).hexdigest() != digest:
            raise _damaged(stored.place, "the payload no longer has its hash")
        return payload

    # Upkeep

    def reindex(self) -> int:
        """Rebuilds the index from the WARC files alone; the head that it comes to."""
        return self._store.reindex()

    def index_rows(self) -> list[tuple[object, ...]]:
        """All rows of the index: two archives with the same records have the same."""
        return self._store.read(lambda index: list(index.dump()))


def _capture(entry: Entry, place: Place) -> Capture:
    return Capture(
        seq=entry.seq,
        source_id=entry.source_id,
        url=entry.url,
        final_url=entry.final_url,
        captured_at=entry.captured_at,
        kind=entry.kind,
        status=entry.status,
        mediatype=entry.mediatype,
        payload_sha256=entry.payload_sha256,
        etag=entry.etag,
        last_modified=entry.last_modified,
        record=str(place),
    )


def _header(response: Response, name: str) -> str | None:
    value = response.header(name)
    return None if value is None else clean(value)


def _second(moment: datetime) -> datetime:
    return _aware(moment).astimezone(UTC).replace(microsecond=0)


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a time without its zone")
    return moment


def _damaged(place: Place, detail: str) -> PactwatchError:
    todo = "put the file back from a backup"
    return PactwatchError(f"a record of the archive is damaged ({detail})", str(place), todo, EXIT_INVALID)
