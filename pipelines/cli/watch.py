"""The line on stderr that says how far long work is: stage, count and remaining time. On a terminal only; silent in pipes."""

import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from pipelines.cli.terminal import console
from pipelines.progress import watched

if TYPE_CHECKING:
    from rich.status import Status

_SOONEST = 2.0  # seconds of a count before its end is foretold
_PAUSE = 0.1  # seconds between two changes of the line


class Display:
    """What is known of the work that goes on. Without a `status` (in a pipe) it keeps count and shows nothing."""

    def __init__(self, status: "Status | None") -> None:
        self._status = status
        self._of, self._number, self._stage = 0, 0, ""
        self._counted, self._since, self._changed = "", 0.0, 0.0

    def begin(self, stages: int, name: str = "") -> None:
        """New work of so many stages starts."""
        self._of, self._number, self._stage, self._counted = stages, 0, name, ""

    def stage(self, name: str) -> None:
        """The next stage starts."""
        self._number, self._stage, self._counted = self._number + 1, name, ""
        self._show("")

    def count(self, what: str, done: int, total: int) -> None:
        """So many are done in the present stage."""
        now = time.monotonic()
        if what != self._counted:
            self._counted, self._since = what, now
        if now - self._changed >= _PAUSE or done == total:
            self._changed = now
            self._show(counted(what, done, total, now - self._since))

    def _show(self, detail: str) -> None:
        if self._status is not None:
            number = f"{self._number} of {self._of}  " if self._of > 1 else ""
            self._status.update(f"{number}{self._stage}{': ' if self._stage and detail else ''}{detail} …")


def counted(what: str, done: int, total: int, elapsed: float) -> str:
    """A count in words, with the time that is left once enough has passed to tell; `elapsed` in seconds."""
    line = f"{done:,} of {total:,} {what}"
    if 0 < done < total and elapsed >= _SOONEST:
        line += f", about {_duration(elapsed / done * (total - done))} left"
    return line


def _duration(seconds: float) -> str:
    whole = max(1, round(seconds))
    if whole < 60:
        return f"{whole} s"
    return f"{whole // 60} min" if whole < 3600 else f"{whole // 3600} h {whole % 3600 // 60} min"


@contextmanager
def display(name: str = "starting") -> Iterator[Display]:
    """Shows a line on stderr while the block runs, where that is a terminal, and keeps it in step with what is told."""
    with ExitStack() as stack:
        on_terminal = sys.stderr.isatty()
        status = stack.enter_context(console(stderr=True).status(f"{name} …")) if on_terminal else None
        shown = Display(status)
        shown.begin(0, name)
        if on_terminal:
            stack.enter_context(watched(shown.count))
        yield shown
