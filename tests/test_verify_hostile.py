"""Verify against somebody who makes every hash anew, and against packages that are made to harm who reads them."""

import errno
import gzip
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.cli.app import run
from pipelines.errors import EXIT_INVALID, EXIT_NOT_FOUND, EXIT_OK, EXIT_UNSAFE, EXIT_USAGE, PactwatchError
from pipelines.release.database import DATABASE
from pipelines.release.files import size_and_hash, write_csv, write_parquet
from pipelines.release.manifest import SIGNATURE, SUMS, parse_sums, sums
from pipelines.release.package import write_package
from pipelines.release.proof.bounded import Bounds, bounds_of, verify_bounded
from pipelines.release.proof.folder import Folder, safe_name
from pipelines.release.proof.listed import check_sums
from pipelines.release.proof.report import KINDS, UNSAFE, Report
from pipelines.release.proof.signature import check_signature
from pipelines.release.verify import verify
from tests.sample import sample_tables, to_table, write_texts

Tamper = Callable[[Path], object]
ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A package of the sample and the archive of its text."""
    root = tmp_path_factory.mktemp("made")
    return write_package(sample_tables(), root / "dist").folder, write_texts(root / "texts")


@pytest.fixture
def package(made: tuple[Path, Path], tmp_path: Path) -> Path:
    """A copy to tamper with."""
    return Path(shutil.copytree(made[0], tmp_path / "package"))


def reseal(package: Path) -> None:
    """Makes every size and hash anew, as a forger would."""
    path = package / "datapackage.json"
    described = json.loads(path.read_text(encoding="utf-8"))
    for resource in described["resources"]:
        if resource["path"] != DATABASE and (package / resource["path"]).is_file():
            size, digest = size_and_hash(package / resource["path"])
            resource.update(bytes=size, hash=f"sha256:{digest}")
    path.write_text(json.dumps(described), encoding="utf-8")
    (package / SUMS).write_text(sums(package), encoding="utf-8")


def kinds(report: Report) -> set[str]:
    return set(report.kinds)


# One cell, by somebody who makes all hashes anew


def forge(package: Path, name: str, key: str, forms: str, **cells: Any) -> None:
    """Changes cells of a row in the Parquet file (p), the CSV file (c) and the database (d), whichever `forms` names."""
    path = package / "data" / f"{name}.parquet"
    rows = pq.read_table(path).to_pylist()
    column = next(iter(rows[0]))
    next(row for row in rows if row[column] == key).update(cells)
    table = to_table(name, rows)
    if "p" in forms:
        write_parquet(table, path)
    if "c" in forms:
        write_csv(table, path.with_suffix(".csv"))
    if "d" in forms:
        with duckdb.connect(package / DATABASE) as connection:
            for cell, value in cells.items():
                connection.execute(f'UPDATE "{name}" SET "{cell}" = ? WHERE "{column}" = ?', [value, key])
    reseal(package)


SIGNING = "evt-0000000000a1"


@pytest.mark.parametrize(
    ("forms", "found"),
    [("c", {"csv"}), ("p", {"csv", "database"}), ("d", {"database"}), ("pc", {"database"}), ("pcd", set())],
)
def test_a_cell_of_one_form_is_named(package: Path, made: tuple[Path, Path], forms: str, found: set[str]) -> None:
    """What was forged in all forms alike, and breaks no rule, only a signature can tell."""
    forge(package, "events", SIGNING, forms, confidence=0.123)
    report = verify(package, made[1])
    assert kinds(report) == found, report.problems
    for line in report.problems:
        assert f"events {SIGNING}, confidence: " in line
        assert "0.123" in line


@pytest.mark.parametrize(
    ("table", "key", "cells", "kind"),
    [
        ("events", SIGNING, {"plover": "AID"}, "rule"),
        ("events", SIGNING, {"place": None, "sources": 2}, "rule"),
        ("statements", "words", {"quote": "Tabriz"}, "statement"),
        ("statements", "words", {"value": "1"}, None),
        ("sources", "2025-08-03-trade-memorandum", {"sha256": "0" * 64}, "statement citation"),
        ("sources", "2025-08-03-trade-memorandum", {"language": None}, "rule"),
    ],
)
def test_a_cell_of_all_forms_is_found_by_rules_and_texts(
    package: Path, made: tuple[Path, Path], table: str, key: str, cells: dict[str, Any], kind: str | None
) -> None:
    if table == "statements":
        rows = pq.read_table(package / "data/statements.parquet").to_pylist()
        key = next(r["statement_id"] for r in rows if r["quote"] is not None and len(r["quote"]) == len("Tabriz"))
    forge(package, table, key, "pcd", **cells)
    assert kinds(verify(package, made[1])) == set((kind or "").split())


def test_a_row_that_was_taken_out_is_counted(package: Path, made: tuple[Path, Path]) -> None:
    path = package / "data" / "rejected.parquet"
    table = to_table("rejected", pq.read_table(path).to_pylist()[1:])
    write_parquet(table, path)
    write_csv(table, path.with_suffix(".csv"))
    reseal(package)
    report = verify(package, made[1])
    assert kinds(report) == {"count", "database"}
    assert "database: rejected has 1 rows in the database, 0 in the Parquet file" in report.problems


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda text: text.replace("true", "TRUE", 1), "has 'TRUE'"),
        (lambda text: text.replace("evt-", "\udce9vt-", 1), "cannot be read"),
        (lambda text: text.replace("event_id,", "event,", 1), "its columns are"),
        (lambda text: text + "a,b\n", "cannot be read"),
        (lambda text: text.replace('["', "[1,", 1), "cannot be read"),
        (lambda text: "", "cannot be read"),
    ],
)
def test_a_csv_that_is_none_is_told_of(package: Path, change: Callable[[str], str], told: str) -> None:
    name = "agreements" if told == "has 'TRUE'" else "events"
    path = package / "data" / f"{name}.csv"
    path.write_bytes(change(path.read_text(encoding="utf-8")).encode("utf-8", "surrogateescape"))
    reseal(package)
    report = verify(package)
    assert kinds(report) == {"csv"}
    assert told in report.problems[0]


def test_a_quoted_empty_cell_is_a_text_and_an_empty_one_is_none(package: Path) -> None:
    path = package / "data" / "sources.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",,", ',"",', 1), encoding="utf-8")
    reseal(package)
    report = verify(package)
    assert kinds(report) == {"csv"}
    assert report.problems[0].endswith("in the CSV file, None in the Parquet file")


# SQL in the database


@pytest.mark.parametrize(
    ("sql", "kind", "told"),
    [
        ("CREATE MACRO lower(x) AS 'forged'", "code", "the database holds the macro lower"),
        ("CREATE MACRO duckdb_tables() AS TABLE SELECT 1", "code", "the database holds the macro duckdb_tables"),
        (
            "CREATE OR REPLACE VIEW timeline AS SELECT * FROM read_text('/etc/hostname')",
            "code",
            "the view timeline is not",
        ),
        ("CREATE VIEW more AS SELECT 1 AS a", "code", "the database holds the view more"),
        ("DROP VIEW timeline", "database", "the view timeline is missing"),
        ("CREATE SEQUENCE numbers", "code", "the database holds the sequence numbers"),
        ("CREATE SCHEMA other; CREATE TABLE other.events (a INTEGER)", "code", "the database holds the schema other"),
        ("CREATE TYPE mood AS ENUM ('glad')", "code", "the database holds the type mood"),
        ("CREATE TABLE more (a INTEGER)", "database", "the table more is in no Parquet file"),
        (
            "DROP TABLE rejected; CREATE VIEW rejected AS SELECT '/a' AS path, content AS reason FROM read_text('/etc/hostname')",
            "code",
            "the database holds the view rejected",
        ),
        (
            "DROP TABLE rejected; CREATE TABLE rejected (path VARCHAR, reason VARCHAR GENERATED ALWAYS AS (repeat('a', 9)))",
            "code",
            "the column reason of rejected is computed",
        ),
    ],
)
def test_sql_of_the_database_is_told_of_and_not_run(package: Path, sql: str, kind: str, told: str) -> None:
    with duckdb.connect(package / DATABASE) as connection:
        connection.execute(sql)
    reseal(package)
    report = verify(package)
    assert any(line.startswith(f"{kind}: {told}") for line in report.problems), report.problems
    assert report.unsafe == (kind == "code")


def test_a_log_beside_the_database_is_not_read_into_it(package: Path) -> None:
    (package / f"{DATABASE}.wal").write_bytes(b"anything")
    before = size_and_hash(package / DATABASE)
    reseal(package)
    report = verify(package)
    assert "database: pactwatch.duckdb.wal would be read into the database: not opened" in report.problems
    assert (package / f"{DATABASE}.wal").read_bytes() == b"anything"
    assert size_and_hash(package / DATABASE) == before


# Files that are none


def fifo(name: str) -> Tamper:
    def tamper(package: Path) -> None:
        (package / name).unlink(missing_ok=True)
        os.mkfifo(package / name)

    return tamper


def folder(name: str) -> Tamper:
    def tamper(package: Path) -> None:
        (package / name).unlink()
        (package / name).mkdir()

    return tamper


@pytest.mark.parametrize(
    ("tamper", "wanted"),
    [
        (fifo("data/events.csv"), {"special", "missing", "file"}),
        (fifo("datapackage.json"), {"special", "missing", "descriptor", "table", "manifest"}),
        (fifo(SUMS), {"special", "sums"}),
        (fifo(DATABASE), {"special", "missing", "file", "database"}),
        (fifo("more"), {"special"}),
        (folder("data/events.csv"), {"missing", "file"}),
        (folder("manifest.json"), {"missing", "manifest"}),
        (lambda p: (p / "up").symlink_to(".."), {"link"}),
        (lambda p: (p / "round").symlink_to("."), {"link"}),
        (lambda p: (p / "data" / "gone").symlink_to("/nowhere"), {"link"}),
        (lambda p: (p / "data" / "EVENTS.csv").write_text("a"), {"path", "added", "file"}),
        (lambda p: (p / "a\x1b[2Jb").write_text("a"), {"path"}),
        (lambda p: (p / "a\\b").write_text("a"), {"path"}),
    ],
)
def test_what_is_no_plain_file_is_told_of(package: Path, tamper: Tamper, wanted: set[str]) -> None:
    tamper(package)
    report = verify(package)
    assert kinds(report) == wanted, report.problems
    assert all(line.isprintable() for line in report.problems)


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        ("{0}  ../texts", "path"),
        ("{0}  data/../../texts", "path"),
        ("{0}  /etc/hostname", "path"),
        ("{0}  https://example.org/a", "path"),
        ("{0}  data\\events.csv", "path"),
        ("{0}  data/\x1b[2J", "path"),
        ("{0}  data/\u202ecsv.exe", "path"),
        ("{0}  ./README.md", "path"),
        ("{0}  README.md\n{0}  README.md", "sums"),
        ("{0} *README.md", "sums"),
        ("zz  README.md", "sums"),
        ("Z" * 64 + "  README.md", "sums"),
        ("{0}  a\u2028{0}  b", "path"),
    ],
)
def test_hostile_sums(tmp_path: Path, lines: str, kind: str) -> None:
    (tmp_path / SUMS).write_text(lines.format("0" * 64) + "\n", encoding="utf-8")
    report = Report(tmp_path)
    check_sums(report, Folder(tmp_path), ["README.md", SUMS])
    assert kind in kinds(report), report.problems
    assert all(line.isprintable() for line in report.problems)


def test_nothing_outside_is_opened(package: Path, tmp_path: Path) -> None:
    """Of everything that Python opens, only what lies in the package, in the project and its libraries, and temporary files."""
    secret = tmp_path / "secret-of-the-test"
    secret.write_text("secret")
    described = json.loads((package / "datapackage.json").read_text(encoding="utf-8"))
    for resource, path in zip(
        described["resources"],
        [f"../{secret.name}", str(secret), f"file://{secret}", "data/link", f"up/{secret.name}"],
        strict=False,
    ):
        resource.update(path=path, schema=str(secret))
    (package / "datapackage.json").write_text(json.dumps(described), encoding="utf-8")
    (package / "data" / "link").symlink_to(secret)
    (package / "up").symlink_to(tmp_path)
    with (package / SUMS).open("a") as file:
        file.write(
            "".join(f"{'0' * 64}  {path}\n" for path in (f"../{secret.name}", secret, f"up/{secret.name}", "data/link"))
        )
    code = (
        "import os, sys; from pathlib import Path; from pipelines.release.verify import verify\n"
        "def hook(event, args):\n"
        "    if event in ('open', 'os.scandir', 'os.listdir') and 'secret-of-the-test' in str(args[0]): os._exit(7)\n"
        "sys.addaudithook(hook)\n"
        "sys.exit(0 if verify(Path(sys.argv[1])).unsafe else 1)\n"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    assert subprocess.run([sys.executable, "-c", code, str(package)], env=environment, check=False).returncode == 0


@pytest.mark.parametrize("name", ["link", "up/inside"])
def test_a_link_is_never_opened(tmp_path: Path, name: str) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "inside").write_text("a")
    (tmp_path / "link").symlink_to(tmp_path / "real" / "inside")
    (tmp_path / "up").symlink_to(tmp_path / "real")
    with pytest.raises(OSError, match=r".") as caught:
        Folder(tmp_path).open(name)
    assert caught.value.errno in {errno.ELOOP, errno.ENOTDIR, errno.EINVAL, errno.EISDIR}
    with Folder(tmp_path).open("real/inside") as file:
        assert file.read() == b"a"


@given(st.text() | st.lists(st.sampled_from(["..", ".", "a", "/", "//", "", "data", "~", "C:"])).map("/".join))
def test_a_safe_name_stays_inside(text: str) -> None:
    name = safe_name(text)
    if name is not None:
        assert os.path.normpath(os.path.join("/package", name)).startswith("/package/")  # noqa: PTH118
        assert safe_name(name) == name
        assert name.isprintable()


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_sums_are_a_list_or_an_error(content: bytes) -> None:
    try:
        found = parse_sums(content.decode("utf-8"))
    except ValueError:
        return
    assert all(len(digest) == 64 and name and "\n" not in name for name, digest in found.items())


# More than a file of its size can hold


def descriptor_of(change: Callable[[str], str]) -> Tamper:
    def tamper(package: Path) -> None:
        path = package / "datapackage.json"
        path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")

    return tamper


def huge(name: str) -> Tamper:
    def tamper(package: Path) -> None:
        with (package / name).open("wb") as file:
            file.truncate(1 << 36)  # 64 GiB of nothing

    return tamper


@pytest.mark.parametrize(
    ("tamper", "kind", "told"),
    [
        (descriptor_of(lambda t: t.replace("{", '{"name": "a",', 1)), "descriptor", "'name' is there twice"),
        (descriptor_of(lambda t: t.replace("{", '{"a": NaN,', 1)), "descriptor", "NaN is no number of JSON"),
        (descriptor_of(lambda t: t.replace("{", '{"a": ' + "9" * 5000 + ",", 1)), "descriptor", "cannot be read"),
        (descriptor_of(lambda t: "[" * 5_000_000), "limit", "it is nested too deeply"),
        (descriptor_of(lambda t: t + " " * (65 << 20)), "limit", "it is bigger than 64 MiB"),
        (lambda p: (p / "manifest.json").write_text("[" * 100_000), "limit", "manifest.json: it is nested too deeply"),
        (
            lambda p: (p / "manifest.json").write_text('{"rows": {}, "version": "9.9.9"}'),
            "manifest",
            "version 9.9.9, not 1.0.0",
        ),
        (lambda p: (p / SUMS).write_text("a" * (65 << 20)), "limit", "it is bigger than 64 MiB"),
    ],
)
def test_hostile_json(package: Path, tamper: Tamper, kind: str, told: str) -> None:
    tamper(package)
    report = verify(package)
    lines = [line for line in report.problems if line.startswith(f"{kind}: ")]
    assert any(told in line for line in lines), report.problems
    assert max(map(len, report.problems)) < 500


@pytest.mark.parametrize(
    ("constraint", "value"),
    [("minLength", "0) OR (SELECT 1"), ("minimum", [1]), ("pattern", 7), ("enum", "abc"), ("required", "yes")],
)
def test_a_constraint_becomes_no_sql(package: Path, constraint: str, value: object) -> None:
    described = json.loads((package / "datapackage.json").read_text(encoding="utf-8"))
    resource = next(r for r in described["resources"] if r["name"] == "sources-parquet")
    kind = "integer" if constraint == "minimum" else "string"
    field = next(f for f in resource["schema"]["fields"] if f["type"] == kind and "categories" not in f)
    field["constraints"] = {constraint: value}
    (package / "datapackage.json").write_text(json.dumps(described), encoding="utf-8")
    reseal(package)
    assert any(f"the constraint {constraint} is" in line for line in verify(package).problems)


def dictionary_bomb(path: Path, rows: int, width: int) -> None:
    """A Parquet file that has one long text once and says that it stands in every row."""
    cells = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), pa.array(["a" * width]))
    pq.write_table(pa.table({"path": cells, "reason": cells}), path, compression="zstd")


def zeros_bomb(path: Path) -> None:
    """A Parquet file of a hundred kilobytes whose pages unpack to half a gigabyte of zeros."""
    cells = pa.array(bytes(1 << 20)[: 1 << 20].decode("ascii") for _ in range(8))
    table = pa.concat_tables([pa.table({"path": cells, "reason": cells})] * 32)
    pq.write_table(table, path, compression="zstd", use_dictionary=False, write_statistics=False)


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda path: dictionary_bomb(path, 5_000_000, 10), "says that it has 5,000,000 rows: not read"),
        (zeros_bomb, "says that it unpacks to"),
    ],
)
def test_a_parquet_bomb_is_not_unpacked(package: Path, make: Tamper, told: str) -> None:
    path = package / "data" / "rejected.parquet"
    make(path)
    assert path.stat().st_size < 200_000
    reseal(package)
    before = pa.total_allocated_bytes()
    report = verify(package)
    assert pa.total_allocated_bytes() - before < 1 << 26
    assert any(line.startswith("limit: data/rejected.parquet of ") and told in line for line in report.problems)


def test_a_piece_of_the_page_that_unpacks_to_gigabytes(package: Path) -> None:
    (package / "explorer" / "data" / "events.json.gz").write_bytes(gzip.compress(bytes(1 << 28)))
    reseal(package)
    report = verify(package)
    assert kinds(report) == {"limit"}
    assert "explorer/data/events.json.gz unpacks to more than" in report.problems[0]


# In a process of its own


def test_a_good_package_is_proven_in_its_bounds(made: tuple[Path, Path]) -> None:
    report = verify_bounded(*made)
    assert report.problems == []
    assert (report.proven, report.tables, report.version) == (32, 12, "1.0.0")
    assert report.to_json() == verify(*made).to_json()


def test_what_lies_about_its_size_ends_at_its_bounds(package: Path, made: tuple[Path, Path]) -> None:
    """100,000 rows of one text of a megabyte: a few kilobytes that announce nothing, and would take 200 gigabytes."""
    dictionary_bomb(package / "data" / "rejected.parquet", 100_000, 1 << 20)
    reseal(package)
    report = verify_bounded(package, made[1])
    assert any(line.startswith("limit: data/rejected.parquet") for line in report.problems), report.problems
    assert report.unsafe


def test_a_process_that_does_not_survive_names_what_it_read(package: Path, made: tuple[Path, Path]) -> None:
    report = verify_bounded(package, made[1], bounds=Bounds(memory=1 << 30, seconds=0))
    assert not report.ok
    assert report.problems[-1].startswith("limit: ")
    assert "SIG" in report.problems[-1]


def test_bounds_follow_what_is_on_the_disk(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(os.urandom(1 << 20))
    small = bounds_of(tmp_path)
    huge("hole")(tmp_path)
    assert bounds_of(tmp_path) == small
    (tmp_path / "b").write_bytes(os.urandom(1 << 22))
    assert bounds_of(tmp_path).memory - small.memory >= 60 << 22


@pytest.mark.parametrize("at", [0.001, 0.3])
def test_a_database_with_turned_bytes_harms_nobody(package: Path, made: tuple[Path, Path], at: float) -> None:
    path = package / DATABASE
    content = bytearray(path.read_bytes())
    start = int(len(content) * at)
    content[start : start + 64] = bytes(byte ^ 0xFF for byte in content[start : start + 64])
    path.write_bytes(content)
    report = verify_bounded(package, made[1])
    assert kinds(report) & {"changed"}
    assert kinds(report) <= {"changed", "database", "limit", "code"}, report.problems


# The command


def test_exit_codes(package: Path, made: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setenv("PACTWATCH_HOME", str(made[1].parent))
    assert run(["verify", str(package), "--json"]) == EXIT_OK
    told = json.loads(capsys.readouterr().out)
    assert (told["ok"], told["unsafe"], told["kinds"], told["signed"]) == (True, False, {}, None)
    (package / "README.md").write_text("other")
    assert run(["verify", str(package)]) == EXIT_INVALID
    assert "NOT verified: 1 problems" in capsys.readouterr().out
    (package / "link").symlink_to("/etc/hostname")
    assert run(["verify", str(package), "--json"]) == EXIT_UNSAFE
    told = json.loads(capsys.readouterr().out)
    assert (told["unsafe"], told["kinds"]) == (True, {"changed": 1, "link": 1})


def test_every_kind_is_documented() -> None:
    text = (ROOT / "docs" / "releases.md").read_text(encoding="utf-8")
    for kind, meaning in KINDS.items():
        assert f"| `{kind}` | {'**' if kind in UNSAFE else ''}{meaning}" in text, kind


# Signed


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A key pair that minisign made: public, secret."""
    if shutil.which("minisign") is None:
        pytest.skip("minisign is not installed")
    folder = tmp_path_factory.mktemp("keys")
    public, secret = folder / "public", folder / "secret"
    subprocess.run(["minisign", "-G", "-W", "-p", public, "-s", secret], check=True, capture_output=True)
    return public, secret


def sign(package: Path, secret: Path) -> None:
    command = ["minisign", "-S", "-s", secret, "-t", "pactwatch 1.0.0", "-m", package / SUMS]
    subprocess.run(command, check=True, capture_output=True, stdin=subprocess.DEVNULL)


def test_a_signature_is_made_and_checked_by_minisign(
    package: Path, made: tuple[Path, Path], keys: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    public, secret = keys
    signed, problem = check_signature(package, str(public))
    assert signed is None
    assert problem is not None and "cannot be read" in problem
    sign(package, secret)
    assert check_signature(package, str(public)) == ("pactwatch 1.0.0", None)
    assert check_signature(package, public.read_text().splitlines()[1]) == ("pactwatch 1.0.0", None)
    with pytest.raises(PactwatchError, match="no public key") as caught:
        check_signature(package, "no key")
    assert caught.value.exit_code == EXIT_USAGE
    assert verify(package, made[1]).ok  # it lies beside the sums, and is in no list

    forge(package, "events", SIGNING, "pcd", confidence=0.123)  # what nothing else finds
    assert verify(package, made[1]).ok
    monkeypatch.setenv("PACTWATCH_HOME", str(made[1].parent))
    assert run(["verify", str(package), "--public-key", str(public)]) == EXIT_INVALID
    told = capsys.readouterr().out
    assert "problem     signature: SHA256SUMS was not signed with this key" in told
    assert told.count("problem ") == 1


def test_a_signature_by_somebody_else_is_none(package: Path, keys: tuple[Path, Path], tmp_path: Path) -> None:
    other = tmp_path / "other"
    subprocess.run(["minisign", "-G", "-W", "-p", f"{other}.pub", "-s", other], check=True, capture_output=True)
    sign(package, other)
    _, problem = check_signature(package, str(keys[0]))
    assert problem is not None and "was not signed with this key" in problem
    (package / SIGNATURE).rename(tmp_path / "signature")
    (package / SIGNATURE).symlink_to(tmp_path / "signature")
    _, problem = check_signature(package, str(tmp_path / "other.pub"))
    assert problem is not None and "cannot be read" in problem  # what lies outside is not followed


def test_without_minisign_a_signature_cannot_be_asked_for(
    package: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert run(["verify", str(package), "--public-key", "key"]) == EXIT_NOT_FOUND
    assert "minisign is not installed" in capsys.readouterr().err


def test_the_package_is_read_as_it_lies(made: tuple[Path, Path]) -> None:
    """Verifying leaves nothing behind and changes nothing."""
    before = {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in made[0].rglob("*")}
    verify(*made)
    assert {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in made[0].rglob("*")} == before
    assert pc.sum(pq.read_table(made[0] / "data/events.parquet")["sources"]).as_py() > 0
