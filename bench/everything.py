"""Every benchmark, one after the other, each in a process of its own: what `make bench` runs.

usage: PYTHONPATH=. .venv/bin/python bench/everything.py [--out FILE] [NAME …]

Writes what they print under headings, with the day, the machine and the versions, to FILE (default docs/measured.md). The sizes are such that all take
about half an hour on two cores, and no step more than two gigabytes; docs/performance.md says what the figures mean. A benchmark that
fails leaves its last line and does not stop the others; the exit code is then 1.
"""

import argparse
import os
import platform
import re
import subprocess
import sys
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BENCHMARKS = {  # name: (heading, arguments)
    "start": ("The parts of a build of corpus/", ["--runs", "3"]),
    "extraction": ("Extraction, against a full spaCy pipeline", ["--words", "100000", "--sample", "30000"]),
    "shards": ("Two processes against one", ["--words", "300000", "--rounds", "1", "--cluster"]),
    "resolution": ("Resolution of growing size", ["--statements", "10000,100000,1000000", "--helped"]),
    "refresh": ("A refresh", ["--documents", "1000"]),
    "scale": ("Builds of growing size", ["--documents", "1000,4000"]),
    "package": ("The published files", ["--events", "20000"]),
    "query": ("Questions to the published files", []),
    "explorer": ("The page", ["--events", "500", "5000"]),
}
_SHOWN = ("duckdb", "pyarrow", "polars", "dagster", "spacy")


def main() -> None:
    """Measures and writes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "measured.md")
    options = parser.parse_args()
    if unknown := set(options.names) - set(BENCHMARKS):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}: take some of {', '.join(BENCHMARKS)}")
    parts, failed = [_head()], []
    for name in options.names or BENCHMARKS:
        heading, arguments = BENCHMARKS[name]
        print(f"{name} …", file=sys.stderr, flush=True)
        told, good = _run(name, arguments)
        parts.append(f"## {heading}\n\n`{' '.join([f'bench/{name}.py', *arguments])}`, {told}")
        failed += [] if good else [name]
    options.out.write_text("\n".join(parts), encoding="utf-8", newline="\n")
    if failed:
        sys.exit(f"failed: {', '.join(failed)} (see {options.out})")


def _head() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 30
    versions = ", ".join(f"{name} {version(name)}" for name in _SHOWN)
    return (
        "# Measured\n\n"
        f"What `make bench` printed on {datetime.now(UTC):%Y-%m-%d}, on {os.cpu_count()} processors ({_processor()}) with {memory} GB: "
        f"Python {platform.python_version()}, {versions}. Each figure was measured once, and is of this machine; what was compared was measured side "
        "by side. What they mean, and larger sizes: [performance.md](performance.md).\n"
    )


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines() if Path("/proc/cpuinfo").is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _run(name: str, arguments: list[str]) -> tuple[str, bool]:
    """What a benchmark prints, with the time that it took; and whether it went well."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, str(ROOT / "bench" / f"{name}.py"), *arguments],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    took = f"{time.perf_counter() - start:.0f} seconds in all.\n"
    if done.returncode:
        last = next(iter(reversed(done.stderr.strip().splitlines())), "no word")
        return f"{took}\nFailed: {last}\n", False
    told = re.sub(r"^## ", "### ", done.stdout.strip(), flags=re.MULTILINE)
    return f"{took}\n{told}\n", True


if __name__ == "__main__":
    main()
