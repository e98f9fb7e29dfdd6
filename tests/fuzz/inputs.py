"""Inputs: bytes of a format that were damaged in the ways in which foreign bytes are, or worse. A number makes an input."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

MOST = 60_000
"""Bytes of an input."""
_ODD = (
    "\ufeff", "\u202e", "\x00", "\x1b[31m", "\ud800", "\U0010ffff", "e\u0301", "\u2028", "\r", "\x85", "\u0130", "\xdf", "\xad",
    "\u0663", "\u200b", "\ufb01", "\u1100\u1161", "a" * 3000, "\u0301" * 200, "\n\n\n", "\t", "ss\u0327\u0307",
)  # fmt: skip
_ENCODINGS = ("utf-8", "utf-8", "utf-8", "utf-16", "cp1251", "cp1256", "latin-1", "gbk")


@dataclass(frozen=True, slots=True)
class Format:
    """Examples of a format and its words."""

    seeds: Sequence[bytes]
    tokens: Sequence[bytes]

    def make(self, number: int) -> bytes:
        """The input of that number: an example after some changes; sometimes words in any order, or plain noise."""
        random = Random(number)
        how = random.random()
        if how < 0.1:
            return random.randbytes(random.randrange(2000))
        if how < 0.25:
            return b"".join(self._piece(random) for _ in range(random.randrange(60)))[:MOST]
        data = random.choice(self.seeds)
        for _ in range(int(random.expovariate(0.4))):
            data = random.choice(_CHANGES)(self, random, data)[:MOST]
        return data

    def _piece(self, random: Random) -> bytes:
        kind = random.random()
        if kind < 0.6:
            return random.choice(self.tokens)
        return _text(random) if kind < 0.9 else random.randbytes(random.randrange(1, 8))

    def insert(self, random: Random, data: bytes) -> bytes:
        start = random.randrange(len(data) + 1)
        return data[:start] + self._piece(random) * _often(random) + data[start:]

    def overwrite(self, random: Random, data: bytes) -> bytes:
        start, end = _span(random, data)
        return data[:start] + self._piece(random) + data[end:]

    def remove(self, random: Random, data: bytes) -> bytes:
        start, end = _span(random, data)
        return data[:start] + data[end:]

    def repeat(self, random: Random, data: bytes) -> bytes:
        start, end = _span(random, data)
        return data[:start] + data[start:end] * (_often(random) + 1) + data[end:]

    def flip(self, random: Random, data: bytes) -> bytes:
        changed = bytearray(data)
        for _ in range(min(len(data), random.randrange(1, 5))):
            changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
        return bytes(changed)

    def splice(self, random: Random, data: bytes) -> bytes:
        other = random.choice(self.seeds)
        start, end = _span(random, other)
        place = random.randrange(len(data) + 1)
        return data[:place] + other[start:end] + data[place:]

    def nest(self, random: Random, data: bytes) -> bytes:
        start, end = _span(random, data)
        token = random.choice(self.tokens)
        closing = b"</" + token[1:] if token.startswith(b"<") else {b"{": b"}", b"[": b"]"}.get(token, token)
        times = _often(random) * 10
        return data[:start] + token * times + data[start:end] + closing * times + data[end:]

    def swap(self, random: Random, data: bytes) -> bytes:
        start, end = _span(random, data)
        return data[end:] + data[start:end] + data[:start]

    def cut(self, random: Random, data: bytes) -> bytes:
        return data[: random.randrange(len(data) + 1)]


_CHANGES: tuple[Callable[[Format, Random, bytes], bytes], ...] = (
    Format.insert, Format.insert, Format.overwrite, Format.remove, Format.repeat, Format.flip, Format.splice, Format.nest,
    Format.swap, Format.cut,
)  # fmt: skip


def _text(random: Random) -> bytes:
    characters = [
        random.choice(_ODD) if random.random() < 0.3 else chr(random.choice((random.randrange(128), random.randrange(0x11000))))
        for _ in range(random.randrange(1, 12))
    ]  # fmt: skip
    encoding = random.choice(_ENCODINGS)
    return "".join(characters).encode(encoding, "surrogatepass" if encoding.startswith("utf") else "replace")


def _span(random: Random, data: bytes) -> tuple[int, int]:
    start = random.randrange(len(data) + 1)
    return start, min(len(data), start + int(random.expovariate(1 / 80)))


def _often(random: Random) -> int:
    return random.choice((1, 1, 1, 2, 5, 30, 300))


def smaller(data: bytes, breaks: Callable[[bytes], bool]) -> bytes:
    """A part of `data` that still `breaks`, from which no run of bytes of a power of two can be taken away."""
    size = len(data)
    while size:
        start = 0
        while start < len(data):
            shorter = data[:start] + data[start + size :]
            if breaks(shorter):
                data = shorter
            else:
                start += size
        size //= 2
    return data
