"""Looking at a release from the terminal: rows, releases, the page served on loopback, completion, help, and progress."""

import http.client
import json
import re
import shlex
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.shell_completion import ShellComplete
from hypothesis import given
from hypothesis import strategies as st

from manual import commands
from manual.__main__ import DOCS
from pipelines import progress
from pipelines.cli.app import cli, run
from pipelines.cli.options import examples_of
from pipelines.cli.watch import Display, counted
from pipelines.errors import EXIT_CODES, EXIT_FAILURE, EXIT_INVALID, EXIT_NOT_FOUND, EXIT_OK, EXIT_USAGE, PactwatchError
from pipelines.project import ROOT
from pipelines.release.package import write_package
from pipelines.release.served import server
from tests.sample import MOU, SIGNING, sample_tables

Output = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one release."""
    return write_package(sample_tables(), tmp_path_factory.mktemp("dist")).folder.parent


# show and versions


def test_a_record_is_shown_as_it_stands(out: Path, capsys: Output) -> None:
    assert run(["show", SIGNING, "--package", str(out)]) == EXIT_OK
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["event_id", SIGNING]
    assert "fields         energy, trade" in lines
    assert [line.split(maxsplit=1)[1] for line in lines if line.startswith("participant")] == [
        "irn (Iran, IRN)",
        "pak (Pakistan, PAK)",
    ]
    assert run(["show", MOU, "--package", str(out), "--json"]) == EXIT_OK
    shown = json.loads(capsys.readouterr().out)
    assert (shown["table"], shown["row"]["instrument"], shown["row"]["date_start"]) == (
        "agreements",
        "memorandum_of_understanding",
        "2025-08-02",
    )
    assert {member["role"] for member in shown["members"]} == {"party"}


def test_sources_and_statements_are_shown_too(out: Path, capsys: Output) -> None:
    from pipelines.release.record import rows_of

    statement = rows_of(out, "SELECT statement_id, source_id, quote FROM statements ORDER BY statement_id LIMIT 1")[0]
    assert run(["show", statement["statement_id"], "--package", str(out), "--json"]) == EXIT_OK
    assert json.loads(capsys.readouterr().out)["row"]["quote"] == statement["quote"]
    assert run(["show", statement["source_id"], "--package", str(out)]) == EXIT_OK
    assert f"source_id     {statement['source_id']}" in capsys.readouterr().out
    assert run(["explain", statement["statement_id"], "--package", str(out)]) == EXIT_NOT_FOUND


def test_a_record_that_is_not_there_is_told_with_the_nearest(out: Path, capsys: Output) -> None:
    assert run(["show", f"{SIGNING}x", "--package", str(out)]) == EXIT_NOT_FOUND
    assert f"did you mean {SIGNING}?" in capsys.readouterr().err


def test_releases_are_listed(out: Path, tmp_path: Path, capsys: Output) -> None:
    assert run(["versions", "--package", str(out), "--json"]) == EXIT_OK
    (release,) = json.loads(capsys.readouterr().out)
    assert (release["version"], release["events"], release["folder"]) == ("1.0.0", 2, str(out / "1.0.0"))
    assert run(["versions", "--package", str(tmp_path)]) == EXIT_NOT_FOUND
    assert "there are no releases" in capsys.readouterr().err


# explore


@pytest.fixture(scope="module")
def served(out: Path) -> Iterator[int]:
    """The port at which the release is served."""
    (out / "1.0.0" / "private.txt").write_text("in the folder, not of the release")
    (out / "sql").mkdir()
    (out / "sql" / "index.html").write_text("<title>SQL</title>")
    (out / "sql" / "duckdb.mjs").write_text("export {};")
    (out / "sql" / "out.txt").symlink_to("/etc/passwd")
    with server(out) as made:
        thread = threading.Thread(target=made.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield made.server_port
        made.shutdown()
    (out / "1.0.0" / "private.txt").unlink()
    shutil.rmtree(out / "sql")


def ask(port: int, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    """One request as it is written, with no client that tidies its path."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.putrequest(method, path, skip_host="Host" in headers)
    for name, value in headers.items():
        connection.putheader(name.replace("_", "-"), value)
    connection.endheaders()
    answer = connection.getresponse()
    return answer.status, dict(answer.getheaders()), answer.read()


def test_the_files_of_the_release_are_served_with_their_types(served: int, out: Path) -> None:
    folder = out / "1.0.0"
    for path, file, mediatype in (
        ("/explorer/", "explorer/index.html", "text/html; charset=utf-8"),
        ("/explorer.html", "explorer.html", "text/html; charset=utf-8"),
        ("/explorer/data/index.json.gz", "explorer/data/index.json.gz", "application/gzip"),
        ("/data/events.csv?x=1", "data/events.csv", "text/csv; charset=utf-8; header=present"),
        ("/data/events.parquet", "data/events.parquet", "application/vnd.apache.parquet"),
        ("/pactwatch.duckdb", "pactwatch.duckdb", "application/octet-stream"),
        ("/SHA256SUMS", "SHA256SUMS", "text/plain; charset=utf-8"),
    ):
        path = f"/1.0.0{path}"
        status, headers, body = ask(served, path)
        assert (status, body, headers["Content-Type"]) == (200, (folder / file).read_bytes(), mediatype), path
        assert (headers["X-Content-Type-Options"], headers["Referrer-Policy"]) == ("nosniff", "no-referrer")
        assert ask(served, path, "HEAD")[1]["Content-Length"] == str(len(body))
        assert file == "SHA256SUMS" or ask(served, path, If_None_Match=headers["ETag"])[0] == 304
    assert ask(served, "/")[1]["Location"] == "/1.0.0/explorer/"


def test_what_stands_beside_the_releases_is_served(served: int, out: Path) -> None:
    assert ask(served, "/versions.json")[2] == (out / "versions.json").read_bytes()
    assert ask(served, "/sql/")[2] == b"<title>SQL</title>"
    assert ask(served, "/sql/duckdb.mjs")[1]["Content-Type"] == "text/javascript; charset=utf-8"


def test_a_package_alone_is_served(out: Path) -> None:
    with server(out / "1.0.0") as made:
        threading.Thread(target=made.serve_forever, args=(0.05,), daemon=True).start()
        assert made.address.endswith("/release/explorer/")
        assert ask(made.server_port, "/release/explorer/")[0] == 200
        assert ask(made.server_port, "/versions.json")[0] == 404
        made.shutdown()


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-9", 206, slice(0, 10)),
        ("bytes=10-", 206, slice(10, None)),
        ("bytes=-7", 206, slice(-7, None)),
        ("bytes=5-999999999", 206, slice(5, None)),
        ("bytes=-999999999", 200, slice(None)),
        ("bytes=0-", 200, slice(None)),
        ("bytes=9-3", 200, slice(None)),
        ("bytes=0-1,4-5", 200, slice(None)),
        ("lines=1-2", 200, slice(None)),
        ("bytes=-", 200, slice(None)),
        ("bytes=999999999-", 416, None),
        ("bytes=-0", 416, None),
    ],
)
def test_a_part_of_a_file_is_sent(served: int, out: Path, asked: str, status: int, part: slice | None) -> None:
    content = (out / "1.0.0" / "data" / "events.parquet").read_bytes()
    given, headers, body = ask(served, "/1.0.0/data/events.parquet", Range=asked)
    assert given == status
    if part is not None:
        assert body == content[part]
        assert headers["Content-Length"] == str(len(body))
    if status == 206:
        first, last, size = map(int, re.findall(r"\d+", headers["Content-Range"]))
        assert (content[first : last + 1], size) == (body, len(content))
    old = ask(served, "/1.0.0/data/events.parquet", Range="bytes=0-9", If_Range='"another"')
    assert (old[0], old[2]) == (200, content)


@pytest.mark.parametrize(
    "path",
    ["/1.0.0/private.txt", "/1.0.0/data", "/1.0.0/data/", "/sql/out.txt", "/1.0.0", "/latest/data/events.csv", "/..%2f..%2fetc/passwd", "/../../etc/passwd", "/%2e%2e/versions.json", "//etc/passwd",
     "/1.0.0/explorer/../private.txt", "/latest/", "/%00", "/explorer%5cindex.html", "/nothing.html"],
)  # fmt: skip
def test_nothing_else_is_served(served: int, path: str) -> None:
    status, _, body = ask(served, path)
    assert (status, body) == (404, b"Not Found\n")


def test_only_this_machine_is_answered_and_only_asked(served: int) -> None:
    assert ask(served, "/1.0.0/explorer/", Host="evil.example")[0] == 421
    assert ask(served, "/1.0.0/explorer/", Host=f"evil.example:{served}")[0] == 421
    assert ask(served, "/1.0.0/explorer/", Host=f"localhost:{served}")[0] == 200
    assert ask(served, "/1.0.0/explorer/", "POST")[0] == 501
    assert ask(served, "/1.0.0/explorer/", "DELETE")[0] == 501


def test_a_taken_port_is_one_line(served: int, out: Path, capsys: Output) -> None:
    assert run(["explore", "--serve", "--quiet", "--port", str(served), "--package", str(out)]) == EXIT_FAILURE
    assert "choose another with --port" in capsys.readouterr().err


def test_a_release_without_its_list_is_not_served(tmp_path: Path) -> None:
    with pytest.raises(PactwatchError) as raised:
        server(tmp_path)
    assert raised.value.exit_code == EXIT_NOT_FOUND
    (tmp_path / "1.0.0").mkdir()
    (tmp_path / "1.0.0" / "datapackage.json").write_text("{}")
    for folder in (tmp_path, tmp_path / "1.0.0"):
        with pytest.raises(PactwatchError) as raised:
            server(folder)
        assert raised.value.exit_code == EXIT_INVALID


def test_explore_opens_the_page(out: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    assert run(["explore", "--package", str(out)]) == EXIT_OK
    assert opened == [capsys.readouterr().out.strip()] == [(out / "1.0.0" / "explorer.html").resolve().as_uri()]
    assert run(["explore", "--quiet", "--package", str(out)]) == EXIT_OK
    assert len(opened) == 1


def test_explore_serves_until_it_is_interrupted(out: Path) -> None:
    import signal

    command = [sys.executable, "-c", "from pipelines.cli import main; main()", "explore", "--serve", "--quiet", "--package", str(out)]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    address = process.stdout.readline().strip()
    assert address.startswith("http://127.0.0.1:")
    port = int(address.split(":")[2].split("/")[0])
    assert b"Pactwatch 1.0.0" in ask(port, "/1.0.0/explorer/")[2]
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=30)[1] == ""
    assert process.returncode == EXIT_OK


# completion


def completed(*words: str, incomplete: str) -> dict[str, str | None]:
    """What a shell is offered after `words`."""
    offered = ShellComplete(cli, {}, "pactwatch", "_PACTWATCH_COMPLETE").get_completions(list(words), incomplete)
    return {item.value: item.help for item in offered}


def test_the_shell_completes_commands_options_and_ids(out: Path, tmp_path: Path) -> None:
    assert list(completed(incomplete="ex")) == ["explain", "explore", "extract"]
    assert "--documents" in completed("build", incomplete="--d")
    assert completed("show", "--package", str(out), incomplete="evt-") == completed(
        "explain", "--package", str(out), incomplete="evt-"
    )
    assert completed("show", "--package", str(out), incomplete=SIGNING[:8])[SIGNING] == "sign, occurred, 2025-08-02"
    assert completed("show", "--package", str(out), incomplete="ir")["irn"] == "Iran"
    assert completed("show", "--package", str(out), incomplete="x' OR 'a'='a") == {}
    assert completed("show", "--package", str(tmp_path), incomplete="evt-") == {}
    assert list(completed("diff", "--package", str(out), incomplete="")) == ["1.0.0", "latest"]
    assert "kremlin" in completed("sources", "test", incomplete="kr")


def test_bash_is_told_in_its_own_form(out: Path) -> None:
    command = [sys.executable, "-c", "from pipelines.cli import main; main()"]
    words = f"pactwatch show --package {out} {SIGNING[:-1]}"
    environment = {"_PACTWATCH_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": "4"}
    told = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert told.stdout == f"plain,{SIGNING}\n"


def test_a_real_bash_completes(out: Path) -> None:
    program = Path(sys.executable).parent / "pactwatch"
    if not program.exists():
        pytest.skip("pactwatch is not installed beside this Python")
    script = (
        'eval "$(_PACTWATCH_COMPLETE=bash_source pactwatch)"\n'
        f"COMP_WORDS=(pactwatch explain --package {out} {SIGNING[:-1]}); COMP_CWORD=4\n"
        '_pactwatch_completion pactwatch; printf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    path = f"{program.parent}:/usr/bin:/bin"
    told = subprocess.run(
        ["bash", "-c", script], cwd=ROOT, env={"PATH": path}, capture_output=True, text=True, check=True
    )
    assert told.stdout == f"{SIGNING}\n"


# help


def test_every_command_has_help_and_examples_that_are_understood() -> None:
    for path, command in commands.commands_of(cli):
        assert command.help, path
        assert examples_of(command), path
        for example in examples_of(command):
            understand(example)


def understand(example: str) -> None:
    """Parses an example as the command line would, without running it."""
    words = shlex.split(example[example.index("pactwatch") :].split(" (", maxsplit=1)[0])[1:]
    for end in ("|", "<", ">"):
        words = words[: words.index(end)] if end in words else words
    command: click.Command = cli
    context = cli.make_context("pactwatch", [*words])
    while isinstance(command, click.Group):
        name, found, rest = command.resolve_command(context, [*context._protected_args, *context.args])
        assert found is not None
        command, context = found, found.make_context(name, rest, parent=context)


@pytest.mark.parametrize("wrong", [["bild"], ["build", "--documnts", "x"], ["sources", "ad"], ["query"]])
def test_wrong_usage_is_told_with_the_nearest(wrong: list[str], capsys: Output) -> None:
    assert run(wrong) == EXIT_USAGE
    error = capsys.readouterr().err
    near = {"bild": "'build'", "--documnts": "--documents", "ad": "add"}.get(
        wrong[-1] if wrong[-1] != "x" else wrong[1]
    )
    assert near is None or near in error
    assert "Traceback" not in error


@pytest.mark.parametrize(
    ("sql", "near"),
    [("FROM event", '"events"'), ("SELECT typ FROM events", '"type"'), ("FROM watchlst", '"watchlist"')],
)
def test_wrong_names_in_sql_are_told_with_the_nearest(out: Path, sql: str, near: str, capsys: Output) -> None:
    assert run(["query", sql, "--package", str(out)]) == EXIT_USAGE
    assert near in capsys.readouterr().err


def test_query_as_json(out: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run(["query", "SELECT 1 AS one", "--json", "--package", str(out)]) == EXIT_OK
    assert json.loads(capfdbinary.readouterr().out) == [{"one": 1}]


def test_the_page_of_commands_is_what_the_commands_say() -> None:
    page = (DOCS / "commands.md").read_text(encoding="utf-8")
    assert page == commands.page(), "make pages"
    table = page.split("## Exit codes")[1].split("##")[0]
    told = {int(line.split("|")[1]) for line in table.splitlines() if line.startswith("|") and line.split("|")[1].strip().isdigit()}  # fmt: skip
    errors = (ROOT / "pipelines" / "errors.py").read_text(encoding="utf-8")
    in_code = {int(line.split("=")[1]) for line in errors.splitlines() if line.startswith("EXIT_") and line.split("=")[1].strip().isdigit()}  # fmt: skip
    assert told == in_code == set(EXIT_CODES)


# progress


class Line:
    """Stands for rich's status: keeps what it is told to show."""

    def __init__(self) -> None:
        self.shown: list[str] = []

    def update(self, text: str) -> None:
        self.shown.append(text)


def test_stage_and_count_are_shown_and_nothing_in_a_pipe() -> None:
    line = Line()
    display = Display(line)  # type: ignore[arg-type]
    display.begin(9)
    display.stage("documents")
    with progress.watched(display.count):
        assert list(progress.counted(["a", "b"], "texts")) == ["a", "b"]
    display.stage("database")
    assert line.shown == ["1 of 9  documents …", "1 of 9  documents: 0 of 2 texts …", "1 of 9  documents: 2 of 2 texts …", "2 of 9  database …"]  # fmt: skip
    progress.tell("texts", 1, 2)
    assert len(line.shown) == 4, "nobody watches any more"
    Display(None).stage("documents")


def test_the_time_that_is_left_is_told_once_it_can_be() -> None:
    assert counted("texts", 10, 100, 1.0) == "10 of 100 texts"
    assert counted("texts", 10, 100, 3.0) == "10 of 100 texts, about 27 s left"
    assert counted("texts", 1_000, 11_000, 60.0) == "1,000 of 11,000 texts, about 10 min left"
    assert counted("texts", 1_000, 61_000, 120.0) == "1,000 of 61,000 texts, about 2 h 0 min left"
    assert counted("texts", 100, 100, 99.0) == "100 of 100 texts"
    assert counted("texts", 0, 0, 99.0) == "0 of 0 texts"


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.floats(0, 10**6))
def test_a_count_is_always_one_line(done: int, total: int, elapsed: float) -> None:
    assert "\n" not in counted("texts", done, total, elapsed)
