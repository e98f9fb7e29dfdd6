"""What a release was made from, and the hashes of its files: manifest.json and SHA256SUMS."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.project import ENGINE_VERSION, ROOT
from pipelines.release.files import size_and_hash
from pipelines.release.plan import Plan
from pipelines.release.versions import version_text

if TYPE_CHECKING:
    import pyarrow as pa

MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"
SIGNATURE = f"{SUMS}.minisig"
"""What `minisign` puts beside the sums when somebody signs them; it is in no list."""


def manifest(plan: Plan, inputs: Mapping[str, str] | None) -> str:
    """manifest.json: release before, engine, hashes of declarations and lock file, documents by text hash, rows by table."""
    lock = ROOT / "requirements.lock"
    content = {
        "version": version_text(plan.version),
        "previous": plan.previous,
        "engine": ENGINE_VERSION,
        "lock": hashlib.sha256(lock.read_bytes()).hexdigest() if lock.is_file() else None,
        "inputs": dict(sorted((inputs or {}).items())),
        "documents": _documents(plan.tables["sources"]),
        "rows": {name: table.num_rows for name, table in plan.tables.items()},
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _documents(sources: "pa.Table") -> dict[str, str]:
    pairs = zip(sources["source_id"].to_pylist(), sources["sha256"].to_pylist(), strict=True)
    return {source_id: digest for source_id, digest in pairs if digest}


def read_manifest(package: Path) -> dict[str, Any]:
    """The manifest of a package. OSError or ValueError where it has none that can be read."""
    loaded = json.loads((package / MANIFEST).read_text(encoding="utf-8"))
    if not isinstance(loaded, dict) or not isinstance(loaded.get("rows"), dict):
        raise ValueError("not a manifest")  # noqa: TRY004 (it is the content that is wrong)
    return loaded


def sums(folder: Path) -> str:
    """SHA256SUMS of every file in the folder, in the form of `sha256sum -c`."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in {SUMS, SIGNATURE})
    return "".join(f"{size_and_hash(path)[1]}  {path.relative_to(folder).as_posix()}\n" for path in paths)


def parse_sums(text: str) -> dict[str, str]:
    """The hashes that a SHA256SUMS gives, by path. ValueError where a line is none of its form."""
    found = {}
    # Not splitlines(): for `sha256sum` nothing but LF ends a line.
    for line in text.removesuffix("\n").split("\n"):
        digest, space, name = line.partition("  ")
        if len(digest) != 64 or not space or not name or name in found:
            raise ValueError(f"not a line of a hash and a path: {line[:80]!r}")
        found[name] = digest
    return found
