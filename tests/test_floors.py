"""How far tables may shrink between two releases."""

from pathlib import Path

import pytest

from pipelines.errors import PactwatchError
from pipelines.release.floors import Floor, fallen, load_floors, rows_before
from pipelines.release.package import write_package
from pipelines.release.retracted import retracted
from tests.sample import MEETING, SIGNING, sample_rows, sample_tables, to_tables


@pytest.mark.parametrize(
    ("before", "now", "falls"),
    [(20, 10, False), (20, 9, True), (21, 10, True), (21, 11, False), (19, 0, False), (0, 0, False), (40, 60, False)],
)
def test_a_floor_is_a_share_of_what_there_was(before: int, now: int, falls: bool) -> None:
    problem = fallen(Floor("events", 0.5, 20), {"events": before}, now)
    assert (problem is not None) is falls
    if problem:
        assert f"from {before} rows to {now}" in problem
        assert "--accept-fall" in problem


def test_the_declared_floors_are_of_tables_that_there_are() -> None:
    floors = load_floors()
    assert {"events", "statements"} <= {floor.table for floor in floors}
    assert all(0 < floor.share <= 1 and floor.least >= 1 and floor.table in floor.rule for floor in floors)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("evnts: {share: 0.5, from: 1}", "did you mean 'events'?"),
        ("events: {share: 0.5}", "the key 'from' is missing"),
        ("events: {share: 50, from: 1}", "share is 50"),
        ("events: {share: true, from: 1}", "share is True"),
        ("events: {share: 0.5, from: 0}", "from is 0"),
        ("events: {share: 0.5, frm: 2}", "unknown key 'frm'"),
    ],
)
def test_a_floor_that_is_not_understood_is_told(text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "floors.yaml"
    path.write_text(text)
    with pytest.raises(PactwatchError) as error:
        load_floors(path)
    assert told in str(error.value)
    assert "\n" not in str(error.value)


def test_rows_are_counted_in_the_newest_release(tmp_path: Path) -> None:
    assert rows_before(tmp_path / "none") == {}
    tables = sample_tables()
    write_package(tables, tmp_path)
    assert rows_before(tmp_path) == {name: table.num_rows for name, table in tables.items()}
    (tmp_path / "1.0.0" / "data" / "events.parquet").write_bytes(b"no parquet")
    assert rows_before(tmp_path)["events"] == 0


def test_what_is_gone_is_listed_by_id(tmp_path: Path) -> None:
    assert retracted(tmp_path, sample_tables()) == {"events": [], "agreements": []}
    write_package(sample_tables(), tmp_path)
    rows = sample_rows()
    rows["events"] = [row for row in rows["events"] if row["event_id"] != MEETING]
    assert retracted(tmp_path, to_tables(rows)) == {"events": [MEETING], "agreements": []}
    lives_on = {"record_type": "event", "old_id": MEETING, "entry": 1, "version": "1.1.0", "reason": "merged"}
    rows["id_history"] = [{**lives_on, "new_id": SIGNING, "label": None, "current_id": SIGNING}]
    assert retracted(tmp_path, to_tables(rows)) == {"events": [], "agreements": []}
