"""The SQL of views, checks and examples: views show what they say, and every check catches what it is there for."""

from collections.abc import Callable
from datetime import date
from typing import Any

import duckdb
import pytest

from pipelines.errors import PactwatchError
from pipelines.release.checks import (
    all_checks,
    connect_tables,
    reference_checks,
    rule_checks,
    run_checks,
    schema_problems,
)
from pipelines.release.sqlfiles import read_sql
from pipelines.tables import published
from tests.sample import MEETING, MOU, RAIL, SIGNING, SOURCE, sample_rows, sample_tables, to_tables

Tables = dict[str, list[dict[str, Any]]]


def query(rows: Tables, sql: str) -> list[dict[str, Any]]:
    """What a query over the tables and all views returns."""
    with connect_tables(to_tables(rows)) as connection:
        for view in read_sql("views"):
            connection.execute(view.sql)
        cursor = connection.execute(sql)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def test_the_sample_keeps_every_rule() -> None:
    tables = sample_tables()
    assert [problem for table in published() for problem in schema_problems(table, tables[table.name])] == []
    assert [outcome for outcome in run_checks(tables) if not outcome.passed] == []


# Checks: for each the change of one cell or row that breaks it


def statement(rows: Tables, record: str, field: str) -> dict[str, Any]:
    return next(row for row in rows["statements"] if row["record_id"] == record and row["field"] == field)


def drop(rows: Tables, table: str, **cells: Any) -> None:
    rows[table] = [row for row in rows[table] if any(row[key] != value for key, value in cells.items())]


def dated(date_text: str | None, first: date | None, last: date | None) -> Callable[[Tables], None]:
    return lambda rows: rows["events"][0].update(date=date_text, date_start=first, date_end=last)


def change(table: str, index: int, **cells: Any) -> Callable[[Tables], None]:
    return lambda rows: rows[table][index].update(cells)


def moved(old: str, reason: str, new: str | None, current: str | None) -> dict[str, Any]:
    """A row of the history of ids."""
    cells = {"record_type": "event", "entry": 1, "version": "1.1.0", "label": None}
    return {**cells, "old_id": old, "reason": reason, "new_id": new, "current_id": current}


def brokers_only(rows: Tables) -> None:
    for row in rows["agreement_parties"]:
        row["role"] = "broker"


BREAKS: dict[str, list[Callable[[Tables], None]]] = {
    "records_have_statements": [
        lambda rows: drop(rows, "statements", record_id=SIGNING),
        lambda rows: drop(rows, "statements", record_id=RAIL),
        lambda rows: drop(rows, "statements", record_id="irna"),
    ],
    "event_cells_have_statements": [
        lambda rows: drop(rows, "statements", record_id=SIGNING, field="date"),
        lambda rows: drop(rows, "statements", record_id=MEETING, field="place"),
        lambda rows: drop(rows, "statements", record_id=MEETING, field="status"),
        lambda rows: drop(rows, "statements", record_id=SIGNING, field="type"),
        lambda rows: drop(rows, "statements", record_id=SIGNING, field="agreement_id"),
    ],
    "agreement_cells_have_statements": [
        lambda rows: drop(rows, "statements", record_id=MOU, field="date"),
        lambda rows: drop(rows, "statements", record_id=MOU, field="instrument"),
        lambda rows: drop(rows, "statements", record_id=RAIL, field="status"),
    ],
    "participants_have_statements": [
        lambda rows: drop(rows, "statements", record_id=SIGNING, value="pak"),
        lambda rows: drop(rows, "statements", record_id=RAIL, value="irn"),
    ],
    "date_bounds": [
        dated("2025-08-02", date(2025, 8, 2), date(2025, 8, 3)),
        dated("2025-08-02", None, None),
        dated(None, date(2025, 8, 2), date(2025, 8, 2)),
        dated("XXXX-08-02", date(2025, 8, 2), date(2025, 8, 2)),
        dated("2025-02", date(2025, 2, 1), date(2025, 2, 27)),
        dated("2025-02-30", None, None),
        dated("XXXX-02-30", None, None),
        dated("2025-08-03/2025-08-02", date(2025, 8, 3), date(2025, 8, 2)),
        change("agreements", 0, date_end=date(2025, 8, 3)),
    ],
    "events_have_participants": [lambda rows: drop(rows, "event_participants", event_id=SIGNING)],
    "agreements_have_parties": [
        lambda rows: drop(rows, "agreement_parties", agreement_id=RAIL),
        brokers_only,
    ],
    "sources_are_counted": [change("events", 0, sources=2), change("agreements", 0, sources=2)],
    "origins_within_sources": [change("events", 0, origins=2), change("agreements", 1, origins=2)],
    "plover_follows_crosswalk": [
        change("events", 0, plover="AGREE"),
        change("events", 0, status="planned"),
        change("events", 1, plover="CONSULT"),
        change("events", 1, status="hypothetical"),
    ],
    "statement_records_exist": [
        change("statements", 0, record_id="evt-none"),
        change("statements", 0, record_type="agreement"),
    ],
    "statement_fields_fit": [change("statements", 0, field="party"), change("statements", -1, field="participant")],
    "statement_spans": [change("statements", 0, end=0), change("statements", 0, quote="too short")],
    "citation_spans": [change("citations", 0, end=0), change("citations", 0, cited_source_id=SOURCE)],
    "statement_sources_ingested": [
        change("statements", 0, source_id="irna"),
        lambda rows: rows["citations"][0].update(citing_source_id="irna", cited_source_id=SOURCE),
    ],
    "ingested_sources_have_text": [
        change("sources", 0, sha256=None),
        change("sources", 0, words=None),
        change("sources", 0, language=None),
        change("sources", 1, sha256="0" * 64),
    ],
    "id_history_leads_on": [
        lambda rows: rows["id_history"].append(moved("evt-gone", "merged", "evt-gone-too", "evt-gone-too")),
        lambda rows: rows["id_history"].append(moved("evt-gone", "retracted", None, "evt-gone")),
        lambda rows: rows["id_history"].append(moved("evt-gone", "merged", None, None)),
        lambda rows: rows["id_history"].append(moved(SIGNING, "restored", SIGNING, MEETING)),
        lambda rows: rows["id_history"].append(moved(SIGNING, "split", MEETING, None)),
    ],
    "actor_parents": [
        change("actors", 0, parent_actor_id="irn"),
        change("actors", 0, parent_actor_id="irna"),
    ],
}


@pytest.mark.parametrize(("name", "change"), [(name, change) for name, made in BREAKS.items() for change in made])
def test_a_check_catches_what_it_is_there_for(name: str, change: Callable[[Tables], None]) -> None:
    rows = sample_rows()
    change(rows)
    outcome = next(o for o in run_checks(to_tables(rows), [c for c in rule_checks() if c.name == name]))
    assert outcome.broken >= 1
    assert outcome.examples


def test_every_check_is_broken_above() -> None:
    assert sorted(BREAKS) == [check.name for check in rule_checks()]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2025", date(2025, 1, 1), date(2025, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("1979-12/1981", date(1979, 12, 1), date(1981, 12, 31)),
        ("2025-08-02/2025-08-03", date(2025, 8, 2), date(2025, 8, 3)),
        ("198X", date(1980, 1, 1), date(1989, 12, 31)),
        ("XXXX-07", None, None),
        ("XXXX-02-29", None, None),
        ("XXXX-07-26/XXXX-07-27", None, None),
        ("XXXX-12-30/XXXX-01-02", None, None),
        (None, None, None),
    ],
)
def test_right_bounds_pass(text: str | None, first: date | None, last: date | None) -> None:
    rows = sample_rows()
    dated(text, first, last)(rows)
    assert [o.broken for o in run_checks(to_tables(rows), [c for c in rule_checks() if c.name == "date_bounds"])] == [0]


def test_references_are_checked() -> None:
    names = {check.name for check in reference_checks(published())}
    assert {"events_agreement_id_exists", "statements_attributed_to_exists", "actors_parent_actor_id_exists"} <= names
    rows = sample_rows()
    rows["events"][0]["agreement_id"] = "agr-none"
    rows["statements"][0]["attributed_to"] = "nobody"
    broken = {o.check.name for o in run_checks(to_tables(rows), reference_checks(published())) if not o.passed}
    assert broken == {"events_agreement_id_exists", "statements_attributed_to_exists"}


def test_checks_say_what_they_read() -> None:
    by_name = {check.name: check for check in all_checks()}
    assert by_name["date_bounds"].tables == ("events", "agreements")
    assert all(check.tables and check.rule.endswith(".") for check in by_name.values())


# Views and examples


def test_the_views_that_must_be_there_are() -> None:
    names = {view.name for view in read_sql("views")}
    wanted = {"timeline", "agreement_register", "dyad_year", "actor_network", "watchlist", "disagreements", "evidence"}
    assert wanted | {"agreement_history", "events_high", "events_wide", "follow_up", "late_dates"} == names
    for view in read_sql("views"):
        assert view.sql.startswith(f"CREATE VIEW {view.name} AS\n")
        assert len(view.comment) > 40


@pytest.mark.parametrize("file", [*read_sql("views"), *read_sql("examples")], ids=lambda file: file.name)
def test_views_and_examples_run_with_and_without_rows(file: Any) -> None:
    sql = f"SELECT * FROM {file.name}" if file.sql.startswith("CREATE VIEW") else file.sql
    query({name: [] for name in sample_rows()}, sql)
    rows = query(sample_rows(), sql)
    # That every question has an answer is tested where they are asked of a whole release (test_cookbook.py).
    assert rows or file.name == "late_dates" or not file.sql.startswith("CREATE VIEW")


def test_there_are_twelve_examples() -> None:
    assert len(read_sql("examples")) == 12


def test_a_file_without_a_comment_is_refused(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.release.sqlfiles.ROOT", tmp_path)
    folder = tmp_path / "sql" / "views"
    folder.mkdir(parents=True)
    (folder / "a.sql").write_text("SELECT 1;\n")
    with pytest.raises(PactwatchError, match=r"a\.sql"):
        read_sql("views")


def test_timeline_and_events_wide() -> None:
    rows = query(sample_rows(), "SELECT * FROM timeline")
    assert [(row["date"], row["actors"], row["countries"]) for row in rows] == [
        ("2025-08-02", ["Iran", "Pakistan"], ["IRN", "PAK"]),
        ("2025-10", ["Iran", "Pakistan"], ["IRN", "PAK"]),
    ]
    changed = sample_rows()
    changed["event_participants"][0]["role"] = "host"
    changed["event_participants"][1]["role"] = "initiator"
    wide = query(changed, f"SELECT * FROM events_wide WHERE event_id = '{SIGNING}'")[0]
    assert (wide["hosts"], wide["initiators"], wide["participants"]) == (["Iran"], ["Pakistan"], [])
    assert wide["source_ids"] == [SOURCE]


def test_the_register_names_parties_and_history() -> None:
    first, second = query(sample_rows(), "SELECT * FROM agreement_register")
    assert (first["agreement_id"], first["parties"], first["event_ids"]) == (MOU, ["Iran", "Pakistan"], [SIGNING])
    assert (second["agreement_id"], second["event_ids"], second["brokers"]) == (RAIL, [], [])


def test_dyad_year_counts_once() -> None:
    rows = sample_rows()
    rows["event_participants"].append(
        {"event_id": SIGNING, "actor_id": "masoud-pezeshkian", "country": "IRN", "role": "participant"}
    )
    rows["agreements"][0]["instruments"] = 12
    only = query(rows, "SELECT * FROM dyad_year")
    assert [(r["country_a"], r["country_b"], r["year"], r["events"], r["planned"], r["agreements"]) for r in only] == [
        ("IRN", "PAK", 2025, 1, 1, 12)
    ]


def test_the_four_classes_hold_every_plover_class() -> None:
    rows = sample_rows()
    expected = {"verbal_cooperation": 4, "material_cooperation": 3, "verbal_conflict": 4, "material_conflict": 5}
    classes = sorted({row["plover"] for row in rows["event_types"]})
    template, people = rows["events"][0], rows["event_participants"][:2]
    rows["events"] = [template | {"event_id": f"e{i}", "plover": name} for i, name in enumerate(classes)]
    rows["event_participants"] = [person | {"event_id": f"e{i}"} for i in range(len(classes)) for person in people]
    only = query(rows, "SELECT * FROM dyad_year")[0]
    assert {name: only[name] for name in expected} == expected
    assert only["events"] == 16


def test_actor_network_leaves_plans_out() -> None:
    only = query(sample_rows(), "SELECT * FROM actor_network")
    assert [(r["actor_a"], r["actor_b"], r["events"], r["agreements"]) for r in only] == [("irn", "pak", 1, 1)]


def confirmed(rows: Tables, **cells: Any) -> Tables:
    """With an event that may be the one that was planned."""
    occurred = rows["events"][1] | {"event_id": "evt-c", "status": "occurred", "plover": "CONSULT", **cells}
    rows["events"].append(occurred)
    rows["event_participants"] += [p | {"event_id": "evt-c"} for p in rows["event_participants"][2:4]]
    return rows


def test_the_watchlist_drops_what_is_confirmed() -> None:
    watched = "SELECT record_id, due FROM watchlist ORDER BY record_id"
    open_talks = {"record_id": RAIL, "due": "undated"}
    planned = {"record_id": MEETING, "due": "ahead"}
    assert query(sample_rows(), watched) == [open_talks, planned]
    day = date(2025, 10, 9)
    assert query(confirmed(sample_rows(), date="2025-10-09", date_start=day, date_end=day), watched) == [open_talks]
    day = date(2025, 11, 9)
    other_time = confirmed(sample_rows(), date="2025-11-09", date_start=day, date_end=day)
    assert query(other_time, watched) == [open_talks, planned]
    undated_plan = confirmed(sample_rows(), date="2025-11-09", date_start=day, date_end=day)
    undated_plan["events"][1].update(date=None, date_start=None, date_end=None)
    assert query(undated_plan, watched) == [open_talks]
    rows = confirmed(sample_rows(), type="visit")
    assert query(rows, watched) == [open_talks, planned]
    late = sample_rows()
    late["sources"][0]["published"] = date(2025, 12, 1)
    assert query(late, watched) == [open_talks, planned | {"due": "overdue"}]


def test_disagreements_are_shown_with_who_says_what() -> None:
    rows = query(sample_rows(), "SELECT * FROM disagreements")
    assert [(r["field"], r["value"], r["chosen"], r["differs"], r["attributed_to"]) for r in rows] == [
        ("date", "2025-08-02", True, "content", ["irna"]),
        ("date", "2025-08-01", False, "content", ["masoud-pezeshkian"]),
    ]
    vague = sample_rows()
    vague["statements"][3]["value"] = "2025-08"
    assert {r["differs"] for r in query(vague, "SELECT * FROM disagreements")} == {"precision"}
    counted = sample_rows()
    for value in ("1", "12"):
        counted["statements"].append(
            counted["statements"][17] | {"statement_id": f"sta-x{value}", "field": "instruments", "value": value}
        )
    found = query(counted, "SELECT * FROM disagreements WHERE field = 'instruments'")
    assert [(r["record_id"], r["value"], r["chosen"]) for r in found] == [(MOU, "1", True), (MOU, "12", False)]


def second_source(rows: Tables) -> Tables:
    """With a second document, which tells the signing too."""
    rows["sources"].append(rows["sources"][0] | {"source_id": "second", "published": date(2025, 8, 5)})
    told = [
        s for s in rows["statements"] if s["record_id"] == SIGNING and s["field"] in ("type", "status", "participant")
    ]
    rows["statements"] += [s | {"statement_id": f"second-{n}", "source_id": "second"} for n, s in enumerate(told)]
    return rows


def test_who_took_part_may_be_told_differently() -> None:
    rows = second_source(sample_rows())
    assert query(rows, "SELECT * FROM disagreements WHERE field = 'countries'") == []
    rows["statements"] = [s for s in rows["statements"] if (s["source_id"], s["value"]) != ("second", "pak")]
    found = query(rows, "SELECT value, chosen, differs, source_ids FROM disagreements WHERE field = 'countries'")
    assert [tuple(r.values()) for r in found] == [
        ("IRN+PAK", True, "extent", [SOURCE]),
        ("IRN", False, "extent", ["second"]),
    ]


def test_what_a_source_denies_is_a_disagreement() -> None:
    rows = sample_rows()
    rows["events"].append(rows["events"][0] | {"event_id": "evt-no", "status": "denied", "agreement_id": None})
    rows["event_participants"] += [p | {"event_id": "evt-no"} for p in rows["event_participants"][:2]]
    denial = statement(rows, SIGNING, "status")
    rows["statements"].append(denial | {"statement_id": "sta-no", "record_id": "evt-no", "value": "denied"})
    found = query(rows, "SELECT * FROM disagreements WHERE field = 'status'")
    assert [(r["record_id"], r["value"], r["chosen"], r["other_id"]) for r in found] == [
        (SIGNING, "occurred", True, None),
        (SIGNING, "denied", False, "evt-no"),
    ]
    rows["events"][-1].update(date_start=date(2025, 9, 1), date_end=date(2025, 9, 1))
    assert query(rows, "SELECT * FROM disagreements WHERE field = 'status'") == []


def suspended(rows: Tables) -> Tables:
    """With the memorandum suspended a month after it was signed."""
    day = date(2025, 9, 9)
    event = rows["events"][0] | {
        "event_id": "evt-end",
        "type": "sever",
        "date": "2025-09-09",
        "date_start": day,
        "date_end": day,
    }
    rows["events"].append(event)
    words = statement(rows, MEETING, "status")
    rows["statements"] += [
        words | {"statement_id": "sta-end-1", "record_id": "evt-end", "value": "occurred"},
        words | {"statement_id": "sta-end-2", "record_type": "agreement", "record_id": MOU, "value": "suspended"},
    ]
    return rows


def test_the_history_of_an_instrument_has_each_step_with_event_date_and_words() -> None:
    sql = f"SELECT step, status, date, event_id, source, quote FROM agreement_history WHERE agreement_id = '{MOU}'"
    assert [tuple(r.values()) for r in query(suspended(sample_rows()), sql)] == [
        (1, "signed", "2025-08-02", SIGNING, SOURCE, "put their names to"),
        (2, "suspended", "2025-09-09", "evt-end", SOURCE, "are to meet"),
    ]
    sql = sql.replace(MOU, RAIL)
    assert [tuple(r.values())[:4] for r in query(sample_rows(), sql)] == [(1, "negotiating", None, None)]


def test_what_came_of_an_instrument() -> None:
    sql = f"SELECT outcome, days, record_id FROM follow_up WHERE agreement_id = '{MOU}'"
    assert [tuple(r.values()) for r in query(sample_rows(), sql)] == [("nothing so far", 1, None)]
    assert [tuple(r.values()) for r in query(suspended(sample_rows()), sql)] == [("suspension", 38, "evt-end")]
    day = date(2025, 10, 9)
    met = confirmed(sample_rows(), date="2025-10-09", date_start=day, date_end=day, fields=["trade"])
    assert [tuple(r.values()) for r in query(met, sql)] == [("meeting", 68, "evt-c")]
    met["events"][-1]["fields"] = ["culture"]
    assert [r["outcome"] for r in query(met, sql)] == ["nothing so far"]
    met["events"][-1].update(fields=["trade"], date_start=date(2025, 8, 2))
    assert [r["outcome"] for r in query(met, sql)] == ["nothing so far"]
    built = confirmed(
        sample_rows(), date="2025-10-09", date_start=day, date_end=day, fields=["energy"], type="cooperate"
    )
    assert [r["outcome"] for r in query(built, sql)] == ["cooperation"]
    bought = sample_rows()
    bought["agreements"][1].update(
        instrument="contract", status="signed", fields=["energy"], date="2025-10-09", date_start=day, date_end=day
    )
    assert [tuple(r.values()) for r in query(bought, sql)] == [("contract", 68, RAIL)]


def test_the_high_tier_is_a_tier_of_confidence() -> None:
    rows = sample_rows()
    rows["events"][1]["confidence"] = 0.89
    assert [r["event_id"] for r in query(rows, "SELECT * FROM events_high")] == [SIGNING]


def test_evidence_leads_to_the_words() -> None:
    only = query(sample_rows(), f"SELECT * FROM evidence WHERE record_id = '{SIGNING}' AND field = 'place'")
    assert [(r["quote"], r["attributed_to"], r["source_title"]) for r in only] == [
        ("in Islamabad", "IRNA", "A memorandum on trade")
    ]


def test_late_dates() -> None:
    rows = sample_rows()
    day = date(2025, 8, 4)
    dated("2025-08-04", day, day)(rows)
    assert query(rows, "SELECT * FROM late_dates") == []
    day = date(2025, 8, 5)
    dated("2025-08-05", day, day)(rows)
    assert [(r["event_id"], r["days_late"]) for r in query(rows, "SELECT * FROM late_dates")] == [(SIGNING, 2)]
    rows["sources"][0]["published"] = None
    assert query(rows, "SELECT * FROM late_dates") == []


def test_checks_cannot_read_files() -> None:
    with connect_tables({}) as connection, pytest.raises(duckdb.Error):
        connection.execute("SELECT * FROM read_csv('/etc/hostname')")
