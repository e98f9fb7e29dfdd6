"""Fuzzes targets one after the other: `python -m tests.fuzz [TARGET …] [--seconds 600] [--first NUMBER]`.

An input that breaks a target is made smaller, written to tests/fuzz/found/TARGET/, from where `make test` tries it again for
ever, and told. The exit code is 1 where there was one.
"""

import argparse
import hashlib
import itertools
import sys
import time
import traceback
from pathlib import Path

from tests.fuzz import reading, receiving  # noqa: F401 (they register their targets)
from tests.fuzz.inputs import smaller
from tests.fuzz.target import TARGETS, Target, run

FOUND = Path(__file__).parent / "found"
_SHRINKING = 120.0
"""Seconds at most."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Fuzzes what reads foreign bytes.")
    parser.add_argument("target", nargs="*", help=f"of {', '.join(TARGETS)} (default: all)")
    parser.add_argument("--seconds", type=float, default=600.0, help="for each target (default: 600)")
    parser.add_argument("--first", type=int, help="the number of the first input (default: of the clock)")
    arguments = parser.parse_args()
    unknown = [name for name in arguments.target if name not in TARGETS]
    if unknown:
        parser.error(f"no target {unknown[0]}: one of {', '.join(TARGETS)}")
    first = time.time_ns() if arguments.first is None else arguments.first
    return max([_fuzz(TARGETS[name], arguments.seconds, first) for name in arguments.target or TARGETS])


def _fuzz(target: Target, seconds: float, first: int) -> int:
    """Inputs until the time is over; 1 where one of them broke the target."""
    started = time.monotonic()
    for number in itertools.count(first):
        if time.monotonic() - started >= seconds:
            print(f"{target.name}: {number - first:,} inputs from {first} on in {seconds:.0f} s, all well", flush=True)
            return 0
        data = target.format.make(number)
        try:
            run(target, data)
        except Exception as error:  # noqa: BLE001
            _tell(target, number, data, error)
            return 1
    raise AssertionError


def _tell(target: Target, number: int, data: bytes, error: Exception) -> None:
    started = time.monotonic()

    def breaks(shorter: bytes) -> bool:
        if time.monotonic() - started > _SHRINKING:
            return False
        try:
            run(target, shorter)
        except type(error):
            return True
        except Exception:  # noqa: BLE001
            return False
        return False

    data = smaller(data, breaks)
    path = FOUND / target.name / f"{hashlib.sha256(data).hexdigest()[:12]}.bin"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    print(f"{target.name}: input {number} broke it; {len(data)} bytes of it are in {path}", flush=True)
    traceback.print_exception(error)


if __name__ == "__main__":
    sys.exit(main())
