"""What the page of a release costs its reader: bytes over the wire, and seconds until it answers, for releases of several sizes.

For each size the tables are made up (records.py), the page is built and served by nginx on loopback, packed by gzip as a web server
would, and opened in Chromium, each time with an empty cache: the first view, the table of events, a search in it, and one record. Also the
page that is one file, opened from the disk. Seconds are medians; nothing leaves this machine. Prints Markdown.

    PYTHONPATH=. .venv/bin/python bench/explorer.py                     # 500, 5,000 and 50,000 events
    PYTHONPATH=. .venv/bin/python bench/explorer.py --events 5000 --runs 1
"""

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from bench.records import World
from pipelines.explorer.build import FOLDER, PAGE, build_explorer
from pipelines.release.database import DATABASE, build_database
from pipelines.release.files import write_parquet
from tests.explorer_site import CHROMIUM, FLAGS, about
from tests.webserver import Nginx, free_port

_STEPS = ("first view", "table of events", "search in it", "one record")


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, nargs="*", default=[500, 5_000, 50_000])
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    columns = [measure(events, options.runs) for events in options.events]
    print("| | " + " | ".join(f"{events:,} events" for events in options.events) + " |")
    print("|---|" + "---:|" * len(columns))
    for name in columns[0]:
        print(f"| {name} | " + " | ".join(column[name] for column in columns) + " |")


def measure(events: int, runs: int) -> dict[str, str]:
    """One column of the table."""
    with tempfile.TemporaryDirectory() as made:
        root = Path(made)
        root.chmod(0o755)
        record, seconds = build(root, events)
        told = {
            "building the page, CPU s": f"{seconds:.1f}",
            f"{PAGE}, MB": f"{(root / 'site' / PAGE).stat().st_size / 1e6:.1f}",
            f"{FOLDER}/, MB": f"{sum(p.stat().st_size for p in (root / 'site' / FOLDER).rglob('*') if p.is_file()) / 1e6:.1f}",
        }
        with served(root) as address:
            folder = [visit(f"{address}/{FOLDER}/index.html", record) for _ in range(runs)]
        single = [visit((root / "site" / PAGE).as_uri(), record) for _ in range(runs)]
        for at, step in enumerate(_STEPS):
            told[f"{step}: kB over the wire so far"] = f"{statistics.median(run[at][1] for run in folder) / 1000:,.0f}"
            told[f"{step}: s"] = f"{statistics.median(run[at][0] for run in folder):.2f}"
            told[f"{step}, from the disk: s"] = f"{statistics.median(run[at][0] for run in single):.2f}"
        return told


def build(root: Path, events: int) -> tuple[str, float]:
    """Makes the page in root/site; the id of an event, and the CPU seconds of the page alone."""
    world = World(events)
    tables = world.tables()
    hashes = dict(zip(*(tables["sources"].column(name).to_pylist() for name in ("source_id", "sha256")), strict=True))
    for name, table in tables.items():
        write_parquet(table, root / f"{name}.parquet")
    build_database(root, root / DATABASE)
    (root / "site").mkdir()
    began = time.process_time()
    build_explorer(root / DATABASE, root / "site", about(), lambda source: world.texts.get(hashes[source]))
    return str(tables["events"].column("event_id")[events // 2].as_py()), time.process_time() - began


@contextmanager
def served(root: Path) -> Iterator[str]:
    """The page behind nginx, packed where that pays."""
    port = free_port()
    log = root / "nginx"
    log.mkdir()
    server = (
        f"server {{ listen 127.0.0.1:{port}; root {root}/site; gzip on; gzip_types application/javascript text/css; }}"
    )
    nginx = Nginx(log, server)
    nginx.wait_for(port)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        nginx.stop()
        shutil.rmtree(log)


def visit(address: str, record: str) -> list[tuple[float, int]]:
    """By step its seconds, and the bytes that had come by then."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        tab = browser.new_page()
        received = 0

        def count(event: dict[str, Any]) -> None:
            nonlocal received
            received += int(event["encodedDataLength"])

        session = tab.context.new_cdp_session(tab)
        session.send("Network.enable")
        session.on("Network.loadingFinished", count)
        steps = []
        began = time.perf_counter()

        def done() -> None:
            nonlocal began
            steps.append((time.perf_counter() - began, received))
            began = time.perf_counter()

        tab.goto(address, wait_until="load")
        tab.locator("#overview h1").wait_for()
        done()
        tab.get_by_role("navigation").get_by_role("link", name="Events", exact=True).click()
        tab.locator("#events output", has_text=" of ").wait_for()
        done()
        tab.locator("#events").get_by_role("searchbox").fill("water")
        tab.locator("#events output:not(:empty)").wait_for()
        before = tab.locator("#events output").inner_text()
        while tab.locator("#events output").inner_text() == before and time.perf_counter() - began < 5:
            time.sleep(0.01)
        done()
        tab.evaluate(f"location.hash = '#/record/{record}'")
        tab.locator("dialog[open] mark").first.wait_for()
        done()
        browser.close()
        return steps


if __name__ == "__main__":
    main()
