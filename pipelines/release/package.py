"""Writes a release: all files into a temporary folder beside the others, which is renamed when everything is in it."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

from pipelines.errors import PactwatchError
from pipelines.release.database import DATABASE, build_database
from pipelines.release.descriptor import DESCRIPTOR, describe, to_text
from pipelines.release.files import sync, write_csv, write_parquet
from pipelines.release.sqlfiles import read_sql
from pipelines.release.versions import (
    FIRST,
    Change,
    Version,
    bump,
    compare,
    point_to_newest,
    publish,
    releases,
    version_text,
)
from pipelines.tables import conform, published

if TYPE_CHECKING:
    import pyarrow as pa

_STAGING = ".building"


@dataclass(frozen=True, slots=True)
class Package:
    """A published release. `new` is False where the content equals the newest release and so nothing was written."""

    version: str
    folder: Path
    new: bool
    change: str
    """first, major, minor, patch or none: against the release before."""
    rows: Mapping[str, int]
    """Rows by table."""


def write_package(
    tables: "Mapping[str, pa.Table]", out: Path, inputs: Mapping[str, str] | None = None, database: Path | None = None
) -> Package:
    """Publishes the tables (keyed by name) as the next release under `out`, and points `latest` there.

    `inputs` are named hashes of the declarations that the build used; they are recorded, and do not make a new release
    by themselves. `database` is a pactwatch.duckdb that was built from the same tables; without it one is built here.
    PactwatchError where a table is missing or does not fit its schema. Nothing is left behind when anything fails.
    """
    from filelock import FileLock

    declared = published()
    if missing := [table.name for table in declared if table.name not in tables]:
        raise PactwatchError(f"there is no table {', '.join(missing)} to publish", out)
    data = {table.name: conform(table, tables[table.name]) for table in declared}
    out.mkdir(parents=True, exist_ok=True)
    staging = out / _STAGING
    with FileLock(out / ".lock"):
        shutil.rmtree(staging, ignore_errors=True)  # what a build that was killed has left
        try:
            described = _stage(staging, data, inputs)
            version, change = _next(out, staging, described)
            if change != "none":
                described["version"] = version_text(version)
                _finish(staging, data, described, database)
                publish(staging, out, version)
            point_to_newest(out)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    rows = {name: table.num_rows for name, table in data.items()}
    return Package(version_text(version), out / version_text(version), change != "none", change, rows)


def _stage(staging: Path, data: "Mapping[str, pa.Table]", inputs: Mapping[str, str] | None) -> dict[str, Any]:
    """Writes the files of all tables and returns their descriptor, which has no version yet."""
    (staging / "data").mkdir(parents=True)
    for name, table in data.items():
        write_parquet(table, staging / "data" / f"{name}.parquet")
        write_csv(table, staging / "data" / f"{name}.csv")
    return describe(staging, published(), data, inputs)


def _next(out: Path, staging: Path, described: Mapping[str, Any]) -> tuple[Version, str]:
    """The version of what is staged, and how it differs from the newest release: that one's version where it does not."""
    before = releases(out)
    if not before:
        return FIRST, "first"
    last = before[-1]
    change = compare(last.folder, last.descriptor(), staging, described)
    return (last.version if change is Change.NONE else bump(last.version, change)), change.name.lower()


def _finish(staging: Path, data: "Mapping[str, pa.Table]", described: Mapping[str, Any], database: Path | None) -> None:
    """Adds the database, the README and, last, the descriptor, and waits until all is on the disk."""
    if database is None:
        build_database(staging / "data", staging / DATABASE)
    else:
        shutil.copyfile(database, staging / DATABASE)
    (staging / "README.md").write_text(_readme(data, described), encoding="utf-8", newline="\n")
    (staging / DESCRIPTOR).write_text(to_text(described), encoding="utf-8", newline="\n")
    for path in [*staging.rglob("*"), staging]:
        sync(path)


def _readme(data: "Mapping[str, pa.Table]", described: Mapping[str, Any]) -> str:
    template = Template((Path(__file__).parent / "package_readme.md").read_text(encoding="utf-8"))
    ingested = sum(status != "cited" for status in data["sources"].column("status").to_pylist())
    return template.substitute(
        title=described["title"],
        version=described["version"],
        description=described["description"],
        tables="\n".join(f"| {t.name} | {data[t.name].num_rows:,} | {t.description} |" for t in published()),
        views="\n".join(f"| {view.name} | {view.comment} |" for view in read_sql("views")),
        statements=f"{data['statements'].num_rows:,}",
        events=f"{data['events'].num_rows:,}",
        agreements=f"{data['agreements'].num_rows:,}",
        ingested=f"{ingested:,}",
        license=", ".join(entry["title"] for entry in described["licenses"]),
    )
