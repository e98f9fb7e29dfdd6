"""What `doctor` looks at. Each look is one function that tells what it found and, where that is no good, what to do.

A `note` is worth knowing and breaks nothing. Nothing is changed, mended or fetched here.
"""

import importlib.metadata
import importlib.util
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from pipelines.errors import PactwatchError
from pipelines.project import ENGINE_VERSION, ROOT, home, memory_size

_PYTHONS = ((3, 11), (3, 14))
_LEAST_FREE = 2e9  # bytes: a refresh with a good many documents, its staging and its release
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)(\s*;)?", re.MULTILINE)
_SHOWN = 5
_PROGRAMS = {
    "chromium": "the tests of the page",
    "nginx": "tests against a web server",
    "php": "tests against a wiki",
    "psql": "tests with Dagster's storage in PostgreSQL",
    "Rscript": "the tests of the cookbook in R",
    "uv": "`make lock`",
}
_EXTRAS = {
    "dagster_webserver": "`make dev`, Dagster's pages",
    "dagster_postgres": "Dagster's storage in PostgreSQL",
    "s3fs": "releases on S3",
    "distributed": "documents read and resolved by a cluster (`--cluster`)",
    "mkdocs": "`make docs`",
    "marimo": "the notebook of the cookbook",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, how it is, and what to do about it."""

    name: str
    grade: Literal["good", "note", "bad"]
    told: str
    todo: str | None = None

    def as_dict(self) -> dict[str, str | None]:
        """For JSON."""
        return asdict(self)


def examine(package: Path) -> Iterator[Finding]:
    """Everything, one look after another. A look that fails is a finding too; the others go on."""
    looks: dict[str, Callable[[], Finding]] = {
        "python": _python,
        "packages": _packages,
        "model": _model,
        "declarations": _declarations,
        "state": _state,
        "dagster.yaml": _dagster,
        "archive": _archive,
        "release": lambda: _release(package),
        "space": lambda: _space(package),
        "memory": _memory,
        "contact": _contact,
        "extras": _extras,
        "programs": _programs,
    }
    for name, look in looks.items():
        try:
            yield look()
        except PactwatchError as error:
            where = f", {error.where}" if error.where else ""
            yield Finding(name, "bad", f"{error.what}{where}", error.todo)


def _python() -> Finding:
    version = sys.version_info[:2]
    told = f"{sys.version.split()[0]}, {sys.executable}"
    if _PYTHONS[0] <= version <= _PYTHONS[1]:
        return Finding("python", "good", told)
    return Finding("python", "bad", told, "install Python 3.11 to 3.14, then `make clean` and `make PYTHON=python3.12`")


def _packages() -> Finding:
    """The packages that are installed, against the versions in the lock file."""
    lock = ROOT / "requirements.lock"
    if not lock.is_file():
        return Finding("packages", "note", f"pactwatch {ENGINE_VERSION}; there is no lock file here to compare with")
    pinned: dict[str, list[str]] = {}
    conditional = set()
    for name, version, condition in _PINNED.findall(lock.read_text(encoding="utf-8")):
        pinned.setdefault(name, []).append(version)
        if condition:  # for some systems or versions of Python only
            conditional.add(name)
    other, missing = [], []
    for name, versions in pinned.items():
        try:
            there = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            if name not in conditional:
                missing.append(name)
            continue
        if there not in versions:
            other.append(f"{name} {there} instead of {' or '.join(versions)}")
    if not other and not missing:
        return Finding("packages", "good", f"{len(pinned)} as in {lock.name}")
    listed = [*other, *(f"{name} is missing" for name in missing)]
    more = f" and {len(listed) - _SHOWN} more" if len(listed) > _SHOWN else ""
    todo = "`rm .venv/.installed && make` installs what the lock file says"
    return Finding("packages", "bad", f"{', '.join(listed[:_SHOWN])}{more}", todo)


def _model() -> Finding:
    """Whether the parser loads and reads: a sentence that every version has read goes through it."""
    from pipelines.extract.run import extract_documents
    from pipelines.ingest.document import Document

    text = "Iran and Pakistan signed a memorandum of understanding on trade in Islamabad on 2 August 2025."
    todo = "`rm .venv/.installed && make` installs spaCy and its model anew"
    document = Document(
        source_id="doctor", kind="other", title=None, publisher=None, url=None, language="en", published=None,
        revision=None, retrieved_at=None, sha256="", words=len(text.split()), license=None, publish_quotes=True, text=text,
    )  # fmt: skip
    try:
        found = extract_documents([document])
    except (ImportError, OSError, ValueError) as error:
        return Finding("model", "bad", f"the language model does not load ({' '.join(str(error).split())[:200]})", todo)
    cells = found.raw_statements.select(["field", "value"]).to_pylist()
    if {"field": "type", "value": "sign"} not in cells:
        return Finding("model", "bad", "the language model reads a plain sentence wrongly", todo)
    return Finding("model", "good", "loads, and reads a sentence")


def _declarations() -> Finding:
    from pipelines.ingest.registry import load_registry
    from pipelines.release.checks import all_checks
    from pipelines.tables import published

    registry = load_registry()
    untried = sum(source.is_live and source.fetch.tried is None for source in registry.sources)
    told = f"{len(registry.sources)} sources, {len(published())} tables, {len(all_checks())} checks"
    if untried:
        told += f"; {untried} sources were never tried live"
    return Finding("declarations", "good", told, "`pactwatch sources test ID` tries one" if untried else None)


def _state() -> Finding:
    state = home()
    nearest = next(folder for folder in (state, *state.parents) if folder.exists())
    todo = "fix the permissions, or name another folder in PACTWATCH_HOME"
    try:
        with tempfile.TemporaryFile(dir=nearest) as file:
            file.write(b"pactwatch")
    except OSError as error:
        return Finding("state", "bad", f"cannot write to {nearest} ({error.strerror})", todo)
    return Finding("state", "good", f"{state}{'' if state.exists() else ' (made by the first build)'}")


def _dagster() -> Finding:
    ours, shipped = home() / "dagster" / "dagster.yaml", ROOT / "dagster.yaml"
    if not ours.is_file():
        return Finding("dagster.yaml", "good", "not there yet: the first build takes the one that is shipped")
    if ours.read_bytes() == shipped.read_bytes():
        return Finding("dagster.yaml", "good", "as shipped")
    todo = f"compare it with {shipped}: take over what is new, or delete {ours} to have the shipped one again"
    return Finding("dagster.yaml", "note", "other than the one that is shipped", todo)


def _archive() -> Finding:
    from pipelines.archive.archive import Archive

    folder = home() / "archive"
    if not folder.is_dir():
        return Finding("archive", "good", "not there yet: it is made by the first build")
    with Archive(folder, read_only=True) as archive:
        for source in archive.sources():  # the newest of each; to prove all of them takes minutes
            kept = [capture for capture in archive.newest(source) if capture.payload_sha256 is not None]
            if kept:
                archive.payload(max(kept, key=lambda capture: capture.seq))
        return Finding("archive", "good", f"{archive.head:,} captures; `pactwatch archive check` proves each")


def _release(package: Path) -> Finding:
    from pipelines.release.query import run_query
    from pipelines.release.versions import newest_package

    try:
        newest = newest_package(package)
    except PactwatchError:
        return Finding("release", "note", f"none in {package}", "`pactwatch build` makes one")
    try:
        events = run_query("SELECT count(*) FROM events", newest).rows[0][0]
    except PactwatchError as error:
        todo = "`pactwatch verify` tells what is wrong with it; `pactwatch rebuild` makes it again"
        return Finding("release", "bad", f"{newest.name}: its database does not open ({error.what})", todo)
    return Finding("release", "good", f"{newest.name}: its database opens, {events:,} events")


def _space(package: Path) -> Finding:
    free = {}
    for folder in (home(), package.absolute()):
        there = next(above for above in (folder, *folder.parents) if above.exists())
        free[shutil.disk_usage(there).free] = there
    least = min(free)
    told = f"{least / 1e9:,.1f} GB free in {free[least]}"
    if least < _LEAST_FREE:
        return Finding("space", "bad", told, "free space, or move PACTWATCH_HOME or PACTWATCH_OUT to a larger disk")
    return Finding("space", "good", told)


def _memory() -> Finding:
    """What a build may take, which a daemon would else learn in the middle of one."""
    return Finding("memory", "good", f"{memory_size()} for a step before it goes on on the disk")


def _contact() -> Finding:
    contact = os.environ.get("PACTWATCH_CONTACT")
    if contact:
        return Finding("contact", "good", contact)
    todo = "set PACTWATCH_CONTACT to a page or mailbox of yours before you fetch"
    return Finding("contact", "note", "requests do not say who asks", todo)


def _extras() -> Finding:
    missing = [what for module, what in _EXTRAS.items() if importlib.util.find_spec(module) is None]
    if not missing:
        return Finding("extras", "good", "all installed")
    return Finding("extras", "note", f"not installed, needed for: {'; '.join(missing)}", "`make everything`")


def _programs() -> Finding:
    beside = os.pathsep.join(("/usr/sbin", os.environ.get("PATH", os.defpath)))
    missing = [f"{name} ({what})" for name, what in _PROGRAMS.items() if shutil.which(name, path=beside) is None]
    if not missing:
        return Finding("programs", "good", "all there")
    return Finding("programs", "note", f"not there: {', '.join(missing)}", "nothing, unless you want those")
