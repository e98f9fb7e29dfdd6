"""Mends trees of sentences that the parser is known to misread, as news agencies write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipelines.extract.parse import Token, Tree


def mend_subject(tree: Tree) -> None:
    """ "The minister, who is in Rome, called on the king", "a delegation left Rome": a past tense that was taken for a participle is the main verb."""
    root = next((t for t in tree.tokens if t.head == t.i), None)
    if root is None or root.pos not in ("NOUN", "PROPN") or tree.sentence.heading:
        return
    for verb in tree.children(root, "acl"):
        before = tree.tokens[verb.i - 1]
        behind = (
            verb.tag == "VBN" and verb.text.endswith("ed") and before.text == "," and not tree.children(verb, "agent")
        )
        if behind or verb.tag == "VBD":
            verb.head, verb.dep, verb.tag = verb.i, "ROOT", "VBD"
            _hang(root, verb, "nsubj")
            for other in tree.children(root, "acl"):
                if other.i > verb.i and tree.child(other, "nsubj") is not None:  # "…, an agency reported"
                    other.head, other.dep = other.i, "ROOT"
                    root.children.remove(other.i)
                    _hang(verb, other, "ccomp")
                    return
            return


def mend_object(tree: Tree) -> None:
    """ "Summoned on Thursday X's envoy": what was taken for another word for the day, or for who acts in a purpose, is the verb's object."""
    for day in tree.tokens:
        prep = tree.head(day) if day.date is not None and day.dep == "pobj" else None
        verb = tree.head(prep) if prep is not None else None
        if verb is None or prep is None or verb.i != prep.i - 1 or verb.pos != "VERB" or tree.child(verb, "dobj"):
            continue
        apposed = [t for t in tree.children(day, "appos") if t.i > day.i and t.date is None]
        purposes = [t for t in tree.children(verb, "ccomp") if t.tag == "VB" and t.i > day.i]
        subjects = [t for p in purposes for t in tree.children(p, "nsubj") if tree.tokens[p.i - 1].text.lower() == "to"]
        for noun in [*apposed, *subjects][:1]:
            over = tree.tokens[noun.head]
            if over is not day:
                over.dep = "xcomp"
            over.children.remove(noun.i)
            _hang(noun, verb, "dobj")


def _hang(token: Token, head: Token, dep: str) -> None:
    """Makes a root hang on a token that hung on it, or on another root."""
    if head.i in token.children:
        token.children.remove(head.i)
    token.head, token.dep = head.i, dep
    head.children = sorted([*head.children, token.i])
