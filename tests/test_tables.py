"""The derivation of Arrow, pandera and DuckDB from Table Schema: every constraint on every backend, nothing dropped."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from pipelines.arrow import arrow_schema, conform
from pipelines.constraints import ddl
from pipelines.errors import EXIT_INVALID, PactwatchError
from pipelines.release.checks import reference_checks, run_checks, schema_problems
from pipelines.tables import Table, insert_order, load, parse, published
from tests.sample import sample_tables

Rows = list[dict[str, Any]]

SCHEMA = {
    "primaryKey": ["a", "b"],
    "uniqueKeys": [["b", "text"]],
    "foreignKeys": [{"fields": "kind", "reference": {"resource": "kinds", "fields": "kind"}}],
    "fields": [
        {"name": "a", "type": "integer"},
        {"name": "b", "type": "string"},
        {"name": "text", "type": "string", "constraints": {"minLength": 2}},
        {"name": "code", "type": "string", "constraints": {"pattern": "^[A-Z]{3}$|^x$", "unique": True}},
        {"name": "kind", "type": "string", "constraints": {"required": True, "enum": ["one", "it's two"]}},
        {"name": "share", "type": "number", "constraints": {"minimum": 0, "maximum": 1}},
        {"name": "count", "type": "integer", "constraints": {"minimum": 1}},
        {"name": "level", "type": "integer", "constraints": {"enum": [1, 2]}},
        {"name": "yes", "type": "boolean"},
        {"name": "day", "type": "date"},
        {"name": "at", "type": "datetime"},
        {"name": "tags", "type": "list", "itemCategories": [{"value": "p"}, {"value": "q"}]},
    ],
}
KINDS = {"primaryKey": "kind", "fields": [{"name": "kind", "type": "string"}]}
TABLE, KIND_TABLE = parse("things", SCHEMA), parse("kinds", KINDS)


def good_rows() -> Rows:
    full = {
        "a": 1, "b": "x", "text": "ab", "code": "ABC", "kind": "one", "share": 0.5, "count": 1, "level": 2, "yes": True,
        "day": date(2025, 1, 1), "at": datetime(2025, 1, 1, 12, tzinfo=UTC), "tags": ["p", "q"],
    }  # fmt: skip
    empty = dict.fromkeys(full) | {"b": "x", "kind": "it's two"}
    return [
        full,
        empty | {"a": 2},
        empty | {"a": 3, "tags": []},
        full | {"a": 4, "text": "cd", "code": "x", "share": 1},
    ]


def in_pandera(rows: Rows) -> bool:
    """Whether pandera takes the rows."""
    return not schema_problems(TABLE, as_table(rows))


def in_duckdb(rows: Rows) -> bool:
    """Whether DuckDB takes the rows."""
    connection = duckdb.connect()
    for table in insert_order([TABLE, KIND_TABLE]):
        for statement in ddl(table):
            connection.execute(statement)
    connection.execute("INSERT INTO kinds VALUES ('one'), ('it''s two'), ('three')")
    connection.register("rows", as_table(rows))
    try:
        connection.execute("INSERT INTO things BY NAME SELECT * FROM rows")
    except duckdb.ConstraintException:
        return False
    return True


def as_table(rows: Rows) -> pa.Table:
    return conform(TABLE, pa.Table.from_pylist(rows, pa.schema([f.with_nullable(True) for f in arrow_schema(TABLE)])))


WRONG = {
    "required": {"kind": None},
    "primary key is required": {"b": None},
    "enum of texts": {"kind": "three"},
    "enum of integers": {"level": 3},
    "pattern": {"code": "ABCD"},
    "pattern over the whole text": {"code": "ABC\n"},
    "minLength": {"text": "c"},
    "minLength of nothing": {"text": ""},
    "minimum of a number": {"share": -0.01},
    "maximum": {"share": 1.01},
    "not a number": {"share": float("nan")},
    "minimum of an integer": {"count": 0},
    "item": {"tags": ["p", "r"]},
    "item that is null": {"tags": ["p", None]},
    "primary key": {"a": 2},
    "unique": {"code": "ABC"},
    "unique key": {"text": "ab"},
}


@pytest.mark.parametrize("backend", [in_pandera, in_duckdb])
def test_good_rows_are_taken(backend: Callable[[Rows], bool]) -> None:
    assert backend(good_rows())


@pytest.mark.parametrize("backend", [in_pandera, in_duckdb])
@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
def test_a_broken_constraint_is_caught(backend: Callable[[Rows], bool], wrong: dict[str, Any]) -> None:
    rows = good_rows()
    rows[-1] |= wrong
    assert not backend(rows)


def test_every_constraint_is_planted_above() -> None:
    from pipelines import constraints, tables

    used = {name for field in TABLE.fields for name in field.constraints}
    assert used == set(tables._CONSTRAINTS)
    assert {field.type for field in TABLE.fields} == set(tables._TYPES) == set(constraints._SQL_TYPES)


def test_a_reference_that_leads_nowhere_is_caught() -> None:
    rows = as_table(good_rows())
    found = run_checks({"things": rows, "kinds": pa.table({"kind": ["one"]})}, reference_checks([TABLE]))
    assert [(o.check.name, o.broken) for o in found] == [("things_kind_exists", 2)]
    connection = duckdb.connect()
    for table in insert_order([TABLE, KIND_TABLE]):
        for statement in ddl(table):
            connection.execute(statement)
    connection.register("rows", rows)
    with pytest.raises(duckdb.ConstraintException, match="foreign key"):
        connection.execute("INSERT INTO things BY NAME SELECT * FROM rows")


@pytest.mark.parametrize(
    ("where", "feature"),
    [
        ("schema", {"missingValues": ["-"]}),
        ("schema", {"fieldsMatch": "subset"}),
        ("schema", {"primaryKey": ["a", "nothing"]}),
        ("schema", {"uniqueKeys": [["nothing"]]}),
        ("schema", {"foreignKeys": [{"fields": ["nothing"], "reference": {"resource": "t", "fields": ["a"]}}]}),
        (
            "schema",
            {"foreignKeys": [{"fields": ["a"], "reference": {"resource": "t", "fields": ["a"], "match": "full"}}]},
        ),
        ("field", {"format": "uri"}),
        ("field", {"type": "object"}),
        ("field", {"type": "array"}),
        ("field", {"type": "time"}),
        ("field", {"type": "any"}),
        ("field", {"rdfType": "x"}),
        ("field", {"missingValues": [""]}),
        ("field", {"bareNumber": False}),
        ("field", {"itemType": "string"}),
        ("field", {"type": "list", "itemType": "integer"}),
        ("field", {"type": "list", "delimiter": ";"}),
        ("field", {"constraints": {"maxLength": 3}}),
        ("field", {"constraints": {"exclusiveMinimum": 3}}),
        ("field", {"constraints": {"minimum": 3}}),
        ("field", {"type": "date", "constraints": {"minimum": "2025-01-01"}}),
        ("field", {"type": "list", "constraints": {"minLength": 1}}),
        ("field", {"type": "list", "constraints": {"unique": True}}),
        ("field", {"type": "number", "constraints": {"enum": [0.5]}}),
        ("field", {"categories": [{"value": "x"}], "constraints": {"enum": ["x", "y"]}}),
        ("field", {"categories": [{"value": "x"}]}),
    ],
)
def test_what_is_not_supported_raises(where: str, feature: dict[str, Any]) -> None:
    field = {"name": "a", "type": "string"}
    schema: dict[str, Any] = {"fields": [field]}
    (schema if where == "schema" else field).update(feature)
    with pytest.raises(PactwatchError, match=r"schemas/t\.json") as caught:
        parse("t", schema)
    assert caught.value.exit_code == EXIT_INVALID
    assert "\n" not in str(caught.value)


def test_tables_are_ordered_by_what_they_refer_to() -> None:
    ordered = [table.name for table in insert_order(published())]
    assert sorted(ordered) == sorted(table.name for table in published())
    for table in published():
        for key in table.foreign_keys:
            assert key.table == table.name or ordered.index(key.table) < ordered.index(table.name)


def test_foreign_keys_in_a_circle_raise() -> None:
    def refers(name: str, to: str) -> Table:
        key = {"fields": "k", "reference": {"resource": to, "fields": "k"}}
        return parse(name, {"fields": [{"name": "k"}], "primaryKey": "k", "foreignKeys": [key]})

    assert [t.name for t in insert_order([refers("a", "b"), refers("b", "b")])] == ["b", "a"]
    with pytest.raises(PactwatchError, match="circle"):
        insert_order([refers("a", "b"), refers("b", "a")])


def test_conform_sorts_orders_and_types() -> None:
    rows = [{"kind": "b"}, {"kind": "a"}]
    made = conform(KIND_TABLE, pa.Table.from_pylist(rows, pa.schema([("kind", pa.dictionary(pa.int8(), pa.string()))])))
    assert made.column("kind").to_pylist() == ["a", "b"]
    assert made.schema == arrow_schema(KIND_TABLE)
    naive = conform(
        TABLE,
        as_table(good_rows()).set_column(
            10, "at", pa.array([datetime(2025, 1, 1, tzinfo=UTC)] * 4, pa.timestamp("ms"))
        ),
    )
    assert naive.column("at").to_pylist()[0] == datetime(2025, 1, 1, tzinfo=UTC)
    for columns in ({}, {"kind": ["a"], "more": [1]}):
        with pytest.raises(PactwatchError, match="wrong columns"):
            conform(KIND_TABLE, pa.table(columns))
    with pytest.raises(PactwatchError, match="does not fit"):
        conform(TABLE, as_table(good_rows()).set_column(0, "a", pa.array(["1", "2", "three", "4"])))


def test_a_table_that_does_not_exist_raises() -> None:
    with pytest.raises(PactwatchError, match="no table"):
        load("nothing")


# The project's own schemas

CONTRACT = {
    "sources": "source_id kind title publisher url language published revision retrieved_at sha256 words status license",
    "citations": "citing_source_id cited_source_id basis start end",
    "actors": "actor_id name kind country office parent_actor_id wikidata_id",
    "events": "event_id type plover date date_start date_end place place_country status fields agreement_id sources origins "
    "confidence",
    "event_participants": "event_id actor_id country role",
    "agreements": "agreement_id title instrument status date date_start date_end place instruments fields binding sources "
    "origins confidence",
    "agreement_parties": "agreement_id actor_id country role",
    "statements": "statement_id record_type record_id field value source_id start end quote attributed_to rule",
    "event_types": "type plover cameo description",
    "rejected": "path reason",
    "id_history": "record_type old_id entry version reason new_id label current_id",
    "changes": "table_name row_key column_name change old_value new_value statement_id",
}


def test_the_published_tables_are_those_of_the_contract() -> None:
    assert {table.name: " ".join(table.columns) for table in published()} == CONTRACT


def test_what_is_written_twice_is_the_same() -> None:
    def values(name: str, column: str, key: str = "categories") -> Any:
        return next(raw[key] for raw in load(name).schema["fields"] if raw["name"] == column)

    assert values("events", "fields", "itemCategories") == values("agreements", "fields", "itemCategories")
    assert values("events", "type") == values("event_types", "type")
    assert values("events", "plover") == values("event_types", "plover")
    raw = {c["value"] for c in values("raw_statements", "field")}
    assert raw - {"field", "key"} == {c["value"] for c in values("statements", "field")} - {"fields"}


@pytest.mark.parametrize(
    "good", ["2025", "2025-08", "2025-08-02", "2025-08-02/2025-08-03", "XXXX-07-26", "2024-22", "198X", "19XX"]
)
def test_edtf_dates_are_taken(good: str) -> None:
    assert event_with(date=good) == []


@pytest.mark.parametrize(
    "bad", ["25", "2025-13", "2025-08-32", "2 August", "XXXX", "2025-08-02/", "2025/XXXX-01", "202X-01"]
)
def test_other_dates_are_not(bad: str) -> None:
    assert len(event_with(date=bad)) == 1


def event_with(**cells: Any) -> list[str]:
    data = sample_tables()["events"]
    row = data.to_pylist()[0] | cells
    return schema_problems(load("events"), pa.Table.from_pylist([row], data.schema))
