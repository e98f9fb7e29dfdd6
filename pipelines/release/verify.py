"""Proves a data package: every file against the descriptor, every table against its schema, every statement against its
text. Trusts nothing that the package says of itself but the descriptor's schemas and hashes.

Nothing is run or followed that lies in the package: paths that are absolute, climb out or are symbolic links are problems,
and so is SQL that is not ours. A problem is one line and of one kind (proof/report.py); of one kind at most a handful are
told, and how many more there are.
"""

from pathlib import Path
from typing import Any

from pipelines.project import home
from pipelines.release.descriptor import DESCRIPTOR
from pipelines.release.proof.database import check_database
from pipelines.release.proof.folder import Folder
from pipelines.release.proof.listed import check_manifest, check_packed, check_sums, good_files, read_descriptor
from pipelines.release.proof.report import Report
from pipelines.release.proof.spans import check_spans
from pipelines.release.proof.tables import check_csv, check_tables, read_tables
from pipelines.release.texts import Texts


def verify(
    package: Path, texts: Path | None = None, documents: Path | None = None, report: Report | None = None
) -> Report:
    """Verifies the package in the folder `package`.

    The normalised texts are read from `texts` (SHA256.txt; default: the archive in PACTWATCH_HOME) and, where that lacks
    one, from the plain text files in `documents`. Problems are in the report; nothing is raised for what is wrong with
    the package. This reads it in the process that calls it: for one that may be hostile see bounded.py.
    """
    package = package.resolve()
    report = report or Report(package)
    folder = Folder(package)
    there = folder.files(report.problem)
    resources = read_descriptor(report, folder, there)
    check_sums(report, folder, there)
    good = good_files(report, folder, resources, there)
    check_packed(report, folder, there)
    tables, data = read_tables(report, folder, resources, good)
    check_tables(report, tables, data)
    check_manifest(report, folder, {name: rows.num_rows for name, rows in data.items()})
    check_csv(report, folder, tables, data, good)
    given = texts is not None or documents is not None
    check_spans(report, data, Texts(home() / "texts" if texts is None else texts, documents), given=given)
    check_database(report, folder, tables, data, resources, _views(folder))
    return report.finish()


def database_problems(package: Path) -> list[str]:
    """What in the database of a package differs from its Parquet files, a line each."""
    folder = Folder(package.resolve())
    report = Report(folder.root)
    there = folder.files(report.problem)
    resources = read_descriptor(report, folder, there)
    tables, data = read_tables(report, folder, resources, good_files(report, folder, resources, there))
    check_database(report, folder, tables, data, resources, _views(folder))
    return report.finish().problems


def _views(folder: Folder) -> Any:
    """The hash of the views that the release was made with, as its descriptor says; None where it says none."""
    try:
        return folder.json(DESCRIPTOR)["pactwatch"]["views"]
    except (OSError, ValueError, TypeError, KeyError):
        return None
