"""What changed, in words for people: made from the tables `changes` and `id_history`, with nothing added."""

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pipelines.release.changes import WHOLE_ROW, counted
from pipelines.release.plan import Plan
from pipelines.release.texts import printable
from pipelines.release.versions import Release, version_text

if TYPE_CHECKING:
    import pyarrow as pa

CHANGELOG = "CHANGELOG.md"
_HEAD = "# Changes\n"
_TOLD = 40
_WORDS = {  # table: (one, many)
    "sources": ("source", "sources"),
    "events": ("event", "events"),
    "agreements": ("agreement", "agreements"),
    "actors": ("actor", "actors"),
    "statements": ("statement", "statements"),
    "citations": ("citation", "citations"),
    "rejected": ("document that could not be read", "documents that could not be read"),
}
_RECORDS = ("events", "agreements", "actors", "sources")
_KEPT_COUNTS = frozenset({"sources", "origins", "confidence"})  # what every further document changes a little


def changelog(plan: Plan, before: Release | None) -> str:
    """CHANGELOG.md of a release: its own section, then those of the releases before it."""
    earlier = ""
    if before is not None and (path := before.folder / CHANGELOG).is_file():
        earlier = path.read_text(encoding="utf-8").removeprefix(_HEAD)
    return f"{_HEAD}\n{section(plan)}{earlier}"


def section(plan: Plan) -> str:
    """What one release says of itself, in Markdown."""
    lines = [f"## {version_text(plan.version)}", ""]
    if plan.change == "first":
        counts = ", ".join(f"{plan.tables[name].num_rows:,} {many}" for name, (_, many) in _WORDS.items())
        return "\n".join([*lines, f"The first release: {counts}.", ""])
    lines += [summary(plan.tables["changes"]) or "Only descriptions or views changed.", ""]
    for heading, found in told(plan.tables["changes"], plan.tables).items():
        shown = [f"- {line}" for line in found[:_TOLD]]
        more = [f"- and {len(found) - _TOLD:,} more: see the table `changes`"] if len(found) > _TOLD else []
        lines += [f"### {heading}", "", *shown, *more, ""]
    if moved := list(_moves(plan)):
        more = [f"- and {len(moved) - _TOLD:,} more: see the table `id_history`"] if len(moved) > _TOLD else []
        lines += ["### Ids", "", *[f"- {line}" for line in moved[:_TOLD]], *more, ""]
    return "\n".join(lines)


def summary(changes: "pa.Table") -> str:
    """In one sentence how many rows of which kind came, changed and went; empty where none did."""
    parts = []
    for name, kinds in counted(changes, _WORDS).items():
        told_of = [f"{count:,} {kind}" for kind, count in kinds.items() if count]
        parts.append(f"{_WORDS[name][1]}: {', '.join(told_of)}")
    return "; ".join(parts).capitalize() + "." if parts else ""


def told(changes: "pa.Table", after: "Mapping[str, pa.Table]") -> dict[str, list[str]]:
    """Line by line what happened to records, under Added, Changed and Retracted. Headings without lines are left out."""
    names = _names(after)
    found: dict[str, list[str]] = {"Added": [], "Changed": [], "Retracted": []}
    changed: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in changes.to_pylist():
        if row["table_name"] not in _RECORDS:
            continue
        if row["column_name"] == WHOLE_ROW:
            text = row["new_value"] or row["old_value"]
            line = f"{_one(row)} `{_quiet(row['row_key'])}`: {_described(row['table_name'], json.loads(text), names)}"
            found["Added" if row["change"] == "added" else "Retracted"].append(line)
        else:
            changed.setdefault((row["table_name"], row["row_key"]), []).append(row)
    for (_, key), cells in changed.items():
        told_cells = [cell for cell in cells if cell["column_name"] not in _KEPT_COUNTS] or cells
        found["Changed"].append(f"{_one(cells[0])} `{_quiet(key)}`: {'; '.join(map(_cell, told_cells))}")
    return {heading: lines for heading, lines in found.items() if lines}


def _one(row: Mapping[str, Any]) -> str:
    return _WORDS[row["table_name"]][0]


def _cell(row: Mapping[str, Any]) -> str:
    because = f" ({row['statement_id']})" if row["statement_id"] else ""
    return f"{row['column_name']} {_value(row['old_value'])} → {_value(row['new_value'])}{because}"


def _value(text: str | None) -> str:
    return "nothing" if text is None else _quiet(text) or '""'


def _quiet(text: str) -> str:
    """Foreign text as one harmless line that Markdown does not read as its own."""
    line = printable(text).replace("`", "'").replace("|", "/").replace("<", "(").replace(">", ")")
    return line if len(line) <= 120 else f"{line[:119]}…"


def _described(table: str, row: Mapping[str, Any], names: Mapping[str, list[str]]) -> str:
    match table:
        case "events":
            parts = [row["type"], row["status"], row["date"], ", ".join(names.get(row["event_id"], ())), row["place"]]
        case "agreements":
            who = ", ".join(names.get(row["agreement_id"], ()))
            parts = [row["title"] or row["instrument"], row["status"], row["date"], who]
        case "actors":
            parts = [row["name"], row["kind"], row["country"], row["office"]]
        case _:
            parts = [row["title"] or row["publisher"], row["kind"], row["published"]]
    return "; ".join(_quiet(part) for part in parts if part)


def _names(after: "Mapping[str, pa.Table]") -> dict[str, list[str]]:
    """By record the names of those who take part in it."""
    known = dict(zip(*(after["actors"][c].to_pylist() for c in ("actor_id", "name")), strict=True))
    found: dict[str, list[str]] = {}
    for table, key in (("event_participants", "event_id"), ("agreement_parties", "agreement_id")):
        for record, actor in zip(*(after[table][c].to_pylist() for c in (key, "actor_id")), strict=True):
            found.setdefault(record, []).append(known.get(actor, actor))
    return found


def _moves(plan: Plan) -> Iterator[str]:
    version = version_text(plan.version)
    for row in plan.tables["id_history"].to_pylist():
        if row["version"] == version and row["record_type"] != "statement" and row["reason"] != "retracted":
            leads = f" → `{_quiet(row['new_id'])}`" if row["new_id"] != row["old_id"] else ""
            label = f" ({_quiet(row['label'])})" if row["label"] else ""
            yield f"{row['record_type']} `{_quiet(row['old_id'])}`{label} {row['reason']}{leads}"
