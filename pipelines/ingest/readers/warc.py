"""Articles in WARC files that are there already: a crawl of one's own, or Common Crawl's news archives. Accepted pages are copied into the archive."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from pipelines.archive.archive import FILE_PREFIX, Archive
from pipelines.archive.capture import Capture
from pipelines.archive.foreign import ForeignWarc
from pipelines.errors import EXIT_NOT_FOUND, PactwatchError
from pipelines.fetch.client import Fetcher
from pipelines.fetch.response import Response
from pipelines.ingest.addresses import begins_with
from pipelines.ingest.document import Document, Rejected
from pipelines.ingest.reader import Collected, Problem, Tally
from pipelines.ingest.readers.articles import articles
from pipelines.ingest.readers.parsed import Parsed
from pipelines.ingest.source import Source, Warc
from pipelines.printable import shown

_DONE = "warc/"
"""Before the name of a file of which is archived that it was read: its size and time, and what came of it."""
_BATCH = 200  # pages that are synced together
_ENDINGS = (".warc", ".warc.gz")


@dataclass(frozen=True, slots=True)
class WarcReader:
    """Reads sources of the kind Warc."""

    parsed: Parsed = field(default_factory=Parsed)

    def collect(self, source: Source, fetcher: Fetcher, archive: Archive) -> Collected:  # noqa: ARG002
        """Copies the pages that are wanted out of files that are new or changed. PactwatchError where a file is not there."""
        assert isinstance(source.reader, Warc)
        tally = Tally()
        now = datetime.now(UTC)
        read = [_read(path, source, source.reader.under, archive, tally, now) for path in _files(source.reader)]
        if not any(read):
            captures = [c for c in archive.newest(source.id) if not c.url.startswith(FILE_PREFIX)]
            tally.unchanged = len(captures)
            tally.newest_item = max((capture.captured_at for capture in captures), default=None)
        return tally.collected()

    def documents(self, source: Source, archive: Archive, until: int | None) -> Iterator[Document | Rejected]:
        """A document an article: its newest page, by the time of its capture."""
        assert isinstance(source.reader, Warc)
        pages: dict[str, list[Capture]] = {}
        for capture in archive.changes(source.id, until=until):
            if not capture.url.startswith(FILE_PREFIX) and begins_with(capture.url, source.reader.under):
                pages.setdefault(capture.url, []).append(capture)
        yield from articles(pages, source, archive, self.parsed, {})


def _files(declared: Warc) -> Iterator[Path]:
    for path in declared.files:
        if path.is_dir():
            yield from sorted(file for file in path.iterdir() if file.name.endswith(_ENDINGS))
        elif path.is_file():
            yield path
        else:
            raise PactwatchError("no such WARC file or folder", path, "correct the declaration", EXIT_NOT_FOUND)


def _read(path: Path, source: Source, under: tuple[str, ...], archive: Archive, tally: Tally, now: datetime) -> bool:
    """Copies the pages of one file, unless it was read before as it is now; whether it was read."""
    status = path.stat()
    state = {"bytes": status.st_size, "changed": status.st_mtime_ns, "under": list(under)}
    marker = _DONE + str(path)
    before = archive.newest_of(source.id, FILE_PREFIX + marker)
    if before is not None and before.payload_sha256 is not None:
        done = json.loads(archive.payload(before))
        if done.get("state") == state:
            _tell_problem(path, done.get("problem"), tally)
            return False
    warc = ForeignWarc(path, lambda url: begins_with(url, under))
    pages = iter(warc)
    while page := next(pages, None):
        with archive.batch():
            for one in (page, *islice(pages, _BATCH - 1)):
                _copy(one, source, archive, tally, now)
    _tell_problem(path, warc.problem, tally)
    passed = ", ".join(f"{count:,} {reason}" for reason, count in warc.passed.most_common())
    if passed:
        tally.notes.append(f"{shown(path.name)}: passed over {passed}")
    done = {"state": state, "problem": warc.problem}
    archive.add_file(source.id, marker, json.dumps(done, sort_keys=True).encode(), now, "application/json")
    return True


def _copy(page: Response, source: Source, archive: Archive, tally: Tally, now: datetime) -> None:
    before = archive.newest_of(source.id, page.url)
    capture = archive.add_copy(source.id, page, now)
    tally.item(page.fetched_at)
    if capture is None or (before is not None and before.payload_sha256 == capture.payload_sha256):
        tally.unchanged += 1
    elif before is None:
        tally.new += 1
    else:
        tally.changed += 1


def _tell_problem(path: Path, problem: str | None, tally: Tally) -> None:
    if problem:
        tally.problems.append(Problem(shown(str(path)), "unreadable", problem))
