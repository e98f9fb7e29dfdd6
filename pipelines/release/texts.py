"""The normalised texts that statements are proven against, and how text of unknown origin is shown."""

import hashlib
import unicodedata
from functools import cached_property
from pathlib import Path

_PLAIN = frozenset({".txt", ".md"})
_CACHED = 8  # texts kept in memory: statements of one document mostly stand together


class Texts:
    """Normalised texts by their SHA-256, from the archive (files SHA256.txt) or from a folder of plain text documents."""

    def __init__(self, archive: Path, documents: Path | None = None) -> None:
        self._archive = archive
        self._documents = documents
        self._held: dict[str, str | LookupError] = {}

    def get(self, digest: str) -> str | LookupError:
        """The text of that hash, or the error that says why there is none."""
        if digest not in self._held:
            if len(self._held) >= _CACHED:
                self._held.pop(next(iter(self._held)))
            self._held[digest] = self._find(digest)
        return self._held[digest]

    def _find(self, digest: str) -> str | LookupError:
        # The digest comes from the package: only what looks like one may become part of a path.
        if len(digest) != 64 or not all(c in "0123456789abcdef" for c in digest):
            return LookupError(f"{digest[:80]!r} is no SHA-256")
        archived = self._archive / f"{digest}.txt"
        if archived.is_file():
            content = archived.read_bytes()
            if hashlib.sha256(content).hexdigest() == digest:
                return content.decode("utf-8", "replace")
        if digest in self._by_hash:
            return normalised(self._by_hash[digest].read_bytes()) or ""
        if archived.is_file():
            return LookupError(f"the archived text {archived.name} no longer has the hash that it is named by")
        return LookupError(f"its text {digest} is neither in the archive nor among the documents")

    @cached_property
    def _by_hash(self) -> dict[str, Path]:
        """The plain text documents by the hash of their normalised text."""
        found = {}
        for path in sorted(self._documents.rglob("*")) if self._documents else []:
            if path.suffix.lower() in _PLAIN and path.is_file():
                text = normalised(path.read_bytes())
                if text is not None:
                    found[hashlib.sha256(text.encode()).hexdigest()] = path
        return found


def normalised(content: bytes) -> str | None:
    """The normalised text of a plain text file, as the contract defines it; None where it is not UTF-8.

    Written apart from the reader of documents on purpose: a proof that shared its code would share its mistakes.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return unicodedata.normalize("NFC", text.removeprefix("\ufeff")).replace("\r\n", "\n").replace("\r", "\n")


def printable(text: str) -> str:
    """The text in one line and without control, format and bidi characters, fit for a terminal."""
    one_line = " ".join(text.split())
    return "".join(c for c in one_line if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
