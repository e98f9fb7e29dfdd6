"""SQL users are never disturbed: processes that read again and again while version after version is published."""

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from pipelines.project import ROOT
from pipelines.release.database import DATABASE
from tests.dying import publish

PUBLISHES = 10
READERS = 3
PATIENCE = 600

# What a reader does, again and again: the newest database by the link, asked several times on one connection; then the files of the
# folder that the link leads to now. Each publish writes its number into two tables, so a mixture of two versions would show.
READER = """
import json, sys, time
from pathlib import Path
import duckdb, pyarrow.parquet as pq
out, stop = Path(sys.argv[1]), Path(sys.argv[2])
towns = "SELECT DISTINCT place FROM events WHERE place LIKE 'Town%'", "SELECT DISTINCT place FROM agreements WHERE place LIKE 'Town%'"
by_view = "SELECT DISTINCT place FROM timeline WHERE place LIKE 'Town%'"
first = duckdb.connect(str(out / "1.0.0" / "pactwatch.duckdb"), read_only=True)
print("ready", flush=True)
newest, seen, reads, last = -1, [], 0, False
while not last:
    time.sleep(0.05)
    last = stop.exists()
    with duckdb.connect(str(out / "latest" / "pactwatch.duckdb"), read_only=True) as connection:
        answers = {tuple(connection.execute(sql).fetchall()) for _ in range(3) for sql in (*towns, by_view)}
        assert len(answers) == 1, answers
        ((town,),) = answers.pop()
    number = int(town.removeprefix("Town "))
    assert number >= newest, (number, newest)
    folder = (out / "latest").resolve()
    version = json.loads((folder / "datapackage.json").read_text())["version"]
    assert version == folder.name
    places = {name: set(pq.read_table(folder / "data" / f"{name}.parquet")["place"].to_pylist()) for name in ("events", "agreements")}
    of_files = [{place for place in found if place and place.startswith("Town")} for found in places.values()]
    assert of_files == [{f"Town {version.rsplit('.')[-1]}"}] * 2, (version, of_files)
    listed = json.loads((out / "versions.json").read_text())
    assert all((out / entry["path"] / "datapackage.json").is_file() for entry in listed["versions"])
    assert first.execute(towns[0]).fetchall() == [("Town 0",)]
    reads += 1
    if number != newest:
        newest = number
        seen.append(number)
print(json.dumps({"seen": seen, "reads": reads}))
"""


def test_readers_through_many_publishes(tmp_path: Path) -> None:
    out, stop = tmp_path / "dist", tmp_path / "stop"
    assert publish(0, out, None) == "1.0.0"
    command = [sys.executable, "-c", READER, str(out), str(stop)]
    readers = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(READERS)
    ]
    try:
        for reader in readers:
            assert reader.stdout is not None
            assert reader.stdout.readline() == "ready\n"
        for number in range(1, PUBLISHES + 1):
            assert publish(number, out, None) == f"1.0.{number}"
            # A reader that comes now gets this one.
            with duckdb.connect(out / "latest" / DATABASE, read_only=True) as connection:
                place = f"Town {number}"
                assert connection.execute("SELECT count(*) FROM events WHERE place = ?", [place]).fetchall() == [(1,)]
    finally:
        stop.touch()
        told = [reader.communicate(timeout=PATIENCE) for reader in readers]
    assert [reader.returncode for reader in readers] == [0] * READERS, told
    for line, _ in told:
        found = json.loads(line)
        assert found["seen"][-1] == PUBLISHES, "the last look came after the last publish"
        assert len(found["seen"]) > 3, "it has seen versions come"


def test_one_process_reads_the_old_and_the_new(tmp_path: Path) -> None:
    """DuckDB opens a path once a process: whoever holds the old version through the link gets that again, and the new one by its folder."""
    out = tmp_path / "dist"
    publish(0, out, None)
    old = duckdb.connect(out / "latest" / DATABASE, read_only=True)
    publish(1, out, None)
    new = duckdb.connect((out / "latest").resolve() / DATABASE, read_only=True)
    asked = "SELECT place FROM events WHERE place LIKE 'Town%'"
    try:
        assert [connection.execute(asked).fetchall() for connection in (old, new)] == [[("Town 0",)], [("Town 1",)]]
        with pytest.raises(duckdb.Error):
            new.execute("DELETE FROM events")
    finally:
        old.close()
        new.close()
    with duckdb.connect(out / "latest" / DATABASE, read_only=True) as connection:
        assert connection.execute(asked).fetchall() == [("Town 1",)]
