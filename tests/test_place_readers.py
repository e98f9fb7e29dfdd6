"""From documents to a store and back to readers: `--out s3://…` from two machines in turn, and what DuckDB, pyarrow and polars read there."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import fsspec
import polars as pl
import pyarrow.parquet as pq
import pytest
from pyarrow import fs as arrow_fs

from pipelines.errors import EXIT_FAILURE
from pipelines.project import ROOT
from pipelines.release.verify import verify
from tests.s3 import BUCKET, S3, make_bucket, serving

ADDRESS = f"s3://{BUCKET}/pactwatch"
SIGNING = """A memorandum

Islamabad, 3 August 2025

Iran and Pakistan signed a memorandum of understanding on trade in Islamabad on 2 August 2025, the news agency IRNA reported.
"""
MEETING = """Ministers meet

Muscat, 29 October 2025

Iran's Foreign Minister Abbas Araghchi met his Omani counterpart Badr Albusaidi in Muscat on 28 October 2025.
"""


@pytest.fixture(scope="module")
def server() -> Iterator[S3]:
    with serving() as started:
        make_bucket(started)
        yield started


@dataclass(frozen=True)
class Machine:
    """A state of its own, and the environment that leads to the store."""

    root: Path
    server: S3

    def run(self, *arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
        environment = {
            **os.environ,
            **self.server.environment(),
            "PACTWATCH_HOME": str(self.root / "home"),
            **variables,
        }
        command = [sys.executable, "-c", "from pipelines.cli import main; main()", *map(str, arguments)]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    def build(self, *texts: str, out: str | Path = ADDRESS, **variables: str) -> subprocess.CompletedProcess[str]:
        folder = self.root / "documents"
        folder.mkdir(parents=True, exist_ok=True)
        for number, text in enumerate(texts):
            (folder / f"{number}.txt").write_text(text)
        return self.run("build", "--documents", folder, "--out", out, **variables)


@pytest.fixture(scope="module")
def built(server: S3, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What is told by a first machine, a second one with nothing but the address that read one document more, and the first again."""
    root = tmp_path_factory.mktemp("machines")
    first, second = Machine(root / "a", server), Machine(root / "b", server)
    runs = [first.build(SIGNING), second.build(SIGNING, MEETING), first.build(SIGNING, MEETING)]
    assert [run.returncode for run in runs] == [0, 0, 0], [run.stderr for run in runs]
    assert (root / "b" / "home" / "releases" / "latest").readlink() == Path("1.1.0")
    return [run.stdout for run in runs]


@pytest.fixture
def store(server: S3, built: list[str], monkeypatch: pytest.MonkeyPatch) -> fsspec.AbstractFileSystem:
    """The store as readers open it, with two releases in it."""
    for name, value in server.environment().items():
        monkeypatch.setenv(name, value)
    return fsspec.filesystem("s3", use_listings_cache=False, skip_instance_cache=True)


def newest(store: fsspec.AbstractFileSystem) -> str:
    """The address of the newest release, as a reader finds it."""
    pointer: dict[str, Any] = json.loads(store.cat_file(f"{ADDRESS}/versions.json"))
    return f"{ADDRESS}/{pointer['latest']}"


def test_two_machines_go_on_from_each_other(built: list[str], store: fsspec.AbstractFileSystem, tmp_path: Path) -> None:
    told = [dict(line.split(maxsplit=1) for line in out.splitlines() if not line.startswith(" ")) for out in built]
    assert [one["version"].split()[0] for one in told] == ["1.0.0", "1.1.0", "1.1.0"]
    assert told[0]["place"].startswith(f"{ADDRESS}: 1.0.0 sent (")
    assert told[1]["place"].startswith(f"{ADDRESS}: 1.1.0 sent (")
    assert told[2]["version"].endswith("(unchanged: the newest release has this content)")
    assert told[2]["place"] == f"{ADDRESS}: 1.1.0, all there already"
    pointer = json.loads(store.cat_file(f"{ADDRESS}/versions.json"))
    assert [entry["version"] for entry in pointer["versions"]] == ["1.0.0", "1.1.0"]
    assert json.loads(store.cat_file(f"{ADDRESS}/1.1.0/manifest.json"))["previous"] == "1.0.0"
    store.get(f"{ADDRESS}/1.1.0/", str(tmp_path / "copy"), recursive=True)
    assert verify(tmp_path / "copy").problems == []


def test_duckdb_reads_files_and_database(store: fsspec.AbstractFileSystem) -> None:
    address = newest(store)
    with duckdb.connect() as connection:
        connection.register_filesystem(store)
        found = connection.sql(f"SELECT type, date FROM read_parquet('{address}/data/events.parquet') ORDER BY date")
        assert found.fetchall() == [("sign", "2025-08-02"), ("meet", "2025-10-28")]
        # Without the extension httpfs DuckDB takes no database by an address of S3: below a name of its own it does.
        connection.register_filesystem(fsspec.filesystem("dir", path=address, fs=store))
        connection.execute("ATTACH 'dir://pactwatch.duckdb' AS pactwatch (READ_ONLY)")
        assert connection.sql("SELECT type, status FROM pactwatch.timeline ORDER BY date").fetchall() == [
            ("sign", "occurred"), ("meet", "occurred")
        ]  # fmt: skip


def test_the_page_shows_what_works(store: fsspec.AbstractFileSystem, server: S3) -> None:
    page = (ROOT / "docs" / "releases.md").read_text()
    (block,) = [block for block in page.split("```python\n")[1:] if "s3://" in block]
    code = block.split("```")[0].replace("s3://bucket/pactwatch", ADDRESS)
    ask = "\nprint(duckdb.sql('SELECT type FROM pactwatch.events ORDER BY type').fetchall())"
    environment = {**os.environ, **server.environment()}
    done = subprocess.run(
        [sys.executable, "-c", code + ask], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "[('meet',), ('sign',)]\n"), done.stderr


def test_pyarrow_reads_by_itself_and_by_fsspec(store: fsspec.AbstractFileSystem, server: S3) -> None:
    address = newest(store)
    native = arrow_fs.S3FileSystem(
        endpoint_override=server.url, access_key="reader", secret_key="not-a-secret", region="us-east-1"
    )
    by_itself = pq.read_table(f"{address.removeprefix('s3://')}/data/events.parquet", filesystem=native)
    by_fsspec = pq.read_table(f"{address.removeprefix('s3://')}/data/events.parquet", filesystem=store)
    assert by_itself.equals(by_fsspec)
    assert sorted(by_itself["type"].to_pylist()) == ["meet", "sign"]


def test_polars_reads_and_filters_there(store: fsspec.AbstractFileSystem, server: S3) -> None:
    options = {
        "aws_endpoint_url": server.url, "aws_allow_http": "true", "aws_region": "us-east-1",
        "aws_access_key_id": "reader", "aws_secret_access_key": "not-a-secret",
    }  # fmt: skip
    frame = pl.scan_parquet(f"{newest(store)}/data/events.parquet", storage_options=options)
    assert frame.filter(pl.col("type") == "meet").select("date").collect().rows() == [("2025-10-28",)]


def test_a_place_in_memory_is_read_the_same_way(store: fsspec.AbstractFileSystem) -> None:
    memory = fsspec.filesystem("memory")
    for name in ("data/events.parquet", "pactwatch.duckdb"):
        memory.pipe_file(f"/there/{name}", store.cat_file(f"{newest(store)}/{name}"))
    with duckdb.connect() as connection:
        connection.register_filesystem(memory)
        files = connection.sql("SELECT event_id FROM read_parquet('memory://there/data/events.parquet') ORDER BY 1")
        connection.execute("ATTACH 'memory://there/pactwatch.duckdb' AS pactwatch (READ_ONLY)")
        base = connection.sql("SELECT event_id FROM pactwatch.events ORDER BY 1")
        assert files.fetchall() == base.fetchall()
    assert pl.read_parquet(memory.cat_file("/there/data/events.parquet")).height == 2


def test_one_place_that_is_out_of_reach_holds_up_no_other(server: S3, tmp_path: Path) -> None:
    machine = Machine(tmp_path, server)
    places = f"s3://nobodys/x {tmp_path}/share"
    done = machine.build(SIGNING, out=tmp_path / "dist", PACTWATCH_PLACES=places)
    assert done.returncode == EXIT_FAILURE
    problem, where = done.stderr.splitlines()
    assert problem.startswith("pactwatch: places: cannot use the place (The specified bucket does not exist)")
    assert where.startswith(f"pactwatch: 1.0.0 is in {tmp_path}/dist/1.0.0; ")
    assert (tmp_path / "share" / "latest").readlink() == Path("1.0.0")
    done = machine.build(SIGNING, out=tmp_path / "dist", PACTWATCH_PLACES=f"{ADDRESS}-2 {tmp_path}/share")
    assert done.returncode == 0, done.stderr
    places = [line for line in done.stdout.splitlines() if line.startswith("place")]
    assert [line.split(": ")[1].split(" (")[0] for line in places] == ["1.0.0 sent", "1.0.0, all there already"]
    unknown = machine.build(SIGNING, out="nosuch://x/y")
    assert unknown.returncode == EXIT_FAILURE
    assert unknown.stderr.count("\n") == 1
    assert "Protocol not known: nosuch" in unknown.stderr
