"""Resolution in parts: the same to the last cell whatever their number, wherever the statements lie, whatever memory it may take."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import dataset

from pipelines.errors import EXIT_USAGE, PactwatchError
from pipelines.extract.run import Extracted, extract_documents, extract_in_batches
from pipelines.ingest.document import Document
from pipelines.release.plan import plan_release
from pipelines.resolve import run
from pipelines.resolve.run import resolve
from pipelines.resolve.steps import steps
from pipelines.room import Room
from tests.scoring import CORPUS, documents_of
from tests.test_cli import pactwatch
from tests.worlds import STEPS, World, build

Tables = Mapping[str, pa.Table]


def same(one: Tables, other: Tables) -> bool:
    return one.keys() == other.keys() and all(one[name].equals(other[name]) for name in one)


def two_states(seed: int) -> tuple[list[Document], Extracted, Tables]:
    """Small worlds as they are after some changes, and the tables of the release before those."""
    worlds = [World.make(number, seed) for number in range(6)]
    first = plan_release(resolve(*build(worlds)), None).tables
    for world in worlds:
        for step in world.rng.sample(STEPS, 2):
            world.step(step)
    documents, extracted = build(worlds)
    return documents, extracted, first


@settings(max_examples=8)
@given(seed=st.integers(0, 10_000), parts=st.integers(2, 20))
def test_any_number_of_parts_gives_the_same(seed: int, parts: int) -> None:
    documents, extracted, before = two_states(seed)
    whole = resolve(documents, extracted, previous=before, room=Room(parts=1))
    assert whole["statements"].num_rows > 20
    assert same(resolve(list(reversed(documents)), extracted, previous=before, room=Room(parts=parts)), whole)


def test_statements_may_lie_in_a_file(tmp_path: Path) -> None:
    documents = list(documents_of(CORPUS))
    extracted = extract_documents(documents)
    pq.write_table(extracted.raw_statements, tmp_path / "raw.parquet", row_group_size=500)
    lying = replace(extracted, raw_statements=dataset.dataset(tmp_path / "raw.parquet"))
    assert lying.rows == extracted.rows > 2_000
    assert same(resolve(documents, lying, room=Room(parts=3)), resolve(documents, extracted))


def test_many_statements_are_resolved_in_parts_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    documents = list(documents_of(CORPUS))
    extracted = extract_documents(documents)
    whole = resolve(documents, extracted)
    monkeypatch.setattr(run, "PART_ROWS", 500)
    with run.resolution(documents, extracted) as connection:
        cut = next(step for step in steps() if step.column == "document")
        ranges = run._ranges(connection, cut, Room())
        assert len(ranges) >= 4
        assert all(before[1] < after[0] for before, after in pairwise(ranges))
        assert (
            connection.sql("SELECT path FROM duckdb_databases() WHERE NOT internal")
            .fetchall()[0][0]
            .endswith(".duckdb")
        )
    assert same(resolve(documents, extracted), whole)


def test_batches_are_the_whole_in_its_order(monkeypatch: pytest.MonkeyPatch) -> None:
    documents = list(documents_of(CORPUS))
    whole = extract_documents(documents)
    monkeypatch.setattr("pipelines.extract.run._BATCH", 3)
    batches = list(extract_in_batches(list(reversed(documents))))
    assert len(batches) > 4
    assert pa.concat_tables([batch.raw_statements for batch in batches]).equals(whole.raw_statements)
    assert [citation for batch in batches for citation in batch.citations] == whole.citations
    assert sum(batch.read for batch in batches) == whole.read


def test_too_little_memory_is_told_in_a_line() -> None:
    documents = list(documents_of(CORPUS))
    with pytest.raises(PactwatchError, match=r"more memory than it may take.*--memory-limit"):
        resolve(documents, extract_documents(documents), room=Room(memory_limit="2MB"))


@pytest.mark.parametrize("size", ["much", "-1", "10", "2GB; SELECT 1"])
def test_what_is_no_size_is_told_in_a_line(size: str, tmp_path: Path) -> None:
    with pytest.raises(PactwatchError, match="no size of memory") as told:
        resolve([], extract_documents([]), room=Room(memory_limit=size))
    assert told.value.exit_code == EXIT_USAGE
    ran = pactwatch("build", "--memory-limit", size, home=tmp_path)
    assert ran.returncode == EXIT_USAGE
    assert "say it as 2GB" in ran.stderr
    assert len(ran.stderr.splitlines()) == 1


def test_what_a_killed_run_left_in_the_way_is_removed(tmp_path: Path) -> None:
    documents = list(documents_of(CORPUS))
    extracted = extract_documents(documents)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    (scratch / "resolution.duckdb").write_bytes(b"half a file")
    assert same(resolve(documents, extracted, room=Room(parts=3, scratch=scratch)), resolve(documents, extracted))
    assert not scratch.exists()
