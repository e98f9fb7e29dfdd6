"""Reads the SQL files of `sql/`: each is one statement under a comment that says in words what it holds.

The comment of a view goes on, after an empty line of it, with its columns: `-- NAME: what it holds`. Where a column is one of a
table as it stands there, `-- NAME: TABLE.COLUMN` takes its words over, and `-- *: TABLE` those of all its columns.
"""

from collections.abc import Mapping
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
    columns: Mapping[str, str]
    """What the comment says of the columns, as it stands there."""
    sql: str


def read_sql(folder: str) -> list[SqlFile]:
    """The files of `sql/FOLDER` by name. PactwatchError where one does not begin with a comment or holds no statement."""
    return [_read(path) for path in sorted((ROOT / "sql" / folder).glob("*.sql"))]


def _read(path: Path) -> SqlFile:
    lines = path.read_text(encoding="utf-8").splitlines()
    comment = [line.removeprefix("--").strip() for line in takewhile(lambda line: line.startswith("--"), lines)]
    sql = "\n".join(lines[len(comment) :]).strip().removesuffix(";")
    about = list(takewhile(bool, comment))
    if not about or not sql:
        todo = "begin it with a comment that says what it holds, then one statement"
        raise PactwatchError("not a described SQL statement", path, todo, EXIT_INVALID)
    return SqlFile(path.stem, " ".join(about), _columns(comment[len(about) + 1 :], path), sql)


def _columns(lines: list[str], path: Path) -> dict[str, str]:
    """The columns that a comment describes, each on one line. PactwatchError where a line is of another form."""
    found = dict[str, str]()
    for line in lines:
        name, colon, words = line.partition(": ")
        if not colon or not words or " " in name or name in found:
            todo = "write `-- NAME: what it holds`, each column once and on one line"
            raise PactwatchError(f"{line!r} describes no column", path, todo, EXIT_INVALID)
        found[name] = words
    return found
