"""A release, read by programs that none of us wrote. Each must give the very cells that were published."""

import csv
import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq
import pytest

from bench.records import World
from pipelines.release.database import DATABASE
from pipelines.release.package import write_package
from pipelines.tables import Table, published

_OLD_DUCKDB = "1.1.3"  # the oldest that reads the keys of a database that DuckDB 2 wrote in the storage of v1.0.0
_JAVASCRIPT = ("datapackage@1.1.10", "tableschema@1.12.6")
_ODD = (
    "NA",
    "null",
    "a, b",
    'so-called "peace"',
    "one\ntwo",
    "日本 🚆",
    " spaced ",
    "=1+1",
    "007",
    "1e5",
    "true",
    "'",
    "\\N",
)
_INSTALL_SECONDS = 300

Rows = Mapping[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of 300 events, with titles that readers are known to mistake for something else."""
    world = World(300)
    for row, title in zip(world.rows["sources"], _ODD, strict=False):
        row["title"] = title
    return write_package(world.tables(), tmp_path_factory.mktemp("dist")).folder


@pytest.fixture(scope="module")
def rows(package: Path) -> Rows:
    """What pyarrow reads out of the Parquet files."""
    return {t.name: pq.read_table(package / f"data/{t.name}.parquet").to_pylist() for t in published()}


def test_the_titles_are_there(rows: Rows) -> None:
    assert {row["title"] for row in rows["sources"]} > set(_ODD)


def test_frictionless_validates_it_from_the_command_line(package: Path) -> None:
    command = [Path(sys.executable).parent / "frictionless", "validate", "datapackage.json", "--json"]
    ended = subprocess.run(command, cwd=package, capture_output=True, text=True, check=False)
    report = json.loads(ended.stdout)
    assert ended.returncode == 0, ended.stdout[-2000:]
    assert report["valid"]
    counted = {task["name"]: task["stats"].get("rows") or 0 for task in report["tasks"]}
    assert {t.name: counted[t.name] for t in published()} == {
        t.name: pq.read_metadata(package / f"data/{t.name}.parquet").num_rows for t in published()
    }


def plain(value: Any) -> Any:
    """A value as Python's own types have it."""
    return list(value) if hasattr(value, "tolist") and not isinstance(value, str) and value.ndim else value


def test_pandas(package: Path, rows: Rows) -> None:
    pandas = pytest.importorskip("pandas", reason="pandas is not installed (make everything)")
    for table in published():
        frame = pandas.read_parquet(package / f"data/{table.name}.parquet")
        for field in table.fields:
            if "enum" in field.constraints:
                assert frame[field.name].dtype == "category"
                if len(frame):
                    assert list(frame[field.name].cat.categories) == field.constraints["enum"]
        made = [
            {name: None if _is_missing(pandas, value) else plain(value) for name, value in row.items()}
            for row in frame.to_dict("records")
        ]
        assert made == rows[table.name], table.name
    events = pandas.read_parquet(package / "data/events.parquet")
    status = events.groupby(["type", "status"], observed=True).size()
    assert status.sum() == len(events)
    assert (events["status"] == "occurred").sum() == [row["status"] for row in rows["events"]].count("occurred")


def _is_missing(pandas: Any, value: Any) -> bool:
    return value is None or (not hasattr(value, "__len__") and bool(pandas.isna(value)))


def test_polars(package: Path, rows: Rows) -> None:
    for table in published():
        frame = pl.read_parquet(package / f"data/{table.name}.parquet")
        for field in table.fields:
            if "enum" in field.constraints:
                assert frame.schema[field.name] == pl.Categorical
        assert frame.to_dicts() == rows[table.name], table.name
    trade = pl.scan_parquet(package / "data/events.parquet").filter(
        pl.col("fields").list.contains("trade")
        & (pl.col("status") == "occurred")
        & (pl.col("date_start") >= date(2020, 1, 1))
    )
    wanted = [
        row["event_id"]
        for row in rows["events"]
        if "trade" in row["fields"]
        and row["status"] == "occurred"
        and (row["date_start"] or date.min) >= date(2020, 1, 1)
    ]
    assert trade.collect()["event_id"].to_list() == wanted != []


# DuckDB of other days


@pytest.fixture(scope="module")
def old_duckdb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an older DuckDB, installed from the package index."""
    target = tmp_path_factory.mktemp("old")
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "-q",
        "--disable-pip-version-check",
        "--no-deps",
        "--only-binary=:all:",
    ]
    ended = subprocess.run(
        [*command, "--target", target, f"duckdb=={_OLD_DUCKDB}"],
        capture_output=True, text=True, timeout=_INSTALL_SECONDS, check=False,
    )  # fmt: skip
    if ended.returncode != 0:
        pytest.skip(f"DuckDB {_OLD_DUCKDB} cannot be installed for this Python: {ended.stderr.strip()[-200:]}")
    return target


_ASK = """
import duckdb, json, sys
folder = sys.argv[1]
assert duckdb.__version__ == sys.argv[2]
connection = duckdb.connect(f"{folder}/pactwatch.duckdb", read_only=True)
ask = lambda sql: connection.execute(sql).fetchall()
tables = [name for (name,) in ask("SELECT table_name FROM duckdb_tables() WHERE NOT internal")]
views = [name for (name,) in ask("SELECT view_name FROM duckdb_views() WHERE NOT internal")]
differ = {
    name: ask(
        f"SELECT count(*) FROM (SELECT * FROM {name} EXCEPT ALL SELECT * FROM read_parquet('{folder}/data/{name}.parquet'))"
    )[0][0]
    for name in tables
}
print(json.dumps({
    "rows": {name: ask(f"SELECT count(*) FROM {name}")[0][0] for name in tables},
    "differ": differ,
    "views": {name: len(ask(f"SELECT * FROM {name}")) for name in views},
    "comment": ask("SELECT comment FROM duckdb_columns() WHERE table_name = 'events' AND column_name = 'date'")[0][0],
    "join": ask("SELECT count(*) FROM events JOIN event_participants USING (event_id) WHERE country IS NOT NULL")[0][0],
}))
"""


def test_an_older_duckdb_opens_the_database_and_the_parquet_files(package: Path, rows: Rows, old_duckdb: Path) -> None:
    import duckdb

    ended = subprocess.run(
        [sys.executable, "-c", _ASK, package, _OLD_DUCKDB],
        env={"PYTHONPATH": str(old_duckdb), "HOME": str(old_duckdb)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr[-2000:]
    found = json.loads(ended.stdout)
    assert found["rows"] == {name: len(held) for name, held in rows.items()}
    assert set(found["differ"].values()) == {0}
    with duckdb.connect(package / DATABASE, read_only=True) as connection:
        views = connection.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()
        assert found["views"] == {
            name: len(connection.execute(f"SELECT * FROM {name}").fetchall()) for (name,) in views
        }
    assert len(found["views"]) > 10
    assert found["comment"].startswith(
        next(f.description for f in published_table("events").fields if f.name == "date")
    )
    assert found["join"] == sum(row["country"] is not None for row in rows["event_participants"])


def published_table(name: str) -> Table:
    return next(table for table in published() if table.name == name)


# JavaScript and R


def from_json(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of Arrow as JSON has it after JavaScript. That library drops blanks before a text, whatever the dialect says."""
    made = dict(row)
    for field in table.fields:
        value = made[field.name]
        if isinstance(value, str):
            made[field.name] = value.lstrip(" ")
        elif isinstance(value, datetime):
            made[field.name] = value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        elif isinstance(value, date):
            made[field.name] = f"{value.isoformat()}T00:00:00.000Z"
    return made


def test_a_reader_in_javascript(package: Path, rows: Rows, tmp_path: Path) -> None:
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("node and npm are not installed")
    shutil.copy(Path(__file__).parent / "javascript" / "read.js", tmp_path)
    (tmp_path / "package.json").write_text("{}")
    command = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent", *_JAVASCRIPT]
    installed = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=_INSTALL_SECONDS, check=False
    )
    if installed.returncode != 0:
        pytest.skip(f"{_JAVASCRIPT[0]} cannot be installed: {installed.stderr.strip()[-200:]}")
    ended = subprocess.run(
        ["node", "read.js", package], cwd=tmp_path, env={"TZ": "UTC", "PATH": "/usr/bin:/bin:/usr/local/bin"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr[-2000:]
    found = json.loads(ended.stdout)
    for table in published():
        assert found[table.name] == [from_json(table, row) for row in rows[table.name]], table.name


_R = """
folder <- commandArgs(trailingOnly = TRUE)[1]
sources <- read.csv(file.path(folder, "data/sources.csv"), na.strings = "", encoding = "UTF-8", colClasses = c(title = "character"))
events <- read.csv(file.path(folder, "data/events.csv"), na.strings = "", colClasses = c(date_start = "Date"))
parts <- read.csv(file.path(folder, "data/event_participants.csv"), na.strings = "")
joined <- merge(events, parts, by = "event_id")
write.csv(data.frame(title = sources$title), file.path(commandArgs(trailingOnly = TRUE)[2]), row.names = FALSE, na = "", fileEncoding = "UTF-8")
cat(nrow(events), class(events$date_start), class(events$confidence), class(events$sources), sum(is.na(events$place)), nrow(joined), "\\n")
cat(format(min(events$date_start, na.rm = TRUE)), format(sum(events$confidence), nsmall = 2), "\\n")
"""


def test_r(package: Path, rows: Rows, tmp_path: Path) -> None:
    program = shutil.which("Rscript")
    if program is None:
        pytest.skip("R is not installed (Debian's package r-base-core)")
    (tmp_path / "read.r").write_text(_R)
    ended = subprocess.run(
        [program, "--vanilla", tmp_path / "read.r", package, tmp_path / "titles.csv"],
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr[-2000:]
    first, second = (line.split() for line in ended.stdout.splitlines())
    events = rows["events"]
    missing = sum(row["place"] is None for row in events)
    assert first == ["300", "Date", "numeric", "integer", str(missing), str(len(rows["event_participants"]))]
    assert second[0] == min(row["date_start"] for row in events if row["date_start"]).isoformat()
    assert float(second[1]) == pytest.approx(sum(row["confidence"] for row in events))
    with (tmp_path / "titles.csv").open(encoding="utf-8", newline="") as file:
        assert [title for (title,) in csv.reader(file)][1:] == [row["title"] for row in rows["sources"]]
