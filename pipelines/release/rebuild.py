"""Builds a published release again, from the archived texts, its own metadata and the release before it, and compares."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.errors import EXIT_INVALID, EXIT_NOT_FOUND, PactwatchError
from pipelines.explorer.sentences import quotable
from pipelines.extract.run import extract_documents
from pipelines.ingest.document import Document, Rejected
from pipelines.release.database import DATABASE
from pipelines.release.manifest import SUMS, read_manifest
from pipelines.release.package import stage
from pipelines.release.plan import plan_release
from pipelines.release.states import inputs
from pipelines.release.texts import Texts
from pipelines.release.verify import database_problems
from pipelines.release.versions import Release, find_release
from pipelines.resolve.run import resolve

if TYPE_CHECKING:
    import pyarrow as pa

_NOT_COMPARED = frozenset({DATABASE, SUMS})  # no two databases are alike, and the sums have the hash of it


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What came of building a release again."""

    version: str
    files: int
    """Files that were compared byte by byte."""
    differing: list[str]
    """Those that came out otherwise, or are only on one side; for the database what is other in its rows."""
    inputs: list[str]
    """Declarations that are not what they were: why something may differ."""

    @property
    def ok(self) -> bool:
        """Whether everything came out the same."""
        return not self.differing


def rebuild(version: str, out: Path, texts: Path, target: Path) -> Rebuilt:
    """Builds the release `version` of the folder `out` again into `target`, which must not exist, and compares the two.

    The normalised texts are read from `texts` (SHA256.txt). PactwatchError where a text, the manifest or the release
    before is missing.
    """
    release = find_release(version, out)
    try:
        manifest = read_manifest(release.folder)
    except (OSError, ValueError) as error:
        todo = "it was made before releases carried one"
        raise PactwatchError(f"the release has no manifest ({error})", release.folder, todo, EXIT_INVALID) from error
    before = find_release(str(manifest["previous"]), out) if manifest.get("previous") else None
    tables = release.tables()
    documents = _documents(tables, Texts(texts))
    rejected = [Rejected(row["path"], row["reason"]) for row in tables["rejected"].to_pylist()]
    made = resolve(documents, extract_documents(documents), rejected, previous=before.tables() if before else None)
    now = inputs()
    stage(target, plan_release(made, before), now, None, before, quotable(documents))
    changed = [name for name, digest in manifest["inputs"].items() if now.get(name) != digest]
    return _compared(release, target, changed)


def _compared(release: Release, target: Path, changed: list[str]) -> Rebuilt:
    names = {
        path.relative_to(folder).as_posix()
        for folder in (release.folder, target)
        for path in folder.rglob("*")
        if path.is_file() and path.name not in _NOT_COMPARED
    }
    differing = [name for name in sorted(names) if _bytes(release.folder / name) != _bytes(target / name)]
    return Rebuilt(release.name, len(names), differing + database_problems(release.folder), changed)


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _documents(tables: "Mapping[str, pa.Table]", texts: Texts) -> list[Document]:
    """The documents of a release, from its table sources and the archived texts."""
    quoted = {
        source
        for source, quote in zip(*(tables["statements"][c].to_pylist() for c in ("source_id", "quote")), strict=True)
        if quote is not None
    }
    documents = []
    for row in tables["sources"].to_pylist():
        if row["sha256"] is None:
            continue
        text = texts.get(row["sha256"])
        if isinstance(text, Exception):
            raise PactwatchError(str(text), row["source_id"], "bring back the archive of texts", EXIT_NOT_FOUND)
        reachable = row.pop("status") != "unreachable"
        documents.append(Document(**row, publish_quotes=row["source_id"] in quoted, text=text, reachable=reachable))
    return documents
