"""Copies a folder of releases to a place, and brings the newest of a place back: VERSION/ as in the folder, and versions.json.

For readers a version is there when its descriptor is: that is sent after all its other files, and versions.json, the pointer, after
the descriptor. The hashes of a version, SHA256SUMS, are written before its files and only where there are none, so that two
builds of one version never mix. Whatever a broken off upload has sent is taken for sent if size and hash are right.
"""

import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pipelines.errors import EXIT_INVALID, EXIT_NOT_FOUND, PactwatchError
from pipelines.release.descriptor import DESCRIPTOR
from pipelines.release.files import settle, size_and_hash
from pipelines.release.manifest import SIGNATURE, SUMS, parse_sums
from pipelines.release.package import STAGING
from pipelines.release.place import Place, open_place
from pipelines.release.proof.folder import Folder, safe_name
from pipelines.release.versions import (
    VERSIONS,
    Release,
    is_version,
    newest_release,
    parse_version,
    point_to_newest,
    publish,
    releases,
    versions_listing,
)

_ABANDONED = timedelta(hours=1)
"""An upload of other bytes that has sent nothing for so long is taken for broken off."""
_TAMPERED = "the release was tampered with: bring it back from a copy, or move its folder away"


@dataclass(frozen=True, slots=True)
class Mirrored:
    """What a place got."""

    place: str
    versions: tuple[str, ...]
    """The versions that were not there, or not whole, before; oldest first."""
    files: int
    """How many files were sent."""
    bytes: int
    newest: str
    """The version that versions.json of the place names as the newest."""


def mirror(out: Path, address: str) -> Mirrored:
    """Sends every release in the folder `out` that the place lacks, oldest first; what is there already is not sent again.

    PactwatchError where there is no release, the place cannot be used, or it has other bytes under one of the versions.
    """
    found = releases(out) if out.is_dir() else []
    if not found:
        raise PactwatchError("there is no release", out, "make one with `pactwatch build`", EXIT_NOT_FOUND)
    place = open_place(address)
    there = place.sizes()
    sent: dict[str, list[int]] = {}
    for release in found:
        sizes = _send(release, place, _of_version(there, release.name))
        if sizes:
            sent[release.name] = sizes
    newest = _point(place, found)
    sizes = [size for version in sent.values() for size in version]
    return Mirrored(place.name, tuple(sent), len(sizes), sum(sizes), newest)


def bring_newest(address: str, out: Path) -> str | None:
    """Copies the newest release of a place into the folder `out` where that has none as new; its version, None where there was no need.

    So whoever builds with an empty folder goes on from what is published, ids and all. PactwatchError where the two hold different
    releases of one version, or a file is not as its hash says.
    """
    from filelock import FileLock

    place = open_place(address)
    names = _published(place.sizes())
    newest, here = max(names, key=parse_version, default=None), newest_release(out)
    if newest is None or (here is not None and here.version >= parse_version(newest)):
        return None
    if here is not None and here.name in names:
        _refuse_other(place, here)
    out.mkdir(parents=True, exist_ok=True)
    staging = out / STAGING
    with FileLock(out / ".lock"):
        shutil.rmtree(staging, ignore_errors=True)
        try:
            _fetch(place, newest, staging)
            settle(staging)
            publish(staging, out, parse_version(newest))
            point_to_newest(out)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    return newest


# Sending


def _send(release: Release, place: Place, there: Mapping[str, int]) -> list[int]:
    """Sends what the place lacks of a release; the sizes of what was sent. `there` are the sizes of its files at the place."""
    digests = _hashes(release)
    whole = DESCRIPTOR in there
    if not whole:
        there = _begin(release, place, there, digests)
    _refuse_other(place, release)
    # The descriptor last: with it the version is there.
    names = sorted(digests, key=lambda name: (name == DESCRIPTOR, name))
    sent = []
    for name in names:
        size = _size(release, name)
        path = f"{release.name}/{name}"
        # Of what readers rely on, the sizes in the listing are enough; half an upload is looked at more closely.
        if there.get(name) == size and (whole or place.holds(path, digests[name])):
            continue
        place.put(_proven(release, name, digests[name]), path, digests[name])
        sent.append(size)
    return sent


def _begin(release: Release, place: Place, there: Mapping[str, int], names: Iterable[str]) -> Mapping[str, int]:
    """Claims a version and clears away what is none of its files; what of it is there already.

    Whether the claim was granted shows in what can be read then: another publisher may have been the first.
    """
    if SUMS in there and not _same(place, release) and _is_abandoned(place, release.name, there):
        there = _clear(place, release.name, there)
    if SUMS not in there:
        place.claim(f"{release.name}/{SUMS}", (release.folder / SUMS).read_bytes())
    if not _same(place, release):
        return there
    return _clear(place, release.name, there, keep={*names, SUMS})


def _hashes(release: Release) -> dict[str, str]:
    """The hashes of a release's files by path: all but SHA256SUMS, with its signature if there is one. PactwatchError where it has none."""
    try:
        found = parse_sums((release.folder / SUMS).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PactwatchError("its hashes cannot be read", release.folder / SUMS, _TAMPERED, EXIT_INVALID) from error
    if DESCRIPTOR not in found:
        raise PactwatchError(f"it has no hash of {DESCRIPTOR}", release.folder / SUMS, _TAMPERED, EXIT_INVALID)
    if (release.folder / SIGNATURE).is_file():
        found[SIGNATURE] = size_and_hash(release.folder / SIGNATURE)[1]
    return found


def _size(release: Release, name: str) -> int:
    try:
        if safe_name(name) == name:
            return Folder(release.folder).size(name)
    except OSError:
        pass
    raise PactwatchError("not a file of the release", release.folder / name, _TAMPERED, EXIT_INVALID)


def _proven(release: Release, name: str, digest: str) -> Path:
    if Folder(release.folder).weight(name)[1] != digest:
        raise PactwatchError("not the file that was published", release.folder / name, _TAMPERED, EXIT_INVALID)
    return release.folder / name


def _same(place: Place, release: Release) -> bool:
    return place.read(f"{release.name}/{SUMS}") == (release.folder / SUMS).read_bytes()


def _refuse_other(place: Place, release: Release) -> None:
    if not _same(place, release):
        what = f"the place has {release.name} with other bytes, or somebody else is sending it"
        todo = f"a release is never overwritten; see which is right, and move {release.folder} away if it is the other"
        raise PactwatchError(what, f"{place.name}/{release.name}", todo)


def _is_abandoned(place: Place, version: str, there: Iterable[str]) -> bool:
    return datetime.now(UTC) - max(place.modified(f"{version}/{name}") for name in there) > _ABANDONED


def _clear(place: Place, version: str, there: Mapping[str, int], keep: Iterable[str] = frozenset()) -> dict[str, int]:
    """Removes what is in the folder of an unfinished version; what is kept."""
    kept = {name: size for name, size in there.items() if name in keep}
    for name in sorted(there.keys() - kept.keys()):
        place.remove(f"{version}/{name}")
    return kept


# Pointing


def _point(place: Place, known: Iterable[Release]) -> str:
    """Brings the pointer in step with the versions that are whole; the newest of them.

    It is looked again afterwards: what another publisher has finished meanwhile is in the pointer of whoever wrote last.
    """
    created = {release.name: release.descriptor().get("created") for release in known}
    names = _published(place.sizes())
    while True:
        for name in names - created.keys():
            created[name] = json.loads(place.read(f"{name}/{DESCRIPTOR}") or b"{}").get("created")
        listing = versions_listing({name: created[name] for name in names})
        newest = max(names, key=parse_version)
        if place.read(VERSIONS) != listing.encode():
            place.point(listing, newest)
        again = _published(place.sizes())
        if again == names:
            return newest
        names = again


def _published(sizes: Iterable[str]) -> set[str]:
    """The versions that have a descriptor."""
    pairs = (path.split("/") for path in sizes)
    return {parts[0] for parts in pairs if parts[1:] == [DESCRIPTOR] and is_version(parts[0])}


def _of_version(sizes: Mapping[str, int], version: str) -> dict[str, int]:
    start = f"{version}/"
    return {path.removeprefix(start): size for path, size in sizes.items() if path.startswith(start)}


# Bringing back


def _fetch(place: Place, version: str, target: Path) -> None:
    """Copies a version into a new folder and proves every file."""
    listed = place.read(f"{version}/{SUMS}")
    todo = "the release was tampered with: see who can write there"
    try:
        digests: Mapping[str, Any] = parse_sums((listed or b"").decode())
    except ValueError as error:
        raise PactwatchError("not a list of hashes", f"{place.name}/{version}/{SUMS}", todo, EXIT_INVALID) from error
    target.mkdir()
    for name, digest in digests.items():
        if safe_name(name) != name:
            raise PactwatchError(f"a path leads out of the release ({name})", place.name, todo, EXIT_INVALID)
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        place.fetch(f"{version}/{name}", path)
        if size_and_hash(path)[1] != digest:
            where = f"{place.name}/{version}/{name}"
            raise PactwatchError("not the file that was published", where, todo, EXIT_INVALID)
    (target / SUMS).write_bytes(listed or b"")
    if (signature := place.read(f"{version}/{SIGNATURE}")) is not None:
        (target / SIGNATURE).write_bytes(signature)
