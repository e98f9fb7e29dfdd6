"""Codes in words: dates, countries, types, statuses. `page/words.js` says the same in the browser; a test holds them together."""

import re
from collections.abc import Mapping
from typing import Any

MONTHS = "January February March April May June July August September October November December".split()
SEASONS = {"21": "spring", "22": "summer", "23": "autumn", "24": "winter"}
NO_DATE = "date not told"
_ONE = re.compile(r"(?P<year>\d{4}|\d{3}X|XXXX)(?:-(?P<month>\d{2}))?(?:-(?P<day>\d{2}))?")


def date_in_words(edtf: str | None) -> str:
    """An EDTF date of the dataset as people write it: 9 May 2024, May 2024, spring 2024, 1980s, 9 to 11 May 2024."""
    if not edtf:
        return NO_DATE
    first, slash, last = edtf.partition("/")
    if not slash:
        return _one(edtf)
    if not _ONE.fullmatch(first) or not _ONE.fullmatch(last):
        return f"{'from ' if last in {'', '..'} else ''}{_one(first)}" if last in {"", ".."} else edtf
    return f"{_shortened(first, last)} to {_one(last)}"


def _one(date: str) -> str:
    match = _ONE.fullmatch(date)
    if match is None:
        return date
    year, month, day = match["year"], match["month"], match["day"]
    if year.endswith("X") and year != "XXXX":
        return f"{year[:3]}0s"
    told = "" if year == "XXXX" else f" {year}"
    if month in SEASONS:
        text = SEASONS[month] + told
    elif month and 1 <= int(month) <= 12:
        text = (f"{int(day)} " if day else "") + MONTHS[int(month) - 1] + told
    else:
        text = told.strip() or "some year"
    return text if told else f"{text}, year not told"


def _shortened(first: str, last: str) -> str:
    """The beginning of a range without what its end says again: "9" of 9 to 11 May 2024."""
    a, b = first.split("-"), last.split("-")
    if len(a) == len(b) == 3 and a[:2] == b[:2]:
        return str(int(a[2]))
    if len(a) == len(b) >= 2 and a[0] == b[0] and a[1].isdigit() and 1 <= int(a[1]) <= 12:
        return (f"{int(a[2])} " if len(a) == 3 else "") + MONTHS[int(a[1]) - 1]
    return _one(first)


def phrase(code: Any) -> str:
    """A code as words: memorandum_of_understanding → memorandum of understanding."""
    return str(code).replace("_", " ")


def countries_in_words(codes: list[str] | None, names: Mapping[str, str]) -> str:
    """Names of states, a code where no document names the state."""
    return ", ".join(names.get(code, code) for code in codes or ())
