"""All documents of a build, from whatever they were read: one id each, one text once."""

from collections.abc import Iterable
from dataclasses import replace

from pipelines.ingest.document import Document, Rejected
from pipelines.ingest.folder import Ingested


def gather(read: Iterable[tuple[str, Document | Rejected]]) -> Ingested:
    """Documents and rejections of several sources, each given with the id of its source, source by source in order of that id.

    Where two sources use one document id, the later one's is put before it. The second of two equal texts is set aside.
    """
    documents: dict[str, Document] = {}
    rejected: list[Rejected] = []
    first_of: dict[str, str] = {}
    for source_id, item in read:
        if isinstance(item, Rejected):
            rejected.append(item)
            continue
        if (first := first_of.get(item.sha256)) is not None:
            rejected.append(Rejected(f"{source_id}/{item.source_id}", f"the same text as {first}: keep one of them"))
            continue
        document_id = item.source_id
        while document_id in documents:
            document_id = f"{source_id}-{document_id}"
        first_of[item.sha256] = document_id
        documents[document_id] = item if document_id == item.source_id else replace(item, source_id=document_id)
    return Ingested([documents[key] for key in sorted(documents)], sorted(rejected, key=lambda item: item.path))
