"""The shape of the published files: codes as dictionaries, rows in an order that scans can use, the same bytes for the same rows."""

import json
import random
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from bench.records import World
from pipelines.arrow import conform, in_order
from pipelines.errors import PactwatchError
from pipelines.release.files import _coded, codes_of, read_parquet, write_parquet
from pipelines.tables import load, parse, published
from tests.sample import sample_rows, sample_tables, to_table


@pytest.fixture(scope="module")
def tables() -> Mapping[str, pa.Table]:
    """Tables of 20,000 participants and more."""
    return World(8_000).tables()


def written(name: str, data: pa.Table, folder: Path) -> Path:
    table = load(name)
    path = folder / f"{name}.parquet"
    write_parquet(in_order(data, table.order), path, table.order, codes_of(table, data))
    return path


def test_codes_are_dictionaries_of_all_codes_in_the_order_of_the_schema(tmp_path: Path) -> None:
    for table in published():
        found = pq.read_table(written(table.name, sample_tables()[table.name], tmp_path))
        for field in table.fields:
            kind = found.schema.field(field.name).type
            codes = field.constraints.get("enum") if field.type == "string" else None
            assert pa.types.is_dictionary(kind) == bool(codes), (table.name, field.name)
            if codes and found.num_rows:
                assert found[field.name].chunk(0).dictionary.to_pylist() == codes
            assert found.schema.field(field.name).metadata[b"description"] == field.description.encode()


def test_dates_are_dates_and_lists_are_lists(tmp_path: Path) -> None:
    schema = pq.read_schema(written("events", sample_tables()["events"], tmp_path))
    assert schema.field("date_start").type == pa.date32()
    assert schema.field("fields").type == pa.list_(pa.string())
    assert schema.field("sources").type == pa.int64()
    sources = pq.read_schema(written("sources", sample_tables()["sources"], tmp_path))
    assert sources.field("retrieved_at").type == pa.timestamp("us", tz="UTC")


@pytest.mark.parametrize("name", [table.name for table in published()])
def test_what_is_written_is_read_again_whole(name: str, tables: Mapping[str, pa.Table], tmp_path: Path) -> None:
    for data in (tables[name], sample_tables()[name], tables[name].slice(0, 0)):
        again = read_parquet(written(name, data, tmp_path))
        assert conform(load(name), again).equals(data, check_metadata=True)


def test_a_code_that_is_none_is_kept_for_the_checks(tmp_path: Path) -> None:
    rows = sample_rows()["events"]
    rows[0]["status"] = "maybe"
    data = to_table("events", rows)
    assert read_parquet(written("events", data, tmp_path))["status"].to_pylist().count("maybe") == 1


def test_null_codes_stay_null() -> None:
    rows = sample_rows()["events"]
    rows[0]["type"] = None
    data = to_table("events", rows)
    found = _coded(data, codes_of(load("events"), data))["type"]
    assert pa.types.is_dictionary(found.type)
    assert sorted(found.to_pylist(), key=str) == sorted((row["type"] for row in rows), key=str)


def test_the_order_is_total_and_told(tables: Mapping[str, pa.Table], tmp_path: Path) -> None:
    """Whatever the order that rows come in, the same bytes; and the file says how it is sorted."""
    chance = random.Random(7)
    for table in published():
        assert set(table.primary_key) <= set(table.order)
        data = tables[table.name]
        first = written(table.name, data, tmp_path).read_bytes()
        mixed = list(range(data.num_rows))
        chance.shuffle(mixed)
        assert written(table.name, data.take(pa.array(mixed, pa.int64())), tmp_path).read_bytes() == first
        metadata = pq.read_metadata(tmp_path / f"{table.name}.parquet")
        for group in range(metadata.num_row_groups):
            told = [metadata.schema.column(c.column_index).path for c in metadata.row_group(group).sorting_columns]
            assert told == list(table.order)
        assert table.schema.get("sortedBy", list(table.primary_key)) == list(table.order)


def test_events_stand_by_date_and_those_without_one_last(tables: Mapping[str, pa.Table], tmp_path: Path) -> None:
    days = pq.read_table(written("events", tables["events"], tmp_path))["date_start"].to_pylist()
    known = [day for day in days if day is not None]
    assert known == sorted(known)
    assert days[len(known) :] == [None] * (len(days) - len(known)) != []


@pytest.mark.parametrize(
    ("name", "column", "most"), [("statements", "record_id", 2), ("event_participants", "actor_id", 2)]
)
def test_a_scan_for_one_record_skips_the_other_groups(
    tables: Mapping[str, pa.Table], tmp_path: Path, name: str, column: str, most: int
) -> None:
    fragment = next(iter(ds.dataset(written(name, tables[name], tmp_path)).get_fragments()))
    values = tables[name][column]
    wanted = values[len(values) // 3].as_py()
    if name == "event_participants":  # sorted by country first
        country = tables[name]["country"][len(values) // 3].as_py()
        chosen = (ds.field(column) == wanted) & (ds.field("country") == country)
    else:
        chosen = (ds.field(column) == wanted) & (ds.field("record_type") == "event")
    groups = fragment.split_by_row_group(chosen)
    assert fragment.metadata.num_row_groups >= 2
    assert 1 <= len(groups) <= most < max(3, fragment.metadata.num_row_groups + 1)
    found = sum(group.count_rows(filter=chosen) for group in groups)
    assert found == values.to_pylist().count(wanted) > 0


def test_a_column_to_sort_by_must_be_there() -> None:
    schema = json.loads(json.dumps(load("events").schema))
    schema["sortedBy"] = ["day"]
    with pytest.raises(PactwatchError, match="'day'"):
        parse("events", schema)
