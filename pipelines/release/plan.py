"""What a build becomes against the release before: its version, its trail of ids, and the table of what changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.arrow import arrow_schema, conform
from pipelines.errors import PactwatchError
from pipelines.release.changes import CHANGES, diff_tables
from pipelines.release.descriptor import outline
from pipelines.release.versions import (
    DERIVED,
    FIRST,
    Change,
    Release,
    Version,
    bump,
    compare,
    newest_release,
    parse_version,
    version_text,
)
from pipelines.room import Room
from pipelines.tables import load, published

if TYPE_CHECKING:
    import pyarrow as pa

_HISTORY = "id_history"


@dataclass(frozen=True, slots=True)
class Plan:
    """A release that is worked out and not yet written."""

    version: Version
    """The version that it gets; that of the release before where nothing changed."""
    change: str
    """first, major, minor, patch or none: against the release before."""
    previous: str | None
    """The version of the release before."""
    tables: "Mapping[str, pa.Table]"
    """Every published table, conformed and so in its order; `changes` and the versions in `id_history` among them."""

    @property
    def new(self) -> bool:
        """Whether there is anything to publish."""
        return self.change != "none"


@dataclass(frozen=True, slots=True)
class Outlook:
    """A plan without its tables, to be kept beside them."""

    version: str
    change: str
    previous: str | None

    @staticmethod
    def of(plan: Plan) -> "Outlook":
        """That of a plan."""
        return Outlook(version_text(plan.version), plan.change, plan.previous)

    def with_tables(self, tables: "Mapping[str, pa.Table]") -> Plan:
        """The plan again."""
        return Plan(parse_version(self.version), self.change, self.previous, tables)


def plan_release(tables: "Mapping[str, pa.Table]", before: Release | None, room: Room | None = None) -> Plan:
    """What the tables (all but `changes`, keyed by name) become after the release `before`. PactwatchError where one is missing."""
    names = [table.name for table in published() if table.name != CHANGES]
    if missing := [name for name in names if name not in tables]:
        raise PactwatchError(f"there is no table {', '.join(missing)} to publish")
    data = {name: conform(load(name), tables[name]) for name in names}
    if before is None:
        data[CHANGES] = arrow_schema(load(CHANGES)).empty_table()
        return Plan(FIRST, "first", None, _in_order(data))
    old = before.tables(room)
    changes = diff_tables(old, data, [load(name) for name in names if name not in DERIVED], room)
    change = compare(before.descriptor(), outline(published(), data), changes)
    version = before.version if change is Change.NONE else bump(before.version, change)
    data[_HISTORY] = _dated(data[_HISTORY], version_text(version))
    trail = diff_tables(old, data, [load(_HISTORY)])
    data[CHANGES] = conform(load(CHANGES), _joined(changes, trail))
    return Plan(version, change.name.lower(), before.name, _in_order(data))


def plan_next(tables: "Mapping[str, pa.Table]", out: Path) -> Plan:
    """What the tables become after the newest release in the folder `out`."""
    return plan_release(tables, newest_release(out))


def _joined(one: "pa.Table", other: "pa.Table") -> "pa.Table":
    import pyarrow as pa

    return pa.concat_tables([one, other])


def _dated(history: "pa.Table", version: str) -> "pa.Table":
    """The trail of ids with the version of this release where a row has none yet."""
    import pyarrow.compute as pc

    at = history.column_names.index("version")
    return conform(load(_HISTORY), history.set_column(at, "version", pc.fill_null(history["version"], version)))


def _in_order(data: "Mapping[str, pa.Table]") -> "dict[str, pa.Table]":
    return {table.name: data[table.name] for table in published()}
