"""How long each part of a build takes, measured apart: start-up, extraction, resolution, checks, packaging.

usage: .venv/bin/python bench/start.py [FOLDER] [--runs N]

Every figure is the median of N runs (default 5), each in a process of its own and with empty caches where the table says
so. "CPU" counts all threads, so it stays comparable on a machine that does other work as well. Prints Markdown.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACTWATCH = Path(sys.executable).with_name("pactwatch")
Times = dict[str, tuple[float, float]]


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "corpus", help="documents (default: corpus/)")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--stages", action="store_true", help=argparse.SUPPRESS)  # one run of the stages, as JSON
    options = parser.parse_args()
    if options.stages:
        print(json.dumps(stages(options.folder)))
        return
    runs = [(commands(options.folder), child(options.folder)) for _ in range(options.runs)]
    words = runs[0][1]["words"]
    print(f"{runs[0][1]['documents']} documents, {words:,} words; medians of {options.runs} runs\n")
    print("| the command line, from outside | wall s | CPU s |\n|---|---:|---:|")
    table([commands_of_run for commands_of_run, _ in runs])
    print("\n| the parts, in one process | wall s | CPU s |\n|---|---:|---:|")
    timed = [measured["times"] for _, measured in runs]
    table(timed)
    for name in ("extraction, nothing cached", "extraction, all cached"):
        cpu = statistics.median(times[name][1] for times in timed)
        print(f"\n{name}: {words / cpu:,.0f} words per CPU second", end="")
    print(f"\n\nLargest memory of a process: {max(measured['peak_mb'] for _, measured in runs):,.0f} MB")


def table(runs: list[Times]) -> None:
    """One row a part, with the medians."""
    for name in runs[0]:
        wall, cpu = (statistics.median(times[name][i] for times in runs) for i in (0, 1))
        print(f"| {name} | {wall:.2f} | {cpu:.2f} |")


def commands(folder: Path) -> Times:
    """The commands as a user runs them, on a state of their own."""
    times: Times = {}
    with tempfile.TemporaryDirectory() as made:
        out = f"{made}/dist"
        build = ["build", "--documents", str(folder), "--out", out]
        query = ["query", "SELECT count(*) FROM events", "--package", out]
        for name, arguments in {
            "`pactwatch --help`": ["--help"],
            "`pactwatch build`, nothing cached": build,
            "`pactwatch build`, nothing changed": build,
            "`pactwatch query`": query,
            "`pactwatch verify`": ["verify", out],
        }.items():
            with timed(times, name, resource.RUSAGE_CHILDREN):
                environment = os.environ | {"PACTWATCH_HOME": f"{made}/home"}
                subprocess.run([PACTWATCH, *arguments], check=True, capture_output=True, env=environment)
    return times


def child(folder: Path) -> dict:
    """The stages in a process of their own: nothing is imported, loaded or parsed yet."""
    done = subprocess.run(
        [sys.executable, __file__, str(folder), "--stages"], check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout)


def stages(folder: Path) -> dict:
    """What `pactwatch build` does, part by part and without Dagster. A library counts where it is first used."""
    from pipelines.extract.lexicon import load_lexicon
    from pipelines.extract.run import extract_documents
    from pipelines.ingest.folder import read_sources
    from pipelines.ingest.registry import adhoc, load_registry
    from pipelines.release.checks import run_checks, schema_problems
    from pipelines.release.database import DATABASE, build_database
    from pipelines.release.files import write_parquet
    from pipelines.release.package import write_package
    from pipelines.release.plan import plan_release
    from pipelines.resolve.run import resolve
    from pipelines.tables import published

    times: Times = {}
    with tempfile.TemporaryDirectory() as made:
        work = Path(made)
        (work / "first").mkdir()
        (work / "first" / "first.txt").write_text("France and Norway signed a treaty in Oslo on 3 March 2020.\n")
        first = read_sources([adhoc(work / "first", load_registry())]).documents
        with timed(times, "read documents"):
            read = read_sources([adhoc(folder, load_registry())])
        with timed(times, "load the lexicon"):
            load_lexicon()
        with timed(times, "first sentence: name finder, parser"):
            extract_documents(first)
        with timed(times, "extraction, nothing cached"):
            extract_documents(read.documents, work / "extracted")
        with timed(times, "extraction, all cached"):
            extracted = extract_documents(read.documents, work / "extracted")
        with timed(times, "resolution"):
            tables = plan_release(resolve(read.documents, extracted, read.rejected), None).tables
        with timed(times, "checks: schemas, references, rules"):
            problems = [line for table in published() for line in schema_problems(table, tables[table.name])]
            broken = [outcome.check.name for outcome in run_checks(tables) if not outcome.passed]
        if problems or broken:
            sys.exit(f"checks failed: {problems + broken}")
        for name, rows in tables.items():
            write_parquet(rows, work / f"{name}.parquet")
        with timed(times, "the database"):
            build_database(work, work / DATABASE)
        with timed(times, "the package: Parquet, CSV, descriptor"):
            write_package(tables, work / "dist", {}, work / DATABASE)
    return {
        "documents": len(read.documents),
        "words": sum(document.words for document in read.documents),
        "times": times,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,  # Linux counts in KiB
    }


@contextmanager
def timed(times: Times, name: str, who: int = resource.RUSAGE_SELF) -> Iterator[None]:
    """Notes wall and CPU seconds of what is done within."""
    wall, cpu = time.perf_counter(), cpu_seconds(who)
    yield
    times[name] = time.perf_counter() - wall, cpu_seconds(who) - cpu


def cpu_seconds(who: int) -> float:
    """User and system seconds of this process, or of its children that have ended."""
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main()
