"""How much faster documents are read by two processes than by one: shards read by pools of one and of two, in turn, in one run.

usage: PYTHONPATH=. .venv/bin/python bench/shards.py [--words N] [--rounds N]

Makes up a corpus of N words (bench/news.py, default 600,000). This process alone reads it first, without shards; then pools of one and of
two processes in turn, each from an empty cache, the start of the processes included. Prints Markdown: seconds, the ratio, and the peak memory
of a process in MB. Fails where not all have found the same.
"""

import argparse
import resource
import tempfile
import time
from pathlib import Path
from statistics import median

from bench.extraction import news
from bench.news import documents
from pipelines.extract.run import Extracted, extract_documents
from pipelines.ingest.document import Document
from pipelines.spread.executors import Spread


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--words", type=int, default=600_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    made = [news(number, text) for number, (_, text) in enumerate(documents(options.words))]
    alone, seconds = timed(made, None)
    took: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(options.rounds):
        for workers in (1, 2):
            found, spent = timed(made, workers)
            assert found.raw_statements.equals(alone.raw_statements), "shards have found something else"
            took[workers].append(spent)
    print(f"{len(made):,} documents, {sum(d.words for d in made):,} words; medians of {options.rounds}\n")
    print("| who reads | seconds | against a pool of one |\n|---|---:|---:|")
    print(f"| this process alone, no shards | {seconds:.1f} | {median(took[1]) / seconds:.2f} |")
    for workers, spent_by in took.items():
        print(f"| a pool of {workers} | {median(spent_by):.1f} | {median(took[1]) / median(spent_by):.2f} |")
    helper = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"\nPeak: {helper} MB the largest process of a pool, {own} MB the one that asks.")


def timed(made: list[Document], workers: int | None) -> tuple[Extracted, float]:
    """What was found, from an empty cache, and the seconds it took."""
    with tempfile.TemporaryDirectory() as folder:
        store = str(Path(folder, "shards"))
        spread = None if workers is None else Spread(store, workers=workers, fewest_words=0)
        start = time.perf_counter()
        found = extract_documents(made, Path(folder, "cache"), spread=spread)
        return found, time.perf_counter() - start


if __name__ == "__main__":
    main()
