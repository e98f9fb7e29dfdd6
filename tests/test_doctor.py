"""`pactwatch doctor`: each thing that can be wrong is made wrong once, and told with what mends it."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines.cli import health
from pipelines.cli.app import run
from pipelines.errors import EXIT_INVALID, EXIT_OK
from pipelines.project import ROOT
from pipelines.release.package import write_package
from tests.sample import sample_tables

Output = pytest.CaptureFixture[str]
GOOD = {"python", "model", "declarations", "state", "dagster.yaml", "archive", "release", "space", "memory"}


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one release."""
    return write_package(sample_tables(), tmp_path_factory.mktemp("dist")).folder.parent


def findings(out: Path) -> dict[str, health.Finding]:
    return {finding.name: finding for finding in health.examine(out)}


def test_a_sound_installation(out: Path, home: Path, capsys: Output) -> None:
    before = sorted(home.rglob("*"))
    code = run(["doctor", "--json", "--package", str(out)])
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    by_name = {finding["name"]: finding for finding in told["findings"]}
    assert {name for name, finding in by_name.items() if finding["grade"] == "good"} >= GOOD
    assert {by_name[name]["grade"] for name in ("contact", "extras", "programs")} <= {"good", "note"}
    assert (code, told["ok"]) == ((EXIT_OK, True) if by_name["packages"]["grade"] == "good" else (EXIT_INVALID, False))
    assert by_name["release"]["told"] == "1.0.0: its database opens, 2 events"
    assert sorted(home.rglob("*")) == before, "nothing is made by looking"


def test_each_line_says_what_to_do(tmp_path: Path, home: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_model", lambda: health.Finding("model", "bad", "gone", "install it"))
    assert run(["doctor", "--package", str(tmp_path)]) == EXIT_INVALID
    lines = capsys.readouterr().out.splitlines()
    at = lines.index("BAD   model          gone")
    assert lines[at + 1].strip() == "→ install it"
    assert any(line.startswith("note  release        none in ") for line in lines)
    assert lines[-1].endswith(" to mend")


def test_an_old_python(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 1))
    assert health._python().grade == "bad"
    monkeypatch.setattr(sys, "version_info", (3, 15, 0))
    assert health._python().grade == "bad"


def test_packages_are_held_against_the_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from importlib.metadata import version

    import click  # noqa: F401 (whose version is told)

    monkeypatch.setattr(health, "ROOT", tmp_path)
    assert health._packages().grade == "note", "a wheel has no lock file"
    lock = tmp_path / "requirements.lock"
    ours = f"click=={version('click')} \\\n    --hash=sha256:0\n"
    lock.write_text(ours)
    assert health._packages().told == "1 as in requirements.lock"
    lock.write_text(ours + "polars==0.0.1 ; python_version < '3.12' \\\npolars==0.0.2 ; python_version >= '3.12'\n")
    assert health._packages().told == f"polars {version('polars')} instead of 0.0.1 or 0.0.2"
    lock.write_text(ours + "not-there==1.0\nonly-on-windows==1.0 ; sys_platform == 'win32'\n")
    assert (health._packages().grade, health._packages().told) == ("bad", "not-there is missing")


def test_a_model_that_does_not_load(monkeypatch: pytest.MonkeyPatch) -> None:
    from pipelines.extract import parse

    def gone() -> None:
        raise ImportError("No module named 'en_core_web_sm'")

    monkeypatch.setattr(parse, "_model", gone)
    monkeypatch.setattr(parse, "_cache", {})
    found = health._model()
    assert found.grade == "bad"
    assert "en_core_web_sm" in found.told
    assert "make" in str(found.todo)


def test_a_broken_declaration(tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "x.yaml").write_text("id: x\ntitel: X\n")
    monkeypatch.setenv("PACTWATCH_SOURCES", str(tmp_path / "sources"))
    found = findings(out)
    assert (found["declarations"].grade, found["declarations"].todo) == ("bad", "did you mean 'title'?")
    assert "sources/x.yaml" in found["declarations"].told
    assert found["release"].grade == "good", "the other looks go on"


def test_a_size_of_memory_that_is_none(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PACTWATCH_MEMORY_LIMIT", "plenty")
    found = findings(out)["memory"]
    assert (found.grade, found.told, found.todo) == ("bad", "no size of memory, plenty", "say it as 2GB or 500MB")
    monkeypatch.setenv("PACTWATCH_MEMORY_LIMIT", "3GB")
    assert findings(out)["memory"].told.startswith("3GB ")


def test_a_state_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("PACTWATCH_HOME", str(tmp_path / "file"))
    assert (health._state().grade, health._state().told.split(" (")[0]) == (
        "bad",
        f"cannot write to {tmp_path / 'file'}",
    )


def test_settings_of_dagster_that_are_other_than_shipped(home: Path) -> None:
    ours = home / "dagster" / "dagster.yaml"
    ours.parent.mkdir()
    ours.write_bytes((ROOT / "dagster.yaml").read_bytes())
    assert health._dagster().grade == "good"
    ours.write_text("telemetry:\n  enabled: false\n")
    found = health._dagster()
    assert found.grade == "note"
    assert str(ours) in str(found.todo)


def test_an_archive_that_is_short_of_a_file(out: Path, home: Path) -> None:
    from pipelines.archive.archive import Archive

    with Archive(home / "archive") as archive:
        archive.add_file("inbox", "a.txt", b"words", datetime(2026, 5, 4, tzinfo=UTC))
    assert health._archive().told.startswith("1 captures")
    for kept in (home / "archive" / "warc").iterdir():
        kept.unlink()
    found = findings(out)["archive"]
    assert found.grade == "bad"
    assert found.todo


def test_a_database_that_does_not_open(tmp_path: Path) -> None:
    made = write_package(sample_tables(), tmp_path / "dist").folder
    (made / "pactwatch.duckdb").write_bytes(b"no database")
    found = health._release(tmp_path / "dist")
    assert (found.grade, found.told.split(" (")[0]) == ("bad", "1.0.0: its database does not open")
    assert "verify" in str(found.todo)


def test_a_disk_that_is_nearly_full(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_LEAST_FREE", 1e18)
    assert health._space(out).grade == "bad"


def test_programs_and_extras_that_are_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_PROGRAMS", {"no-such-program": "nothing"})
    assert health._programs().told == "not there: no-such-program (nothing)"
    monkeypatch.setattr(health, "_EXTRAS", {"no_such_module": "`make nothing`"})
    assert "`make nothing`" in health._extras().told
