"""The smaller files of the lexicon, read strictly: a key that nothing reads is an error that says what was meant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipelines.declarations import check_keys, load_yaml

_FIELDS = (
    "education research science technology culture tourism agriculture justice industry transport trade energy security defence health environment "
    "migration finance media sport space nuclear mining labour customs"
).split()
_KEYS: dict[str, tuple[str, ...]] = {
    "ambiguities": ("masks", "exact_case", "not_before", "not_after", "needs_country", "cue", "cue_words", "candidates"),
    "agents": ("people", "institutions", "forces", "goods", "talks", "sides", "side_determiners", "jointly", "mediating", "blocs"),
    "attribution": ("provenance_headings", "verbs", "phrases", "boilerplate"),
    "fields": tuple(_FIELDS),
    "offices": (
        "heads", "portfolios", "honorifics", "ranks", "modifiers", "past_modifiers", "future_modifiers", "suffixes", "counterparts", "name_particles",
        "ministry_words",
    ),
    "performing": ("perform", "carry", "subject_roles", "frames"),
    "status": (
        "planned", "denied", "hypothetical", "wish", "swallow", "report", "modals", "conditions", "adjectives", "negations", "unreal_objects",
    ),
}  # fmt: skip
_ROW_KEYS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "heads": (("head", "plural", "canonical", "level", "acts_for", "forms"), ("head",)),
    "portfolios": (("portfolio", "forms", "field", "ministry", "office"), ("portfolio",)),
    "candidates": (("of", "default"), ("of",)),
}
_COUNTRY = ("name", "wikidata", "names", "demonyms", "capital", "metonyms", "seats", "until", "successor")


def read_vocabulary(folder: Path, name: str) -> dict[str, Any]:
    """A file of named lists, `folder/NAME.yaml`: every list there, none that nothing reads. PactwatchError names file and key."""
    path = folder / f"{name}.yaml"
    data: dict[str, Any] = load_yaml(path) or {}
    check_keys(data, _KEYS[name], path.name, required=_KEYS[name])
    for key, (allowed, required) in _ROW_KEYS.items():
        rows = data.get(key) or []
        listed = rows.items() if isinstance(rows, dict) else ((None, row) for row in rows)
        for form, row in listed:
            entry = form or (row.get(required[0]) if isinstance(row, dict) else row)
            check_keys(row, allowed, f"{path.name} {key} {entry}", required=required)
    return data


def read_countries(folder: Path) -> dict[str, dict[str, Any]]:
    """The states by code. PactwatchError names the state whose line has an unknown key or no name."""
    path = folder / "countries.yaml"
    rows: dict[str, dict[str, Any]] = load_yaml(path) or {}
    for code, row in rows.items():
        check_keys(row, _COUNTRY, f"{path.name} {code}", required=("name",))
    return rows
