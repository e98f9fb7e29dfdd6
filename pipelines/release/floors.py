"""Floors: how far a table may shrink from one release to the next. They are declared in `sql/checks/floors.yaml`."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipelines.declarations import check_keys, load_yaml
from pipelines.errors import EXIT_INVALID, PactwatchError
from pipelines.partitions import rows_of
from pipelines.project import ROOT
from pipelines.release.versions import newest_release
from pipelines.tables import published

_FILE = ROOT / "sql" / "checks" / "floors.yaml"


@dataclass(frozen=True, slots=True)
class Floor:
    """A release keeps at least `share` of the rows that `table` had in the one before, where those were `least` or more."""

    table: str
    share: float
    least: int

    @property
    def rule(self) -> str:
        """The floor in words."""
        return f"{self.table} keeps at least {self.share:.0%} of the rows of the release before, where that had {self.least} or more."

    def needed(self, before: int) -> int:
        """How many rows there must be now."""
        return math.ceil(before * self.share) if before >= self.least else 0


def load_floors(path: Path = _FILE) -> list[Floor]:
    """The declared floors; PactwatchError names file, table and key where one is not understood."""
    declared = load_yaml(path) or {}
    check_keys(declared, [table.name for table in published()], path)
    floors = []
    for table, entry in declared.items():
        where = f"{path.parent.name}/{path.name} under {table}"
        check_keys(entry, ("share", "from"), where, required=("share", "from"))
        share, least = entry["share"], entry["from"]
        if not isinstance(share, int | float) or isinstance(share, bool) or not 0 < share <= 1:
            raise PactwatchError(f"share is {share!r}", where, "give a number above 0, up to 1", EXIT_INVALID)
        if not isinstance(least, int) or isinstance(least, bool) or least < 1:
            raise PactwatchError(f"from is {least!r}", where, "give a number of rows, 1 or more", EXIT_INVALID)
        floors.append(Floor(table, float(share), least))
    return floors


def rows_before(out: Path) -> dict[str, int]:
    """Rows by table in the newest release under `out`; empty where there is none. A file that cannot be read has no rows here."""
    import pyarrow as pa

    newest = newest_release(out)
    counts: dict[str, int] = {}
    for table in (table.name for table in published()) if newest else ():
        try:
            counts[table] = rows_of(newest.files(table)) if newest else 0
        except (OSError, pa.ArrowException, PactwatchError):
            counts[table] = 0  # `verify` tells what is wrong with it
    return counts


def fallen(floor: Floor, before: Mapping[str, int], now: int) -> str | None:
    """What is wrong with `now` rows, in one line; None where the floor is kept."""
    was = before.get(floor.table, 0)
    if now >= floor.needed(was):
        return None
    return (
        f"{floor.table} fell from {was:,} rows to {now:,}, and {floor.needed(was):,} is the least that {_FILE.name} lets pass: "
        "find out why, or let this one through with --accept-fall"
    )
