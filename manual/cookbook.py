"""docs/cookbook/index.md: every query of sql/examples/ with its answer from the release of corpus/, the first three in polars and R too."""

from pathlib import Path

from pipelines.release.query import Result, plain, run_query
from pipelines.release.sqlfiles import SqlFile, read_sql

COOKBOOK = Path(__file__).resolve().parent.parent / "docs" / "cookbook"
MOST = 12
"""Rows of an answer that are shown."""

_HEAD = """# Cookbook

<!-- Made by `make pages` from sql/examples/, docs/cookbook/polars/, docs/cookbook/r/ and the release of corpus/. -->

Twelve questions, each as one file of `sql/examples/` in the project, with the answer that the release of the sixteen documents in
`corpus/` gives. Run one with `.venv/bin/pactwatch query - < sql/examples/FILE`, in any DuckDB client on `dist/latest/pactwatch.duckdb`, or
change it to ask of yours. The first three stand here in polars and in base R as well, on the Parquet and CSV files alone. The tests run all
of them and hold each answer to what is shown here; those in R where R is installed.

For a first hour with a release there is a [notebook](notebook.py): `.venv/bin/marimo edit docs/cookbook/notebook.py` (`make everything`
installs marimo). It is a plain Python file, and the tests execute it.
"""


def page(package: Path) -> str:
    """The whole page, with the answers of the newest release in `package`."""
    sections = [_section(file, run_query(file.sql, package)) for file in read_sql("examples")]
    contents = "".join(f"{n}. [{title(f)}](#{anchor(title(f))})\n" for n, f in enumerate(read_sql("examples"), 1))
    return f"{_HEAD}\n{contents}{''.join(sections)}"


def title(file: SqlFile) -> str:
    """The question: the first sentence of the comment, without its end."""
    first = file.comment.split(". ")[0].split(": ")[0]
    return first.rstrip(".")


def anchor(heading: str) -> str:
    """The anchor of a heading, as GitHub and mkdocs make it."""
    kept = "".join(c for c in heading.lower() if c.isalnum() or c in " -")
    return "-".join(kept.split())


def rows_as_text(result: Result) -> list[list[str]]:
    """An answer as text: nothing for null, items of a list joined."""
    return [[_text(value) for value in row] for row in result.rows]


def _section(file: SqlFile, result: Result) -> str:
    others = "".join(
        f"\nIn {name}:\n\n```{language}\n{(COOKBOOK / folder / f'{file.name}.{suffix}').read_text(encoding='utf-8')}```\n"
        for name, language, folder, suffix in (("polars", "python", "polars", "py"), ("R", "r", "r", "R"))
        if (COOKBOOK / folder / f"{file.name}.{suffix}").exists()
    )
    more = file.comment.removeprefix(title(file)).lstrip(".: ")
    words = f"{more[0].upper()}{more[1:]}\n\n" if more else ""
    return (
        f"\n## {title(file)}\n\n{words}```sql\n{file.sql.strip()}\n```\n\n`sql/examples/{file.name}.sql` answers:\n\n"
        f"{_table(result)}{others}"
    )


def _table(result: Result) -> str:
    rows = rows_as_text(result)
    lines = [result.columns, ["---"] * len(result.columns), *rows[:MOST]]
    table = "".join(f"| {' | '.join(_cell(cell) for cell in line)} |\n" for line in lines)
    more = f"\nand {len(rows) - MOST} more.\n" if len(rows) > MOST else ""
    return f"{table}{more}" if rows else "Nothing.\n"


def _text(value: object) -> str:
    made = plain(value)
    if isinstance(made, list):
        return ", ".join(map(str, made))
    if isinstance(made, bool):
        return str(made).lower()
    return "" if made is None else str(made)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
