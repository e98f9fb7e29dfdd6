"""All documents of all sources: folders where they are, live sources from the archive. One text is one document, whoever brings it."""

from collections.abc import Iterable

from pipelines.archive.archive import Archive
from pipelines.archive.keyed import KeyedStore
from pipelines.ingest.addresses import hash8
from pipelines.ingest.document import Document, Rejected
from pipelines.ingest.folder import Ingested, read_sources
from pipelines.ingest.readers import reader_of
from pipelines.ingest.readers.folder import FolderReader, archived_contents
from pipelines.ingest.shelf import Shelf, renamed
from pipelines.ingest.source import Cited, Folder, Source


def read_everything(
    sources: Iterable[Source],
    archive: Archive,
    *,
    until: int | None = None,
    store: KeyedStore | None = None,
    shelf: Shelf | None = None,
) -> Ingested:
    """The documents of the sources, with unique ids, sorted; the second of two equal texts is set aside.

    With `until` as of the first so many captures of the archive, the files of folders included; without it folders are read where they are.
    Documents of folders come first: live sources neither change their ids nor take their place. What they say is put on the `shelf` as they
    are read, so that no more than one text is held.
    """
    listed = sorted(sources, key=lambda source: source.id)
    contents = None if until is None else lambda source: archived_contents(source, archive, until)
    read = read_sources(listed, contents=contents, shelf=shelf)
    documents, rejected = list(read.documents), list(read.rejected)
    first_of = {document.sha256: document for document in documents}
    taken = {document.source_id for document in documents}
    for source in listed:
        if isinstance(source.reader, Folder | Cited):
            continue
        for made in reader_of(source, store).documents(source, archive, until):
            if isinstance(made, Rejected):
                rejected.append(made)
                continue
            if first := first_of.get(made.sha256):
                rejected.append(Rejected(made.source_id, f"the same text as {first.source_id}: nothing to do"))
                continue
            held = shelf.put(made) if shelf else made
            document = held if held.source_id not in taken else _renamed(held)
            first_of[held.sha256] = held
            taken.add(document.source_id)
            documents.append(document)
    return Ingested(
        sorted(documents, key=lambda document: document.source_id), sorted(rejected, key=lambda item: item.path)
    )


def keep_folders(sources: Iterable[Source], archive: Archive) -> None:
    """Archives what the folders among the sources hold now: files that are new or changed, and which are gone."""
    for source in sources:
        if isinstance(source.reader, Folder):
            FolderReader().keep(source, archive)


def _renamed(document: Document) -> Document:
    return renamed(document, f"{document.source_id}-{hash8(document.url or document.sha256)}")
