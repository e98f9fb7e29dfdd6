"""Any two releases beside each other: what of the schema and which cells differ."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipelines.arrow import conform
from pipelines.release.changes import CHANGES, diff_tables
from pipelines.release.descriptor import resource_name
from pipelines.release.versions import Release, compare
from pipelines.tables import Table, parse

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Comparison:
    """What leads from one release to another."""

    change: str
    """none, patch, minor or major: what the way from one to the other amounts to."""
    schema: list[str]
    """A line for each table or column that is only in one of them."""
    changes: "pa.Table"
    """As the table `changes`."""
    after: "Mapping[str, pa.Table]"
    """The tables of the second."""


def compare_releases(one: Release, other: Release) -> Comparison:
    """Compares two releases by the schemas that they carry. PactwatchError where one cannot be read."""
    was, now = one.descriptor(), other.descriptor()
    before, after = one.tables(), other.tables()
    tables = [table for table in tables_of(now) if table.name != CHANGES]
    conformed = {table.name: conform(table, after[table.name]) for table in tables}
    changes = diff_tables(before, conformed, tables)
    return Comparison(compare(was, now, changes).name.lower(), list(_of_schema(was, now)), changes, conformed)


def tables_of(descriptor: Mapping[str, Any]) -> list[Table]:
    """The tables that a release describes, in its order."""
    resources = {resource["name"]: resource for resource in descriptor["resources"]}
    return [
        parse(name, resource["schema"])
        for name, resource in resources.items()
        if resource_name(name) in resources and "schema" in resource
        for resource in (resources[resource_name(name)],)
    ]


def _of_schema(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    old = {table.name: table.columns for table in tables_of(was)}
    new = {table.name: table.columns for table in tables_of(now)}
    for name in sorted(old.keys() | new.keys()):
        if name not in old or name not in new:
            yield f"table {name} {'added' if name in new else 'removed'}"
            continue
        yield from (f"column {name}.{column} removed" for column in old[name] if column not in new[name])
        yield from (f"column {name}.{column} added" for column in new[name] if column not in old[name])
