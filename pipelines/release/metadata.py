"""What a release says of itself to machines, beside its descriptor: made of that and of the tables alone, the same for the same."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.release.catalog import DCAT, SCHEMA_ORG, dcat, schema_org, to_json
from pipelines.release.citation import CITATION, DATACITE, citation, datacite
from pipelines.release.coverage import coverage_of
from pipelines.release.croissant import CROISSANT, croissant
from pipelines.release.dictionary import HTML, MARKDOWN, html, markdown
from pipelines.release.views import views
from pipelines.tables import Table

if TYPE_CHECKING:
    import pyarrow as pa

METADATA = frozenset({CITATION, CROISSANT, DATACITE, DCAT, HTML, MARKDOWN, SCHEMA_ORG})


def write_metadata(
    target: Path,
    about: Mapping[str, Any],
    tables: Sequence[Table],
    data: "Mapping[str, pa.Table]",
    previous: str | None,
) -> None:
    """Writes the files into the folder `target`. `about` is the finished descriptor, `data` the rows of the tables by name,
    `previous` the version of the release before."""
    newest = date.fromisoformat(about["created"][:10]) if "created" in about else None
    coverage = coverage_of(data, newest)
    dataset = schema_org(about, coverage)
    texts = {
        CITATION: citation(about),
        CROISSANT: croissant(about, tables),
        DATACITE: datacite(about, coverage),
        DCAT: to_json(dcat(about, coverage, previous)),
        HTML: html(about, tables, views(), dataset),
        MARKDOWN: markdown(about, tables, views()),
        SCHEMA_ORG: to_json(dataset),
    }
    for name, text in texts.items():
        (target / name).write_text(text, encoding="utf-8", newline="\n")
