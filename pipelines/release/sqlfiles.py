"""Reads the SQL files of `sql/`: each is one statement under a comment that says in words what it holds."""

from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from pipelines.errors import EXIT_INVALID, PactwatchError
from pipelines.project import ROOT


@dataclass(frozen=True, slots=True)
class SqlFile:
    """One SQL file. `comment` is its leading comment in one line, `sql` the statement without that comment and the `;`."""

    name: str
    comment: str
    sql: str


def read_sql(folder: str) -> list[SqlFile]:
    """The files of `sql/FOLDER` by name. PactwatchError where one does not begin with a comment or holds no statement."""
    return [_read(path) for path in sorted((ROOT / "sql" / folder).glob("*.sql"))]


def _read(path: Path) -> SqlFile:
    lines = path.read_text(encoding="utf-8").splitlines()
    comment = list(takewhile(lambda line: line.startswith("--"), lines))
    sql = "\n".join(lines[len(comment) :]).strip().removesuffix(";")
    if not comment or not sql:
        todo = "begin it with a comment that says what it holds, then one statement"
        raise PactwatchError("not a described SQL statement", path, todo, EXIT_INVALID)
    return SqlFile(path.stem, " ".join(line.removeprefix("--").strip() for line in comment), sql)
