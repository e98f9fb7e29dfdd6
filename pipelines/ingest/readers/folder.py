"""Files of a folder. They are read where they are; what they held is archived too, so that past states can be built again."""

from collections.abc import Iterator
from datetime import UTC, datetime
from os import fsdecode, fsencode
from urllib.parse import quote, unquote_to_bytes

from pipelines.archive.archive import FILE_PREFIX, Archive
from pipelines.fetch.client import Fetcher
from pipelines.ingest.document import Document, Rejected
from pipelines.ingest.folder import Contents, contents_of, read_sources
from pipelines.ingest.reader import Collected, Tally
from pipelines.ingest.source import Folder, Source

_SET_ASIDE = "set-aside/"
"""Before the name of a file of which not the content is archived, but why it could not be read. No file name has a slash."""


class FolderReader:
    """Reads sources of the kind Folder."""

    def collect(self, source: Source, fetcher: Fetcher, archive: Archive) -> Collected:  # noqa: ARG002
        """Archives the files that are new or changed, and that others are gone. PactwatchError where there is no folder."""
        return self.keep(source, archive)

    def keep(self, source: Source, archive: Archive) -> Collected:
        """What `collect` does, which takes no fetcher."""
        with archive.batch():
            return self._keep(source, archive)

    def _keep(self, source: Source, archive: Archive) -> Collected:
        assert isinstance(source.reader, Folder)
        now = datetime.now(UTC)
        before = {capture.url: capture for capture in archive.newest(source.id)}
        tally = Tally()
        seen = set()
        for name, content in contents_of(source.reader.path):
            stored = quote(fsencode(name)) if isinstance(content, bytes) else _SET_ASIDE + quote(fsencode(name))
            seen.add(FILE_PREFIX + stored)
            added = archive.add_file(
                source.id, stored, content if isinstance(content, bytes) else content.encode(), now
            )
            known = before.get(FILE_PREFIX + stored)
            is_new = known is None or known.payload_sha256 is None
            if added is None:
                tally.unchanged += 1
            elif is_new:
                tally.new += 1
            else:
                tally.changed += 1
        for url, capture in before.items():
            if url not in seen and capture.payload_sha256 is not None:
                archive.add_gone(source.id, url, now, None, "removed from the folder")
                tally.gone += 1
        tally.newest_item = max((capture.captured_at for capture in archive.newest(source.id)), default=None)
        return tally.collected()

    def documents(self, source: Source, archive: Archive, until: int | None) -> Iterator[Document | Rejected]:
        """What a build from the folder would have read when the archive had `until` captures."""
        read = read_sources([source], contents=lambda one: archived_contents(one, archive, until))
        yield from read.documents
        yield from read.rejected


def archived_contents(source: Source, archive: Archive, until: int | None) -> Contents:
    """The files of a folder as they were archived, sorted by name; those that were removed are left out."""
    listed = []
    for capture in archive.newest(source.id, until=until):
        if capture.payload_sha256 is not None and capture.url.startswith(FILE_PREFIX):
            name = capture.url.removeprefix(FILE_PREFIX)
            listed.append(
                (fsdecode(unquote_to_bytes(name.removeprefix(_SET_ASIDE))), name.startswith(_SET_ASIDE), capture)
            )
    for name, set_aside, capture in sorted(listed, key=lambda item: item[:2]):
        payload = archive.payload(capture)
        yield name, payload.decode() if set_aside else payload
