"""The Dagster instance that command line, schedule and pages share: `PACTWATCH_HOME/dagster`, with telemetry off.

`python -m pipelines.assets.instance` makes it where it is not there, database included, and prints its folder, for DAGSTER_HOME: do that
before daemon and pages start, for two that make one database at the same moment break it.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
from filelock import FileLock

from pipelines import project
from pipelines.assets.jobs import declare
from pipelines.ingest.registry import load_registry


def prepare(home: Path) -> Path:
    """The folder for DAGSTER_HOME under `home`, with the project's dagster.yaml copied in where there is none yet."""
    folder = home / "dagster"
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "dagster.yaml").exists():
        shutil.copyfile(project.ROOT / "dagster.yaml", folder / "dagster.yaml")
    return folder


@contextmanager
def opened(home: Path) -> Iterator[dg.DagsterInstance]:
    """The instance under `home`, with the declared sources as its partitions."""
    os.environ["DAGSTER_HOME"] = str(prepare(home))
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"
    # Two processes that make Dagster's database at the same moment break it: they take turns.
    with FileLock(home / "start.lock"):
        instance = dg.DagsterInstance.get()
        declare(instance, load_registry())
    with instance:
        yield instance


if __name__ == "__main__":
    with opened(project.home()):
        print(prepare(project.home()))  # noqa: T201
