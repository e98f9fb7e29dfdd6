"""The cookbook: every question is asked of the release of corpus/, and answered as its page shows; in polars and R the same; the notebook runs."""

import csv
import importlib.util
import io
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from manual import cookbook
from manual.__main__ import DOCS
from pipelines.project import ROOT
from pipelines.release.query import run_query
from pipelines.release.sqlfiles import read_sql

QUESTIONS = read_sql("examples")
COMPARED = ["01_between_two_countries", "02_agreements_of_a_field", "03_last_met"]


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the first release of corpus/."""
    top = tmp_path_factory.mktemp("corpus")
    command = [sys.executable, "-c", "from pipelines.cli import main; main()", "build", "--documents", "corpus", "--out", str(top / "dist")]  # fmt: skip
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "PACTWATCH_HOME": str(top / "home")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return top / "dist"


def answer(out: Path, name: str) -> list[list[str]]:
    (question,) = (question for question in QUESTIONS if question.name == name)
    return cookbook.rows_as_text(run_query(question.sql, out))


def test_the_page_shows_the_answers_of_this_release(out: Path) -> None:
    page = (DOCS / "cookbook" / "index.md").read_text(encoding="utf-8")
    assert page == cookbook.page(out), "make pages"
    assert page.count("` answers:") == len(QUESTIONS) == 12


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_every_question_has_an_answer(out: Path, question: Any) -> None:
    assert answer(out, question.name), "a question that nothing answers teaches nothing"


def test_the_answers_are_right(out: Path) -> None:
    """What the documents of corpus/ say, read by eye."""
    between = answer(out, "01_between_two_countries")
    assert ["2019-10-13", "meet", "occurred", "Hassan Rouhani, Imran Khan", "Tehran", ""] in between
    assert ["2024-01-18", "attack", "occurred", "Iran, Pakistan", "Sistan and Baluchestan", ""] in between
    last_met = {(row[0], row[1]): row[2] for row in answer(out, "03_last_met")}
    assert last_met["EGY", "ISR"] == "1977-11-19"
    assert last_met["SLB", "USA"] == "2022-04-22"
    came = [row[3:6] for row in answer(out, "09_what_came_of_it") if row[1] == "framework accords"]
    assert came[0] == ["instrument", "treaty", "1979-03-26"]
    assert ["Al-Alam", "wire", "in_text", "2"] in answer(out, "12_who_draws_on_whom")


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))[1:]


@pytest.mark.parametrize("name", COMPARED)
def test_polars_gives_the_same(out: Path, name: str) -> None:
    script = DOCS / "cookbook" / "polars" / f"{name}.py"
    command = [sys.executable, str(script), str(out / "latest" / "data")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert rows_of(done.stdout) == answer(out, name)


@pytest.mark.parametrize("name", COMPARED)
def test_r_gives_the_same(out: Path, name: str) -> None:
    rscript = shutil.which("Rscript")
    if rscript is None:
        pytest.skip("R is not installed (Debian's package r-base-core)")
    script = DOCS / "cookbook" / "r" / f"{name}.R"
    command = [rscript, "--vanilla", str(script), str(out / "latest" / "data")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert rows_of(done.stdout) == answer(out, name)


def test_the_notebook_runs(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("marimo", reason="the extra `notebook` is not installed")
    monkeypatch.setenv("PACTWATCH_PACKAGE", str(out / "latest"))
    spec = importlib.util.spec_from_file_location("notebook", DOCS / "cookbook" / "notebook.py")
    assert spec is not None
    assert spec.loader is not None
    notebook = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(notebook)
    _, made = notebook.app.run()
    made["db"].close()  # DuckDB opens a file once a process, in one way
    assert made["counts"].filter(type="meet")["told"].item() > 5
    assert made["between"].filter(type="sever")["date"].to_list()[0].startswith("1988")
    asked = run_query(f"SELECT count(*) FROM evidence WHERE record_id = '{made['asked']}'", out).rows[0][0]
    assert made["proof"].height == asked > 3
    assert 0 < made["alone"] <= made["origins"]["events"].sum()
