"""Differences of two releases: told cell by cell with their cause, readable, and exact when they are applied."""

import json
import random
from datetime import UTC
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.cli.app import run
from pipelines.errors import EXIT_NOT_FOUND
from pipelines.release.changelog import CHANGELOG
from pipelines.release.changes import apply_changes, diff_tables
from pipelines.release.database import DATABASE
from pipelines.release.package import write_package
from pipelines.release.plan import plan_next
from pipelines.release.versions import find_release
from pipelines.tables import published
from tests.sample import MEETING, SIGNING, sample_rows, sample_tables, to_tables

Rows = dict[str, list[dict[str, Any]]]
COMPARED = [table for table in published() if table.name != "changes"]


def differences(after: Rows, before: Rows | None = None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = diff_tables(
        to_tables(before or sample_rows()), to_tables(after), COMPARED
    ).to_pylist()
    return found


@pytest.fixture(scope="module")
def some_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database where a test does not look into it."""
    return write_package(sample_tables(), tmp_path_factory.mktemp("any")).folder / DATABASE


def test_nothing_differs_from_itself() -> None:
    assert differences(sample_rows()) == []


def test_a_changed_cell_is_told_with_the_statement_that_says_it() -> None:
    rows = sample_rows()
    rows["events"][0]["date"] = "2025-08-01"
    (cell,) = differences(rows)
    assert cell == {
        "table_name": "events", "row_key": SIGNING, "column_name": "date", "change": "changed",
        "old_value": "2025-08-02", "new_value": "2025-08-01", "statement_id": "sta-0003",
    }  # fmt: skip


def test_a_cell_that_lost_its_statement_is_told_with_the_one_that_is_gone() -> None:
    rows = sample_rows()
    rows["events"][0]["place"] = None
    rows["statements"] = [s for s in rows["statements"] if s["value"] != "Islamabad"]
    found = {(d["table_name"], d["column_name"], d["row_key"]): d for d in differences(rows)}
    assert found["events", "place", SIGNING]["statement_id"] == "sta-0005"
    assert found["events", "place", SIGNING]["new_value"] is None
    assert found["statements", "*", "sta-0005"]["change"] == "retracted"


def test_a_row_comes_whole_and_goes_whole() -> None:
    rows = sample_rows()
    rows["event_participants"] = [p for p in rows["event_participants"] if p["event_id"] != MEETING]
    (gone, also) = differences(rows)
    assert (gone["row_key"], gone["change"], gone["statement_id"]) == (
        f'["{MEETING}", "irn", "participant"]',
        "retracted",
        "sta-0015",
    )
    assert also["statement_id"] == "sta-0016"
    assert json.loads(gone["old_value"]) == {
        "event_id": MEETING, "actor_id": "irn", "country": "IRN", "role": "participant",
    }  # fmt: skip
    (back, _) = differences(sample_rows(), rows)
    assert (back["change"], back["old_value"], back["new_value"]) == ("added", None, gone["old_value"])


def test_counts_of_a_record_are_caused_by_what_is_new() -> None:
    rows = sample_rows()
    rows["events"][0].update(sources=2, origins=2)
    rows["statements"].append(
        rows["statements"][0] | {"statement_id": "sta-new", "start": 1, "end": 5, "quote": "slam"}
    )
    found = {d["column_name"]: d for d in differences(rows) if d["table_name"] == "events"}
    assert {d["statement_id"] for d in found.values()} == {"sta-new"}
    assert (found["sources"]["old_value"], found["sources"]["new_value"]) == ("1", "2")


TEXTS = st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=8)


@settings(max_examples=10)
@given(st.randoms(use_true_random=False), st.data())
def test_applied_to_the_one_they_give_the_other(rng: random.Random, data: st.DataObject) -> None:
    def changed() -> Rows:
        rows = sample_rows()
        for event in rows["events"]:
            event["place"] = data.draw(TEXTS)
            event["confidence"] = data.draw(st.floats(0, 1))
            event["fields"] = data.draw(st.lists(st.sampled_from(["trade", "energy", 'a "b", c']), max_size=2))
        for source in rows["sources"]:
            source["title"] = data.draw(TEXTS)
            source["published"] = data.draw(st.none() | st.dates())
            source["retrieved_at"] = data.draw(st.none() | st.datetimes(timezones=st.just(UTC)))
        for agreement in rows["agreements"]:
            agreement["binding"] = data.draw(st.none() | st.booleans())
        for table in ("statements", "event_participants", "agreements", "rejected"):
            rows[table] = rng.sample(rows[table], rng.randint(0, len(rows[table])))
        rows["rejected"] += [{"path": p, "reason": "r"} for p in data.draw(st.sets(TEXTS.filter(bool), max_size=3))]
        return rows

    one, other = to_tables(changed()), to_tables(changed())
    changes = diff_tables(one, other, COMPARED)
    made = apply_changes(one, changes, COMPARED)
    assert [name for name in made if not made[name].equals(other[name])] == []
    back = apply_changes(other, diff_tables(other, one, COMPARED), COMPARED)
    assert [name for name in back if not back[name].equals(one[name])] == []


def test_what_the_older_release_had_no_column_or_table_for_is_applied_too() -> None:
    old: dict[str, pa.Table] = sample_tables()
    old["events"] = old["events"].drop_columns(["place"])
    del old["rejected"]
    changes = diff_tables(old, sample_tables(), COMPARED)
    assert {(d["table_name"], d["column_name"]) for d in changes.to_pylist()} == {
        ("events", "place"),
        ("rejected", "*"),
    }
    made = apply_changes(old, changes, COMPARED)
    assert all(made[table.name].equals(sample_tables()[table.name]) for table in COMPARED)


def publish(rows: Rows, out: Path, database: Path) -> Path:
    return write_package({}, out, None, database, plan_next(to_tables(rows), out)).folder


@pytest.fixture
def three(tmp_path: Path, some_file: Path) -> Path:
    """A folder of three releases."""
    out, rows = tmp_path / "dist", sample_rows()
    publish(rows, out, some_file)
    rows["events"][0].update(place="Is|lam`abad <b>\u202e", date="2025-08-01")
    publish(rows, out, some_file)
    for name, key in (("events", "event_id"), ("event_participants", "event_id"), ("statements", "record_id")):
        rows[name] = [row for row in rows[name] if row[key] != MEETING]
    rows["id_history"].append(
        {"record_type": "event", "old_id": MEETING, "entry": 1, "version": None, "reason": "merged", "new_id": SIGNING,
         "label": "meet", "current_id": SIGNING}
    )  # fmt: skip
    publish(rows, out, some_file)
    return out


def test_each_release_carries_what_changed(three: Path) -> None:
    tables = {name: find_release(name, three).tables() for name in ("1.0.0", "1.0.1", "1.1.0")}
    assert tables["1.0.0"]["changes"].num_rows == 0
    for old, new in (("1.0.0", "1.0.1"), ("1.0.1", "1.1.0")):
        made = apply_changes(tables[old], tables[new]["changes"], COMPARED)
        assert all(made[table.name].equals(tables[new][table.name]) for table in COMPARED)
    assert tables["1.1.0"]["id_history"]["version"].to_pylist() == ["1.1.0"]


def test_the_changelog_tells_it_in_words_newest_first(three: Path) -> None:
    text = (three / "1.1.0" / CHANGELOG).read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if line.startswith("## ")] == ["## 1.1.0", "## 1.0.1", "## 1.0.0"]
    assert f"- event `{MEETING}`: meet; planned; 2025-10; Tehran" in text
    assert f"- event `{MEETING}` (meet) merged → `{SIGNING}`" in text
    changed = (
        f"- event `{SIGNING}`: date 2025-08-02 → 2025-08-01 (sta-0003); place Islamabad → Is/lam'abad (b) (sta-0005)"
    )
    assert changed in text
    assert "Events: 1 changed." in text
    assert "The first release: 2 sources, 2 events, 2 agreements, 4 actors, 32 statements" in text
    assert (three / "1.0.1" / CHANGELOG).read_text(encoding="utf-8") in "# Changes\n" + text[text.index("\n## 1.0.1") :]


def test_the_command_compares_versions_and_folders(three: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["diff", "--package", str(three)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("1.0.1 → 1.1.0: minor")
    assert f"event `{MEETING}`" in out
    assert run(["diff", "1.0.0", "--package", str(three), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["from"], found["to"], found["change"], found["schema"]) == ("1.0.0", "1.1.0", "minor", [])
    assert {c["column_name"] for c in found["changes"] if c["row_key"] == SIGNING} == {"date", "place"}
    assert run(["diff", str(three / "latest"), str(three / "1.0.1"), "--package", str(three)]) == 0
    assert capsys.readouterr().out.startswith("1.1.0 → 1.0.1: minor")
    assert run(["diff", "1.0.2", "--package", str(three)]) == EXIT_NOT_FOUND
    assert "did you mean 1.0.1?" in capsys.readouterr().err


def test_a_folder_of_one_release_has_nothing_to_compare(
    tmp_path: Path, some_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(sample_rows(), tmp_path / "dist", some_file)
    assert run(["diff", "--package", str(tmp_path / "dist")]) == EXIT_NOT_FOUND
    assert "no two releases" in capsys.readouterr().err
