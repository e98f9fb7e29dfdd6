"""Records of the newest release that the next one does not have: nothing that is read any more supports them under their id."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.errors import PactwatchError
from pipelines.release.versions import releases

if TYPE_CHECKING:
    import pyarrow as pa

RECORDS = {"events": "event_id", "agreements": "agreement_id"}


def retracted(out: Path, tables: "Mapping[str, pa.Table]") -> dict[str, list[str]]:
    """The ids that are gone, sorted, by table; empty lists where there is no release before.

    An id that leads on to a record by `id_history` (merged, renamed) is not gone.
    """
    import pyarrow as pa

    found = releases(out) if out.is_dir() else []
    history = tables["id_history"]
    leads_on = {
        old
        for old, new in zip(history.column("old_id").to_pylist(), history.column("current_id").to_pylist(), strict=True)
        if new is not None
    }
    gone: dict[str, list[str]] = {}
    for table, key in RECORDS.items():
        now = set(tables[table].column(key).to_pylist())
        try:
            before = _ids(found[-1].files(table), key) if found else []
        except (OSError, pa.ArrowException, PactwatchError):
            before = []  # a release that was tampered with: `verify` tells what is wrong with it
        gone[table] = sorted(set(before) - now - leads_on)
    return gone


def _ids(files: list[Path], key: str) -> list[str]:
    import pyarrow.parquet as pq

    return [value for path in files for value in pq.read_table(path, columns=[key]).column(key).to_pylist()]
