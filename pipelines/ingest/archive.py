"""The texts that were read, kept by their hash, so that every statement can be checked when file or page is gone."""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from pipelines.ingest.document import Document


def keep_texts(documents: Iterable[Document], folder: Path) -> int:
    """Writes each normalised text to `folder`/SHA256.txt unless it is there, whole; how many were written."""
    folder.mkdir(parents=True, exist_ok=True)
    written = 0
    for document in documents:
        target, content = folder / f"{document.sha256}.txt", document.text.encode("utf-8")
        if not target.is_file() or target.read_bytes() != content:
            _write(target, content)
            written += 1
    return written


def _write(target: Path, content: bytes) -> None:
    # Renamed when whole: a file under its hash is that text or is not there.
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".text-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
