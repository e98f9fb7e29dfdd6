"""`pactwatch replay`: what was published comes out again, to the byte, from the archive alone."""

import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipelines.archive.archive import Archive
from pipelines.cli.app import run
from pipelines.errors import EXIT_INVALID, EXIT_NOT_FOUND, EXIT_OK, EXIT_USAGE
from pipelines.release.states import STATES, states
from tests.scoring import CORPUS

NAMES = ("camp-david.txt", "solomon-pact.md", "black-sea-grain.html", "nordic-nato.html")


def build(home: Path, documents: Path, out: Path) -> None:
    """As a user does it, in a process of its own."""
    command = [sys.executable, "-c", "from pipelines.cli import main; main()", "build"]
    subprocess.run(
        [*command, "--documents", str(documents), "--out", str(out)],
        env={"PACTWATCH_HOME": str(home), "PATH": ""}, check=True, capture_output=True,
    )  # fmt: skip


def promised(folder: Path) -> dict[str, bytes]:
    """The bytes of a release that are the same whenever it is built."""
    # No two databases are alike, and SHA256SUMS has the hash of it.
    files = [p for p in sorted(folder.rglob("*")) if p.is_file() and p.suffix != ".duckdb" and p.name != "SHA256SUMS"]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state with three releases, of a folder that changed in between and is gone now."""
    folder = tmp_path_factory.mktemp("world")
    inbox = folder / "inbox"
    inbox.mkdir()
    for name in NAMES[:2]:
        shutil.copy(CORPUS / name, inbox)
    (inbox / "broken.txt").write_bytes(b"\xff\xfe\xff")
    build(folder / "home", inbox, folder / "dist")
    for name in NAMES[2:]:
        shutil.copy(CORPUS / name, inbox)
    build(folder / "home", inbox, folder / "dist")
    (inbox / NAMES[0]).unlink()
    (inbox / "broken.txt").unlink()
    build(folder / "home", inbox, folder / "dist")
    build(folder / "home", inbox, folder / "dist")
    shutil.rmtree(inbox)
    return folder


@pytest.fixture
def home(world: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PACTWATCH_HOME", str(world / "home"))
    return world / "home"


def test_every_release_notes_its_state_once(world: Path, home: Path) -> None:
    noted = states(home)
    assert [(state.version, state.previous, state.documents) for state in noted] == [
        ("1.0.0", None, "documents"),
        ("1.1.0", "1.0.0", "documents"),
        ("1.2.0", "1.1.0", "documents"),
    ]
    assert [state.head for state in noted] == [3, 5, 7]
    assert sorted(path.name for path in (world / "dist").glob("1.*")) == ["1.0.0", "1.1.0", "1.2.0"]


@pytest.mark.parametrize("version", ["1.0.0", "1.1.0", "1.2.0"])
def test_a_release_comes_out_to_the_byte(
    world: Path, home: Path, tmp_path: Path, version: str, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["replay", "--version", version, "--out", str(tmp_path / "out"), "--package", str(world / "dist")]
    assert run(arguments) == EXIT_OK
    assert f"{version} came out as it was published, to the byte" in capsys.readouterr().out
    assert promised(tmp_path / "out" / version) == promised(world / "dist" / version)
    assert run(["verify", str(tmp_path / "out" / version)]) == EXIT_OK


def test_without_any_release_at_hand_the_earlier_ones_are_built_first(world: Path, home: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run(["replay", "--version", "1.2.0", "--out", str(out), "--package", str(tmp_path / "none")]) == EXIT_OK
    for version in ("1.0.0", "1.1.0", "1.2.0"):
        assert promised(out / version) == promised(world / "dist" / version)


def test_a_restored_archive_is_enough(world: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the manual says to back up, and nothing else."""
    restored = tmp_path / "restored"
    shutil.copytree(home / "archive" / "warc", restored / "archive" / "warc")
    shutil.copy(home / STATES, restored)
    monkeypatch.setenv("PACTWATCH_HOME", str(restored))
    out = tmp_path / "out"
    assert run(["replay", "--version", "1.1.0", "--out", str(out), "--package", str(world / "dist")]) == EXIT_OK
    assert promised(out / "1.1.0") == promised(world / "dist" / "1.1.0")


def test_what_is_not_what_it_was_made_with_is_told(
    world: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (home / STATES).read_text()
    other = tmp_path / "home"
    shutil.copytree(home, other)
    (other / STATES).write_text(text.replace('"lexicon": "', '"lexicon": "0'))
    monkeypatch.setenv("PACTWATCH_HOME", str(other))
    arguments = ["replay", "--version", "1.0.0", "--package", str(world / "dist"), "--out"]
    assert run([*arguments, str(tmp_path / "a")]) == EXIT_OK
    told = capsys.readouterr()
    assert "not what 1.0.0 was made with any more: lexicon" in told.err
    assert "to the byte" in told.out
    # A payload that was swapped for another would be found by its hash; a state that names another head, by the result.
    (other / STATES).write_text(text.replace('"head": 3', '"head": 2'))
    assert run([*arguments, str(tmp_path / "b")]) == EXIT_INVALID
    assert "did not come out as it was published" in capsys.readouterr().err


def test_any_state_by_number_and_by_time(
    world: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of what sources/ declares: here the same source, under whose id the folder was archived."""
    declared = tmp_path / "sources"
    declared.mkdir()
    (declared / "a.yaml").write_text(
        "{id: documents, kind: article, title: Documents of a folder, language: en, quotes: true, from: {folder: gone}}"
    )
    monkeypatch.setenv("PACTWATCH_SOURCES", str(declared))
    with Archive(home / "archive", read_only=True) as archive:
        newest = max(capture.captured_at for capture in archive.history("documents"))
    assert run(["replay", "--head", "3", "--out", str(tmp_path / "head")]) == EXIT_OK
    assert run(["replay", "--head", "3", "--out", str(tmp_path / "again")]) == EXIT_OK
    assert run(["replay", "--at", newest.isoformat(), "--out", str(tmp_path / "at")]) == EXIT_OK
    assert promised(tmp_path / "head" / "1.0.0") == promised(tmp_path / "again" / "1.0.0")

    def read(folder: Path) -> set[tuple[str, str]]:
        rows = pq.read_table(folder / "data" / "sources.parquet").to_pylist()
        return {(row["source_id"], row["sha256"]) for row in rows if row["status"] == "ingested"}

    assert read(tmp_path / "head" / "1.0.0") == read(world / "dist" / "1.0.0")
    assert read(tmp_path / "at" / "1.0.0") == read(world / "dist" / "1.2.0")
    assert len(read(tmp_path / "at" / "1.0.0")) == 3


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ([], EXIT_USAGE, "--version"),
        (["--head", "1", "--version", "1.0.0"], EXIT_USAGE, "give one of"),
        (["--head", "99"], EXIT_NOT_FOUND, "1 to 7, and not 99"),
        (["--head", "0"], EXIT_NOT_FOUND, "not 0"),
        (["--at", "2001-01-01"], EXIT_NOT_FOUND, "not 0"),
        (["--at", "soon"], EXIT_USAGE, "is no time"),
        (["--version", "7.0.0"], EXIT_NOT_FOUND, "not noted"),
    ],
)
def test_what_cannot_be_replayed(
    home: Path, tmp_path: Path, arguments: list[str], code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["replay", *arguments, "--out", str(tmp_path / "out")]) == code
    assert words in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_folder_with_something_in_it_is_left_alone(
    world: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["replay", "--version", "1.0.0", "--out", str(world / "dist")]) == EXIT_USAGE
    assert "not an empty folder" in capsys.readouterr().err
