"""The WARC files: appended to, synced, read at a place, and scanned for whole records."""

import os
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from pipelines.archive.records import DamagedRecordError, Parsed, decompress, parse

ENDING = ".warc.gz"
_NAME = re.compile(r"pactwatch-[0-9]{6}-[0-9]{5}\.warc\.gz")
_CHUNK = 1 << 20
# How every member of ours begins: gzip, deflate, no flags, no time.
_MAGIC = b"\x1f\x8b\x08\x00\x00\x00\x00\x00"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record is."""

    file: str
    offset: int
    length: int

    def __str__(self) -> str:
        return f"{self.file}:{self.offset}:{self.length}"

    @property
    def end(self) -> int:
        """The offset after it."""
        return self.offset + self.length


class WarcFiles:
    """The folder of WARC files, in the order of their names: pactwatch-YYYYMM-NNNNN.warc.gz, by month and number."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def names(self) -> list[str]:
        """All files, oldest first."""
        if not self.folder.is_dir():
            return []
        return sorted(name for name in os.listdir(self.folder) if _NAME.fullmatch(name))

    def size(self, name: str) -> int:
        """Bytes; 0 where there is no such file."""
        try:
            return (self.folder / name).stat().st_size
        except FileNotFoundError:
            return 0

    def append(self, name: str, content: bytes) -> int:
        """Writes at the end of the file and returns the offset; on OSError the file is as it was. Not yet synced."""
        path = self.folder / name
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            offset = os.fstat(descriptor).st_size
            try:
                rest = memoryview(content)
                while rest:
                    rest = rest[os.write(descriptor, rest) :]
            except OSError:
                os.ftruncate(descriptor, offset)
                raise
        finally:
            os.close(descriptor)
        return offset

    def cut(self, name: str, size: int) -> None:
        """Shortens the file to `size` bytes; a file of none is removed."""
        path = self.folder / name
        if size == 0:
            path.unlink(missing_ok=True)
        elif self.size(name) > size:
            os.truncate(path, size)

    def sync(self, name: str) -> None:
        """Waits until the file, and its name, are on the disk."""
        for path in (self.folder / name, self.folder):
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def read(self, place: Place) -> Parsed:
        """The record there. DamagedRecordError where there is no whole one."""
        try:
            with (self.folder / place.file).open("rb") as file:
                file.seek(place.offset)
                return parse(decompress(file.read(place.length)))
        except FileNotFoundError as error:
            raise DamagedRecordError("the file is missing") from error

    def scan(self, name: str, start: int = 0) -> Iterator[tuple[Place, Parsed]]:
        """Every whole record of the file from `start` on, in order. What is damaged in between is stepped over."""
        path = self.folder / name
        if not path.is_file():
            return
        with path.open("rb") as file:
            offset: int | None = start
            while offset is not None:
                file.seek(offset)
                member = _member(file)
                if member is None:
                    offset = _find(path, _MAGIC, offset + 1)
                    continue
                content, length = member
                try:
                    yield Place(name, offset, length), parse(content)
                except DamagedRecordError:
                    offset = _find(path, _MAGIC, offset + 1)
                    continue
                offset += length


def name_for(moment: datetime, last: str | None, last_size: int, limit: int) -> str:
    """The file that a record archived then goes into: the last one, or a new one in a new month or past the size limit."""
    month = moment.strftime("%Y%m")
    last_month, last_number = (last.split("-")[1], int(last.split("-")[2][:5])) if last else ("", 0)
    if last and month <= last_month and last_size < limit:
        return last
    month = max(month, last_month)
    number = last_number + 1 if month == last_month else 1
    return f"pactwatch-{month}-{number:05d}{ENDING}"


def _member(file: BinaryIO) -> tuple[bytes, int] | None:
    """Content and length of the gzip member at the file's position; None where there is no whole one."""
    inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
    parts: list[bytes] = []
    read = 0
    while not inflater.eof:
        chunk = file.read(_CHUNK)
        if not chunk:
            return None
        read += len(chunk)
        try:
            parts.append(inflater.decompress(chunk))
        except zlib.error:
            return None
    return b"".join(parts), read - len(inflater.unused_data)


def _find(path: Path, wanted: bytes, start: int) -> int | None:
    """The offset of the first occurrence from `start` on."""
    with path.open("rb") as file:
        file.seek(start)
        held, base = b"", start
        while chunk := file.read(_CHUNK):
            held += chunk
            place = held.find(wanted)
            if place >= 0:
                return base + place
            keep = len(wanted) - 1
            base += len(held) - keep
            held = held[-keep:]
    return None
