"""Tables in partitions: what a package of them says, how it is read, and that it says the same as one of single files."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import fsspec
import pandas
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import dataset

from pipelines import partitions
from pipelines.errors import PactwatchError
from pipelines.release.floors import rows_before
from pipelines.release.manifest import SUMS, sums
from pipelines.release.package import write_package
from pipelines.release.query import run_query
from pipelines.release.record import find_record
from pipelines.release.retracted import retracted
from pipelines.release.verify import verify
from pipelines.release.versions import find_release, newest_release
from tests.sample import SIGNING, sample_rows, to_tables

MOST = 4
SEEN = datetime(2025, 8, 3, 21, 30, tzinfo=UTC)


def tables() -> dict[str, pa.Table]:
    rows = sample_rows()
    rows["sources"][0]["retrieved_at"] = SEEN
    return to_tables(rows)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_package(tables(), tmp_path_factory.mktemp("whole")).folder


@pytest.fixture(scope="module")
def parted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(partitions, "MOST_ROWS", MOST)
        return write_package(tables(), tmp_path_factory.mktemp("parted")).folder


@pytest.fixture
def copied(parted: Path, tmp_path: Path) -> Path:
    """A copy of the package that may be harmed."""
    subprocess.run(["cp", "-r", str(parted), str(tmp_path / "1.0.0")], check=True)
    return tmp_path / "1.0.0"


def described(package: Path) -> dict[str, Any]:
    loaded = json.loads((package / "datapackage.json").read_text(encoding="utf-8"))
    return {resource["name"]: resource for resource in loaded["resources"]}


@given(rows=st.integers(0, 40), most=st.integers(1, 15))
def test_each_row_is_in_one_partition_and_none_is_too_large(rows: int, most: int) -> None:
    data = pa.table({"number": range(rows)})
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(partitions, "MOST_ROWS", most)
        named, pieces = partitions.paths("t", rows, "csv"), list(partitions.pieces(data))
    assert len(named) == len(pieces) == max(1, -(-rows // most))
    assert pa.concat_tables(pieces).equals(data)
    assert all(piece.num_rows <= most for piece in pieces)
    assert named == sorted(named) and (named == ["data/t.csv"]) is (rows <= most)


def test_the_descriptor_lists_the_partitions_of_a_table_as_one_resource(parted: Path) -> None:
    rows = tables()
    resources = described(parted)
    for name, data in rows.items():
        for resource, suffix in ((resources[name], "csv"), (resources[f"{name}-parquet"], "parquet")):
            number = -(-data.num_rows // MOST)
            if number <= 1:
                assert resource["path"] == f"data/{name}.{suffix}" and "parts" not in resource
                continue
            assert resource["path"] == [f"data/{name}.{suffix}/part-{part:04}.{suffix}" for part in range(number)]
            assert [part["path"] for part in resource["parts"]] == resource["path"]
            assert "bytes" not in resource and "hash" not in resource
            assert [part["bytes"] for part in resource["parts"]] == [
                (parted / p).stat().st_size for p in resource["path"]
            ]
    assert len(resources["statements"]["path"]) > 3
    assert "`statements`" in (parted / "README.md").read_text(encoding="utf-8")


def test_it_is_verified_like_any_other(parted: Path, whole: Path) -> None:
    one, other = verify(parted), verify(whole)
    assert (one.ok, one.problems, one.tables, one.views) == (True, [], other.tables, other.views + len(several(parted)))
    assert one.files == one.files_good > other.files


def several(package: Path) -> list[str]:
    return [name for name, resource in described(package).items() if name.endswith("-parquet") and "parts" in resource]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM statements ORDER BY statement_id",
        "SELECT * FROM sources ORDER BY source_id",
        "SELECT * FROM timeline",
        "SELECT * FROM evidence ORDER BY ALL",
        "SELECT table_name, column_name, data_type, comment FROM duckdb_columns() WHERE database_name = 'pactwatch' ORDER BY ALL",
        "SELECT quote FROM statements WHERE record_id = 'evt-0000000000a1' AND field = 'place'",
    ],
)
def test_a_query_gives_what_the_package_of_single_files_gives(parted: Path, whole: Path, sql: str) -> None:
    one, other = run_query(sql, parted), run_query(sql, whole)
    assert len(other.rows) > 0
    assert (one.columns, one.rows) == (other.columns, other.rows)


def test_a_query_neither_reads_nor_writes_files(parted: Path) -> None:
    part = parted / "data" / "statements.parquet" / "part-0000.parquet"
    before = part.read_bytes()
    for sql in (
        f"COPY (SELECT 1 AS a) TO '{part}' (FORMAT parquet)",
        f"EXPLAIN ANALYZE COPY (SELECT 1 AS a) TO '{part}' (FORMAT parquet)",
        f"SELECT * FROM read_parquet('{part}')",
        "SET VARIABLE pactwatch = '/etc'; SELECT content FROM read_text('/etc/hostname')",
    ):
        with pytest.raises(PactwatchError):
            run_query(sql, parted)
    assert part.read_bytes() == before
    assert find_record(SIGNING, parted).row["type"] == "sign"


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tehran"])
def test_the_database_is_read_from_its_folder_and_from_elsewhere(parted: Path, tmp_path: Path, zone: str) -> None:
    asked = "SELECT (SELECT count(*) FROM evidence), (SELECT max(retrieved_at)::VARCHAR FROM sources)"
    code = "import duckdb, sys; c = duckdb.connect(sys.argv[1], read_only=True); [c.execute(q) for q in sys.argv[2:-1]]; print(c.sql(sys.argv[-1]).fetchall())"
    expected = str([(tables()["statements"].num_rows, "2025-08-03 21:30:00")])

    def ask(folder: Path, database: str, *before: str) -> str:
        command = [sys.executable, "-c", code, database, f"SET TimeZone = '{zone}'", *before, asked]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        return done.stdout.strip() or done.stderr

    database = str(parted / "pactwatch.duckdb")
    assert ask(parted, "pactwatch.duckdb") == expected
    assert ask(tmp_path, database, f"SET VARIABLE pactwatch = '{parted}'") == expected
    assert ask(tmp_path, database, f"SET file_search_path = '{parted}'") == expected
    assert "No files found" in ask(tmp_path, database)


def test_the_database_is_read_in_a_store(parted: Path) -> None:
    memory = fsspec.filesystem("memory")
    memory.put(str(parted), "/partitions", recursive=True)
    with duckdb.connect() as connection:
        connection.register_filesystem(memory)
        connection.register_filesystem(fsspec.filesystem("dir", path="/partitions", fs=memory))
        connection.execute("ATTACH 'dir://pactwatch.duckdb' AS pactwatch (READ_ONLY)")
        connection.execute("SET VARIABLE pactwatch = 'memory://partitions'")
        found = connection.execute("SELECT count(*) FROM pactwatch.evidence").fetchall()
    assert found == [(tables()["statements"].num_rows,)]


def test_other_readers_take_the_folder_for_one_table(parted: Path) -> None:
    rows = tables()["statements"]
    folder = parted / "data" / "statements.parquet"
    ids = rows["statement_id"].to_pylist()
    assert pandas.read_parquet(folder)["statement_id"].tolist() == ids
    assert pl.scan_parquet(folder).select("statement_id").collect()["statement_id"].to_list() == ids
    assert dataset.dataset(folder).to_table(columns=["statement_id"])["statement_id"].to_pylist() == ids
    found = duckdb.sql(f"SELECT count(*), sum(length(quote)) FROM read_parquet('{folder}/*.parquet')").fetchall()
    assert found == [(rows.num_rows, sum(len(quote or "") for quote in rows["quote"].to_pylist()))]
    csv = pl.concat([pl.read_csv(path) for path in sorted((parted / "data" / "statements.csv").iterdir())])
    assert csv["statement_id"].to_list() == ids


def test_frictionless_and_croissant_read_all_partitions(parted: Path) -> None:
    frictionless = pytest.importorskip("frictionless", reason="the extra interop is not installed")
    mlcroissant = pytest.importorskip("mlcroissant", reason="the extra interop is not installed")
    report = frictionless.validate(str(parted / "datapackage.json"))
    assert report.flatten(["type", "message"]) == []
    statements = frictionless.Package(str(parted / "datapackage.json")).get_resource("statements").read_rows()
    assert len(statements) == tables()["statements"].num_rows
    records = mlcroissant.Dataset(jsonld=parted / "croissant.json").records("statements")
    assert {record["statements/statement_id"].decode() for record in records} == set(
        tables()["statements"]["statement_id"].to_pylist()
    )


def test_the_page_shows_the_same(parted: Path, whole: Path) -> None:
    names = sorted(path.name for path in (whole / "explorer" / "data").iterdir())
    assert names == sorted(path.name for path in (parted / "explorer" / "data").iterdir())
    for name in names:
        assert (parted / "explorer" / "data" / name).read_bytes() == (
            whole / "explorer" / "data" / name
        ).read_bytes(), name


def test_the_next_release_follows_and_another_size_alone_makes_none(
    parted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = parted.parent
    monkeypatch.setattr(partitions, "MOST_ROWS", MOST)
    assert not write_package(tables(), out).new
    assert find_release("1.0.0", out).tables()["statements"].equals(tables()["statements"])
    assert rows_before(out) == {name: data.num_rows for name, data in tables().items()}
    rows = tables()
    rows["events"] = rows["events"].slice(1)
    assert retracted(out, rows)["events"] == tables()["events"]["event_id"].to_pylist()[:1]
    monkeypatch.undo()
    assert not write_package(tables(), out).new
    rows = sample_rows()
    rows["events"][0]["confidence"] = 0.5
    package = write_package(to_tables(rows), out)
    newest = newest_release(out)
    assert package.version == "1.0.1" and newest is not None
    assert newest.files("statements") == [out / "1.0.1" / "data" / "statements.parquet"]
    changed = newest.tables()["changes"].select(["table_name", "column_name"]).to_pylist()
    assert {"table_name": "events", "column_name": "confidence"} in changed
    assert not any(row["table_name"] == "statements" for row in changed)


def test_a_partition_that_is_other_or_gone_is_told(copied: Path) -> None:
    part = copied / "data" / "statements.parquet" / "part-0001.parquet"
    part.write_bytes((copied / "data" / "statements.parquet" / "part-0000.parquet").read_bytes())
    (copied / SUMS).write_text(sums(copied))
    assert any("part-0001.parquet has" in problem for problem in verify(copied).problems)
    with pytest.raises(PactwatchError, match="not the file that was published"):
        find_release("1.0.0", copied.parent).tables()
    part.unlink()
    assert any("part-0001.parquet is missing" in problem for problem in verify(copied).problems)


@pytest.mark.parametrize("parts", [[], None, [{"path": "../../x"}], ["a", 1], {"a": 1}, "more"])
def test_parts_that_are_not_those_of_the_path_are_told(copied: Path, parts: object) -> None:
    loaded = json.loads((copied / "datapackage.json").read_text(encoding="utf-8"))
    for resource in loaded["resources"]:
        if resource["name"] == "statements-parquet":
            resource["parts"] = [*resource["parts"], "x"] if parts == "more" else parts
    (copied / "datapackage.json").write_text(json.dumps(loaded))
    report = verify(copied)
    assert not report.ok
    assert any("its parts are not those of its path" in problem for problem in report.problems)


def test_a_view_over_other_files_is_told(copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(copied)
    with duckdb.connect("pactwatch.duckdb") as connection:
        connection.execute("DROP VIEW statements")
        connection.execute(
            "CREATE VIEW statements AS SELECT * FROM read_parquet('data/statements.parquet/part-0000.parquet')"
        )
    assert any("the view statements is not the one" in problem for problem in verify(copied).problems)


def test_a_key_to_a_table_in_partitions_is_left_out_and_others_hold(parted: Path, whole: Path) -> None:
    sql = "SELECT constraint_text FROM duckdb_constraints() WHERE table_name = 'events' AND constraint_type = 'FOREIGN KEY'"
    assert "event_types-parquet" in several(parted) and "agreements-parquet" not in several(parted)
    kept, all_of_them = ({text for (text,) in run_query(sql, package).rows} for package in (parted, whole))
    assert {text for text in all_of_them if "event_types" not in text} == kept < all_of_them
    assert any("agreements" in text for text in kept)


def test_a_view_says_where_it_looks_for_its_files(parted: Path) -> None:
    sql = "SELECT comment FROM duckdb_views() WHERE view_name = 'statements' AND database_name = 'pactwatch'"
    assert "SET VARIABLE pactwatch = 'FOLDER'" in run_query(sql, parted).rows[0][0]


def test_a_package_of_other_days_is_asked_with_the_columns_that_it_has(copied: Path) -> None:
    for part in (copied / "data" / "statements.parquet").iterdir():
        data = pq.read_table(part)
        pq.write_table(data.drop_columns(["rule"]).append_column("of_old", pa.array(["x"] * data.num_rows)), part)
    found = run_query("SELECT count(of_old), count(DISTINCT statement_id) FROM statements", copied).rows
    assert found == [(tables()["statements"].num_rows,) * 2]
    with pytest.raises(PactwatchError, match="rule"):
        run_query("SELECT rule FROM statements", copied)
