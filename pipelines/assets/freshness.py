"""Whether sources still bring something: one check for all, which names those that have been silent for longer than they declare."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import dagster as dg

from pipelines.assets import metadata
from pipelines.assets.archive import open_archive
from pipelines.assets.checks import told_in_one_line
from pipelines.assets.workspace import Workspace
from pipelines.ingest.registry import Registry, load_registry

if TYPE_CHECKING:
    from pipelines.archive.archive import Archive


@dg.asset_check(
    asset="captures",
    name="fresh",
    blocking=False,
    description="Every source brought something new, or a new version, within the days that its declaration gives as `stale`.",
)
def fresh(workspace: Workspace) -> dg.AssetCheckResult:
    """Reads the archive, not the runs: a source that could not be fetched for weeks is found silent too."""
    with told_in_one_line(), open_archive(workspace.state, read_only=True) as archive:
        days = silent_days(load_registry(), archive, datetime.now(UTC))
    late = [
        f"{source_id} for {silent:.0f} days (allowed: {allowed})"
        for source_id, silent, allowed in days
        if silent > allowed
    ]
    return dg.AssetCheckResult(
        passed=not late,
        severity=dg.AssetCheckSeverity.WARN,
        description=metadata.one_line(f"nothing new from {', '.join(late)}") if late else None,
        metadata={
            "days_without_a_new_item": dg.MetadataValue.json(
                {source_id: round(silent, 1) for source_id, silent, _ in days}
            )
        },
    )


def silent_days(registry: Registry, archive: "Archive", now: datetime) -> list[tuple[str, float, int]]:
    """Source, days since its newest item or version came, days allowed: for each that declares `stale` and was fetched once."""
    found = []
    for source in registry.readable():
        last = archive.last_change(source.id) if source.fetch.stale else None
        if last is not None and source.fetch.stale:
            found.append((source.id, (now - last).total_seconds() / 86400, source.fetch.stale))
    return found
