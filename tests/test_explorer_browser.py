"""The page in a real Chromium: addresses, exports, hostile texts, readers without scripts, and what axe finds."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.explorer import build
from pipelines.explorer.content import PASSAGES
from tests.explorer_site import SIZES, browser, site, visitor
from tests.sample import SIGNING, TEXT, sample_rows
from tests.test_explorer import DATES, hostile_rows

_TOLD, _NASTY = "the agency IRNA reported", "<img src=x onerror=alert(1)> \u202eIRNA\u2066"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    yield from browser()


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {
        "plain": site(tmp_path_factory.mktemp("plain")),
        "hostile": site(tmp_path_factory.mktemp("hostile"), hostile_rows()),
        "often": site(tmp_path_factory.mktemp("often"), often_rows()),
        "hostile text": site(tmp_path_factory.mktemp("text"), text=TEXT.replace(_TOLD, _NASTY)),
    }


def often_rows() -> dict[str, list[dict[str, Any]]]:
    """The hand-made tables, where one cell of the signing is told by 31 passages."""
    rows = sample_rows()
    told = next(row for row in rows["statements"] if row["record_id"] == SIGNING and row["field"] == "type")
    for number in range(30):
        start = told["start"] + number + 1
        more = {
            "start": start,
            "end": start + 4,
            "quote": TEXT[start : start + 4],
            "statement_id": f"sta-often-{number}",
        }
        rows["statements"].append({**told, **more})
    return rows


def test_of_a_cell_that_is_told_very_often_the_first_passages_are_shown(visit: Any) -> None:
    tab = visit("often", at=f"#/record/{SIGNING}")
    cell = tab.locator("dialog[open] ul.passages", has_text="the first, all are in the table statements")
    cell.wait_for()
    assert cell.count() == 1
    lines = cell.locator("li")
    assert lines.count() == PASSAGES + 1
    assert lines.last.inner_text().startswith(f"There may be more: these {PASSAGES}")
    places = [int(line.split("characters ")[1].split(" ")[0]) for line in lines.all_inner_texts()[:-1]]
    assert places == sorted(places)


@pytest.fixture
def visit(chromium: Any, sites: dict[str, Path]) -> Iterator[Any]:
    yield from visitor(chromium, sites)


def test_a_link_followed_while_the_table_waits_to_be_drawn_anew(visit: Any) -> None:
    tab = visit(at="#/agreements")
    tab.locator("#t-agreements tbody a.record").first.wait_for()
    opened = tab.evaluate(
        """() => {
            const field = document.querySelector("#agreements [type=search]");
            field.value = "iran";
            field.dispatchEvent(new Event("input", {bubbles: true}));
            const link = document.querySelector("#t-agreements tbody a.record");
            link.click();
            return link.hash;
        }"""
    )
    tab.locator("dialog[open] mark").first.wait_for()
    tab.wait_for_timeout(500)
    assert tab.url.endswith(opened)
    tab.keyboard.press("Escape")
    tab.wait_for_url("**#/agreements?q=iran")


@pytest.mark.parametrize("form", ["csv", "json"])
def test_downloading_the_agreements_that_are_shown(visit: Any, tmp_path: Path, form: str) -> None:
    tab = visit(at="#/agreements?status=signed")
    tab.locator("#t-agreements tbody .chip").first.wait_for()
    with tab.expect_download() as download:
        tab.locator(f"#agreements [data-export={form}]").click()
    path = tmp_path / "file"
    download.value.save_as(path)
    rows = (
        json.loads(path.read_text())
        if form == "json"
        else list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    )
    assert [row["status"] for row in rows] == ["signed"]
    assert download.value.suggested_filename == f"pactwatch-agreements.{form}"


def test_a_link_to_one_record_opens_it(visit: Any) -> None:
    tab = visit(at=f"#/record/{SIGNING}")
    tab.locator("dialog[open] mark").first.wait_for()
    assert SIGNING in tab.locator("dialog .cite").inner_text()
    assert "sign, 2 August 2025" in tab.locator("#drawer-title").inner_text()


def test_an_actor_is_shown_with_whom_it_deals(visit: Any) -> None:
    tab = visit(at="#/record/irn")
    tab.locator("dialog svg.ego").wait_for()
    assert tab.locator("dialog svg.ego text").all_text_contents() == ["Pakistan", "Iran"]
    assert "Pakistan 1 event, 1 agreement" in tab.locator("dialog ol.events").inner_text()
    tab.locator("dialog ol.events").get_by_role("link", name="Pakistan").click()
    tab.locator("#drawer-title", has_text="Pakistan").wait_for()


def test_a_record_that_is_not_there_is_told(visit: Any) -> None:
    tab = visit(at="#/record/evt-ffffffffffff")
    tab.locator("dialog[open]").wait_for()
    assert "No such record" in tab.locator("#drawer-title").inner_text()


@pytest.mark.parametrize(
    "at", ["#/events?q=%", "#/nowhere", "#/record/%E0%A4%A", "#/events?type=__proto__", "#/pairs/x"]
)
def test_addresses_that_make_no_sense_break_nothing(visit: Any, at: str) -> None:
    tab = visit(at=at)
    tab.locator("main h1:visible").first.wait_for()


def test_the_browser_says_dates_as_the_page_does(visit: Any) -> None:
    code = (Path(build.__file__).parent / "page" / "words.js").read_text(encoding="utf-8")
    said = visit().evaluate(f"() => {{ {code}; return {json.dumps([edtf for edtf, _ in DATES])}.map(dateInWords) }}")
    assert said == [words for _, words in DATES]


def test_without_scripts_everything_is_there_to_read(visit: Any) -> None:
    tab = visit(java_script_enabled=False)
    assert tab.locator("section.view:visible").count() == 9
    assert tab.locator(".needs-script:visible").count() == 0
    assert "Masoud Pezeshkian" in tab.locator("main").inner_text()


@pytest.mark.parametrize("size", SIZES)
def test_hostile_texts_are_shown_and_do_nothing(visit: Any, size: str) -> None:
    tab = visit("hostile", size)
    for view in ("events", "agreements", "actors", "sources"):
        tab.goto(tab.url.split("#")[0] + f"#/{view}")
        tab.locator(f"#t-{view} tbody td").first.wait_for()
    assert (
        "<script>alert(1)</script>" in tab.locator("body").inner_text()
        or tab.locator("body", has_text="alert(1)").count()
    )
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_hostile_sentence_is_shown_and_does_nothing(visit: Any) -> None:
    tab = visit("hostile text", at=f"#/record/{SIGNING}")
    sentence = tab.locator("dialog blockquote", has_text="on Saturday")
    sentence.wait_for()
    assert _NASTY in sentence.inner_text()
    assert tab.locator("dialog img").count() == 0
    assert sentence.locator("mark").all_inner_texts()[-3:] == ["energy", "in Islamabad", "on Saturday"]


def test_an_export_leaves_no_formula(visit: Any, tmp_path: Path) -> None:
    tab = visit("hostile", at="#/actors")
    tab.locator("#t-actors tbody td").first.wait_for()
    with tab.expect_download() as download:
        tab.locator("#actors [data-export=csv]").click()
    download.value.save_as(tmp_path / "file")
    cells = [cell for row in csv.reader(io.StringIO((tmp_path / "file").read_text(encoding="utf-8"))) for cell in row]
    assert any(cell.startswith("'=HYPERLINK") for cell in cells)
    assert not [cell for cell in cells if cell[:1] in "=+@" and cell]


@pytest.mark.parametrize(("scheme", "size"), [("light", "desk"), ("dark", "desk"), ("light", "phone")])
@pytest.mark.parametrize(
    "at",
    [
        "overview",
        "pairs",
        "events",
        "agreements",
        "watch-list",
        "disagreements",
        "actors",
        "sources",
        "download",
        f"record/{SIGNING}",
        "record/irn",
    ],
)
def test_axe_finds_nothing_serious(visit: Any, scheme: str, size: str, at: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="the extra `browser` is not installed")
    tab = visit(size=size, at=f"#/{at}", color_scheme=scheme, bypass_csp=True)
    tab.locator("dialog[open]" if at.startswith("record") else f"section#{at} h1").wait_for()
    found = axe.Axe().run(tab).response["violations"]
    serious = [
        (one["id"], [node["target"] for node in one["nodes"]][:3])
        for one in found
        if one["impact"] in {"serious", "critical"}
    ]
    assert serious == []
