"""Persons of a document, and whom a single word of a name means."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from pipelines.extract.lexicon import Lexicon

_SURNAME_FIRST = ("CHN", "KOR", "PRK", "VNM", "TWN", "KHM", "MMR", "SGP")


@dataclass(slots=True)
class Person:
    """A person of the document."""

    key: str
    name: str
    country: str | None
    office: str | None
    office_span: tuple[int, int] | None = None
    country_span: tuple[int, int] | None = None
    known: bool = False
    spans: list[tuple[int, int]] = field(default_factory=list)


def slug(name: str) -> str:
    """A name as an id: ASCII, lower case, words joined by hyphens."""
    text = unicodedata.normalize(
        "NFKD", name.replace("ø", "o").replace("đ", "d").replace("ł", "l").replace("ı", "i").replace("ß", "ss")
    )
    text = "".join(c for c in text if not unicodedata.combining(c)).lower()
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"[’'ʼ‘]", "", text)).strip("-")


def by_word(persons: Iterable[Person], text: str) -> dict[str, list[Person]]:
    """The persons whom each single word of their names may mean."""
    words_of: dict[str, list[Person]] = {}
    for person in persons:
        words = [w for w in re.split(r"\s+", person.name) if len(w) > 2]
        for word in dict.fromkeys([*words[-1:], *words[:1], *words]):
            words_of.setdefault(word, []).append(person)
        for start, end in person.spans:
            for word in text[start:end].split()[-1:]:
                if person not in words_of.setdefault(word, []):
                    words_of[word].append(person)
    return words_of


def pick(persons: list[Person], word: str, at: int, lexicon: Lexicon) -> Person | None:
    """Whom a single name means: the one it is the surname of; of several, the one named last before it."""
    by_surname = [
        p for p in persons if p.name.split()[-1] == word or (p.known and word in lexicon.aliases.get(p.key, ()))
    ]
    pool = by_surname or [p for p in persons if p.name.split()[0] == word and p.country in _SURNAME_FIRST]
    if not pool and len(persons) == 1 and len(persons[0].name.split()) > 2:
        pool = persons
    before = [p for p in pool if p.spans and min(s for s, _ in p.spans) <= at]
    return max(before, key=lambda p: max(s for s, _ in p.spans if s <= at), default=pool[0] if len(pool) == 1 else None)


def referred(persons: Iterable[Person], name: str) -> Person | None:
    """The person of the text that a single name refers to, if there is one already."""
    for person in reversed([*persons]):
        words = person.name.split()
        if slug(words[-1]) == slug(name) or (
            len(words) > 1
            and slug(words[0]) == slug(name)
            and (person.country in ("CHN", "KOR", "PRK", "VNM") or {"bin", "Bin", "al", "ibn"} & set(words))
        ):
            return person
    return None
