"""The command line as its users meet it: what it prints where, its exit codes, and how soon it starts."""

import csv
import io
import json
import os
import pty
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from filelock import FileLock

from pipelines.assets.workspace import refresh_lock
from pipelines.cli.app import run
from pipelines.errors import EXIT_FAILURE, EXIT_INVALID, EXIT_NOT_FOUND, EXIT_OK, EXIT_USAGE
from pipelines.project import ENGINE_VERSION, ROOT

MAIN = [sys.executable, "-c", "from pipelines.cli import main; main()"]
TEXT = """Neighbours sign on trade

Islamabad, 3 August 2025

Iran and Pakistan signed a memorandum of understanding on trade in Islamabad on 2 August 2025, the news agency IRNA reported.
Iranian President Masoud Pezeshkian met Prime Minister Shehbaz Sharif in Islamabad on 3 August 2025.
"""


@dataclass(frozen=True)
class Built:
    """A package that the command line built."""

    home: Path
    documents: Path
    out: Path
    stdout: str
    stderr: str


def pactwatch(*arguments: str | Path, home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs the command in a process of its own, from the project's root."""
    variables = {**os.environ, "PACTWATCH_HOME": str(home), **environment}
    command = [*MAIN, *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    top = tmp_path_factory.mktemp("built")
    documents = top / "documents"
    documents.mkdir()
    (documents / "signing.txt").write_text(TEXT)
    (documents / "nothing.md").write_text("# An essay\n\nNothing of note happened anywhere, and nobody minded.\n")
    (documents / "empty.txt").touch()
    (documents / "\u202eelif.txt").write_text("A name that runs the other way.")
    done = pactwatch("build", "--documents", documents, "--out", top / "out", home=top / "home")
    assert done.returncode == EXIT_OK, done.stderr
    return Built(top / "home", documents, top / "out", done.stdout, done.stderr)


# build


def test_build_says_what_it_made(built: Built) -> None:
    lines = dict(line.split(maxsplit=1) for line in built.stdout.splitlines() if not line.startswith(" "))
    assert lines["documents"] == "2 read, 2 set aside"
    assert "            empty.txt: empty: remove it" in built.stdout.splitlines()
    assert "\\u202eelif.txt: " in built.stdout
    assert "\u202e" not in built.stdout
    assert " events, " in lines["records"]
    assert lines["checks"].split()[0] == lines["checks"].split()[2]
    assert lines["version"] == "1.0.0"
    assert lines["folder"] == str(built.out / "1.0.0")
    assert lines["time"].endswith(" s")
    assert len(built.stdout.splitlines()) <= 12
    assert built.stderr == "", "Dagster's own log belongs into a file"
    assert "RUN_SUCCESS" in (built.home / "logs" / "build.log").read_text()


def test_build_publishes_a_release_and_keeps_state_at_home(built: Built) -> None:
    assert (built.out / "latest").readlink() == Path("1.0.0")
    assert json.loads((built.out / "latest" / "datapackage.json").read_text())["version"] == "1.0.0"
    assert {path.name for path in built.home.iterdir()} >= {"dagster", "texts", "staging", "extracted.sqlite", "logs"}
    assert "enabled: false" in (built.home / "dagster" / "dagster.yaml").read_text()


def test_the_same_world_makes_the_same_release(built: Built, tmp_path: Path) -> None:
    again = pactwatch("build", "--documents", built.documents, "--out", built.out, home=built.home)
    assert "1.0.0 (unchanged: the newest release has this content)" in again.stdout
    assert not (built.out / "1.0.1").exists()
    # From nothing, elsewhere, with other hashes, in another time zone, the documents made in another order.
    documents = tmp_path / "documents"
    documents.mkdir()
    for path in sorted(built.documents.iterdir(), reverse=True):
        shutil.copyfile(path, documents / path.name)
    home, out = tmp_path / "home", tmp_path / "out"
    pactwatch(
        "build",
        "--documents",
        documents,
        "--out",
        out,
        home=home,
        PYTHONHASHSEED="7",
        TZ="Pacific/Kiritimati",
        LANG="C",
    )
    names = ["datapackage.json", *sorted(f"data/{path.name}" for path in (built.out / "1.0.0" / "data").iterdir())]
    for name in names:
        assert (out / "latest" / name).read_bytes() == (built.out / "1.0.0" / name).read_bytes(), name


def test_runs_are_recorded_where_dagster_shows_them(built: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    import dagster as dg

    monkeypatch.setenv("DAGSTER_HOME", str(built.home / "dagster"))
    with dg.DagsterInstance.get() as instance:
        runs = instance.get_runs()
        assert runs
        assert {record.job_name for record in runs} == {"refresh"}
        assert {record.status for record in runs} == {dg.DagsterRunStatus.SUCCESS}
        event = instance.get_latest_materialization_event(dg.AssetKey("events"))
        assert event is not None


def test_two_first_builds_at_once_both_end_well(built: Built, tmp_path: Path) -> None:
    environment = {**os.environ, "PACTWATCH_HOME": str(tmp_path / "home")}
    processes = [
        subprocess.Popen(
            [*MAIN, "build", "--documents", str(built.documents), "--out", str(tmp_path / f"out-{number}")],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(2)
    ]
    outputs = [process.communicate(timeout=600) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], outputs


def test_a_build_that_waits_for_another_says_so(built: Built, tmp_path: Path) -> None:
    state = tmp_path / "home"
    state.mkdir()
    with FileLock(refresh_lock(state)):
        process = subprocess.Popen(
            [*MAIN, "build", "--documents", str(built.documents), "--out", str(tmp_path / "out")],
            cwd=ROOT,
            env={**os.environ, "PACTWATCH_HOME": str(state)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stderr is not None
        assert "another build is running on this state" in process.stderr.readline()
    assert process.communicate(timeout=600)[1] == ""
    assert process.returncode == 0


def test_build_of_nothing_there(tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["build", "--documents", str(tmp_path / "none")]) == EXIT_NOT_FOUND
    assert "no such folder" in capsys.readouterr().err
    (tmp_path / "file").touch()
    assert run(["build", "--out", str(tmp_path / "file")]) == EXIT_FAILURE
    assert not any(home.iterdir())


def test_a_folder_with_nothing_to_read_makes_no_release(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "empty.txt").touch()
    assert run(["build", "--documents", str(tmp_path / "documents"), "--out", str(tmp_path / "out")]) == EXIT_NOT_FOUND
    assert (
        "no document could be read (1 set aside, the first empty.txt: empty: remove it): give"
        in capsys.readouterr().err
    )
    assert not (tmp_path / "out").exists()


def test_a_failing_check_is_one_line_and_publishes_nothing(
    built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import pipelines.definitions
    from pipelines.release.checks import Check

    planted = Check(
        "planted",
        "No document is named signing.",
        "SELECT source_id FROM sources WHERE source_id = 'signing'",
        ("sources",),
    )
    monkeypatch.setattr(pipelines.definitions, "defs", pipelines.definitions.build_definitions([planted]))
    assert run(["build", "--documents", str(built.documents), "--out", str(tmp_path / "out")]) == EXIT_INVALID
    printed = capsys.readouterr()
    assert printed.out == ""
    first, second = printed.err.splitlines()
    assert first == (
        "pactwatch: check planted of sources failed: No document is named signing. 1 rows break it: source_id signing"
    )
    assert second.startswith("pactwatch: nothing was published; the whole log is in ")
    assert not (tmp_path / "out").exists()


def test_a_bug_is_told_with_the_place_of_its_log(
    built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    from pipelines.assets import ingest

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a\nbug")

    monkeypatch.setattr(ingest, "read_everything", fail)
    assert run(["build", "--documents", str(built.documents), "--out", str(tmp_path / "out")]) == EXIT_FAILURE
    assert "documents: unexpected failure: ZeroDivisionError: a bug" in capsys.readouterr().err
    assert (
        "Traceback" in (home / "logs" / "build.log").read_text()
        or "Stack Trace" in (home / "logs" / "build.log").read_text()
    )


# query


def ask(built: Built, *arguments: str) -> list[str]:
    return ["query", *arguments, "--package", str(built.out)]


def test_query_forms(built: Built, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    sql = "SELECT source_id, words, published FROM sources WHERE status = 'ingested' ORDER BY source_id"
    assert run(ask(built, sql)) == EXIT_OK
    rows = list(csv.DictReader(io.StringIO(capfdbinary.readouterr().out.decode())))
    assert [(row["source_id"], row["published"]) for row in rows] == [("nothing", ""), ("signing", "2025-08-03")]
    assert run(ask(built, sql, "--format", "json")) == EXIT_OK
    loaded = json.loads(capfdbinary.readouterr().out)
    assert loaded[1]["published"] == "2025-08-03"
    assert isinstance(loaded[1]["words"], int)
    assert run(ask(built, sql, "--format", "parquet")) == EXIT_OK
    assert pq.read_table(io.BytesIO(capfdbinary.readouterr().out)).num_rows == 2
    assert run(ask(built, sql, "--format", "table")) == EXIT_OK
    assert b"signing" in capfdbinary.readouterr().out


def test_query_reads_standard_input(built: Built) -> None:
    command = [*MAIN, *ask(built, "-")]
    done = subprocess.run(command, cwd=ROOT, input="SELECT 42 AS answer", capture_output=True, text=True, check=True)
    assert done.stdout == "answer\n42\n"
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("SELEC 1", EXIT_USAGE),
        ("SELECT * FROM nowhere", EXIT_USAGE),
        ("DELETE FROM sources", EXIT_USAGE),
        ("CREATE TABLE x AS SELECT 1", EXIT_USAGE),
        ("SELECT * FROM read_csv('/etc/passwd')", EXIT_USAGE),
        ("COPY sources TO 'stolen.csv'", EXIT_USAGE),
        ("ATTACH 'other.duckdb'", EXIT_USAGE),
        ("SET enable_external_access = true", EXIT_USAGE),
    ],
)
def test_query_does_nothing_but_read(built: Built, sql: str, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(ask(built, sql)) == code
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("pactwatch: ")
    assert printed.err.count("\n") == 1


def test_query_without_a_package(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["query", "SELECT 1", "--package", str(tmp_path)]) == EXIT_NOT_FOUND
    assert "there is no data package" in capsys.readouterr().err


def on_terminal(*arguments: str) -> str:
    """What a command prints when its output is a terminal."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "NO_COLOR": "1", "TERM": "xterm", "COLUMNS": "100"}
    process = subprocess.Popen([*MAIN, *arguments], cwd=ROOT, stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    read = bytearray()
    try:
        while chunk := os.read(ours, 4096):
            read += chunk
    except OSError:
        pass  # how Linux says that the other end is closed
    process.wait(timeout=60)
    os.close(ours)
    return read.decode()


def test_a_terminal_sees_how_far_a_build_is(built: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PACTWATCH_HOME", str(built.home))
    printed = on_terminal("build", "--documents", str(built.documents), "--out", str(built.out))
    # The line is drawn twelve times a second: a stage that is over sooner may not be seen.
    stages = {int(number) for number in re.findall(r"(\d+) of \d+  [a-z]", printed)}
    assert len(stages) >= 3
    assert max(stages) > 5
    assert "version     1.0.0 (unchanged" in printed


def test_build_as_json(built: Built, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PACTWATCH_HOME", str(built.home))
    assert run(["build", "--json", "--documents", str(built.documents), "--out", str(built.out)]) == EXIT_OK
    told = json.loads(capsys.readouterr().out)
    assert (told["version"], told["new"], told["folder"]) == ("1.0.0", False, str(built.out / "1.0.0"))
    assert (told["documents"]["read"], told["documents"]["set_aside"]) == (2, 2)
    assert {"path": "empty.txt", "reason": "empty: remove it"} in told["documents"]["set_aside_first"]
    assert told["checks"]["passed"] == told["checks"]["of"] > 20
    assert told["rows"]["sources"] >= 2


def test_a_terminal_gets_a_table_and_no_escapes(built: Built) -> None:
    printed = on_terminal(*ask(built, "SELECT 'a' || chr(27) || '[31m' || chr(8238) || 'b' AS x, NULL AS y"))
    assert "\x1b" not in printed
    assert "\u202e" not in printed
    assert "(1 row)" in printed
    assert "Parquet is not for a terminal" in on_terminal(*ask(built, "SELECT 1", "--format", "parquet"))


# verify


def test_verify_proves_every_statement(
    built: Built, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PACTWATCH_HOME", str(built.home))
    assert run(["verify", str(built.out)]) == EXIT_OK
    assert "(100 %)" in capsys.readouterr().out
    assert run(["verify", str(built.out / "1.0.0"), "--json"]) == EXIT_OK
    report = json.loads(capsys.readouterr().out)
    assert report["ok"]
    assert report["statements"]["proven"] == report["statements"]["of"] > 0


def test_verify_with_the_documents_at_hand(built: Built, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["verify", str(built.out)]) == EXIT_OK
    assert "there are no texts here" in capsys.readouterr().out
    assert run(["verify", str(built.out), "--documents", str(built.documents)]) == EXIT_OK
    assert "(100 %)" in capsys.readouterr().out


def test_verify_finds_what_was_changed(
    built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PACTWATCH_HOME", str(built.home))
    package = tmp_path / "package"
    shutil.copytree(built.out / "1.0.0", package)
    with (package / "data" / "events.csv").open("a") as file:
        file.write("\n")
    assert run(["verify", str(package)]) == EXIT_INVALID
    assert "events.csv" in capsys.readouterr().out
    assert run(["verify", str(tmp_path / "none")]) == EXIT_NOT_FOUND
    assert run(["verify", str(package), "--documents", str(tmp_path / "none")]) == EXIT_NOT_FOUND


# sources, help, start


def test_sources_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["sources", "list", "--json"]) == EXIT_OK
    listed = json.loads(capsys.readouterr().out)
    assert {"id": "corpus", "from": "folder corpus", "license": "CC-BY-4.0"}.items() <= listed[
        [s["id"] for s in listed].index("corpus")
    ].items()
    assert run(["sources", "list"]) == EXIT_OK
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("id ")
    assert len(lines) == len(listed) + 2


def test_help_version_and_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == EXIT_OK
    assert capsys.readouterr().out == f"pactwatch, version {ENGINE_VERSION}\n"
    for command in ([], ["build"], ["query"], ["verify"], ["sources"], ["sources", "list"]):
        assert run([*command, "--help"]) == EXIT_OK
        assert "Usage: pactwatch" in capsys.readouterr().out
    for mistake in (["bogus"], ["build", "--bogus"], ["query"], ["query", "SELECT 1", "--format", "xml"]):
        assert run(mistake) == EXIT_USAGE
        assert "Usage: pactwatch" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "unwanted"),
    [
        (["--help"], ["dagster", "duckdb", "polars", "pandera", "pyarrow", "spacy", "rich", "yaml", "frictionless"]),
        (
            ["query", "SELECT 1", "--package", "{out}"],
            ["dagster", "polars", "pandera", "spacy", "frictionless", "trafilatura"],
        ),
        (["verify", "{out}"], ["dagster", "spacy", "frictionless", "trafilatura"]),
    ],
)
def test_commands_import_what_they_need(built: Built, arguments: list[str], unwanted: list[str]) -> None:
    script = (
        "import sys\nfrom pipelines.cli.app import run\nrun(sys.argv[2:])\n"
        "print([m for m in sys.argv[1].split(',') if m in sys.modules], file=sys.stderr)"
    )
    filled = [argument.format(out=built.out) for argument in arguments]
    command = [sys.executable, "-W", "ignore", "-c", script, ",".join(unwanted), *filled]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def test_a_reader_that_has_seen_enough_is_no_error(built: Built) -> None:
    line = f"{' '.join(MAIN[:1])} -c 'from pipelines.cli import main; main()' query 'SELECT * FROM range(300000)' --package '{built.out}' | head -1"
    done = subprocess.run(["bash", "-c", line], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "range\n"
    assert done.stderr == ""


def test_an_interrupt_is_no_traceback(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    import pipelines.ingest.registry

    def interrupt(*_: object) -> Callable[[], None]:
        raise KeyboardInterrupt

    monkeypatch.setattr(pipelines.ingest.registry, "load_registry", interrupt)
    monkeypatch.delitem(sys.modules, "pipelines.cli.sources", raising=False)
    assert run(["sources", "list"]) == 130
    assert capsys.readouterr().err.strip() == "pactwatch: interrupted"
