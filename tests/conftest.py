"""What all tests share: state in a folder of the test's own, and, where PACTWATCH_NO_SKIP is set, no skipped test."""

import os
from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Examples are the same on every run: a test that fails today fails tomorrow, on any machine.
settings.register_profile("house", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

_NO_SKIP = bool(os.environ.get("PACTWATCH_NO_SKIP"))


_LONG = ("test_kill.py", "test_daemon.py", "test_deploy.py", "test_refresh.py", "test_replay.py", "test_stability.py")
"""Files of minutes: begun first, so that no core waits for another at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.name not in _LONG)


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """PACTWATCH_HOME of this test, empty."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("PACTWATCH_HOME", str(folder))
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Callable[[dict[str, str | bytes]], Path]:
    """Makes a folder of documents from their names and contents."""

    def make(files: dict[str, str | bytes]) -> Path:
        target = tmp_path / "documents"
        target.mkdir(exist_ok=True)
        for name, content in files.items():
            (target / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return target

    return make


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if _NO_SKIP and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which PACTWATCH_NO_SKIP forbids: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if _NO_SKIP and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"skipped, which PACTWATCH_NO_SKIP forbids: {report.longrepr}"
    return report
