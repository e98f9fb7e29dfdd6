"""A place that releases are copied to: files by path below an address, in a folder or in any store that fsspec reaches.

So that readers never see half a file, a store must put it whole or not at all, as S3 and its like do; a folder renames it into place.
Credentials and endpoints come from where fsspec and the library of the store look for them (AWS_*, FSSPEC_*), never from an address.
"""

import contextlib
import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from pipelines.errors import EXIT_USAGE, PactwatchError
from pipelines.release.files import size_and_hash, sync
from pipelines.release.versions import VERSIONS, write_pointers

PLACES = "PACTWATCH_PLACES"
_STORE = "releases"
_HASH = "sha256"  # the name under which S3 keeps the hash beside a file
_BUCKETS = frozenset({"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "oss", "oci"})  # folders need not be made there
_TODO = "see Places in docs/operate.md; what was published before is as it was, and the next try goes on from here"


def is_address(text: str) -> bool:
    """Whether the text is the address of a store (s3://bucket/prefix) and not the path of a folder."""
    return "://" in text


def release_folder(out: str, state: Path) -> Path:
    """The folder that releases are built in, absolute: `out`, or one in the state where `out` is the address of a store."""
    return state / _STORE if is_address(out) else Path(out).absolute()


def declared_places(out: str) -> list[str]:
    """Where else releases go: `out` where it is an address, then those of PACTWATCH_PLACES, which blanks separate."""
    more = os.environ.get(PLACES, "").split()
    return list(dict.fromkeys([out, *more] if is_address(out) else more))


class Place(Protocol):
    """Files by path, `/` between its parts. Each method raises PactwatchError, in one line, where the place cannot be used."""

    name: str
    """As it is told to people."""

    def sizes(self) -> dict[str, int]:
        """Every file that lies in a folder of the place, with its size in bytes; none where the place is not there yet."""

    def read(self, path: str) -> bytes | None:
        """A small file; None where there is none."""

    def fetch(self, path: str, target: Path) -> None:
        """Copies a file to the disk."""

    def holds(self, path: str, digest: str) -> bool:
        """Whether the file that is there has that SHA-256 (hex)."""

    def modified(self, path: str) -> datetime:
        """When a file was written, UTC."""

    def put(self, source: Path, path: str, digest: str) -> None:
        """Sends a file of that SHA-256, in the place of what may be there."""

    def claim(self, path: str, content: bytes) -> None:
        """Writes a small file where there is none; what is there stays. Of two that try at once one wins, if the store can tell."""

    def remove(self, path: str) -> None:
        """Removes a file."""

    def point(self, listing: str, newest: str) -> None:
        """Writes versions.json, in one step, and what else leads to the newest version."""


def open_place(address: str) -> Place:
    """The place of that address or path; nothing is asked of it yet. PactwatchError where it is none, or its library is missing."""
    if not is_address(address) or address.startswith("file://"):
        return FolderPlace(Path(urlsplit(address).path if is_address(address) else address).absolute())
    if urlsplit(address).password:
        todo = "set it in the environment (Places in docs/operate.md): addresses are shown and logged"
        raise PactwatchError("an address with a password in it", address.split("://", 1)[0] + "://…", todo, EXIT_USAGE)
    return StorePlace(address)


class FolderPlace:
    """A folder, here or mounted. A writer that is killed leaves at most a file `.NAME.new` beside the others."""

    def __init__(self, root: Path) -> None:
        self.name = str(root)
        self._root = root

    def sizes(self) -> dict[str, int]:
        """See Place; links are no folders of it."""
        with _told(self.name):
            files = [Path(folder, name) for folder, _, names in os.walk(self._root) for name in names]
            return {p.relative_to(self._root).as_posix(): p.stat().st_size for p in files if p.parent != self._root}

    def read(self, path: str) -> bytes | None:
        """See Place."""
        with _told(self.name):
            return (self._root / path).read_bytes() if (self._root / path).is_file() else None

    def fetch(self, path: str, target: Path) -> None:
        """See Place."""
        with _told(self.name):
            shutil.copyfile(self._root / path, target)

    def holds(self, path: str, digest: str) -> bool:
        """See Place."""
        with _told(self.name):
            return size_and_hash(self._root / path)[1] == digest

    def modified(self, path: str) -> datetime:
        """See Place."""
        with _told(self.name):
            return datetime.fromtimestamp((self._root / path).stat().st_mtime, UTC)

    def put(self, source: Path, path: str, digest: str) -> None:  # noqa: ARG002 (a folder keeps no hashes)
        """See Place."""
        with _told(self.name), self._beside(path) as new:
            shutil.copyfile(source, new)
            sync(new)
            new.replace(self._root / path)
            sync(new.parent)

    def claim(self, path: str, content: bytes) -> None:
        """See Place."""
        with _told(self.name), self._beside(path) as new, contextlib.suppress(FileExistsError):
            new.write_bytes(content)
            sync(new)
            os.link(new, self._root / path)

    def remove(self, path: str) -> None:
        """See Place."""
        with _told(self.name):
            (self._root / path).unlink()

    def point(self, listing: str, newest: str) -> None:
        """See Place; `latest` is a symbolic link, as in every folder of releases."""
        with _told(self.name):
            write_pointers(self._root, listing, newest)

    @contextlib.contextmanager
    def _beside(self, path: str) -> Iterator[Path]:
        target = self._root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        new = target.with_name(f".{target.name}.new")
        try:
            yield new
        finally:
            new.unlink(missing_ok=True)


class StorePlace:
    """A store that fsspec reaches. With S3 the hash of a file is kept beside it, so nothing need be read again."""

    def __init__(self, address: str) -> None:
        self.name = address
        with _told(address):
            import fsspec

            # A listing that was kept would hide what another publisher has sent since.
            self._fs, root = fsspec.url_to_fs(address, use_listings_cache=False)
        self._root = str(root).rstrip("/")
        protocols = self._fs.protocol
        protocols = {protocols} if isinstance(protocols, str) else set(protocols)
        self._is_s3, self._has_buckets = "s3" in protocols, not protocols.isdisjoint(_BUCKETS)

    def sizes(self) -> dict[str, int]:
        """See Place."""
        with _told(self.name):
            try:
                found: dict[str, Any] = self._fs.find(self._root, detail=True)
            except FileNotFoundError:
                return {}
            start = len(self._root) + 1
            return {path[start:]: int(info["size"]) for path, info in found.items() if "/" in path[start:]}

    def read(self, path: str) -> bytes | None:
        """See Place."""
        with _told(self.name):
            try:
                content: bytes = self._fs.cat_file(self._at(path))
            except FileNotFoundError:
                return None
            return content

    def fetch(self, path: str, target: Path) -> None:
        """See Place."""
        with _told(self.name):
            self._fs.get_file(self._at(path), str(target))

    def holds(self, path: str, digest: str) -> bool:
        """See Place."""
        with _told(self.name):
            kept = self._fs.metadata(self._at(path)).get(_HASH) if self._is_s3 else None
            if kept is not None:
                return bool(kept == digest)
            # Sent by another program, or to a store that keeps no hash: it is read.
            with self._fs.open(self._at(path), "rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == digest

    def modified(self, path: str) -> datetime:
        """See Place."""
        with _told(self.name):
            moment: datetime = self._fs.modified(self._at(path))
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    def put(self, source: Path, path: str, digest: str) -> None:
        """See Place."""
        with _told(self.name):
            beside = {"Metadata": {_HASH: digest}} if self._is_s3 else {}
            self._fs.put_file(str(source), self._made(path), **beside)

    def claim(self, path: str, content: bytes) -> None:
        """See Place."""
        with _told(self.name):
            try:
                self._fs.pipe_file(self._made(path), content, mode="create")
            except FileExistsError:
                return
            except OSError as error:
                if error.errno != errno.ENOSYS:
                    raise
                # An S3 that does not know If-None-Match.
                if not self._fs.exists(self._at(path)):
                    self._fs.pipe_file(self._at(path), content)

    def remove(self, path: str) -> None:
        """See Place."""
        with _told(self.name):
            self._fs.rm_file(self._at(path))

    def point(self, listing: str, newest: str) -> None:  # noqa: ARG002 (a store has no links)
        """See Place."""
        with _told(self.name):
            self._fs.pipe_file(self._made(VERSIONS), listing.encode())

    def _at(self, path: str) -> str:
        return f"{self._root}/{path}"

    def _made(self, path: str) -> str:
        """The path in the store, with its folder made where the store has folders."""
        if not self._has_buckets:
            self._fs.makedirs(self._at(path).rpartition("/")[0], exist_ok=True)
        return self._at(path)


@contextlib.contextmanager
def _told(name: str) -> Iterator[None]:
    """Tells in one line what the place or its library says."""
    try:
        yield
    except ImportError as error:
        todo = "install that; for S3 it is s3fs (`make everything`)"
        raise PactwatchError(f"this kind of place needs a library ({_reason(error)})", name, todo) from error
    except Exception as error:  # every store raises exceptions of its own library
        raise PactwatchError(f"cannot use the place ({_reason(error)})", name, _TODO) from error


def _reason(error: Exception) -> str:
    told = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return " ".join(told.split()).rstrip(".") or type(error).__name__
