"""Writes a release: all files into a temporary folder beside the others, which is renamed when everything is in it."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

from pipelines.errors import PactwatchError
from pipelines.explorer.build import build_explorer
from pipelines.explorer.sentences import TextOf
from pipelines.partitions import MOST_ROWS, PARTS, paths, pieces
from pipelines.release.changelog import CHANGELOG, changelog
from pipelines.release.database import DATABASE, build_database
from pipelines.release.descriptor import DESCRIPTOR, outline, to_text, weigh
from pipelines.release.files import codes_of, settle, write_csv, write_parquet
from pipelines.release.manifest import MANIFEST, SUMS, manifest, sums
from pipelines.release.metadata import write_metadata
from pipelines.release.plan import Plan, plan_next
from pipelines.release.sqlfiles import read_sql
from pipelines.release.versions import Release, newest_release, point_to_newest, publish, refuse_if_there, version_text
from pipelines.room import Room
from pipelines.tables import Table, published

if TYPE_CHECKING:
    import pyarrow as pa

STAGING = ".building"


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
    tables: "Mapping[str, pa.Table]",
    out: Path,
    inputs: Mapping[str, str] | None = None,
    database: Path | None = None,
    plan: Plan | None = None,
    text_of: TextOf = lambda _: None,
    room: Room | None = None,
) -> Package:
    """Publishes the tables (keyed by name) as the next release under `out`, and points `latest` there.

    `inputs` are named hashes of the declarations that the build used; they are recorded, and do not make a new release
    by themselves. `database` is a pactwatch.duckdb that was built from the same tables; without it one is built here.
    `plan` is what the tables become, where that was worked out already. `text_of` gives the texts that may be quoted, for the
    sentences on the page; `room` says what may be taken. PactwatchError where a table is missing or does not
    fit its schema, or another release was published since the plan was made. Nothing is left behind when anything fails.
    """
    from filelock import FileLock

    plan = plan or plan_next(tables, out)
    out.mkdir(parents=True, exist_ok=True)
    staging = out / STAGING
    version = version_text(plan.version)
    with FileLock(out / ".lock"):
        _still_next(plan, out)
        shutil.rmtree(staging, ignore_errors=True)  # what a build that was killed has left
        try:
            if plan.new:
                refuse_if_there(out, plan.version)
                stage(staging, plan, inputs, database, newest_release(out), text_of, room)
                settle(staging)
                publish(staging, out, plan.version)
            point_to_newest(out)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    rows = {name: table.num_rows for name, table in plan.tables.items()}
    return Package(version, out / version, plan.new, plan.change, rows)


def _still_next(plan: Plan, out: Path) -> None:
    newest = newest_release(out)
    if (newest.name if newest else None) != plan.previous:
        there = newest.name if newest else "none"
        todo = "build again, so that it follows the newest"
        raise PactwatchError(
            f"the newest release is {there}, and this build follows {plan.previous or 'none'}", out, todo
        )


def stage(
    staging: Path,
    plan: Plan,
    inputs: Mapping[str, str] | None,
    database: Path | None,
    before: Release | None,
    text_of: TextOf,
    room: Room | None = None,
) -> None:
    """Writes every file of a release into the folder `staging`, which is made; `before` is the release that it follows."""
    (staging / "data").mkdir(parents=True)
    for table in published():
        _write_table(staging, table, plan.tables[table.name])
    if database is None:
        build_database(staging / "data", staging / DATABASE, room=room)
    else:
        shutil.copyfile(database, staging / DATABASE)
    described = outline(published(), plan.tables, inputs)
    described["version"] = version_text(plan.version)
    weigh(described, staging)
    _write(staging / "README.md", _readme(plan.tables, described))
    _write(staging / CHANGELOG, changelog(plan, before))
    _write(staging / MANIFEST, manifest(plan, inputs))
    _write(staging / DESCRIPTOR, to_text(described))
    write_metadata(staging, described, published(), plan.tables, plan.previous)
    build_explorer(staging / DATABASE, staging, described, text_of, room)
    _write(staging / SUMS, sums(staging))


def _write_table(staging: Path, table: Table, data: "pa.Table") -> None:
    codes = codes_of(table, data)
    names = (paths(table.name, data.num_rows, suffix) for suffix in ("parquet", "csv"))
    for parquet, csv, rows in zip(*names, pieces(data), strict=True):
        for path in (parquet, csv):
            (staging / path).parent.mkdir(exist_ok=True)
        write_parquet(rows, staging / parquet, table.order, codes)
        write_csv(rows, staging / csv)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


_PARTED = """
In partitions of at most $most rows, one after another in the order of the table: $names. `data/NAME.parquet` is a folder there, which pandas,
polars, Spark and Arrow (in R `arrow::open_dataset`) read as one table, and so is `data/NAME.csv`, each file with its header. In `pactwatch.duckdb` it is
a view over these files: open it in this folder, or say where that is with `SET VARIABLE pactwatch = 'FOLDER'`; a URL will do.
"""


def _partitions(described: Mapping[str, Any]) -> str:
    """What the README says of tables in partitions; nothing where there are none."""
    parted = [f"`{each['name']}`" for each in described["resources"] if PARTS in each and "dialect" in each]
    return Template(_PARTED).substitute(most=f"{MOST_ROWS:,}", names=", ".join(parted)) if parted else ""


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
        partitions=_partitions(described),
        license=", ".join(entry["title"] for entry in described["licenses"]),
    )
