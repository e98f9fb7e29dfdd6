"""The words of `sources/pages/words.yaml`, compiled once."""

import re
from dataclasses import dataclass
from functools import cache

from pipelines.declarations import check_keys, load_yaml
from pipelines.errors import EXIT_INVALID, PactwatchError
from pipelines.project import ROOT

FILE = ROOT / "sources" / "pages" / "words.yaml"
_FORMS = ("not_found", "challenge", "challenge_markup", "consent", "login", "paywall", "script")
_LISTS = (*_FORMS, "tracking", "wiki_sections", "alike")


@dataclass(frozen=True, slots=True)
class PageWords:
    """What pages that are no articles say, and lists that help to tell pages, sections and languages apart."""

    forms: dict[str, re.Pattern[str]]
    """By form, one pattern of all its words."""
    tracking: re.Pattern[str]
    """Names of query parameters that do not change what is read."""
    wiki_sections: frozenset[str]
    """Headings of sections that are no text of an encyclopedia page, in lower case."""
    alike: tuple[frozenset[str], ...]
    """Groups of languages that a classifier confuses."""


@cache
def page_words() -> PageWords:
    """The declaration; PactwatchError where it is not understood."""
    stated = load_yaml(FILE)
    check_keys(stated, _LISTS, FILE.name, required=_LISTS)
    for name in (*_FORMS, "tracking", "wiki_sections"):
        if not all(isinstance(word, str) and word for word in stated[name]):
            raise PactwatchError(f"{name} holds more than words", FILE.name, "put each in quotes", EXIT_INVALID)
    return PageWords(
        forms={name: _any_of(stated[name]) for name in _FORMS},
        tracking=re.compile("|".join(_name_pattern(name) for name in stated["tracking"]), re.IGNORECASE),
        wiki_sections=frozenset(word.casefold() for word in stated["wiki_sections"]),
        alike=tuple(frozenset(map(str, group)) for group in stated["alike"]),
    )


def _any_of(words: list[str]) -> re.Pattern[str]:
    ordered = sorted(words, key=lambda word: (-len(word), word))
    return re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in ordered), re.IGNORECASE)


def _name_pattern(name: str) -> str:
    return rf"(?:{re.escape(name.removesuffix('*'))}{'.*' if name.endswith('*') else ''})"
