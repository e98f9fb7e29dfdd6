"""What a package says of its files, against the files: SHA256SUMS, the descriptor, the manifest."""

import string
import zlib
from collections.abc import Mapping
from typing import Any

from pipelines.explorer.build import FOLDER as EXPLORER
from pipelines.explorer.build import PAGE
from pipelines.partitions import PARTS, paths_of
from pipelines.release.changelog import CHANGELOG
from pipelines.release.database import DATABASE
from pipelines.release.descriptor import DESCRIPTOR
from pipelines.release.manifest import MANIFEST, SIGNATURE, SUMS, parse_sums
from pipelines.release.metadata import METADATA
from pipelines.release.proof.folder import Folder, OversizeError, safe_name
from pipelines.release.proof.report import Report

_OWN = METADATA | {DESCRIPTOR, "README.md", CHANGELOG, DATABASE, MANIFEST, PAGE, SUMS, SIGNATURE}
_UNLISTED = frozenset({SUMS, SIGNATURE})
_HEX = frozenset(string.hexdigits.lower())
_UNPACKED = 100  # times its size that a piece of the page may unpack to, and …
_UNPACKED_LEAST = 16 << 20  # … how much it may in any case

Resources = dict[str, Mapping[str, Any]]


def check_sums(report: Report, folder: Folder, there: list[str]) -> None:
    """Compares every file with SHA256SUMS, the database and the descriptor too."""
    report.reading(SUMS)
    try:
        listed = parse_sums(folder.text(SUMS))
    except OversizeError as error:
        report.problem("limit", f"{SUMS}: {error}")
        return
    except FileNotFoundError:
        report.problem("sums", f"{SUMS} is missing")
        return
    except (OSError, ValueError) as error:
        report.problem("sums", f"{SUMS} cannot be read ({error})")
        return
    for name, digest in listed.items():
        if safe_name(name) != name:
            report.problem("path", f"{SUMS}: {name!r} is no path to a file within the package")
        elif not set(digest) <= _HEX:
            report.problem("sums", f"{SUMS}: {digest!r} is no hash")
        elif name not in there:
            report.problem("missing", f"{name} is in {SUMS} and not in the package")
        else:
            _compare(report, folder, name, digest)
    for name in there:
        if name not in listed and name not in _UNLISTED:
            report.problem("added", f"{name} is not in {SUMS}")


def _compare(report: Report, folder: Folder, name: str, digest: str) -> None:
    report.reading(name)
    try:
        if folder.weight(name)[1] != digest:
            report.problem("changed", f"{name} is not the file that {SUMS} has the hash of")
    except OSError as error:
        report.problem("special", f"{name} cannot be read ({error.strerror})")


def read_descriptor(report: Report, folder: Folder, there: list[str]) -> Resources:
    """The resources of the descriptor by name; empty where it cannot be read."""
    report.reading(DESCRIPTOR)
    try:
        loaded = folder.json(DESCRIPTOR)
        listed = loaded["resources"]
        resources: Resources = {str(resource["name"]): resource for resource in listed}
        report.version = str(loaded.get("version"))[:100]
    except OversizeError as error:
        report.problem("limit", f"{DESCRIPTOR}: {error}")
        return {}
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        report.problem("descriptor", f"{DESCRIPTOR} cannot be read ({error})")
        return {}
    paths = [str(path) for resource in listed for path in paths_of(resource)]
    if len(resources) != len(listed) or len(set(paths)) != len(paths):
        report.problem("descriptor", "two resources bear one name or one path")
    for name in sorted(set(there) - set(paths) - _OWN):
        if not name.startswith(f"{EXPLORER}/"):
            report.problem("file", f"{name} is not in the descriptor")
    return resources


def good_files(report: Report, folder: Folder, resources: Resources, there: list[str]) -> dict[str, list[str]]:
    """The paths of each resource all of whose files are what the descriptor says of them, by the resource's name."""
    checked = {
        name: [_good(report, folder, name, file, there) for file in _files(report, name, resource)]
        for name, resource in resources.items()
    }
    report.files = sum(map(len, checked.values()))
    good = {name: [path for path in paths if path is not None] for name, paths in checked.items()}
    report.files_good = sum(map(len, good.values()))
    return {name: paths for name, paths in good.items() if paths and len(paths) == len(checked[name])}


def _files(report: Report, name: str, resource: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What is said of each file of a resource. One of several files says it under `parts`, in the order of its paths."""
    if not isinstance(resource.get("path"), list):
        return [resource]
    parts = resource.get(PARTS)
    told: list[Mapping[str, Any]] = (
        [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []
    )
    if told == parts and [part.get("path") for part in told] == resource["path"]:
        return told
    report.problem("path", f"{name}: its parts are not those of its path")
    return []


def _good(report: Report, folder: Folder, name: str, file: Mapping[str, Any], there: list[str]) -> str | None:
    """The path of a file where it lies in the package and has the size and hash that the descriptor says."""
    text = file.get("path")
    path = safe_name(text)
    if path is None:
        report.problem("path", f"{name}: {text!r} is no path to a file within the package")
        return None
    if path not in there:
        report.problem("file", f"{name}: {path} is missing")
        return None
    if path == DATABASE and "hash" not in file:
        return path  # no two builds of a database are alike; its rows are compared instead
    report.reading(path)
    try:
        size, digest = folder.weight(path)
    except OSError as error:
        report.problem("special", f"{name}: {path} cannot be read ({error.strerror})")
        return None
    if file.get("bytes") != size:
        report.problem("file", f"{name}: {path} has {size} bytes, not {file.get('bytes')}")
        return None
    if file.get("hash") != f"sha256:{digest}":
        report.problem("file", f"{name}: {path} has the hash sha256:{digest}, not {file.get('hash')}")
        return None
    return path


def check_manifest(report: Report, folder: Folder, rows: Mapping[str, int]) -> None:
    """Compares version and numbers of rows, by table, with the manifest."""
    report.reading(MANIFEST)
    try:
        loaded = folder.json(MANIFEST)
        counted, version = dict(loaded["rows"]), loaded.get("version")
    except OversizeError as error:
        report.problem("limit", f"{MANIFEST}: {error}")
        return
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        report.problem("manifest", f"{MANIFEST} cannot be read ({error})")
        return
    if version != report.version:
        report.problem("manifest", f"{MANIFEST} is that of version {version}, not {report.version}")
    for name, number in rows.items():
        if counted.get(name) != number:
            report.problem("count", f"{name} has {number} rows, not {counted.get(name)}")


def check_packed(report: Report, folder: Folder, there: list[str]) -> None:
    """Unpacks the pieces of the page, which a browser would, and stops where one grows beyond all measure."""
    for name in (name for name in there if name.startswith(f"{EXPLORER}/") and name.endswith(".gz")):
        report.reading(name)
        try:
            with folder.open(name) as file:
                packed = file.read()
            most = max(_UNPACKED_LEAST, _UNPACKED * len(packed))
            size = _unpacked(packed, most)
        except (OSError, zlib.error) as error:
            report.problem("file", f"{name} cannot be unpacked ({error})")
            continue
        if size > most:
            report.problem("limit", f"{name} unpacks to more than {most:,} bytes")


def _unpacked(packed: bytes, most: int) -> int:
    """How many bytes a gzip file of one member unpacks to; no more than a block above `most` is unpacked."""
    machine, size = zlib.decompressobj(wbits=31), 0
    while packed and not machine.eof and size <= most:
        size += len(machine.decompress(packed, 1 << 20))
        packed = machine.unconsumed_tail
    return size
