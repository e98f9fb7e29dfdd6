"""Documents that rewrite one text: those that share long passages are told by one origin.

Method: winnowing (Schleimer, Wilkerson and Aiken 2003) of hashed shingles of eight words. Any passage of 23 words that two documents
share gives them a common fingerprint. Two documents are linked where the smaller one shares a third of its fingerprints with the other,
six at the least; what stands in very many documents (page furniture, standing phrases) links none.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from pipelines.ingest.document import Document

SHINGLE = 8
"""words"""
WINDOW = 16
"""shingles, of which one is kept"""
_FEWEST = 6
_SHARE = 1 / 3
_COMMON = 25  # documents
_WORD = re.compile(r"\w+")


def fingerprints(text: str) -> frozenset[int]:
    """The winnowed fingerprints of a text, the same for the same words in whatever case and punctuation; empty for fewer than eight words."""
    words = [word.lower() for word in _WORD.findall(text)]
    hashes = [
        int.from_bytes(hashlib.blake2b(" ".join(words[i : i + SHINGLE]).encode(), digest_size=8).digest())
        for i in range(len(words) - SHINGLE + 1)
    ]
    if len(hashes) <= WINDOW:
        return frozenset([min(hashes)] if hashes else [])
    return frozenset(min(hashes[i : i + WINDOW]) for i in range(len(hashes) - WINDOW + 1))


def originals(documents: Sequence[Document]) -> dict[str, str]:
    """For each document the source_id of the first of those that share its text: the earliest published, then by name; itself, where none does."""
    prints = {d.source_id: fingerprints(d.text) for d in documents}
    order = {d.source_id: (d.published or date.max, d.source_id) for d in documents}
    leader = {d.source_id: d.source_id for d in documents}
    for one, other in _alike(prints):
        first, second = sorted((_root(leader, one), _root(leader, other)), key=order.__getitem__)
        leader[second] = first
    return {name: _root(leader, name) for name in leader}


def _alike(prints: Mapping[str, frozenset[int]]) -> Iterable[tuple[str, str]]:
    """The pairs of documents that share enough, in order of their names."""
    holders: dict[int, list[str]] = defaultdict(list)
    for name in sorted(prints):
        for mark in prints[name]:
            holders[mark].append(name)
    shared: Counter[tuple[str, str]] = Counter()
    for names in holders.values():
        if 1 < len(names) <= _COMMON:
            shared.update((a, b) for i, a in enumerate(names) for b in names[i + 1 :])
    return [
        pair
        for pair, count in sorted(shared.items())
        if count >= max(_FEWEST, _SHARE * min(len(prints[pair[0]]), len(prints[pair[1]])))
    ]


def _root(leader: dict[str, str], name: str) -> str:
    while leader[name] != name:
        leader[name] = leader[leader[name]]
        name = leader[name]
    return name
