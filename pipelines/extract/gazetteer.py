"""Names of the lexicon found in a text: one pass of an Aho-Corasick automaton, longest name first, with word boundaries."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pipelines.extract.lexicon import Lexicon, Surface

ACTOR_FORMS = frozenset({"name", "demonym", "capital", "seat", "alias", "person", "group"})


@dataclass(slots=True)
class Mention:
    """A name in the text. `key` is an actor key (for a place: its name); `country` is alpha-3."""

    start: int
    end: int
    form: str  # name, demonym, capital, seat, alias, person, group, office, place, mask
    kind: str  # kind of actor, or place, mask, office
    key: str
    country: str | None
    office: str | None = None
    plural: bool = False


@dataclass(frozen=True, slots=True)
class Automaton:
    """The automaton of one lexicon."""

    lexicon: Lexicon
    machine: Any


@lru_cache(maxsize=4)
def _build(lexicon_hash: str, holder: _Holder) -> Automaton:
    import ahocorasick

    machine = ahocorasick.Automaton()
    for surface in holder.lexicon.surfaces:
        machine.add_word(surface, surface)
    machine.make_automaton()
    return Automaton(holder.lexicon, machine)


class _Holder:
    """Carries a lexicon past `lru_cache`, which needs something that hashes."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon

    def __hash__(self) -> int:
        return hash(self.lexicon.hash)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Holder) and other.lexicon.hash == self.lexicon.hash


def automaton(lexicon: Lexicon) -> Automaton:
    """The automaton of a lexicon, built once."""
    return _build(lexicon.hash, _Holder(lexicon))


def find_names(text: str, gazetteer: Automaton) -> list[Mention]:
    """All names of the lexicon in `text`, leftmost longest, none overlapping; masks left out."""
    hits: list[tuple[int, int, str]] = []
    for last, surface in gazetteer.machine.iter(text):
        start, end = last + 1 - len(surface), last + 1
        if _bounded(text, start, end):
            hits.append((start, end, surface))
    hits.sort(key=lambda hit: (hit[0], -hit[1]))
    mentions: list[Mention] = []
    reached = -1
    for start, end, surface in hits:
        if start < reached or not _allowed(text, start, end, surface, gazetteer.lexicon):
            continue
        reached = end
        mention = _mention(start, end, gazetteer.lexicon.surfaces[surface], gazetteer.lexicon)
        if mention.kind != "mask":
            mentions.append(mention)
    return mentions


def _bounded(text: str, start: int, end: int) -> bool:
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    if before.isalnum() or before in "_@#" or (after.isalnum() and text[end - 1].isalnum()) or after == "_":
        return False
    return not (text[end - 1] != "." and after == "." and end + 1 < len(text) and text[end + 1].isalnum() and text[start:end].isupper())


def _allowed(text: str, start: int, end: int, surface: str, lexicon: Lexicon) -> bool:
    """The conditions of ambiguities.yaml on what stands right before and right after a form."""
    rules = lexicon.ambiguities
    after, before = text[end : end + 40], text[max(0, start - 40) : start]
    for phrase in (rules.get("not_before") or {}).get(surface, ()):
        if after.startswith(phrase) or after.lstrip(" ").startswith(phrase):
            return False
    for phrase in (rules.get("not_after") or {}).get(surface, ()):
        if before.endswith(phrase) or before.rstrip(" ").endswith(phrase):
            return False
    return True


def _mention(start: int, end: int, found: tuple[Surface, ...], lexicon: Lexicon) -> Mention:
    surface = found[0]
    if surface.form == "place":
        return Mention(start, end, "place", "place", surface.entity, lexicon.places.get(surface.entity) or lexicon.capitals.get(surface.entity))
    if surface.form == "mask":
        return Mention(start, end, "mask", "mask", surface.entity, None)
    entity = lexicon.entities[surface.entity]
    form = "person" if entity.kind == "person" else surface.form
    return Mention(start, end, form, entity.kind, entity.key, entity.country)
