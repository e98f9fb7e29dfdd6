"""Other senses of the words that tell events: names of wars, figures of speech, acts of nobody in particular."""

from __future__ import annotations

from pipelines.extract.candidate import Candidate
from pipelines.extract.frames import VerbFrame
from pipelines.extract.lexicon import Lexicon
from pipelines.extract.parse import Token, Tree
from pipelines.extract.roles import Roles

_DEEDS = frozenset({"attack", "coerce", "sanction", "sever", "deploy"})
_PROMISES = frozenset({"offer", "threaten"})


class Senses:
    """Tells which verbs and nouns of one tree stand in a sense that is no event."""

    def __init__(self, tree: Tree, text: str, lexicon: Lexicon, roles: Roles) -> None:
        self.tree, self.text, self.lexicon, self.roles = tree, text, lexicon, roles

    def only_names(self, verb: Token, frame: VerbFrame, objects: list[Token]) -> bool:
        """ "As called for by the deal", "calling the president a friend": nobody telephoned. "Condemned an attack": by nobody named."""
        if frame.type == "accuse":
            return bool(objects) and all(self._is_nobodys(h) for h in objects)
        if verb.lemma != "call":
            return False
        if frame.type == "call" and any(p.lemma == "for" for p in self.tree.children(verb, "prep")):
            return True
        return frame.type in ("call", "retreat", "visit", "meet") and self.tree.child(verb, "oprd") is not None

    def is_deed(self, noun: Token) -> bool:
        """Whether a noun names an act of somebody whom it names too: "the Israeli strike", "the seizure by Togo"."""
        if noun.mention is not None or not any(n.type in _DEEDS for n in self.lexicon.nouns.get(noun.lemma, ())):
            return False
        owners = [a.token for a in self.roles.of_noun(noun) if a.position in ("before", "by")]
        return any(p.country for t in owners for p in self.roles.actors(t))

    def _is_nobodys(self, noun: Token) -> bool:
        """ "Condemned a terrorist attack in X": nobody is named who did it."""
        if noun.mention is not None or not any(n.type == "attack" for n in self.lexicon.nouns.get(noun.lemma, ())):
            return False
        words = {c.text.lower() for c in self.tree.children(noun, "det", "poss")}
        doers = [a.token for a in self.roles.of_noun(noun) if a.position in ("before", "by")]
        return not words - {"a", "an", "another"} and not any(self.roles.actors(t, adverse=True) for t in doers)

    def without_promised(self, candidates: list[Candidate]) -> list[Candidate]:
        """ "Is ready to share": the offer is the event, and what is offered none of its own."""
        promised = {
            clause.i
            for c in candidates
            if c.type in _PROMISES and c.verb is not None
            for word in self.tree.children(c.verb, "acomp", "oprd")
            for clause in self.tree.children(word, "xcomp")
        }
        return [c for c in candidates if c.verb is None or c.verb.i not in promised]

    def tells_nothing(self, noun: Token) -> bool:
        """Whether a noun is a name or a figure: "the Liberation War", "is a threat to stability", "mutual co-operation" (no operation)."""
        if noun.lemma == "threat" and noun.dep in ("attr", "oprd") or self._is_of_clause(noun):
            return True
        return self.text[noun.start - 3 : noun.start].lower() == "co-" or self._is_name_of_war(noun)

    def _is_of_clause(self, noun: Token) -> bool:
        """ "An attack on one is an attack on both": a clause of a pact."""
        preps = [p for p in self.tree.children(noun, "prep") if p.lemma in ("on", "against", "upon")]
        whom = [t for p in preps for t in self.tree.children(p, "pobj")]
        words = {"one", "either", "any"} | ({"both", "all"} if noun.dep == "attr" else set())
        return any(t.lemma in words and t.mention is None for t in whom)

    def _is_name_of_war(self, noun: Token) -> bool:
        """ "The Liberation War", "the Bangladesh War": a name, where it does not tell of two sides."""
        if noun.text not in ("War", "Wars") or not self.tree.children(noun, "compound", "nmod", "amod"):
            return False
        sides = [a.token for a in self.roles.of_noun(noun) if a.position in ("before", "between", "with", "against")]
        return len({p.country for t in sides for p in self.roles.actors(t, adverse=True)}) < 2

    def is_turned(self, verb: Token) -> bool:
        """ "Made the sanctions into a chance": nobody imposed any."""
        return verb.lemma == "make" and any(p.lemma == "into" for p in self.tree.children(verb, "prep"))
