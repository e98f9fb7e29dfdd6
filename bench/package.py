"""What the shape of the published files is worth: their size against CSV, and how much of them a filtered scan reads.

Every figure is one of the same rows in three shapes, side by side in one run: sorted by the primary key, with texts for codes, in row
groups of 122,880 (what a plain writer makes of them); sorted by `sortedBy` in groups of 16,384; and the same with codes as dictionaries,
which is what is published. Prints Markdown.

    PYTHONPATH=. .venv/bin/python bench/package.py             # 500 and 50,000 events
    PYTHONPATH=. .venv/bin/python bench/package.py --events 5000
"""

import argparse
import gzip
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.fs
import pyarrow.parquet as pq
from fsspec.implementations.local import LocalFileSystem

from bench.records import World
from bench.turns import medians
from pipelines.arrow import in_order
from pipelines.release.files import codes_of, write_csv, write_parquet
from pipelines.release.package import write_package
from pipelines.release.proof.bounded import bounds_of, verify_bounded
from pipelines.tables import load

_SHAPES = ("by key", "sorted", "published")
_LARGE = ("events", "event_participants", "agreements", "actors", "sources", "statements")
_RUNS = 9


class _Counting(LocalFileSystem):
    """The local disk, counting what is read."""

    cachable = False
    read = 0

    def _open(self, path: str, mode: str = "rb", **options: Any) -> Any:
        opened, fs = super()._open(path, mode, **options), self

        class _File:
            def __getattr__(self, name: str) -> Any:
                return getattr(opened, name)

            def read(self, size: int = -1) -> bytes:
                content: bytes = opened.read(size)
                fs.read += len(content)
                return content

        return _File()


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--events", type=int, action="append", help="how many events there are (default: 500 and 50,000)"
    )
    for events in parser.parse_args().events or [500, 50_000]:
        with tempfile.TemporaryDirectory() as work:
            _measure(events, Path(work))


def _measure(events: int, work: Path) -> None:
    world = World(events)
    tables = world.tables()
    folders = {shape: work / shape for shape in _SHAPES}
    for shape, folder in folders.items():
        folder.mkdir()
        for name in _LARGE:
            _write(shape, name, tables[name], folder / f"{name}.parquet")
    print(f"\n## {events:,} events\n")
    _sizes(tables, folders, work)
    _scans(world, folders)
    _reading(folders)
    _verify(world, tables, work)


def _write(shape: str, name: str, data: pa.Table, path: Path) -> None:
    table = load(name)
    if shape == "by key":
        pq.write_table(data, path, version="2.6", compression="zstd", row_group_size=122_880)
    elif shape == "sorted":
        write_parquet(in_order(data, table.order), path, table.order)
    else:
        write_parquet(in_order(data, table.order), path, table.order, codes_of(table, data))


def _sizes(tables: Mapping[str, pa.Table], folders: Mapping[str, Path], work: Path) -> None:
    print("| table | rows | CSV kB | CSV, gzip kB | Parquet by key kB | sorted kB | published kB | of the CSV |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    total = [0] * 6
    for name in _LARGE:
        csv = work / f"{name}.csv"
        write_csv(in_order(tables[name], load(name).order), csv)
        packed = len(gzip.compress(csv.read_bytes(), 6, mtime=0))
        sizes = [csv.stat().st_size, packed, *(_size(folder / f"{name}.parquet") for folder in folders.values())]
        line = [tables[name].num_rows, *sizes]
        total = [so_far + more for so_far, more in zip(total, line, strict=True)]
        _row(name, line)
    _row("**all**", total)


def _row(name: str, line: list[int]) -> None:
    rows, *sizes = line
    kilobytes = " | ".join(f"{size / 1000:,.0f}" for size in sizes)
    print(f"| {name} | {rows:,} | {kilobytes} | {sizes[-1] / sizes[0]:.0%} |")


def _size(path: Path) -> int:
    return path.stat().st_size


def _scans(world: World, folders: Mapping[str, Path]) -> None:
    event = world.rows["events"][len(world.rows["events"]) // 2]
    code = sorted({row["country"] for row in world.rows["event_participants"]})[7]
    year = (pa.scalar("2019-01-01").cast(pa.date32()), pa.scalar("2019-12-31").cast(pa.date32()))
    dated = (ds.field("date_start") >= year[0]) & (ds.field("date_start") <= year[1])
    scans = {
        "events of 2019": (
            "events",
            ["event_id", "type", "status"],
            dated,
            "date_start BETWEEN '2019-01-01' AND '2019-12-31'",
        ),
        "events of one state": (
            "event_participants",
            ["event_id", "role"],
            ds.field("country") == code,
            f"country = '{code}'",
        ),
        "statements of one record": (
            "statements",
            ["field", "value", "quote"],
            ds.field("record_id") == event["event_id"],
            f"record_id = '{event['event_id']}'",
        ),
    }
    print("\n| filtered scan | shape | rows | groups read | kB read | time, pyarrow | time, DuckDB |")
    print("|---|---|---:|---:|---:|---:|---:|")
    for title, (name, columns, wanted, sql) in scans.items():
        paths = {shape: folder / f"{name}.parquet" for shape, folder in folders.items()}
        arrow = _ratios({shape: partial(_with_arrow, path, columns, wanted) for shape, path in paths.items()})
        with duckdb.connect() as connection:
            duck = _ratios({s: partial(_with_duckdb, connection, path, columns, sql) for s, path in paths.items()})
        for shape, path in paths.items():
            fragment = next(iter(ds.dataset(path).get_fragments()))
            groups, all_groups = len(fragment.split_by_row_group(wanted)), fragment.metadata.num_row_groups
            rows, read = _read(path, columns, wanted)
            print(
                f"| {title} | {shape} | {rows:,} | {groups} of {all_groups} | {read / 1000:,.0f} | "
                f"{arrow[shape]:.2f} | {duck[shape]:.2f} |"
            )


def _with_arrow(path: Path, columns: list[str], wanted: ds.Expression) -> pa.Table:
    return ds.dataset(path).to_table(columns=columns, filter=wanted)


def _with_duckdb(connection: duckdb.DuckDBPyConnection, path: Path, columns: list[str], where: str) -> list[Any]:
    sql = f"SELECT {', '.join(columns)} FROM read_parquet('{path}') WHERE {where}"
    return connection.execute(sql).fetchall()


def _read(path: Path, columns: list[str], wanted: ds.Expression) -> tuple[int, int]:
    """How many rows a scan gives, and how many bytes of the file it reads, its footer among them."""
    counting = _Counting()
    filesystem = pyarrow.fs.PyFileSystem(pyarrow.fs.FSSpecHandler(counting))
    found = ds.dataset(str(path), filesystem=filesystem).to_table(columns=columns, filter=wanted)
    return found.num_rows, counting.read


def _ratios(works: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    """The time of each work as a share of the first one's: medians of runs that take turns, after one that does not count."""
    taken = medians(works, _RUNS)
    first = next(iter(taken.values()))
    return {name: median / first for name, median in taken.items()}


def _reading(folders: Mapping[str, Path]) -> None:
    """Reading all of the events: what codes that arrive as dictionaries save."""
    paths = {shape: folder / "events.parquet" for shape, folder in folders.items()}
    codes = ["type", "plover", "status"]
    times = _ratios({shape: partial(_to_pandas, path, codes) for shape, path in paths.items()})
    print("\n| the codes of all events | in pandas kB | time |\n|---|---:|---:|")
    for shape, path in paths.items():
        taken = _to_pandas(path, codes).memory_usage(deep=True, index=False).sum()
        print(f"| {shape} | {taken / 1000:,.0f} | {times[shape]:.2f} |")


def _to_pandas(path: Path, columns: list[str]) -> Any:
    return pq.read_table(path, columns=columns).to_pandas()


def _verify(world: World, tables: Mapping[str, pa.Table], work: Path) -> None:
    """A package of these tables, proven to the last passage in the process that may take no more than its bounds."""
    package = write_package(tables, work / "dist").folder
    texts = world.write_texts(work / "texts")
    start = time.perf_counter()
    report = verify_bounded(package, texts)
    assert report.ok, report.problems
    bounds = bounds_of(package)
    files = sum(path.stat().st_size for path in package.rglob("*") if path.is_file())
    print(
        f"\nverify: {files / 1e6:,.1f} MB of files, {report.proven:,} passages read again, {time.perf_counter() - start:.1f} s; "
        f"bounds {bounds.memory >> 20:,} MiB and {bounds.seconds:,} s"
    )


if __name__ == "__main__":
    main()
