"""How every view looks: it fits the screen, in light and dark, on a desk, a phone and a wide screen. PACTWATCH_SCREENS=FOLDER keeps
the pictures that the documentation shows (`make screens`)."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.explorer.build import PAGE
from tests.explorer_site import browser, site

SIZES = {"desk": (1280, 900), "phone": (390, 844), "wide": (2200, 1100)}
VIEWS = (
    "overview",
    "pairs",
    "events",
    "agreements",
    "watch-list",
    "disagreements",
    "actors",
    "sources",
    "download",
    "record",
)
_MORE = {("phone", "light"): ("overview", "record"), ("desk", "dark"): ("overview",)}
KEEP = os.environ.get("PACTWATCH_SCREENS")
OF = os.environ.get("PACTWATCH_SCREENS_OF")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    yield from browser()


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of the hand-made tables, or of a release that PACTWATCH_SCREENS_OF names."""
    return (Path(OF).resolve() / PAGE if OF else site(tmp_path_factory.mktemp("site")) / PAGE).as_uri()


@pytest.mark.parametrize(
    ("size", "scheme"), [("desk", "light"), ("desk", "dark"), ("phone", "light"), ("wide", "light")]
)
def test_every_view_fits_the_screen(chromium: Any, page: str, tmp_path: Path, size: str, scheme: str) -> None:
    width, height = SIZES[size]
    context = chromium.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
    )
    tab = context.new_page()
    tab.goto(page)
    first = tab.locator("#overview .events a.record, #t-events a.record").first.get_attribute("href")
    grounds = set()
    for view in VIEWS:
        tab.goto(f"{page}{first if view == 'record' else f'#/{view}'}")
        tab.locator("dialog[open] mark" if view == "record" else f"#{view} h1").first.wait_for()
        if view in {"events", "agreements", "actors", "sources"}:
            tab.locator(f"#{view} output", has_text=" of ").wait_for()
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{view} is wider than the screen"
        grounds.add(tab.evaluate("getComputedStyle(document.body).backgroundColor"))
        kept = VIEWS if (size, scheme) == ("desk", "light") else _MORE.get((size, scheme), ())
        picture = (Path(KEEP) if KEEP and view in kept else tmp_path) / f"{view}-{size}-{scheme}.jpg"
        tab.screenshot(path=str(picture), type="jpeg", quality=72)
        assert picture.stat().st_size > 5_000, "an empty picture"
    assert grounds == {"rgb(21, 23, 26)" if scheme == "dark" else "rgb(251, 250, 247)"}
    context.close()
