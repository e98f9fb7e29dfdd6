"""What Dagster runs: every table checked before anything is published, every asset described, nothing published past a failed check."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import dagster as dg
import pyarrow as pa
import pytest
import yaml

from pipelines.assets.extract import Told
from pipelines.assets.instance import prepare
from pipelines.assets.workspace import Workspace
from pipelines.definitions import FETCH, JOB, build_definitions, defs
from pipelines.errors import EXIT_INVALID, PactwatchError
from pipelines.ingest.document import Document, Rejected
from pipelines.project import ROOT
from pipelines.release.checks import Check, all_checks, rule_checks
from pipelines.release.floors import load_floors
from pipelines.tables import published

TABLES = [table.name for table in published()]
TEXTS = {
    "a.txt": "Ministers meet\n\nTEHRAN, Oct. 29, 2025 (IRNA) – Iran's Foreign Minister Abbas Araghchi met his Omani counterpart "
    "Badr Albusaidi in Muscat on Tuesday.\n",
    "b.txt": "A memorandum\n\nIslamabad, 3 August 2025\n\nIran and Pakistan signed a memorandum of understanding on trade in "
    "Islamabad on 2 August 2025, the news agency IRNA reported.\n",
    "empty.txt": "",
}


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    for name, text in TEXTS.items():
        (folder / name).write_text(text)
    return folder


def run(definitions: dg.Definitions, documents: Path | None, out: Path, **settings: Any) -> dg.ExecuteInProcessResult:
    workspace = {"documents": None if documents is None else str(documents), "out": str(out), **settings}
    with dg.DagsterInstance.ephemeral() as instance:
        return definitions.resolve_job_def(JOB).execute_in_process(
            {"resources": {"workspace": {"config": workspace}}}, instance=instance, raise_on_error=False
        )


def failures(result: dg.ExecuteInProcessResult) -> list[str]:
    """What the failed steps say of themselves."""
    told = []
    for event in result.get_step_failure_events():
        data = event.step_failure_data
        told.append(str(data.user_failure_data.description if data.user_failure_data else data.error))
    return told


# The graph


def test_every_asset_is_described_grouped_and_versioned() -> None:
    graph = defs.resolve_asset_graph()
    groups: dict[str, set[str]] = {}
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        groups.setdefault(node.group_name, set()).add(key.to_user_string())
        assert node.description, key
        assert node.code_version, f"{key}: a random version would be recorded"
    assert groups == {
        "fetch": {"captures"},
        "ingest": {"source_registry", "documents"},
        "extract": {"raw_statements"},
        "tables": set(TABLES),
        "release": {"database", "data_package", "places"},
    }


def test_every_table_shows_its_columns() -> None:
    graph = defs.resolve_asset_graph()
    for table in published():
        columns = graph.get(dg.AssetKey(table.name)).metadata["dagster/column_schema"].columns
        assert [(column.name, column.description) for column in columns] == [
            (f.name, f.description) for f in table.fields
        ]


def test_every_table_and_every_rule_has_a_blocking_check() -> None:
    graph = defs.resolve_asset_graph()
    specs = {(key.asset_key.to_user_string(), key.name): graph.get_check_spec(key) for key in graph.asset_check_keys}
    assert {name for name, spec in specs.items() if not spec.blocking} == {
        ("captures", "complete"),
        ("captures", "fresh"),
    }
    assert all(spec.description for spec in specs.values())
    assert {name for name, check in specs if check == "schema"} == {*TABLES, "raw_statements"}
    rules = {path.stem for path in (ROOT / "sql" / "checks").glob("*.sql")}
    assert rules
    assert {check.name for check in rule_checks()} == rules
    assert rules <= {check for _, check in specs}
    for path in (ROOT / "sql" / "checks").glob("*.sql"):
        first = path.read_text().splitlines()[0].removeprefix("--").strip()
        described = next(spec.description for (_, check), spec in specs.items() if check == path.stem)
        assert described is not None
        assert described.startswith(first)


def test_the_network_is_one_job_and_the_rest_is_another() -> None:
    everything = set(defs.resolve_asset_graph().get_all_asset_keys())
    captures = dg.AssetKey("captures")
    checks = set(defs.resolve_asset_graph().asset_check_keys)
    complete = dg.AssetCheckKey(captures, "complete")
    fetch, refresh = defs.resolve_job_def(FETCH).asset_layer, defs.resolve_job_def(JOB).asset_layer
    assert set(fetch.executable_asset_keys) == {captures}
    assert set(refresh.executable_asset_keys) == everything - {captures}
    # A check of the other job would bring the other's lock with it.
    assert set(fetch.asset_graph.asset_check_keys) == {complete}
    assert set(refresh.asset_graph.asset_check_keys) == checks - {complete}


def test_everything_runs_from_the_start() -> None:
    for name, job in (("daily", JOB), ("fetch_due", FETCH)):
        schedule = defs.resolve_schedule_def(name)
        assert schedule.job_name == job
        assert schedule.execution_timezone == "UTC"
        assert schedule.default_status is dg.DefaultScheduleStatus.RUNNING
    for name in ("changed", "inbox", "new_items", "alarm"):
        assert defs.resolve_sensor_def(name).default_status is dg.DefaultSensorStatus.RUNNING


def test_workspace_loads_in_a_fresh_process(home: Path) -> None:
    target = yaml.safe_load((ROOT / "workspace.yaml").read_text())["load_from"][0]["python_module"]
    assert target["module_name"] == "pipelines.definitions"
    command = [sys.executable, "-m", "dagster", "definitions", "validate", "-w", "workspace.yaml"]
    environment = {**os.environ, "DAGSTER_HOME": str(prepare(home))}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "pactwatch" in done.stdout + done.stderr


def test_telemetry_is_off(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(prepare(home)))
    with dg.DagsterInstance.get() as instance:
        assert instance.telemetry_enabled is False
    (home / "dagster" / "dagster.yaml").write_text("telemetry:\n  enabled: false\n")
    prepare(home)
    assert "compute_logs" not in (home / "dagster" / "dagster.yaml").read_text(), "what is there stays as it is"


def test_assets_import_cores_and_cores_no_dagster() -> None:
    script = (
        "import sys, pkgutil, importlib, pipelines\n"
        "for m in pkgutil.walk_packages(pipelines.__path__, 'pipelines.'):\n"
        "    if not m.name.startswith(('pipelines.assets', 'pipelines.definitions')): importlib.import_module(m.name)\n"
        "print([m for m in ('dagster', 'spacy', 'duckdb', 'polars', 'pandera', 'frictionless', 'trafilatura') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# Runs


def test_a_run_publishes_a_package(documents: Path, tmp_path: Path, home: Path) -> None:
    out = tmp_path / "out"
    result = run(defs, documents, out)
    assert result.success, failures(result)
    assert (out / "latest" / "datapackage.json").is_file()
    checks = result.get_asset_check_evaluations()
    assert len(checks) == len(TABLES) + 1 + len(all_checks()) + len(load_floors()) + 1
    assert all(check.passed for check in checks)
    made = {
        event.materialization.asset_key.to_user_string(): event.materialization
        for event in result.get_asset_materialization_events()
    }
    everything = {key.to_user_string() for key in defs.resolve_asset_graph().get_all_asset_keys()}
    assert made.keys() == everything - {"captures"}
    for name in (*TABLES, "documents", "raw_statements", "source_registry"):
        assert "dagster/row_count" in made[name].metadata, name
        assert str(made[name].metadata["preview"].value).startswith("| "), name
    assert made["documents"].metadata["dagster/row_count"].value == 2
    assert made["documents"].metadata["set_aside_first"].value == [["empty.txt", "empty: remove it"]]
    assert made["data_package"].metadata["folder"].value == str(out / "1.0.0")
    assert len(list((home / "texts").glob("*.txt"))) == 2
    assert not list((home / "staging").glob("*.part"))


PLANTED = Check("planted", "No source is named a.", "SELECT source_id FROM sources WHERE source_id = 'a'", ("sources",))


def test_a_failed_rule_publishes_nothing(documents: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = run(build_definitions([*all_checks(), PLANTED]), documents, out)
    assert not result.success
    assert not out.exists()
    (failed,) = [check for check in result.get_asset_check_evaluations() if not check.passed]
    assert (failed.check_name, failed.asset_key.to_user_string()) == ("planted", "sources")
    assert failed.description == "No source is named a. 1 rows break it: source_id a"
    assert failed.metadata["rows"].value == 1
    made = {event.materialization.asset_key.to_user_string() for event in result.get_asset_materialization_events()}
    assert not made & {"database", "data_package", "places"}


def test_a_failed_rule_leaves_the_published_release_alone(documents: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run(defs, documents, out).success
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*")}
    (documents / "c.txt").write_text("Iran and Oman signed an agreement on gas in Muscat on 5 May 2024.\n")
    assert not run(build_definitions([PLANTED]), documents, out).success
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*")} == before


def test_a_table_that_breaks_its_schema_publishes_nothing(
    documents: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipelines.resolve import run as resolution

    honest = resolution.resolve

    def broken(*arguments: Any, **named: Any) -> dict[str, pa.Table]:
        tables = honest(*arguments, **named)
        kinds = pa.array(["\u202eblog"] * tables["sources"].num_rows, pa.string())
        index = tables["sources"].column_names.index("kind")
        return {**tables, "sources": tables["sources"].set_column(index, "kind", kinds)}

    monkeypatch.setattr(resolution, "resolve", broken)
    result = run(defs, documents, tmp_path / "out")
    assert not result.success
    assert not (tmp_path / "out").exists()
    (failed,) = [check for check in result.get_asset_check_evaluations() if not check.passed]
    assert (failed.check_name, failed.asset_key.to_user_string()) == ("schema", "sources")
    assert failed.description is not None
    assert failed.description.startswith("sources.kind: ")
    assert "\u202e" not in failed.description


def test_what_a_person_can_put_right_is_told_in_one_line(
    documents: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipelines.assets import ingest

    def refuse() -> None:
        raise PactwatchError("unknown key 'titel'", "sources/x.yaml", "did you mean 'title'?", EXIT_INVALID)

    monkeypatch.setattr(ingest, "load_registry", refuse)
    result = run(defs, documents, tmp_path / "out")
    assert failures(result) == ["unknown key 'titel', sources/x.yaml: did you mean 'title'?"]
    data = result.get_step_failure_events()[0].step_failure_data.user_failure_data
    assert data is not None
    assert data.metadata["exit_code"].value == EXIT_INVALID


def test_an_asset_alone_asks_for_those_before_it(tmp_path: Path) -> None:
    job = defs.resolve_job_def(JOB)
    with dg.DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(
            {"resources": {"workspace": {"config": {"out": str(tmp_path)}}}},
            instance=instance,
            raise_on_error=False,
            asset_selection=[dg.AssetKey("raw_statements")],
        )
    assert failures(result) == ["documents is not there yet: materialise the assets upstream first"]


# What assets leave for each other


def test_documents_survive_the_way_through_parquet(tmp_path: Path) -> None:
    from datetime import UTC, date, datetime

    from pipelines.assets import rows

    documents = [
        Document("a", "article", None, None, None, "en", None, None, None, "0" * 64, 1, None, True, "x\u202ey\n"),
        Document("b", "wire", "t", "p", "https://e.org", "fa", date(2026, 6, 27), "12", datetime(2026, 6, 27, 5, tzinfo=UTC), "1" * 64, 2, "CC0-1.0", False, ""),
    ]  # fmt: skip
    workspace = Workspace(home=str(tmp_path))
    workspace.write("documents", rows.to_arrow(Document, documents))
    assert rows.from_arrow(Document, workspace.read("documents")) == documents
    assert rows.from_arrow(Rejected, rows.to_arrow(Rejected, [])) == []


def test_a_preview_is_safe_to_show() -> None:
    from pipelines.assets.metadata import preview

    table = pa.table(
        {"a": ["x|y", "<script>", "\u202eevil\nline", "w" * 100, None], "b": [["p", "q"], [], None, ["|"], []]}
    )
    assert preview(table).splitlines() == [
        "| a | b |",
        "| --- | --- |",
        "| x\\|y | p, q |",
        "| &lt;script> |  |",
        "| \\u202eevil line |  |",
        f"| {'w' * 60}… | \\| |",
        "|  |  |",
    ]


def test_a_long_reading_is_told_in_the_log_tenth_by_tenth() -> None:
    lines: list[str] = []
    told = Told(lines.append)
    for done in range(0, 2_001, 50):
        told(done, 2_000)
    assert len(lines) == 10
    assert lines[0] == "200 of 2,000 documents read, 1,800 left"
    assert lines[-1] == "2,000 of 2,000 documents read, 0 left"
    for done in range(17):  # a short one is told on the terminal alone
        told(done, 16)
    assert len(lines) == 10
    told(1, 3_000)  # the next pass begins anew
    told(1_500, 3_000)
    assert lines[10:] == ["1,500 of 3,000 documents read, 1,500 left"]
