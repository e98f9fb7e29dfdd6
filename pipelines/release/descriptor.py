"""Makes the datapackage.json of a release: a Data Package v2 descriptor with inlined schemas, sizes and hashes.

The same tables give the same bytes: nothing here comes from the clock. The database bears no size or hash, since DuckDB
never writes the same file twice; `verify` compares its rows with the Parquet files instead.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.partitions import PARTS, paths, paths_of
from pipelines.project import ENGINE_VERSION, ROOT, tree_hash
from pipelines.release.database import DATABASE
from pipelines.release.files import size_and_hash
from pipelines.tables import Table, descriptor

if TYPE_CHECKING:
    import pyarrow as pa

DESCRIPTOR = "datapackage.json"
PARQUET_SUFFIX = "-parquet"
_PROFILE = {
    "$schema": "https://datapackage.org/profiles/2.0/dataresource.json"
}  # else some take a resource for version 1
_DIALECT = {
    "$schema": "https://datapackage.org/profiles/2.0/tabledialect.json",
    "delimiter": ",",
    "lineTerminator": "\n",
    "quoteChar": '"',
    "doubleQuote": True,
    "skipInitialSpace": False,
}


def outline(
    tables: Sequence[Table], data: "Mapping[str, pa.Table]", inputs: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The descriptor of a release as far as it is known before its files are written: no version, sizes and hashes.

    `data` are the conformed tables by name, as far as they are made: files, sources and the day of the newest input follow from them. `inputs` are the
    hashes of the declarations.
    """
    described = {key: value for key, value in descriptor().items() if key != "resources"}
    if created := _newest_input(data["sources"]):
        described["created"] = created
    described["sources"] = list(_sources(data["sources"]))
    rows = {name: table.num_rows for name, table in data.items()}
    resources = (_resources(table, rows.get(table.name, 0)) for table in tables)
    described["resources"] = [*chain.from_iterable(resources), _database()]
    # Beyond the standard: what a release was made with. `views` is part of what is published, see versions.py.
    made_with = {"engine": ENGINE_VERSION, "views": tree_hash(ROOT / "sql" / "views")}
    described["pactwatch"] = {**made_with, "inputs": dict(sorted((inputs or {}).items()))}
    return described


def weigh(described: dict[str, Any], folder: Path) -> None:
    """Adds size and hash of each file in `folder` to its resource, save the database, which is never written the same twice.

    A resource of several files has them by file, under `parts`: to the standard they are those of one file.
    """
    for index, resource in enumerate(described["resources"]):
        if resource["path"] != DATABASE:
            parts = [{"path": path, **_weight(folder / path)} for path in paths_of(resource)]
            weight = {PARTS: parts} if len(parts) > 1 else _weight(folder / resource["path"])
            schema = {"schema": resource["schema"]} if "schema" in resource else {}
            head = {key: value for key, value in resource.items() if key != "schema"}
            described["resources"][index] = {**head, **weight, **schema}


def _weight(path: Path) -> dict[str, Any]:
    size, digest = size_and_hash(path)
    return {"bytes": size, "hash": f"sha256:{digest}"}


def to_text(described: Mapping[str, Any]) -> str:
    """The descriptor as it is written."""
    return json.dumps(described, indent=2, ensure_ascii=False) + "\n"


def _resources(table: Table, rows: int) -> Iterator[dict[str, Any]]:
    head = {"title": table.title, "description": table.description}
    path = _path(table, rows, "csv")
    form = {"path": path, "format": "csv", "mediatype": "text/csv", "encoding": "utf-8", "dialect": _DIALECT}
    yield {**_PROFILE, "name": table.name, "type": "table", **head, **form, "schema": csv_schema(table.schema)}
    # With a capital it is a plain file to frictionless, which cannot read null integers and lists in Parquet; of the `type`s
    # that would say so, the standard knows only `table`.
    path = _path(table, rows, "parquet")
    form = {"path": path, "format": "Parquet", "mediatype": "application/vnd.apache.parquet"}
    yield {**_PROFILE, "name": resource_name(table.name), **head, **form, "schema": dict(table.schema)}


def _path(table: Table, rows: int, suffix: str) -> str | list[str]:
    listed = paths(table.name, rows, suffix)
    return listed if len(listed) > 1 else listed[0]


def resource_name(table: str) -> str:
    """The name of the Parquet resource of a table."""
    return f"{table}{PARQUET_SUFFIX}"


def _database() -> dict[str, Any]:
    return {
        **_PROFILE,
        "name": "pactwatch-duckdb",
        "title": "DuckDB database",
        "description": "All tables with their keys, checks and comments, and the views on them. Its rows are those of the "
        "Parquet files; it bears no hash, for DuckDB never writes the same file twice.",
        "path": DATABASE,
        "format": "duckdb",
        "mediatype": "application/vnd.duckdb",
    }


def csv_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of the CSV form of a table: there a list is a JSON array, so that an empty one differs from none."""
    return {**schema, "fields": [_csv_field(field) for field in schema["fields"]]}


def _csv_field(field: Mapping[str, Any]) -> dict[str, Any]:
    if field["type"] != "list":
        return dict(field)
    items = [category["value"] for category in field.get("itemCategories", ())]
    item: dict[str, Any] = {"type": "string", **({"constraints": {"enum": items}} if items else {})}
    example = {"example": json.dumps(field["example"].split(","))} if "example" in field else {}
    rest = {key: value for key, value in field.items() if key != "itemType"}
    return {**rest, **example, "type": "array", "arrayItem": item}


def _sources(sources: "pa.Table") -> Iterator[dict[str, str]]:
    columns = ["source_id", "title", "publisher", "url", "revision"]
    for row in sources.select(columns).to_pylist():
        source = {"title": row["title"] or row["publisher"] or row["source_id"]}
        if row["url"]:
            source["path"] = row["url"]
        if row["revision"]:
            source["version"] = row["revision"]
        yield source


def _newest_input(sources: "pa.Table") -> str | None:
    """The newest moment at which an input was published or fetched, in UTC; None where none bears a date."""
    moments = []
    for row in sources.select(["status", "published", "retrieved_at"]).to_pylist():
        if row["status"] != "cited":
            moments += [_moment(value) for value in (row["published"], row["retrieved_at"]) if value is not None]
    return max(moments).isoformat(timespec="seconds").replace("+00:00", "Z") if moments else None


def _moment(value: date | datetime) -> datetime:
    return value if isinstance(value, datetime) else datetime.combine(value, time(), UTC)
