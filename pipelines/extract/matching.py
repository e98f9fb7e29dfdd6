"""Whether the words around a verb or a noun are those that a frame of the lexicon asks for."""

from __future__ import annotations

import re
from functools import cache

from pipelines.extract.arguments import Argument, preposition_arguments
from pipelines.extract.frames import Noun, VerbFrame
from pipelines.extract.instruments import Instruments
from pipelines.extract.lexicon import Lexicon
from pipelines.extract.parse import Token, Tree
from pipelines.extract.roles import Roles

_MILITARY = re.compile(r"\b(?:forces?|army|navy|troops|military|soldiers|guards?|corps|marines)\b", re.I)
QUANTITIES = frozenset(
    "number hundred thousand dozen million billion series package round batch convoy pair couple wave lot part shipment "
    "consignment group set team tonne ton worth string kind total contingent range "
    "draft text term wording copy version third quarter half share lorryload planeload shipload truckload boatload wagonload "
    "tranche reserve stock stockpile sack crate box cargo load column fleet flight squadron most rest remainder bulk last final".split()
)
"""nouns that stand for what is behind their "of"; the parser makes them the head of the phrase"""
LIGHT = frozenset("call make give have get take do put find keep see".split())
_IT = frozenset({"it", "they", "them"})
_MONEY = frozenset({"million", "billion", "dollar", "euro", "trillion"})


@cache
def _classes(wanted: frozenset[str]) -> tuple[str, ...]:
    """The classes among the words of a frame; there are as many sets of words as frames."""
    return tuple(sorted(word for word in wanted if word.startswith("@")))


class Matcher:
    """Compares the phrases of one tree with the frames of the lexicon."""

    def __init__(self, tree: Tree, text: str, lexicon: Lexicon, roles: Roles, instruments: Instruments) -> None:
        self.tree, self.text, self.lexicon, self.roles, self.instruments = tree, text, lexicon, roles, instruments

    def heads(self, token: Token) -> list[Token]:
        """The nouns that a phrase is about: its conjuncts, looking through "hundreds of" and "a package of"."""
        out: list[Token] = []
        for head in self.tree.conjuncts(token):
            out.append(head)
            if head.lemma in QUANTITIES:
                for prep in self.tree.children(head, "prep"):
                    if prep.lemma == "of":
                        for obj in self.tree.children(prep, "pobj"):
                            out += self.heads(obj)
        return out

    def fits_verb(self, frame: VerbFrame, verb: Token, arguments: list[Argument], objects: list[Token]) -> bool:
        """Whether a verb with these arguments stands in a frame; `objects` are the heads of its objects."""
        if frame.particle and not self._has_particle(verb, frame.particle):
            return False
        if frame.objects and not any(self.matches(h, frame.objects) for h in objects):
            return False
        if frame.with_mod and not any(t.text.lower() in frame.with_mod for h in objects for t in self.tree.subtree(h)):
            return False
        complements = self.complements(frame, verb)
        if frame.comp and not complements:
            return False
        if frame.preps and not self._has_preposition(frame, verb, [*arguments, *self.below(complements)], objects):
            return False
        if (frame.xcomp or frame.clause) and not self._has_clause(frame, verb, complements):
            return False
        if frame.subject:
            subjects = [a.token for a in arguments if a.position == "subject"]
            if "@two" in frame.subject and verb.dep in ("acl", "relcl") and not frame.objects:
                return False  # "diplomats of both countries working in X": apart
            return any(self.matches(h, frame.subject) for s in subjects for h in self.heads(s))
        return True

    def complements(self, frame: VerbFrame, verb: Token) -> list[Token]:
        """The words that complete "be", "stand" or "remain" as a frame asks: "is grateful", "stands ready"."""
        if not frame.comp:
            return []
        return [
            c
            for c in self.tree.children(verb, "acomp", "attr", "oprd", "prt", "advmod", "intj")
            if c.lemma in frame.comp
        ]

    def below(self, complements: list[Token]) -> list[Argument]:
        """The phrases that hang on complements: "grateful to X for Y"."""
        return [
            a for c in complements for p in self.tree.children(c, "prep") for a in preposition_arguments(self.tree, p)
        ]

    def _has_clause(self, frame: VerbFrame, verb: Token, complements: list[Token]) -> bool:
        clauses = self.tree.children(verb, "xcomp", "ccomp")
        clauses += [c for word in complements for c in self.tree.children(word, "xcomp", "ccomp")]
        if frame.clause:
            clauses += self.tree.children(verb, "advcl", "parataxis")
            head = self.tree.head(verb)
            if verb.dep == "parataxis" and head is not None:
                clauses.append(head)
        if frame.xcomp and frame.xcomp is not True:
            clauses = [c for c in clauses if c.lemma in frame.xcomp and not self._performs(c)]
        return any(all(self._is_clause(c, verb, kind) for kind in frame.clause) for c in clauses)

    def _performs(self, clause: Token) -> bool:
        """ "Will pay a visit": the verb says nothing by itself."""
        return clause.lemma in self.lexicon.performing and any(
            o.lemma in self.lexicon.nouns for o in self.tree.children(clause, "dobj")
        )

    def _is_clause(self, clause: Token, verb: Token, kind: str) -> bool:
        """Whether a clause under a verb of saying is an order, a duty, a plan, denied, or tells of the speaker or of others."""
        words = {c.text.lower() for c in self.tree.children(clause, "aux", "auxpass")}
        subject = self.tree.child(clause, "nsubj", "nsubjpass")
        match kind:
            case "order":
                return clause.tag == "VB" and not words - {"do", "be"} and subject is None
            case "duty":
                return (
                    bool(words & {"should", "must", "ought"})
                    or clause.lemma in ("have", "need")
                    and bool(self.tree.children(clause, "xcomp"))
                )
            case "future":
                return bool(words & {"will", "would", "shall", "'ll", "wo", "'d"})
            case "negated":
                return bool(self.tree.children(clause, "neg"))
        if subject is None or clause.dep == "xcomp":
            return False
        speakers = {
            p.country for a in self.roles.of_verb(verb) if a.position == "subject" for p in self.roles.actors(a.token)
        }
        if subject.pos == "PRON":
            return (kind == "own") == (subject.text.lower() in ("it", "he", "she", "we", "i"))
        told = {p.country for p in self.roles.actors(subject, adverse=True)}
        if kind == "own":
            return bool(told) and told <= speakers
        return bool(told - speakers - {None})

    def fits_noun(self, entry: Noun, noun: Token) -> bool:
        """Whether a noun has the modifiers and the objects that its entry asks for."""
        if entry.mods and not any(
            c.text.lower() in entry.mods for c in self.tree.children(noun, "amod", "compound", "nmod")
        ):
            return False
        if entry.preps and not any(a.position in entry.preps for a in self.roles.of_noun(noun)):
            return False
        if entry.needs:
            objects = [a.token for a in self.roles.of_noun(noun) if a.position in ("of", "to", "on", "before")]
            objects += [h for h in objects for h in self.heads(h)]
            return any(self.matches(h, entry.needs) for h in objects)
        return True

    def matches(self, token: Token, wanted: frozenset[str]) -> bool:
        """Whether a token is one of these words, or of one of these classes ("@state")."""
        if (
            token.pos == "PRON"
            and token.text.lower() in _IT
            and self._spoken_of(token, wanted)
            and not self._is_light(token)
        ):
            return True
        return (
            token.lemma in wanted
            or token.text.lower() in wanted
            or any(self._in_class(token, name) for name in _classes(wanted))
        )

    def _is_light(self, token: Token) -> bool:
        """Whether the verb of a pronoun says so little that the pronoun can mean anything: "called it", "made it"."""
        head = self.tree.head(token)
        return head is not None and head.lemma in LIGHT

    def _spoken_of(self, token: Token, wanted: frozenset[str]) -> bool:
        """Whether "it" or "them" can mean one of these nouns: one was named before in the sentence, or in the one before."""
        before = {t.lemma for t in self.tree.tokens[: token.i] if t.pos == "NOUN"}
        if not any(h.pos in ("NOUN", "PROPN") and h.dep == "nsubj" for h in self.tree.tokens[: token.i]):
            before |= self.roles.referents.scene.spoken[-1] if self.roles.referents.scene.spoken else frozenset()
        return not before.isdisjoint(w for w in wanted if not w.startswith("@"))

    def _has_preposition(self, frame: VerbFrame, verb: Token, arguments: list[Argument], objects: list[Token]) -> bool:
        there = [*arguments, *(a for h in objects for a in self.roles.of_noun(h))]
        there = [
            a for a in there if a.position in frame.preps and not (a.position == "before" and a.token.dep != "pobj")
        ]
        if not frame.pobjects:
            return bool(there) or any(c.lemma in frame.preps for c in self.tree.children(verb, "prep", "acomp", "oprd"))
        return any(self.matches(h, frame.pobjects) for a in there for h in self.heads(a.token))

    def _has_particle(self, verb: Token, particle: str) -> bool:
        """A particle beside a verb; a preposition counts only where it is stranded or followed by another ("pulled out of")."""
        return any(
            child.text.lower() == particle and (child.dep != "prep" or not self.tree.children(child, "pobj"))
            for child in self.tree.children(verb, "prt", "advmod", "prep", "advcl")
        )

    def _in_class(self, token: Token, name: str) -> bool:
        agents, nouns = self.lexicon.agents, self.lexicon.nouns
        match name:
            case "@any":
                return True
            case "@instrument":
                return self.instruments.meant(token, self.roles.referents.scene.instrument) is not None
            case "@talks":
                return token.lemma in agents["talks"]
            case "@event":
                return token.lemma in nouns or token.lemma in agents["talks"]
            case "@forces" if token.mention is not None:
                return self._is_force(token)
            case "@sides" if len({p.country for p in self.roles.actors(token)}) == 1:
                return False  # "the Russian side"
            case "@goods" | "@forces" | "@sides":
                return token.lemma in agents[name[1:]]
            case "@money":
                return token.tag in ("$", "CD") or token.lemma in _MONEY
            case "@actor":
                return bool(self.roles.actors(token, adverse=True))
            case "@two":
                return len({p.country or p.key for p in self.roles.actors(token)}) > 1
            case "@abroad":
                return self._is_abroad(token)
            case _:
                return self._is_named(token, name)

    def _is_abroad(self, token: Token) -> bool:
        """Whether a place is not of the country of the one who acts in its clause: "Ghana's king is in Rome"."""
        mention = token.mention
        if mention is None or mention.country is None or not self._is_named(token, "@place"):
            return False
        verb = next((t for t in self.tree.ancestors(token) if t.pos in ("VERB", "AUX")), None)
        subjects = [a.token for a in self.roles.of_verb(verb) if a.position == "subject"] if verb is not None else []
        homes = {p.country for s in subjects for p in self.roles.actors(s)} - {None}
        return bool(homes) and mention.country not in homes

    def _is_force(self, token: Token) -> bool:
        mention = token.mention
        return mention is not None and (
            mention.kind == "armed_group"
            or mention.kind == "government"
            and _MILITARY.search(self.text, mention.start, mention.end) is not None
        )

    def _is_named(self, token: Token, name: str) -> bool:
        """Classes that a name decides, and persons, who may be named by an office or a pronoun."""
        mention = token.mention
        if name == "@person":
            return (
                (mention is not None and mention.kind == "person")
                or token.lemma in self.lexicon.agents["people"]
                or token.text.lower() in ("he", "she", "him", "her", "i", "we", "you", "they")
                or (mention is None and token.pos == "PROPN")
            )
        if mention is None:  # "the bloc ECOWAS"
            return name == "@org" and any(self._is_named(t, name) for t in self.tree.children(token, "appos"))
        if name == "@place":
            return mention.kind in ("state", "place") and mention.form != "demonym"
        if name == "@town":
            return mention.kind == "place" or mention.form == "capital"
        return mention.kind == {"@state": "state", "@org": "organization", "@body": "government"}.get(name)
