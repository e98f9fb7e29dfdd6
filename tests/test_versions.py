"""Versions of a release: which one a content becomes, and the folder that holds them."""

import copy
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.errors import EXIT_NOT_FOUND, PactwatchError
from pipelines.release import descriptor as descriptor_module
from pipelines.release.database import DATABASE
from pipelines.release.descriptor import outline
from pipelines.release.files import size_and_hash
from pipelines.release.package import write_package
from pipelines.release.plan import plan_next
from pipelines.release.versions import Change, bump, compare, newest_package, releases
from pipelines.tables import published
from tests.sample import sample_rows, sample_tables, to_tables

Rows = dict[str, list[dict[str, Any]]]


def described(folder: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(scope="module")
def some_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database where a test does not look into it."""
    return write_package(sample_tables(), tmp_path_factory.mktemp("any")).folder / DATABASE


def test_versions_follow_the_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, some_file: Path) -> None:
    rows = sample_rows()

    def publish_rows(out: Path, rows: Rows, inputs: dict[str, str] | None = None) -> tuple[str, bool, str]:
        made = write_package(to_tables(rows), out, inputs, some_file)
        return made.version, made.new, made.change

    assert publish_rows(tmp_path, rows) == ("1.0.0", True, "first")
    written = (tmp_path / "1.0.0" / "datapackage.json").stat().st_mtime_ns
    assert publish_rows(tmp_path, rows, {"lexicon": "other"}) == ("1.0.0", False, "none")
    assert (tmp_path / "1.0.0" / "datapackage.json").stat().st_mtime_ns == written
    rows["events"][0]["confidence"] = 0.8
    assert publish_rows(tmp_path, rows) == ("1.0.1", True, "patch")
    rows["rejected"].append({"path": "empty.txt", "reason": "empty: leave it out"})
    assert publish_rows(tmp_path, rows) == ("1.1.0", True, "minor")
    rows["rejected"].pop()
    assert publish_rows(tmp_path, rows) == ("1.2.0", True, "minor")
    from pipelines.project import tree_hash

    monkeypatch.setattr(descriptor_module, "tree_hash", lambda folder: tree_hash(folder)[::-1])
    assert publish_rows(tmp_path, rows) == ("1.2.1", True, "patch")
    monkeypatch.undo()
    older = described(tmp_path / "1.2.1")
    field = next(r for r in older["resources"] if r["name"] == "events-parquet")["schema"]["fields"][1]
    field["constraints"]["enum"].append("gone")
    (tmp_path / "1.2.1" / "datapackage.json").write_text(json.dumps(older))
    assert publish_rows(tmp_path, rows) == ("2.0.0", True, "major")
    older = described(tmp_path / "2.0.0")
    next(r for r in older["resources"] if r["name"] == "events-parquet")["schema"]["fields"][1]["description"] = (
        "Other."
    )
    (tmp_path / "2.0.0" / "datapackage.json").write_text(json.dumps(older))
    assert publish_rows(tmp_path, rows) == ("2.0.1", True, "patch")
    index = json.loads((tmp_path / "versions.json").read_text())
    versions = ["1.0.0", "1.0.1", "1.1.0", "1.2.0", "1.2.1", "2.0.0", "2.0.1"]
    assert [entry["version"] for entry in index["versions"]] == versions
    assert index["latest"] == "2.0.1" == str((tmp_path / "latest").readlink())


def of_schema(change: Callable[[dict[str, Any]], object]) -> Change:
    """How much it matters that the schema of events was otherwise before."""
    now = outline(published(), sample_tables())
    was = copy.deepcopy(now)
    change(next(r for r in was["resources"] if r["name"] == "events-parquet")["schema"])
    return compare(was, now, sample_tables()["changes"])


def column(name: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda schema: next(f for f in schema["fields"] if f["name"] == name)


@pytest.mark.parametrize(
    ("expected", "change"),
    [
        (Change.NONE, lambda schema: None),
        (Change.PATCH, lambda schema: column("date")(schema).update(description="Other words.")),
        (Change.MINOR, lambda schema: schema["fields"].pop()),  # a column was added
        (Change.MINOR, lambda schema: schema["fields"].pop(3)),
        (Change.MINOR, lambda schema: column("status")(schema)["constraints"]["enum"].pop()),  # a code was added
        (Change.MINOR, lambda schema: column("fields")(schema)["itemCategories"].pop()),
        (Change.MAJOR, lambda schema: schema["fields"].append({"name": "gone", "type": "string"})),
        (Change.MAJOR, lambda schema: schema["fields"].reverse()),
        (Change.MAJOR, lambda schema: column("sources")(schema).update(type="number")),
        (Change.MAJOR, lambda schema: column("status")(schema)["constraints"]["enum"].append("gone")),
        (Change.MAJOR, lambda schema: column("status")(schema)["constraints"].pop("enum")),
        (Change.MAJOR, lambda schema: column("place")(schema).update(constraints={"required": True})),
        (Change.MAJOR, lambda schema: schema.update(primaryKey=["event_id", "type"])),
        (Change.MAJOR, lambda schema: schema.update(foreignKeys=[])),
    ],
)
def test_a_schema_that_breaks_programs_is_major_and_one_that_adds_is_minor(
    expected: Change, change: Callable[[dict[str, Any]], object]
) -> None:
    assert of_schema(change) == expected


def test_a_table_that_is_gone_is_major_and_a_new_one_minor() -> None:
    now = outline(published(), sample_tables())
    less = {**now, "resources": [r for r in now["resources"] if not r["name"].startswith("rejected")]}
    assert compare(less, now, sample_tables()["changes"]) == Change.MINOR
    assert compare(now, less, sample_tables()["changes"]) == Change.MAJOR


def test_a_release_that_came_between_is_not_overrun(tmp_path: Path, some_file: Path) -> None:
    rows = sample_rows()
    rows["events"][0]["confidence"] = 0.8
    plan = plan_next(to_tables(rows), tmp_path)
    write_package(sample_tables(), tmp_path, database=some_file)
    with pytest.raises(PactwatchError, match=r"this build follows none, .*: build again"):
        write_package({}, tmp_path, None, some_file, plan)
    assert [release.name for release in releases(tmp_path)] == ["1.0.0"]


def test_ten_comes_after_nine(tmp_path: Path, some_file: Path) -> None:
    package = write_package(sample_tables(), tmp_path / "made", database=some_file).folder
    for name in ("1.9.0", "1.10.0"):
        shutil.copytree(package, tmp_path / name)
    (tmp_path / "1.11.0").mkdir()  # no package
    (tmp_path / "drafts").mkdir()
    assert [release.name for release in releases(tmp_path)] == ["1.9.0", "1.10.0"]
    assert newest_package(tmp_path) == tmp_path / "1.10.0"
    rows = sample_rows()
    rows["events"][0]["confidence"] = 0.8
    assert write_package(to_tables(rows), tmp_path, database=some_file).version == "1.10.1"


def test_the_same_rows_in_other_bytes_are_no_change(tmp_path: Path, some_file: Path) -> None:
    folder = write_package(sample_tables(), tmp_path, database=some_file).folder
    path = folder / "data" / "events.parquet"
    pq.write_table(pq.read_table(path), path, compression="none")
    older = described(folder)
    size, digest = size_and_hash(path)
    next(r for r in older["resources"] if r["name"] == "events-parquet").update(bytes=size, hash=f"sha256:{digest}")
    (folder / "datapackage.json").write_text(json.dumps(older))
    assert not write_package(sample_tables(), tmp_path).new


def test_a_version_is_never_overwritten(tmp_path: Path, some_file: Path) -> None:
    (tmp_path / "1.0.0").mkdir()
    (tmp_path / "1.0.0" / "mine.txt").write_text("not a release")
    with pytest.raises(PactwatchError, match="there already"):
        write_package(sample_tables(), tmp_path, database=some_file)
    assert [path.name for path in (tmp_path / "1.0.0").iterdir()] == ["mine.txt"]
    assert not (tmp_path / "latest").exists()


def test_latest_is_mended_when_it_is_missing(tmp_path: Path, some_file: Path) -> None:
    write_package(sample_tables(), tmp_path, database=some_file)
    (tmp_path / "latest").unlink()
    (tmp_path / "versions.json").unlink()
    assert not write_package(sample_tables(), tmp_path).new
    assert newest_package(tmp_path / "latest") == tmp_path / "1.0.0"
    assert (tmp_path / "versions.json").is_file()


def test_a_release_that_was_tampered_with_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "1.0.0").mkdir()
    (tmp_path / "1.0.0" / "datapackage.json").write_text("{")
    assert newest_package(tmp_path) == tmp_path / "1.0.0"
    with pytest.raises(PactwatchError, match="tampered"):
        write_package(sample_tables(), tmp_path)


def test_no_package_is_told_as_not_found(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(PactwatchError) as caught:
            newest_package(folder)
        assert caught.value.exit_code == EXIT_NOT_FOUND


@given(st.tuples(*[st.integers(0, 99)] * 3), st.sampled_from([Change.PATCH, Change.MINOR, Change.MAJOR]))
def test_a_bump_is_the_next_version_of_its_kind(version: tuple[int, int, int], change: Change) -> None:
    after = bump(version, change)
    assert after > version
    assert [old != new for old, new in zip(version, after, strict=True)].index(True) == 3 - change
    assert set(after[4 - change :]) <= {0}
