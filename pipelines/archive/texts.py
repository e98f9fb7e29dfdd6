"""The texts that were read, kept by their hash, so that every statement can be checked when file or page is gone."""

import hashlib
import os
import tempfile
from pathlib import Path

from pipelines.errors import EXIT_INVALID, PactwatchError


class TextStore:
    """Normalised texts in a folder, each as SHA256.txt."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder

    def keep(self, digest: str, text: str) -> bool:
        """Writes a text under its SHA-256 in hex unless it is there; whether it was written.

        A file of the right size is taken for the text: files are renamed into place whole and never changed, and who reads one
        reads its hash. So an unchanged text costs one look at its directory entry, not a read.
        """
        target, content = self._folder / f"{digest}.txt", text.encode("utf-8")
        if _size(target) == len(content):
            return False
        _write(target, content)
        return True

    def read(self, digest: str) -> str:
        """The text of that hash; PactwatchError where its file is gone or holds another."""
        path = self._folder / f"{digest}.txt"
        try:
            content = path.read_bytes()
        except OSError as error:
            what = f"a text that was read cannot be read again ({error.strerror})"
            raise PactwatchError(what, path, "build again", EXIT_INVALID) from error
        if hashlib.sha256(content).hexdigest() != digest:
            todo = "remove the file, and build again"
            raise PactwatchError("the text no longer has the hash that it is named by", path, todo, EXIT_INVALID)
        return content.decode("utf-8")


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None


def _write(target: Path, content: bytes) -> None:
    # Renamed when whole: a file under its hash is that text or is not there.
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".text-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            # Or a power cut could leave a file of the right size that holds zeros.
            os.fsync(descriptor)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
