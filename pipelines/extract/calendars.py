"""Days of other calendars in the Gregorian one.

The Iranian calendar by the arithmetic rule of the 33-year cycle, which agrees with the official one from 1178 to 1633 (AD 1799 to
2254). The Islamic lunar calendar is left out: its months begin when the moon is seen, and a table misses by a day.
"""

from __future__ import annotations

from datetime import date, timedelta

IRANIAN_MONTHS = {
    name: number
    for number, names in enumerate(
        ("farvardin", "ordibehesht", "khordad", "tir", "mordad amordad", "shahrivar", "mehr", "aban", "azar", "dey", "bahman", "esfand"),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_FIRST, _LAST = 1178, 1633
_NEW_YEAR_OF_1 = date(622, 3, 21)
_CYCLE = (1, 5, 9, 13, 17, 22, 26, 30)  # the leap years of each 33


def is_leap(year: int) -> bool:
    """Whether Esfand of an Iranian year has 30 days."""
    return year % 33 in _CYCLE


def iranian_day(year: int, month: int, day: int) -> date | None:
    """The Gregorian day of an Iranian one; None where there is no such day, or where the rule does not hold."""
    if not (_FIRST <= year <= _LAST and 1 <= month <= 12 and 1 <= day <= days_of_month(year, month)):
        return None
    cycles, rest = divmod(year - 1, 33)
    leaps = cycles * len(_CYCLE) + sum(is_leap(y) for y in range(1, rest + 1))
    before = (year - 1) * 365 + leaps + 31 * min(month - 1, 6) + 30 * max(0, month - 7)
    return _NEW_YEAR_OF_1 + timedelta(days=before + day - 1)


def days_of_month(year: int, month: int) -> int:
    """The length of an Iranian month: six of 31 days, five of 30, the last of 29 or 30."""
    return 31 if month <= 6 else 30 if month < 12 or is_leap(year) else 29
