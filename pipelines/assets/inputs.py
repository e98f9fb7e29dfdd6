"""What a refresh is made from, in one hash: where it equals that of the last refresh, there is nothing to do."""

import hashlib
import os
from pathlib import Path

from pipelines import project
from pipelines.assets.archive import open_archive
from pipelines.extract.cache import engine_fingerprint
from pipelines.ingest.registry import Registry, load_registry
from pipelines.ingest.source import Folder

_DECLARATIONS = ("schemas", "sources", "sql")


def fingerprint(state: Path, destination: str) -> str:
    """SHA-256 (hex) of where releases go, and of what the archive holds, the files in the declared folders (name, size, time), the declarations and the engine."""
    with open_archive(state, read_only=True) as archive:
        head = archive.content_head
    registry = load_registry()
    parts = [
        destination,
        str(head),
        listing(registry),
        engine_fingerprint(),
        *(project.tree_hash(project.declared(name)) for name in _DECLARATIONS),
    ]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def listing(registry: Registry) -> str:
    """The files of all declared folders in one hash: names, sizes, times of change. No file is opened."""
    digest = hashlib.sha256()
    for source in registry.sources:
        if isinstance(source.reader, Folder):
            digest.update(folder_listing(source.reader.path).encode())
    return digest.hexdigest()


def folder_listing(folder: Path) -> str:
    """The files of one folder, a line each; a folder that cannot be listed has none."""
    lines = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                status = entry.stat(follow_symlinks=False)
                lines.append(f"{os.fsencode(entry.name).hex()} {status.st_size} {status.st_mtime_ns}\n")
    except OSError:
        return ""
    return "".join(sorted(lines))


def newest_change(folder: Path) -> float:
    """When a file of the folder was last written, in seconds since 1970; 0 where there is none."""
    try:
        with os.scandir(folder) as entries:
            return max((entry.stat(follow_symlinks=False).st_mtime for entry in entries), default=0.0)
    except OSError:
        return 0.0
