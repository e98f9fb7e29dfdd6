"""How long a reader waits for an answer: three questions to the published files, by DuckDB, polars and pyarrow, and to the database.

usage: PYTHONPATH=. .venv/bin/python bench/query.py [--events N]

Publishes made-up tables (bench/records.py, default 50,000 events) and asks each way in turn for one event by its id, for the events of
a year between two states, and for how many events there are of each type and year. Milliseconds are medians of runs that take turns, after one that
does not count; each opens the files anew, as a first question does. Fails where two ways answer differently. Prints Markdown.
"""

import argparse
import resource
import tempfile
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow.compute as pc
import pyarrow.dataset as ds

from bench.records import World
from bench.turns import medians
from pipelines.release.database import DATABASE
from pipelines.release.package import write_package

_RUNS = 7
_FIRST, _LAST = date(2024, 1, 1), date(2024, 12, 31)
Answer = list[tuple[Any, ...]]
Ways = dict[str, Callable[[], Answer]]


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=50_000)
    events = parser.parse_args().events
    with tempfile.TemporaryDirectory() as work:
        tables = World(events).tables()
        folder = write_package(tables, Path(work) / "dist").folder
        some = tables["events"].column("event_id")[events // 2].as_py()
        one, two = _busiest_pair(folder)
        print(f"{events:,} events; a year of {one} and {two}; milliseconds\n")
        print("| question | rows | DuckDB, Parquet | polars, Parquet | pyarrow, Parquet | DuckDB, pactwatch.duckdb |")
        print("|---|---:|---:|---:|---:|---:|")
        for name, ways in {
            "one event by its id": _by_id(folder, some),
            "events of a year between two states": _of_pair(folder, one, two),
            "events of each type and year": _counted(folder),
        }.items():
            answers = {way: sorted(ask(), key=repr) for way, ask in ways.items()}
            first = next(iter(answers.values()))
            assert all(answer == first for answer in answers.values()), name
            print(
                f"| {name} | {len(first):,} | "
                + " | ".join(f"{1000 * taken:.1f}" for taken in medians(ways, _RUNS).values())
                + " |"
            )
    print(f"\nPeak memory of the process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10:,} MB")


def _sql(folder: Path, sql: str, *, database: bool) -> Answer:
    if database:
        with duckdb.connect(str(folder / DATABASE), read_only=True) as connection:
            return connection.execute(sql.format(events="events", participants="event_participants")).fetchall()
    files = {name: f"read_parquet('{folder}/data/{name}.parquet')" for name in ("events", "event_participants")}
    with duckdb.connect() as connection:
        return connection.execute(
            sql.format(events=files["events"], participants=files["event_participants"])
        ).fetchall()


def _both(folder: Path, sql: str) -> tuple[Callable[[], Answer], Callable[[], Answer]]:
    return partial(_sql, folder, sql, database=False), partial(_sql, folder, sql, database=True)


def _by_id(folder: Path, event: str) -> Ways:
    events = folder / "data/events.parquet"
    parquet, database = _both(folder, f"SELECT event_id, date FROM {{events}} WHERE event_id = '{event}'")
    return {
        "duckdb": parquet,
        "polars": lambda: (
            pl.scan_parquet(events).filter(pl.col("event_id") == event).select("event_id", "date").collect().rows()
        ),
        "pyarrow": lambda: _rows(ds.dataset(events).to_table(["event_id", "date"], ds.field("event_id") == event)),
        "database": database,
    }


def _of_pair(folder: Path, one: str, two: str) -> Ways:
    events, participants = (folder / f"data/{name}.parquet" for name in ("events", "event_participants"))
    parquet, database = _both(
        folder,
        f"""
        SELECT event_id, date FROM {{events}}
        WHERE date_start BETWEEN DATE '{_FIRST}' AND DATE '{_LAST}'
        AND event_id IN (SELECT event_id FROM {{participants}} WHERE country = '{one}')
        AND event_id IN (SELECT event_id FROM {{participants}} WHERE country = '{two}')
        """,
    )

    def with_polars() -> Answer:
        of = pl.scan_parquet(participants)
        found = pl.scan_parquet(events).filter(pl.col("date_start").is_between(_FIRST, _LAST))
        for country in (one, two):
            found = found.join(of.filter(pl.col("country") == country).select("event_id"), on="event_id", how="semi")
        return found.select("event_id", "date").collect().rows()

    def with_arrow() -> Answer:
        within = (ds.field("date_start") >= _FIRST) & (ds.field("date_start") <= _LAST)
        found = ds.dataset(events).to_table(["event_id", "date"], within)
        for country in (one, two):
            theirs = ds.dataset(participants).to_table(["event_id"], ds.field("country") == country)
            found = found.filter(pc.is_in(found["event_id"], theirs["event_id"].combine_chunks()))
        return _rows(found)

    return {"duckdb": parquet, "polars": with_polars, "pyarrow": with_arrow, "database": database}


def _counted(folder: Path) -> Ways:
    events = folder / "data/events.parquet"
    parquet, database = _both(
        folder, "SELECT type, year(date_start) AS y, count(*) FROM {events} WHERE date_start IS NOT NULL GROUP BY ALL"
    )

    def with_polars() -> Answer:
        told = pl.scan_parquet(events).filter(pl.col("date_start").is_not_null())
        by = (pl.col("type").cast(pl.String), pl.col("date_start").dt.year().alias("y"))
        return told.group_by(*by).len().collect().rows()

    def with_arrow() -> Answer:
        told = ds.dataset(events).to_table(["type", "date_start"], ds.field("date_start").is_valid())
        told = told.append_column("y", pc.year(told["date_start"]))
        counted = told.group_by(["type", "y"]).aggregate([([], "count_all")])
        return _rows(counted.select(["type", "y", "count_all"]))

    return {"duckdb": parquet, "polars": with_polars, "pyarrow": with_arrow, "database": database}


def _rows(table: Any) -> Answer:
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))


def _busiest_pair(folder: Path) -> tuple[str, str]:
    """The two states that most events of the year are between."""
    sql = f"""
        SELECT a.country, b.country FROM {{participants}} AS a
        INNER JOIN {{participants}} AS b ON a.event_id = b.event_id AND a.country < b.country
        INNER JOIN {{events}} AS e ON a.event_id = e.event_id AND e.date_start BETWEEN DATE '{_FIRST}' AND DATE '{_LAST}'
        GROUP BY ALL ORDER BY count(DISTINCT e.event_id) DESC, a.country, b.country LIMIT 1
    """
    ((one, two),) = _sql(folder, sql, database=True)
    return one, two


if __name__ == "__main__":
    main()
