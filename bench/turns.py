"""Works that are timed side by side: they take turns, so that all meet the same machine."""

import statistics
import time
from collections.abc import Callable, Mapping


def medians(works: Mapping[str, Callable[[], object]], runs: int) -> dict[str, float]:
    """The median time of each work in seconds, of so many runs that take turns, after one that does not count."""
    times: dict[str, list[float]] = {name: [] for name in works}
    for run in range(runs + 1):
        for name, work in works.items():
            start = time.perf_counter()
            work()
            if run:
                times[name].append(time.perf_counter() - start)
    return {name: statistics.median(taken) for name, taken in times.items()}
