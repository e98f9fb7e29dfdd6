"""Parts of speech and lemmas of parsed words, each asked of the model once.

Both are rules of the model on single words (the word, its tag, its relation), and cost as much as the parse when they are
run over every sentence anew. The few rules on two words are known by their words: a sentence with one of those is given to
the model whole.
"""

from __future__ import annotations

from typing import Any

Row = tuple[int, str, str, str, str, str, int]
"""of a token: offset, text, lemma, part of speech, tag, relation, index of its head"""
_SIZE = 200_000


class Lemmas:
    """The last steps of a model (`attribute_ruler`, `lemmatizer`), remembered by word, tag and relation."""

    def __init__(self, model: Any) -> None:
        self._steps = [model.get_pipe(name) for name in ("attribute_ruler", "lemmatizer")]
        self._vocab = model.vocab
        self._known: dict[tuple[str, str, str], tuple[str, str]] = {}
        self._pairs = frozenset(_words_of_pairs(self._steps[0].patterns))

    def rows(self, doc: Any) -> list[Row]:
        """The tokens of a parsed document."""
        tokens = list(doc)
        words = [(t.text, t.tag_, t.dep_) for t in tokens]
        if any(dep in self._pairs or text.lower() in self._pairs for text, _, dep in words):
            found = self._ask(doc)
        else:
            self._learn([word for word in dict.fromkeys(words) if word not in self._known])
            found = [self._known[word] for word in words]
        return [
            (t.idx, text, lemma, pos, tag, dep, t.head.i)
            for t, (text, tag, dep), (pos, lemma) in zip(tokens, words, found, strict=True)
        ]

    def _learn(self, words: list[tuple[str, str, str]]) -> None:
        from spacy.tokens import Doc

        if not words:
            return
        if len(self._known) > _SIZE:
            self._known.clear()
        doc = Doc(
            self._vocab,
            words=[text for text, _, _ in words],
            tags=[tag for _, tag, _ in words],
            deps=[dep for _, _, dep in words],
            heads=list(range(len(words))),
        )
        self._known.update(zip(words, self._ask(doc), strict=True))

    def _ask(self, doc: Any) -> list[tuple[str, str]]:
        for step in self._steps:
            doc = step(doc)
        return [(t.pos_, _mended(t.text, t.lemma_.lower())) for t in doc]


def _words_of_pairs(patterns: list[dict[str, Any]]) -> set[str]:
    """What the first word of every rule on more than one word must be or may be: forms in lower case, relations."""
    words: set[str] = set()
    for pattern in patterns:
        for tokens in pattern["patterns"]:
            if len(tokens) > 1:
                asked = tokens[0].get("LOWER", tokens[0].get("DEP", ""))
                words.update([asked] if isinstance(asked, str) else asked.get("IN", _WRITTEN_OUT))
    return words


_WRITTEN_OUT = ("y", "y'")  # the one rule that asks for a pattern: "y'all"


def _mended(text: str, lemma: str) -> str:
    """The lemma, where the model's rules miss British doubling ("initialled" is of "initial")."""
    return lemma[:-2] if lemma.endswith("lle") and text.lower().endswith(("lled", "lling")) else lemma
