"""What a machine is set up with: the units, the container file, the page that tells how, a restore, and Dagster's storage in PostgreSQL."""

import importlib.util
import os
import pwd
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from pipelines.alert import FROM, PASSWORD, SMTP, TO, USER, WEBHOOK
from pipelines.project import ROOT
from tests.live import Station, declare_pages, site, wait_until
from tests.test_refresh import texts

UNITS = sorted((ROOT / "deploy").glob("*.service"))
OPERATE = (ROOT / "docs" / "operate.md").read_text()
BINARIES = next((path for path in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)


def unit(path: Path) -> dict[str, str]:
    """The settings of a unit; of one that stands several times, the last."""
    lines = (line.partition("=") for line in path.read_text().splitlines() if not line.startswith("#"))
    return {key: value for key, sign, value in lines if sign}


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_units_run_what_is_installed(path: Path) -> None:
    service = unit(path)
    program = service["ExecStart"].split()[0]
    assert program.startswith("/opt/pactwatch/.venv/bin/")
    assert "/opt/pactwatch/workspace.yaml" in service["ExecStart"]
    assert service["User"] == "pactwatch"
    assert service["StateDirectory"] == "pactwatch"
    assert service["EnvironmentFile"] == "-/etc/pactwatch.env"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_systemd_understands_the_units(path: Path, tmp_path: Path) -> None:
    for one in UNITS:
        # On this machine nothing is installed in /opt, and nobody is called pactwatch.
        text = re.sub(r"(?m)^(Exec\w+)=/opt/pactwatch/\S+", r"\1=/bin/true", one.read_text())
        (tmp_path / one.name).write_text(
            text.replace("User=pactwatch", "User=root").replace("WorkingDirectory=/opt/pactwatch", "")
        )
    done = subprocess.run(
        ["systemd-analyze", "verify", str(tmp_path / path.name)], capture_output=True, text=True, check=False
    )
    told = [line for line in done.stderr.splitlines() if path.name in line or "pactwatch" in line]
    assert told == []


def test_every_setting_of_the_environment_is_in_the_example_and_in_the_page() -> None:
    example = (ROOT / "deploy" / "pactwatch.env.example").read_text()
    named = set(re.findall(r"(?m)^#?(PACTWATCH_\w+)=", example))
    code = "".join(path.read_text() for path in (ROOT / "pipelines").rglob("*.py"))
    used = set(re.findall(r"\bPACTWATCH_[A-Z_]+\b", code)) - {"PACTWATCH_HOME", "PACTWATCH_OUT"}
    assert {WEBHOOK, SMTP, TO, FROM, USER, PASSWORD} <= used <= named
    assert all(name in OPERATE for name in named)
    assert not re.search(r"(?m)^PACTWATCH_(?!CONTACT)", example), "nothing but the contact is set"


def test_the_page_names_files_that_there_are() -> None:
    for name in re.findall(r"deploy/[\w.-]+\w", OPERATE):
        assert (ROOT / name).is_file(), name
    for name in ("everything", "dev"):
        assert f"make {name}" in OPERATE
        assert re.search(rf"(?m)^{name}:", (ROOT / "Makefile").read_text())


def test_the_container_file_copies_what_there_is() -> None:
    text = (ROOT / "deploy" / "Containerfile").read_text()
    for source in re.findall(r"(?m)^COPY (\S+) ", text):
        assert (ROOT / source).exists(), source
    assert "USER pactwatch" in text
    assert ".pactwatch" in (ROOT / ".containerignore").read_text().splitlines()


def test_a_restored_state_is_proven_and_goes_on(tmp_path: Path) -> None:
    """What the page says to copy is enough: elsewhere, `verify` proves the release and a refresh finds it unchanged, then goes on."""
    first, again = Station(tmp_path / "first"), Station(tmp_path / "again")
    with site({f"/p{number}": texts.page(number) for number in range(3)}) as served:
        for station in (first, again):
            declare_pages(station.sources, served, "reports", [f"/p{number}" for number in range(3)])
        first.refresh()
        again.home.mkdir()
        shutil.copytree(first.home / "archive" / "warc", again.home / "archive" / "warc")
        shutil.copytree(first.home / "texts", again.home / "texts")
        shutil.copytree(first.out, again.out, symlinks=True)
        shutil.rmtree(first.root)
        assert "\nverified\n" in again.run("verify", str(again.out))
        asked = len(served.log)
        assert "(unchanged: the newest release has this content)" in again.refresh()
        assert [status for path, status in served.log[asked:] if path.startswith("/p")] == [304] * 3
        served.pages["/p1"] = texts.page(1, 1)
        assert "0 new, 1 changed, 2 unchanged, 0 gone" in again.refresh()
        assert len(again.versions()) == 2


@pytest.mark.skipif(
    importlib.util.find_spec("dagster_postgres") is None, reason="dagster-postgres is not installed (make everything)"
)
@pytest.mark.skipif(BINARIES is None, reason="PostgreSQL is not installed")
def test_dagster_keeps_its_runs_in_postgresql(tmp_path: Path) -> None:
    assert BINARIES is not None
    user = None
    if os.geteuid() == 0:
        # PostgreSQL does not run as root.
        user = next(
            (name for name in ("postgres", "nobody") if name in {entry.pw_name for entry in pwd.getpwall()}), None
        )
    folder = Path("/tmp") / f"pactwatch-pg-{os.getpid()}"  # pytest's own is closed to other users
    folder.mkdir()
    if user:
        shutil.chown(folder, user)
    try:
        start: dict[str, Any] = {"user": user, "cwd": "/", "stdin": subprocess.DEVNULL, "text": True}
        data, log = folder / "data", folder / "log"
        subprocess.run(
            [BINARIES / "initdb", "-D", data, "-U", "pactwatch", "-A", "trust", "-E", "UTF8"],
            check=True,
            capture_output=True,
            **start,
        )
        options = f"-c listen_addresses='' -c fsync=off -k {folder}"
        subprocess.run(
            [BINARIES / "pg_ctl", "-D", data, "-l", log, "-w", "-o", options, "start"],
            check=True,
            **start,
        )
        try:
            _refresh_on(tmp_path, folder)
        finally:
            subprocess.run([BINARIES / "pg_ctl", "-D", data, "-m", "immediate", "stop"], check=True, **start)
    finally:
        shutil.rmtree(folder)


def _refresh_on(root: Path, socket: Path) -> None:
    from pipelines.assets.instance import prepare

    station = Station(root, {"PACTWATCH_POSTGRES": f"postgresql+psycopg2://pactwatch@/postgres?host={socket}"})
    (root / "inbox").mkdir()
    (root / "inbox" / "note.txt").write_text("Oman and Qatar signed a protocol on fisheries in Muscat on 5 May 2024.\n")
    station.sources.mkdir()
    (station.sources / "inbox.yaml").write_text(
        f"{{id: inbox, kind: article, title: I, language: en, quotes: true, license: CC0-1.0, from: {{folder: {root / 'inbox'}}}}}"
    )
    (found,) = re.findall(r"```yaml\n(storage:\n.*?)```", OPERATE, flags=re.DOTALL)
    with (prepare(station.home) / "dagster.yaml").open("a") as file:
        file.write(found)
    assert "version     1.0.0" in station.refresh()
    assert not (station.home / "dagster" / "history").exists()
    assert BINARIES is not None
    counted = subprocess.run(
        [BINARIES / "psql", "-h", socket, "-U", "pactwatch", "-d", "postgres", "-Atc", "SELECT pipeline_name, status FROM runs ORDER BY id"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert counted.stdout.split() == ["fetch|SUCCESS", "refresh|SUCCESS"]
    assert wait_until(lambda: station.versions() == ["1.0.0"], "the release")
