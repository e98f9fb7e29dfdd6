"""The Dagster instance that command line, schedule and pages share: `PACTWATCH_HOME/dagster`, with telemetry off.

`python -m pipelines.assets.instance` makes it where it is not there and prints its folder, for DAGSTER_HOME.
"""

import shutil
from pathlib import Path

from pipelines import project


def prepare(home: Path) -> Path:
    """The folder for DAGSTER_HOME under `home`, with the project's dagster.yaml copied in where there is none yet."""
    folder = home / "dagster"
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "dagster.yaml").exists():
        shutil.copyfile(project.ROOT / "dagster.yaml", folder / "dagster.yaml")
    return folder


if __name__ == "__main__":
    print(prepare(project.home()))  # noqa: T201
