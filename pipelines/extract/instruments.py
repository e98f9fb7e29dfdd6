"""Instruments in a tree: which noun phrase names a memorandum, a treaty, a contract; how many; by what title."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipelines.extract.date_expressions import NUMBERS
from pipelines.extract.lexicon import Instrument, Lexicon
from pipelines.extract.parse import Token, Tree
from pipelines.extract.records import Found

_GENERIC = frozenset(
    "agreement deal accord pact settlement accords order lease charter compact letter framework roadmap".split()
)
_VAGUE = frozenset(
    "such similar any many numerous various dozen several more other some these all future possible no".split()
)


@dataclass(frozen=True, slots=True)
class Named:
    """An instrument as a phrase names it."""

    row: Instrument
    token: Token
    start: int
    end: int
    count: Found | None
    plural: bool
    definite: bool  # "the memorandum", "this deal": perhaps one that was told before
    vague: bool  # "such memoranda", "agreements of this type"
    generic: bool  # a bare "agreement" or "deal"
    proper: bool  # capitalised as a title


class Instruments:
    """Finds instruments in one tree."""

    def __init__(self, tree: Tree, text: str, lexicon: Lexicon) -> None:
        self.tree, self.text, self.lexicon = tree, text, lexicon
        self.heads = frozenset(head for row in lexicon.instruments for head in row.heads)

    def at(self, token: Token, signed: bool = False) -> Named | None:
        """The instrument that a noun names, if it names one; `signed`: it is the object of a signing."""
        word = token.text.lower().rstrip(".")
        forms = {token.lemma, word, word.rstrip("s")}
        if token.pos not in ("NOUN", "PROPN", "X") or not forms & self.heads or token.mention is not None:
            return None
        if token.lemma == "package" and any(
            self.at(o, signed) for p in self.tree.children(token, "prep") for o in self.tree.children(p, "pobj")
        ):
            return None  # "a package of 13 documents"
        left, start = self._before(token)
        after = self._after(token)
        for row in self.lexicon.instruments:
            if (signed or not row.only_signed) and forms & row.heads and self._fits(row, left, after):
                return self._named(row, token, start, left)
        return None

    def meant(self, token: Token, told: Instrument | None, signed: bool = False) -> Named | None:
        """The instrument that a noun names, or that "it" and "they" mean where one has just been told."""
        if token.pos == "PRON" and token.text.lower() in ("it", "they", "them") and told is not None:
            plural = token.text.lower() != "it"
            return Named(told, token, token.start, token.end, None, plural, True, False, False, False)
        return self.at(token, signed)

    def _fits(self, row: Instrument, left: str, after: str) -> bool:
        if row.before and not any(re.search(rf"(?<![\w]){re.escape(word)}(?![\w])", left) for word in row.before):
            return False
        return not row.of or any(re.search(rf"\b{re.escape(word)}\b", after) for word in row.of)

    def _before(self, token: Token) -> tuple[str, int]:
        """The words of the phrase before its head, lower case, and where the phrase starts."""
        inside = [t for t in self.tree.subtree(token) if t.i < token.i and t.dep not in ("relcl",)]
        first = token.i
        for t in reversed(inside):
            if t.i == first - 1 or t.text in "-–":
                first = t.i
        words = [t.text for t in self.tree.tokens[first : token.i] if t.dep != "det"]
        begin = next(
            (
                t
                for t in self.tree.tokens[first : token.i + 1]
                if t.dep not in ("det", "poss", "case", "nummod") and t.mention is None and t.pos != "PUNCT"
            ),
            token,
        )
        return " ".join(words).lower().replace(" - ", "-"), begin.start

    def _after(self, token: Token) -> str:
        end = min(len(self.text), self.tree.sentence.end)
        return re.split(r"[.;,(]", self.text[token.end : min(end, token.end + 60)])[0].lower()

    def _named(self, row: Instrument, token: Token, start: int, left: str) -> Named:
        plural = token.tag in ("NNS", "NNPS") or token.text.lower() in ("memoranda", "mous", "mocs", "ftas")
        determiners = {c.text.lower() for c in self.tree.children(token, "det", "poss", "amod", "predet")}
        surface = self.text[token.start : token.end]
        end = token.end
        if row.of and (tail := re.compile(r"\s+(?:of|on|for)\s+[\w-]+").match(self.text, token.end)):
            end = tail.end()
        words = set(left.split())
        return Named(
            row, token, start, end, self._count(token), plural,
            definite=bool(determiners & {"the", "this", "that", "these", "those", "its", "their"}),
            vague=bool((determiners | words) & _VAGUE) or bool(re.match(r"\s+(?:of|like) (?:this|that|the) (?:type|kind|sort)", self.text[token.end : token.end + 30])),
            generic=row.instrument in ("agreement", "contract", "other") and token.lemma in _GENERIC and not words - {"the", "a", "an", "this", "new"},
            proper=surface[:1].isupper() and start != self.tree.sentence.start,
        )  # fmt: skip

    def _count(self, token: Token) -> Found | None:
        for child in self.tree.children(token, "nummod"):
            word = child.text.lower()
            number = int(word) if word.isdigit() else NUMBERS.get(word, 0)
            if 1 < number < 500:
                return Found(str(number), child.start, child.end, "count")
        for child in self.tree.children(token, "det", "amod", "nmod", "compound", "quantmod"):
            if child.lemma == "dozen":
                return Found("12", child.start, child.end, "count")
            if child.text.lower() in ("pair", "couple"):
                return Found("2", child.start, child.end, "count")
        head = self.tree.head(token)
        if (
            head is not None
            and head.lemma == "of"
            and (over := self.tree.head(head)) is not None
            and over.lemma in ("pair", "couple", "trio")
        ):
            return Found("3" if over.lemma == "trio" else "2", over.start, over.end, "count")
        return None
