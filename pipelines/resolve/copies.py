"""Documents that rewrite one text: those that share long passages are told by one origin.

Method: winnowing (Schleimer, Wilkerson and Aiken 2003) of hashed shingles of eight words. Any passage of 23 words that two documents
share gives them a common fingerprint. Two documents are linked where the smaller one shares a third of its fingerprints with the other,
six at the least; what stands in very many documents (page furniture, standing phrases) links none.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pipelines.ingest.document import Document

SHINGLE = 8
"""words"""
WINDOW = 16
"""shingles, of which one is kept"""
_FEWEST = 6
_SHARE = 1 / 3
_COMMON = 25  # documents
_WORD = re.compile(r"\w+")
_KNOWN = 1 << 17  # words whose hashes are remembered
_ODD = 0x9E3779B97F4A7C15  # 2^64 over the golden ratio, as in Fibonacci hashing
_POWERS = np.array([pow(_ODD, place, 1 << 64) for place in range(SHINGLE)], np.uint64)

Marks = NDArray[np.uint64]


def fingerprints(text: str) -> Marks:
    """The winnowed fingerprints of a text, sorted, each once: the same for the same words in whatever case and punctuation; none for
    fewer than eight words."""
    words = np.array([_hash(word) for word in _WORD.findall(text.lower())], np.uint64)
    if len(words) < SHINGLE:
        return np.empty(0, np.uint64)
    # A polynomial in the words of each shingle, then stirred: its low bits alone would hang on few words.
    shingles = np.lib.stride_tricks.sliding_window_view(words, SHINGLE) @ _POWERS
    shingles = (shingles ^ (shingles >> np.uint64(32))) * np.uint64(_ODD)
    if len(shingles) > WINDOW:
        shingles = np.lib.stride_tricks.sliding_window_view(shingles, WINDOW).min(axis=1)
    else:
        shingles = shingles.min(keepdims=True)
    return np.unique(shingles)


def originals(documents: Iterable[Document]) -> dict[str, str]:
    """For each document the source_id of the first of those that share its text: the earliest published, then by name; itself, where none does.

    The documents are gone through once, and of each its fingerprints are kept, some eight bytes for every eight words.
    """
    order: list[tuple[date, str]] = []
    prints: list[Marks] = []
    for document in documents:
        order.append((document.published or date.max, document.source_id))
        prints.append(fingerprints(document.text))
    leader = list(range(len(order)))
    for one, other in _alike(prints):
        first, second = sorted((_root(leader, one), _root(leader, other)), key=order.__getitem__)
        leader[second] = first
    return {name: order[_root(leader, number)][1] for number, (_, name) in enumerate(order)}


@lru_cache(_KNOWN)
def _hash(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest())


def _alike(prints: list[Marks]) -> list[tuple[int, int]]:
    """The pairs of documents, by number, that share enough."""
    sizes = np.array([len(marks) for marks in prints], np.int64)
    if not sizes.any():
        return []
    marks = np.concatenate(prints)
    holders = np.repeat(np.arange(len(prints), dtype=np.int64), sizes)
    sorting = np.argsort(marks, kind="stable")  # holders of one mark come in their order
    holders, marks = holders[sorting], marks[sorting]
    starts = np.flatnonzero(np.r_[True, marks[1:] != marks[:-1]])
    counts = np.diff(np.r_[starts, len(marks)])
    pairs = []
    for count in range(2, _COMMON + 1):
        at = starts[counts == count]
        pairs += [
            holders[at + one] * len(prints) + holders[at + other]
            for one in range(count)
            for other in range(one + 1, count)
        ]
    codes, shared = np.unique(np.concatenate(pairs), return_counts=True)
    one, other = np.divmod(codes, len(prints))
    enough = shared >= np.maximum(_FEWEST, _SHARE * np.minimum(sizes[one], sizes[other]))
    return list(zip(one[enough].tolist(), other[enough].tolist(), strict=True))


def _root(leader: list[int], number: int) -> int:
    while leader[number] != number:
        leader[number] = leader[leader[number]]
        number = leader[number]
    return number
