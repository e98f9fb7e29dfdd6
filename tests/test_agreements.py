"""Instruments through documents and years, and what documents tell differently: each rule of docs/concepts.md once."""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pytest

from pipelines.release.checks import connect_tables, run_checks
from pipelines.release.sqlfiles import read_sql
from tests.scoring import document, together

Tables = Mapping[str, pa.Table]
Telling = tuple[str, str, str]
"""name, day of publication, text"""


def build(*tellings: Telling) -> Tables:
    tables = together([document(text, day, name) for name, day, text in tellings])
    assert [o.check.name for o in run_checks(tables) if not o.passed] == []
    return tables


def ask(tables: Tables, sql: str) -> list[tuple[Any, ...]]:
    with connect_tables(dict(tables)) as connection:
        for view in read_sql("views"):
            connection.execute(view.sql)
        return connection.execute(sql).fetchall()


NEGOTIATED = ("a", "2018-03-01", "Fiji and Tonga are negotiating a treaty on fishing.")
SIGNED = ("b", "2018-05-04", "Fiji and Tonga signed a treaty on fishing in Suva on 3 May 2018.")
RATIFIED = ("c", "2018-06-10", "Parliament in Fiji ratified the fishing treaty with Tonga on 9 June 2018.")
SUSPENDED = ("d", "2019-02-03", "Fiji suspended the fishing treaty with Tonga on 2 February 2019.")
REVIVED = ("e", "2021-03-05", "Fiji and Tonga revived the fishing treaty on 4 March 2021.")
LIFE = (NEGOTIATED, SIGNED, RATIFIED, SUSPENDED, REVIVED)


@pytest.mark.parametrize(
    ("told", "status"), [(1, "negotiating"), (2, "signed"), (3, "in_force"), (4, "suspended"), (5, "in_force")]
)
def test_an_instrument_is_one_row_with_the_status_of_its_latest_step(told: int, status: str) -> None:
    tables = build(*LIFE[:told])
    assert ask(tables, "SELECT status, sources FROM agreements") == [(status, told)]


def test_its_history_has_every_step_with_event_and_date() -> None:
    tables = build(*LIFE)
    assert ask(tables, "SELECT step, status, date, source, quote FROM agreement_history") == [
        (1, "negotiating", None, "a", "negotiating"),
        (2, "signed", "2018-05-03", "b", "signed"),
        (3, "in_force", "2018-06-09", "c", "ratified"),
        (4, "suspended", "2019-02-02", "d", "suspended"),
        (5, "in_force", "2021-03-04", "e", "revived"),
    ]
    assert ask(tables, "SELECT count(DISTINCT event_id) FROM agreement_history") == [(5,)]
    assert ask(tables, "SELECT date FROM agreements") == [("2018-05-03",)]
    assert ask(tables, "SELECT * FROM disagreements WHERE record_type = 'agreement'") == []


def test_a_step_counts_by_its_date_and_not_by_the_day_of_its_telling() -> None:
    ended = ("a", "2019-02-03", "Fiji terminated its fishing treaty with Tonga on 2 February 2019.")
    review = ("b", "2022-05-04", "In 2015 Fiji and Tonga signed a treaty on fishing.")
    assert ask(build(ended, review), "SELECT status, date FROM agreements") == [("terminated", "2015")]


def test_what_was_signed_again_later_is_another_instrument() -> None:
    again = ("z", "2024-05-04", "Fiji and Tonga signed a treaty on fishing in Suva on 3 May 2024.")
    assert len(ask(build(SIGNED, again), "FROM agreements")) == 2


def test_a_plan_for_later_is_not_the_instrument_signed_before() -> None:
    plan = ("z", "2024-05-04", "Fiji and Tonga will sign a treaty on fishing in Suva on 9 June 2024.")
    rows = ask(build(SIGNED, plan), "SELECT status, date FROM agreements ORDER BY date")
    assert rows == [("signed", "2018-05-03"), ("planned", "2024-06-09")]


def test_two_wordings_of_one_memorandum_are_one() -> None:
    one = (
        "a",
        "2023-02-03",
        "Spain and Morocco signed a memorandum of understanding on agriculture in Rabat on 2 February 2023.",
    )
    other = ("b", "2023-03-03", "Morocco and Spain signed a memorandum on agriculture in February 2023.")
    rows = ask(build(one, other), "SELECT instrument, date, sources FROM agreements")
    assert rows == [("memorandum_of_understanding", "2023-02-02", 2)]


def test_twelve_memoranda_do_not_swallow_one_that_is_named() -> None:
    twelve = ("a", "2023-02-03", "Spain and Morocco signed 12 memoranda of understanding in Rabat on 2 February 2023.")
    named = (
        "b",
        "2023-02-03",
        "Spain and Morocco signed a memorandum of understanding on agriculture in Rabat on 2 February 2023.",
    )
    rows = ask(build(twelve, named), "SELECT instruments FROM agreements ORDER BY instruments")
    assert rows == [(1,), (12,)]


def test_what_came_of_an_instrument_is_told_or_that_nothing_did() -> None:
    met = ("f", "2022-07-09", "Ministers of Fiji and Tonga met in Suva on 8 July 2022 to discuss fishing.")
    assert ask(build(SIGNED), "SELECT outcome, days FROM follow_up") == [("nothing so far", 1)]
    rows = ask(build(SIGNED, RATIFIED, SUSPENDED, met), "SELECT outcome, outcome_date, days FROM follow_up")
    assert rows == [
        ("ratification", "2018-06-09", 37),
        ("suspension", "2019-02-02", 275),
        ("meeting", "2022-07-08", 1527),
    ]


# What documents tell differently

_SIGNING = "Cuba and Chad signed a treaty on fishing in Lima on {} August 2025{}."
ECHOES = tuple((f"e{n}", "2025-08-04", _SIGNING.format(3, ", IRNA reported")) for n in range(3))
OWN = tuple((f"o{n}", f"2025-08-0{5 + n}", _SIGNING.format(2, "")) for n in range(2))


def test_independent_origins_outvote_echoes() -> None:
    tables = build(*ECHOES, *OWN)
    assert ask(tables, "SELECT date, sources, origins FROM events") == [("2025-08-02", 5, 3)]
    assert ask(tables, "SELECT date, sources, origins FROM agreements") == [("2025-08-02", 5, 3)]
    rows = ask(tables, "SELECT value, chosen, differs, sources FROM disagreements WHERE record_type = 'event'")
    assert rows == [("2025-08-02", True, "content", 2), ("2025-08-03", False, "content", 3)]


def test_of_as_many_origins_the_one_closest_to_the_event_is_taken() -> None:
    early = ("late-name", "2025-08-04", _SIGNING.format(3, ""))
    late = ("early-name", "2025-09-20", _SIGNING.format(2, ""))
    tables = build(early, late)
    assert ask(tables, "SELECT date FROM events") == [("2025-08-03",)]
    assert ask(tables, "SELECT value FROM disagreements WHERE record_type = 'event' AND NOT chosen") == [
        ("2025-08-02",)
    ]


def test_the_specific_goes_before_the_vague_whoever_tells_it() -> None:
    vague = tuple((f"v{n}", "2025-08-04", "Cuba and Chad signed a treaty on fishing in August 2025.") for n in range(1))
    vague += (("v9", "2025-08-05", "Chad and Cuba signed a treaty on fishing in August 2025."),)
    tables = build(*vague, ("w", "2026-08-04", _SIGNING.format(2, "")))
    assert ask(tables, "SELECT date, sources FROM events") == [("2025-08-02", 3)]
    assert {d for (d,) in ask(tables, "SELECT differs FROM disagreements WHERE field = 'date'")} == {"precision"}


def test_days_that_differ_by_more_than_three_are_two_events() -> None:
    tables = build(("a", "2025-08-10", _SIGNING.format(3, "")), ("b", "2025-08-10", _SIGNING.format(9, "")))
    assert len(ask(tables, "FROM events")) == 2


def test_a_document_that_tells_both_means_two_events() -> None:
    both = _SIGNING.format(2, "") + " " + _SIGNING.format(3, "")
    assert len(ask(build(("a", "2025-08-10", both)), "FROM events")) == 2


def test_two_counts_of_one_group_are_one_row() -> None:
    text = "Spain and Morocco signed {} memoranda of understanding in Rabat on 2 February 2023."
    tables = build(("a", "2023-02-03", text.format(12)), ("b", "2023-02-04", text.format(11)))
    assert ask(tables, "SELECT instruments, sources FROM agreements") == [(12, 2)]
    rows = ask(tables, "SELECT value, chosen FROM disagreements WHERE field = 'instruments'")
    assert rows == [("12", True), ("11", False)]


def test_two_places_of_one_meeting_are_one_event() -> None:
    text = "Turkish Foreign Minister Hakan Fidan met Iraqi Foreign Minister Fuad Hussein in {} on 3 May 2024."
    tables = build(("a", "2024-05-04", text.format("Baghdad")), ("b", "2024-05-09", text.format("Ankara")))
    assert ask(tables, "SELECT place, sources FROM events") == [("Baghdad", 2)]
    rows = ask(tables, "SELECT value, chosen, differs FROM disagreements WHERE field = 'place'")
    assert rows == [("Baghdad", True, "content"), ("Ankara", False, "content")]


def test_a_denial_stands_beside_what_is_told() -> None:
    yes = ("a", "2024-05-04", "Moldova met Serbia on 3 May 2024.")
    no = ("b", "2024-05-05", "Moldova did not meet Serbia on 3 May 2024.")
    rows = ask(build(yes, no), "SELECT value, chosen, source_ids FROM disagreements WHERE field = 'status'")
    assert rows == [("occurred", True, ["a"]), ("denied", False, ["b"])]
