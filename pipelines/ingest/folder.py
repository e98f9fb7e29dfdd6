"""Reads the documents of a folder. Every file is either read or set aside with a one-line reason; none stops the others.

A file is untrusted: it may be no file at all, of any size, in any encoding, and its name may hold anything.
"""

import os
import stat
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from pipelines.errors import EXIT_NOT_FOUND, PactwatchError
from pipelines.ingest.document import Document, Rejected
from pipelines.ingest.html import read_html
from pipelines.ingest.metadata import Metadata, from_text, split_front_matter
from pipelines.ingest.shelf import Shelf, renamed
from pipelines.ingest.source import Folder, Source
from pipelines.ingest.text import UnreadableTextError, count_words, decode, normalise, sha256
from pipelines.printable import is_invisible, shown

ENDINGS = (".txt", ".md", ".html", ".htm")
MAX_BYTES = 10_000_000
_README = "readme.md"


class Ingested(NamedTuple):
    """Documents sorted by source_id, and what was set aside sorted by path."""

    documents: list[Document]
    rejected: list[Rejected]


@dataclass(frozen=True, slots=True)
class _File:
    source: Source
    name: str
    path: str
    document: Document


Contents = Iterator[tuple[str, bytes | str]]
"""The files of a folder sorted by name, each with its bytes, or with the one line that says why it could not be read."""


def read_sources(
    sources: Iterable[Source],
    max_bytes: int = MAX_BYTES,
    contents: Callable[[Source], Contents] | None = None,
    shelf: Shelf | None = None,
) -> Ingested:
    """All documents of all folder sources, with unique ids; the second of two equal texts is set aside.

    The result depends on names and contents only: not on the order of a listing, times, or anything else outside the folders.
    `contents` gives the files of a source; by default they are read from its folder. On the `shelf` the texts are put.
    """
    files: list[_File] = []
    rejected: list[Rejected] = []
    folders = sorted((source for source in sources if isinstance(source.reader, Folder)), key=lambda source: source.id)
    for source in folders:
        found = contents(source) if contents else contents_of(_path(source), max_bytes)
        read, set_aside = _read_folder(source, found, f"{source.id}/" if len(folders) > 1 else "", shelf)
        files += read
        rejected += set_aside
    first_of: dict[str, _File] = {}
    kept: list[_File] = []
    for file in files:
        first = first_of.setdefault(file.document.sha256, file)
        if first is file:
            kept.append(file)
        else:
            rejected.append(Rejected(file.path, f"the same text as {first.path}: keep one of them"))
    documents = [renamed(file.document, source_id) for source_id, file in _with_ids(kept)]
    return Ingested(
        sorted(documents, key=lambda document: document.source_id), sorted(rejected, key=lambda item: item.path)
    )


def contents_of(folder: Path, max_bytes: int = MAX_BYTES) -> Contents:
    """The files of a folder, read one by one; hidden files and its README are left out. PactwatchError where there is no folder."""
    try:
        names = sorted(os.listdir(folder))
    except OSError as error:
        what, todo = f"cannot list the folder ({error.strerror})", "give a folder of .txt, .md or .html files"
        raise PactwatchError(what, shown(str(folder)), todo, EXIT_NOT_FOUND) from error
    for name in names:
        if not name.startswith(".") and name.lower() != _README:
            yield from contents_of_file(folder, name, max_bytes)


def contents_of_file(folder: Path, name: str, max_bytes: int = MAX_BYTES) -> Contents:
    """One file of a folder."""
    try:
        yield name, _content(folder, name, max_bytes)
    except UnreadableTextError as error:
        yield name, str(error)
    except OSError as error:
        yield name, f"cannot be read ({error.strerror}): check the file and its permissions"


def _path(source: Source) -> Path:
    assert isinstance(source.reader, Folder)
    return source.reader.path


def _read_folder(
    source: Source, contents: Contents, prefix: str, shelf: Shelf | None
) -> tuple[list[_File], list[Rejected]]:
    files: list[_File] = []
    rejected: list[Rejected] = []
    for name, content in contents:
        # With backslashes doubled no two names are shown alike.
        path = prefix + shown(name.replace("\\", "\\\\"))
        if isinstance(content, str):
            rejected.append(Rejected(path, content))
            continue
        try:
            document = _read_file(source, name, content)
        except UnreadableTextError as error:
            rejected.append(Rejected(path, str(error)))
            continue
        files.append(_File(source, name, path, shelf.put(document) if shelf else document))
    return files, rejected


def _content(folder: Path, name: str, max_bytes: int) -> bytes:
    if any(is_invisible(character) or character == "\\" for character in name):
        raise UnreadableTextError("control, invisible or backslash characters in the name: rename the file")
    if not count_words(Path(name).stem):
        raise UnreadableTextError("neither letters nor digits in the name: rename the file")
    path = folder / name
    if path.is_symlink() and not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder)):
        raise UnreadableTextError("a link out of the folder: put the file itself there")
    if path.is_dir():
        raise UnreadableTextError("a folder, and only the files beside it are read: move its files up")
    if Path(name).suffix.lower() not in ENDINGS:
        raise UnreadableTextError(f"only {', '.join(ENDINGS)} are read: convert it")
    return _read_bytes(path, max_bytes)


def _read_file(source: Source, name: str, data: bytes) -> Document:
    ending = Path(name).suffix.lower()
    if not data.strip():
        raise UnreadableTextError("empty: remove it")
    if ending in {".html", ".htm"}:
        text, stated = read_html(data)
    else:
        text, stated = normalise(decode(data)), Metadata()
        if ending == ".md":
            text, stated = split_front_matter(text)
    words = count_words(text)
    if not words:
        raise UnreadableTextError("no words in it: remove it")
    declared = source.documents.get(name, Metadata())
    return _document(source, name, text, words, declared.or_else(stated))


def _read_bytes(path: Path, max_bytes: int) -> bytes:
    # Opened without blocking and looked at afterwards: a pipe named a.txt would otherwise hang the build.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableTextError("not a regular file: put the file itself there")
        data = file.read(max_bytes + 1) if status.st_size <= max_bytes else b""
    if status.st_size > max_bytes or len(data) > max_bytes:
        raise UnreadableTextError(f"larger than {max_bytes / 1e6:g} MB: split it into its articles")
    return data


def _document(source: Source, name: str, text: str, words: int, stated: Metadata) -> Document:
    own = from_text(text)
    of_source = Metadata(publisher=source.publisher, language=source.language, license=source.license, kind=source.kind)
    if source.kind in {"article", "other"} and own.kind:
        of_source = replace(of_source, kind=own.kind)
    # A folder of one publisher states it in its declaration; the agency in a dateline only counts where it does not.
    known = stated.or_else(of_source).or_else(own)
    return Document(
        source_id=Path(name).stem,
        kind=known.kind or source.kind,
        title=known.title,
        publisher=known.publisher,
        url=known.url,
        language=known.language or source.language,
        published=known.published,
        revision=known.revision,
        retrieved_at=None,
        sha256=sha256(text),
        words=words,
        license=known.license,
        publish_quotes=source.quotes,
        text=text,
    )


def _with_ids(files: list[_File]) -> list[tuple[str, _File]]:
    """Each file with its id: the stem of its name, or for the later ones of one stem, the stem and what tells them apart."""
    stems = Counter(normalise(file.document.source_id) for file in files)
    taken = {stem for stem, count in stems.items() if count == 1}
    named: list[tuple[str, _File]] = []
    for file in files:
        stem = normalise(file.document.source_id)
        if stems[stem] == 1:
            named.append((stem, file))
            continue
        ending = Path(file.name).suffix.lower().removeprefix(".")
        numbered = (f"{stem}-{ending}-{number}" for number in range(2, len(files) + 2))
        candidates = chain([stem, f"{stem}-{ending}"], numbered)
        source_id = next(candidate for candidate in candidates if candidate not in taken)
        taken.add(source_id)
        named.append((source_id, file))
    return named
