"""The office grammar: "then-Pakistani Prime Minister", "Chair of Kenya's National Security Council", "science minister".

An office phrase is [modifier] [country] [portfolio] TITLE [of/for portfolio, country or body]. Who holds it is for names.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipelines.extract.gazetteer import Mention
from pipelines.extract.patterns import OfficePatterns

_JOINER = re.compile(r"(?:[’']s?)?[\s-]+$")
_OF = re.compile(r",?\s+(?:of|for|to|at|in)\s+(?:the\s+)?")
_PARENTHESIS = re.compile(r"\s*\([A-Z][\w.&-]{1,12}\)")
_STATE_FORMS = frozenset({"name", "demonym", "capital", "seat"})


@dataclass(slots=True)
class Office:
    """An office phrase in the text."""

    start: int
    end: int
    title: str
    country: str | None
    body: str | None  # key of the organization or body named in it
    plural: bool
    acts_for: str


class Around:
    """Mentions by where they start and end, to walk from one to its neighbours."""

    def __init__(self, mentions: list[Mention]) -> None:
        self.by_start = {m.start: m for m in mentions}
        self.by_end = {m.end: m for m in mentions}


def find_offices(text: str, around: Around, patterns: OfficePatterns) -> list[Office]:
    """All office phrases of a text, left to right, not overlapping."""
    offices: list[Office] = []
    reached = 0
    for match in patterns.head.finditer(text):
        if match.start() < reached:
            continue
        office = _read(text, match, around, patterns)
        if office is not None:
            offices.append(office)
            reached = office.end
    return offices


def _read(text: str, match: re.Match[str], around: Around, patterns: OfficePatterns) -> Office | None:
    form = re.sub(r"\s+", " ", match.group().lower())
    canonical, acts_for, plural = (
        patterns.titles.get(form) or patterns.titles.get(form.replace("-", " ")) or (form, "state", False)
    )
    start, country, portfolio = _left(text, match.start(), around, patterns)
    end, body, said, right_country = _right(text, match.end(), around, patterns)
    country = country or right_country
    title = _title(canonical, portfolio or said, patterns)
    key = body.key if body else None
    if country is None and body and body.country:
        country = body.country
    return Office(start, end, title, country, key, plural, acts_for)


def _left(text: str, at: int, around: Around, patterns: OfficePatterns) -> tuple[int, str | None, str | None]:
    """Walk left over portfolio, modifiers and the country: (start, country, portfolio)."""
    start, country, portfolio = at, None, None
    for _ in range(6):
        window = text[max(0, start - 60) : start]
        base = max(0, start - 60)
        if portfolio is None and country is None and (found := patterns.portfolio_before.search(window)):
            start, portfolio = base + found.start(), found.group().strip().lower()
            continue
        joiner = _JOINER.search(window)
        if (
            joiner
            and country is None
            and (mention := around.by_end.get(base + joiner.start()))
            and mention.form in _STATE_FORMS
        ):
            if mention.form == "name" and not joiner.group().startswith(("’", "'")) and len(mention.key) != 3:
                break
            start, country = mention.start, mention.country
            continue
        if found := patterns.modifier_before.search(window):
            start = base + found.start()
            continue
        break
    return start, country, portfolio


def _right(
    text: str, at: int, around: Around, patterns: OfficePatterns
) -> tuple[int, Mention | None, str | None, str | None]:
    """Walk right over "of ..." phrases: (end, body, portfolio, country)."""
    end, body, said, country = at, None, None, None
    for _ in range(3):
        if not (of := _OF.match(text, end)):
            break
        here = of.end()
        mention = around.by_start.get(here)
        if mention and mention.form in _STATE_FORMS and mention.form != "demonym" and country is None:
            country, end = mention.country, mention.end
            own = re.compile(r"[’']s?\s+").match(text, end)
            inner = around.by_start.get(own.end()) if own else None
            if inner is not None and inner.kind in ("government", "organization"):
                body, end = inner, inner.end
            continue
        if (
            mention
            and mention.form == "demonym"
            and (inner := around.by_start.get(mention.end + 1))
            and inner.kind == "government"
        ):
            country, body, end = mention.country, inner, inner.end
            continue
        if mention and mention.kind in ("organization", "government") and body is None:
            body, end = mention, mention.end
            continue
        if said is None and (found := patterns.portfolio_after.match(text, here)):
            said, end = found.group().lower(), found.end()
            continue
        break
    if body and (bracket := _PARENTHESIS.match(text, end)):
        end = bracket.end()
    return end, body, said, country


def _title(canonical: str, portfolio: str | None, patterns: OfficePatterns) -> str:
    if portfolio is None:
        return canonical
    form = re.sub(r"^the\s+|\s+", " ", portfolio).strip()
    row = patterns.portfolios.get(form) or patterns.portfolios.get(re.split(r",| and ", form)[0].strip())
    if row and canonical == "Minister":
        return str(row["office"])
    if row:
        return f"{row['portfolio'].capitalize()} {canonical}"
    return canonical
