"""Has a feed changed? One conditional request tells, and the cursor of a sensor keeps what makes the next one conditional."""

import hashlib
import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from pipelines.assets.archive import open_fetcher
from pipelines.fetch.response import FetchError, Validators
from pipelines.ingest.source import Feed, Source

_TOGETHER = 40.0
"""Seconds for all feeds of one look: Dagster gives a sensor sixty."""
_ONE = 8.0
_ACCEPT = "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"


@dataclass(slots=True)
class Look:
    """What a feed was like: validators, and the hash of what it held."""

    etag: str | None = None
    last_modified: str | None = None
    digest: str = ""


@dataclass(slots=True)
class Seen:
    """What every feed was like, by address, and when each source was looked at, in seconds since 1970."""

    feeds: dict[str, Look] = field(default_factory=dict)
    looked: dict[str, float] = field(default_factory=dict)

    def to_json(self) -> str:
        """For the cursor."""
        return json.dumps(
            {"feeds": {url: asdict(look) for url, look in self.feeds.items()}, "looked": self.looked}, sort_keys=True
        )

    @classmethod
    def from_json(cls, cursor: str | None) -> "Seen":
        """The inverse; empty where the cursor is empty or is not one of ours: then every feed counts as changed."""
        try:
            stated = json.loads(cursor or "{}")
            return cls(
                {url: Look(**look) for url, look in stated.get("feeds", {}).items()}, dict(stated.get("looked", {}))
            )
        except (ValueError, TypeError, AttributeError):
            return cls()


def in_turn(sources: Iterable[Source], seen: Seen) -> Iterator[Source]:
    """The sources, those first that were not looked at for longest, until the time for one look is up."""
    until = time.monotonic() + _TOGETHER
    for source in sorted(sources, key=lambda source: (seen.looked.get(source.id, 0.0), source.id)):
        if time.monotonic() + _ONE > until:
            return
        yield source


def look(state: Path, source: Source, seen: Seen) -> str | None:
    """The hash of what the feeds of a source hold, where that has changed; None where not, or where they cannot be reached."""
    assert isinstance(source.reader, Feed)
    seen.looked[source.id] = time.time()
    changed = False
    with open_fetcher(state, source, seconds=_ONE / len(source.reader.urls)) as fetcher:
        for url in source.reader.urls:
            before = seen.feeds.get(url, Look())
            try:
                response = fetcher.get(url, validators=Validators(before.etag, before.last_modified), accept=_ACCEPT)
            except FetchError:
                continue
            if response.status != 200:
                continue
            now = Look(
                response.header("ETag"), response.header("Last-Modified"), hashlib.sha256(response.body).hexdigest()
            )
            changed = changed or now.digest != before.digest
            seen.feeds[url] = now
    digests = "".join(seen.feeds[url].digest for url in source.reader.urls if url in seen.feeds)
    return hashlib.sha256(digests.encode()).hexdigest() if changed else None
