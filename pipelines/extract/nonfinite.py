"""How real an event is that an infinitive or a gerund tells: "to visit", "before travelling", "the first to sign"."""

from __future__ import annotations

from collections.abc import Callable

from pipelines.extract.parse import Token, Tree
from pipelines.extract.records import Found

_ITINERARY = frozenset({"visit", "meet", "call", "negotiate", "sign"})
JOURNEYS = frozenset("meet gather convene use travel arrive visit fly leave head go come land depart return".split())
_BROUGHT_ABOUT = frozenset("prompt lead force compel cause induce spur oblige".split())
RANKS = frozenset(
    "first second third fourth fifth sixth seventh eighth ninth tenth last latest only previous sole most-recent".split()
)
_BEFORE = frozenset({"before", "for", "without", "against", "until", "to", "into", "toward", "towards"})
_CARRIED_OUT = frozenset(
    "begin start continue manage proceed decide vote move opt choose go come act elect dare rush help use fail resume "
    "cease stop step appear seem happen".split()
)


def found(value: str, token: Token, rule: str) -> Found:
    """A status with the word that says it."""
    return Found(value, token.start, token.end, f"status:{value}/{rule}")


class NonFinite:
    """Reads verbs of one tree that have no tense; `own` and `modal` are what a verb's auxiliaries say of it."""

    def __init__(
        self,
        tree: Tree,
        classes: dict[str, frozenset[str]],
        own: Callable[[Token, str], Found | None],
        modal: Callable[[Token], str | None],
    ) -> None:
        self.tree, self.classes, self._own, self._modal = tree, classes, own, modal

    def infinitive(self, verb: Token, event_type: str) -> Found | None:
        """The status of a verb with "to"; None where it is no event."""
        head = self.tree.head(verb)
        if head is None or verb.dep in ("ROOT", "acl", "relcl"):
            return self._beside_noun(verb, head)
        if verb.dep == "conj" and head.pos == "VERB":
            return self._own(head, "") if head.tag != "VB" else self.infinitive(head, event_type)
        if head.lemma == "be" and verb.dep == "xcomp":
            for noun in self.tree.children(head, "attr"):
                if (ranked := self._ranked(noun)) is not None:
                    return ranked
        if head.lemma == "be" or (verb.dep in ("xcomp", "ccomp") and head.lemma in self.classes["planned"]):
            return found("planned", head, "to be")
        if verb.dep == "advcl" and head.lemma not in self.classes["planned"] and head.lemma not in JOURNEYS:
            return None if head.tag != "VBN" else found("hypothetical", verb, "purpose")
        if verb.dep == "advcl" or (verb.dep == "xcomp" and head.lemma in ("leave", "depart", "fly", "head", "travel")):
            return found("planned" if event_type in _ITINERARY else "hypothetical", verb, "infinitive")
        if head.lemma in _BROUGHT_ABOUT and head.tag != "VB":
            return found("occurred", verb, "brought about")
        if (
            head.lemma not in _CARRIED_OUT
            and head.lemma
            not in self.classes["swallow"]
            | self.classes["denied"]
            | self.classes["hypothetical"]
            | self.classes["wish"]
        ):
            return None  # a purpose
        return found("occurred", verb, "infinitive")

    def _beside_noun(self, verb: Token, noun: Token | None) -> Found | None:
        """ "The agreement to build": planned; "the wish to build": nothing; "the first to build": what "be" says."""
        if noun is not None and verb.dep != "ROOT" and noun.lemma in self.classes["wish"]:
            return None
        ranked = self._ranked(noun) if noun is not None else None
        return ranked or found("planned", verb, "infinitive")

    def _ranked(self, noun: Token) -> Found | None:
        """ "The last president to visit X was Y": told of what was, or will be, and no plan."""
        be = self.tree.head(noun)
        if be is None or be.lemma not in ("be", "become") or noun.dep not in ("nsubj", "attr"):
            return None
        told = [noun, *self.tree.children(noun, "amod", "advmod", "nummod")]
        if not any(c.text.lower() in RANKS for c in told):
            return None
        modal = self._modal(be)
        return found(modal, be, "ranked") if modal in ("planned", "hypothetical") else found("occurred", be, "ranked")

    def gerund(self, verb: Token, event_type: str) -> Found | None:
        """The status of a verb in -ing without an auxiliary."""
        head = self.tree.head(verb)
        if head is not None and head.pos in ("ADP", "SCONJ") and verb.dep == "pcomp":
            over = self.tree.head(head)
            if head.lemma == "before" and event_type in _ITINERARY and over is not None and over.pos == "VERB":
                own = self._own(over, event_type)  # "arrived in Lahore before travelling to Islamabad"
                return None if own is None else found(own.value, head, "before")
            if head.lemma in _BEFORE:
                return found("hypothetical", head, "gerund")
            if over is not None and over.pos == "VERB" and self._modal(over) == "planned":
                return found("planned", over, "gerund")  # "will call on X besides holding talks with Y"
            return found("occurred", verb, "gerund")
        return found("occurred", verb, "participle")
