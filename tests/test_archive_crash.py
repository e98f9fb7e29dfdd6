"""The archive through kill -9, half-written records, full disks and several writers: nothing acknowledged lost, nothing doubled."""

import os
import random
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from pipelines.archive.archive import Archive
from pipelines.errors import PactwatchError
from pipelines.fetch.response import Hop, Response

T0 = datetime(2026, 11, 25, 10, 0, 0, tzinfo=UTC)

# Writes without end and says which number is safely archived. Bodies are told by their number, so none can be mistaken.
_WRITER = """
import random, sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from pipelines.archive.archive import Archive
from pipelines.fetch.response import Hop, Response

T0 = datetime(2026, 11, 25, 10, 0, 0, tzinfo=UTC)
folder, name, start = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
with Archive(folder, max_file=60_000) as archive:
    print("ready", flush=True)
    for number in range(start, start + 100_000):
        body = f"{name} {number} ".encode() + random.Random(number).randbytes(number % 7 * 1500)
        url = f"https://{name}.example/{number}"
        hops = (Hop(url, 302, url + "/"),) * (number % 3)
        archive.add_response(name, Response(url, url, 200, "OK", (), body, T0 + timedelta(seconds=number), hops))
        print(number, flush=True)
"""


def start(folder: Path, name: str, number: int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", _WRITER, str(folder), name, str(number)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def body_of(name: str, number: int) -> bytes:
    return f"{name} {number} ".encode() + random.Random(number).randbytes(number % 7 * 1500)


def captures_in_files(folder: Path) -> list[str]:
    """The capture of every record that has one, as an independent reader sees the files; it raises where one is not whole."""
    found = []
    for path in sorted((folder / "warc").iterdir()):
        with path.open("rb") as file:
            for record in ArchiveIterator(file, check_digests="raise"):
                record.content_stream().read()
                if line := record.rec_headers.get_header("Pactwatch-Capture"):
                    found.append(line)
    return found


def test_twenty_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    chance = random.Random(20)
    acknowledged: dict[str, list[int]] = {"a": [], "b": []}
    for _ in range(10):
        running = {name: start(folder, name, acknowledged[name][-1] + 1 if acknowledged[name] else 0) for name in "ab"}
        for name, process in running.items():
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            for _ in range(chance.randrange(1, 30)):
                acknowledged[name].append(int(process.stdout.readline()))
        # Somewhere within the next record or so.
        threading.Event().wait(chance.random() * 0.01)
        for name, process in running.items():
            process.send_signal(signal.SIGKILL)
            acknowledged[name] += map(int, process.communicate()[0].split())
    with Archive(folder, read_only=True) as archive:
        check(archive, acknowledged)
    with Archive(folder) as archive:
        check(archive, acknowledged)
        rows = archive.index_rows()
        assert len(captures_in_files(folder)) == archive.head
        archive.reindex()
        assert archive.index_rows() == rows


def check(archive: Archive, acknowledged: dict[str, list[int]]) -> None:
    seen = []
    for name, numbers in acknowledged.items():
        # A number may have been archived and its writer killed before it could say so: then it was begun again, as a revisit.
        history = [(int(c.url.rsplit("/", 1)[1]), c) for c in archive.history(name)]
        first = dict(reversed(history))
        assert set(numbers) <= set(first)
        assert len(set(first) - set(numbers)) <= 1
        repeated = [c for number, c in history if first[number] is not c]
        assert len(repeated) <= 10
        assert all(c.kind == "revisit" for c in repeated)
        assert all(archive.payload(c) == body_of(name, number) for number, c in history)
        seen += [c.seq for _, c in history]
    assert sorted(seen) == list(range(1, archive.head + 1))
    assert archive.head > 100


_DIES = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from pipelines.archive import files, index
from pipelines.archive.archive import Archive
from pipelines.fetch.response import Hop, Response

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def write_some_and_die(descriptor, content):
    os.pwrite(descriptor, bytes(content[: int(sys.argv[3])]), os.fstat(descriptor).st_size)
    die()

archive = Archive(Path(sys.argv[1]), max_file=10_000_000)
point = sys.argv[2]
if point == "write":
    files.os = type("os", (), {**vars(os), "write": staticmethod(write_some_and_die)})
elif point == "sync":
    files.WarcFiles.sync = die
elif point == "add":
    index.Index.add = die
else:
    index.Index.commit = die
url = "https://news.example/last"
moment = datetime(2026, 12, 1, tzinfo=UTC) if "new file" in sys.argv else datetime(2026, 11, 26, tzinfo=UTC)
archive.add_response("wire", Response(url, url, 200, "OK", (), b"last" * 100, moment, (Hop(url, 301, url),)))
"""


@pytest.mark.parametrize("new_file", ["", "new file"])
@pytest.mark.parametrize(
    ("point", "length", "there"),
    [("write", 1, 0), ("write", 300, 0), ("write", 700, 0), ("sync", 0, 1), ("add", 0, 1), ("commit", 0, 1)],
)
def test_killed_at_each_point_of_an_addition(
    tmp_path: Path, point: str, length: int, there: int, new_file: str
) -> None:
    folder = tmp_path / "archive"
    with Archive(folder) as archive:
        first = archive.add_file("wire", "a", b"first", T0)
        before = [path.read_bytes() for path in sorted((folder / "warc").iterdir())]
    died = subprocess.run([sys.executable, "-c", _DIES, str(folder), point, str(length), new_file], check=False)
    assert died.returncode == -signal.SIGKILL
    # Whoever only reads sees what is acknowledged.
    with Archive(folder, read_only=True) as archive:
        assert archive.head == 1
    with Archive(folder) as archive:
        assert archive.head == 1 + there
        assert len(captures_in_files(folder)) == 1 + there
        if not there:
            assert [path.read_bytes() for path in sorted((folder / "warc").iterdir())] == before
        url = "https://news.example/last"
        again = archive.add_response("wire", Response(url, url, 200, "OK", (), b"last" * 100, T0 + timedelta(days=9)))
        assert again.kind == ("revisit" if there else "response")
        assert [archive.payload(c) for c in archive.newest("wire")] == [b"first", b"last" * 100]
        assert archive.newest("wire")[0] == first


def test_every_length_of_a_half_written_record_is_cut(tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    url = "https://news.example/"
    with Archive(folder) as archive:
        archive.add_file("wire", "a", b"first", T0)
    (path,) = (folder / "warc").iterdir()
    whole = path.read_bytes()
    with Archive(folder) as archive:
        archive.add_response("wire", Response(url, url, 200, "OK", (), b"last", T0, (Hop(url, 301, url),)))
    tail = path.read_bytes()[len(whole) :]
    (folder / "index.sqlite").unlink()
    path.write_bytes(whole)
    with Archive(folder) as archive:
        assert archive.head == 1
    index = (folder / "index.sqlite").read_bytes()
    for length in range(0, len(tail) + 1, 7):
        path.write_bytes(whole + tail[:length])
        (folder / "index.sqlite").write_bytes(index)
        with Archive(folder) as archive:
            assert archive.head == 1, length
        assert path.read_bytes() == whole
    path.write_bytes(whole + tail)
    with Archive(folder) as archive:
        assert archive.head == 2
        assert archive.payload(archive.newest("wire")[1]) == b"last"


def test_a_second_writer_puts_right_what_a_killed_one_left(tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    with Archive(folder) as archive:
        archive.add_file("wire", "a", b"first", T0)
        died = subprocess.run([sys.executable, "-c", _DIES, str(folder), "write", "300", ""], check=False)
        assert died.returncode == -signal.SIGKILL
        second = archive.add_file("wire", "b", b"second", T0)
        assert second is not None
        assert second.seq == 2
        died = subprocess.run([sys.executable, "-c", _DIES, str(folder), "commit", "0", ""], check=False)
        assert died.returncode == -signal.SIGKILL
        third = archive.add_file("wire", "c", b"third", T0)
        assert third is not None
        assert third.seq == 4
        assert archive.payload(archive.newest("wire")[-1]) == b"last" * 100
    assert len(captures_in_files(folder)) == 4


# Several writers


def test_threads_and_processes_take_turns(tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    writer = start(folder, "process", 0)
    assert writer.stdout is not None
    assert writer.stdout.readline() == "ready\n"
    with Archive(folder, max_file=60_000) as archive:

        def write(name: str) -> None:
            for number in range(40):
                assert archive.add_file(name, str(number), body_of(name, number), T0) is not None

        threads = [threading.Thread(target=write, args=(f"thread{number}",)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        writer.send_signal(signal.SIGKILL)
        said = [int(line) for line in writer.communicate()[0].split()]
        archive.add_file("last", "a", b"last", T0)
        for number in range(4):
            newest = archive.newest(f"thread{number}")
            assert {archive.payload(c) for c in newest} == {body_of(f"thread{number}", n) for n in range(40)}
        assert len(archive.newest("process")) in {len(said), len(said) + 1}
        assert archive.head == 161 + len(archive.newest("process"))
        rows = archive.index_rows()
        archive.reindex()
        assert archive.index_rows() == rows


def test_a_batch_is_kept_up_to_an_error_in_it(tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    with Archive(folder) as archive:
        with pytest.raises(RuntimeError), archive.batch():
            archive.add_file("wire", "a", b"first", T0)
            archive.add_file("wire", "b", b"second", T0)
            raise RuntimeError
        assert archive.head == 2
    with Archive(folder) as archive:
        assert [archive.payload(c) for c in archive.newest("wire")] == [b"first", b"second"]


# Full disks

_FULL = """
import random, resource, shutil, sys
from datetime import UTC, datetime
from pathlib import Path
from pipelines.archive.archive import Archive
from pipelines.errors import PactwatchError

T0 = datetime(2026, 11, 25, 10, 0, 0, tzinfo=UTC)
unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
kept = 0
with Archive(Path(sys.argv[1])) as archive:
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
    for number in range(100):
        try:
            archive.add_file("wire", str(number), random.Random(number).randbytes(7000), T0)
        except PactwatchError as error:
            print(error)
            break
    kept = number
    assert archive.head == kept, (archive.head, kept)
    resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
    archive.add_file("wire", "after", b"after", T0)
    assert archive.head == kept + 1
    for capture in archive.newest("wire"):
        archive.payload(capture)
print(kept)
"""


def test_a_file_that_may_not_grow_is_one_line_and_costs_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _FULL, str(tmp_path / "archive")], capture_output=True, text=True, check=True
    )
    message, kept = done.stdout.splitlines()
    assert message.startswith("cannot write to the archive (")
    assert message.endswith("free space or fix the permissions, then start again: nothing that was archived is lost")
    assert int(kept) in range(1, 15)
    assert len(captures_in_files(tmp_path / "archive")) == int(kept) + 1


@pytest.mark.parametrize("room", [0, 1, 200, 6000])
def test_a_disk_that_is_full_within_a_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int) -> None:
    folder = tmp_path / "archive"
    left = room

    def write(descriptor: int, content: memoryview) -> int:
        nonlocal left
        if not left:
            raise OSError(28, "No space left on device")
        count = real(descriptor, content[:left])
        left -= count
        return count

    real = os.write
    with Archive(folder) as archive:
        archive.add_file("wire", "a", b"first", T0)
        (path,) = (folder / "warc").iterdir()
        before = path.read_bytes()
        monkeypatch.setattr("pipelines.archive.files.os.write", write)
        with pytest.raises(PactwatchError, match=r"no space left on device.*free space"):
            archive.add_file("wire", "b", random.Random(1).randbytes(9000), T0)
        assert path.read_bytes() == before
        monkeypatch.undo()
        second = archive.add_file("wire", "b", random.Random(1).randbytes(9000), T0)
        assert second is not None
        assert (second.seq, archive.head) == (2, 2)
    assert len(captures_in_files(folder)) == 2


@pytest.mark.parametrize("room", [0, 100])
def test_a_disk_that_is_full_when_a_file_begins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int) -> None:
    folder = tmp_path / "archive"

    def write(descriptor: int, content: memoryview) -> int:
        if os.fstat(descriptor).st_size >= room:
            raise OSError(28, "No space left on device")
        return real(descriptor, content[:room])

    real = os.write
    with Archive(folder) as archive:
        monkeypatch.setattr("pipelines.archive.files.os.write", write)
        with pytest.raises(PactwatchError, match="no space left"):
            archive.add_file("wire", "b", b"x" * 9000, T0)
        monkeypatch.undo()
        assert archive.head == 0
        archive.add_file("wire", "b", b"x" * 9000, T0)
    assert len(captures_in_files(folder)) == 1
    (path,) = (folder / "warc").iterdir()
    with path.open("rb") as file:
        assert [record.rec_type for record in ArchiveIterator(file)] == ["warcinfo", "resource"]
