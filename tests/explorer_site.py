"""What the tests of the page share: a release's database from the hand-made tables, its page, and a browser that minds what it does."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.explorer.build import build_explorer
from pipelines.release.database import DATABASE, build_database
from pipelines.release.files import write_parquet
from pipelines.tables import descriptor
from tests.sample import sample_rows, to_tables

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update "
    "--disable-sync"
).split()


def about(**more: Any) -> dict[str, Any]:
    """The descriptor that a page is made with."""
    return {**descriptor(), "version": "1.4.2", "created": "2025-08-03T00:00:00Z", **more}


def site(folder: Path, rows: dict[str, list[dict[str, Any]]] | None = None) -> Path:
    """The folder of a page that is made of `rows` (default: the hand-made tables)."""
    for name, table in to_tables(sample_rows() if rows is None else rows).items():
        write_parquet(table, folder / f"{name}.parquet")
    build_database(folder, folder / DATABASE)
    (folder / "package").mkdir()
    build_explorer(folder / DATABASE, folder / "package", about())
    return folder / "package"


def browser() -> Iterator[Any]:
    """Debian's Chromium, driven by Playwright; skips where either is not installed."""
    api = pytest.importorskip("playwright.sync_api", reason="the extra `browser` is not installed")
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed (Debian's package chromium)")
    with api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield opened
        opened.close()
