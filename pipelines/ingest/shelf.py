"""The shelf of texts: a build holds what it knows of its documents, and what they say lies in files that are read when they are asked for."""

from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

from pipelines.archive.texts import TextStore
from pipelines.ingest.document import Document

KNOWN = tuple(field.name for field in fields(Document) if field.name != "text")


class Shelved(Document):
    """A document whose text lies on a shelf. It is read anew each time: keep it in a variable where it is needed twice."""

    __slots__ = ("text_of",)
    text_of: Callable[[str], str]
    """The text of a hash."""

    def __init__(self, text_of: Callable[[str], str], **known: Any) -> None:
        object.__setattr__(self, "text_of", text_of)
        for name in KNOWN:
            object.__setattr__(self, name, known[name])

    @property
    def text(self) -> str:
        """The normalised text; PactwatchError where its file is gone or damaged."""
        return self.text_of(self.sha256)


class Shelf:
    """Takes the texts of documents in, under their hashes, into a folder."""

    def __init__(self, folder: Path) -> None:
        self._texts = TextStore(folder)

    def put(self, document: Document) -> Document:
        """The document with its text on the shelf."""
        self._texts.keep(document.sha256, document.text)
        return self.taken({name: getattr(document, name) for name in KNOWN})

    def taken(self, known: dict[str, Any]) -> Document:
        """A document whose text is there already, by all else that is known of it."""
        return Shelved(self._texts.read, **known)


def renamed(document: Document, source_id: str) -> Document:
    """The document under another id, its text where it is."""
    if isinstance(document, Shelved):
        return Shelved(document.text_of, **{n: getattr(document, n) for n in KNOWN} | {"source_id": source_id})
    return Document(
        **{field.name: getattr(document, field.name) for field in fields(Document)} | {"source_id": source_id}
    )
