"""Why a record of a package says what it says: each cell with the passages behind it, and what was told and not taken."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipelines.project import home
from pipelines.release.record import find_record, literal, rows_of
from pipelines.release.texts import Texts

_COUNTED = {"sources", "origins", "confidence", "plover", "date_start", "date_end"}
_FEWER = "fewer independent origins, or further from the event"
_AROUND = 300  # characters to look for the sentence's end on either side


@dataclass(frozen=True, slots=True)
class Passage:
    """Words of a document that support a value; `shown` has them in their sentence, marked »so«."""

    source_id: str
    start: int
    end: int
    quote: str | None
    shown: str
    rule: str
    attributed_to: str | None


@dataclass(frozen=True, slots=True)
class Alternative:
    """A value that was told and not taken, and by which rule it lost."""

    value: str
    why: str
    passages: list[Passage]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: a column of the record, or one of its members."""

    field: str
    value: str | None
    note: str
    passages: list[Passage]
    alternatives: tuple[Alternative, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """A record with its cells; `asked` is the id that was asked for, where that has been followed to a newer one."""

    asked: str
    record_id: str
    headline: str
    cells: list[Cell]

    def as_dict(self) -> dict[str, Any]:
        """Everything, for JSON."""
        return asdict(self)


def explain(record_id: str, package: Path) -> Explanation:
    """The explanation of an event, an agreement or an actor of the newest package in a folder (or of the package that it is).

    PactwatchError (exit code 3) with the nearest id where there is no such record, or no package.
    """
    found = find_record(record_id, package)
    return Explanation(
        record_id,
        found.record_id,
        _headline(found.record_type, found.row),
        _Reader(found.record_id, found.record_type, found.row, package).cells(),
    )


class _Reader:
    """Reads the statements of one record."""

    def __init__(self, record_id: str, record_type: str, row: dict[str, Any], package: Path) -> None:
        self.record_id, self.record_type, self.row, self.package = record_id, record_type, row, package
        self.texts = Texts(home() / "texts")
        self.told: dict[str, list[dict[str, Any]]] = {}
        for statement in rows_of(
            package,
            "SELECT s.*, d.sha256, a.name AS speaker FROM statements AS s JOIN sources AS d USING (source_id) "
            "LEFT JOIN actors AS a ON s.attributed_to = a.actor_id "
            f"WHERE s.record_type = {literal(record_type)} AND s.record_id = {literal(record_id)} ORDER BY s.source_id, s.start, s.value",
        ):
            self.told.setdefault(statement["field"], []).append(statement)

    def cells(self) -> list[Cell]:
        """The columns in the order of the table, then the members."""
        made = []
        for name, value in self.row.items():
            if (
                name.endswith("_id")
                and name not in ("agreement_id", "parent_actor_id", "wikidata_id")
                or value == self.record_id
            ):
                continue
            if name in _COUNTED:
                made.append(Cell(name, None if value is None else str(value), "counted or derived, not read", []))
            elif isinstance(value, list):
                made += [self._cell(name, item) for item in value]
            else:
                made.append(self._cell(name, value))
        return [*made, *self._members()]

    def _cell(self, name: str, value: Any) -> Cell:
        shown = None if value is None else str(value).lower() if isinstance(value, bool) else str(value)
        listed = self.told.get(name, [])
        chosen = [s for s in listed if s["value"] == shown]
        losers: dict[str, list[dict[str, Any]]] = {}
        for statement in listed if name != "fields" else []:
            if statement["value"] != shown:
                losers.setdefault(statement["value"], []).append(statement)
        note = "" if chosen or shown is None else "the default: no passage says otherwise"
        others = [
            Alternative(
                v,
                _why(self.record_type, name, shown, v, len({s["source_id"] for s in chosen}), found),
                self._passages(found),
            )
            for v, found in losers.items()
        ]
        return Cell(name, shown, note, self._passages(chosen), tuple(others))

    def _members(self) -> list[Cell]:
        table = {"event": "event_participants", "agreement": "agreement_parties"}.get(self.record_type)
        if table is None:
            return []
        rows = rows_of(
            self.package,
            f"SELECT m.actor_id, m.role, m.country, a.name FROM {table} AS m JOIN actors AS a USING (actor_id) "
            f"WHERE m.{self.record_type}_id = {literal(self.record_id)} ORDER BY m.role, m.actor_id",
        )
        name = "participant" if self.record_type == "event" else "party"
        told = self.told.get(name, [])
        return [
            Cell(
                r["role"], r["actor_id"], f"{r['name']}{', ' + r['country'] if r['country'] else ''}",
                self._passages([s for s in told if s["value"] == r["actor_id"]]),
            )
            for r in rows
        ]  # fmt: skip

    def _passages(self, statements: list[dict[str, Any]]) -> list[Passage]:
        return [
            Passage(
                s["source_id"], s["start"], s["end"], s["quote"], self._shown(s), s["rule"], s["speaker"] or s["attributed_to"]
            )
            for s in statements
        ]  # fmt: skip

    def _shown(self, statement: dict[str, Any]) -> str:
        """The words marked in their sentence, where the source allows quotes and its text is in the archive."""
        if statement["quote"] is None:
            return "(the source allows no quotes: see the text at these offsets)"
        text = self.texts.get(statement["sha256"] or "")
        start, end = statement["start"], statement["end"]
        if not isinstance(text, str) or text[start:end] != statement["quote"]:
            return f"»{statement['quote']}«"
        first, last = _sentence(text, start, end)
        return " ".join(f"{text[first:start]}»{text[start:end]}«{text[end:last]}".split())


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the sentence around a span begins and ends, as near as its punctuation tells."""
    before, after = text[max(0, start - _AROUND) : start], text[end : end + _AROUND]
    cut = max(before.rfind(mark) for mark in (". ", ".\n", "\n\n", "! ", "? "))
    first = start - len(before) + (cut + 1 if cut >= 0 else before.find(" ") + 1 if start > _AROUND else 0)
    stops = [at for mark in (". ", ".\n", "\n\n", "! ", "? ") if (at := after.find(mark)) >= 0]
    last = end + (min(stops) + 1 if stops else len(after) if end + _AROUND >= len(text) else max(after.rfind(" "), 0))
    return first, last


def _why(record_type: str, name: str, taken: str | None, other: str, sources: int, found: list[dict[str, Any]]) -> str:
    """The rule of docs/concepts.md by which a value lost."""
    if record_type == "agreement" and name == "status":
        return "a step that another came after (see agreement_history)"
    if name in ("date", "place") and taken is not None and (taken.startswith(other) or len(other) < len(taken)):
        return "less specific"
    if name == "status":
        return "told before or beside it: what occurred goes before what was planned"
    if name in ("name", "office", "kind", "country"):
        return "another form, or an earlier one"
    documents = len({s["source_id"] for s in found})
    return f"{_FEWER} ({documents} of {documents + sources} documents)"


def _headline(record_type: str, row: dict[str, Any]) -> str:
    if record_type == "actor":
        return f"{row['kind']}: {row['name']}"
    what = row["type"] if record_type == "event" else row["instrument"]
    return f"{what}, {row['status']}, {row['date'] or 'undated'}, confidence {row['confidence']:.2f}"
