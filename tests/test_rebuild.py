"""A release can be proven alone, and built again from the archived texts, its own tables and the release before it."""

import shutil
from pathlib import Path

import pytest

from pipelines.cli.app import run
from pipelines.errors import EXIT_INVALID, EXIT_NOT_FOUND, PactwatchError
from pipelines.explorer.sentences import quotable
from pipelines.extract.run import extract_documents
from pipelines.ingest.document import Document
from pipelines.ingest.shelf import Shelf
from pipelines.release.manifest import parse_sums, read_manifest
from pipelines.release.package import write_package
from pipelines.release.rebuild import rebuild
from pipelines.release.states import inputs
from pipelines.release.verify import verify
from pipelines.release.versions import newest_release
from pipelines.resolve.run import resolve
from tests.scoring import document

FIRST = document("Fiji and Tonga signed a treaty on fishing in May 2024.\n", "2024-05-20", "first")
SECOND = document("Tonga's minister Ana Bale met Fiji in Suva on 3 June 2024, IRNA reported.\n", "2024-06-04", "second")
THIRD = document(
    "Fiji and Tonga signed a treaty on fishing in Suva on 3 May 2024.\n", "2024-05-04", "third", publish_quotes=False
)


def publish(documents: list[Document], out: Path) -> None:
    before = newest_release(out)
    made = resolve(documents, extract_documents(documents), previous=before.tables() if before else None)
    write_package(made, out, inputs(), text_of=quotable(documents))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A folder of three releases, and the archive of their texts."""
    root = tmp_path_factory.mktemp("made")
    for told in (FIRST, SECOND, THIRD):
        Shelf(root / "texts").put(told)
    for documents in ([FIRST], [FIRST, SECOND, THIRD], [SECOND, THIRD]):
        publish(documents, root / "dist")
    return root / "dist", root / "texts"


def test_every_release_is_built_again_byte_by_byte(made: tuple[Path, Path], tmp_path: Path) -> None:
    versions = sorted(path.name for path in made[0].glob("1.*"))
    assert versions == ["1.0.0", "1.1.0", "1.2.0"]
    for version in versions:
        found = rebuild(version, *made, tmp_path / version)
        assert found.ok, found.differing
        assert (found.version, found.inputs, found.files) == (version, [], 45)


def test_the_manifest_says_what_it_was_made_from(made: tuple[Path, Path]) -> None:
    found = read_manifest(made[0] / "1.2.0")
    assert (found["version"], found["previous"], found["rows"]["sources"]) == ("1.2.0", "1.1.0", 3)
    assert found["documents"] == {"second": SECOND.sha256, "third": THIRD.sha256}
    assert found["inputs"].keys() == {"lexicon", "schemas", "sources", "sql/resolve"}
    assert len(found["lock"]) == 64


def test_a_record_keeps_its_id_when_its_first_document_goes(made: tuple[Path, Path]) -> None:
    out = made[0]
    ids = [newest_release_of(out, version) for version in ("1.0.0", "1.1.0", "1.2.0")]
    assert ids[0] == ids[1] == ids[2]


def newest_release_of(out: Path, version: str) -> list[str]:
    from pipelines.release.versions import find_release

    events = find_release(version, out).tables()["events"].to_pylist()
    return [e["event_id"] for e in events if e["type"] == "sign"]


def test_what_differs_is_named(made: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = Path(shutil.copytree(made[0], tmp_path / "dist", symlinks=True))
    (out / "1.1.0" / "README.md").write_text("another")
    text = (out / "1.1.0" / "manifest.json").read_text()
    (out / "1.1.0" / "manifest.json").write_text(text.replace(inputs()["lexicon"], "0" * 64))
    found = rebuild("1.1.0", out, made[1], tmp_path / "again")
    assert found.differing == ["README.md", "manifest.json"]
    assert found.inputs == ["lexicon"]


def test_without_a_text_or_a_manifest_it_is_told(made: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(PactwatchError, match="neither in the archive") as caught:
        rebuild("1.1.0", made[0], tmp_path / "none", tmp_path / "again")
    assert caught.value.exit_code == EXIT_NOT_FOUND
    out = Path(shutil.copytree(made[0], tmp_path / "dist", symlinks=True))
    (out / "1.1.0" / "manifest.json").unlink()
    with pytest.raises(PactwatchError, match="no manifest") as caught:
        rebuild("1.1.0", out, made[1], tmp_path / "again")
    assert caught.value.exit_code == EXIT_INVALID


def test_the_command(made: tuple[Path, Path], home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(made[1], home / "texts")
    assert run(["rebuild", "latest", "--package", str(made[0])]) == 0
    assert "release     1.2.0\nfiles       45 of 45 the same, byte by byte\nrebuilt\n" in capsys.readouterr().out


def test_a_downloaded_package_is_verified_alone(made: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    report = verify(made[0] / "1.1.0")  # the state of this test has no texts
    assert report.ok, report.problems
    assert (report.texts, report.proven) == (False, 0)
    assert run(["verify", str(made[0] / "1.1.0")]) == 0
    assert "was not read again" in capsys.readouterr().out
    assert verify(made[0] / "1.1.0", made[1]).texts
    assert verify(made[0] / "1.1.0", made[1]).proven == report.statements > 0


@pytest.mark.parametrize(
    ("kind", "name", "content"),
    [
        ("changed", "README.md", "x"),
        ("changed", "datapackage.json", "{}"),
        ("changed", "CHANGELOG.md", "x"),
        ("missing", "manifest.json", None),
        ("missing", "data/events.csv", None),
        ("added", "data/more.csv", "x"),
        ("sums", "SHA256SUMS", None),
        ("sums", "SHA256SUMS", "not a sum"),
        ("path", "SHA256SUMS", f"{'0' * 64}  ../texts\n"),
        ("path", "SHA256SUMS", f"{'0' * 64}  /etc/hostname\n"),
        ("manifest", "manifest.json", "{"),
        ("count", "manifest.json", '{"rows": {"events": 7}}'),
    ],
)
def test_each_tampering_has_its_name(
    made: tuple[Path, Path], tmp_path: Path, kind: str, name: str, content: str | None
) -> None:
    package = Path(shutil.copytree(made[0] / "1.1.0", tmp_path / "package"))
    if content is None:
        (package / name).unlink()
    else:
        (package / name).write_text(content)
    report = verify(package)
    assert not report.ok
    assert [line for line in report.problems if line.startswith(f"{kind}: ")], report.problems


def test_sums_are_those_of_sha256sum() -> None:
    assert parse_sums(f"{'a' * 64}  data/a b.csv\n") == {"data/a b.csv": "a" * 64}
    for line in (f"{'a' * 63}  b", f"{'a' * 64} b", f"{'a' * 64}  ", "x"):
        with pytest.raises(ValueError, match="not a line"):
            parse_sums(line)
