"""What a refresh costs when nothing, or one document of many, has changed: the work counted, and where the time goes.

usage: .venv/bin/python bench/refresh.py [--documents N] [--keep FOLDER]

Archives N short pages (default 10,000; bench/texts.py) without a network, then refreshes four times in processes of their own: from
nothing, unchanged, with one page changed, unchanged again. Counts are of what happened: entries of the caches, bytes read and written
by the process, rows. Prints Markdown. `--keep` keeps the state, and goes on from it the next time.
"""

import argparse
import json
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import texts

ROOT = Path(__file__).resolve().parent.parent
HOST = "https://bench.example"
STEPS = {
    "documents": "documents out of the archive",
    "raw_statements": "extraction",
    "resolution": "resolution and schema checks of the tables",
    "rules": "checks across rows",
    "floors": "floors",
    "database": "the database",
    "data_package": "the package",
}


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)  # one refresh, told as JSON
    options = parser.parse_args()
    if options.child:
        print(json.dumps(refresh()))
        return
    with tempfile.TemporaryDirectory() as made:
        root = options.keep or Path(made)
        measure(root, options.documents)


def measure(root: Path, count: int) -> None:
    """The four refreshes."""
    declare(root / "sources", count)
    archive(root / "home", dict.fromkeys(range(count), 0))
    runs = [("from nothing", child(root)), ("nothing changed", child(root))]
    archive(root / "home", {count // 2: runs_before(root) + 1})
    runs += [("one page changed", child(root)), ("nothing changed again", child(root))]
    print(f"{count:,} documents\n")
    print("| | " + " | ".join(name for name, _ in runs) + " |")
    print("|---|" + "---:|" * len(runs))
    rows = (
        "pages parsed",
        "documents extracted",
        "MB read",
        "MB written",
        "rows of tables built",
        "new release",
        "CPU s",
        "peak MB",
    )
    for name in rows:
        print(f"| {name} | " + " | ".join(shown(run[name]) for _, run in runs) + " |")
    print("\n| CPU s of the part | " + " | ".join(name for name, _ in runs) + " |")
    print("|---|" + "---:|" * len(runs))
    for step, words in STEPS.items():
        print(f"| {words} | " + " | ".join(shown(run["steps"].get(step, 0.0)) for _, run in runs) + " |")
    print(
        "| start, log of the run | "
        + " | ".join(shown(run["CPU s"] - sum(run["steps"].values())) for _, run in runs)
        + " |"
    )


def shown(value: object) -> str:
    """A number as Markdown has it."""
    return f"{value:,.1f}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)


def declare(folder: Path, count: int) -> None:
    """One source of so many pages."""
    folder.mkdir(parents=True, exist_ok=True)
    declaration = {
        "id": "bench", "kind": "article", "title": "Bench", "language": "en", "license": "CC0-1.0", "quotes": True,
        "from": {"page": [f"{HOST}/p{number}" for number in range(count)]},
    }  # fmt: skip
    (folder / "bench.yaml").write_text(json.dumps(declaration))


def archive(home: Path, revisions: dict[int, int]) -> None:
    """Archives a revision of pages, as if they had just been fetched; what is there already is not stored again."""
    from pipelines.archive.archive import Archive
    from pipelines.fetch.response import Response

    now = datetime.now(UTC).replace(microsecond=0)
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    with Archive(home / "archive") as target, target.batch():
        for number, revision in revisions.items():
            url, body = f"{HOST}/p{number}", texts.page(number, revision).encode()
            if revision == 0 and target.newest_of("bench", url) is not None:
                continue
            target.add_response("bench", Response(url, url, 200, "OK", headers, body, now))


def runs_before(root: Path) -> int:
    """How many versions have been archived beyond the first of each page: the next revision must be a new one."""
    with sqlite3.connect(root / "home" / "archive" / "index.sqlite") as index:
        captures, urls = index.execute("SELECT count(*), count(DISTINCT url) FROM captures").fetchone()
    return int(captures - urls)


def child(root: Path) -> dict:
    """A refresh in a process of its own."""
    environment = os.environ | {
        "PACTWATCH_HOME": str(root / "home"),
        "PACTWATCH_OUT": str(root / "dist"),
        "PACTWATCH_SOURCES": str(root / "sources"),
    }
    done = subprocess.run(
        [sys.executable, __file__, "--child"], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def refresh() -> dict:
    """The job `refresh` here, and what it did."""
    import contextlib

    from pipelines.assets.instance import opened
    from pipelines.cli.session import metadata_of
    from pipelines.definitions import JOB, defs
    from pipelines.project import home

    before, clock = parsed(), Clock()
    with contextlib.redirect_stderr(clock), opened(home()) as instance:
        config = {"resources": {"workspace": {"config": {"out": os.environ["PACTWATCH_OUT"]}}}}
        result = defs.resolve_job_def(JOB).execute_in_process(config, instance=instance, raise_on_error=False)
    if not result.success:
        sys.exit(f"the refresh failed: {clock.tail}")
    made = metadata_of(result)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    read, written = io_bytes()
    tables = [values["dagster/row_count"] for name, values in made.items() if name not in {"documents", "source_registry"}
              and "dagster/row_count" in values]  # fmt: skip
    return {
        "pages parsed": parsed() - before,
        "documents extracted": made["raw_statements"]["documents_read_anew"],
        "MB read": read / 1e6,
        "MB written": written / 1e6,
        "rows of tables built": sum(tables),
        "new release": "yes" if made["data_package"]["new"] else "no",
        "CPU s": usage.ru_utime + usage.ru_stime,
        "peak MB": usage.ru_maxrss / 1024,  # Linux counts in KiB
        "steps": clock.steps,
    }


class Clock:
    """Takes Dagster's log in place of stderr, and notes the CPU seconds of this process when a step begins and ends."""

    def __init__(self) -> None:
        self.steps: dict[str, float] = {}
        self.tail = ""
        self._began = 0.0

    def write(self, line: str) -> int:
        """One line of the log."""
        self.tail = (self.tail + line)[-4000:]
        parts = line.split(" - ")
        if "STEP_START" in parts:
            self._began = time.process_time()
        elif "STEP_SUCCESS" in parts:
            step = parts[parts.index("STEP_SUCCESS") - 1]
            self.steps[step] = time.process_time() - self._began
        return len(line)

    def flush(self) -> None:
        """Nothing is held back."""

    def isatty(self) -> bool:
        """No."""
        return False


def parsed() -> int:
    """How many pages were ever parsed on this state."""
    path = Path(os.environ["PACTWATCH_HOME"]) / "parsed.sqlite"
    if not path.exists():
        return 0
    with sqlite3.connect(path) as database:
        count: int = database.execute("SELECT coalesce(max(number), 0) FROM entries").fetchone()[0]
    return count


def io_bytes() -> tuple[int, int]:
    """What this process has read and written so far, caches of the system included (Linux; elsewhere zeros)."""
    try:
        told = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    except OSError:
        return 0, 0
    return int(told["rchar"]), int(told["wchar"])


if __name__ == "__main__":
    main()
