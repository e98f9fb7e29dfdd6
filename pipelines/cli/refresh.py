"""`pactwatch refresh`: fetches what is declared, source by source, and builds; both as runs of Dagster's own jobs in this process."""

import time
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from pipelines.cli.build import How, refuse_unusable, run_refresh, tell
from pipelines.cli.session import Session, failures_of, metadata_of, say_if_waiting, session
from pipelines.cli.terminal import say
from pipelines.errors import EXIT_OK, EXIT_PARTIAL
from pipelines.project import home

if TYPE_CHECKING:
    from pipelines.ingest.source import Source


def refresh(
    source_ids: Sequence[str],
    out: str,
    how: How,
    *,
    offline: bool,
    as_json: bool = False,
) -> int:
    """Fetches (the given sources, else all that are live), then builds and publishes; the exit code.

    EXIT_PARTIAL where all went well but for a source: what was read of it before is still built from.
    """
    from pipelines.ingest.registry import load_registry

    refuse_unusable(out)
    started = time.monotonic()
    wanted = _wanted(load_registry(), source_ids, offline=offline)
    with session("refresh.log") as opened:
        fetched = {}
        for source in wanted:
            fetched[source.id] = _fetch(opened, source)
            if not as_json:
                _print(source.id, fetched[source.id])
        say_if_waiting(home())
        result = run_refresh(opened, None, out, how)
    failed = [source_id for source_id, told in fetched.items() if "failed" in told]
    code = tell(result, opened.log, started, as_json=as_json, more={"fetched": fetched})
    if failed and not as_json:
        say(f"not fetched {', '.join(failed)} (what was read of them before stays)")
    return EXIT_PARTIAL if code == EXIT_OK and failed else code


def _wanted(registry: Any, source_ids: Sequence[str], *, offline: bool) -> "list[Source]":
    from pipelines.assets.fetch import host_of, readable

    if source_ids:
        chosen = [readable(registry, source_id) for source_id in dict.fromkeys(source_ids)]
    else:
        chosen = list(registry.readable())
    if offline:
        return []
    # One after another of each host, the hosts in turn: what one host has us wait for passes while others are asked.
    by_host: dict[str, list[Source]] = {}
    for source in chosen:
        by_host.setdefault(host_of(source), []).append(source)
    return [source for turn in zip_longest(*by_host.values()) for source in turn if source is not None]


def _fetch(opened: Session, source: "Source") -> dict[str, Any]:
    """Runs the job `fetch` for one source: what it says of itself, or `failed` with the reasons."""
    from pipelines.assets.jobs import tags_of
    from pipelines.definitions import FETCH

    result = opened.run(FETCH, {"collector": {"retry": False}}, source.id, tags_of(source.id))
    if not result.success:
        return {"failed": [words for _, words, _ in failures_of(result)]}
    told = metadata_of(result)["captures"]
    counts = {name: told[name] for name in ("new", "changed", "unchanged", "gone", "requests", "problems")}
    problems = [{"url": url, "outcome": outcome, "detail": detail} for url, outcome, detail in told["problems_first"]]
    return {**counts, "problems_first": problems, "notes": list(told["notes"])}


def _print(source_id: str, told: Mapping[str, Any]) -> None:
    """The lines of one source."""
    if "failed" in told:
        for words in told["failed"]:
            say(f"{source_id:<24} failed: {words}")
        return
    if any(told[name] for name in ("new", "changed", "gone")):
        line = ", ".join(f"{told[name]} {name}" for name in ("new", "changed", "unchanged", "gone"))
    else:
        line = f"unchanged ({told['unchanged']} items, {told['requests']} requests)"
    say(f"{source_id:<24} {line}")
    for problem in told["problems_first"]:
        say(f"{'':<24} {problem['url']}: {problem['detail']}")
    if (more := told["problems"] - len(told["problems_first"])) > 0:
        say(f"{'':<24} and {more} problems more: see the run's log")
    for note in told["notes"]:
        say(f"{'':<24} {note}")
