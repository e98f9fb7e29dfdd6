"""What expressions of time mean in EDTF.

Reading and meaning are apart: "26 July" is read once, but takes its year from the document's date, from the story, or stays `XXXX`,
and whether it lies ahead depends on the status of the event that it dates.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from pipelines.extract.calendars import IRANIAN_MONTHS, days_of_month, iranian_day
from pipelines.extract.date_expressions import NUMBERS, DateMention, find_dates, month_number
from pipelines.extract.edtf import (
    Edtf,
    edtf_day,
    edtf_month,
    edtf_months_on,
    edtf_of,
    edtf_range,
    edtf_season,
    edtf_week,
    edtf_year,
)

__all__ = ["Clock", "DateMention", "Edtf", "find_dates", "to_edtf"]

WEEKDAYS = {name.lower(): n for n, name in enumerate(calendar.day_name)}
SEASONS = {"spring": 21, "summer": 22, "autumn": 23, "fall": 23, "winter": 24}


@dataclass(frozen=True, slots=True)
class Clock:
    """What expressions of time count from: the document's date, the year that the text spoke of last, the day that it told last."""

    published: date | None
    story_year: int | None = None
    anchor: date | None = None
    anchor_is_day: bool = True
    story_is_fresh: bool = False  # the text has just spoken of that year, and not of today since
    today: tuple[int, int] | None = None  # month and day of a dateline that leaves out the year


def to_edtf(mention: DateMention, clock: Clock, ahead: bool = False) -> Edtf | None:
    """What an expression means; `ahead`: it dates something planned.

    None where it means nothing that can be dated (a weekday in a document without a date).
    """
    if _is_history(mention, clock, ahead):
        clock = replace(clock, published=None)  # the year is the one just told
    match mention.kind:
        case "dmy" | "mdy":
            return _day(mention, clock, ahead)
        case "range_dm" | "range_md" | "range_dmy":
            return _day_range(mention, clock, ahead)
        case "rel_month":
            return _relative_month(mention, clock, ahead)
        case "month_of_year":
            return _month_of_year(mention, clock)
        case "day_of_year":
            return _day_of_year(mention, clock)
        case "quarter" | "bare_season":
            return _part_of_year(mention, clock, ahead)
        case "anchor":
            return _from_anchor(_word(mention, "word"), clock)
        case "this_day":
            year, today = _number(mention, "y"), clock.published
            return edtf_day(year, today.month, today.day) if today else edtf_year(year)
        case "weekday" | "weekday_of_week" | "range_wd" | "day" | "ago" | "relative":
            if clock.published is None:
                return _from_day_without_year(mention, clock.today)
            return _from_today(mention, clock.published, ahead)
        case _:
            return _absolute(mention)


def _number(mention: DateMention, name: str) -> int:
    return int(mention.get(name) or 0)


def _word(mention: DateMention, name: str) -> str:
    return (mention.get(name) or "").lower()


def _is_history(mention: DateMention, clock: Clock, ahead: bool) -> bool:
    """Whether a day without a year follows a text that has just spoken of an earlier year."""
    return (
        clock.story_is_fresh
        and clock.story_year is not None
        and clock.published is not None
        and clock.story_year < clock.published.year
        and not ahead
        and _lacks_year(mention)
    )


def _absolute(mention: DateMention) -> Edtf | None:
    """What names its own year."""
    year = _number(mention, "y")
    match mention.kind:
        case "iranian":
            return _iranian(mention)
        case "iso_m":
            return edtf_month(year, _number(mention, "m"))
        case "iso":
            return edtf_day(year, _number(mention, "m"), _number(mention, "d"))
        case "my":
            return edtf_month(year, month_number(mention.get("m")))
        case "range_my":
            last = _number(mention, "y2")
            return edtf_range(
                edtf_month(year or last, month_number(mention.get("m"))),
                edtf_month(last, month_number(mention.get("m2"))),
            )
        case "season":
            return edtf_season(year, SEASONS[_word(mention, "s")])
        case "decade":
            return Edtf(f"{year}X", date(year * 10, 1, 1), date(year * 10 + 9, 12, 31))
        case "range_y":
            y, y2 = mention.get("y") or "", mention.get("y2") or ""
            return edtf_range(edtf_year(year), edtf_year(int(y2 if len(y2) == 4 else y[:2] + y2)))
        case _:
            return edtf_year(year)


def _iranian(mention: DateMention) -> Edtf | None:
    """A day or a month of the Iranian calendar."""
    year = _number(mention, "y") or _number(mention, "y2")
    month = IRANIAN_MONTHS[(mention.get("m") or mention.get("m2") or "").lower()]
    if day := _number(mention, "d") or _number(mention, "d2"):
        when = iranian_day(year, month, day)
        return edtf_of(when) if when else None
    first, last = iranian_day(year, month, 1), iranian_day(year, month, days_of_month(year, month))
    return edtf_range(edtf_of(first), edtf_of(last)) if first and last else None


def _day_of_year(mention: DateMention, clock: Clock) -> Edtf | None:
    """ "9 May last year"."""
    month = month_number(mention.get("m") or mention.get("m2"))
    year = _month_of_year(replace(mention, values=(("m", calendar.month_name[month]), *_which(mention))), clock)
    day = _number(mention, "d") or _number(mention, "d2")
    return edtf_day(int(year.text[:4]), month, day) if year else None


def _which(mention: DateMention) -> tuple[tuple[str, str], ...]:
    return (("which", mention.get("which") or ""),)


def _part_of_year(mention: DateMention, clock: Clock, ahead: bool) -> Edtf | None:
    """A quarter, a half or a season; without a year that of the document, and ahead of it or behind it as the event is."""
    year = mention.year
    if year is None:
        if clock.published is None:
            return None
        year = clock.published.year + {"last": -1, "next": 1}.get(_word(mention, "which"), 0)
    if mention.kind == "bare_season":
        code = SEASONS[_word(mention, "s")]
        found = edtf_season(year, code)
        if clock.published and ahead and found.last and found.last < clock.published:
            return edtf_season(year + 1, code)
        past = clock.published and not ahead and found.first and found.first > clock.published
        return edtf_season(year - 1, code) if past else found
    length = 3 if _word(mention, "unit") == "quarter" else 6
    order = _word(mention, "q")
    n = 12 // length - 1 if order == "last" else ("first", "second", "third", "fourth").index(order)
    if n >= 12 // length:
        return None
    return edtf_range(edtf_month(year, n * length + 1), edtf_month(year, (n + 1) * length))


def _month_of_year(mention: DateMention, clock: Clock) -> Edtf | None:
    """ "March last year" counts from the document's date, "March of that year" from the year told last."""
    which = _word(mention, "which")
    if which in ("that", "the same", "the previous", "the following"):
        base = clock.story_year or (clock.anchor.year if clock.anchor else None)
    else:
        base = clock.published.year if clock.published else None
    shift = -1 if which in ("last", "the previous") else 1 if which in ("next", "the following") else 0
    return edtf_month(base + shift, month_number(mention.get("m"))) if base else None


def _from_anchor(words: str, clock: Clock) -> Edtf | None:
    """What counts from the day told last: "the following day", "two days later", "that month"."""
    anchor = clock.anchor if clock.anchor_is_day or "day" not in words else None
    shift = int("following" in words) - int("previous" in words or "preceding" in words)
    if words.endswith("year"):
        year = anchor.year if anchor else clock.story_year
        return edtf_year(year + shift) if year else None
    if anchor is None:
        return None
    if words.endswith("month"):
        return edtf_months_on(anchor, shift)
    step = 0 if "same" in words or words.startswith("that") else NUMBERS.get(words.split(maxsplit=1)[0], 1)
    back = re.search(r"earlier|before|previous|preceding", words) is not None
    return edtf_of(anchor + timedelta(days=-step if back else step))


def _lacks_year(mention: DateMention) -> bool:
    """Whether an expression is a day or a month that leaves its year to the reader."""
    return (
        mention.kind in ("dmy", "mdy", "range_dm", "range_md", "rel_month")
        and mention.year is None
        and mention.get("which") not in ("last", "this", "next")
    )


def _guess_year(month: int, day: int, clock: Clock, ahead: bool) -> int | None:
    """The year of a month and day without one: the nearest that fits the document's date, else the story's."""
    if clock.published is None:
        return None if ahead else clock.story_year
    year = clock.published.year
    when = (month, min(day, 28))
    today = (clock.published.month, min(clock.published.day, 28))
    if ahead:
        return year if when >= today else year + 1
    return year if when <= (today[0], today[1] + 1) else year - 1


def _day(mention: DateMention, clock: Clock, ahead: bool) -> Edtf | None:
    month, day = month_number(mention.get("m")), _number(mention, "d")
    year = mention.year or _guess_year(month, day, clock, ahead)
    return edtf_day(year, month, day) if year else Edtf(f"XXXX-{month:02}-{day:02}", None, None)


def _day_range(mention: DateMention, clock: Clock, ahead: bool) -> Edtf | None:
    month = month_number(mention.get("m") or mention.get("m2"))
    month2 = month_number(mention.get("m2") or mention.get("m"))
    day, day2 = _number(mention, "d"), _number(mention, "d2")
    first, last = _number(mention, "y"), _number(mention, "y2")
    if first and last:
        return edtf_range(edtf_day(first, month, day), edtf_day(last, month2, day2))
    year = mention.year or _guess_year(month, day, clock, ahead)
    if year is not None and month > month2 and mention.year is not None:
        return edtf_range(edtf_day(year - 1, month, day), edtf_day(year, month2, day2))
    if year is None:
        return Edtf(f"XXXX-{month:02}-{day:02}/XXXX-{month2:02}-{day2:02}", None, None)
    return edtf_range(edtf_day(year, month, day), edtf_day(year, month2, day2))


def _relative_month(mention: DateMention, clock: Clock, ahead: bool) -> Edtf | None:
    """ "Last June", "in June", "since June"."""
    month, which, published = month_number(mention.get("m")), _word(mention, "which"), clock.published
    if which == "that":  # "that May": of the year told last
        told = clock.anchor.year if clock.anchor else clock.story_year
        return edtf_month(told, month) if told else None
    year = _guess_year(month, 1, clock, ahead or (published is not None and which == "next"))
    if published and which == "last" and year == published.year and month >= published.month:
        year -= 1
    return edtf_month(year, month) if year else Edtf(f"XXXX-{month:02}", None, None)


# what counts from the document's date


def _from_today(mention: DateMention, published: date, ahead: bool) -> Edtf | None:
    match mention.kind:
        case "weekday_of_week":
            shift = {"last": -1, "next": 1}.get(_word(mention, "which"), 0)
            monday = published - timedelta(days=published.weekday())
            return edtf_of(monday + timedelta(days=WEEKDAYS[_word(mention, "w")], weeks=shift))
        case "range_wd":
            first, last = WEEKDAYS[_word(mention, "w")], WEEKDAYS[_word(mention, "w2")]
            start = _weekday(first, "", published, ahead).first
            return edtf_range(edtf_of(start), edtf_of(start + timedelta(days=(last - first) % 7))) if start else None
        case "weekday":
            return _weekday(WEEKDAYS[_word(mention, "w")], _word(mention, "which"), published, ahead)
        case "day":
            shift = {"yesterday": -1, "tomorrow": 1}.get(_word(mention, "word"), 0)
            return edtf_of(published + timedelta(days=shift))
        case "ago":
            return _ago(mention, published)
        case _:
            return _unit(mention, published)


def _from_day_without_year(mention: DateMention, today: tuple[int, int] | None) -> Edtf | None:
    """ "Today" and "yesterday" under a dateline that leaves out the year; None for what would need it."""
    shift = {"yesterday": -1, "tomorrow": 1}.get(_word(mention, "word"), 0)
    if today is None or mention.kind != "day" or (shift and today in ((2, 28), (2, 29), (3, 1))):
        return None
    when = date(2024, *today) + timedelta(days=shift)
    return Edtf(f"XXXX-{when.month:02}-{when.day:02}", None, None)


def _weekday(day: int, which: str, published: date, ahead: bool) -> Edtf:
    if ahead and which != "last" or which in ("next", "coming"):
        return edtf_of(published + timedelta(days=(day - published.weekday()) % 7 or (7 if which == "next" else 0)))
    return edtf_of(published - timedelta(days=(published.weekday() - day) % 7 or (7 if which == "last" else 0)))


def _ago(mention: DateMention, published: date) -> Edtf | None:
    word, unit = _word(mention, "n"), _word(mention, "unit")
    n = int(word) if word.isdigit() else NUMBERS.get(word, 0)
    if n == 0 or _word(mention, "way") != "ago":
        return None  # "two days earlier" counts from something else than the document's date
    if unit == "day":
        return edtf_of(published - timedelta(days=n))
    if unit in ("week", "fortnight"):
        return edtf_week(published - timedelta(weeks=n * (2 if unit == "fortnight" else 1)))
    if unit == "decade":
        return edtf_year(published.year - 10 * n)
    return edtf_months_on(published, -n) if unit == "month" else edtf_year(published.year - n)


def _unit(mention: DateMention, published: date) -> Edtf | None:
    unit = _word(mention, "unit")
    step = {"last": -1, "past": -1, "previous": -1, "next": 1, "coming": 1}.get(_word(mention, "which"), 0)
    if unit == "week":
        return edtf_week(published + timedelta(weeks=step))
    if unit == "weekend":
        weeks = step if step > 0 or published.weekday() >= 5 else -1
        saturday = published + timedelta(days=5 - published.weekday(), weeks=weeks)
        return edtf_range(edtf_of(saturday), edtf_of(saturday + timedelta(days=1)))
    if unit == "month":
        return edtf_months_on(published, step)
    if unit == "year":
        return edtf_year(published.year + step)
    season = edtf_season(published.year + min(step, 0), SEASONS[unit])
    if step > 0 and season.first and season.first <= published:
        return edtf_season(published.year + 1, SEASONS[unit])
    return season
