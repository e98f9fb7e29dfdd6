"""The release package: the same bytes twice, valid for frictionless, whole or not there, and versioned by its content."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.errors import EXIT_INVALID, PactwatchError
from pipelines.release import descriptor as descriptor_module
from pipelines.release import package as package_module
from pipelines.release.database import DATABASE, build_database
from pipelines.release.files import size_and_hash, write_csv
from pipelines.release.metadata import METADATA
from pipelines.release.package import write_package
from pipelines.release.sqlfiles import read_sql
from pipelines.tables import published
from tests.sample import sample_rows, sample_tables, to_table, to_tables

Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package of the sample. Do not change it."""
    return write_package(sample_tables(), tmp_path_factory.mktemp("dist"), {"lexicon": "abc"}).folder


def described(folder: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    return loaded


def promised(folder: Path) -> dict[str, bytes]:
    """The bytes of everything but the database and the sums, which have its hash."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in {DATABASE, "SHA256SUMS"}
    }


@pytest.fixture(scope="module")
def some_file(package: Path) -> Path:
    """A database where a test does not look into it."""
    return package / DATABASE


# What is in it


def test_the_layout(package: Path) -> None:
    names = [table.name for table in published()]
    files = {f"data/{name}.{form}" for name in names for form in ("csv", "parquet")}
    pieces = {
        f"explorer/data/{name}.json.gz"
        for name in ("actors", "agreements", "events", "index", "network", "passages-0", "sentences-0", "sources")
    }
    assert set(promised(package)) == files | pieces | {"explorer.html", "explorer/index.html"} | {
        "CHANGELOG.md",
        "README.md",
        "datapackage.json",
        "manifest.json",
        *METADATA,
    }
    assert (package.parent / "latest").readlink() == Path("1.0.0")
    assert package.stat().st_mode == package.parent.joinpath("1.0.0", "data").stat().st_mode  # as the umask has it
    assert not (package.parent / ".building").exists()


@pytest.mark.parametrize("page", ["explorer.html", "explorer/index.html"])
def test_the_files_that_a_page_offers_are_there(package: Path, page: str) -> None:
    offered = re.findall(r'href="([^"]+)" download', (package / page).read_text(encoding="utf-8"))
    assert len(offered) == 2 * len(published()) + 1  # and the database
    assert all((package / page).parent.joinpath(path).is_file() for path in offered)


def test_the_descriptor(package: Path) -> None:
    found = described(package)
    assert found["$schema"].endswith("/2.0/datapackage.json")
    assert (found["name"], found["version"], found["created"]) == ("pactwatch", "1.0.0", "2025-08-03T00:00:00Z")
    assert found["licenses"][0]["name"] == "CC-BY-4.0"
    assert found["sources"] == [{"title": "A memorandum on trade", "path": "https://example.org/a"}, {"title": "IRNA"}]
    assert found["pactwatch"]["inputs"] == {"lexicon": "abc"}
    resources = {resource["name"]: resource for resource in found["resources"]}
    assert len(resources) == 2 * len(published()) + 1
    for table in published():
        for name, kind in ((table.name, "table"), (f"{table.name}-parquet", None)):  # the standard knows no other type
            resource = resources[name]
            size, digest = size_and_hash(package / resource["path"])
            assert (resource.get("type"), resource["bytes"], resource["hash"]) == (kind, size, f"sha256:{digest}")
            assert [field["name"] for field in resource["schema"]["fields"]] == table.columns
            assert resource["description"] == table.description
    assert "hash" not in resources["pactwatch-duckdb"]
    assert "bytes" not in resources["pactwatch-duckdb"]


def test_created_is_the_newest_input_and_left_out_where_there_is_none() -> None:
    rows = sample_rows()["sources"]
    assert descriptor_module._newest_input(to_table("sources", rows)) == "2025-08-03T00:00:00Z"
    rows[0]["retrieved_at"] = datetime(2025, 9, 1, 10, 30, 5, tzinfo=UTC)
    rows[1]["published"] = datetime(2030, 1, 1).date()  # noqa: DTZ001 (cited, not an input)
    assert descriptor_module._newest_input(to_table("sources", rows)) == "2025-09-01T10:30:05Z"
    rows[0].update(retrieved_at=None, published=None)
    assert descriptor_module._newest_input(to_table("sources", rows)) is None


def test_frictionless_takes_it_and_reads_its_schemas(package: Path, tmp_path: Path) -> None:
    import frictionless

    report = frictionless.validate(str(package / "datapackage.json"))
    assert report.valid, report.flatten(["name", "type", "message"])
    assert {task.name for task in report.tasks} == {resource["name"] for resource in described(package)["resources"]}

    def broken(name: str, old: str, new: str) -> set[str]:
        """The kinds of error after a change that the descriptor's hashes were made to agree with."""
        copy = tmp_path / f"{name}-{len(list(tmp_path.iterdir()))}"
        shutil.copytree(package, copy)
        path = copy / "data" / f"{name}.csv"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8", newline="\n")
        found = described(copy)
        size, digest = size_and_hash(path)
        next(r for r in found["resources"] if r["name"] == name).update(bytes=size, hash=f"sha256:{digest}")
        (copy / "datapackage.json").write_text(json.dumps(found), encoding="utf-8")
        return {row[0] for row in frictionless.validate(str(copy / "datapackage.json")).flatten(["type"])}

    assert broken("events", "planned", "planed") == {"constraint-error"}
    assert broken("events", '[""energy""', '[""enargy""') <= {"constraint-error", "type-error"} != set()
    assert broken("events", "2025-10,", "10/2025,") == {"constraint-error"}
    assert broken("event_participants", "pak", "ind") == {"foreign-key"}
    assert broken("actors", "irn,", ",") >= {"primary-key"}


def test_the_root_descriptor_is_valid_too() -> None:
    import frictionless

    from pipelines.project import ROOT

    assert frictionless.Package.validate_descriptor(str(ROOT / "datapackage.json")).valid


def test_the_database(package: Path) -> None:
    with duckdb.connect(package / DATABASE, read_only=True) as connection:

        def ask(sql: str) -> list[Any]:
            return connection.execute(sql).fetchall()

        for table in published():
            rows = pq.read_table(package / "data" / f"{table.name}.parquet").num_rows
            assert ask(f'SELECT count(*) FROM "{table.name}"') == [(rows,)]
        comments = dict(ask("SELECT view_name, comment FROM duckdb_views() WHERE NOT internal"))
        assert comments == {view.name: view.comment for view in read_sql("views")}
        assert ask("SELECT count(*) FROM duckdb_tables() WHERE comment IS NULL") == [(0,)]
        kinds = dict(ask("SELECT constraint_type, count(*) FROM duckdb_constraints() GROUP BY ALL"))
        assert kinds["PRIMARY KEY"] == 12
        assert kinds["FOREIGN KEY"] == sum(len(table.foreign_keys) for table in published())
        assert kinds["CHECK"] > 50
        assert ask("SELECT tags['storage_version'] FROM duckdb_databases() WHERE NOT internal")[0][0].startswith(
            "v1.0.0"
        )
    with duckdb.connect() as connection:  # the views do not depend on the name that the database was built under
        connection.execute(f"ATTACH '{package / DATABASE}' AS other (READ_ONLY)")
        assert connection.execute("SELECT count(*) FROM other.timeline").fetchall() == [(2,)]


def test_the_readme(package: Path) -> None:
    text = (package / "README.md").read_text(encoding="utf-8")
    assert "version 1.0.0" in text
    assert "| statements | 32 |" in text
    assert "$" not in text
    for name in [*(table.name for table in published()), *(view.name for view in read_sql("views"))]:
        assert f"| {name} |" in text


# The same bytes


def test_two_writes_give_the_same_bytes(package: Path, tmp_path: Path) -> None:
    shuffled = {
        name: table.take(pa.array(range(table.num_rows - 1, -1, -1), pa.int64()))
        for name, table in reversed(sample_tables().items())
    }
    again = write_package(shuffled, tmp_path, {"lexicon": "abc"}).folder
    assert promised(again) == promised(package)


def test_other_processes_give_the_same_bytes(package: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from tests.sample import sample_tables; "
        "from pipelines.release.package import write_package; "
        "write_package(sample_tables(), Path(sys.argv[1]), {'lexicon': 'abc'})"
    )
    root = Path(__file__).parents[1]
    environment = {**os.environ, "PYTHONPATH": str(root), "PYTHONHASHSEED": "7", "TZ": "Pacific/Kiritimati"}
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, env=environment, cwd=root)
    assert promised(tmp_path / "1.0.0") == promised(package)


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"), min_size=1)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(texts, st.none() | texts), max_size=5), st.floats(0, 1), st.lists(st.sampled_from("abc,\"'")))
def test_csv_gives_back_what_was_written(
    tmp_path: Path, cells: list[tuple[str, str | None]], number: float, items: list[str]
) -> None:
    table = pa.table(
        {
            "a": pa.array([first for first, _ in cells], pa.string()),
            "b": pa.array([second for _, second in cells], pa.string()),
            "n": pa.array([number] * len(cells), pa.float64()),
            "l": pa.array([items] * len(cells), pa.list_(pa.string())),
        }
    )
    write_csv(table, tmp_path / "t.csv")
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["a", "b", "n", "l"]
    assert [(a, b or None, float(n), json.loads(ls)) for a, b, n, ls in rows] == [
        (first, second, number, items) for first, second in cells
    ]


def test_csv_of_times_flags_and_nulls(tmp_path: Path) -> None:
    moment = datetime(2025, 8, 3, 23, 59, 58, tzinfo=UTC)
    write_csv(
        pa.table(
            {
                "t": pa.array([moment, None], pa.timestamp("us", "UTC")),
                "d": pa.array([moment.date(), None]),
                "b": pa.array([True, None]),
                "l": pa.array([[], None], pa.list_(pa.string())),
            }
        ),
        tmp_path / "t.csv",
    )
    assert (tmp_path / "t.csv").read_bytes() == b"t,d,b,l\n2025-08-03T23:59:58Z,2025-08-03,true,[]\n,,,\n"


# Whole or not there


@pytest.mark.parametrize(
    "step",
    "write_parquet write_csv build_database weigh _readme changelog manifest write_metadata build_explorer sums settle publish".split(),
)
def test_there_is_never_half_a_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, some_file: Path
) -> None:
    first = write_package(sample_tables(), tmp_path / "dist", database=some_file).folder
    before = promised(first)

    def fail(*_: Any, **__: Any) -> None:
        raise OSError("the disk is full")

    rows = sample_rows()
    rows["events"][0]["confidence"] = 0.5
    monkeypatch.setattr(package_module, step, fail)
    with pytest.raises(OSError, match="disk is full"):
        write_package(to_tables(rows), tmp_path / "dist")
    assert sorted(path.name for path in (tmp_path / "dist").iterdir()) == [".lock", "1.0.0", "latest", "versions.json"]
    assert promised(tmp_path / "dist" / "latest") == before
    monkeypatch.undo()
    assert write_package(to_tables(rows), tmp_path / "dist", database=some_file).version == "1.0.1"


def test_what_a_killed_build_left_is_cleared_away(tmp_path: Path, some_file: Path) -> None:
    (tmp_path / ".building" / "data").mkdir(parents=True)
    (tmp_path / ".building" / "data" / "old.csv").write_text("half")
    folder = write_package(sample_tables(), tmp_path, database=some_file).folder
    assert not (folder / "data" / "old.csv").exists()
    assert not (tmp_path / ".building").exists()


def test_a_row_that_breaks_a_rule_stops_the_release(tmp_path: Path) -> None:
    for table, cells in (
        ("events", {"agreement_id": "agr-none"}),
        ("events", {"status": "maybe"}),
        ("actors", {"actor_id": "pak"}),
    ):
        rows = sample_rows()
        rows[table][0].update(cells)
        with pytest.raises(PactwatchError) as caught:
            write_package(to_tables(rows), tmp_path)
        assert caught.value.exit_code == EXIT_INVALID
        assert table in str(caught.value)
        assert [path.name for path in tmp_path.iterdir()] == [".lock"]


def test_a_missing_table_stops_the_release(tmp_path: Path) -> None:
    tables = sample_tables()
    del tables["citations"]
    with pytest.raises(PactwatchError, match="citations"):
        write_package(tables, tmp_path / "dist")
    assert not (tmp_path / "dist").exists()


def test_a_database_is_replaced_in_one_step(tmp_path: Path, package: Path) -> None:
    target = tmp_path / DATABASE
    target.write_bytes(b"old")
    (tmp_path / f"{DATABASE}.wal").write_bytes(b"a log of the old one")
    with pytest.raises(FileNotFoundError):
        build_database(tmp_path, target)  # there are no Parquet files
    assert target.read_bytes() == b"old"
    build_database(package / "data", target)
    assert [path.name for path in tmp_path.iterdir()] == [DATABASE]


def test_parents_may_come_in_any_order(tmp_path: Path) -> None:
    rows = sample_rows()
    chain = [
        "irna",
        "a-bureau",
        "z-desk",
        "masoud-pezeshkian",
    ]  # sorted by key, children stand before parents and after
    for child, parent in zip(chain, ["irn", "irna", "a-bureau", "z-desk"], strict=True):
        known = next((row for row in rows["actors"] if row["actor_id"] == child), None)
        if known is None:
            known = rows["actors"][2] | {"actor_id": child}
            rows["actors"].append(known)
        known["parent_actor_id"] = parent
    folder = write_package(to_tables(rows), tmp_path).folder
    with duckdb.connect(folder / DATABASE, read_only=True) as connection:
        assert connection.execute("SELECT count(parent_actor_id) FROM actors").fetchall() == [(4,)]


def test_a_database_that_is_handed_over_is_used(tmp_path: Path, package: Path) -> None:
    made = write_package(sample_tables(), tmp_path, database=package / DATABASE)
    assert (made.folder / DATABASE).read_bytes() == (package / DATABASE).read_bytes()


def test_no_folder_in_a_release_is_empty(package: Path) -> None:
    """What a step leaves on the disk while it works (DuckDB's spill) is none of a release's business."""
    assert [path.name for path in package.rglob("*") if path.is_dir() and not any(path.iterdir())] == []
