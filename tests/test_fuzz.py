"""A slice of `make fuzz` that is the same on every run, and every input that once broke something."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.__main__ import FOUND
from tests.fuzz.target import TARGETS, run

_FOUND = sorted(path for path in FOUND.rglob("*.bin") if path.is_file())


@pytest.mark.parametrize("name", list(TARGETS))
def test_whatever_the_bytes_the_target_keeps_its_promises(name: str) -> None:
    @settings(max_examples=60)
    @given(st.integers(0, 1 << 64))
    def check(number: int) -> None:
        run(TARGETS[name], TARGETS[name].format.make(number))

    check()


@pytest.mark.parametrize("path", _FOUND, ids=[f"{path.parent.name}/{path.stem}" for path in _FOUND])
def test_what_once_broke_a_target_does_so_no_more(path: Path) -> None:
    run(TARGETS[path.parent.name], path.read_bytes())
