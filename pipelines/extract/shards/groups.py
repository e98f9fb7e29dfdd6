"""Which documents are read together: groups that stay the same as documents come and go."""

import hashlib
from collections.abc import Sequence

from pipelines.ingest.document import Document

WORDS = 50_000
"""of a group at most, on average: some seconds of work, so that one that is lost costs little and the last ones end together"""


def groups(documents: Sequence[Document], words: int = WORDS) -> list[list[Document]]:
    """The documents in as many groups, a power of two, as keep them below `words` words on average; empty ones are left out.

    A document's group depends on its source_id and on the number of groups alone: one that is added or changed
    changes one group, and a number that doubles splits each in two.
    """
    total = sum(document.words for document in documents)
    count = 1
    while total > count * words and count < len(documents):
        count *= 2
    found: list[list[Document]] = [[] for _ in range(count)]
    for document in documents:
        found[number_of(document.source_id) % count].append(document)
    return [group for group in found if group]


def number_of(source_id: str) -> int:
    """A number of 32 bits that a source_id always has."""
    return int.from_bytes(hashlib.sha256(source_id.encode()).digest()[:4])
