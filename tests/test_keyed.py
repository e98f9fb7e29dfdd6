"""The store of what need not be worked out again: exact, shared, and harmless when damaged."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.archive.keyed import KeyedStore, key_of
from pipelines.errors import PactwatchError


@given(st.dictionaries(st.text(max_size=70), st.binary(max_size=400), max_size=30), st.lists(st.text(max_size=70)))
def test_what_is_put_comes_back_and_nothing_else(tmp_path_factory: pytest.TempPathFactory, values, others) -> None:  # type: ignore[no-untyped-def]
    values = {key.encode("utf-8", "ignore").decode(): value for key, value in values.items()}
    others = [key.encode("utf-8", "ignore").decode() for key in others]
    path = tmp_path_factory.mktemp("keyed") / "deep" / "store.sqlite"
    with KeyedStore(path) as store:
        store.put_many(values)
        assert store.get_many([*values, *others, *values]) == values
    with KeyedStore(path) as store:
        assert store.get_many(values) == values
        assert len(store) == len(values)


def test_more_keys_than_one_query_takes(tmp_path: Path) -> None:
    with KeyedStore(tmp_path / "store.sqlite") as store:
        store.put_many({f"{number:05}": str(number).encode() for number in range(3000)})
        found = store.get_many(f"{number:05}" for number in range(0, 6000, 2))
    assert found == {f"{number:05}": str(number).encode() for number in range(0, 3000, 2)}


@given(st.lists(st.text(), max_size=4), st.lists(st.text(), max_size=4))
def test_keys_are_equal_only_where_all_parts_are(one: list[str], other: list[str]) -> None:
    assert (key_of(*one) == key_of(*other)) == (one == other)


def test_a_damaged_entry_is_absent_and_the_others_are_there(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    with KeyedStore(path) as store:
        store.put_many({"a": b"one", "b": b"two" * 50, "c": b"three", "d": b"four"})
    db = sqlite3.connect(path)
    db.execute("UPDATE entries SET value = zeroblob(9) WHERE key = 'a'")
    db.execute("UPDATE entries SET value = substr(value, 1, length(value) - 3) WHERE key = 'b'")
    db.execute("UPDATE entries SET value = (SELECT value FROM entries WHERE key = 'd') WHERE key = 'c'")
    db.commit()
    db.close()
    with KeyedStore(path) as store:
        assert store.get_many("abcd") == {"d": b"four"}
        store.put_many({"a": b"one"})
        assert store.get_many("abcd") == {"a": b"one", "d": b"four"}


@pytest.mark.parametrize("damage", ["garbage", "empty", "within", "layout"])
def test_a_damaged_file_is_begun_anew(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "store.sqlite"
    with KeyedStore(path) as store:
        store.put_many({str(number): os.urandom(2000) for number in range(200)})
    content = bytearray(path.read_bytes())
    if damage == "layout":
        db = sqlite3.connect(path)
        db.execute("PRAGMA user_version = 77")
        db.close()
    else:
        content[4096:] = b"\xff" * (len(content) - 4096)
        path.write_bytes({"garbage": b"nonsense" * 999, "empty": b"", "within": bytes(content)}[damage])
    with KeyedStore(path) as store:
        assert store.get_many(["1", "2"]) == {}
        store.put_many({"1": b"one"})
        assert store.get_many(["1", "2"]) == {"1": b"one"}


def test_stale_entries_go_oldest_first_and_never_live_ones(tmp_path: Path) -> None:
    with KeyedStore(tmp_path / "store.sqlite") as store:
        store.put_many({f"old{number:05}": b"x" for number in range(1500)})
        store.put_many({f"live{number}": b"y" for number in range(100)})
        live = ["old00000", *(f"live{number}" for number in range(100))]
        assert store.prune(live, 1000) == 499
        assert store.prune(live, 1000) == 0
        assert set(store.get_many([*live, "old00001", "old00499"])) == set(live)
        assert set(store.get_many(["old00500", "old01499"])) == {"old00500", "old01499"}


_WRITER = """
import sys
from pathlib import Path
from pipelines.archive.keyed import KeyedStore
name = sys.argv[2]
with KeyedStore(Path(sys.argv[1])) as store:
    print("ready", flush=True)
    for number in range(100000):
        store.put_many({f"{name}{number}": f"{name}{number}".encode() * 200})
        print(number, flush=True)
"""


def test_processes_share_it_and_may_be_killed(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    running = [
        subprocess.Popen([sys.executable, "-c", _WRITER, str(path), name], stdout=subprocess.PIPE, text=True)
        for name in "ab"
    ]
    for process in running:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    time.sleep(1.5)
    for process in running:
        process.send_signal(signal.SIGKILL)
    said = {name: process.communicate()[0].split() for name, process in zip("ab", running, strict=True)}
    with KeyedStore(path) as store:
        for name, lines in said.items():
            keys = [f"{name}{number}" for number in lines]
            assert store.get_many(keys) == {key: key.encode() * 200 for key in keys}
    assert sum(map(len, said.values())) > 10


_OPENER = """
import sys, time
from pathlib import Path
from pipelines.archive.keyed import KeyedStore
start = float(sys.argv[2])
for number in range(30):
    time.sleep(max(0.0, start + number * 0.02 - time.time()))
    KeyedStore(Path(sys.argv[1]) / str(number)).close()
"""


def test_processes_may_make_the_same_file_at_once(tmp_path: Path) -> None:
    # SQLite fails at once, without waiting, where two connections switch one new file to a write-ahead log.
    command = [sys.executable, "-c", _OPENER, str(tmp_path), str(time.time() + 2)]
    running = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(6)]
    assert [process.communicate()[1] for process in running] == [""] * 6


def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    code = f"""
import os, resource
from pathlib import Path
from pipelines.archive.keyed import KeyedStore
from pipelines.errors import PactwatchError
store = KeyedStore(Path({str(tmp_path / "store.sqlite")!r}))
store.put_many({{"a": b"one"}})
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))
try:
    store.put_many({{"b": os.urandom(900_000)}})
except PactwatchError as error:
    print(error)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
assert store.get_many("ab") == {{"a": b"one"}}
store.put_many({{"b": b"two"}})
assert store.get_many("ab") == {{"a": b"one", "b": b"two"}}
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("cannot write (")
    assert "store.sqlite" in done.stdout
    assert done.stdout.count("\n") == 1


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PactwatchError, match="cannot write"):
        KeyedStore(tmp_path / "file" / "store.sqlite")
