"""`pactwatch query`."""

import sys
from pathlib import Path

from pipelines.errors import EXIT_OK, EXIT_USAGE, PactwatchError


def query(sql: str, form: str | None, package: Path) -> int:
    """Runs SQL on the newest package and writes what it returns to stdout; a table on a terminal, csv to pipes and files."""
    from pipelines.release.query import render, run_query

    on_terminal = sys.stdout.isatty()
    form = form or ("table" if on_terminal else "csv")
    if form == "parquet" and on_terminal:
        raise PactwatchError("Parquet is not for a terminal", None, "add `> FILE.parquet`", EXIT_USAGE)
    output = render(run_query(sql, package), form)
    sys.stdout.flush()
    sys.stdout.buffer.write(output)
    sys.stdout.buffer.flush()
    return EXIT_OK
