"""Queries: read-only, shut off from everything else, and shown without what could harm a terminal."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.errors import EXIT_NOT_FOUND, EXIT_USAGE, PactwatchError
from pipelines.release.database import DATABASE
from pipelines.release.package import write_package
from pipelines.release.query import FORMS, Result, render, run_query
from tests.sample import sample_tables


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one release."""
    return write_package(sample_tables(), tmp_path_factory.mktemp("dist")).folder.parent


def test_a_query_reads_the_newest_package(out: Path) -> None:
    for folder in (out, out / "latest", out / "1.0.0"):
        result = run_query("SELECT type, fields FROM events ORDER BY date", folder)
        assert (result.columns, result.rows) == (["type", "fields"], [("sign", ["energy", "trade"]), ("meet", [])])


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/hostname')",
        "SELECT * FROM '/etc/hostname'",
        "SELECT * FROM glob('/etc/*')",
        "SELECT content FROM read_text('/etc/hostname')",
        "COPY events TO '/tmp/events.csv'",
        "ATTACH '/tmp/other.duckdb'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "SET threads = 1",
        "DELETE FROM events",
        "UPDATE events SET confidence = 1",
        "CREATE TABLE more (a INT)",
        "DROP VIEW timeline",
        "EXPORT DATABASE '/tmp/all'",
        "SELECT * FROM a_variable",
        "SELECT nothing",
        "SELEKT 1",
        "",
    ],
)
def test_what_is_not_reading_this_database_is_refused(out: Path, sql: str) -> None:
    a_variable = pa.table({"a": [1]})
    assert a_variable.num_rows == 1
    with pytest.raises(PactwatchError) as caught:
        run_query(sql, out)
    assert caught.value.exit_code == EXIT_USAGE
    assert "\n" not in str(caught.value)


def test_nothing_is_left_beside_the_database(out: Path) -> None:
    before = sorted(path.name for path in (out / "1.0.0").iterdir())
    run_query("SELECT count(*) FROM range(2_000_000) AS a ORDER BY 1", out)
    assert sorted(path.name for path in (out / "1.0.0").iterdir()) == before


def test_no_package_and_no_database(out: Path, tmp_path: Path) -> None:
    with pytest.raises(PactwatchError) as caught:
        run_query("SELECT 1", tmp_path)
    assert caught.value.exit_code == EXIT_NOT_FOUND
    (tmp_path / "1.0.0").mkdir()
    (tmp_path / "1.0.0" / "datapackage.json").write_text("{}")
    with pytest.raises(PactwatchError, match=DATABASE) as caught:
        run_query("SELECT 1", tmp_path)
    assert caught.value.exit_code == EXIT_NOT_FOUND


def test_the_table_is_aligned(out: Path) -> None:
    shown = render(run_query("SELECT date, type, sources AS n, agreement_id FROM events ORDER BY date", out), "table")
    assert shown.decode() == (
        "date        type  n  agreement_id\n"
        "----------  ----  -  ----------------\n"
        "2025-08-02  sign  1  agr-0000000000a1\n"
        "2025-10     meet  1\n"
        "(2 rows)\n"
    )
    assert render(run_query("SELECT 1 AS a WHERE false", out), "table").decode() == "a\n-\n(0 rows)\n"


@given(st.text())
def test_the_table_bears_nothing_that_moves_a_cursor(text: str) -> None:
    shown = render(Result([text], [(text,), ([text],)], pa.table({})), "table").decode()
    assert len(shown.split("\n")) == 6
    assert not set(shown) & set("\x1b\x07\x08\r\t\u202e\u2066\u2028\x9b\u200f")


def test_wide_and_long_cells(out: Path) -> None:
    shown = render(
        run_query("SELECT '会談' AS a, repeat('x', 99) AS b UNION ALL SELECT 'ab', 'y' ORDER BY 2", out), "table"
    )
    lines = shown.decode().split("\n")
    assert lines[2] == "会談  " + "x" * 59 + "…"
    assert lines[3] == "ab    y"


SQL = """SELECT NULL AS n, true AS b, 1.5 AS d, 'a,"b' AS t, DATE '2025-08-02' AS day, [1, 2] AS l, {'k': DATE '2025-01-01'} AS s,
'nan'::DOUBLE AS f, sum(3) AS total, TIMESTAMP '2025-08-02 10:00:00' AS at, 1 AS t"""


def test_json_is_one_document(out: Path) -> None:
    assert json.loads(render(run_query(SQL, out), "json")) == [
        {
            "n": None, "b": True, "d": 1.5, "t": 'a,"b', "day": "2025-08-02", "l": [1, 2], "s": {"k": "2025-01-01"},
            "f": None, "total": 3, "at": "2025-08-02T10:00:00", "t_2": 1,
        }
    ]  # fmt: skip
    assert json.loads(render(run_query("SELECT 1 AS a WHERE false", out), "json")) == []


def test_csv(out: Path) -> None:
    rows = list(csv.reader(io.StringIO(render(run_query(SQL, out), "csv").decode())))
    assert rows == [
        ["n", "b", "d", "t", "day", "l", "s", "f", "total", "at", "t"],
        ["", "true", "1.5", 'a,"b', "2025-08-02", "[1, 2]", '{"k": "2025-01-01"}', "", "3", "2025-08-02T10:00:00", "1"],
    ]


def test_parquet(out: Path) -> None:
    made: Any = pq.read_table(
        io.BytesIO(render(run_query("SELECT 1 AS a, 2 AS a, fields FROM events", out), "parquet"))
    )
    assert made.column_names == ["a", "a_2", "fields"]
    assert made.num_rows == 2


def test_other_formats_are_refused(out: Path) -> None:
    assert list(FORMS) == ["table", "csv", "json", "parquet"]
    with pytest.raises(PactwatchError, match="table, csv, json, parquet"):
        render(run_query("SELECT 1", out), "xml")
