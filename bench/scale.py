"""What a build from nothing costs as the number of documents grows: seconds a step, time a document, peak memory.

usage: PYTHONPATH=. .venv/bin/python bench/scale.py [--documents 1000,10000] [--memory-limit SIZE] [--keep FOLDER]

Makes up so many documents of about 300 words (bench/news.py), a tenth of them on foreign affairs, and builds each number in a process
of its own, as `pactwatch build` is run by hand: helpers where there is much to read. Memory is looked at twice a second: what the process
and its helpers hold together that no file stands behind, and what the process alone holds. Prints Markdown.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from bench.news import archive

ROOT = Path(__file__).resolve().parent.parent
STEPS = {
    "documents": "documents",
    "raw_statements": "extraction",
    "resolution": "resolution, schemas",
    "rules": "rules",
    "database": "database",
    "data_package": "package, page",
}
_DONE = re.compile(r'Finished execution of step "(\w+)" in (?:(\d+)m(?!s))?(?:([\d.]+)(ms|s))?')


@dataclass
class Build:
    """What one build cost."""

    documents: int
    words: int
    seconds: float = 0.0
    all_mb: int = 0
    own_mb: int = 0
    steps: dict[str, float] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", default="1000,10000")
    parser.add_argument("--memory-limit", default="1GB")
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        builds = [
            measure(options.keep or Path(made), int(count), options.memory_limit)
            for count in options.documents.split(",")
        ]
    print("| documents | " + " | ".join(f"{build.documents:,}" for build in builds) + " |")
    print("|---|" + "---:|" * len(builds))
    rows = {
        "words": [f"{build.words:,}" for build in builds],
        "statements": [build.told["statements"].split(",  ")[0].split(", each")[0] for build in builds],
        "events": [re.search(r"([\d,]+) events", build.told["records"])[1] for build in builds],
        "seconds": [f"{build.seconds:.0f}" for build in builds],
        "**ms a document**": [f"**{1000 * build.seconds / build.documents:.1f}**" for build in builds],
        "MB, the process": [f"{build.own_mb:,}" for build in builds],
        "MB, with its helpers": [f"{build.all_mb:,}" for build in builds],
    }
    rows |= {f"s: {words}": [f"{build.steps.get(step, 0):.1f}" for build in builds] for step, words in STEPS.items()}
    for name, cells in rows.items():
        print(f"| {name} | " + " | ".join(cells) + " |")


def measure(root: Path, count: int, memory_limit: str) -> Build:
    """One build from nothing."""
    folder = root / f"documents-{count}"
    folder.mkdir(parents=True, exist_ok=True)
    words = 0
    for number, text in enumerate(archive(count)):
        (folder / f"d{number:07}.txt").write_text(text, encoding="utf-8")
        words += len(text.split())
    build, home = Build(count, words), root / f"home-{count}"
    command = [
        str(ROOT / ".venv/bin/pactwatch"),
        "build",
        "--documents",
        str(folder),
        "--out",
        str(root / f"out-{count}"),
    ]
    command += ["--memory-limit", memory_limit]
    start = time.perf_counter()
    with subprocess.Popen(
        command,
        env=os.environ | {"PACTWATCH_HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        while process.poll() is None:
            look(psutil.Process(process.pid), build)
            time.sleep(0.5)
        told = process.stdout.read()
    build.seconds = time.perf_counter() - start
    if process.returncode:
        sys.exit(f"the build of {count} documents failed: see {home}/logs/build.log")
    build.told = dict(line.split(None, 1) for line in told.splitlines() if " " in line)
    for step, minutes, number, unit in _DONE.findall((home / "logs/build.log").read_text(encoding="utf-8")):
        build.steps[step] = 60 * int(minutes or 0) + float(number or 0) / (1000 if unit == "ms" else 1)
    return build


def look(process: psutil.Process, build: Build) -> None:
    """Takes note of the memory that is held now."""
    try:
        own = held(process)
        build.own_mb = max(build.own_mb, own)
        build.all_mb = max(build.all_mb, own + sum(held(child) for child in process.children(recursive=True)))
    except psutil.Error:
        return  # one of them has just ended


def held(process: psutil.Process) -> int:
    """MB that no file stands behind."""
    memory = process.memory_info()
    return int(memory.rss - memory.shared) >> 20


if __name__ == "__main__":
    main()
