"""Reads the Table Schemas of `schemas/`. What the backends make of them is in `arrow.py` and `constraints.py`.

What belongs here: what a feature of Table Schema means on each backend. Whatever is not supported raises when the schema
is read, so that no constraint can be written down and silently not be kept. Rules across rows are SQL in `sql/checks/`.

Beyond the standard four properties are read: `itemCategories`, the values that the items of a `list` may have; `unit`, what a
number counts; the `description` of a category, which says what the value means; and `sortedBy`, the columns that the published
rows are sorted by (the primary key where there is none), so that a scan that asks for some of them skips the rest.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pipelines.errors import EXIT_INVALID, PactwatchError
from pipelines.project import ROOT

_TYPES = ("string", "integer", "number", "boolean", "date", "datetime", "list")
_CONSTRAINTS: dict[str, tuple[str, ...]] = {  # each with the types that it is supported on
    "required": _TYPES,
    "unique": ("string", "integer", "number", "boolean", "date", "datetime"),
    "enum": ("string", "integer"),
    "pattern": ("string",),
    "minLength": ("string",),
    "minimum": ("integer", "number"),
    "maximum": ("integer", "number"),
}
_VALUES: dict[str, type | tuple[type, ...]] = {
    "required": bool, "unique": bool, "enum": list, "pattern": str, "minLength": int, "minimum": (int, float), "maximum": (int, float),
}  # fmt: skip
_SCHEMA_KEYS = ("$schema", "title", "description", "fields", "primaryKey", "uniqueKeys", "foreignKeys", "sortedBy")
_FIELD_KEYS = ("name", "type", "title", "description", "example", "unit", "constraints", "categories")


@dataclass(frozen=True, slots=True)
class Field:
    """One column. `items` are the values that the items of a list may have, empty where any will do; `meanings` says in words
    what each code of the column, or of its items, means."""

    name: str
    type: str
    description: str
    required: bool
    constraints: Mapping[str, Any]
    items: tuple[str, ...]
    unit: str
    example: str
    meanings: Mapping[str, str]

    def in_words(self) -> str:
        """What it is, for people who see nothing but a comment: the description, the unit, and what the codes mean."""
        codes = "; ".join(f"{code}: {meaning.rstrip('.')}" for code, meaning in self.meanings.items())
        parts = (self.description, self.unit and f"Unit: {self.unit}.", codes and f"Codes: {codes}.")
        return " ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """`fields` of this table refer to `references` of `table`."""

    fields: tuple[str, ...]
    table: str
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One table as its Table Schema describes it. `schema` is that schema as read, for inlining."""

    name: str
    title: str
    description: str
    fields: tuple[Field, ...]
    primary_key: tuple[str, ...]
    unique_keys: tuple[tuple[str, ...], ...]
    foreign_keys: tuple[ForeignKey, ...]
    sorted_by: tuple[str, ...]
    schema: Mapping[str, Any]

    @property
    def columns(self) -> list[str]:
        """Column names in order."""
        return [field.name for field in self.fields]

    @property
    def order(self) -> tuple[str, ...]:
        """The columns that the published rows are sorted by; the primary key is among them, so the order is total."""
        return tuple(dict.fromkeys((*self.sorted_by, *self.primary_key)))

    def all_unique(self) -> list[tuple[str, ...]]:
        """Every key whose values may not repeat, the primary key first. A row with a NULL in a key repeats nothing."""
        single = [(field.name,) for field in self.fields if field.constraints.get("unique")]
        return list(dict.fromkeys(key for key in (self.primary_key, *self.unique_keys, *single) if key))


def refused(what: str, where: object, todo: str | None = None) -> PactwatchError:
    """The error for a schema, or for rows that do not fit one."""
    return PactwatchError(what, str(where), todo, EXIT_INVALID)


def _only(keys: Iterable[str], allowed: Iterable[str], where: str) -> None:
    for key in keys:
        if key not in allowed:
            raise refused(f"Table Schema feature {key!r} is not supported", where, "support it in pipelines/tables.py")


def _names(value: Any) -> tuple[str, ...]:
    return () if value is None else (value,) if isinstance(value, str) else tuple(value)


def _field(raw: Mapping[str, Any], where: str, key: tuple[str, ...]) -> Field:
    where = f"{where}, field {raw.get('name')}"
    kind = raw.get("type", "string")
    _only(raw, _FIELD_KEYS if kind != "list" else (*_FIELD_KEYS, "itemType", "itemCategories"), where)
    _only([f"type {kind}"], [f"type {name}" for name in _TYPES], where)
    _only([f"itemType {raw.get('itemType', 'string')}"], ["itemType string"], where)
    constraints = raw.get("constraints", {})
    for name, value in constraints.items():
        _only([f"{name} on {kind}"], [f"{name} on {fits}" for fits in _CONSTRAINTS.get(name, ())], where)
        if not isinstance(value, _VALUES[name]):  # it becomes a part of SQL
            raise refused(f"the constraint {name} is {str(value)[:80]!r}", where, "see Table Schema")
    if "categories" in raw and [category["value"] for category in raw["categories"]] != constraints.get("enum"):
        raise refused("categories and constraints.enum differ", where, "list the same values in both")
    required = constraints.get("required", False) or raw["name"] in key
    items = tuple(category["value"] for category in raw.get("itemCategories", ()))
    codes = (*raw.get("categories", ()), *raw.get("itemCategories", ()))
    return Field(
        name=raw["name"],
        type=kind,
        description=raw.get("description", ""),
        required=required,
        constraints=constraints,
        items=items,
        unit=raw.get("unit", ""),
        example=str(raw.get("example", "")),  # releases of old have numbers there
        meanings={str(code["value"]): code.get("description", "") for code in codes},
    )


def _foreign_key(raw: Mapping[str, Any], own_name: str, where: str) -> ForeignKey:
    _only(raw, ("fields", "reference"), where)
    _only(raw["reference"], ("resource", "fields"), where)
    table = raw["reference"].get("resource") or own_name  # the standard: no resource means the table itself
    return ForeignKey(_names(raw["fields"]), table, _names(raw["reference"]["fields"]))


def parse(name: str, schema: Mapping[str, Any], title: str = "", description: str = "") -> Table:
    """A Table from a Table Schema. PactwatchError where the schema uses a feature that some backend would not keep."""
    where = f"schemas/{name}.json"
    _only(schema, _SCHEMA_KEYS, where)
    key = _names(schema.get("primaryKey"))
    table = Table(
        name=name,
        title=title or schema.get("title", name),
        description=description or schema.get("description", ""),
        fields=tuple(_field(raw, where, key) for raw in schema["fields"]),
        primary_key=key,
        unique_keys=tuple(_names(unique) for unique in schema.get("uniqueKeys", ())),
        foreign_keys=tuple(_foreign_key(raw, name, where) for raw in schema.get("foreignKeys", ())),
        sorted_by=_names(schema.get("sortedBy")),
        schema=schema,
    )
    for used in (table.sorted_by, *table.all_unique(), *(fk.fields for fk in table.foreign_keys)):
        if unknown := set(used) - set(table.columns):
            raise refused(f"a key names {sorted(unknown)}, which is no column", where)
    return table


@cache
def descriptor() -> dict[str, Any]:
    """The hand-kept datapackage.json of the project's root. Do not change it."""
    loaded: dict[str, Any] = json.loads((ROOT / "datapackage.json").read_text(encoding="utf-8"))
    return loaded


@cache
def load(name: str) -> Table:
    """The table `name`, published or intermediate. PactwatchError where there is none."""
    path = ROOT / "schemas" / f"{name}.json"
    if not path.is_file():
        raise refused(f"there is no table {name!r}", path, "add its Table Schema")
    resources = {resource["schema"]: resource for resource in descriptor()["resources"]}
    resource = resources.get(f"schemas/{name}.json", {})
    schema = json.loads(path.read_text(encoding="utf-8"))
    return parse(name, schema, resource.get("title", ""), resource.get("description", ""))


@cache
def published() -> tuple[Table, ...]:
    """The published tables in the order of the root datapackage.json."""
    return tuple(load(resource["name"]) for resource in descriptor()["resources"])


def insert_order(tables: Iterable[Table]) -> list[Table]:
    """The tables so that each comes after those it refers to, else in the order given. PactwatchError on a circle."""
    waiting, ordered = list(tables), list[Table]()
    while waiting:
        names = {table.name for table in waiting}
        ready = next((t for t in waiting if not {fk.table for fk in t.foreign_keys} & (names - {t.name})), None)
        if ready is None:
            raise refused(f"the foreign keys of {', '.join(sorted(names))} go in a circle", "schemas/")
        waiting.remove(ready)
        ordered.append(ready)
    return ordered
