"""What a release covers, as its tables say: from when to when, which countries, in which languages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

# What has come to pass: what is planned or imagined tells nothing of the time that the data cover.
_PASSED = {
    "events": frozenset({"occurred", "ongoing"}),
    "agreements": frozenset({"signed", "in_force", "suspended", "terminated"}),
}


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the data cover. `start` and `end` are None where no happening bears a known year."""

    start: date | None
    end: date | None
    """Last day that a happening can have had, at most the day of the newest document."""
    countries: Mapping[str, str]
    """Name by ISO 3166 alpha-3 code, of those that take part or where something takes place; in the order of the codes."""
    languages: tuple[str, ...]
    """BCP 47 tags of the documents that were read."""


def coverage_of(tables: "Mapping[str, pa.Table]", newest: date | None) -> Coverage:
    """What the tables (keyed by name) cover; `newest` is the day of the newest document."""
    spans = [
        (row["date_start"], row["date_end"])
        for name, passed in _PASSED.items()
        for row in tables[name].select(["status", "date_start", "date_end"]).to_pylist()
        if row["status"] in passed and row["date_start"] is not None
    ]
    start = min((first for first, _ in spans), default=None)
    end = max((last for _, last in spans), default=None)
    if start and end and newest:
        end = max(start, min(end, newest))  # a decade that has begun ends later than any document knows
    return Coverage(start, end, _countries(tables), _languages(tables["sources"]))


def _countries(tables: "Mapping[str, pa.Table]") -> dict[str, str]:
    columns = (
        ("event_participants", "country"), ("agreement_parties", "country"), ("events", "place_country")
    )  # fmt: skip
    codes = {code for table, column in columns for code in tables[table][column].to_pylist() if code}
    actors = tables["actors"].select(["name", "kind", "country"]).to_pylist()
    names = {actor["country"]: actor["name"] for actor in actors if actor["kind"] == "state"}
    return {code: names.get(code, code) for code in sorted(codes)}


def _languages(sources: "pa.Table") -> tuple[str, ...]:
    read = sources.select(["status", "language"]).to_pylist()
    return tuple(sorted({row["language"] for row in read if row["status"] != "cited" and row["language"]}))
