"""The lexicon as the engine uses it: read once from `lexicon/`, typed, and named by a hash of its files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.declarations import check_keys, load_yaml
from pipelines.errors import PactwatchError
from pipelines.extract.frames import EventType, Noun, VerbFrame, read_nouns, read_types, read_verbs
from pipelines.extract.vocabulary import read_countries, read_vocabulary
from pipelines.project import ROOT, tree_hash

FOLDER = ROOT / "lexicon"

_ENTITY_FILES = {
    "organizations": "organization",
    "bodies": "government",
    "armed_groups": "armed_group",
    "media": "media",
    "companies": "company",
    "persons": "person",
}
_ENTITY_KEYS = (
    "id", "name", "aliases", "country", "wikidata", "handles", "domains", "kind", "office", "from", "until", "case", "parent", "metonyms",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entity:
    """An actor that the lexicon knows. `key` is its id in the dataset; `since` and `until` are years of an office."""

    key: str
    kind: str
    name: str
    country: str | None = None
    wikidata: str | None = None
    office: str | None = None
    since: int | None = None
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Surface:
    """What a form in the text may stand for: `form` is name, demonym, capital, seat, alias, place or mask."""

    form: str
    entity: str


@dataclass(frozen=True, slots=True)
class Instrument:
    """One line of instruments.yaml."""

    instrument: str
    heads: frozenset[str]
    before: tuple[str, ...]
    of: frozenset[str]
    binding: bool | None
    only_signed: bool  # a plain word ("document") that names an instrument only where it is signed


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """Everything the words mean. Immutable; `hash` changes with any byte of any file, and stands for the whole in caches."""

    hash: str
    entities: dict[str, Entity]
    surfaces: dict[str, tuple[Surface, ...]]
    places: dict[str, str | None]
    capitals: dict[str, str]
    ambiguities: dict[str, Any]
    offices: dict[str, Any]
    types: dict[str, EventType]
    verbs: dict[str, tuple[VerbFrame, ...]]
    nouns: dict[str, tuple[Noun, ...]]
    performing: frozenset[str]
    subject_roles: dict[str, str]
    carries: frozenset[str]
    frames: frozenset[str]
    instruments: tuple[Instrument, ...]
    fields: dict[str, tuple[str, ...]]
    status: dict[str, Any]
    agents: dict[str, frozenset[str]]
    report_verbs: frozenset[str]
    report_phrases: tuple[str, ...]
    provenance_headings: frozenset[str]
    boilerplate: frozenset[str]
    handles: dict[str, str] = field(default_factory=dict)
    undecided: frozenset[str] = frozenset()  # forms that the rest of a document decides
    cued: frozenset[str] = frozenset()  # forms read only near one of cue_words
    cue_words: re.Pattern[str] = field(default_factory=lambda: re.compile("(?!)"))
    person_names: dict[str, str] = field(default_factory=dict)  # every form of a person's name, lower case: key
    aliases: dict[str, frozenset[str]] = field(default_factory=dict)  # key of a person: its forms

    def __hash__(self) -> int:
        return hash(self.hash)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Lexicon) and other.hash == self.hash


@lru_cache(maxsize=4)
def load_lexicon(folder: Path = FOLDER) -> Lexicon:
    """Read every file of the lexicon. PactwatchError names the file and the entry that cannot be read."""
    entities: dict[str, Entity] = {}
    surfaces: dict[str, list[Surface]] = {}
    handles: dict[str, str] = {}
    capitals = _countries(folder, entities, surfaces)
    for stem, kind in _ENTITY_FILES.items():
        for entity, names, known_as in _entities(folder / f"{stem}.yaml", kind):
            if entity.key in entities:
                raise PactwatchError(
                    f"the id {entity.key!r} stands twice", folder / f"{stem}.yaml", "ids are unique over all files"
                )
            entities[entity.key] = entity
            for name in names:
                _add(surfaces, name, Surface("alias", entity.key))
            handles |= {handle.lower(): entity.key for handle in known_as}
    places: dict[str, str | None] = load_yaml(folder / "places.yaml") or {}
    for place in places:
        _add(surfaces, place, Surface("place", place))
    ambiguities = read_vocabulary(folder, "ambiguities")
    for phrase in ambiguities.get("masks") or []:
        surfaces[phrase] = [Surface("mask", phrase)]
    # "The Nation (Pakistan)" is a name that tells namesakes apart, not a form of any text
    surfaces = {name: found for name, found in surfaces.items() if not name.endswith(")")}
    for name in list(surfaces):
        if "’" in name:
            surfaces.setdefault(name.replace("’", "'"), surfaces[name])
        if "-" in name and all(s.entity in entities and entities[s.entity].kind == "person" for s in surfaces[name]):
            surfaces.setdefault(
                name.replace("-", " "), surfaces[name]
            )  # "Amir-Abdollahian", with its hyphen or without
    person_names, aliases = _persons(entities, surfaces)
    performing = read_vocabulary(folder, "performing")
    attribution = read_vocabulary(folder, "attribution")
    return Lexicon(
        hash=tree_hash(folder),
        entities=entities,
        surfaces={name: tuple(found) for name, found in surfaces.items()},
        places=places,
        capitals=capitals,
        ambiguities=ambiguities,
        offices=read_vocabulary(folder, "offices"),
        types=read_types(folder / "event_types.yaml"),
        verbs=read_verbs(folder),
        nouns=read_nouns(folder),
        performing=frozenset(performing["perform"]),
        subject_roles=performing["subject_roles"],
        carries=frozenset(performing["carry"]),
        frames=frozenset(performing["frames"]),
        instruments=_instruments(folder / "instruments.yaml"),
        fields={name: tuple(words) for name, words in read_vocabulary(folder, "fields").items()},
        status=read_vocabulary(folder, "status"),
        agents={name: frozenset(words) for name, words in read_vocabulary(folder, "agents").items()},
        report_verbs=frozenset(attribution["verbs"]),
        report_phrases=tuple(attribution["phrases"]),
        provenance_headings=frozenset(attribution["provenance_headings"]),
        boilerplate=frozenset(attribution["boilerplate"]),
        handles=handles,
        undecided=frozenset([*(ambiguities.get("needs_country") or []), *(ambiguities.get("candidates") or {})]),
        cued=frozenset(ambiguities.get("cue") or []),
        cue_words=re.compile("|".join(rf"\b{re.escape(w)}\b" for w in ambiguities.get("cue_words") or ["(?!)"])),
        person_names=person_names,
        aliases=aliases,
    )


def _persons(
    entities: dict[str, Entity], surfaces: dict[str, list[Surface]]
) -> tuple[dict[str, str], dict[str, frozenset[str]]]:
    names: dict[str, str] = {}
    aliases: dict[str, set[str]] = {}
    for name, found in surfaces.items():
        key = found[0].entity
        if key in entities and entities[key].kind == "person":
            names.setdefault(name.lower(), key)
            aliases.setdefault(key, set()).add(name)
    return names, {key: frozenset(forms) for key, forms in aliases.items()}


def _add(surfaces: dict[str, list[Surface]], name: str, surface: Surface) -> None:
    found = surfaces.setdefault(name, [])
    if surface not in found:
        found.append(surface)


def _countries(folder: Path, entities: dict[str, Entity], surfaces: dict[str, list[Surface]]) -> dict[str, str]:
    """Add all states; the capitals by name (city to alpha-3)."""
    capitals: dict[str, str] = {}
    for code, row in read_countries(folder).items():
        key = code.lower()
        entities[key] = Entity(key, "state", row["name"], code, row.get("wikidata"), until=row.get("until"))
        for name in [row["name"], *(row.get("names") or [])]:
            _add(surfaces, name, Surface("name", key))
            if len(name) >= 4:
                _add(surfaces, name.upper(), Surface("name", key))
        for name in row.get("demonyms") or []:
            _add(surfaces, name, Surface("demonym", key))
        for city in row.get("metonyms") or []:
            _add(surfaces, city, Surface("capital", key))
            _add(surfaces, city.upper(), Surface("capital", key))
            capitals.setdefault(city, code)
        for seat in row.get("seats") or []:
            _add(surfaces, seat, Surface("seat", key))
        if (capital := row.get("capital")) and capital not in capitals:
            capitals[capital] = code
            if not any(s.form == "name" for s in surfaces.get(capital, [])):
                _add(surfaces, capital, Surface("place", capital))
    return capitals


def _entities(path: Path, kind: str) -> Iterator[tuple[Entity, list[str], list[str]]]:
    for row in load_yaml(path) or []:
        check_keys(row, _ENTITY_KEYS, f"{path.name} {row.get('id')}", required=("id", "name"))
        entity = Entity(
            row["id"],
            kind,
            row["name"],
            row.get("country"),
            row.get("wikidata"),
            row.get("office"),
            row.get("from"),
            row.get("until"),
        )
        yield (
            entity,
            [row["name"], *(row.get("aliases") or [])],
            [*(row.get("handles") or []), *(row.get("domains") or [])],
        )


def _instruments(path: Path) -> tuple[Instrument, ...]:
    out = []
    for row in load_yaml(path):
        check_keys(
            row,
            ("instrument", "head", "before", "of", "binding", "only"),
            f"{path.name} {row.get('instrument')}",
            ("instrument", "head"),
        )
        out.append(
            Instrument(
                row["instrument"],
                frozenset(row["head"]),
                tuple(row.get("before") or ()),
                frozenset(row.get("of") or ()),
                row.get("binding"),
                row.get("only") == "signed",
            )
        )
    return tuple(out)
