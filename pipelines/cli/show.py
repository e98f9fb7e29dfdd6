"""`pactwatch show`: a record as it stands in its table."""

from pathlib import Path

from pipelines.cli.terminal import say, say_json
from pipelines.errors import EXIT_OK


def show(record_id: str, package: Path, *, as_json: bool) -> int:
    """Prints the row of a record, a line a column, and who takes part in it."""
    from pipelines.release.query import plain
    from pipelines.release.record import find_record, members

    record = find_record(record_id, package, others=True)
    part = members(record, package)
    if as_json:
        row = {name: plain(value) for name, value in record.row.items()}
        say_json({"table": record.table, "asked": record.asked, "id": record.record_id, "row": row, "members": part})
        return EXIT_OK
    if record.asked != record.record_id:
        say(f"{record.asked} is now {record.record_id}")
    width = max(map(len, record.row))
    for name, value in record.row.items():
        say(f"{name:<{width}}  {_one_line(value)}".rstrip())
    for member in part:
        country = f", {member['country']}" if member["country"] else ""
        say(f"{member['role']:<{width}}  {member['actor_id']} ({member['name']}{country})")
    return EXIT_OK


def _one_line(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return " ".join((", ".join(map(str, value)) if isinstance(value, list) else str(value)).split("\n"))
