"""What is told beside a verb: that two did it together, and that a third helped them to it."""

from __future__ import annotations

from pipelines.extract.arguments import Argument
from pipelines.extract.candidate import Candidate
from pipelines.extract.lexicon import Lexicon
from pipelines.extract.matching import Matcher
from pipelines.extract.parse import Token, Tree
from pipelines.extract.roles import Roles
from pipelines.extract.status import StatusReader

_MEDIATED = frozenset({"agree", "sign", "meet", "negotiate", "retreat", "recognize", "concede"})
_TWO = frozenset({"@two"})


class Company:
    """Looks beside the verbs of one tree."""

    def __init__(self, tree: Tree, lexicon: Lexicon, roles: Roles, matcher: Matcher, status: StatusReader) -> None:
        self.tree, self.lexicon, self.roles, self.matcher, self.status = tree, lexicon, roles, matcher, status

    def mediated(self, candidate: Candidate) -> Candidate | None:
        """ "With Kenyan help the two reached a truce", "agreed under Luanda's mediation", "with Oman as go-between"."""
        verb = candidate.verb
        if candidate.type not in _MEDIATED or verb is None:
            return None
        for prep in self.tree.children(verb, "prep"):
            if prep.lemma not in ("with", "under", "through", "thanks"):
                continue
            for noun in self.tree.children(prep, "pobj"):
                owner = self._go_between(noun)
                if owner is None:
                    continue
                sides = [
                    Argument("between", a.token)
                    for a in candidate.arguments
                    if a.position in ("subject", "object", "with", "between") and a.token.i not in (noun.i, owner.i)
                ]
                status, rule = candidate.status, f"noun:mediate/{noun.lemma}"
                return Candidate(
                    "mediate", rule, noun, verb, [Argument("subject", owner), *sides], status, {}, demands=4
                )
        return None

    def _go_between(self, noun: Token) -> Token | None:
        """Who helps, where a phrase says that somebody helps two others to come to terms."""
        words = self.lexicon.agents["mediating"]
        if noun.lemma in words:
            owners = [*self.tree.children(noun, "poss", "amod", "compound", "nmod")]
            owners += [a.token for a in self.roles.of_noun(noun) if a.position in ("of", "by", "from")]
            return next((t for t in owners if any(p.country for p in self.roles.actors(t))), None)
        roles = [p for t in [noun, *self.tree.children(noun, "acl")] for p in self.tree.children(t, "prep")]
        acts = any(p.lemma == "as" and o.lemma in words for p in roles for o in self.tree.children(p, "pobj"))
        return noun if acts and self.roles.actors(noun) else None

    def jointly(self, verb: Token, arguments: list[Argument]) -> Candidate | None:
        """ "Divers of both navies raised the wreck together": whatever two sides do together is cooperation."""
        subjects = [a for a in arguments if a.position == "subject"]
        if verb.pos != "VERB" or not any(self.matcher.matches(a.token, _TWO) for a in subjects):
            return None
        if not any(
            t.text.lower() in self.lexicon.agents["jointly"]
            for t in [c for c in self.tree.subtree(verb) if c.pos in ("ADV", "NOUN", "ADP") and c.dep != "nsubj"]
        ):
            return None
        status = self.status.of_verb(verb, "cooperate")
        if status is None:
            return None
        return Candidate("cooperate", "verb:cooperate/jointly", verb, verb, subjects, status, {}, demands=4)
