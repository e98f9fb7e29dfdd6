"""What is new since the release before, told for people: records that came and went, and cells that changed for more than a count."""

from collections import Counter
from dataclasses import dataclass

from pipelines.explorer.content import Content, Row

_ORDER = ("added", "changed", "retracted")
_HIDDEN = frozenset({"sources", "origins", "confidence", "date_start", "date_end", "plover", "place_country"})
"""Columns that follow from another, or that every further document changes a little."""


@dataclass(frozen=True, slots=True)
class News:
    """What `news_of` finds."""

    told: list[Row]
    """Rows of Content.news that are worth a line, with name, date and the record as it is `now`; the latest day first within each change."""
    counts: list[tuple[str, str, int]]
    """(added, changed or retracted; table; how many)."""


def news_of(content: Content) -> News:
    """The news of a release; empty for a first one."""
    records = {row["id"]: row for row in (*content.events, *content.agreements)}
    told = []
    for row in content.news:
        cells = [cell for cell in row["cells"] if cell[0] not in _HIDDEN]
        if row["change"] == "changed" and not cells:
            continue
        is_gone = row["change"] == "retracted"
        now = row["what"] if is_gone else records[row["id"]]
        name = now.get("title") or now.get("type") or now["instrument"]
        day = str(now["date_start" if is_gone else "first"] or "")
        told.append(
            {**row, "cells": cells, "name": name, "date": now["date"], "day": day, "now": None if is_gone else now}
        )
    told.sort(key=lambda row: (_ORDER.index(row["change"]), row["record"], _backwards(row["day"]), row["id"]))
    counts = Counter((row["change"], row["record"]) for row in told)
    listed = [(change, table, counts[change, table]) for change in _ORDER for table in ("events", "agreements")]
    return News(told, [one for one in listed if one[2]])


def _backwards(day: str) -> tuple[int, ...]:
    return tuple(-ord(letter) for letter in day) or (0,)
