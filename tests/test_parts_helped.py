"""Resolution with help: parts that others make, as files, are to the last cell what one process makes, whoever dies meanwhile."""

import signal
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import PactwatchError
from pipelines.extract.run import extract_documents
from pipelines.resolve import parts as giving
from pipelines.resolve.part import Part, resolve_part
from pipelines.resolve.run import resolve
from pipelines.resolve.steps import IN_PART, macros_for, steps
from pipelines.room import Room
from pipelines.spread.executors import Spread
from pipelines.spread.parquet import encoded, table_in
from pipelines.spread.store import SharedStore
from tests.cluster import cluster, in_threads, kill
from tests.s3 import BUCKET, make_bucket, serving
from tests.scoring import CORPUS, documents_of
from tests.test_parts import same, two_states


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


# the whole


@settings(max_examples=6)
@given(seed=st.integers(0, 10_000), parts=st.integers(2, 9))
def test_any_number_of_parts_given_to_others_makes_the_same(
    seed: int, parts: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("store")
    documents, extracted, before = two_states(seed)
    whole = resolve(documents, extracted, previous=before, room=Room(parts=1))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(giving, "executor", in_threads)
        spread = Spread(str(folder), workers=1)
        helped = resolve(documents, extracted, previous=before, room=Room(parts=parts), spread=spread)
    assert whole["statements"].num_rows > 20
    assert same(helped, whole)
    assert files(folder) == []


@contextmanager
def killing(store: Path, victim: object) -> Iterator[None]:
    """Kills a worker once the first part of a resolution has been made."""
    over = threading.Event()

    def watch() -> None:
        while not over.is_set() and not any((store / "resolution" / "made").glob("*.parquet")):
            time.sleep(0.001)
        kill(victim)  # type: ignore[arg-type]

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def test_a_cluster_makes_the_same_though_a_worker_is_killed(tmp_path: Path) -> None:
    documents = list(documents_of(CORPUS))
    extracted = extract_documents(documents)
    whole = resolve(documents, extracted)
    store = tmp_path / "store"
    with cluster(tmp_path) as dask, killing(store, dask.processes[-1]):
        spread = Spread(str(store), cluster=dask.address)
        helped = resolve(documents, extracted, room=Room(parts=12), spread=spread)
        assert dask.processes[-1].returncode == -signal.SIGKILL
    assert same(helped, whole)
    assert files(store) == []


def test_a_store_of_s3_does_as_a_folder_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    documents = list(documents_of(CORPUS))
    extracted = extract_documents(documents)
    monkeypatch.setattr(giving, "executor", in_threads)
    spread = Spread(f"s3://{BUCKET}/shards", workers=1)

    def refuse(method: str, path: str) -> int | None:
        return 403 if method == "PUT" and "/made/" in path else None

    with serving() as server:
        for name, value in server.environment().items():
            monkeypatch.setenv(name, value)
        make_bucket(server)
        assert same(resolve(documents, extracted, room=Room(parts=3), spread=spread), resolve(documents, extracted))
        assert len([path for path in server.puts() if "/resolution/made/" in path]) > 20
        server.before = refuse
        with pytest.raises(PactwatchError, match=r"the store of shards cannot be used.*s3://releases/shards"):
            resolve(documents, extracted, room=Room(parts=3), spread=spread)


# one part


def part(store: SharedStore, **known: object) -> Part:
    """A small part, whose one table lies in the store."""
    store.put("resolution/given/n.parquet", encoded(pa.table({"document": [1, 2, 3], "n": [10, 20, 30]})))
    sql = f"{IN_PART}CREATE TABLE doubled AS SELECT document, 2 * n AS n FROM numbers WHERE in_part(document);"
    small = Part(sql, 2, 3, (("numbers", "resolution/given/n.parquet"),), ("doubled",), duckdb.__version__, "100MB")
    return replace(small, **known)  # type: ignore[arg-type]


def test_a_part_is_made_once_and_again_where_it_is_damaged(tmp_path: Path) -> None:
    store = SharedStore(str(tmp_path))
    small = part(store)
    resolve_part(store.address, small)
    file = tmp_path / small.files["doubled"]
    made = table_in(file.read_bytes())
    assert made is not None
    assert made.to_pylist() == [{"document": 2, "n": 40}, {"document": 3, "n": 60}]
    first = file.stat().st_mtime_ns, file.read_bytes()
    resolve_part(store.address, small)
    assert (file.stat().st_mtime_ns, file.read_bytes()) == first
    file.write_bytes(first[1][:40])
    resolve_part(store.address, small)
    assert file.read_bytes() == first[1]


@pytest.mark.parametrize(
    "other", [{"first": 1}, {"last": 2}, {"sql": "CREATE TABLE doubled AS SELECT 1"}, {"inputs": ()}, {"engine": "0.1"}]
)
def test_what_a_part_makes_is_named_by_all_that_it_hangs_on(tmp_path: Path, other: dict[str, object]) -> None:
    store = SharedStore(str(tmp_path))
    assert part(store).files != part(store, **other).files
    assert part(store).files == part(store, memory_limit="1GB").files


def test_a_worker_with_another_duckdb_says_so(tmp_path: Path) -> None:
    store = SharedStore(str(tmp_path))
    with pytest.raises(PactwatchError, match=r"a worker has DuckDB .* instead of 0\.1, .*install this version"):
        resolve_part(store.address, part(store, engine="0.1"))


def test_a_table_that_is_gone_is_told_in_a_line(tmp_path: Path) -> None:
    store = SharedStore(str(tmp_path))
    small = part(store)
    store.remove(["resolution/given/n.parquet"])
    with pytest.raises(PactwatchError, match=r"a table of the resolution is gone.*given/n\.parquet"):
        resolve_part(store.address, small)


def test_too_little_memory_is_told_in_a_line(tmp_path: Path) -> None:
    store = SharedStore(str(tmp_path))
    sql = "CREATE TABLE doubled AS SELECT list(a.range || repeat('x', 500)) AS n FROM range(400000) AS a"
    with pytest.raises(PactwatchError, match=r"a part of the resolution needs more memory .*--memory-limit"):
        resolve_part(store.address, part(store, sql=sql, memory_limit="20MB"))


# what a step needs


def test_a_step_is_given_the_macros_that_it_uses_and_those_that_they_use() -> None:
    known = {step.name: step for step in steps()}
    macros = macros_for(known["52_event_nearest.blocks"], steps())
    assert "CREATE MACRO dates_agree" in macros
    assert "CREATE MACRO is_day" in macros  # that one uses it
    assert "CREATE MACRO skeleton" not in macros
    assert macros_for(known["08_actor_mentions.parts"], steps()) == ""


def test_steps_name_what_they_read_and_make() -> None:
    known: Mapping[str, set[str]] = {step.name: step.reads for step in steps() if step.column}
    assert known["58_cluster_cells.parts"] == {"raw_statements", "clusters", "documents", "actor_of"}
    assert {"event_blocks", "mentions", "event_agreements"} <= known["52_event_nearest.blocks"]
    makes = {step.name: step.makes for step in steps()}
    assert makes["28_mention_cells.parts"] == ["members", "mention_cells"]
