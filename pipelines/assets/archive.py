"""The archive and the fetcher as the assets open them: where in the state they are, and with what limits."""

from pathlib import Path

from pipelines.archive.archive import Archive
from pipelines.fetch.client import Fetcher, Limits
from pipelines.ingest.source import Source


def open_archive(state: Path, *, read_only: bool = False) -> Archive:
    """The archive of the state; a context manager."""
    return Archive(state / "archive", read_only=read_only)


def open_fetcher(state: Path, source: Source, *, seconds: float | None = None) -> Fetcher:
    """A fetcher with the settings of a source; a context manager. `seconds`: what a request may take, where that is not the usual."""
    usual = Limits()
    limits = Limits(
        seconds=usual.seconds if seconds is None else seconds,
        retries=usual.retries if seconds is None else 0,
        pause=usual.pause if source.fetch.pause is None else source.fetch.pause,
    )
    return Fetcher(state / "hosts", limits, allow=source.fetch.allow)
