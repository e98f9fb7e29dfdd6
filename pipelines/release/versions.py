"""Which version a build becomes, and the folder of releases: DIR/VERSION/, DIR/latest -> VERSION, DIR/versions.json.

The first release is 1.0.0. Equal content is no new release. A table, column, key or constraint that changed is a major
version; rows that came or went a minor one; changed cells, views or descriptions a patch. A release that is there is never
written again. What there is is read from the folders themselves, so nothing can get out of step after a crash.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

from pipelines.errors import EXIT_INVALID, EXIT_NOT_FOUND, PactwatchError
from pipelines.release.descriptor import DESCRIPTOR, PARQUET_SUFFIX
from pipelines.release.files import read_parquet, sync, write_atomically

LATEST = "latest"
VERSIONS = "versions.json"
FIRST = (1, 0, 0)
_SEMVER = re.compile(r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)")
_VOLATILE = frozenset({"version", "created", "sources", "pactwatch", "resources"})  # or derived from the tables
_WEIGHT = frozenset({"bytes", "hash"})

Version = tuple[int, int, int]


class Change(IntEnum):
    """How much of a release differs from the one before; the greater, the more."""

    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3


@dataclass(frozen=True, slots=True)
class Release:
    """A release that lies in `folder`."""

    version: Version
    folder: Path

    def descriptor(self) -> dict[str, Any]:
        """Its datapackage.json. PactwatchError where that cannot be read."""
        path = self.folder / DESCRIPTOR
        try:
            loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            todo = "the release was tampered with: move its folder away"
            raise PactwatchError("not a descriptor", path, todo, EXIT_INVALID) from error
        return loaded

    @property
    def name(self) -> str:
        """The version as text."""
        return version_text(self.version)


def version_text(version: Version) -> str:
    """1.2.3"""
    return ".".join(map(str, version))


def releases(out: Path) -> list[Release]:
    """The releases in the folder, oldest version first. Folders that hold no descriptor or bear no version are none."""
    found = []
    for path in out.glob(f"*/{DESCRIPTOR}"):
        match = _SEMVER.fullmatch(path.parent.name)
        if match and not path.parent.is_symlink():
            version = (int(match[1]), int(match[2]), int(match[3]))
            found.append(Release(version, path.parent))
    return sorted(found, key=lambda release: release.version)


def newest_package(out: Path) -> Path:
    """The folder of the newest release: `out` itself where it is a package, else the newest in it. PactwatchError if none."""
    if (out / DESCRIPTOR).is_file():
        return out.resolve()
    found = releases(out) if out.is_dir() else []
    if not found:
        raise PactwatchError("there is no data package", out, "make one with `pactwatch build`", EXIT_NOT_FOUND)
    return found[-1].folder


def bump(version: Version, change: Change) -> Version:
    """The version that follows after a change (which is not NONE)."""
    major, minor, patch = version
    if change is Change.MAJOR:
        return major + 1, 0, 0
    return (major, minor + 1, 0) if change is Change.MINOR else (major, minor, patch + 1)


def compare(old: Path, before: Mapping[str, Any], new: Path, after: Mapping[str, Any]) -> Change:
    """How much the package in the folder `new` (descriptor `after`) differs from the one in `old` (`before`)."""
    was, now = _parquet(before), _parquet(after)
    if was.keys() != now.keys() or any(
        _structure(was[name]["schema"]) != _structure(now[name]["schema"]) for name in now
    ):
        return Change.MAJOR
    changes = [_compare_rows(old, was[name], new, now[name]) for name in now]
    changes.append(Change.NONE if _about(before) == _about(after) else Change.PATCH)
    return max(changes)


def _parquet(descriptor: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {r["name"]: r for r in descriptor["resources"] if r["name"].endswith(PARQUET_SUFFIX)}


def _structure(schema: Mapping[str, Any]) -> dict[str, Any]:
    """What of a schema a program can break on: all but its words."""
    fields = [
        (f["name"], f["type"], f.get("constraints", {}), [c["value"] for c in f.get("itemCategories", ())])
        for f in schema["fields"]
    ]
    return {"fields": fields, **{key: schema.get(key) for key in ("primaryKey", "uniqueKeys", "foreignKeys")}}


def _compare_rows(old: Path, was: Mapping[str, Any], new: Path, now: Mapping[str, Any]) -> Change:
    if was["hash"] == now["hash"]:
        return Change.NONE
    rows_before, rows_after = read_parquet(old / was["path"]), read_parquet(new / now["path"])
    key = now["schema"].get("primaryKey") or rows_after.column_names
    if not rows_before.select(key).equals(rows_after.select(key)):  # both are sorted by their key, which is unique
        return Change.MINOR
    # Another version of the writing library may write the same rows as other bytes: that is no change.
    return Change.NONE if rows_before.equals(rows_after) else Change.PATCH


def _about(descriptor: Mapping[str, Any]) -> dict[str, Any]:
    """What a package says of itself, and the views in it."""
    about = {key: value for key, value in descriptor.items() if key not in _VOLATILE}
    about["views"] = descriptor.get("pactwatch", {}).get("views")
    about["resources"] = [{k: v for k, v in r.items() if k not in _WEIGHT} for r in descriptor["resources"]]
    return about


def publish(staged: Path, out: Path, version: Version) -> Path:
    """Moves a finished folder to its place. PactwatchError where that version is there already."""
    target = out / version_text(version)
    if target.exists() or target.is_symlink():
        raise PactwatchError("this version is there already", target, "a release is never written again; move it away")
    staged.rename(target)
    sync(out)
    return target


def point_to_newest(out: Path) -> None:
    """Brings DIR/latest and DIR/versions.json in step with the release folders, each in one step."""
    found = releases(out)
    entries = [
        {"version": release.name, "path": release.name, "created": release.descriptor().get("created")}
        for release in found
    ]
    write_atomically(out / VERSIONS, json.dumps({"latest": found[-1].name, "versions": entries}, indent=2) + "\n")
    link, temporary = out / LATEST, out / f".{LATEST}.new"
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(found[-1].name)
    temporary.replace(link)
    sync(out)
