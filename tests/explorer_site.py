"""What the tests of the page share: a release's database from the hand-made tables, its page, and a browser that minds what it does."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.explorer.build import PAGE, build_explorer
from pipelines.release.database import DATABASE, build_database
from pipelines.release.files import write_parquet
from pipelines.tables import descriptor
from tests.sample import SOURCE, TEXT, sample_rows, to_tables

CHROMIUM = Path("/usr/bin/chromium")
SIZES = {"desk": (1280, 900), "phone": (390, 844)}
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update "
    "--disable-sync"
).split()


def about(**more: Any) -> dict[str, Any]:
    """The descriptor that a page is made with."""
    return {**descriptor(), "version": "1.4.2", "created": "2025-08-03T00:00:00Z", **more}


def site(folder: Path, rows: dict[str, list[dict[str, Any]]] | None = None, text: str = TEXT) -> Path:
    """The folder of a page that is made of `rows` (default: the hand-made tables), whose one document is `text`."""
    for name, table in to_tables(sample_rows() if rows is None else rows).items():
        write_parquet(table, folder / f"{name}.parquet")
    build_database(folder, folder / DATABASE)
    (folder / "package").mkdir()
    build_explorer(folder / DATABASE, folder / "package", about(), {SOURCE: text}.get)
    return folder / "package"


def visitor(chromium: Any, sites: dict[str, Path]) -> Iterator[Any]:
    """Opens a page from the disk. Fails on an error in the console, a dialog of a script, or a request that leaves the disk."""
    contexts, problems = [], []

    def opened(which: str = "plain", size: str = "desk", at: str = "", **settings: Any) -> Any:
        width, height = SIZES[size]
        context = chromium.new_context(viewport={"width": width, "height": height}, **settings)
        contexts.append(context)
        tab = context.new_page()
        tab.set_default_timeout(20_000)
        tab.on(
            "console", lambda message: problems.append(message.text) if message.type in {"error", "warning"} else None
        )
        tab.on("pageerror", lambda error: problems.append(str(error)))
        tab.on("dialog", lambda dialog: (problems.append(f"dialog {dialog.message}"), dialog.dismiss()))
        tab.on(
            "request",
            lambda request: (
                None if request.url.startswith(("file:", "data:", "blob:")) else problems.append(request.url)
            ),
        )
        tab.goto(f"{(sites[which] / PAGE).as_uri()}{at}")
        return tab

    yield opened
    for context in contexts:
        context.close()
    assert problems == []


def browser() -> Iterator[Any]:
    """Debian's Chromium, driven by Playwright; skips where either is not installed."""
    api = pytest.importorskip("playwright.sync_api", reason="the extra `browser` is not installed")
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed (Debian's package chromium)")
    with api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield opened
        opened.close()
