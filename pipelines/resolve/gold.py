"""Records held against annotations made by hand: which annotation a record is, and which of its cells are right.

A record and an annotation are a pair when they speak of (half of) the same countries, their dates touch, and they are of
one kind; pairs are made best first, each side at most once. Where an annotation lists several answers, each is right.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_FAMILIES = (
    "meet visit call negotiate mediate", "sign ratify join recognize endorse", "agree offer", "sanction sever", "concede retreat",
)  # fmt: skip
# concede and retreat are two classes: only what the crosswalk puts in one class is of one kind
_CLASS = {kind: family.split()[0] for family in _FAMILIES[:4] for kind in family.split()}
_TITLES = re.compile(r"^(?:the|dr|mr|mrs|ms|president|prime minister|ayatollah|seyyed|syed|general) ")


@dataclass(frozen=True, slots=True)
class Record:
    """A published event or agreement as one document tells it."""

    kind: str
    countries: frozenset[str]
    date: str | None
    status: str
    place: str
    actors: frozenset[str]
    fields: frozenset[str]
    count: int | None


def plain(name: object) -> str:
    """A name bare of case, accents, punctuation and the titles before it."""
    letters = "".join(c for c in unicodedata.normalize("NFKD", str(name)) if not unicodedata.combining(c)).lower()
    words = re.sub(r"[^a-z0-9]+", " ", re.sub(r"[’'`]s?\b", "", letters)).strip()
    return _TITLES.sub("", words).strip()


def days(edtf: object) -> tuple[str, str] | None:
    """The first and the last day of an EDTF date, as text; None where there is no date."""
    if not edtf:
        return None
    first, _, last = str(edtf).partition("/")
    return (first + "-01-01"[len(first) - 4 :], (last or first) + "-12-31"[len(last or first) - 4 :])


def touch(one: object, other: object) -> bool:
    """Whether two dates may be one; a date that is not told touches any, and a year that is not told any year."""
    a, b = days(one), days(other)
    if a is None or b is None:
        return True
    if "X" in "".join((*a, *b)):
        a, b = (a[0][5:], a[1][5:]), (b[0][5:], b[1][5:])
    return a[0] <= b[1] and b[0] <= a[1]


def answers(value: object) -> list[Any]:
    """What an annotation gives as one answer or as a list of them."""
    return list(value) if isinstance(value, list | tuple) else [] if value is None else [value]


def _dates(gold: Mapping[str, Any]) -> list[Any]:
    return [gold.get("date"), *answers(gold.get("date_alternatives"))]


def check_annotation(annotation: Any) -> str | None:
    """What is wrong with an annotation of a document, in one line; None where it can be held against records."""
    if not isinstance(annotation, Mapping) or not isinstance(annotation.get("events"), list):
        return "no annotation of a document: it has no list `events`"
    for name, kind in (("events", "type"), ("agreements", "instrument")):
        for number, entry in enumerate(annotation.get(name) or [], 1):
            lacking = [k for k in (kind, "countries", "status") if not isinstance(entry, Mapping) or k not in entry]
            if lacking:
                return f"{name} entry {number} has no {lacking[0]!r}"
    return None


def common_countries(gold: Mapping[str, Any], countries: Iterable[str]) -> float:
    """The share of countries that both name, of all that either names."""
    told = set(countries)
    allowed = gold.get("country_alternatives") or {}
    hits = sum(
        bool(told & {code, *allowed.get(code, [])} if code in allowed else code in told) for code in gold["countries"]
    )
    every = len(told) + len(gold["countries"]) - hits
    return hits / every if every else 1.0


def fit(gold: Mapping[str, Any], record: Record, key: str) -> float:
    """How well a record fits a gold entry, 0 where the two may not be paired."""
    countries = common_countries(gold, record.countries)
    if countries < 0.5 or not any(touch(day, record.date) for day in _dates(gold)):
        return 0.0
    kinds = answers(gold[key])
    classes = {_CLASS.get(kind, kind) for kind in kinds}
    if key == "type" and record.kind not in kinds and _CLASS.get(record.kind, record.kind) not in classes:
        return 0.0
    named = sum(_is_named(actor, record.actors) for actor in gold.get("actors") or [])
    same_status = record.status in answers(gold.get("status_alternatives") or gold["status"])
    same_place = bool(gold.get("place")) and plain(gold["place"]) in plain(record.place)
    same_day = str(record.date) in {str(day) for day in _dates(gold)}
    worth = 1 + countries + 0.5 * (record.kind in kinds) + same_day + 0.3 * (named + same_status)
    return worth + 0.2 * same_place + 0.05 * bool(gold.get("required", True))


def _is_named(actor: object, names: Iterable[str]) -> bool:
    wanted = plain(actor)
    return any(wanted in plain(name) or plain(name) in wanted for name in names if plain(name))


def pair(golds: Sequence[Mapping[str, Any]], records: Sequence[Record], key: str) -> dict[int, int]:
    """Gold entries and the records that are theirs, best pairs first."""
    ranked = sorted(((fit(g, r, key), i, j) for i, g in enumerate(golds) for j, r in enumerate(records)), reverse=True)
    pairs: dict[int, int] = {}
    for worth, i, j in ranked:
        if worth > 0 and i not in pairs and j not in pairs.values():
            pairs[i] = j
    return pairs


def attributes(gold: Mapping[str, Any], record: Record, key: str) -> Iterator[tuple[str, bool]]:
    """The cells that an annotation speaks of, and whether the record has them right."""
    yield key, record.kind in answers(gold[key])
    yield "countries", common_countries(gold, record.countries) == 1.0
    yield "status", record.status in answers(gold.get("status_alternatives") or gold["status"])
    if gold.get("date"):
        yield "date", str(record.date) in {str(day) for day in _dates(gold)}
    elif not gold.get("date_alternatives"):
        yield "undated", record.date is None
    if gold.get("place"):
        yield "place", plain(gold["place"]) in plain(record.place)
    if gold.get("actors"):
        yield "actors", all(_is_named(actor, record.actors) for actor in gold["actors"])
    if gold.get("fields"):
        wanted = set(gold["fields"])
        yield "fields", 2 * len(record.fields & wanted) >= len(record.fields | wanted)
    if gold.get("count"):
        yield "count", record.count == gold["count"]


def records_of(
    rows: list[dict[str, Any]], members: list[dict[str, Any]], actors: Mapping[str, dict[str, Any]], key: str, kind: str
) -> dict[str, Record]:
    """Published rows with their members as records, by key: `rows` of events or agreements, `kind` the column of their type."""
    sides: dict[str, list[dict[str, Any]]] = {}
    for member in members:
        sides.setdefault(member[key], []).append(member)
    return {
        row[key]: Record(
            row[kind],
            frozenset(m["country"] for m in sides.get(row[key], []) if m["country"]),
            row["date"],
            row["status"],
            row["place"] or "",
            frozenset(actors[m["actor_id"]]["name"] for m in sides.get(row[key], [])),
            frozenset(row["fields"] or []),
            row.get("instruments"),
        )
        for row in rows
    }
