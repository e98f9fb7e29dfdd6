"""The sentences around the words that prove a record: a reader wants to see the words where they stand.

Only documents whose license lets them be quoted are asked for; of a sentence that is very long only a stretch is shown.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
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
_KEPT = 512
_TELLING = ("type", "instrument", "status", "title", "participant", "party", "date")
Shown = list[Any]
"""a source, where the stretch starts and ends in its text, the stretch"""


def quotable(documents: Iterable[Document]) -> TextOf:
    """The texts of those documents that may be quoted."""
    return {document.source_id: document.text for document in documents if document.publish_quotes}.get


class Sentences:
    """Finds the sentences of passages."""

    def __init__(self, text_of: TextOf) -> None:
        self._read = lru_cache(maxsize=_KEPT)(self._layout)
        self._text_of = text_of

    def around(self, passages: Sequence[Sequence[Any]]) -> list[Shown]:
        """The sentences that hold these passages ([field, value, quote, source, start, end, …]), those that tell most first
        where there are too many, in order of source and text."""
        held: dict[tuple[str, int, int], list[Sequence[Any]]] = {}
        for passage in passages:
            _, _, quote, source, start, end = passage[:6]
            if quote is not None and (span := self._span(source, start, end, quote)) is not None:
                held.setdefault((source, *span), []).append(passage)
        telling = sorted(held, key=lambda key: (_rank(held[key]), key))[:_MOST]
        return [self._stretch(key, held[key]) for key in sorted(telling)]

    def _span(self, source: str, start: int, end: int, quote: str) -> tuple[int, int] | None:
        text, spans = self._read(source)
        at = bisect_right(spans, start, key=lambda span: span[0]) - 1
        if at < 0 or end > spans[at][1] or text[start:end] != quote:
            return None
        return spans[at]

    def _layout(self, source: str) -> tuple[str, list[tuple[int, int]]]:
        text = self._text_of(source) or ""
        return text, [(s.start, s.end) for s in read_layout(text, load_lexicon()).sentences] if text else []

    def _stretch(self, key: tuple[str, int, int], passages: list[Sequence[Any]]) -> Shown:
        source, start, end = key
        first = min(passage[4] for passage in passages)
        if end - start > _LONGEST:
            start = max(start, first - _LONGEST // 4)
            end = min(end, max(start + _LONGEST, min(passage[5] for passage in passages)))
        return [source, start, end, self._read(source)[0][start:end]]


def _rank(passages: list[Sequence[Any]]) -> tuple[int, int]:
    """How much a sentence tells: by the most telling cell that it proves, then by how many."""
    told = {passage[0] for passage in passages}
    best = next((at for at, field in enumerate(_TELLING) if field in told), len(_TELLING))
    return best, -len(told)
