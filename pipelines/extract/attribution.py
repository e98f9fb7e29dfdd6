"""Who is quoted for what, and which sources a document draws on: "according to IRNA", "Reuters reported", lists of links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.extract.candidate import Candidate
from pipelines.extract.entities import Entities
from pipelines.extract.gazetteer import Mention
from pipelines.extract.layout import Layout
from pipelines.extract.lexicon import Lexicon
from pipelines.extract.parse import Token, Tree
from pipelines.extract.roles import Roles

_SPEAKERS = frozenset({"media", "person", "government", "organization", "state"})


@dataclass(frozen=True, slots=True)
class Cited:
    """A source that a document draws on: a link (declared), or a medium named as the one who says so (in_text)."""

    basis: str
    url: str | None
    media: str | None  # actor key
    start: int
    end: int


def citations(layout: Layout, entities: Entities, lexicon: Lexicon, text: str) -> list[Cited]:
    """Declared links in order, then the media that the text names as its source, each once."""
    found = [Cited("declared", url, None, start, end) for url, start, end in layout.links]
    said = re.compile(
        rf"\s*(?:[’']s?\s+(?:\w+\s+){{0,2}})?(?:\([^)]{{1,30}}\)\s*)?(?:has\s+|had\s+|also\s+|later\s+|first\s+)*(?:{'|'.join(_forms(lexicon.report_verbs))}|dispatch|report|reporting|coverage)\b"
    )
    before = re.compile(
        rf"(?:{'|'.join(re.escape(p) for p in lexicon.report_phrases)})\s+(?:[\w’'-]+\s+){{0,5}}$", re.I
    )
    seen: set[str] = set()
    for mention in entities.mentions:
        if mention.kind != "media" or mention.key in seen:
            continue
        if said.match(text, mention.end) or before.search(text[max(0, mention.start - 80) : mention.start]):
            seen.add(mention.key)
            found.append(Cited("in_text", None, mention.key, mention.start, mention.end))
    return found


def _forms(verbs: frozenset[str]) -> list[str]:
    forms = set()
    for verb in sorted(verbs):
        past = {"say": "said", "tell": "told", "write": "wrote", "quote": "quoted", "carry": "carried"}.get(verb)
        forms |= {verb, verb + "s", past or (verb + "d" if verb.endswith("e") else verb + "ed")}
    return sorted(forms, key=lambda f: (-len(f), f))


def speaker(tree: Tree, candidate: Candidate, roles: Roles, lexicon: Lexicon) -> tuple[str, int, int] | None:
    """Whom the sentence quotes for an event: (actor key, start, end) of the subject of a verb of report above it, or of "according to"."""
    if (source := _according_to(tree)) is not None:
        return source.key, source.start, source.end
    for subject in _reporters(tree, candidate.verb or candidate.trigger, roles, lexicon):
        for part in roles.actors(subject):
            return part.key, part.start, part.end
    return None


def _reporters(tree: Tree, anchor: Token, roles: Roles, lexicon: Lexicon) -> Iterator[Token]:
    """The subjects of the verbs of report above an event's verb, nearest first, then of those set beside it."""
    for head in tree.ancestors(anchor):
        if head.lemma in lexicon.report_verbs:
            yield from (a.token for a in roles.of_verb(head) if a.position == "subject")
    for child in tree.children(anchor, "parataxis", "ccomp"):
        if child.lemma in lexicon.report_verbs and (subject := tree.child(child, "nsubj")) is not None:
            yield subject


def _according_to(tree: Tree) -> Mention | None:
    for token in tree.tokens:
        if token.text.lower() == "according":
            for inner in tree.subtree(token):
                if inner.mention is not None and inner.mention.kind in _SPEAKERS:
                    return inner.mention
    return None
