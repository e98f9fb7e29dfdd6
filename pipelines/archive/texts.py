"""The texts that were read, kept by their hash, so that every statement can be checked when file or page is gone."""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path


def keep_texts(texts: Iterable[tuple[str, str]], folder: Path) -> int:
    """Writes each normalised text, given as (its SHA-256 in hex, itself), to `folder`/SHA256.txt unless it is there; how many were written.

    A file of the right size is taken for the text: files are renamed into place whole and never changed, and `verify`
    reads the hash of each. So an unchanged text costs one look at its directory entry, not a read.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = 0
    for digest, text in texts:
        target, content = folder / f"{digest}.txt", text.encode("utf-8")
        if _size(target) != len(content):
            _write(target, content)
            written += 1
    return written


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
