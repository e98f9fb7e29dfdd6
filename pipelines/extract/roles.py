"""Which phrases play a part in a verb's or a noun's event, with those that it shares with other verbs, and whom they mean."""

from __future__ import annotations

from pipelines.extract.arguments import Argument, direct_arguments, noun_arguments
from pipelines.extract.lexicon import Lexicon
from pipelines.extract.parse import Token, Tree
from pipelines.extract.records import Part
from pipelines.extract.referents import Referents
from pipelines.extract.scene import Scene

_OBJECT_CONTROL = frozenset(
    "allow ask urge force order help enable tell persuade invite permit encourage press want expect send authorize "
    "authorise instruct call get see watch push prompt lead require compel request beg warn advise assign hire task".split()
)

_CIRCUMSTANCES = frozenset(
    "day time moment week month year way reason place place night evening hour occasion case".split()
)


class Roles:
    """Reads the arguments of one tree."""

    def __init__(self, tree: Tree, scene: Scene, lexicon: Lexicon) -> None:
        self.tree = tree
        self.referents = Referents(tree, scene, lexicon)
        self._of_verb: dict[int, list[Argument]] = {}

    def actors(self, token: Token, adverse: bool = False) -> list[Part]:
        """The actors that a phrase names; roles are still empty. `adverse`: possessions stand for their owner."""
        return self.referents.actors(token, adverse)

    def of_noun(self, noun: Token) -> list[Argument]:
        """The arguments of an event noun: owners before it, prepositions after it."""
        return noun_arguments(self.tree, noun)

    def of_verb(self, verb: Token) -> list[Argument]:
        """The arguments of a verb: its own, and the subject that it shares with the verb it hangs on."""
        known = self._of_verb.get(verb.i)
        if known is None:
            known = self._of_verb[verb.i] = self._read_verb(verb)
        return list(known)

    def _read_verb(self, verb: Token) -> list[Argument]:
        out = direct_arguments(self.tree, verb)
        if self._is_passive(verb) and not any(a.position == "subject" for a in out):
            out += self._stray_agent(verb)
        if self.tree.children(verb, "nsubjpass"):
            return out
        if verb.dep == "relcl" and (left := self._left_before(verb, out)) is not None:
            out.append(left)
        lacking = "object" if self._suffers(verb) else "subject"
        if not any(a.position == lacking for a in out) and (shared := self._shared_subject(verb)) is not None:
            out.insert(0, shared)
        return out + self._joined(verb)

    def _joined(self, verb: Token) -> list[Argument]:
        """ "X joined Y and Z in condemning it": Y and Z did so too."""
        prep = self.tree.head(verb) if verb.dep == "pcomp" else None
        over = self.tree.head(prep) if prep is not None and prep.lemma == "in" else None
        if over is None or over.lemma != "join":
            return []
        return [Argument("subject", t) for t in self.tree.children(over, "dobj")]

    def _suffers(self, verb: Token) -> bool:
        """Whether the one whom a verb takes from elsewhere is its object: "was seized", "telephoned by X, the minister ..."."""
        if self.tree.children(verb, "auxpass"):
            return True
        return verb.tag == "VBN" and verb.dep == "advcl" and not self.tree.children(verb, "aux", "nsubj", "dobj")

    def _is_passive(self, verb: Token) -> bool:
        return verb.tag == "VBN" and (
            verb.dep == "acl" or self._suffers(verb) or bool(self.tree.children(verb, "nsubjpass"))
        )

    def _stray_agent(self, verb: Token) -> list[Argument]:
        """A "by" phrase that the parser has hung on another word of the passive clause."""
        for token in self.tree.children(verb, "prep"):
            for obj in self.tree.children(token, "pobj") if token.lemma == "by" else ():
                if self.actors(obj):
                    return [Argument("subject", obj)]
        for token in self.tree.subtree(verb):
            if token.lemma != "by" or token.i < verb.i or token.head == verb.i:
                continue
            clause = [a for a in [token, *self.tree.ancestors(token)] if a.i != verb.i and a.pos in ("VERB", "AUX")]
            if any(verb in self.tree.ancestors(a) for a in clause):
                continue
            for obj in self.tree.children(token, "pobj"):
                if self.actors(obj):
                    return [Argument("subject", obj)]
        return []

    def _left_before(self, verb: Token, own: list[Argument]) -> Argument | None:
        """ "The penalties (that) Britain imposed": the object that a relative clause leaves before it."""
        head = self.tree.head(verb)
        if head is None or head.pos not in ("NOUN", "PROPN") or head.date is not None or head.lemma in _CIRCUMSTANCES:
            return None
        opened = any(t.tag in ("WP", "WDT", "WRB") for t in self.tree.subtree(verb) if t.i < verb.i)
        subject = self.tree.child(verb, "nsubj")
        if opened or subject is None or any(a.position == "object" for a in own) or verb.tag not in ("VBD", "VBN"):
            return None
        return Argument("object", head)

    def _shared_subject(self, verb: Token) -> Argument | None:
        """The subject that a verb without one takes from where it hangs."""
        head = self.tree.head(verb)
        if head is None or (verb.dep == "relcl" and verb.tag != "VB"):
            return None
        passive = self._suffers(verb)
        owner = self.tree.child(head, "poss")
        if verb.dep == "acl" and verb.tag == "VB" and owner is not None:
            return Argument("object" if passive else "subject", owner)  # "its decision to leave"
        if verb.dep in ("acl", "relcl") and verb.tag == "VB" and head.dep in ("attr", "oprd") and not self.actors(head):
            over = self.tree.head(head)  # "became the third state to join"
            subject = self.tree.child(over, "nsubj") if over is not None else None
            if subject is not None:
                return Argument("object" if passive else "subject", subject)
        if verb.dep == "acl":
            return Argument("object" if verb.tag == "VBN" or passive else "subject", head)
        governor: Token | None = head
        if verb.dep == "pcomp" or head.pos == "ADP" or head.pos not in ("VERB", "AUX"):
            governor = next((a for a in self.tree.ancestors(verb) if a.pos in ("VERB", "AUX")), None)
        if governor is None:
            return None
        if (
            verb.dep in ("xcomp", "ccomp")
            and governor.lemma in _OBJECT_CONTROL
            and (controlled := self.tree.child(governor, "dobj", "dative")) is not None
        ):
            return Argument("object" if passive else "subject", controlled)
        governor_passive = bool(self.tree.children(governor, "nsubjpass"))
        for argument in self.of_verb(governor):
            if argument.position == "subject" or (argument.position == "object" and governor_passive):
                return Argument("object" if passive else "subject", argument.token)
        return None
