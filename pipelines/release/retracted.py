"""Records of the newest release that the next one does not have: nothing that is read any more supports them under their id."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.release.versions import releases

if TYPE_CHECKING:
    import pyarrow as pa

RECORDS = {"events": "event_id", "agreements": "agreement_id"}


def retracted(out: Path, tables: "Mapping[str, pa.Table]") -> dict[str, list[str]]:
    """The ids that are gone, sorted, by table; empty lists where there is no release before."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    found = releases(out) if out.is_dir() else []
    gone: dict[str, list[str]] = {}
    for table, key in RECORDS.items():
        now = set(tables[table].column(key).to_pylist())
        try:
            before = pq.read_table(found[-1].folder / "data" / f"{table}.parquet", columns=[key]) if found else None
        except (OSError, pa.ArrowException):
            before = None  # a release that was tampered with: `verify` tells what is wrong with it
        gone[table] = sorted(set(before.column(key).to_pylist()) - now) if before is not None else []
    return gone
