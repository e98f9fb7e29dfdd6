"""The page for SQL, made of DuckDB-WASM, behind a real nginx in a real Chromium."""

import csv
import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines import partitions
from pipelines.explorer import sql_page
from pipelines.explorer.sql_page import build_sql_page, vendored
from pipelines.release.database import DATABASE
from pipelines.release.package import write_package
from pipelines.release.sqlfiles import read_sql
from tests.explorer_site import browser, site
from tests.sample import sample_rows, sample_tables
from tests.webserver import NGINX, Nginx, free_port

PACKAGES = vendored()
PARTED = "1.0.1"
pytestmark = [
    pytest.mark.skipif(PACKAGES is None, reason="DuckDB-WASM is not here (make sql-page, which needs npm)"),
    pytest.mark.skipif(NGINX is None, reason="nginx is not installed"),
]


def made(out: Path) -> bool:
    assert PACKAGES is not None
    return build_sql_page(out, PACKAGES, read_sql("examples"))


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of two versions, the second with one event less."""
    out = tmp_path_factory.mktemp("releases")
    rows = sample_rows()
    rows["events"][0]["place"] = "<img src=x onerror=alert(1)>"
    for version, of in (("1.0.0", sample_rows()), ("1.1.0", rows)):
        work = tmp_path_factory.mktemp(version)
        shutil.copytree(site(work, of), out / version)
        shutil.copyfile(work / DATABASE, out / version / DATABASE)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(partitions, "MOST_ROWS", 10)
        write_package(sample_tables(), tmp_path_factory.mktemp("parted")).folder.rename(out / PARTED)
    listed = [{"version": version, "path": version, "created": None} for version in ("1.0.0", PARTED, "1.1.0")]
    (out / "versions.json").write_text(json.dumps({"latest": "1.1.0", "versions": listed}))
    assert made(out)
    return out


@pytest.fixture(scope="module")
def served(releases: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Nginx]]:
    port = free_port()
    nginx = Nginx(
        tmp_path_factory.mktemp("nginx"),
        f"server {{ listen 127.0.0.1:{port}; root {releases}; }}",
        "types { text/html html; text/css css; text/javascript js mjs; application/json json; application/octet-stream duckdb gz; }",
    )
    nginx.wait_for(port)
    yield f"http://127.0.0.1:{port}/sql/", nginx
    nginx.stop()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    yield from browser()


@pytest.fixture
def visit(chromium: Any, served: tuple[str, Nginx]) -> Iterator[Any]:
    """Opens the page. Fails on an error of a script, a breach of the policy, or a request to anywhere else."""
    contexts, problems = [], []
    root = served[0].removesuffix("sql/")

    def opened(at: str = "", **settings: Any) -> Any:
        context = chromium.new_context(**settings)
        contexts.append(context)
        tab = context.new_page()
        tab.set_default_timeout(60_000)
        # DuckDB looks for a write-ahead log beside the file, and there is none; it logs what it refuses as well.
        quiet = ("404", "falling back to full HTTP read", "ha.runQuery")
        tab.on(
            "console",
            lambda message: (
                problems.append(message.text) if not any(words in message.text for words in quiet) else None
            ),
        )
        tab.on("pageerror", lambda error: problems.append(str(error)))
        tab.on("dialog", lambda dialog: (problems.append(f"dialog {dialog.message}"), dialog.dismiss()))
        context.on(
            "request",
            lambda request: None if request.url.startswith((root, f"blob:{root}")) else problems.append(request.url),
        )
        tab.goto(f"{served[0]}{at}")
        return tab

    yield opened
    for context in contexts:
        context.close()
    assert problems == []


def ask(tab: Any, sql: str) -> str:
    tab.locator("#sql").fill(sql)
    tab.locator("#told", has_text="Ready.").wait_for()
    tab.locator("#sql").press("Control+Enter")
    tab.locator("#run:enabled").wait_for()
    told: str = tab.locator("#told").inner_text()
    return told


def test_every_example_runs(visit: Any) -> None:
    tab = visit()
    tab.locator("#told", has_text="Ready.").wait_for()
    examples = read_sql("examples")
    assert tab.locator("#example option").all_inner_texts()[1:] == [example.comment for example in examples]
    for number in range(len(examples)):
        tab.locator("#example").select_option(str(number))
        tab.locator("#run").click()
        tab.locator("#run:enabled").wait_for()
        assert " rows in " in tab.locator("#told").inner_text(), examples[number].name


def test_the_answer_is_that_of_the_release_and_a_link_asks_it_again(visit: Any, tmp_path: Path) -> None:
    tab = visit()
    told = ask(tab, "SELECT date, type, actors, confidence FROM timeline WHERE status = 'occurred';")
    assert told.startswith("1 rows in ")
    assert tab.locator("#result tbody td").all_inner_texts() == ["2025-08-02", "sign", "[Iran, Pakistan]", "0.9"]
    with tab.expect_download() as download:
        tab.locator("#csv").click()
    download.value.save_as(tmp_path / "file.csv")
    lines = list(csv.reader(io.StringIO((tmp_path / "file.csv").read_text(encoding="utf-8"))))
    assert lines == [["date", "type", "actors", "confidence"], ["2025-08-02", "sign", "[Iran, Pakistan]", "0.9"]]
    again = visit(f"#{tab.url.partition('#')[2]}")
    again.locator("#told", has_text="1 rows in").wait_for()
    assert again.locator("#result tbody td").nth(1).inner_text() == "sign"


def test_a_table_in_partitions_is_told_and_the_others_are_read(visit: Any) -> None:
    tab = visit(f"#version={PARTED}")
    assert ask(tab, "SELECT * FROM evidence").startswith("This asks for a table in partitions")
    tab = visit(f"#version={PARTED}")
    ask(
        tab,
        "SELECT country FROM actors WHERE actor_id = 'pak' UNION ALL SELECT reason FROM rejected WHERE path IS NULL",
    )
    assert tab.locator("#result tbody td").all_inner_texts() == ["PAK"]


def test_each_version_is_what_it_was_and_text_is_no_markup(visit: Any) -> None:
    tab = visit()
    ask(tab, "SELECT place FROM events WHERE type = 'sign'")
    assert tab.locator("#result td").inner_text() == "<img src=x onerror=alert(1)>"
    tab.locator("#version").select_option("1.0.0")
    tab.locator("#told", has_text="Version 1.0.0 is open.").wait_for()
    tab.locator("#run").click()
    tab.locator("#result td", has_text="Islamabad").wait_for()


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("SELECT * FROM nowhere", "nowhere does not exist"),
        ("DROP TABLE events", "syntax error"),
        ("SELECT 1; SELECT 2", "syntax error"),
        ("SELECT", "Parser Error"),
    ],
)
def test_what_does_not_run_is_told_and_changes_nothing(visit: Any, sql: str, words: str) -> None:
    tab = visit()
    told = ask(tab, sql)
    assert words.lower() in told.lower()
    tab.locator("#sql").fill("SELECT count(*) AS n FROM events")
    tab.locator("#run").click()
    tab.locator("#result td", has_text="2").wait_for()


def test_it_reads_parts_of_the_database(visit: Any, served: tuple[str, Nginx]) -> None:
    before = len(served[1].requests())
    ask(visit(), "SELECT count(*) FROM events")
    statuses = {line[2] for line in served[1].requests()[before:] if line[1].endswith("/pactwatch.duckdb")}
    assert "206" in statuses


def test_axe_finds_nothing_serious(visit: Any) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="the extra `browser` is not installed")
    tab = visit(bypass_csp=True)
    ask(tab, "SELECT * FROM events")
    found = axe.Axe().run(tab).response["violations"]
    assert [one["id"] for one in found if one["impact"] in {"serious", "critical"}] == []


def test_it_is_made_once_and_again_when_its_parts_change(releases: Path) -> None:
    before = {path.name: path.read_bytes() for path in (releases / sql_page.FOLDER).iterdir()}
    assert not made(releases)
    assert PACKAGES is not None
    assert build_sql_page(releases, PACKAGES, read_sql("examples")[:1])
    assert made(releases)
    assert {path.name: path.read_bytes() for path in (releases / sql_page.FOLDER).iterdir()} == before
    assert not [path.name for path in releases.iterdir() if path.name.startswith(".")]


def test_without_its_packages_there_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.prefix", str(tmp_path))
    assert vendored() is None
