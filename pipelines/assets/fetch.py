"""Group fetch: the only step that touches the network. One partition a source, so that a broken one fails alone."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import dagster as dg

from pipelines import project
from pipelines.assets import metadata
from pipelines.assets.workspace import Collector
from pipelines.errors import EXIT_FAILURE, EXIT_NOT_FOUND, PactwatchError
from pipelines.ingest.reader import Collected, Problem
from pipelines.ingest.registry import Registry, load_registry
from pipelines.ingest.source import Feed, MediaWiki, Pages, Sitemap, Source, Telegram

PARTITIONS = dg.DynamicPartitionsDefinition(name="sources")
HOST_TAG = "pactwatch/host"
_LASTING = frozenset({"robots", "forbidden_address", "redirects", "too_large", "status", "unreadable", "broken"})
"""Outcomes that another try a minute later will not mend."""
_TOLD = 20


@dg.asset(
    group_name="fetch",
    kinds={"warc"},
    code_version=project.ENGINE_VERSION,
    partitions_def=PARTITIONS,
    retry_policy=dg.RetryPolicy(max_retries=2, delay=60, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS),
    check_specs=[
        dg.AssetCheckSpec(
            "complete",
            asset="captures",
            description="Everything that the source led to could be fetched.",
            blocking=False,
        )
    ],
)
def captures(context: dg.AssetExecutionContext, collector: Collector) -> dg.MaterializeResult:
    """What the sources hold, as archived responses and files: new and changed ones are added, nothing is ever removed."""
    from pipelines.archive.keyed import KeyedStore
    from pipelines.assets.archive import open_archive, open_fetcher
    from pipelines.ingest.readers import reader_of

    try:
        source = readable(load_registry(), context.partition_key)
        with (
            collector.alone(source.id),
            open_archive(collector.state) as archive,
            open_fetcher(collector.state, source) as fetcher,
            KeyedStore(collector.state / "parsed.sqlite") as store,
        ):
            collected = reader_of(source, store).collect(source, fetcher, archive)
    except PactwatchError as error:
        raise dg.Failure(str(error), metadata={"exit_code": error.exit_code}, allow_retries=False) from error
    for problem in collected.problems:
        context.log.warning("%s: %s", problem.url, problem.detail)
    if collected.problems and not _anything(collected):
        raise failure_of(collected.problems, retry=collector.retry)
    return dg.MaterializeResult(metadata=told(collected), check_results=[_complete(collected)])


def readable(registry: Registry, source_id: str) -> Source:
    """The declared source of that id; PactwatchError where there is none, or it is cited only."""
    found = registry.find(source_id)
    if not found.is_read:
        raise PactwatchError(
            "this source is cited and not read", source_id, "see `pactwatch sources list`", EXIT_NOT_FOUND
        )
    return found


def host_of(source: Source) -> str:
    """The host that most of a source's requests go to; its own id where there is none."""
    match source.reader:
        case Pages(urls) | Feed(urls=urls) | Sitemap(urls=urls):
            address = urls[0]
        case MediaWiki(api=api):
            address = api
        case Telegram(preview=preview):
            address = preview
        case _:
            return source.id
    return urlsplit(address).hostname or source.id


def told(collected: Collected) -> dict[str, Any]:
    """The metadata of one fetch."""
    shown: dict[str, Any] = {
        "new": collected.new,
        "changed": collected.changed,
        "unchanged": collected.unchanged,
        "gone": collected.gone,
        "requests": collected.requests,
        "problems": len(collected.problems),
        "problems_first": dg.MetadataValue.json([[p.url, p.outcome, p.detail] for p in collected.problems[:_TOLD]]),
        "notes": dg.MetadataValue.json(list(collected.notes[:_TOLD])),
        "dagster/row_count": collected.new + collected.changed + collected.unchanged,
    }
    if collected.newest_item is not None:
        shown["newest_item"] = dg.MetadataValue.timestamp(collected.newest_item.astimezone(UTC))
        shown["newest_item_days"] = round((datetime.now(UTC) - collected.newest_item).total_seconds() / 86400, 1)
    return shown


def _anything(collected: Collected) -> bool:
    return bool(collected.new or collected.changed or collected.unchanged or collected.gone)


def _complete(collected: Collected) -> dg.AssetCheckResult:
    problems = collected.problems
    first = problems[0] if problems else None
    return dg.AssetCheckResult(
        passed=not problems,
        asset_key="captures",
        check_name="complete",
        severity=dg.AssetCheckSeverity.WARN,
        description=None
        if first is None
        else metadata.one_line(f"{len(problems)} could not be fetched, the first: {_line(first)}"),
        metadata={"problems": len(problems)},
    )


def failure_of(problems: tuple[Problem, ...], *, retry: bool) -> dg.Failure:
    """The failure of a fetch that brought nothing: it is tried again (`retry`) where that may help."""
    passing = any(problem.outcome not in _LASTING for problem in problems)
    more = f", and {len(problems) - 1} more" if len(problems) > 1 else ""
    listed = [[problem.url, problem.outcome, problem.detail] for problem in problems[:_TOLD]]
    return dg.Failure(
        metadata.one_line(_line(problems[0]) + more),
        metadata={"exit_code": EXIT_FAILURE, "problems_first": dg.MetadataValue.json(listed)},
        allow_retries=retry and passing,
    )


def _line(problem: Problem) -> str:
    return f"{problem.url}: {problem.detail}"
