"""The one exception that Pactwatch raises for what a user or maintainer can put right, and the exit codes of the command line.

What belongs here: errors that are told in one line. A bug in the code is no PactwatchError; let it surface as what it is.
"""

from pathlib import Path

EXIT_OK = 0
EXIT_FAILURE = 1
EXIT_USAGE = 2
EXIT_NOT_FOUND = 3
EXIT_INVALID = 4
EXIT_PARTIAL = 5
EXIT_UNSAFE = 6
EXIT_INTERRUPTED = 130

EXIT_CODES = {
    EXIT_OK: "done",
    EXIT_FAILURE: "failure",
    EXIT_USAGE: "wrong usage, or SQL that does not run",
    EXIT_NOT_FOUND: "not found: a folder, a package, a record, or nothing that could be read",
    EXIT_INVALID: "validation failed: a declaration, a check, `verify`, or `doctor`",
    EXIT_PARTIAL: "done, but a source could not be fetched: its line says why",
    EXIT_UNSAFE: "a package that is not safe to open: `verify` found what could harm who opens it",
    EXIT_INTERRUPTED: "interrupted",
}
"""Every exit code of the command line and what it means; docs/commands.md has the same table."""


class PactwatchError(Exception):
    """Something that a person can put right: `what` is wrong, `where`, and what `todo`. `str()` is always one line."""

    def __init__(
        self, what: str, where: str | Path | None = None, todo: str | None = None, exit_code: int = EXIT_FAILURE
    ) -> None:
        super().__init__(what)
        self.what = what
        self.where = None if where is None else str(where)
        self.todo = todo
        self.exit_code = exit_code

    def __str__(self) -> str:
        text = self.what if self.where is None else f"{self.what}, {self.where}"
        text = text if self.todo is None else f"{text}: {self.todo}"
        return " ".join(text.split())
