"""Where files lie that all helpers see, by name: in a folder or in a store that fsspec reaches, whole or not there."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pipelines.errors import EXIT_USAGE, PactwatchError

_TODO = "see docs/scale.md; what was read is kept, and the next try goes on from here"


class SharedStore:
    """Files by name below `address`: the path of a folder, or that of a store (s3://bucket/prefix).

    Each method raises PactwatchError, in one line, where the place cannot be used. Credentials and endpoints come from where fsspec
    and the library of the store look for them (AWS_*), never from an address.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        try:
            import fsspec

            self._fs, self._root = fsspec.url_to_fs(address, use_listings_cache=False)
        except (ImportError, ValueError) as error:
            todo = "install what fsspec needs for it; for S3 that is s3fs (`make everything`)"
            raise PactwatchError(f"no such kind of store ({error})", _shown(address), todo, EXIT_USAGE) from error
        self._is_folder = "://" not in address

    def get(self, name: str) -> bytes | None:
        """The file of that name; None where there is none."""
        try:
            return bytes(self._fs.cat_file(self._path(name)))
        except FileNotFoundError:
            return None
        except Exception as error:
            raise self._told(error) from error

    def holds(self, name: str) -> bool:
        """Whether there is a file of that name."""
        try:
            return bool(self._fs.exists(self._path(name)))
        except Exception as error:
            raise self._told(error) from error

    def put(self, name: str, data: bytes) -> None:
        """Puts a file, whole: a folder renames it into place, a store takes it in one request."""
        path = self._path(name)
        try:
            if self._is_folder:
                Path(path).parent.mkdir(parents=True, exist_ok=True)
                part = Path(f"{path}.{os.getpid()}.part")
                part.write_bytes(data)
                part.replace(path)
            else:
                self._fs.pipe_file(path, data)
        except Exception as error:
            raise self._told(error) from error

    def remove(self, names: list[str]) -> None:
        """Removes the files that are there of these."""
        try:
            for name in names:
                if self._fs.exists(self._path(name)):
                    self._fs.rm_file(self._path(name))
        except Exception as error:
            raise self._told(error) from error

    def _path(self, name: str) -> str:
        return f"{self._root.rstrip('/')}/{name}"

    def _told(self, error: Exception) -> Exception:
        """What a library of a store raises is of many kinds, and none of them is a fault of ours."""
        if isinstance(error, PactwatchError):
            return error
        reason: Any = " ".join(str(error).split())[:200] or type(error).__name__
        return PactwatchError(f"the store of shards cannot be used ({reason})", _shown(self.address), _TODO)


def _shown(address: str) -> str:
    """An address without what somebody may have put into it as a password."""
    parts = urlsplit(address)
    return address if not parts.username else f"{parts.scheme}://{parts.hostname}{parts.path}"
