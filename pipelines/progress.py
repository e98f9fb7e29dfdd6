"""How far long work is. Whoever does it tells it here; whoever watches is called. Where nobody watches, it costs nothing.

What belongs here: the meeting point. What is shown, and where, belongs to the command line.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

Watcher = Callable[[str, int, int], None]
"""Is called with what is counted ("documents"), how many are done, and out of how many."""

_Item = TypeVar("_Item")
_watchers: list[Watcher] = []


def tell(what: str, done: int, total: int) -> None:
    """Tells that `done` of `total` are done."""
    for watcher in _watchers:
        watcher(what, done, total)


def counted(items: Sequence[_Item], what: str) -> Iterator[_Item]:
    """The items one after another; each is told as done when the next one is asked for."""
    total = len(items)
    for number, item in enumerate(items):
        tell(what, number, total)
        yield item
    tell(what, total, total)


@contextmanager
def watched(watcher: Watcher) -> Iterator[None]:
    """Has `watcher` called within the block."""
    _watchers.append(watcher)
    try:
        yield
    finally:
        _watchers.remove(watcher)
