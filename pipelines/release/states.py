"""From which state each release was built: one line a release in a file of the state, so that it can be built again from the archive."""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from pipelines.project import ENGINE_VERSION, declared, tree_hash
from pipelines.release.descriptor import DESCRIPTOR
from pipelines.release.versions import releases

STATES = "releases.jsonl"
_DECLARATIONS = ("lexicon", "schemas", "sources", "sql")
_INPUTS = ("lexicon", "schemas", "sources", "sql/resolve")


@dataclass(frozen=True, slots=True)
class State:
    """What a release was built from."""

    version: str
    descriptor: str
    """SHA-256 (hex) of its datapackage.json, which holds the hashes of all its files."""
    previous: str | None
    """The version whose ids it carries on; None where it was the first in its folder."""
    head: int
    """The state of the archive."""
    documents: str | None
    """The id of the one source that it was built from, where a folder was given by hand; None: what sources/ declares."""
    made_with: Mapping[str, str]
    """Hashes of the declarations, and the version of the engine."""


def made_with() -> dict[str, str]:
    """Hashes of the declarations as they are now, and the version and code of the engine."""
    hashes = {name: tree_hash(declared(name)) for name in _DECLARATIONS}
    return hashes | {"engine": f"{ENGINE_VERSION} {_code()[:16]}"}


def inputs() -> dict[str, str]:
    """The hashes of declarations that a descriptor records."""
    return {name: tree_hash(declared(name)) for name in _INPUTS}


def _code() -> str:
    digest = hashlib.sha256()
    folder = Path(__file__).parent.parent
    for path in sorted(folder.rglob("*.py")):
        digest.update(f"{path.relative_to(folder).as_posix()}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def descriptor_hash(package: Path) -> str:
    """What tells releases of one version apart, and proves that two are the same."""
    return hashlib.sha256((package / DESCRIPTOR).read_bytes()).hexdigest()


def note_state(home: Path, state: State) -> None:
    """Adds a line, which is on the disk when this returns."""
    path = home / STATES
    home.mkdir(parents=True, exist_ok=True)
    line = json.dumps(asdict(state), sort_keys=True) + "\n"
    with path.open("a+b") as file:
        # A line that a crash cut short ends here.
        if file.tell() and not _ends_whole(path):
            line = "\n" + line
        file.write(line.encode())
        file.flush()
        os.fsync(file.fileno())


def note_release(home: Path, package: Path, head: int, documents: str | None) -> None:
    """Notes what the release in the folder `package` was built from, unless it is known.

    Also for one that was not new: the run that published it may have been killed before it came to this.
    """
    if state_of(home, package.name, package) is None:
        earlier = [release.name for release in releases(package.parent)]
        before = earlier[: earlier.index(package.name)]
        note_state(
            home,
            State(package.name, descriptor_hash(package), before[-1] if before else None, head, documents, made_with()),
        )


def _ends_whole(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"


def states(home: Path) -> list[State]:
    """All of them, oldest first. A line that cannot be read is passed over."""
    path = home / STATES
    found = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines() if path.is_file() else []:
        try:
            found.append(State(**json.loads(line)))
        except (ValueError, TypeError):
            continue
    return found


def state_of(home: Path, version: str, package: Path | None = None) -> State | None:
    """What the release was built from: by its very content where `package` is there, else the newest of that version."""
    known = [state for state in states(home) if state.version == version]
    if package is not None and (package / DESCRIPTOR).is_file():
        digest = descriptor_hash(package)
        known = [state for state in known if state.descriptor == digest]
    return known[-1] if known else None
