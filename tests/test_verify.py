"""Verify: a good package is proven to the last statement, and whatever is tampered with is found."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from pipelines.release.database import DATABASE
from pipelines.release.files import size_and_hash, write_parquet
from pipelines.release.package import write_package
from pipelines.release.proof.report import Report
from pipelines.release.sqlfiles import read_sql
from pipelines.release.texts import normalised, printable
from pipelines.release.verify import verify
from tests.sample import SHA256, TEXT, sample_rows, to_table, to_tables, write_texts

Change = Callable[[Path], object]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A package of the sample and the archive of its text."""
    root = tmp_path_factory.mktemp("made")
    rows = sample_rows()
    rows["statements"][0]["quote"] = None  # as where a license does not allow to publish it
    return write_package(to_tables(rows), root / "dist").folder, write_texts(root / "texts")


@pytest.fixture
def copy(made: tuple[Path, Path], tmp_path: Path) -> tuple[Path, Path]:
    """A copy of both to tamper with."""
    return Path(shutil.copytree(made[0], tmp_path / "package")), Path(shutil.copytree(made[1], tmp_path / "texts"))


def descriptor(package: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((package / "datapackage.json").read_text(encoding="utf-8"))
    return loaded


def resource(found: dict[str, Any], name: str) -> dict[str, Any]:
    chosen: dict[str, Any] = next(r for r in found["resources"] if r["name"] == name)
    return chosen


def rewrite(package: Path, change: Callable[[dict[str, Any]], None]) -> None:
    found = descriptor(package)
    change(found)
    (package / "datapackage.json").write_text(json.dumps(found), encoding="utf-8")


def cells(name: str, index: int, **changed: Any) -> Change:
    """Changes a row and makes the hash in the descriptor agree. The database is taken away: it would tell."""

    def tamper(package: Path) -> None:
        path = package / "data" / f"{name}.parquet"
        rows = pq.read_table(path).to_pylist()
        rows[index].update(changed)
        write_parquet(to_table(name, rows), path)
        size, digest = size_and_hash(path)
        rewrite(package, lambda d: resource(d, f"{name}-parquet").update(bytes=size, hash=f"sha256:{digest}"))
        (package / DATABASE).unlink()

    return tamper


def found_in(report: Report, kind: str) -> list[str]:
    return [line for line in report.problems if line.startswith(f"{kind}: ")]


def test_a_good_package_is_proven(made: tuple[Path, Path]) -> None:
    report = verify(*made)
    assert report.problems == []
    assert report.ok
    assert (report.version, report.files, report.files_good, report.tables) == ("1.0.0", 25, 25, 12)
    assert (report.statements, report.proven, report.citations, report.citations_proven) == (32, 32, 1, 1)
    assert (report.rules, report.views) == (len(read_sql("checks")), len(read_sql("views")))


def test_the_archive_of_the_home_is_the_default(made: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PACTWATCH_HOME", str(made[1].parent))
    assert verify(made[0]).ok
    monkeypatch.setenv("PACTWATCH_HOME", str(made[0]))
    assert verify(made[0]).proven == 0


def test_a_package_is_found_through_latest(made: tuple[Path, Path]) -> None:
    assert verify(made[0].parent / "latest", made[1]).ok


def flip(name: str) -> Change:
    def tamper(package: Path) -> None:
        content = bytearray((package / name).read_bytes())
        content[len(content) // 2] ^= 1
        (package / name).write_bytes(content)

    return tamper


def remove(name: str) -> Change:
    return lambda package: (package / name).unlink()


def link(name: str) -> Change:
    def tamper(package: Path) -> None:
        outside = package.parent / "outside"
        shutil.move(package / name, outside)
        (package / name).symlink_to(outside)

    return tamper


def points_to(path: str) -> Change:
    return lambda package: rewrite(package, lambda d: resource(d, "events").update(path=path))


def in_database(sql: str) -> Change:
    def tamper(package: Path) -> None:
        with duckdb.connect(package / DATABASE) as connection:
            connection.execute(sql)

    return tamper


def write(name: str, text: str) -> Change:
    return lambda package: (package / name).write_text(text)


TAMPERED: list[tuple[str, Change]] = [
    ("file", flip("data/events.parquet")),
    ("file", flip("data/events.csv")),
    ("file", remove("data/events.csv")),
    ("file", remove("data/statements.parquet")),
    ("file", write("data/events.csv", "")),
    ("file", write("more.csv", "a")),
    ("file", lambda p: rewrite(p, lambda d: resource(d, "events").pop("hash"))),
    ("file", lambda p: rewrite(p, lambda d: resource(d, "events").update(bytes=1))),
    ("file", lambda p: rewrite(p, lambda d: d["resources"].remove(resource(d, "events")))),
    ("path", points_to("../events.csv")),
    ("path", points_to("data/../../events.csv")),
    ("path", points_to("/etc/hostname")),
    ("path", points_to("file:///etc/hostname")),
    ("path", points_to("http://example.org/events.csv")),
    ("path", points_to("data\\events.csv")),
    ("path", points_to("")),
    ("path", lambda p: rewrite(p, lambda d: resource(d, "events").update(path=["data/events.csv"]))),
    ("link", link("data/events.csv")),
    ("link", link("data")),
    ("link", link("README.md")),
    ("descriptor", remove("datapackage.json")),
    ("descriptor", write("datapackage.json", "{")),
    ("descriptor", write("datapackage.json", "[]")),
    ("descriptor", write("datapackage.json", '{"resources": [1]}')),
    ("limit", write("datapackage.json", "[" * 100_000)),
    ("descriptor", lambda p: rewrite(p, lambda d: d["resources"].append(resource(d, "events")))),
    ("table", lambda p: rewrite(p, lambda d: resource(d, "events-parquet").pop("schema"))),
    ("table", lambda p: rewrite(p, lambda d: resource(d, "events-parquet")["schema"].update(fields=[]))),
    ("schema", cells("events", 0, status="maybe")),
    ("schema", cells("events", 0, date="soon")),
    ("schema", cells("events", 0, event_id="evt-0000000000b2")),
    ("reference", cells("events", 0, agreement_id="agr-none")),
    ("reference", cells("event_participants", 0, actor_id="nobody")),
    ("statement", cells("statements", 3, start=0, end=3)),
    ("statement", cells("statements", 3, quote="the morning of 1 August")),
    ("statement", cells("statements", 0, end=10_000)),
    ("statement", cells("statements", 0, start=-1)),
    ("statement", cells("statements", 0, start=9, end=9)),
    ("statement", cells("sources", 0, sha256="0" * 64)),
    ("statement", cells("sources", 0, sha256=None)),
    ("statement", cells("sources", 0, sha256="../../../../../../etc/hostname")),
    ("citation", cells("citations", 0, end=10_000)),
    ("database", remove(DATABASE)),
    ("database", write(DATABASE, "not a database")),
    ("database", in_database("UPDATE events SET confidence = 0.1 WHERE event_id = 'evt-0000000000b2'")),
    ("database", in_database("DELETE FROM rejected")),
    ("database", in_database("DROP TABLE rejected")),
]


@pytest.mark.parametrize(("kind", "change"), TAMPERED)
def test_tampering_is_found(copy: tuple[Path, Path], kind: str, change: Change) -> None:
    change(copy[0])
    report = verify(*copy)
    assert not report.ok
    assert found_in(report, kind), report.problems
    assert all("\n" not in line for line in report.problems)


def test_a_text_that_was_changed_proves_nothing(copy: tuple[Path, Path]) -> None:
    (copy[1] / f"{SHA256}.txt").write_text(TEXT.replace("Tehran", "Tabriz"), encoding="utf-8")
    report = verify(*copy)
    assert report.proven == 0
    assert "no longer has the hash" in found_in(report, "statement")[0]


def test_many_problems_of_a_kind_are_summed_up(copy: tuple[Path, Path]) -> None:
    (copy[1] / f"{SHA256}.txt").unlink()
    lines = found_in(verify(*copy), "statement")
    assert len(lines) == 11
    assert lines[-1] == "statement: and 22 more"


@pytest.mark.parametrize("content", [TEXT, "\ufeff" + TEXT, TEXT.replace("\n", "\r\n"), TEXT.replace("é", "e\u0301")])
def test_documents_do_where_the_archive_is_gone(made: tuple[Path, Path], tmp_path: Path, content: str) -> None:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "any-name.txt").write_bytes(content.encode())
    (tmp_path / "documents" / "binary.txt").write_bytes(b"\xff\xfe\x00")
    assert verify(made[0], tmp_path / "none", tmp_path / "documents").ok


def test_a_folder_that_is_no_package_is_told_of(tmp_path: Path) -> None:
    report = verify(tmp_path, tmp_path)
    assert not report.ok
    assert found_in(report, "descriptor")


def test_the_normalised_text_is_the_readers(tmp_path: Path) -> None:
    from pipelines.ingest.text import normalise

    for text in (TEXT, "\ufeff\ufeffa\r\nb\rc", "e\u0301", "\u200f a \u2028"):
        assert normalised(text.encode()) == normalise(text)
    assert normalised(b"\xff") is None


def test_problems_are_one_harmless_line() -> None:
    assert printable("a\x1b[31m\u202eb\nc\u2028d\x00") == "a[31mb c d"
