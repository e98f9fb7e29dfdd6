"""From a folder of documents to a package that is proven: all parts in a row, without Dagster, on the corpus."""

import json
import random
import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
import yaml

from pipelines.extract.run import extract_documents
from pipelines.ingest.folder import read_sources
from pipelines.ingest.registry import adhoc, load_registry
from pipelines.ingest.shelf import Shelf
from pipelines.release.checks import run_checks, schema_problems
from pipelines.release.package import Package, write_package
from pipelines.release.verify import verify
from pipelines.resolve.run import resolve
from pipelines.tables import load, published
from tests.scoring import CORPUS


@dataclass(frozen=True)
class Built:
    """A package, the archive of its texts, and how many documents were read anew."""

    package: Package
    texts: Path
    read: int


def build(folder: Path, work: Path, cache: Path | None = None, shuffle: bool = False) -> Built:
    """All parts in a row."""
    ingested = read_sources([adhoc(folder, load_registry())])
    documents = list(ingested.documents)
    if shuffle:
        random.Random(11).shuffle(documents)
    for document in documents:
        Shelf(work / "texts").put(document)
    found = extract_documents(documents, cache)
    package = write_package(resolve(documents, found, ingested.rejected), work / "dist")
    return Built(package, work / "texts", found.read)


def promised(folder: Path) -> dict[str, bytes]:
    """The bytes that two builds must share: the tables and the descriptor."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in [*sorted((folder / "data").iterdir()), folder / "datapackage.json"]
    }


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pipeline")


@pytest.fixture(scope="module")
def built(work: Path) -> Built:
    """The corpus, built. Do not change it."""
    return build(CORPUS, work / "first", work / "cache")


def test_every_statement_is_proven(built: Built) -> None:
    report = verify(built.package.folder, built.texts)
    assert report.problems == []
    assert report.ok
    assert report.proven == report.statements > 1000
    assert report.citations_proven == report.citations > 0
    assert report.files_good == report.files


def test_plain_texts_prove_what_they_tell_without_the_archive(built: Built, tmp_path: Path) -> None:
    plain = {path.stem for path in CORPUS.glob("*.txt")}
    told = pq.read_table(built.package.folder / "data" / "statements.parquet").column("source_id").to_pylist()
    report = verify(built.package.folder, tmp_path / "none", CORPUS)
    assert sum(source in plain for source in told) == report.proven < report.statements
    assert all("neither in the archive nor among the documents" in line or "more" in line for line in report.problems)


def test_a_second_build_in_another_order_and_from_the_cache_is_the_same_to_the_byte(built: Built, work: Path) -> None:
    again = build(CORPUS, work / "second", work / "cache", shuffle=True)
    assert built.read > 0
    assert again.read == 0
    assert promised(again.package.folder) == promised(built.package.folder)
    assert again.package.version == built.package.version


def test_a_build_of_the_same_folder_into_the_same_place_is_no_new_release(built: Built, work: Path) -> None:
    again = build(CORPUS, work / "first", work / "cache")
    assert (again.package.new, again.package.version, again.package.change) == (False, built.package.version, "none")


def test_every_table_is_filled_and_agrees_with_its_twin_in_csv(built: Built) -> None:
    rows = built.package.rows
    assert list(rows) == [table.name for table in published()]
    assert all(count > 0 for name, count in rows.items() if name not in {"rejected", "id_history", "changes"})
    with duckdb.connect() as connection:
        for name, count in rows.items():
            data = built.package.folder / "data"
            assert pq.read_table(data / f"{name}.parquet").num_rows == count
            found = connection.execute(
                f"SELECT count(*) FROM read_csv('{data / name}.csv', header = true, all_varchar = true)"
            ).fetchone()
            assert found == (count,), name


def test_the_descriptor_is_whole(built: Built) -> None:
    described = json.loads((built.package.folder / "datapackage.json").read_text(encoding="utf-8"))
    names = {resource["name"] for resource in described["resources"]}
    assert {table.name for table in published()} <= {name.removesuffix("-parquet").replace("-", "_") for name in names}
    assert described["version"] == built.package.version


def test_the_views_answer(built: Built) -> None:
    with duckdb.connect(str(built.package.folder / "pactwatch.duckdb"), read_only=True) as connection:

        def count(sql: str) -> int:
            row = connection.execute(sql).fetchone()
            assert row is not None
            return int(row[0])

        assert count("SELECT count(*) FROM timeline") > 50
        assert count("SELECT count(*) FROM agreement_register") == built.package.rows["agreements"]
        assert count("SELECT count(*) FROM dyad_year") > 10
        assert count("SELECT count(*) FROM watchlist") > 0
        assert count("SELECT count(*) FROM evidence") > 0
        assert count("SELECT count(*) FROM actor_network") > 0


def test_a_further_document_only_adds(built: Built, work: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(CORPUS, tmp_path / "more"))
    text = "MUSCAT, 5 March 2031 – Oman and Fiji signed a treaty on fishing in Muscat on Tuesday.\n"
    (folder / "zz-fishing-treaty.txt").write_text(text, encoding="utf-8")
    (folder / "broken.txt").write_bytes(b"\xff\xfe\x00")
    more = build(folder, tmp_path / "work", work / "cache")
    assert more.read == 1
    assert more.package.rows["rejected"] == built.package.rows["rejected"] + 1
    for name, key in (
        ("events", "event_id"),
        ("agreements", "agreement_id"),
        ("actors", "actor_id"),
        ("statements", "statement_id"),
    ):
        before, after = (
            set(pq.read_table(b.package.folder / "data" / f"{name}.parquet").column(key).to_pylist())
            for b in (built, more)
        )
        assert before <= after, name
        assert len(after) > len(before), name
    report = verify(more.package.folder, more.texts)
    assert report.problems == []
    with duckdb.connect() as connection:
        told = connection.execute(
            "SELECT e.type, e.date, e.place, e.status FROM read_parquet(?) AS e WHERE e.date = '2031-03-04'",
            [str(more.package.folder / "data" / "events.parquet")],
        ).fetchall()
    assert told == [("sign", "2031-03-04", "Muscat", "occurred")]


def test_a_text_that_was_changed_is_found_out(built: Built, tmp_path: Path) -> None:
    texts = Path(shutil.copytree(built.texts, tmp_path / "texts"))
    victim = min(texts.iterdir(), key=lambda path: path.name)
    victim.write_bytes(victim.read_bytes().replace(b"a", b"o", 1))
    report = verify(built.package.folder, texts)
    assert not report.ok
    assert report.proven < report.statements


def test_every_labelled_sentence_holds_every_check(tmp_path: Path) -> None:
    """Hundreds of unlike texts at once: what one of them makes must never block the release of all."""
    for file in sorted((CORPUS.parent / "tests" / "gold").glob("sentences-dev*.yaml")):
        for item in yaml.safe_load(file.read_text(encoding="utf-8")):
            (tmp_path / f"{file.stem}-{item['id']}.txt").write_text(f"{item['text']}\n", encoding="utf-8")
    for season in ("the spring of 2019", "winter 2020", "the 1990s", "30 December 2024 to 2 January 2025"):
        text = f"Iran and Oman signed a treaty on fishing in Muscat in {season}."
        (tmp_path / f"season-{season.replace(' ', '-')}.txt").write_text(text, encoding="utf-8")
    ingested = read_sources([adhoc(tmp_path, load_registry())])
    tables = resolve(ingested.documents, extract_documents(ingested.documents), ingested.rejected)
    assert tables["events"].num_rows > 400
    problems = {name: schema_problems(load(name), data) for name, data in tables.items()}
    assert {name: found for name, found in problems.items() if found} == {}
    assert [outcome.check.name for outcome in run_checks(tables) if not outcome.passed] == []
