"""Everything that is published is described: each table, column, view, column of a view, and each code with its meaning."""

import json
import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from pipelines.arrow import conform
from pipelines.errors import EXIT_INVALID, PactwatchError
from pipelines.project import ROOT
from pipelines.release.checks import schema_problems
from pipelines.release.database import DATABASE, build_database
from pipelines.release.descriptor import csv_schema
from pipelines.release.files import write_parquet
from pipelines.release.sqlfiles import read_sql
from pipelines.release.views import views
from pipelines.tables import Table, load, parse, published
from tests.sample import sample_tables

NAMES = sorted(path.stem for path in (ROOT / "schemas").glob("*.json"))
COUNTLESS = {"confidence", "entry"}  # a share, and the number of a row
READ = {
    "string": str, "integer": int, "number": float, "boolean": {"true": True, "false": False}.__getitem__,
    "date": date.fromisoformat, "datetime": datetime.fromisoformat, "list": lambda text: text.split(","),
}  # fmt: skip


def is_sentence(text: str) -> bool:
    return len(text) > 5 and (text[0].isupper() or text[0] in "`(") and text.endswith(".")


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of the sample."""
    folder = tmp_path_factory.mktemp("database")
    for name, table in sample_tables().items():
        write_parquet(table, folder / f"{name}.parquet")
    build_database(folder, folder / DATABASE)
    return folder / DATABASE


@pytest.mark.parametrize("name", NAMES)
def test_every_table_column_and_code_is_described(name: str) -> None:
    table = load(name)
    assert is_sentence(table.description)
    assert table.title not in {"", name}
    assert table.schema["$schema"].endswith("/2.0/tableschema.json")
    for raw, field in zip(table.schema["fields"], table.fields, strict=True):
        where = f"{name}.{field.name}"
        assert is_sentence(field.description), where
        assert field.example, where
        counts = field.type in {"integer", "number"} and field.name not in COUNTLESS
        assert bool(field.unit) is counts, where
        assert "Null" in field.description or field.required, f"{where} does not say when it is null"
        codes = raw.get("categories", []) + raw.get("itemCategories", [])
        assert [code["value"] for code in codes] == list(field.constraints.get("enum") or field.items), where
        for code in codes:
            assert is_sentence(code["description"]), f"{where}, {code['value']}"
            assert code["label"]


@pytest.mark.parametrize("name", NAMES)
def test_every_example_is_a_value_of_its_column(name: str) -> None:
    """In the standard an example is text: what it stands for must pass the checks of the table."""
    table = load(name)
    row = {field.name: READ[field.type](field.example) for field in table.fields}
    assert schema_problems(table, as_table(table, row)) == []


def as_table(table: Table, row: dict[str, Any]) -> Any:
    import pyarrow as pa

    return conform(table, pa.Table.from_pylist([row]))


def test_a_release_of_old_with_numbers_for_examples_is_still_read() -> None:
    table = parse("old", {"fields": [{"name": "n", "type": "integer", "example": 640}]})
    assert table.fields[0].example == "640"
    assert as_table(table, {"n": 1}).schema.field("n").metadata == {b"example": b"640"}


def test_the_example_of_a_list_is_json_in_the_csv() -> None:
    fields = {field["name"]: field for field in csv_schema(load("events").schema)["fields"]}
    assert json.loads(fields["fields"]["example"]) == ["energy", "trade"]
    assert fields["date"]["example"] == "2025-08-02/2025-08-03"


def test_every_view_and_each_of_its_columns_is_described() -> None:
    for view in views():
        assert is_sentence(view.description), view.name
        for column in view.columns:
            assert is_sentence(column.description), f"{view.name}.{column.name}"
            assert column.type
    wide = {column.name: column for view in views() if view.name == "events_wide" for column in view.columns}
    status = next(field for field in load("events").fields if field.name == "status")
    assert (wide["status"].origin, wide["status"].field) == ("events.status", status)
    assert (wide["hosts"].origin, wide["hosts"].type) == (None, "VARCHAR[]")


def test_the_codes_that_a_view_makes_up_are_told() -> None:
    found = 0
    for view in read_sql("views"):
        told = " ".join((view.comment, *view.columns, *view.columns.values()))
        for code in re.findall(r"(?:THEN|ELSE|coalesce\([\w.]+,)\s+'([^']+)'", view.sql):
            assert re.search(rf"\b{code}\b", told), f"{view.name}: {code}"
            found += 1
    assert found > 15


def test_the_database_says_so_of_everything(database: Path) -> None:
    with duckdb.connect(database, read_only=True) as connection:

        def ask(sql: str) -> list[tuple[Any, ...]]:
            return connection.execute(sql).fetchall()

        assert ask("SELECT count(*) FROM duckdb_tables() WHERE comment IS NULL") == [(0,)]
        assert ask("SELECT count(*) FROM duckdb_views() WHERE NOT internal AND comment IS NULL") == [(0,)]
        columns = "FROM duckdb_columns() WHERE NOT internal"
        of_all = sum(len(table.fields) for table in published()) + sum(len(view.columns) for view in views())
        assert ask(f"SELECT count(*), count(comment) {columns}") == [(of_all, of_all)]
        ((told,),) = ask(f"SELECT comment {columns} AND table_name = 'timeline' AND column_name = 'status'")
        assert told.startswith("How far it has come, according to the documents. Codes: occurred: It has happened")
        ((words,),) = ask(f"SELECT comment {columns} AND table_name = 'sources' AND column_name = 'words'")
        assert words.endswith("Unit: words.")


def test_a_parquet_file_says_it_by_itself(tmp_path: Path) -> None:
    for name, data in sample_tables().items():
        write_parquet(data, tmp_path / "table.parquet")
        schema = pq.read_schema(tmp_path / "table.parquet")
        table = load(name)
        assert schema.metadata[b"description"].decode() == table.description
        assert json.loads(schema.metadata[b"primaryKey"]) == list(table.primary_key)
        for field in table.fields:
            about = {key.decode(): value.decode() for key, value in schema.field(field.name).metadata.items()}
            assert about["description"] == field.description
            assert about.get("unit", "") == field.unit
            assert json.loads(about.get("codes", "{}")) == field.meanings
    write_parquet(sample_tables()["events"], tmp_path / "events.parquet")
    column = pq.read_schema(tmp_path / "events.parquet").field("agreement_id")
    assert column.metadata[b"refersTo"] == b"agreements.agreement_id"


@pytest.mark.parametrize(
    ("comment", "problem"),
    [
        ("-- What it is.\n", "the column b is not described"),
        ("-- What it is.\n--\n-- b: One.\n-- c: Another.\n", "describes c, which is no column"),
        ("-- What it is.\n--\n-- b: events.nothing\n", "b is said to be events.nothing, which is no column"),
        ("-- What it is.\n--\n-- b and so on\n", "'b and so on' describes no column"),
        ("-- What it is.\n--\n-- b: One.\n-- b: Two.\n", "'b: Two.' describes no column"),
    ],
)
def test_a_view_that_is_not_described_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, comment: str, problem: str
) -> None:
    from pipelines.release.views import make_views

    monkeypatch.setattr("pipelines.release.sqlfiles.ROOT", tmp_path)
    (tmp_path / "sql" / "views").mkdir(parents=True)
    (tmp_path / "sql" / "views" / "a.sql").write_text(f"{comment}CREATE VIEW a AS\nSELECT 1 AS b;\n")
    with duckdb.connect() as connection, pytest.raises(PactwatchError, match=problem) as caught:
        make_views(connection)
    assert caught.value.exit_code == EXIT_INVALID
    assert "a.sql" in str(caught.value)
