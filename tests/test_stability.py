"""Ids, trails and differences over long random histories: whatever happens to the documents, no published id leads nowhere.

PACTWATCH_WORLDS says how many random sequences of releases are tried (default 24; `make stability` tries 1,000).
"""

import os
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pipelines.ingest.shelf import Shelf
from pipelines.release.changes import apply_changes, diff_tables
from pipelines.release.package import write_package
from pipelines.release.plan import Plan, plan_next
from pipelines.release.verify import verify
from pipelines.release.versions import newest_release
from pipelines.resolve.run import resolve
from pipelines.tables import published
from tests.worlds import STEPS, World, build

Tables = Mapping[str, pa.Table]
RELEASES = 5
TOGETHER = 100
WORLDS = int(os.environ.get("PACTWATCH_WORLDS", "24"))
BATCHES = [(seed, min(TOGETHER, WORLDS - at)) for seed, at in enumerate(range(0, WORLDS, TOGETHER))]
COMPARED = [table for table in published() if table.name != "changes"]
KEYS = {"event": "events", "agreement": "agreements", "actor": "actors", "source": "sources", "statement": "statements"}


def ids(tables: Tables) -> set[tuple[str, str]]:
    return {(kind, key) for kind, name in KEYS.items() for key in tables[name].column(0).to_pylist()}


def history(tables: Tables) -> dict[tuple[str, str], list[dict[str, Any]]]:
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in tables["id_history"].to_pylist():
        found.setdefault((row["record_type"], row["old_id"]), []).append(row)
    return found


def triggers(tables: Tables) -> dict[tuple[str, str, int, int], set[str]]:
    """By text and place which records are told there."""
    texts = dict(zip(tables["sources"]["source_id"].to_pylist(), tables["sources"]["sha256"].to_pylist(), strict=True))
    found: dict[tuple[str, str, int, int], set[str]] = {}
    for s in tables["statements"].to_pylist():
        if s["field"] in {"type", "instrument"}:
            found.setdefault((s["record_type"], texts[s["source_id"]], s["start"], s["end"]), set()).add(s["record_id"])
    return found


def no_id_leads_nowhere(ever: set[tuple[str, str]], tables: Tables) -> None:
    living, trail = ids(tables), history(tables)
    for kind, key in ever - living:
        assert (kind, key) in trail, f"{kind} {key} is gone without a trace"
        last = trail[kind, key][-1]
        assert last["current_id"] is None or (kind, last["current_id"]) in living
        assert last["current_id"] or "retracted" in {row["reason"] for rows in trail.values() for row in rows}


def a_passage_keeps_its_record(before: Tables, after: Tables, version: str) -> None:
    """What a passage told before it tells now under the same id, or under one that the trail names."""
    trail, then, was = history(after), triggers(before), ids(before)
    for place, records in triggers(after).items():
        for old in then.get(place, ()):
            entries = trail.get((place[0], old), [])
            known = {row["new_id"] for row in entries if row["version"] == version} | {old}
            known |= {entries[-1]["current_id"]} if entries else set()
            splits = {row["new_id"] for rows in trail.values() for row in rows if row["reason"] == "split"}
            assert all(new in known | splits or (place[0], new) in was for new in records), (place, old, records)


def a_quiet_world_is_left_alone(worlds: list[World], steps: list[str], plan: Plan) -> None:
    touched = set(plan.tables["changes"]["row_key"].to_pylist())
    version = ".".join(map(str, plan.version))
    moved = [r for r in plan.tables["id_history"].to_pylist() if r["version"] == version]
    now = {r["old_id"] for r in moved if r["reason"] == "retracted"}
    said = plan.tables["statements"].to_pylist()
    for world, step in zip(worlds, steps, strict=True):
        mine = {s["record_id"] for s in said if s["source_id"] in world.papers}
        if step == "nothing":
            assert not mine & touched, f"world {world.number} has changed by itself"
        if step in {"arrive", "nothing"}:
            assert not mine & now, f"an arrival has retracted something of world {world.number}"


@pytest.mark.parametrize(("seed", "count"), BATCHES)
def test_ids_are_stable_or_traced_through_any_history(seed: int, count: int, tmp_path: Path, home: Path) -> None:
    rng = random.Random(seed)
    worlds = [World.make(number, seed) for number in range(count)]
    ever: set[tuple[str, str]] = set()
    states: list[Tables] = []
    for number in range(RELEASES):
        steps = [rng.choice(STEPS) if number else "arrive" for _ in worlds]
        for world, step in zip(worlds, steps, strict=True):
            if number:
                world.step(step)
        documents, extracted = build(rng.sample(worlds, len(worlds)))
        for document in documents:
            Shelf(home / "texts").put(document)
        before = newest_release(tmp_path)
        old = before.tables() if before else None
        plan = plan_next(resolve(rng.sample(documents, len(documents)), extracted, previous=old), tmp_path)
        package = write_package({}, tmp_path, plan=plan)
        report = verify(package.folder)
        assert report.ok, report.problems
        assert report.statements == report.proven > 0
        ever |= ids(plan.tables)
        no_id_leads_nowhere(ever, plan.tables)
        if old is not None and plan.new:
            assert same(apply_changes(old, plan.tables["changes"], COMPARED), plan.tables)
            a_passage_keeps_its_record(old, plan.tables, package.version)
            a_quiet_world_is_left_alone(worlds, steps, plan)
        again = plan_next(resolve(documents, extracted, previous=plan.tables), tmp_path)
        assert again.change == "none", "the same documents read again are another release"
        states.append(plan.tables)
    step_by_step = states[0]
    for state in states[1:]:
        step_by_step = apply_changes(step_by_step, diff_tables(step_by_step, state, COMPARED), COMPARED)
    at_once = apply_changes(states[0], diff_tables(states[0], states[-1], COMPARED), COMPARED)
    assert same(step_by_step, states[-1])
    assert same(at_once, states[-1])


def same(found: Tables, wanted: Tables) -> bool:
    return all(found[table.name].equals(wanted[table.name]) for table in COMPARED)
