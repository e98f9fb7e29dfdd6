"""One happening told twice is one record, two happenings are two; ids and tables depend on what is told, never on the order of telling."""

import hashlib
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.extract.run import extract_documents
from pipelines.ingest.document import Document, Rejected
from pipelines.release.checks import run_checks
from pipelines.resolve.run import resolve
from pipelines.tables import published
from tests.scoring import CORPUS, document, documents_of, extracted, tables_of, together

Tables = dict[str, pa.Table]


def doc(name: str, text: str, day: str | None = "2024-06-01", **cells: Any) -> Document:
    return document(text, day, name, **cells)


def rows(tables: Tables, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tables[name].to_pylist()
    return found


def events(*documents: Document) -> list[dict[str, Any]]:
    """The events of some documents with who takes part in them, in order of their dates."""
    tables = together(documents)
    parts: dict[str, dict[str, str]] = {}
    for row in rows(tables, "event_participants"):
        parts.setdefault(row["event_id"], {})[row["actor_id"]] = row["role"]
    found = [event | {"parts": parts[event["event_id"]]} for event in rows(tables, "events")]
    return sorted(found, key=lambda e: (e["date"] or "", e["status"], e["event_id"]))


def told(*documents: Document) -> list[tuple[str, str, str | None, int]]:
    """Type, status, date and number of sources of each event."""
    return [(e["type"], e["status"], e["date"], e["sources"]) for e in events(*documents)]


def only(*documents: Document) -> dict[str, Any]:
    (event,) = events(*documents)
    return event


# ---------------------------------------------------------------------------------------------------------------------
# One record or two

TREATY_LATE = doc("a-review", "Fiji and Tonga signed a treaty on fishing in May 2024.", "2024-06-01")
TREATY = doc(
    "b-news", "Fiji's foreign minister Ana Bale signed a fishing treaty with Tonga in Suva on 3 May 2024.", "2024-05-04"
)


def test_two_tellings_are_one_record_with_the_better_date_and_all_who_took_part() -> None:
    event = only(TREATY_LATE, TREATY)
    assert (event["type"], event["date"], event["place"], event["place_country"]) == (
        "sign",
        "2024-05-03",
        "Suva",
        "FJI",
    )
    assert (event["date_start"], event["date_end"]) == (date(2024, 5, 3), date(2024, 5, 3))
    assert event["parts"] == {"fji": "participant", "ton": "participant", "ana-bale": "participant"}
    assert (event["sources"], event["origins"]) == (2, 2)
    (agreement,) = rows(together([TREATY_LATE, TREATY]), "agreements")
    assert (agreement["instrument"], agreement["date"], agreement["place"]) == ("treaty", "2024-05-03", "Suva")
    assert agreement["agreement_id"] == event["agreement_id"]
    assert agreement["fields"] == ["agriculture"]


def test_both_tellings_stay_among_the_statements_where_they_differ() -> None:
    tables = together([TREATY_LATE, TREATY])
    (event,) = rows(tables, "events")
    dates = {
        (s["source_id"], s["value"])
        for s in rows(tables, "statements")
        if s["record_id"] == event["event_id"] and s["field"] == "date"
    }
    assert dates == {("a-review", "2024-05"), ("b-news", "2024-05-03")}


def test_two_sources_are_surer_than_one() -> None:
    alone, both = only(TREATY), only(TREATY_LATE, TREATY)
    assert alone["confidence"] < both["confidence"] < 1


def test_two_visits_a_month_apart_stay_apart() -> None:
    first = doc("a", "The Latvian president visited Oslo on 3 May 2024.", "2024-05-04")
    second = doc("b", "The Latvian president visited Oslo on 5 June 2024.", "2024-06-06")
    assert told(first, second) == [("visit", "occurred", "2024-05-03", 1), ("visit", "occurred", "2024-06-05", 1)]


def test_other_sides_on_the_same_day_stay_apart() -> None:
    text = "Peru met {} in Lima on 3 May 2024."
    assert len(events(doc("a", text.format("Cuba")), doc("b", text.format("Chile")))) == 2


def test_the_same_sides_at_two_places_stay_apart() -> None:
    text = "Ministers of Peru and Cuba met in {} on 3 May 2024."
    assert len(events(doc("a", text.format("Lima")), doc("b", text.format("Havana")))) == 2


def test_a_blow_and_its_return_stay_apart() -> None:
    found = events(doc("a", "Iran attacked Israel on 3 May 2024."), doc("b", "Israel attacked Iran on 3 May 2024."))
    assert [e["parts"]["irn"] for e in found] in (["initiator", "target"], ["target", "initiator"])
    assert [e["sources"] for e in found] == [1, 1]


def test_a_visit_with_its_talks_is_one_visit() -> None:
    visit = doc("a", "Turkish Foreign Minister Hakan Fidan visited Baghdad on 3 May 2024.", "2024-05-04")
    talks = doc("b", "Hakan Fidan met his Iraqi counterpart Fuad Hussein in Baghdad on 3 May 2024.", "2024-05-04")
    event = only(visit, talks)
    assert event["type"] == "visit"
    assert event["parts"] == {"hakan-fidan": "initiator", "irq": "host", "fuad-hussein": "participant"}


def test_talks_dated_apart_from_the_visit_are_an_event_of_their_own() -> None:
    text = "President William Ruto of Kenya flew to Kampala on 3 May 2024. He met President Yoweri Museveni the following day."
    assert told(doc("a", text)) == [("visit", "occurred", "2024-05-03", 1), ("meet", "occurred", "2024-05-04", 1)]


def test_what_was_planned_and_then_done_has_occurred() -> None:
    plan = doc("a", "Japan will sign a treaty with Fiji in Suva on 9 May 2024.", "2024-05-01")
    deed = doc("b", "Japan and Fiji signed a treaty in Suva on 9 May 2024.", "2024-05-10")
    assert (only(plan)["status"], only(plan)["plover"]) == ("planned", "AGREE")
    event = only(plan, deed)
    assert (event["status"], event["plover"], event["sources"]) == ("occurred", "SUPPORT", 2)
    (agreement,) = rows(together([plan, deed]), "agreements")
    assert agreement["status"] == "signed"


def test_what_is_denied_stays_apart_from_what_is_told_of_it() -> None:
    yes = doc("a", "Moldova met Serbia on 3 May 2024.", "2024-05-04")
    no = doc("b", "Moldova did not meet Serbia on 3 May 2024.", "2024-05-05")
    assert told(yes, no) == [("meet", "denied", "2024-05-03", 1), ("meet", "occurred", "2024-05-03", 1)]


def test_what_is_imagined_stays_apart_too() -> None:
    deed = doc("a", "Ethiopia attacked Eritrea on 3 May 2024.")
    idea = doc("b", "Ethiopia could attack Eritrea.")
    assert [e["status"] for e in events(deed, idea)] == ["hypothetical", "occurred"]


def test_twelve_memoranda_are_one_row_of_twelve() -> None:
    tables = together(
        [
            doc("a", "Spain and Morocco signed 12 memoranda of understanding in Rabat on 2 February 2023."),
            doc("b", "Twelve memoranda of understanding were signed by Spain and Morocco on 2 February 2023."),
            doc("c", "Spain and Morocco signed memoranda of understanding on 2 February 2023."),
        ]
    )
    (agreement,) = rows(tables, "agreements")
    assert (agreement["instruments"], agreement["instrument"], agreement["sources"]) == (
        12,
        "memorandum_of_understanding",
        3,
    )
    (event,) = rows(tables, "events")
    assert event["agreement_id"] == agreement["agreement_id"]
    counts = {s["value"] for s in rows(tables, "statements") if s["field"] == "instruments"}
    assert counts == {"12"}


def test_two_instruments_of_one_day_stay_apart() -> None:
    tables = together(
        [doc("a", "On 3 May 2024 Fiji and Tonga signed a treaty. They also signed a protocol on customs on that day.")]
    )
    assert sorted(a["instrument"] for a in rows(tables, "agreements")) == ["protocol", "treaty"]


def test_treaties_of_other_parties_or_years_stay_apart() -> None:
    text = "{} signed a treaty on fishing on 3 May {}."
    documents = [
        doc("a", text.format("Fiji and Tonga", 2023)), doc("b", text.format("Fiji and Tonga", 2024)), doc("c", text.format("Fiji and Samoa", 2024)),
    ]  # fmt: skip
    assert len(rows(together(documents), "agreements")) == 3


def test_an_undated_telling_of_another_document_is_not_taken_for_the_same() -> None:
    assert len(events(doc("a", "Peru accused Chile on 3 May 2024."), doc("b", "Peru accused Chile."))) == 2


# ---------------------------------------------------------------------------------------------------------------------
# Sources, origins, statements

WIRE = doc("a", "Cuban diplomats met Chad in Lima on 3 August 2025, IRNA reported.\n", "2025-08-04")
REPRINT = doc("b", "IRNA reported that Cuba and Chad met in Lima on 3 August 2025.\n", "2025-08-04")
OWN = doc("c", "Cuba and Chad met in Lima on 3 August 2025.\n", "2025-08-05")


def test_two_papers_with_one_wire_are_two_sources_of_one_origin() -> None:
    event = only(WIRE, REPRINT)
    assert (event["sources"], event["origins"]) == (2, 1)
    event = only(WIRE, REPRINT, OWN)
    assert (event["sources"], event["origins"]) == (3, 2)


def test_a_document_that_tells_a_thing_in_its_own_words_too_is_one_origin() -> None:
    twice = doc(
        "a",
        "Cuba and Chad have initialled a fishing accord.\n\nOn 3 August 2025, Cuba's Fisheries Minister Juan Gomez and "
        "Chadian Trade Minister Idriss Saleh initialled a fishing accord in Lima, the state agency IRNA reported. Tuna is scarce, Reuters reported.\n",
        "2025-08-04",
    )
    event = only(twice)
    assert (event["sources"], event["origins"]) == (1, 1)


def test_an_encyclopedia_page_is_no_echo_of_the_one_wire_among_its_references() -> None:
    page = replace(OWN, source_id="page", kind="encyclopedia", text=f"{OWN.text}Tuna is scarce, IRNA reported.\n")
    page = replace(page, sha256=hashlib.sha256(page.text.encode()).hexdigest())
    event = only(WIRE, page)
    assert (event["sources"], event["origins"]) == (2, 2)
    event = only(WIRE, replace(page, kind="article"))
    assert (event["sources"], event["origins"]) == (2, 1)


def test_an_echo_of_the_same_origin_makes_nothing_surer() -> None:
    alone = max(only(WIRE)["confidence"], only(REPRINT)["confidence"])
    assert only(WIRE, REPRINT)["confidence"] == alone
    assert only(WIRE)["confidence"] < only(WIRE, OWN)["confidence"]


def test_what_is_gone_stays_with_its_statements_and_is_marked() -> None:
    present, gone = together([WIRE, OWN]), together([replace(WIRE, reachable=False), OWN])
    assert {(s["source_id"], s["status"]) for s in rows(gone, "sources")} == {
        ("a", "unreachable"),
        ("c", "ingested"),
        ("irna", "cited"),
    }
    assert [s["sha256"] for s in rows(gone, "sources")] == [s["sha256"] for s in rows(present, "sources")]
    for name in ("events", "statements", "citations", "actors"):
        assert rows(gone, name) == rows(present, name)
    assert [outcome.check.name for outcome in run_checks(gone) if not outcome.passed] == []


def test_the_wire_becomes_a_cited_source_and_the_one_quoted() -> None:
    tables = together([WIRE, REPRINT])
    assert {(s["source_id"], s["status"]) for s in rows(tables, "sources")} == {
        ("a", "ingested"),
        ("b", "ingested"),
        ("irna", "cited"),
    }
    assert {(c["citing_source_id"], c["cited_source_id"], c["basis"]) for c in rows(tables, "citations")} == {
        ("a", "irna", "in_text"),
        ("b", "irna", "in_text"),
    }
    assert {s["attributed_to"] for s in rows(tables, "statements") if s["record_type"] == "event"} == {"irna"}


def test_a_link_to_a_document_that_was_read_leads_to_it() -> None:
    origin = doc("first", "Oman paid.\n", url="https://example.org/News/1")
    echo = doc("second", "Oman paid.\n\nSources\n\n- https://example.org/news/1/#top\n- https://example.net/2\n")
    tables = together([origin, echo])
    cited = {(c["citing_source_id"], c["cited_source_id"]) for c in rows(tables, "citations")}
    assert ("second", "first") in cited
    assert len(cited) == 2
    assert {s["url"] for s in rows(tables, "sources") if s["status"] == "cited"} == {"https://example.net/2"}


def test_quotes_are_left_out_where_they_may_not_be_published() -> None:
    closed = replace(TREATY, publish_quotes=False)
    assert {s["quote"] for s in rows(together([closed]), "statements")} == {None}
    assert None not in {s["quote"] for s in rows(together([TREATY]), "statements")}


def test_rejected_documents_are_listed_once_in_order() -> None:
    unread = [Rejected("b.txt", "empty"), Rejected("a.txt", "empty"), Rejected("b.txt", "empty")]
    tables = resolve([TREATY], extract_documents([TREATY]), unread)
    assert [(r["path"], r["reason"]) for r in rows(tables, "rejected")] == [("a.txt", "empty"), ("b.txt", "empty")]


def test_no_document_makes_empty_tables() -> None:
    tables = resolve([], extract_documents([]))
    assert {name: table.num_rows for name, table in tables.items() if table.num_rows} == {"event_types": 26}
    assert [*tables, "changes"] == [table.name for table in published()]


# ---------------------------------------------------------------------------------------------------------------------
# Actors


def people(*documents: Document) -> dict[str, tuple[str, str | None]]:
    return {
        a["actor_id"]: (a["name"], a["country"]) for a in rows(together(documents), "actors") if a["kind"] == "person"
    }


MINISTER = "{} Health Minister {} met Chad in {} on 3 {} 2024."


def test_spellings_of_one_name_are_one_person() -> None:
    one = doc("a", MINISTER.format("Pakistani", "Shahbaz Qureshi", "Lahore", "May"))
    two = doc("b", MINISTER.format("Pakistani", "Shehbaz Qureshi", "Lahore", "May"))
    assert len(people(one, two)) == 1
    assert len(events(one, two)) == 1
    known = doc("c", "Pakistani Prime Minister Shahbaz Sharif met Chad.")
    assert people(known) == {"shehbaz-sharif": ("Shehbaz Sharif", "PAK")}


def test_two_of_one_name_in_two_countries_are_two_persons() -> None:
    one = doc("a", MINISTER.format("Kenyan", "Ali Hassan", "Lamu", "May"))
    two = doc("b", MINISTER.format("Syrian", "Ali Hassan", "Homs", "June"))
    assert sorted(country or "" for _, country in people(one, two).values()) == ["KEN", "SYR"]


def test_a_surname_alone_is_the_one_of_its_country_who_bears_it() -> None:
    one = doc("a", MINISTER.format("Kenyan", "Grace Otieno", "Lamu", "May"))
    two = doc("b", "Kenya's minister Otieno met Chad in Lamu on 3 May 2024.")
    assert set(people(one, two)) == {"grace-otieno"}
    assert only(one, two)["sources"] == 2


def test_a_surname_that_two_bear_is_left_alone() -> None:
    one = doc("a", MINISTER.format("Kenyan", "Grace Otieno", "Lamu", "May"))
    two = doc("b", MINISTER.format("Kenyan", "Paul Otieno", "Lamu", "June"))
    three = doc("c", "Kenya's minister Otieno met Chad in Lamu on 3 July 2024.")
    assert set(people(one, two, three)) == {"grace-otieno", "paul-otieno", "otieno"}


def test_an_office_is_the_one_stated_last() -> None:
    early = doc("a", "Kenyan Health Minister Grace Otieno met Chad.", "2023-05-04")
    late = doc("b", "Kenyan Foreign Minister Grace Otieno met Togo.", "2024-05-04")
    for order in ([early, late], [late, early]):
        (actor,) = [a for a in rows(together(order), "actors") if a["kind"] == "person"]
        assert actor["office"] == "Foreign Minister"


def test_bodies_have_their_state_as_parent() -> None:
    tables = together([doc("a", "Pakistan's Ministry of Defence accused Chad.")])
    actors = {a["actor_id"]: a for a in rows(tables, "actors")}
    assert actors["pak-ministry-of-defence"]["parent_actor_id"] == "pak"
    assert actors["pak"]["kind"] == "state"


def test_later_spellings_do_not_change_who_somebody_is() -> None:
    first = doc("a", MINISTER.format("Pakistani", "Shahbaz Qureshi", "Lahore", "May"), "2024-05-04")
    later = [
        doc(f"z{n}", MINISTER.format("Pakistani", "Shehbaz Qureshi", "Lahore", "July"), f"2024-07-{n:02}")
        for n in (4, 5, 6)
    ]
    assert set(people(first)) == set(people(first, *later)) == {"shahbaz-qureshi"}


def test_a_later_namesake_does_not_take_the_id() -> None:
    first = doc("a", MINISTER.format("Kenyan", "Ali Hassan", "Lamu", "May"), "2024-05-04")
    later = [doc(f"z{n}", MINISTER.format("Syrian", "Ali Hassan", "Homs", "July"), f"2024-07-{n:02}") for n in (4, 5)]
    before, after = people(first), people(first, *later)
    assert before == {key: who for key, who in after.items() if who[1] == "KEN"}


# ---------------------------------------------------------------------------------------------------------------------
# Ids and order

_LAST = date(9999, 12, 31)


def by_time(documents: Sequence[Document]) -> list[Document]:
    return sorted(documents, key=lambda d: (d.published or _LAST, d.source_id))


def ids(tables: Tables) -> set[str]:
    return {r["event_id"] for r in rows(tables, "events")} | {r["agreement_id"] for r in rows(tables, "agreements")}


def first_tellings(tables: Tables) -> dict[str, str]:
    """The document that tells each event and agreement first."""
    days = {s["source_id"]: s["published"] or _LAST for s in rows(tables, "sources")}
    first: dict[str, tuple[date, str]] = {}
    for s in rows(tables, "statements"):
        if s["record_type"] != "actor":
            here = (days[s["source_id"]], s["source_id"])
            first[s["record_id"]] = min(first.get(s["record_id"], here), here)
    return {record: source for record, (_, source) in first.items()}


def same(one: Tables, other: Tables) -> bool:
    return list(one) == list(other) and all(one[name].equals(other[name], check_metadata=True) for name in one)


def test_ids_are_readable_and_short() -> None:
    tables = tables_of(CORPUS)
    assert all(len(r["event_id"]) == 16 and r["event_id"].startswith("evt-") for r in rows(dict(tables), "events"))
    assert all(r["agreement_id"].startswith("agr-") for r in rows(dict(tables), "agreements"))
    for name in ("events", "agreements", "statements", "actors"):
        key = tables[name].column_names[0]
        found = tables[name].column(key).to_pylist()
        assert len(found) == len(set(found)), name


def test_an_id_says_nothing_but_what_the_first_telling_says() -> None:
    event = only(TREATY)
    assert only(replace(TREATY, source_id="renamed"))["event_id"] == event["event_id"]
    assert only(TREATY, TREATY_LATE)["event_id"] == event["event_id"]
    other = doc("b-news", TREATY.text.replace("3 May", "4 May"), "2024-05-04")
    assert only(other)["event_id"] != event["event_id"]


def test_a_better_date_that_comes_later_does_not_change_the_id() -> None:
    vague = doc("a", "Fiji and Tonga signed a treaty on fishing in May 2024.", "2024-05-02")
    exact = doc("b", "Fiji and Tonga signed a treaty on fishing in Suva on 3 May 2024.", "2024-06-01")
    assert only(vague)["event_id"] == only(vague, exact)["event_id"]
    assert only(vague, exact)["date"] == "2024-05-03"


def test_an_earlier_echo_of_a_dated_event_changes_nothing() -> None:
    later = doc("z", "Fiji and Tonga signed a treaty on 3 May 2024.", "2024-06-01")
    earlier = doc("a", "On 3 May 2024 a treaty was signed by Tonga and Fiji.", "2024-05-04")
    assert only(later)["event_id"] == only(later, earlier)["event_id"]


@settings(max_examples=5)
@given(st.randoms(use_true_random=False))
def test_the_order_of_documents_changes_nothing(rng: random.Random) -> None:
    documents = rng.sample(documents_of(CORPUS), rng.randint(2, 6))
    shuffled = rng.sample(documents, len(documents))
    assert same(together(documents), together(shuffled))


def test_the_order_of_statements_changes_nothing() -> None:
    found = extracted(CORPUS)
    order = list(range(found.raw_statements.num_rows))
    random.Random(3).shuffle(order)
    shuffled = replace(found, raw_statements=found.raw_statements.take(order), citations=found.citations[::-1])
    assert same(dict(tables_of(CORPUS)), resolve(documents_of(CORPUS)[::-1], shuffled))


@settings(max_examples=5)
@given(st.randoms(use_true_random=False))
def test_documents_published_later_change_no_id(rng: random.Random) -> None:
    documents = by_time(documents_of(CORPUS))
    before = together(documents[: rng.randint(1, len(documents))])
    assert ids(before) <= ids(dict(tables_of(CORPUS)))


@settings(max_examples=5)
@given(st.randoms(use_true_random=False))
def test_a_record_keeps_its_id_wherever_its_first_telling_is_read(rng: random.Random) -> None:
    documents = rng.sample(documents_of(CORPUS), rng.randint(2, len(documents_of(CORPUS)) - 1))
    there = {d.source_id for d in documents}
    wanted = {record for record, source in first_tellings(dict(tables_of(CORPUS))).items() if source in there}
    assert wanted <= ids(together(documents))


@settings(max_examples=3)
@given(st.sampled_from(documents_of(CORPUS)))
def test_a_document_read_again_tells_the_same(item: Document) -> None:
    again = replace(item)
    assert again is not item
    one, two = (extract_documents([d]) for d in (item, again))
    assert one.raw_statements.equals(two.raw_statements)
    assert same(resolve([item], one), resolve([again], two))


def test_actors_of_the_corpus_keep_their_ids_as_documents_arrive() -> None:
    documents = by_time(documents_of(CORPUS))
    everyone = {a["actor_id"] for a in rows(dict(tables_of(CORPUS)), "actors")}
    for end in (4, 9):
        assert {a["actor_id"] for a in rows(together(documents[:end]), "actors")} <= everyone


def test_what_is_counted_is_what_the_statements_say() -> None:
    tables = dict(tables_of(CORPUS))
    sources: dict[str, set[str]] = {}
    for s in rows(tables, "statements"):
        sources.setdefault(s["record_id"], set()).add(s["source_id"])
    for name, key in (("events", "event_id"), ("agreements", "agreement_id")):
        for row in rows(tables, name):
            assert row["sources"] == len(sources[row[key]])
            assert 1 <= row["origins"] <= row["sources"]
