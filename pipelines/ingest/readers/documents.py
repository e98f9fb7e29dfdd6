"""How a text that came from the network becomes a document: who says what of it, and who goes first."""

from dataclasses import replace
from datetime import datetime

from pipelines.ingest.document import Document
from pipelines.ingest.metadata import Metadata, from_text
from pipelines.ingest.source import Source
from pipelines.ingest.text import count_words, sha256


def document_of(
    source: Source, source_id: str, text: str, stated: Metadata, retrieved_at: datetime, *, reachable: bool
) -> Document:
    """A document of a live source. `stated` is what the page says of itself and, below it, what led to it (a feed).

    What is declared for the document by its address goes first, then publisher and license of the source, which a page does
    not know better; then the page, then its own lines. A wiki page is dated by nothing but its declaration.
    """
    declared = source.documents.get(stated.url or "", Metadata()).or_else(source.documents.get(source_id, Metadata()))
    of_source = Metadata(publisher=source.publisher, license=source.license)
    own = from_text(text)
    if source.kind == "encyclopedia":
        own = replace(own, published=None)
    kind = own.kind if source.kind in {"article", "other"} and own.kind in {"wire", "official"} else source.kind
    known = declared.or_else(of_source).or_else(replace(stated, kind=None)).or_else(replace(own, kind=kind))
    return Document(
        source_id=source_id,
        kind=known.kind or source.kind,
        title=known.title,
        publisher=known.publisher,
        url=known.url,
        language=known.language or source.language,
        published=known.published,
        revision=known.revision,
        retrieved_at=retrieved_at,
        sha256=sha256(text),
        words=count_words(text),
        license=known.license,
        publish_quotes=source.quotes,
        text=text,
        reachable=reachable,
    )
