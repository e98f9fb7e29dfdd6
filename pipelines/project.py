"""Where the project's declarations and its state live, how much memory it takes, its version, and the fingerprint of a declaration folder."""

import hashlib
import os
import re
from pathlib import Path

from pipelines.errors import EXIT_USAGE, PactwatchError

ENGINE_VERSION = "0.1.0"

_PACKAGE = Path(__file__).resolve().parent
# A checkout keeps the declarations beside the package; an installed wheel carries them inside it.
_CANDIDATES = (_PACKAGE.parent, _PACKAGE / "share")
ROOT = next((folder for folder in _CANDIDATES if (folder / "datapackage.json").is_file()), _PACKAGE.parent)

_DECLARATIONS = frozenset({".yaml", ".yml", ".sql", ".json"})


def home() -> Path:
    """The folder of everything that is no release (not created here): PACTWATCH_HOME, or `.pactwatch` in the current folder."""
    return Path(os.environ.get("PACTWATCH_HOME") or ".pactwatch").expanduser().absolute()


def sources() -> Path:
    """The folder of source declarations: PACTWATCH_SOURCES, or `sources/` of the project."""
    given = os.environ.get("PACTWATCH_SOURCES")
    return Path(given).expanduser().absolute() if given else ROOT / "sources"


def memory_size(given: str | None = None) -> str:
    """Memory that DuckDB takes in a step before it goes on on the disk: what is given, else PACTWATCH_MEMORY_LIMIT, else 1GB.

    PactwatchError where that is no size as DuckDB has them ("2GB", "500MB").
    """
    size = given or os.environ.get("PACTWATCH_MEMORY_LIMIT") or "1GB"
    if not re.fullmatch(r"\d+(\.\d+)?\s?[KMGT]i?B", size, re.IGNORECASE):
        raise PactwatchError("no size of memory", size, "say it as 2GB or 500MB", EXIT_USAGE)
    return size


def declared(name: str) -> Path:
    """The folder of a kind of declaration: "sources", or the path of any other under the project."""
    return sources() if name == "sources" else ROOT / name


def tree_hash(folder: Path) -> str:
    """SHA-256 (hex) over the sorted relative names and the contents of all YAML, SQL and JSON files under `folder`.

    The same on every machine: names are taken with `/`, contents byte by byte. A folder that is missing hashes as an empty one.
    """
    files = {
        path.relative_to(folder).as_posix(): path
        for path in folder.rglob("*")
        if path.suffix in _DECLARATIONS and path.is_file()
    }
    digest = hashlib.sha256()
    for name in sorted(files):
        content = files[name].read_bytes()
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()
