"""The folder of a package, read without ever leaving it: no link is followed, nothing but plain files is opened."""

import errno
import hashlib
import json
import os
import stat
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

_BLOCK = 1 << 20
_MOST_ENTRIES = 100_000
_MOST_JSON = 64 << 20
_DEEPEST = 64
_ODD = frozenset('\\:*?"<>|')  # what is no part of a name on some system

Problem = Callable[[str, str], None]
"""Is called with the kind of a problem and a line about it."""


def safe_name(text: object) -> str | None:
    """The path in its plain form, `data/a.csv`; None where it may lead out of a folder, on this system or on another."""
    if not isinstance(text, str) or not text.isprintable() or set(text) & _ODD:
        return None
    relative = PurePosixPath(text)
    if relative.is_absolute() or ".." in relative.parts or not relative.parts or text.endswith("/"):
        return None
    return relative.as_posix()


class Folder:
    """The files of a package by their path in it, `data/a.csv`. Opened without following links, hashed once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._weights: dict[str, tuple[int, str]] = {}

    def files(self, problem: Problem) -> list[str]:
        """The plain files in it, sorted. What is no plain file, and names that fall together elsewhere, are problems."""
        found = list[str]()
        for number, (name, mode) in enumerate(self._walk(problem)):
            if number >= _MOST_ENTRIES:
                problem("limit", f"there are more than {_MOST_ENTRIES:,} files and folders in it")
                break
            if safe_name(name) != name:
                problem("path", f"{name!r} is no name for a file in a package")
            elif stat.S_ISLNK(mode):
                problem("link", f"{name} is a symbolic link")
            elif stat.S_ISREG(mode):
                found.append(name)
            elif not stat.S_ISDIR(mode):
                problem("special", f"{name} is no file, but {_kind(mode)}")
        _same_elsewhere(found, problem)
        return sorted(found)

    def _walk(self, problem: Problem) -> Iterator[tuple[str, int]]:
        """Every entry with its mode, folders before what is in them. A folder that is a link is not entered."""
        waiting = [""]
        while waiting:
            folder = waiting.pop()
            try:
                with os.scandir(self.root / folder) as entries:
                    inside = sorted((entry.name, entry.stat(follow_symlinks=False).st_mode) for entry in entries)
            except OSError as error:
                problem("special", f"{folder or 'the folder'} cannot be read ({error.strerror})")
                continue
            for own, mode in inside:
                name = f"{folder}/{own}" if folder else own
                yield name, mode
                if stat.S_ISDIR(mode):
                    if name.count("/") < _DEEPEST:
                        waiting.append(name)
                    else:
                        problem("limit", f"{name} lies more than {_DEEPEST} folders deep")

    def open(self, name: str) -> BinaryIO:
        """Opens a plain file for reading. OSError where it is none, or where a link is on the way to it."""
        *folders, own = PurePosixPath(name).parts
        here = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY)
        try:
            for part in folders:
                deeper = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=here)
                os.close(here)
                here = deeper
            # O_NONBLOCK: a pipe would else wait for somebody to write into it.
            opened = os.open(own, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=here)
        finally:
            os.close(here)
        if not stat.S_ISREG(os.fstat(opened).st_mode):
            os.close(opened)
            raise OSError(errno.EINVAL, "no plain file")
        return os.fdopen(opened, "rb")

    def size(self, name: str) -> int:
        """Its size in bytes."""
        with self.open(name) as file:
            return os.fstat(file.fileno()).st_size

    def weight(self, name: str) -> tuple[int, str]:
        """Its size in bytes and its SHA-256 in hex."""
        if name not in self._weights:
            digest, size = hashlib.sha256(), 0
            with self.open(name) as file:
                while block := file.read(_BLOCK):
                    digest.update(block)
                    size += len(block)
            self._weights[name] = size, digest.hexdigest()
        return self._weights[name]

    def text(self, name: str) -> str:
        """A file of UTF-8 text. OSError, or ValueError where it is too big or no UTF-8."""
        with self.open(name) as file:
            content = file.read(_MOST_JSON + 1)
        if len(content) > _MOST_JSON:
            raise OversizeError(f"it is bigger than {_MOST_JSON >> 20} MiB")
        return content.decode("utf-8")

    def json(self, name: str) -> Any:
        """A JSON document. OSError, or ValueError where it is none, too deep, or says one key twice.

        Of two equal keys one reader takes the first and another the last: what was verified would not be what is read.
        """
        try:
            return json.loads(self.text(name), object_pairs_hook=_distinct, parse_constant=_no_number)
        except RecursionError as error:
            raise OversizeError("it is nested too deeply") from error


class OversizeError(ValueError):
    """A file is bigger or deeper than one of its kind can be."""


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict[str, Any]()
    for key, value in pairs:
        if key in found:
            raise ValueError(f"{key[:80]!r} is there twice")
        found[key] = value
    return found


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no number of JSON")


def _kind(mode: int) -> str:
    tests = ((stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"), (stat.S_ISDIR, "a folder"))
    return next((word for test, word in tests if test(mode)), "a device")


def _same_elsewhere(names: list[str], problem: Problem) -> None:
    """Names that are one on a system that knows no case, or that normalises them: one file would take the place of the other."""
    seen = dict[str, str]()
    for name in names:
        other = seen.setdefault(unicodedata.normalize("NFC", name).casefold(), name)
        if other != name:
            problem("path", f"{other} and {name} are one file on other systems")
