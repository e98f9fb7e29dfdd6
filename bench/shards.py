"""How much faster documents are read by two processes than by one: shards read by pools of one and of two, in turn, in one run.

usage: PYTHONPATH=. .venv/bin/python bench/shards.py [--words N] [--rounds N] [--cluster]

Makes up a corpus of N words (bench/news.py, default 600,000). This process alone reads it first, without shards; then pools of one and of
two processes in turn, each from an empty cache, the start of the processes included. Prints Markdown: seconds, the ratio, and the peak memory
of a process in MB. `--cluster` has workers of Dask on this machine read as well, one and two in turn, which are there before and after, as those of
a cluster are, and have read a little already (needs `make everything`). Fails where not all have found the same.
"""

import argparse
import resource
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

from bench.extraction import news
from bench.news import documents
from pipelines.extract.run import Extracted, extract_documents
from pipelines.ingest.document import Document
from pipelines.spread.executors import Spread
from tests.cluster import cluster


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--words", type=int, default=600_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--cluster", action="store_true")
    options = parser.parse_args()
    made = [news(number, text) for number, (_, text) in enumerate(documents(options.words))]
    alone, seconds = timed(made)
    took: dict[str, list[float]] = {}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        helpers = {f"a pool of {workers}": {"workers": workers} for workers in (1, 2)}
        if options.cluster:
            helpers |= {f"a cluster of {workers}": {"cluster": ready(stack, folder, workers)} for workers in (1, 2)}
        for _ in range(options.rounds):
            for name, help_ in helpers.items():
                found, spent = timed(made, **help_)
                assert found.raw_statements.equals(alone.raw_statements), f"{name} has found something else"
                took.setdefault(name, []).append(spent)
    print(f"{len(made):,} documents, {sum(d.words for d in made):,} words; medians of {options.rounds}\n")
    print("| who reads | seconds | two against one |\n|---|---:|---:|")
    print(f"| this process alone, no shards | {seconds:.1f} | |")
    for name, spent_by in took.items():
        one = median(took[name.replace("of 2", "of 1")])
        print(
            f"| {name} | {median(spent_by):.1f} | {f'**{one / median(spent_by):.2f}**' if name.endswith('2') else ''} |"
        )
    helper = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"\nPeak: {helper} MB the largest process of a pool, {own} MB the one that asks.")


def ready(stack: ExitStack, folder: Path, workers: int) -> str:
    """The address of a cluster whose workers have read something already."""
    place = folder / f"cluster-{workers}"
    place.mkdir()
    address = stack.enter_context(cluster(place, workers)).address
    little = [news(number, text) for number, (_, text) in enumerate(documents(20_000, seed=3))]
    timed(little, cluster=address, words=2_000)
    return address


def timed(made: list[Document], **helpers: Any) -> tuple[Extracted, float]:
    """What was found, from an empty cache, and the seconds it took."""
    with tempfile.TemporaryDirectory() as folder:
        spread = Spread(str(Path(folder, "shards")), fewest_words=0, **helpers) if helpers else None
        start = time.perf_counter()
        found = extract_documents(made, Path(folder, "cache"), spread=spread)
        return found, time.perf_counter() - start


if __name__ == "__main__":
    main()
