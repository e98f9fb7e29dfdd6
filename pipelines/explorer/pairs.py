"""Pairs of states: what there is between each two, for the matrix and for a section of its own a pair."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from pipelines.explorer.content import Content, Row

COOPERATIVE = frozenset(
    "meet visit call negotiate mediate sign ratify join recognize endorse agree offer cooperate aid concede retreat".split()
)
"""Types of the cooperative half of PLOVER."""
_MATRIX_STATES = 14


@dataclass(slots=True)
class Pair:
    """What is told between two states. Records with more than two states count for each pair of them."""

    codes: tuple[str, str]
    events: list[Row] = field(default_factory=list)
    agreements: list[Row] = field(default_factory=list)

    @property
    def key(self) -> str:
        """IRN-PAK: both codes in order of the alphabet."""
        return "-".join(self.codes)

    @property
    def weight(self) -> int:
        """How many records there are."""
        return len(self.events) + len(self.agreements)

    @property
    def latest(self) -> list[Row]:
        """Its events, the newest first and the undated ones last."""
        dated = [event for event in self.events if event["first"]]
        return dated[::-1] + [event for event in self.events if not event["first"]]

    @property
    def cooperative(self) -> int:
        """Events of the cooperative half of PLOVER."""
        return sum(event["type"] in COOPERATIVE for event in self.events)

    def people(self, persons: frozenset[str]) -> list[str]:
        """Names of the persons who take part in its events, the most frequent first."""
        counts = Counter(name for event in self.events for name in event["actors"] or () if name in persons)
        return [name for name, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]


def pairs_of(content: Content) -> list[Pair]:
    """All pairs that have a record, those with most records first."""
    found: dict[tuple[str, str], Pair] = {}
    for kind, rows in (("events", content.events), ("agreements", content.agreements)):
        for row in rows:
            for first, second in combinations(sorted(set(row["countries"] or ())), 2):
                pair = found.setdefault((first, second), Pair((first, second)))
                getattr(pair, kind).append(row)
    return sorted(found.values(), key=lambda pair: (-pair.weight, pair.codes))


@dataclass(frozen=True, slots=True)
class Matrix:
    """States against states, the busiest ones: `cells[row][column]` is a pair, or None where there is nothing."""

    codes: list[str]
    cells: list[list[Pair | None]]
    most: int
    """The greatest number of records in a cell."""


def matrix_of(pairs: Sequence[Pair]) -> Matrix:
    """The matrix of the states with most records."""
    weights: dict[str, int] = defaultdict(int)
    for pair in pairs:
        for code in pair.codes:
            weights[code] += pair.weight
    codes = sorted(sorted(weights, key=lambda code: (-weights[code], code))[:_MATRIX_STATES])
    by_codes = {pair.codes: pair for pair in pairs}
    cells = [
        [by_codes.get((min(row, column), max(row, column))) if row != column else None for column in codes]
        for row in codes
    ]
    most = max((pair.weight for line in cells for pair in line if pair), default=0)
    return Matrix(codes, cells, most)


def lifecycle(agreement: Row, events: Mapping[str, Row]) -> list[dict[str, Any]]:
    """The steps of an agreement in order of time: its events, and last its status as it stands."""
    steps = [
        {
            "date": event["date"],
            "first": event["first"],
            "what": event["type"],
            "status": event["status"],
            "id": event["id"],
        }
        for event in (events[key] for key in agreement["events"] or () if key in events)
    ]
    return sorted(steps, key=lambda step: (step["first"] is None, step["first"], step["id"]))
