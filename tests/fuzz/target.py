"""What is fuzzed: for each format its inputs, and what must hold whatever the bytes.

Of every target: it ends within bounded processor time, and raises nothing but the errors that it documents.
"""

import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

from tests.fuzz.inputs import Format

CPU_SECONDS = 20.0
"""Of one input; a hundred times of what the slowest of its size should take."""


class HangError(AssertionError):
    """The input took more processor time than any input may."""


@dataclass(frozen=True, slots=True)
class Target:
    """One format."""

    name: str
    format: Format
    check: Callable[[bytes], None]
    """Raises where an invariant does not hold."""


TARGETS: dict[str, Target] = {}


def target(
    seeds: Sequence[bytes], tokens: Sequence[bytes]
) -> Callable[[Callable[[bytes], None]], Callable[[bytes], None]]:
    """Registers a check under its own name."""

    def register(check: Callable[[bytes], None]) -> Callable[[bytes], None]:
        name = check.__name__.removeprefix("check_")
        TARGETS[name] = Target(name, Format(seeds, tokens), check)
        return check

    return register


@contextmanager
def bounded() -> Iterator[None]:
    """HangError after CPU_SECONDS of processor time: a busy machine makes nothing fail."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise HangError(f"more than {CPU_SECONDS:g} s of processor time")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, CPU_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def run(one: Target, data: bytes) -> None:
    """The check of a target on one input."""
    with bounded():
        one.check(data)


# What holds of all that is handed on


def assert_normalised(text: str) -> None:
    """A text that offsets can count in and that can be stored."""
    from pipelines.ingest.text import normalise

    assert normalise(text) == text
    assert "\r" not in text
    text.encode("utf-8")


def assert_web_address(url: str) -> None:
    """Plain http(s): nothing else is ever handed on to the fetcher or published."""
    assert url.startswith(("http://", "https://")), url
    assert not any(character.isspace() or character < " " for character in url), url


def assert_visible(text: str | None) -> None:
    """One line without invisible characters, or nothing."""
    from pipelines.printable import is_invisible

    assert text is None or (text.strip() and not any(is_invisible(character) for character in text)), text
