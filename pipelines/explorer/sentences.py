"""The sentences around the words that prove a record: a reader wants to see the words where they stand.

Only documents whose license lets them be quoted are asked for; of a sentence that is very long only a stretch is shown.
"""

from array import array
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from pipelines.extract.layout import read_layout
from pipelines.extract.lexicon import load_lexicon
from pipelines.ingest.document import Document

TextOf = Callable[[str], str | None]
"""The normalised text of a source by its id; None where there is none, or where it may not be quoted."""

_MOST = 6
"""sentences shown of a record"""
_LONGEST = 600
"""characters shown of a sentence"""
_TELLING = ("type", "instrument", "status", "title", "participant", "party", "date")
Passage = Sequence[Any]
"""[field, value, quote, source, start, end, …]"""
Shown = list[Any]
"""a source, where the stretch starts and ends in its text, the stretch"""


def quotable(documents: Iterable[Document]) -> TextOf:
    """The texts of those documents that may be quoted, each read when it is asked for."""
    held = {document.source_id: document for document in documents if document.publish_quotes}
    return lambda source: held[source].text if source in held else None


Cuts = dict[str, "array[int]"]
"""Where the sentences of texts start and end, by source: they are cut once, however many records they tell of."""


def sentences_around(
    told: Mapping[str, Sequence[Passage]], text_of: TextOf, cuts: Cuts | None = None
) -> dict[str, list[Shown]]:
    """The sentences that hold the passages of each record, those that tell most first where there are too many, in order of
    source and text; records without any are left out.

    `cuts` are those of texts that were cut before, and are added to: what many documents name (a state) would otherwise have them all
    cut again for each record.
    """
    cuts = {} if cuts is None else cuts
    spans = _spans((passage for passages in told.values() for passage in passages), text_of, cuts)
    chosen: dict[str, list[tuple[str, int, int]]] = {}
    wanted: dict[str, set[tuple[str, int, int]]] = defaultdict(set)
    for record, passages in told.items():
        held: dict[tuple[str, int, int], list[Passage]] = {}
        for passage in passages:
            source, start, end = passage[3:6]
            if passage[2] is not None and (span := spans.get((source, start, end, passage[2]))) is not None:
                held.setdefault((source, *span), []).append(passage)
        telling = sorted(held, key=lambda key: (_rank(held[key]), key))[:_MOST]
        stretches = [_stretch(key, held[key]) for key in sorted(telling)]
        if stretches:
            chosen[record] = stretches
        for stretch in stretches:
            wanted[stretch[0]].add(stretch)
    words: dict[tuple[str, int, int], str] = {}
    for source, stretches_of in wanted.items():
        text = text_of(source) or ""
        words |= {stretch: text[stretch[1] : stretch[2]] for stretch in stretches_of}
    return {record: [[*stretch, words[stretch]] for stretch in stretches] for record, stretches in chosen.items()}


def _spans(
    passages: Iterable[Passage], text_of: TextOf, cuts: Cuts
) -> dict[tuple[str, int, int, str], tuple[int, int]]:
    """The sentence that holds each passage; a passage that is not in the text, or across two sentences, has none."""
    by_source: dict[str, set[tuple[int, int, str]]] = defaultdict(set)
    for _, _, quote, source, start, end, *_ in passages:
        if quote is not None:
            by_source[source].add((start, end, quote))
    found = {}
    for source, places in by_source.items():
        text = text_of(source)
        if not text:
            continue
        if source not in cuts:
            sentences = read_layout(text, load_lexicon()).sentences
            cuts[source] = array("L", [place for sentence in sentences for place in (sentence.start, sentence.end)])
        starts, ends = cuts[source][::2], cuts[source][1::2]
        for start, end, quote in places:
            at = bisect_right(starts, start) - 1
            if at >= 0 and end <= ends[at] and text[start:end] == quote:
                found[(source, start, end, quote)] = (starts[at], ends[at])
    return found


def _stretch(key: tuple[str, int, int], passages: Sequence[Passage]) -> tuple[str, int, int]:
    """What is shown of a sentence: all of it, or of a very long one a part with the words."""
    source, start, end = key
    if end - start > _LONGEST:
        start = max(start, min(passage[4] for passage in passages) - _LONGEST // 4)
        end = min(end, max(start + _LONGEST, min(passage[5] for passage in passages)))
    return source, start, end


def _rank(passages: Sequence[Passage]) -> tuple[int, int]:
    """How much a sentence tells: by the most telling cell that it proves, then by how many."""
    told = {passage[0] for passage in passages}
    best = next((at for at, field in enumerate(_TELLING) if field in told), len(_TELLING))
    return best, -len(told)
