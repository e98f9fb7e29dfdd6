"""`pactwatch explain`: why a record says what it says."""

from pathlib import Path

from pipelines.cli.terminal import say, say_json
from pipelines.errors import EXIT_OK
from pipelines.release.explain import Cell, Explanation, Passage


def explain(record_id: str, package: Path, *, as_json: bool) -> int:
    """Prints every cell of a record with the words behind it, and what lost against it."""
    from pipelines.release.explain import explain as run_explain

    found = run_explain(record_id, package)
    if as_json:
        say_json(found.as_dict())
    else:
        _print(found)
    return EXIT_OK


def _print(found: Explanation) -> None:
    say(f"{found.record_id}  {found.headline}")
    if found.asked != found.record_id:
        say(f"  {found.asked} is now {found.record_id}")
    for cell in found.cells:
        _print_cell(cell)


def _print_cell(cell: Cell) -> None:
    say()
    say(f"{cell.field}: {'not told' if cell.value is None else cell.value}{f'  ({cell.note})' if cell.note else ''}")
    for passage in cell.passages:
        _print_passage(passage)
    for other in cell.alternatives:
        say(f"  instead: {other.value}, {other.why}")
        for passage in other.passages:
            _print_passage(passage)


def _print_passage(passage: Passage) -> None:
    said = f", quoting {passage.attributed_to}" if passage.attributed_to else ""
    say(f"    {passage.shown}")
    say(f"      {passage.source_id} {passage.start}–{passage.end}, {passage.rule}{said}")
