"""Dates in EDTF (Library of Congress, 2019; levels 0 and 1), each with its first and last day."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Edtf:
    """A date in EDTF with its first and last day (None where the year is unknown)."""

    text: str
    first: date | None
    last: date | None


def edtf_of(when: date) -> Edtf:
    """A day of the calendar."""
    return Edtf(when.isoformat(), when, when)


def edtf_day(year: int, month: int, day: int) -> Edtf | None:
    """A day; None where the calendar has no such day."""
    try:
        when = date(year, month, day)
    except ValueError:
        return None
    return edtf_of(when)


def edtf_month(year: int, month: int) -> Edtf:
    """A month."""
    return Edtf(f"{year:04}-{month:02}", date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))


def edtf_year(year: int) -> Edtf:
    """A year."""
    return Edtf(f"{year:04}", date(year, 1, 1), date(year, 12, 31))


def edtf_months_on(when: date, months: int) -> Edtf:
    """The month that lies so many months after that of a day (before it, if negative)."""
    month = when.year * 12 + when.month - 1 + months
    return edtf_month(month // 12, month % 12 + 1)


def edtf_week(when: date) -> Edtf:
    """The week, Monday to Sunday, that a day lies in."""
    first = when - timedelta(days=when.weekday())
    last = first + timedelta(days=6)
    return Edtf(f"{first.isoformat()}/{last.isoformat()}", first, last)


def edtf_season(year: int, code: int) -> Edtf:
    """A season by its code in EDTF, 21 (spring) to 24 (winter, which ends in the next year), of the northern hemisphere."""
    first, last = {21: (3, 5), 22: (6, 8), 23: (9, 11), 24: (12, 2)}[code]
    end_year = year + (code == 24)
    return Edtf(f"{year:04}-{code}", date(year, first, 1), edtf_month(end_year, last).last)


def edtf_range(first: Edtf | None, last: Edtf | None) -> Edtf | None:
    """From the first to the last; the first alone where that is no range."""
    if first is None or last is None or (first.first and last.last and first.first > last.last):
        return first
    return Edtf(f"{first.text}/{last.text}", first.first, last.last)
