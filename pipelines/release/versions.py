"""Which version a build becomes, and the folder of releases: DIR/VERSION/, DIR/latest -> VERSION, DIR/versions.json.

The first release is 1.0.0. Equal content is no new release. What a program can break on (a table, column or code that is gone,
another type, key or constraint) makes a major version; rows that came or went, new tables, columns and codes a minor one;
changed cells, views or descriptions a patch. The tables `changes` and `id_history` follow from the others and decide nothing.
A release that is there is never written again. What there is is read from the folders themselves, so nothing can get out of
step after a crash.
"""

import difflib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.errors import EXIT_INVALID, EXIT_NOT_FOUND, PactwatchError
from pipelines.partitions import PARTS, files_of
from pipelines.release.changes import CHANGES
from pipelines.release.descriptor import DESCRIPTOR, PARQUET_SUFFIX
from pipelines.release.files import read_parquet, size_and_hash, sync, write_atomically
from pipelines.room import Room

if TYPE_CHECKING:
    import pyarrow as pa

LATEST = "latest"
VERSIONS = "versions.json"
FIRST = (1, 0, 0)
_SEMVER = re.compile(r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)")
_VOLATILE = frozenset({"version", "created", "sources", "pactwatch", "resources"})  # or derived from the tables
_FILES = frozenset({"path", "bytes", "hash", PARTS})  # another size of partitions is no other content
DERIVED = frozenset({CHANGES, "id_history"})

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

    def tables(self, room: Room | None = None) -> "dict[str, pa.Table]":
        """Its tables by name, in their order. PactwatchError where a file is not the one that was published."""
        found = {}
        for resource_name, resource in _parquet(self.descriptor()).items():
            listed = []
            for file in files_of(resource):
                path = self.folder / file["path"]
                if not path.is_file() or file["hash"] != f"sha256:{size_and_hash(path)[1]}":
                    todo = "the release was tampered with: bring it back from a copy, or move its folder away"
                    raise PactwatchError("not the file that was published", path, todo, EXIT_INVALID)
                listed.append(path)
            found[resource_name.removesuffix(PARQUET_SUFFIX)] = read_parquet(listed, room)
        return found

    def files(self, table: str) -> list[Path]:
        """The Parquet files of one of its tables, in order; none where it has no such table."""
        resource = _parquet(self.descriptor()).get(f"{table}{PARQUET_SUFFIX}")
        return [self.folder / file["path"] for file in files_of(resource)] if resource else []

    @property
    def name(self) -> str:
        """The version as text."""
        return version_text(self.version)


def version_text(version: Version) -> str:
    """1.2.3"""
    return ".".join(map(str, version))


def is_version(text: str) -> bool:
    """Whether a text is three numbers: 1.2.3"""
    return bool(_SEMVER.fullmatch(text))


def parse_version(text: str) -> Version:
    """The version that a text says. PactwatchError where it says none."""
    match = _SEMVER.fullmatch(text)
    if not match:
        raise PactwatchError(f"{text!r} is no version", None, "a version is three numbers: 1.2.3", EXIT_INVALID)
    return int(match[1]), int(match[2]), int(match[3])


def releases(out: Path) -> list[Release]:
    """The releases in the folder, oldest version first. Folders that hold no descriptor or bear no version are none."""
    found = []
    for path in out.glob(f"*/{DESCRIPTOR}"):
        if _SEMVER.fullmatch(path.parent.name) and not path.parent.is_symlink():
            found.append(Release(parse_version(path.parent.name), path.parent))
    return sorted(found, key=lambda release: release.version)


def newest_package(out: Path) -> Path:
    """The folder of the newest release: `out` itself where it is a package, else the newest in it. PactwatchError if none."""
    if (out / DESCRIPTOR).is_file():
        return out.resolve()
    found = releases(out) if out.is_dir() else []
    if not found:
        raise PactwatchError("there is no data package", out, "make one with `pactwatch build`", EXIT_NOT_FOUND)
    return found[-1].folder


def newest_release(out: Path) -> Release | None:
    """The newest release in the folder; None where there is none."""
    found = releases(out) if out.is_dir() else []
    return found[-1] if found else None


def find_release(name: str, out: Path) -> Release:
    """The release that `name` means: a version in the folder `out`, `latest`, or the folder of a package. PactwatchError if none."""
    found = {release.name: release for release in releases(out)} if out.is_dir() else {}
    if name in found:
        return found[name]
    if name == LATEST and found:
        return list(found.values())[-1]
    folder = Path(name)
    if (folder / DESCRIPTOR).is_file():
        folder = folder.resolve()
        return Release(parse_version(str(Release(FIRST, folder).descriptor().get("version"))), folder)
    near = difflib.get_close_matches(name, found, n=1, cutoff=0)
    todo = f"did you mean {near[0]}?" if near else "make one with `pactwatch build`"
    raise PactwatchError(f"there is no release {name!r}", out, todo, EXIT_NOT_FOUND)


def bump(version: Version, change: Change) -> Version:
    """The version that follows after a change (which is not NONE)."""
    major, minor, patch = version
    if change is Change.MAJOR:
        return major + 1, 0, 0
    return (major, minor + 1, 0) if change is Change.MINOR else (major, minor, patch + 1)


def compare(before: Mapping[str, Any], after: Mapping[str, Any], changes: "pa.Table") -> Change:
    """How much a package of the descriptor `after` differs from the one of `before`, with the differences of their rows."""
    return max(_of_schemas(before, after), _of_rows(changes), _of_words(before, after))


def _of_rows(changes: "pa.Table") -> Change:
    kinds = {
        kind
        for name, kind in zip(changes["table_name"].to_pylist(), changes["change"].to_pylist(), strict=True)
        if name not in DERIVED
    }
    if not kinds:
        return Change.NONE
    return Change.PATCH if kinds == {"changed"} else Change.MINOR


def _of_schemas(before: Mapping[str, Any], after: Mapping[str, Any]) -> Change:
    was, now = _parquet(before), _parquet(after)
    if was.keys() - now.keys():
        return Change.MAJOR
    changes = [_of_schema(was[name]["schema"], now[name]["schema"]) for name in was]
    return max([Change.NONE if was.keys() == now.keys() else Change.MINOR, *changes])


def _of_schema(was: Mapping[str, Any], now: Mapping[str, Any]) -> Change:
    """MAJOR where what was promised no longer holds, MINOR where columns or codes were added."""
    keys = ("primaryKey", "uniqueKeys", "foreignKeys")
    columns_was, columns_now = ({f["name"]: _promise(f) for f in s["fields"]} for s in (was, now))
    if [name for name in columns_now if name in columns_was] != list(columns_was):
        return Change.MAJOR
    if any(was.get(key) != now.get(key) for key in keys):
        return Change.MAJOR
    for name, (rest, codes) in columns_was.items():
        rest_now, codes_now = columns_now[name]
        if rest != rest_now or set(codes) - set(codes_now) or bool(codes) != bool(codes_now):
            return Change.MAJOR
    return Change.NONE if columns_was == columns_now else Change.MINOR


def _promise(field: Mapping[str, Any]) -> tuple[Any, list[Any]]:
    """What a program can rely on of a column: its type and constraints, and apart from them its codes."""
    constraints = dict(field.get("constraints", {}))
    codes = constraints.pop("enum", None) or [category["value"] for category in field.get("itemCategories", ())]
    return (field["type"], constraints), codes


def _parquet(descriptor: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {r["name"]: r for r in descriptor["resources"] if r["name"].endswith(PARQUET_SUFFIX)}


def _of_words(before: Mapping[str, Any], after: Mapping[str, Any]) -> Change:
    return Change.NONE if _about(before) == _about(after) else Change.PATCH


def _about(descriptor: Mapping[str, Any]) -> dict[str, Any]:
    """What a package says of itself, and the views in it."""
    about = {key: value for key, value in descriptor.items() if key not in _VOLATILE}
    about["views"] = descriptor.get("pactwatch", {}).get("views")
    about["resources"] = [{k: v for k, v in r.items() if k not in _FILES} for r in descriptor["resources"]]
    return about


def refuse_if_there(out: Path, version: Version) -> None:
    """PactwatchError where something lies at the place of that version."""
    target = out / version_text(version)
    if target.exists() or target.is_symlink():
        raise PactwatchError("this version is there already", target, "a release is never written again; move it away")


def publish(staged: Path, out: Path, version: Version) -> Path:
    """Moves a finished folder to its place. PactwatchError where that version is there already."""
    refuse_if_there(out, version)
    target = out / version_text(version)
    staged.rename(target)
    sync(out)
    return target


def point_to_newest(out: Path) -> None:
    """Brings DIR/latest and DIR/versions.json in step with the release folders, each in one step."""
    found = releases(out)
    listing = versions_listing({release.name: release.descriptor().get("created") for release in found})
    write_pointers(out, listing, found[-1].name)


def versions_listing(created: Mapping[str, Any]) -> str:
    """versions.json: all versions, oldest first, each with the `created` of its descriptor, and which is the newest."""
    names = sorted(created, key=parse_version)
    entries = [{"version": name, "path": name, "created": created[name]} for name in names]
    return json.dumps({"latest": names[-1], "versions": entries}, indent=2) + "\n"


def write_pointers(out: Path, listing: str, newest: str) -> None:
    """Writes DIR/versions.json and DIR/latest, each in one step."""
    write_atomically(out / VERSIONS, listing)
    link, temporary = out / LATEST, out / f".{LATEST}.new"
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(newest)
    temporary.replace(link)
    sync(out)
