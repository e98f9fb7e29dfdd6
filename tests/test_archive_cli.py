"""`pactwatch archive`: what it tells, what it finds, what it mends; and the log of what releases were built from."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.archive.archive import Archive
from pipelines.cli.app import run
from pipelines.errors import EXIT_INVALID, EXIT_NOT_FOUND, EXIT_OK
from pipelines.fetch.response import Response
from pipelines.release.states import STATES, State, made_with, note_state, state_of, states

T0 = datetime(2026, 11, 25, 10, 0, 0, tzinfo=UTC)


@pytest.fixture
def filled(home: Path) -> Path:
    """The archive of this test's state, with five captures of three payloads."""
    with Archive(home / "archive") as archive:
        for number, body in enumerate([b"one" * 300, b"two" * 300, b"one" * 300]):
            url = f"https://a.example/{number}"
            archive.add_response("wire", Response(url, url, 200, "OK", (), body, T0))
        archive.add_file("inbox", "a.txt", b"three" * 300, T0)
        archive.add_gone("inbox", "file:a.txt", T0, None, "removed")
    return home / "archive"


def test_status(filled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["archive", "status", "--json"]) == EXIT_OK
    told = json.loads(capsys.readouterr().out)
    assert told["head"] == 5
    assert told["sources"] == {
        "inbox": {"urls": 1, "gone": 1, "resource": 1},
        "wire": {"urls": 3, "response": 2, "revisit": 1},
    }
    assert told["bytes"] == sum(path.stat().st_size for path in (filled / "warc").iterdir())
    assert run(["archive", "status"]) == EXIT_OK
    assert "3 addresses: 2 response, 1 revisit" in capsys.readouterr().out


def test_check_finds_the_damaged_record_and_no_other(filled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["archive", "check"]) == EXIT_OK
    assert capsys.readouterr().out == "5 captures, 3 of 3 payloads proven by their hash\n"
    with Archive(filled, read_only=True) as archive:
        name, offset, length = archive.newest("wire")[1].record.split(":")
    path = filled / "warc" / name
    content = bytearray(path.read_bytes())
    content[int(offset) + int(length) // 2] ^= 255
    path.write_bytes(content)
    assert run(["archive", "check"]) == EXIT_INVALID
    told = capsys.readouterr()
    assert told.out == "5 captures, 2 of 3 payloads proven by their hash\n"
    assert f"{name}:{offset}:{length}" in told.err


def test_reindex_goes_on_with_what_is_there(filled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (filled / "index.sqlite").unlink()
    assert run(["archive", "reindex"]) == EXIT_OK
    assert capsys.readouterr().out == "5 captures\n"
    for path in (filled / "warc").iterdir():
        path.unlink()
    with pytest.raises(Exception, match="missing or shorter"):
        Archive(filled)
    assert run(["archive", "reindex"]) == EXIT_OK
    assert capsys.readouterr().out == "0 captures\n"


@pytest.mark.parametrize("command", ["status", "check", "reindex"])
def test_without_an_archive(command: str, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["archive", command]) == EXIT_NOT_FOUND
    assert "there is no archive" in capsys.readouterr().err
    assert not (home / "archive").exists()


# What releases were built from


def state(version: str, head: int, descriptor: str = "0" * 64) -> State:
    return State(version, descriptor, None, head, documents=None, made_with=made_with())


def test_states_are_kept_through_a_crash(home: Path) -> None:
    assert states(home) == []
    first, second = state("1.0.0", 3), state("1.1.0", 8)
    note_state(home, first)
    note_state(home, second)
    assert states(home) == [first, second]
    path = home / STATES
    os.truncate(path, path.stat().st_size - 9)
    assert states(home) == [first]
    note_state(home, second)
    assert states(home) == [first, second]
    assert state_of(home, "1.1.0") == second
    assert state_of(home, "2.0.0") is None


def test_a_release_is_told_from_another_of_its_version(home: Path, tmp_path: Path) -> None:
    import hashlib

    for name in ("here", "there"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "datapackage.json").write_text(name)
        note_state(home, state("1.0.0", len(name), hashlib.sha256(name.encode()).hexdigest()))
    found = state_of(home, "1.0.0", tmp_path / "here")
    assert found is not None
    assert found.head == 4
    (tmp_path / "here" / "datapackage.json").write_text("changed since")
    assert state_of(home, "1.0.0", tmp_path / "here") is None
