"""What all commands print with. Foreign text is never printed raw: control and bidi characters stand as escapes."""

import json
import os
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from pipelines.printable import shown

if TYPE_CHECKING:
    from rich.console import Console


def complain(problem: str) -> None:
    """One line on stderr."""
    sys.stderr.write(f"pactwatch: {shown(problem)}\n")


def say(text: str = "") -> None:
    """One line on stdout."""
    sys.stdout.write(f"{shown(text)}\n")


def say_json(value: object) -> None:
    """One JSON document on stdout, in ASCII: nothing of a text can act on a terminal."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=True) + "\n")


def console(*, stderr: bool = False) -> "Console":
    """A rich console on stdout or stderr; colours only on a terminal without NO_COLOR; no markup read from data."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    plain = not stream.isatty() or bool(os.environ.get("NO_COLOR"))
    # A pipe has no width: cut nothing there.
    width = None if stream.isatty() else 10_000
    return Console(
        file=stream, markup=False, highlight=False, emoji=False, no_color=plain, width=width, soft_wrap=False
    )


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table on stdout: wrapped to a terminal's width, as wide as it needs to be elsewhere."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD if sys.stdout.isatty() else box.ASCII2, show_edge=False, pad_edge=False)
    for column in columns:
        table.add_column(Text(shown(column)), overflow="fold")
    for row in rows:
        table.add_row(*(Text("" if value is None else shown(_one_line(value))) for value in row))
    console().print(table)


def _one_line(value: object) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return " ".join(text.split("\n"))
