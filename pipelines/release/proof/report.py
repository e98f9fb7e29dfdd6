"""What a verification found: counts, and problems by kind."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.release.texts import printable

KINDS: Mapping[str, str] = {
    "signature": "`SHA256SUMS` is not signed with the key that was asked for",
    "sums": "`SHA256SUMS` is missing or is no list of hashes and paths",
    "changed": "a file is not the one that `SHA256SUMS` has the hash of",
    "missing": "a file of `SHA256SUMS` is not there",
    "added": "a file is in no list",
    "path": "a path may lead out of the package: absolute, with `..`, a URL, or one that other systems read otherwise",
    "link": "a symbolic link",
    "special": "a folder, pipe or device where a file should be",
    "limit": "something is far bigger than it can be, unpacks to far more than its size allows, or takes more memory or time than that",
    "descriptor": "`datapackage.json` is missing, is no descriptor, or says a thing twice",
    "manifest": "`manifest.json` is missing or is no manifest",
    "file": "a file has not the size or hash of the descriptor, or is missing from it",
    "table": "a Parquet file cannot be read, or has other columns than its schema",
    "schema": "a value breaks the schema of its column, or a key is there twice",
    "reference": "a row refers to one that is not there",
    "rule": "a rule of `sql/checks/` does not hold",
    "count": "a table has another number of rows than the manifest says",
    "csv": "a CSV file differs from its Parquet file; the first cells are named",
    "database": "the database cannot be read, or its tables differ from the Parquet files; the first cells are named",
    "code": "the database holds SQL that Pactwatch did not put there: a macro, another view, a computed column",
    "statement": "a passage is not in the text of that hash, or reads otherwise",
    "citation": "a passage that names a source is not in the text of that hash",
}
"""Every kind of problem and what it means; docs/releases.md has the same table."""

UNSAFE = frozenset({"path", "link", "special", "limit", "code"})
"""Kinds for which the package is better not opened with anything else."""

_TOLD = 10
_LONGEST = 400
_COUNTS = (
    "files", "files_good", "tables", "rules", "views", "statements", "proven", "citations", "citations_proven",
)  # fmt: skip


@dataclass(slots=True)
class Report:
    """What was verified. Counts say how many were found good, out of how many there are."""

    package: Path
    version: str | None = None
    files: int = 0
    files_good: int = 0
    tables: int = 0
    views: int = 0
    """Views of the database that were compared with ours; none where the release was made with others."""
    rules: int = 0
    """Rules of `sql/checks/` that were tried; those for tables or columns that the package has not are left out."""
    statements: int = 0
    proven: int = 0
    citations: int = 0
    citations_proven: int = 0
    texts: bool = False
    """Whether there were texts to read the statements against: else the package was proven as far as it goes alone."""
    signed: str | None = None
    """The comment of a good signature: what the signer says of it. None where none was asked for."""
    at: str = ""
    """What is being read."""
    problems: list[str] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    """How many problems there are of each kind; of one kind only the first few are in `problems`."""
    watcher: Callable[["Report"], None] | None = field(default=None, repr=False)

    @property
    def ok(self) -> bool:
        """Whether the package was found good in everything."""
        return not self.kinds

    @property
    def unsafe(self) -> bool:
        """Whether something in it may harm who opens it with another program."""
        return bool(UNSAFE & self.kinds.keys())

    def reading(self, what: str) -> None:
        """Notes what is read from now on, for whoever watches and for the case that the process does not survive it."""
        self.at = what
        if self.watcher is not None:
            self.watcher(self)

    def problem(self, kind: str, line: str) -> None:
        """Notes a problem of one of KINDS. Of one kind only the first few are kept; finish() says how many more there were."""
        assert kind in KINDS, kind
        self.kinds[kind] += 1
        if self.kinds[kind] <= _TOLD:
            # Cut twice: a hostile line may be as long as the package, and what is taken out of it does not count.
            text = printable(f"{kind}: {line[: 10 * _LONGEST]}")
            self.problems.append(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")

    def finish(self) -> "Report":
        """Adds what was left out."""
        self.at = ""
        for kind, count in self.kinds.items():
            if count > _TOLD:
                self.problems.append(f"{kind}: and {count - _TOLD} more")
        return self

    def to_json(self) -> dict[str, Any]:
        """As JSON knows it; from_json() makes it a report again."""
        return {
            "package": str(self.package), "version": self.version, "texts": self.texts, "at": self.at,
            **{name: getattr(self, name) for name in _COUNTS}, "problems": self.problems, "kinds": dict(self.kinds),
        }  # fmt: skip

    @staticmethod
    def from_json(found: Mapping[str, Any]) -> "Report":
        """The report that to_json() was made of."""
        rest = {name: found[name] for name in ("version", "texts", "at", "problems", *_COUNTS)}
        return Report(Path(found["package"]), kinds=Counter(found["kinds"]), **rest)
