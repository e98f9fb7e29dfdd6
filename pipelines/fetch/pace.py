"""How fast a host is asked: one request a pause, also between processes, and not at all while it asks us to wait.

The state is a file a host: when the next request may start and until when the host wants none. A request takes its turn under
a lock and waits outside it, so that processes queue up rather than collide.
"""

import json
import os
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock

from pipelines.fetch.budget import where
from pipelines.fetch.response import FetchError, Outcome

HOLD_AT_MOST = 86_400.0
"""Seconds for which a host is believed when it asks us to stay away."""
# A turn further off than this was taken before the clock was put back.
_QUEUE_AT_MOST = 3_600.0


@dataclass(slots=True)
class _Turns:
    next_turn: float = 0.0
    hold_until: float = 0.0


class Pace:
    """The turns of all hosts, kept in `state`/HOST/."""

    def __init__(self, state: Path) -> None:
        self._state = state

    def take_turn(self, host: str, pause: float, wait_at_most: float, url: str) -> None:
        """Wait until `host` may be asked; the next turn is `pause` seconds later.

        FetchError (throttled) at once where the host has asked for more than `wait_at_most` seconds of rest.
        """
        with self._lock(host):
            now = time.time()
            turns = self._read(host, now)
            if turns.hold_until - now > wait_at_most:
                raise _throttled(host, turns.hold_until - now, url)
            turn = max(now, turns.next_turn, turns.hold_until)
            turns.next_turn = turn + pause
            self._write(host, turns)
        time.sleep(max(0.0, turn - time.time()))

    def hold(self, host: str, seconds: float) -> None:
        """No request to `host` for that long, by any process."""
        with self._lock(host):
            now = time.time()
            turns = self._read(host, now)
            turns.hold_until = max(turns.hold_until, now + min(seconds, HOLD_AT_MOST))
            self._write(host, turns)

    def _lock(self, host: str) -> FileLock:
        folder = folder_of(self._state, host)
        folder.mkdir(parents=True, exist_ok=True)
        return FileLock(folder / "pace.lock")

    def _read(self, host: str, now: float) -> _Turns:
        try:
            read = json.loads((folder_of(self._state, host) / "pace.json").read_bytes())
            turns = _Turns(float(read["next_turn"]), float(read["hold_until"]))
        except (OSError, ValueError, TypeError, KeyError):
            return _Turns()  # the first time, or a file that a crash of the machine left empty
        # Written so that what is no number counts as nothing, too.
        if not turns.next_turn - now <= _QUEUE_AT_MOST:
            turns.next_turn = now
        if not turns.hold_until - now <= HOLD_AT_MOST:
            turns.hold_until = now
        return turns

    def _write(self, host: str, turns: _Turns) -> None:
        replace(folder_of(self._state, host) / "pace.json", json.dumps(asdict(turns)))


def folder_of(state: Path, host: str) -> Path:
    """The folder of a host's state; `host` is ASCII, as `addresses.http_url` leaves it."""
    return state / host.replace(":", "_")


def replace(path: Path, text: str) -> None:
    """Write a small state file whole or not at all, whoever else writes it."""
    written = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}.new")
    written.write_text(text, encoding="utf-8")
    written.replace(path)


def _throttled(host: str, seconds: float, url: str) -> FetchError:
    detail = f"{host} asked us to wait for {seconds:.0f} s, {where(url)}: left for then"
    return FetchError(Outcome.THROTTLED, url, detail, retry_after=seconds)
