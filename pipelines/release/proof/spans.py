"""Every passage of a package, read again in the text that it is from."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pipelines.release.proof.report import Report
from pipelines.release.proof.tables import rows_of
from pipelines.release.texts import Texts

if TYPE_CHECKING:
    import pyarrow as pa


def check_spans(report: Report, data: "Mapping[str, pa.Table]", library: Texts, *, given: bool) -> None:
    """Proves every statement and citation against the texts. Without `given` that is done where any of them is at hand."""
    if "statements" not in data or "sources" not in data:
        report.problem("table", "the tables statements and sources are missing: nothing can be proven")
        return
    hashes = {source: digest for source, digest in rows_of(data["sources"], ["source_id", "sha256"]) if digest}
    report.statements = data["statements"].num_rows
    report.citations = data["citations"].num_rows if "citations" in data else 0
    report.reading("texts")
    report.texts = given or any(isinstance(library.get(digest), str) for digest in hashes.values())
    if report.texts:
        _statements(report, data, hashes, library)
        if "citations" in data:
            _citations(report, data, hashes, library)


def _statements(report: Report, data: "Mapping[str, pa.Table]", hashes: Mapping[str, str], library: Texts) -> None:
    report.reading("statements")
    columns = ["statement_id", "source_id", "start", "end", "quote"]
    # By document, so that each text is read once.
    for statement_id, source_id, start, end, quote in rows_of(data["statements"].sort_by("source_id"), columns):
        wrong = _disproof(library, hashes.get(source_id), start, end, quote)
        if wrong:
            report.problem("statement", f"{statement_id} of {source_id}: {wrong}")
        else:
            report.proven += 1


def _citations(report: Report, data: "Mapping[str, pa.Table]", hashes: Mapping[str, str], library: Texts) -> None:
    report.reading("citations")
    columns = ["citing_source_id", "cited_source_id", "start", "end"]
    for source_id, cited, start, end in rows_of(data["citations"], columns):
        wrong = _disproof(library, hashes.get(source_id), start, end, None)
        if wrong:
            report.problem("citation", f"of {cited} in {source_id}: {wrong}")
        else:
            report.citations_proven += 1


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
    if quote is None or found == quote:
        return None
    return f"at {start}-{end} the text reads {found[:80]!r}, not {quote[:80]!r}"
