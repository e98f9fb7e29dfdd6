"""What resolution costs as the statements grow: seconds, statements a second, memory.

usage: PYTHONPATH=. .venv/bin/python bench/resolution.py [--statements 10000,100000,1000000] [--memory-limit SIZE] [--helped]

Reads 400 made-up documents on foreign affairs (bench/news.py) once and multiplies what they say: each copy of a document is one of its own, with
its days and months some later, so that happenings, months and documents grow with the statements and states do not: blocks become fuller, as
they do in an archive. Each size is resolved in a process of its own. `--helped` has two processes of this machine make the parts of the largest
once more, through files, and fails where anything differs. Prints Markdown.
"""

import argparse
import hashlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
from pyarrow import dataset

from bench.extraction import news
from bench.news import archive
from pipelines.extract.run import Extracted, extract_documents
from pipelines.ingest.document import Document
from pipelines.resolve.run import resolve
from pipelines.room import Room, windows
from pipelines.spread.executors import Spread

DOCUMENTS = 400
COPIES = """
COPY (
    SELECT * EXCLUDE (copy) REPLACE (
        mention_id || '-' || copy AS mention_id,
        source_id || '-' || lpad(copy::VARCHAR, 6, '0') AS source_id,
        CASE
            WHEN field = 'agreement_id' THEN value || '-' || copy
            WHEN value = date_start::VARCHAR THEN (date_start + copy::INTEGER)::VARCHAR
            WHEN value = strftime(date_start, '%Y-%m') THEN strftime(date_start + to_months(copy::INTEGER), '%Y-%m')
            ELSE value
        END AS value,
        CASE
            WHEN value = date_start::VARCHAR THEN date_start + copy::INTEGER
            WHEN value = strftime(date_start, '%Y-%m') THEN (date_start + to_months(copy::INTEGER))::DATE
            ELSE date_start
        END AS date_start,
        CASE
            WHEN value = date_start::VARCHAR THEN date_end + copy::INTEGER
            WHEN value = strftime(date_start, '%Y-%m') THEN last_day(date_start + to_months(copy::INTEGER))
            ELSE date_end
        END AS date_end
    )
    FROM read_parquet('{source}'), range({copies}) AS copies (copy)
    WHERE source_id < '{end}'
    ORDER BY source_id, mention_id
) TO '{target}' (FORMAT parquet, COMPRESSION zstd)
"""


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--statements", default="10000,100000,1000000")
    parser.add_argument("--memory-limit", default="1GB")
    parser.add_argument("--helped", action="store_true")
    parser.add_argument("--child", help=argparse.SUPPRESS)  # one resolution, told as JSON
    options = parser.parse_args()
    if options.child:
        print(json.dumps(one(**json.loads(options.child))))
        return
    sizes = [int(size) for size in options.statements.split(",")]
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        base = extract_documents([news(number, text) for number, text in enumerate(archive(DOCUMENTS, share=1.0))])
        pq.write_table(base.raw_statements, folder / "base.parquet")
        told = [child(folder, *shape(size, base.rows), options.memory_limit) for size in sizes]
        if options.helped:
            told.append(child(folder, *shape(sizes[-1], base.rows), options.memory_limit, workers=2))
            if told[-1]["hash"] != told[-2]["hash"]:
                sys.exit("with help it is not the same")
    print(
        "| statements | documents | events | seconds | statements a second | MB, resident |\n|---:|---:|---:|---:|---:|---:|"
    )
    for row in told:
        by = " by two processes" if row["workers"] else ""
        print(
            f"| {row['statements']:,}{by} | {row['documents']:,} | {row['events']:,} | {row['seconds']:.1f} | {row['statements'] / row['seconds']:,.0f} | {row['mb']:,} |"
        )


def shape(size: int, rows: int) -> tuple[int, int]:
    """How many of the documents, and how many copies of each, have about so many statements."""
    documents = max(1, min(DOCUMENTS, size * DOCUMENTS // rows))
    return documents, max(1, round(size * DOCUMENTS / documents / rows))


def named(number: int) -> str:
    """The name of a document, without its copy."""
    return news(number, "").source_id


def child(folder: Path, documents: int, copies: int, memory_limit: str, workers: int | None = None) -> dict[str, Any]:
    """One resolution in a process of its own."""
    told = json.dumps(
        {"folder": str(folder), "count": documents, "copies": copies, "memory_limit": memory_limit, "workers": workers}
    )
    ran = subprocess.run([sys.executable, __file__, "--child", told], stdout=subprocess.PIPE, text=True, check=True)
    return dict(json.loads(ran.stdout))


def one(folder: str, count: int, copies: int, memory_limit: str, workers: int | None) -> dict[str, Any]:
    """Resolves so many copies; the time begins when statements and documents lie there."""
    target = Path(folder, "copies.parquet")
    with duckdb.connect() as connection:
        connection.execute("SET memory_limit = '1GB'; SET temp_directory = ?", [f"{folder}/spill"])
        connection.execute(
            COPIES.format(source=Path(folder, "base.parquet"), copies=copies, target=target, end=named(count))
        )
    raw = dataset.dataset(target, format=dataset.ParquetFileFormat(pre_buffer=False))
    found = Extracted(raw, [], 0, ())
    documents = [document(f"{named(number)}-{copy:06}") for copy in range(copies) for number in range(count)]
    spread = Spread(f"{folder}/shards", workers=workers) if workers else None
    start = time.perf_counter()
    tables = resolve(documents, found, room=Room(memory_limit, Path(folder, "scratch")), spread=spread)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    digest = hashlib.sha256()
    for name in sorted(tables):
        for window in windows(tables[name]):
            digest.update(repr(window.to_pylist()).encode())
    return {
        "statements": found.rows,
        "documents": len(documents),
        "events": tables["events"].num_rows,
        "seconds": seconds,
        "mb": peak,
        "workers": workers,
        "hash": digest.hexdigest(),
    }


def document(name: str) -> Document:
    """A document of which nothing is asked but what it is called and when it was published."""
    day = date(2001, 1, 1) + timedelta(int(name.rsplit("-", 1)[1]) % 9_000)
    return replace(news(0, name), source_id=name, published=day)


if __name__ == "__main__":
    main()
