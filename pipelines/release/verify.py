"""Proves a data package: every file against the descriptor, every table against its schema, every statement against its
text. Trusts nothing that the package says of itself but the descriptor's schemas and hashes.

Nothing is run or followed that lies outside the package: paths that are absolute, climb out or are symbolic links are
problems. A problem is one line; of one kind at most a handful are told, and how many more there are.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from pipelines.explorer.build import FOLDER, PAGE
from pipelines.project import home
from pipelines.release.changelog import CHANGELOG
from pipelines.release.checks import reference_checks, run_checks, schema_problems
from pipelines.release.database import DATABASE
from pipelines.release.descriptor import DESCRIPTOR, PARQUET_SUFFIX
from pipelines.release.files import read_parquet, size_and_hash
from pipelines.release.manifest import MANIFEST, SUMS, parse_sums, read_manifest
from pipelines.release.texts import Texts, printable
from pipelines.tables import Table, conform, parse, quoted

if TYPE_CHECKING:
    import pyarrow as pa

_TOLD = 10
_OWN = frozenset({DESCRIPTOR, "README.md", CHANGELOG, DATABASE, MANIFEST, PAGE, SUMS})


@dataclass(slots=True)
class Report:
    """What was verified. Counts say how many were found good, out of how many there are."""

    package: Path
    version: str | None = None
    files: int = 0
    files_good: int = 0
    tables: int = 0
    statements: int = 0
    proven: int = 0
    citations: int = 0
    citations_proven: int = 0
    texts: bool = False
    """Whether there were texts to read the statements against: else the package was proven as far as it goes alone."""
    problems: list[str] = field(default_factory=list)
    _kinds: Counter[str] = field(default_factory=Counter, repr=False)

    @property
    def ok(self) -> bool:
        """Whether the package was found good in everything."""
        return not self.problems

    def problem(self, kind: str, line: str) -> None:
        """Notes a problem. Of one kind only the first few are kept; finish() says how many more there were."""
        self._kinds[kind] += 1
        if self._kinds[kind] <= _TOLD:
            self.problems.append(printable(f"{kind}: {line}"))

    def finish(self) -> "Report":
        """Adds what was left out."""
        for kind, count in self._kinds.items():
            if count > _TOLD:
                self.problems.append(f"{kind}: and {count - _TOLD} more")
        return self


def verify(package: Path, texts: Path | None = None, documents: Path | None = None) -> Report:
    """Verifies the package in the folder `package`.

    The normalised texts are read from `texts` (SHA256.txt; default: the archive in PACTWATCH_HOME) and, where that lacks
    one, from the plain text files in `documents`. Problems are in the report; nothing is raised for what is wrong with
    the package.
    """
    package = package.resolve()
    report = Report(package)
    resources = _resources(report)
    _sums(report)
    good = {name: path for name, resource in resources.items() if (path := _file(report, name, resource))}
    tables, data = _tables(report, resources, good)
    _against_schemas(report, tables, data)
    _counts(report, data)
    if "statements" in data and "sources" in data:
        library = Texts(home() / "texts" if texts is None else texts, documents)
        report.texts = texts is not None or documents is not None or _has_any(library, data)
        if report.texts:
            _statements(report, data, library)
            _citations(report, data, library)
        else:
            report.statements, report.citations = data["statements"].num_rows, data["citations"].num_rows
    else:
        report.problem("package", "the tables statements and sources are missing: nothing can be proven")
    _database(report, tables, data)
    return report.finish()


def _resources(report: Report) -> dict[str, Mapping[str, Any]]:
    """The resources of the descriptor by name."""
    path = report.package / DESCRIPTOR
    try:
        loaded = json.loads(path.read_text(encoding="utf-8"))
        report.version = str(loaded.get("version"))
        resources = {str(resource["name"]): resource for resource in loaded["resources"]}
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        report.problem("descriptor", f"{DESCRIPTOR} cannot be read ({error})")
        return {}
    if len(resources) != len(loaded["resources"]):
        report.problem("descriptor", "two resources bear one name")
    listed = {str(resource.get("path")) for resource in resources.values()}
    for found in sorted(report.package.rglob("*")):
        name = found.relative_to(report.package).as_posix()
        if found.is_symlink():
            report.problem("path", f"{name} is a symbolic link")
        elif found.is_file() and name not in listed | _OWN and not name.startswith(f"{FOLDER}/"):
            report.problem("file", f"{name} is not in the descriptor")
    return resources


def _sums(report: Report) -> None:
    """Compares every file with SHA256SUMS, the database and the descriptor too. A package made before there was one has none."""
    path = report.package / SUMS
    if path.is_symlink() or not path.is_file():
        report.problem("sums", f"{SUMS} is missing")
        return
    try:
        listed = parse_sums(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        report.problem("sums", f"{SUMS} cannot be read ({error})")
        return
    for name, digest in listed.items():
        found = safe_path(report.package, name)
        if found is None:
            report.problem("path", f"{SUMS}: {name!r} is no path to a file within the package")
        elif not found.is_file():
            report.problem("missing", f"{name} is in {SUMS} and not in the package")
        elif size_and_hash(found)[1] != digest:
            report.problem("changed", f"{name} is not the file that {SUMS} has the hash of")
    for found in sorted(report.package.rglob("*")):
        name = found.relative_to(report.package).as_posix()
        if found.is_file() and not found.is_symlink() and name not in listed and name != SUMS:
            report.problem("added", f"{name} is not in {SUMS}")


def _counts(report: Report, data: "Mapping[str, pa.Table]") -> None:
    """Compares the number of rows of every table with the manifest."""
    path = report.package / MANIFEST
    try:
        rows = {} if path.is_symlink() else read_manifest(report.package)["rows"]
    except (OSError, ValueError, RecursionError) as error:
        report.problem("manifest", f"{MANIFEST} cannot be read ({error})")
        return
    for name, table in data.items():
        if rows.get(name) != table.num_rows:
            report.problem("count", f"{name} has {table.num_rows} rows, not {rows.get(name)}")


def _has_any(library: Texts, data: "Mapping[str, pa.Table]") -> bool:
    """Whether a text of the package is at hand at all. A downloaded package is verified without."""
    return any(isinstance(library.get(digest), str) for digest in _hashes(data).values())


def _file(report: Report, name: str, resource: Mapping[str, Any]) -> Path | None:
    """The file of a resource, when it lies in the package and has the size and hash that the descriptor says."""
    report.files += 1
    text = resource.get("path")
    path = safe_path(report.package, text)
    if path is None:
        report.problem("path", f"{name}: {text!r} is no path to a file within the package")
        return None
    if not path.is_file():
        report.problem("file", f"{name}: {text} is missing")
        return None
    if text != DATABASE or "hash" in resource:  # no two builds of a database are alike; its rows are compared instead
        size, digest = size_and_hash(path)
        if resource.get("bytes") != size:
            report.problem("file", f"{name}: {text} has {size} bytes, not {resource.get('bytes')}")
            return None
        if resource.get("hash") != f"sha256:{digest}":
            report.problem("file", f"{name}: {text} has the hash sha256:{digest}, not {resource.get('hash')}")
            return None
    report.files_good += 1
    return path


def safe_path(package: Path, text: object) -> Path | None:
    """The path of a resource within the resolved folder `package`; None where it may lead out of it in any way."""
    if not isinstance(text, str) or not text or "\\" in text or ":" in text or "\0" in text:
        return None
    relative = PurePosixPath(text)
    if relative.is_absolute() or ".." in relative.parts:
        return None
    path = package / relative
    steps = [path, *path.parents][: len(relative.parts)]
    return None if any(step.is_symlink() for step in steps) else path


def _tables(
    report: Report, resources: Mapping[str, Mapping[str, Any]], good: Mapping[str, Path]
) -> "tuple[dict[str, Table], dict[str, pa.Table]]":
    """The tables by name and their rows, as far as their Parquet files can be read."""
    tables, data = dict[str, Table](), dict[str, Any]()
    for resource_name in sorted(name for name in good if name.endswith(PARQUET_SUFFIX)):
        name = resource_name.removesuffix(PARQUET_SUFFIX)
        try:
            table = parse(name, resources[resource_name]["schema"])
            data[name] = conform(table, read_parquet(good[resource_name]))
            tables[name] = table
        except Exception as error:  # noqa: BLE001 (the file may hold anything)
            report.problem("table", f"{name} cannot be read ({error})")
    report.tables = len(tables)
    return tables, data


def _against_schemas(report: Report, tables: Mapping[str, Table], data: "Mapping[str, pa.Table]") -> None:
    for name, table in tables.items():
        for line in schema_problems(table, data[name]):
            report.problem("schema", line)
    checks = []
    for check in reference_checks(list(tables.values())):
        if set(check.tables) <= set(data):
            checks.append(check)
        else:
            report.problem("reference", f"{check.name}: the table {check.tables[-1]} is missing")
    for outcome in run_checks(data, checks):
        if not outcome.passed:
            report.problem("reference", f"{outcome.check.rule[:-1]} does not hold for {outcome.broken} rows")


def _statements(report: Report, data: "Mapping[str, pa.Table]", library: Texts) -> None:
    columns = ["statement_id", "source_id", "start", "end", "quote"]
    hashes = _hashes(data)
    report.statements = data["statements"].num_rows
    # By document, so that each text is read once.
    for statement_id, source_id, start, end, quote in _rows(data["statements"].sort_by("source_id"), columns):
        wrong = _disproof(library, hashes.get(source_id), start, end, quote)
        if wrong:
            report.problem("statement", f"{statement_id} of {source_id}: {wrong}")
        else:
            report.proven += 1


def _citations(report: Report, data: "Mapping[str, pa.Table]", library: Texts) -> None:
    if "citations" not in data:
        return
    hashes = _hashes(data)
    report.citations = data["citations"].num_rows
    for source_id, cited, start, end in _rows(
        data["citations"], ["citing_source_id", "cited_source_id", "start", "end"]
    ):
        wrong = _disproof(library, hashes.get(source_id), start, end, None)
        if wrong:
            report.problem("citation", f"of {cited} in {source_id}: {wrong}")
        else:
            report.citations_proven += 1


def _hashes(data: "Mapping[str, pa.Table]") -> dict[str, str]:
    return {source: digest for source, digest in _rows(data["sources"], ["source_id", "sha256"]) if digest}


def _rows(table: "pa.Table", columns: list[str]) -> Iterator[tuple[Any, ...]]:
    return zip(*(table.column(column).to_pylist() for column in columns), strict=True)


def _disproof(library: Texts, digest: str | None, start: int | None, end: int | None, quote: str | None) -> str | None:
    """Why a span of a text does not prove what it should; None where it does. Offsets count code points."""
    if digest is None:
        return "its document has no text hash"
    text = library.get(digest)
    if isinstance(text, Exception):
        return str(text)
    if start is None or end is None or not 0 <= start < end <= len(text):
        return f"the span {start}-{end} is not within the text of {len(text)} characters"
    found = text[start:end]
    return (
        None
        if quote is None or found == quote
        else f"at {start}-{end} the text reads {found[:80]!r}, not {quote[:80]!r}"
    )


def database_problems(package: Path) -> list[str]:
    """What in the database of a package differs from its Parquet files, a line each."""
    report = Report(package.resolve())
    resources = _resources(report)
    good = {name: path for name, resource in resources.items() if (path := _file(report, name, resource))}
    _database(report, *_tables(report, resources, good))
    return report.finish().problems


def _database(report: Report, tables: Mapping[str, Table], data: "Mapping[str, pa.Table]") -> None:
    """Compares every table of the database with its Parquet file, row by row."""
    import duckdb

    path = report.package / DATABASE
    if path.is_symlink() or not path.is_file():
        report.problem("database", f"{DATABASE} is missing")
        return
    config: dict[str, Any] = {"enable_external_access": False, "autoinstall_known_extensions": False}
    try:
        with duckdb.connect(path, read_only=True, config=config) as connection:
            for name, table in tables.items():
                order = ", ".join(map(quoted, table.primary_key)) or "ALL"
                rows = connection.sql(f"SELECT * FROM {quoted(name)} ORDER BY {order}").to_arrow_table()
                if not conform(table, rows).equals(data[name]):
                    report.problem("database", f"the rows of {name} differ from those of its Parquet file")
    except Exception as error:  # noqa: BLE001 (the file may hold anything)
        report.problem("database", f"{DATABASE} cannot be read ({error})")
