"""Tables that do not fit into memory: mapped ones are the same tables, looked at piece by piece they are found the same."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.arrow import conform, in_order
from pipelines.errors import PactwatchError
from pipelines.project import ROOT
from pipelines.release import checks
from pipelines.release.changes import diff_tables
from pipelines.release.checks import run_checks, schema_problems
from pipelines.release.files import codes_of, read_parquet, write_csv, write_parquet
from pipelines.room import Room, windows
from pipelines.tables import load, parse, published
from tests.sample import sample_rows, sample_tables, to_tables

THING = parse(
    "things",
    {
        "primaryKey": "id",
        "uniqueKeys": [["a", "b"]],
        "fields": [
            {"name": "id", "type": "integer"},
            {"name": "a", "type": "string"},
            {"name": "b", "type": "integer", "constraints": {"minimum": 0}},
        ],
    },
)
Row = tuple[int | None, str | None]
CELLS = st.lists(st.tuples(st.none() | st.integers(0, 3), st.none() | st.sampled_from(["", "a", "ab", "b", "é", "🚆"])))


def things(rows: list[Row]) -> pa.Table:
    return conform(
        THING,
        pa.table(
            {
                "id": pa.array(range(len(rows)), pa.int64()),
                "a": pa.array([a for _, a in rows], pa.string()),
                "b": pa.array([b for b, _ in rows], pa.int64()),
            }
        ),
    )


def test_a_mapped_table_is_the_same_and_leaves_no_file(tmp_path: Path) -> None:
    for name, data in sample_tables().items():
        kept = Room(scratch=tmp_path).keep(data.schema, windows(data, 2))
        assert kept.equals(data, check_metadata=True), name
        assert list(tmp_path.iterdir()) == []
        assert Room().keep(data.schema, windows(data, 2)).equals(data, check_metadata=True), name


def test_an_empty_table_is_kept_as_one(tmp_path: Path) -> None:
    schema = sample_tables()["events"].schema
    assert Room(scratch=tmp_path).keep(schema, []).equals(schema.empty_table(), check_metadata=True)


def test_files_of_a_mapped_table_are_the_same_to_the_byte(tmp_path: Path) -> None:
    for table in published():
        written = []
        for room in (Room(), Room(scratch=tmp_path / "scratch")):
            data = in_order(sample_tables()[table.name], table.order)
            mapped = room.keep(data.schema, windows(data, 3))
            write_parquet(mapped, tmp_path / "t.parquet", table.order, codes_of(table, mapped))
            write_csv(mapped, tmp_path / "t.csv")
            written.append([(tmp_path / name).read_bytes() for name in ("t.parquet", "t.csv")])
            again = conform(table, read_parquet(tmp_path / "t.parquet", room))
            assert again.equals(data, check_metadata=True)
        assert written[0] == written[1], table.name


def test_csv_has_one_header_and_all_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = sample_tables()["events"]
    write_csv(data, tmp_path / "whole.csv")
    monkeypatch.setattr("pipelines.release.files.windows", lambda rows: windows(rows, 1))
    write_csv(data, tmp_path / "rows.csv")
    assert (tmp_path / "rows.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()


def test_mapped_tables_differ_and_break_rules_as_others_do(tmp_path: Path) -> None:
    rows = sample_rows()
    rows["events"][0]["place"] = "Karachi"
    del rows["citations"][:]
    room = Room("100MB", tmp_path)
    was, now = sample_tables(), to_tables(rows)
    mapped = {name: room.keep(data.schema, windows(data, 2)) for name, data in now.items()}
    compared = [table for table in published() if table.name != "changes"]
    assert diff_tables(was, mapped, compared, room).equals(diff_tables(was, now, compared))
    assert diff_tables(was, mapped, compared, room).num_rows > 1
    assert run_checks(mapped, room=room) == run_checks(now)


@given(CELLS)
def test_rows_are_in_order_when_they_are_and_only_then(rows: list[Row]) -> None:
    data = things(rows)
    wanted = sorted(rows, key=lambda row: [(cell is None, cell if cell is not None else 0) for cell in row])
    ordered = in_order(data, ["b", "a"])
    assert list(zip(ordered["b"].to_pylist(), ordered["a"].to_pylist(), strict=True)) == wanted
    assert (ordered is data) == (rows == wanted)
    assert in_order(ordered, ["b", "a"]) is ordered


@pytest.mark.parametrize("size", [1, 2, 3])
def test_the_order_is_looked_at_across_pieces(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.arrow.WINDOW", size)
    for at in range(7):
        rows: list[Row] = [(number, "a") for number in range(8)]
        rows[at], rows[at + 1] = rows[at + 1], rows[at]
        assert in_order(things(rows), ["b"])["b"].to_pylist() == list(range(8)), at


@pytest.fixture
def in_pieces(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(checks, "_PIECE", 2)
    yield


@given(rows=CELLS)
def test_a_key_that_is_there_twice_is_found_across_pieces(rows: list[Row]) -> None:
    data = things(rows)
    told = [line.partition(" times")[0] for line in schema_problems(THING, data) if "unique a, b" in line]
    said = checks._repeated(THING, data, ["a", "b"])
    assert told == ([] if said is None else [said.partition(" times")[0]])


@pytest.mark.usefixtures("in_pieces")
def test_what_breaks_a_schema_is_found_in_whatever_piece() -> None:
    good: list[Row] = [(number, "a") for number in range(9)]
    assert schema_problems(THING, things(good)) == []
    for at in range(9):
        bad = [*good]
        bad[at] = (-1, "a")
        assert schema_problems(THING, things(bad)) == ["things.b: at least 0 does not hold (1 times: -1)"], at
    twice: list[Row] = [*good, (4, "a")]
    (line,) = schema_problems(THING, things(twice))
    assert line.startswith("things: unique a, b does not hold (2 times")


@pytest.mark.usefixtures("in_pieces")
def test_the_sample_keeps_its_schemas_in_pieces_too() -> None:
    tables: dict[str, Any] = sample_tables()
    assert [line for name, data in tables.items() for line in schema_problems(load(name), data)] == []


def test_what_does_not_fit_goes_to_the_folder_and_leaves_it(tmp_path: Path) -> None:
    """Also on a connection that may open no file; and within the limit it could not be done in memory."""
    sql = "SELECT max(s) FROM (SELECT md5(i::VARCHAR) || md5((i + 1)::VARCHAR) AS s FROM range(600000) AS t (i) ORDER BY s)"
    with duckdb.connect() as connection:
        Room("40MB", tmp_path).bound(connection)
        connection.execute("SET enable_external_access = false; SET threads = 1")
        found = connection.execute(sql).fetchone()
        assert len(list(tmp_path.iterdir())) == 1
    assert list(tmp_path.iterdir()) == []
    with duckdb.connect() as connection:
        assert connection.execute(sql).fetchone() == found


def test_what_does_not_fit_anywhere_is_told_in_a_line(tmp_path: Path) -> None:
    data = sample_tables()
    greedy = [checks.Check("greedy", "All pairs.", "SELECT list(i) FROM range(50000000) AS t (i)", ("events",))]
    with pytest.raises(
        PactwatchError, match=r"a check across rows needs more memory than it may take, 20MB.*--memory-limit"
    ):
        run_checks(data, greedy, Room("20MB", tmp_path))


def test_duckdb_draws_nothing_on_what_is_printed() -> None:
    """It takes a process without a script for a person's session, as a helper of a pool may be."""
    ask = "db.sql(\"SELECT current_setting('enable_progress_bar')\").fetchall()"
    code = f"import duckdb; from pipelines.room import Room; db = duckdb.connect(); Room().bound(db); print({ask})"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert ran.stdout == "[(False,)]\n"
