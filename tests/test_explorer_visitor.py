"""Five tasks of somebody who sees the page for the first time, by clicks and by keyboard alone, on a desk and on a phone."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.explorer_site import SIZES, browser, site, visitor
from tests.sample import MOU

pytestmark = pytest.mark.parametrize("size", SIZES)
FOCUSED = """() => {
    const at = document.activeElement;
    return [at.tagName, at.getAttribute("href") ?? at.name ?? "", at.getAttribute("data-export") ?? at.textContent.trim()];
}"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    yield from browser()


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {"plain": site(tmp_path_factory.mktemp("plain"))}


@pytest.fixture
def visit(chromium: Any, sites: dict[str, Path]) -> Iterator[Any]:
    yield from visitor(chromium, sites)


def go(tab: Any, tag: str, address: str = "", words: str = "", key: str = "Tab") -> None:
    """Presses Tab until an element has the focus that has this tag, address or name, and words; as people do who see where they are."""
    for _ in range(200):
        tab.keyboard.press(key)
        at, where, said = tab.evaluate(FOCUSED)
        if at == tag and re.search(address, where) and re.search(words, said):
            return
    raise AssertionError(f"no {tag} {address} {words} can be reached")


def proof(tab: Any) -> None:
    """The sentence that proves the memorandum is there to read, the words marked."""
    sentence = tab.locator("dialog[open] blockquote", has_text="put their names to")
    sentence.first.wait_for()
    assert "Iran and Pakistan put their names to a memorandum of understanding" in sentence.first.inner_text()
    assert sentence.first.locator("mark").all_inner_texts() == ["Iran", "Pakistan", "put their names to", "a memorandum of understanding", "in Islamabad", "on Saturday"]  # fmt: skip
    assert re.search(r"when\s+2 August 2025", tab.locator("dialog dl.facts").inner_text())


def test_finding_the_memorandum_and_the_sentence_that_proves_it(visit: Any, size: str) -> None:
    tab = visit(size=size)
    tab.get_by_role("navigation").get_by_role("link", name="Agreements", exact=True).click()
    tab.locator("#agreements").get_by_role("searchbox").fill("pakistan iran")
    tab.locator("#t-agreements tbody tr", has_text="memorandum of understanding").get_by_role("link").first.click()
    proof(tab)


def test_the_same_by_keyboard(visit: Any, size: str) -> None:
    tab = visit(size=size)
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "skip"
    go(tab, "A", "#/agreements")
    tab.keyboard.press("Enter")
    tab.locator("#t-agreements tbody a.record").first.wait_for()
    go(tab, "INPUT", "^q$")
    tab.keyboard.type("memorandum")
    tab.locator("#agreements output", has_text="1 of 2").wait_for()
    go(tab, "A", "#/record/")
    tab.keyboard.press("Enter")
    proof(tab)
    assert tab.evaluate("document.activeElement.id") == "drawer-title"
    tab.keyboard.press("Escape")
    tab.locator("dialog:not([open])").wait_for(state="attached")
    tab.wait_for_url("**#/agreements?q=memorandum")  # one step back in the history, which takes its time


def planned(tab: Any) -> None:
    """The plans of Iran and Pakistan are listed, and nothing else."""
    tab.locator("#events output", has_text="1 of 2").wait_for()
    assert tab.locator("#t-events tbody .chip").all_inner_texts() == ["planned"]
    assert re.search(r"countries=IRN(,|%2C)PAK&status=planned", tab.url)


def test_listing_what_two_states_have_planned_and_not_done(visit: Any, size: str) -> None:
    tab = visit(size=size)
    tab.get_by_role("navigation").get_by_role("link", name="Pairs").click()
    tab.locator("#pair-IRN-PAK").get_by_role("link", name="Planned").click()
    planned(tab)


def test_listing_it_by_keyboard(visit: Any, size: str) -> None:
    tab = visit(size=size)
    go(tab, "A", "#/pairs$")
    tab.keyboard.press("Enter")
    tab.locator("#pair-IRN-PAK").wait_for()
    go(tab, "A", "IRN,PAK&status=planned")
    tab.keyboard.press("Enter")
    planned(tab)


def last_met(tab: Any) -> None:
    """The record says when, and who tells it independently, and that another date was told."""
    told = tab.locator("dialog[open] dl.facts").inner_text()
    assert re.search(r"when\s+2 August 2025", told)
    assert re.search(r"told by\s+1 document, 1 independent", told)
    tab.locator("dialog[open] .lost").first.wait_for()
    assert "told, not taken" in tab.locator("dialog").inner_text()


def test_when_the_two_last_met_per_which_sources(visit: Any, size: str) -> None:
    tab = visit(size=size)
    tab.get_by_role("navigation").get_by_role("link", name="Events", exact=True).click()
    tab.locator("#events [name=countries]").fill("Iran, Pakistan")
    tab.locator("#events [name=status]").select_option("occurred")
    tab.locator("#events output", has_text="1 of 2").wait_for()
    tab.locator("#t-events tbody a.record").first.click()
    last_met(tab)


def test_the_last_meeting_by_keyboard(visit: Any, size: str) -> None:
    tab = visit(size=size)
    go(tab, "A", "#/events$")
    tab.keyboard.press("Enter")
    tab.locator("#t-events tbody a.record").first.wait_for()
    go(tab, "INPUT", "^countries$")
    tab.keyboard.type("Iran, Pakistan")
    go(tab, "SELECT", "^status$", key="Shift+Tab")
    tab.keyboard.type("occurred")
    tab.locator("#events output", has_text="1 of 2").wait_for()
    go(tab, "A", "#/record/")
    tab.keyboard.press("Enter")
    last_met(tab)


@pytest.mark.parametrize("by", ["click", "keyboard"])
def test_downloading_the_agreements_as_csv(visit: Any, tmp_path: Path, size: str, by: str) -> None:
    tab = visit(size=size, at="#/agreements")
    tab.locator("#agreements output", has_text="2 of 2").wait_for()
    with tab.expect_download() as download:
        if by == "click":
            tab.locator("#agreements").get_by_role("button", name="CSV").click()
        else:
            go(tab, "BUTTON", "", "^csv$")
            tab.keyboard.press("Enter")
    download.value.save_as(tmp_path / "file")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "file").read_text(encoding="utf-8"))))
    assert sorted(row["status"] for row in rows) == ["negotiating", "signed"]


@pytest.mark.parametrize("by", ["click", "keyboard"])
def test_sharing_a_link_to_one_record(visit: Any, size: str, by: str) -> None:
    tab = visit(size=size, at="#/agreements?q=memorandum")
    tab.locator("#agreements output", has_text="1 of 2").wait_for()
    if by == "click":
        tab.locator("#t-agreements tbody a.record").first.click()
    else:
        go(tab, "A", "#/record/")
        tab.keyboard.press("Enter")
    tab.locator("dialog[open] mark").first.wait_for()
    assert tab.url.endswith(f"#/record/{MOU}")
    other = visit(size=size, at=f"#/record/{MOU}")  # somebody else opens what was shared
    proof(other)
    assert MOU in other.locator("dialog .cite").inner_text()
