"""Names of the lexicon found in a text: one pass of an Aho-Corasick automaton, longest name first, with word boundaries."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pipelines.extract.lexicon import Lexicon

_HOUR = re.compile(r"(?:\d|[ap]\.?m\.?|noon|midnight|local|o'clock)\s+$")


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
def automaton(lexicon: Lexicon) -> Automaton:
    """The automaton of a lexicon, built once."""
    import ahocorasick

    machine = ahocorasick.Automaton()
    # Also forms that belong to nobody, but to one of several: "Congo", "Bush".
    for surface in dict.fromkeys([*lexicon.surfaces, *sorted(lexicon.undecided)]):
        machine.add_word(surface, surface)
    machine.make_automaton()
    return Automaton(lexicon, machine)


def find_names(text: str, gazetteer: Automaton) -> list[Mention]:
    """All names of the lexicon in `text`, leftmost longest, none overlapping; masks left out, conditions of ambiguities.yaml kept."""
    lexicon = gazetteer.lexicon
    straight = text.replace("’", "'")  # one quote for another: offsets stay
    hits: list[tuple[int, int, str]] = []
    for last, surface in gazetteer.machine.iter(straight):
        start, end = last + 1 - len(surface), last + 1
        if _bounded(straight, start, end):
            hits.append((start, end, surface))
    hits.sort(key=lambda hit: (hit[0], -hit[1]))
    chosen: list[tuple[int, int, str]] = []
    reached = -1
    for start, end, surface in hits:
        if start >= reached and _allowed(straight, start, end, surface, lexicon):
            reached = end
            chosen.append((start, end, surface))
    plain = [
        _mention(s, e, lexicon.surfaces[w][0].entity, lexicon.surfaces[w][0].form, lexicon)
        for s, e, w in chosen
        if w not in lexicon.undecided
    ]
    countries = Counter(m.country for m in plain if m.country and m.kind in ("state", "person"))
    keys = {m.key for m in plain}
    for start, end, surface in chosen:
        if (
            surface in lexicon.undecided
            and (mention := _decided(start, end, surface, lexicon, countries, keys)) is not None
        ):
            plain.append(mention)
    return sorted((m for m in plain if m.kind != "mask"), key=lambda m: m.start)


def _decided(
    start: int, end: int, surface: str, lexicon: Lexicon, countries: Counter[str], keys: set[str]
) -> Mention | None:
    """What a form of several meanings stands for here: the one that the other names of the document speak for, else its default."""
    rules = lexicon.ambiguities
    row = (rules.get("candidates") or {}).get(surface)
    if row is None:
        found = lexicon.surfaces[surface][0]
        country = (
            lexicon.entities[found.entity].country
            if found.entity in lexicon.entities
            else lexicon.capitals.get(found.entity)
        )
        known = country in countries if country else found.entity in keys
        return _mention(start, end, found.entity, found.form, lexicon) if known else None
    named = [_entity_key(c) for c in row["of"]]
    best = max((k for k in named if k in keys), default=None)
    if best is None:
        ranked = sorted(
            ((countries[country], -n, k) for n, k in enumerate(named) if (country := _country(k, lexicon))),
            reverse=True,
        )
        best = ranked[0][2] if ranked and ranked[0][0] and (len(ranked) < 2 or ranked[0][0] > ranked[1][0]) else None
    best = best or (_entity_key(row["default"]) if row.get("default") else None)
    if best is None:
        return None
    form = next((s.form for s in lexicon.surfaces.get(surface, ()) if s.entity == best), "alias")
    return _mention(start, end, best, form, lexicon)


def _entity_key(name: str) -> str:
    return name.lower() if len(name) == 3 and name.isupper() else name


def _country(key: str, lexicon: Lexicon) -> str | None:
    entity = lexicon.entities.get(key)
    return entity.country if entity else None


def _bounded(text: str, start: int, end: int) -> bool:
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    if before.isalnum() or before in "_@#" or (after.isalnum() and text[end - 1].isalnum()) or after == "_":
        return False
    return not (
        text[end - 1] != "."
        and after == "."
        and end + 1 < len(text)
        and text[end + 1].isalnum()
        and text[start:end].isupper()
    )


def _allowed(text: str, start: int, end: int, surface: str, lexicon: Lexicon) -> bool:
    """The conditions of ambiguities.yaml on what stands right before and right after a form."""
    rules = lexicon.ambiguities
    if surface in lexicon.cued and not lexicon.cue_words.search(text, max(0, start - 60), min(len(text), end + 60)):
        return False
    after, before = text[end : end + 40], text[max(0, start - 40) : start]
    if after.startswith(" time") and _HOUR.search(before):
        return False  # "at 1pm UK time"
    for phrase in (rules.get("not_before") or {}).get(surface, ()):
        if after.startswith(phrase) or after.lstrip(" ").startswith(phrase):
            return False
    for phrase in (rules.get("not_after") or {}).get(surface, ()):
        if before.endswith(phrase) or before.rstrip(" ").endswith(phrase):
            return False
    return True


def _mention(start: int, end: int, entity_key: str, form: str, lexicon: Lexicon) -> Mention:
    if form == "place" or entity_key not in lexicon.entities and form != "mask":
        return Mention(
            start, end, "place", "place", entity_key, lexicon.places.get(entity_key) or lexicon.capitals.get(entity_key)
        )
    if form == "mask":
        return Mention(start, end, "mask", "mask", entity_key, None)
    entity = lexicon.entities[entity_key]
    return Mention(start, end, "person" if entity.kind == "person" else form, entity.kind, entity.key, entity.country)
