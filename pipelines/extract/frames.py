"""Event types, verb frames and event nouns, as `lexicon/` declares them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.declarations import check_keys, load_yaml
from pipelines.errors import PactwatchError

ROLES = ("initiator", "target", "participant", "host", "mediator", "none")
_TYPE_KEYS = ("plover", "cameo", "description", "sides", "adverse")
_POSITIONS = (
    "subject object across against along alongside among around at behind between by for from in into near of off on out outside over to toward "
    "towards upon with"
).split()
_VERB_KEYS = (
    "verb",
    "particle",
    "object",
    "prep",
    "with",
    "xcomp",
    "subject",
    "comp",
    "clause",
    "roles",
    "status",
    "with_mod",
    "passive",
)
_NOUN_KEYS = ("noun", "of", "bare", "needs", "mods", "prep")
CLAUSES = ("order", "duty", "future", "negated", "own", "other")


@dataclass(frozen=True, slots=True)
class EventType:
    """One type of the contract with its class, code, and the role of each argument position."""

    type: str
    plover: str
    cameo: str
    description: str
    sides: int
    adverse: bool
    roles: dict[str, str]


@dataclass(frozen=True, slots=True)
class VerbFrame:
    """A verb with what must stand around it to tell an event of `type`."""

    type: str
    rule: str
    particle: str | None
    objects: frozenset[str]
    preps: frozenset[str]
    pobjects: frozenset[str]
    xcomp: bool | frozenset[str]
    subject: frozenset[str]
    with_mod: frozenset[str]
    comp: frozenset[str]
    clause: frozenset[str]
    roles: dict[str, str]
    status: str | None  # what the verb itself says of the event ("is expected in Rome": planned)
    demands: int  # how much the frame asks for: the most demanding one that fits is taken


@dataclass(frozen=True, slots=True)
class Noun:
    """A noun that names an event of `type`."""

    type: str
    rule: str
    of: str
    bare: str
    needs: frozenset[str]
    mods: frozenset[str]
    preps: frozenset[str]


def read_types(path: Path) -> dict[str, EventType]:
    """The event types by name."""
    out = {}
    for name, row in load_yaml(path).items():
        check_keys(row, (*_TYPE_KEYS, *_POSITIONS), f"{path.name} {name}", required=_TYPE_KEYS[:3])
        roles = {key: value for key, value in row.items() if key not in _TYPE_KEYS}
        for role in roles.values():
            _known(role, f"{path.name} {name}")
        out[name] = EventType(
            name, row["plover"], row["cameo"], row["description"], row.get("sides", 1), row.get("adverse", False), roles
        )
    return out


def read_verbs(folder: Path) -> dict[str, tuple[VerbFrame, ...]]:
    """Verb frames of `verbs*.yaml` by lemma, the most demanding first."""
    frames: dict[str, list[VerbFrame]] = {}
    for path in sorted(folder.glob("verbs*.yaml")):
        for event_type, rows in (load_yaml(path) or {}).items():
            _add_verbs(frames, path, event_type, rows)
    return {lemma: tuple(sorted(found, key=lambda frame: -frame.demands)) for lemma, found in frames.items()}


def _add_verbs(frames: dict[str, list[VerbFrame]], path: Path, event_type: str, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        where = f"{path.name} {event_type}"
        check_keys(row, _VERB_KEYS, where, required=("verb",))
        roles = row.get("roles") or {}
        for role in roles.values():
            _known(role, where)
        for kind in _words(row.get("clause")):
            if kind not in CLAUSES:
                raise PactwatchError(f"unknown clause {kind!r}", where, f"clauses are {', '.join(CLAUSES)}")
        for lemma in _words(row["verb"]):
            frames.setdefault(lemma, []).append(_verb_frame(event_type, lemma, row, roles))


def _verb_frame(event_type: str, lemma: str, row: dict[str, Any], roles: dict[str, str]) -> VerbFrame:
    xcomp = row.get("xcomp", False)
    demands = 2 * sum(
        bool(row.get(key))
        for key in ("particle", "object", "prep", "with", "xcomp", "subject", "with_mod", "comp", "clause")
    )
    demands -= row.get("object") in ("@any", "@actor")
    demands += 3 * any(
        not word.startswith("@") for word in _words(row.get("with"))
    )  # "by phone" says more than "with somebody"
    rule = " ".join([f"verb:{event_type}/{lemma}", *([row["particle"]] if row.get("particle") else [])])
    return VerbFrame(
        event_type,
        rule,
        row.get("particle"),
        frozenset(_words(row.get("object"))),
        frozenset(_words(row.get("prep"))),
        frozenset(_words(row.get("with"))),
        xcomp if isinstance(xcomp, bool) else frozenset(xcomp),
        frozenset(_words(row.get("subject"))),
        frozenset(_words(row.get("with_mod"))),
        frozenset(_words(row.get("comp"))),
        frozenset(_words(row.get("clause"))),
        roles,
        row.get("status"),
        demands,
    )


def read_nouns(folder: Path) -> dict[str, tuple[Noun, ...]]:
    """Event nouns of `nouns*.yaml` by lemma (a name of two words by its last word, the first being a modifier that it needs)."""
    nouns: dict[str, list[Noun]] = {}
    for path in sorted(folder.glob("nouns*.yaml")):
        for event_type, rows in (load_yaml(path) or {}).items():
            _add_nouns(nouns, path, event_type, rows)
    return {
        lemma: tuple(sorted(found, key=lambda noun: -bool(noun.mods) - bool(noun.needs) - bool(noun.preps)))
        for lemma, found in nouns.items()
    }


def _add_nouns(nouns: dict[str, list[Noun]], path: Path, event_type: str, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        where = f"{path.name} {event_type}"
        check_keys(row, _NOUN_KEYS, where, required=("noun", "bare"))
        _known(row.get("of", "none"), where)
        for name in _words(row["noun"]):
            *mods, lemma = name.split()
            noun = Noun(
                event_type,
                f"noun:{event_type}/{name}",
                row.get("of", "none"),
                row["bare"],
                frozenset(_words(row.get("needs"))),
                frozenset(mods or _words(row.get("mods"))),
                frozenset(_words(row.get("prep"))),
            )
            nouns.setdefault(lemma, []).append(noun)


def _words(value: Any) -> list[str]:
    return [] if value is None else [value] if isinstance(value, str) else list(value)


def _known(role: str, where: str) -> None:
    if role not in ROLES:
        raise PactwatchError(f"unknown role {role!r}", where, f"roles are {', '.join(ROLES)}")
