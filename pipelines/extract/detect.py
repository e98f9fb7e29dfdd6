"""Events in a tree: verbs and nouns of the lexicon that stand in one of their frames, with their sides and their status."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipelines.extract.frames import Noun, VerbFrame
from pipelines.extract.instruments import Instruments, Named
from pipelines.extract.lexicon import Lexicon
from pipelines.extract.parse import Token, Tree
from pipelines.extract.records import Event, Found, Part
from pipelines.extract.roles import Argument, Roles
from pipelines.extract.scene import Scene
from pipelines.extract.status import StatusReader

_MILITARY = re.compile(r"\b(?:forces?|army|navy|troops|military|soldiers|guards?|corps|marines)\b", re.I)
_THROUGH = frozenset("number hundred thousand dozen million billion series package round batch convoy pair couple wave lot part shipment consignment group set team tonne ton worth string kind total contingent range".split())


@dataclass(slots=True)
class Candidate:
    """An event in the making: its trigger, the verb that carries it, its arguments, and the instrument it is about."""

    type: str
    rule: str
    trigger: Token
    verb: Token | None
    arguments: list[Argument]
    status: Found
    roles: dict[str, str]
    frame_demands: int
    noun: Noun | None = None
    instrument: Named | None = None
    more_instruments: list[Named] = field(default_factory=list)
    framed: Token | None = None
    event: Event | None = None
    parts: list[Part] = field(default_factory=list)


class Detector:
    """Finds the events of one tree."""

    def __init__(self, tree: Tree, text: str, scene: Scene, lexicon: Lexicon) -> None:
        self.tree, self.text, self.scene, self.lexicon = tree, text, scene, lexicon
        self.roles = Roles(tree, scene, lexicon)
        self.status = StatusReader(tree, lexicon)
        self.instruments = Instruments(tree, text, lexicon)
        self.used: set[int] = set()

    def candidates(self) -> list[Candidate]:
        """All candidates, verbs before the nouns that they do not use up, in order of the text."""
        out: list[Candidate] = []
        for token in self.tree.tokens:
            if token.pos in ("VERB", "AUX") and token.lemma in self.lexicon.verbs and token.mention is None and (found := self._verb(token)):
                out.append(found)
        for token in self.tree.tokens:
            if token.pos in ("NOUN", "PROPN") and token.i not in self.used and token.mention is None and token.lemma in self.lexicon.nouns and (found := self._noun(token)):
                out.append(found)
        return sorted(out, key=lambda c: c.trigger.i)

    # verbs

    def _verb(self, verb: Token) -> Candidate | None:
        arguments = self.roles.of_verb(verb)
        objects = [h for a in arguments if a.position == "object" for h in self.heads(a.token)]
        if verb.tag == "VBN" and (nearest := self._instrument_before(verb)) is not None and not any(self.instruments.at(h) for h in objects):
            arguments = [a for a in arguments if a.position != "object"] + [Argument("object", nearest)]
            objects = [nearest]
        for frame in self.lexicon.verbs[verb.lemma]:
            if not self._fits(frame, verb, arguments, objects):
                continue
            # a bare verb whose object is an event noun only carries that event: "began the visit"
            if not frame.objects and self._carries(verb, objects):
                return None
            status = self.status.of_verb(verb, frame.type)
            if status is None:
                self.used.update(h.i for h in objects if frame.objects)
                return None
            self.used.update(h.i for h in objects if frame.objects or h.lemma in self.lexicon.nouns)
            named = next((n for h in objects if (n := self.instruments.at(h, signed=frame.type == "sign"))), None)
            if named is None and frame.type == "sign":
                named = next((n for a in arguments if a.position in ("in", "by", "under") and (n := self.instruments.at(a.token))), None)
            if named is None:
                named = next((n for a in arguments if a.position in ("into", "to", "from", "of", "on", "out", "toward", "towards", "as") and (n := self.instruments.at(a.token))), None)
            if named is not None and named.token not in objects:
                arguments = arguments + [a for a in self.roles.of_noun(named.token) if a.position in ("with", "between", "among")]
            for head in objects:
                arguments = arguments + [a for a in self.roles.of_noun(head) if a.position not in ("before",)]
            if named is None and frame.type == "agree":
                named = next((n for a in arguments if a.position in ("in", "by", "under") and (n := self.instruments.at(a.token)) and n.proper and not n.generic), None)
            return Candidate(
                frame.type, frame.rule, verb, verb, arguments, status, frame.roles, frame.demands, instrument=named, more_instruments=self._further(named)
            )  # fmt: skip
        return None

    def _further(self, named: Named | None) -> list[Named]:
        """The instruments coordinated with one: "an agreement and three protocols"."""
        if named is None:
            return []
        return [n for t in self.tree.conjuncts(named.token)[1:] if (n := self.instruments.at(t)) is not None and n.row.instrument != "other"]

    def _instrument_before(self, verb: Token) -> Token | None:
        """ "... and agreements to be signed": the instrument right before a participle, wherever the parser has hung the clause."""
        i = verb.i - 1
        while i >= 0 and self.tree.tokens[i].text.lower() in ("to", "be", "being", "was", "were", "also", "that", "which", ",", "is", "are"):
            i -= 1
        return self.tree.tokens[i] if i >= 0 and verb.dep in ("acl", "relcl") and self.instruments.at(self.tree.tokens[i]) is not None else None

    def _carries(self, verb: Token, objects: list[Token]) -> bool:
        return verb.lemma in self.lexicon.performing and any(h.lemma in self.lexicon.nouns and h.mention is None for h in objects)

    def heads(self, token: Token) -> list[Token]:
        """The nouns that a phrase is about: its conjuncts, looking through "hundreds of" and "a package of"."""
        out: list[Token] = []
        for head in self.tree.conjuncts(token):
            out.append(head)
            if head.lemma in _THROUGH:
                for prep in self.tree.children(head, "prep"):
                    if prep.lemma == "of":
                        for obj in self.tree.children(prep, "pobj"):
                            out += self.heads(obj)
        return out

    def _fits(self, frame: VerbFrame, verb: Token, arguments: list[Argument], objects: list[Token]) -> bool:
        if frame.particle and not self._has_particle(verb, frame.particle):
            return False
        if frame.objects and not any(self._is(h, frame.objects) for h in objects):
            return False
        if frame.with_mod and not any(t.text.lower() in frame.with_mod for h in objects for t in self.tree.subtree(h)):
            return False
        if frame.preps and not self._has_preposition(frame, verb, arguments, objects):
            return False
        if frame.xcomp:
            clauses = self.tree.children(verb, "xcomp", "ccomp")
            if not clauses or (frame.xcomp is not True and not any(c.lemma in frame.xcomp for c in clauses)):
                return False
        if frame.subject:
            subjects = [a.token for a in arguments if a.position == "subject"]
            return any(self._is(h, frame.subject) for s in subjects for h in self.heads(s))
        return True

    def _has_preposition(self, frame: VerbFrame, verb: Token, arguments: list[Argument], objects: list[Token]) -> bool:
        there = [a for a in arguments if a.position in frame.preps]
        there += [a for h in objects for a in self.roles.of_noun(h) if a.position in frame.preps]
        if not frame.pobjects:
            return bool(there) or any(c.lemma in frame.preps for c in self.tree.children(verb, "prep", "acomp", "oprd"))
        return any(self._is(h, frame.pobjects) for a in there for h in self.heads(a.token))

    def _has_particle(self, verb: Token, particle: str) -> bool:
        """A particle beside a verb; a preposition counts only where it is stranded or followed by another ("pulled out of")."""
        for child in self.tree.children(verb, "prt", "advmod", "prep", "advcl"):
            if child.text.lower() == particle and (child.dep != "prep" or not self.tree.children(child, "pobj")):
                return True
        return False

    def _is(self, token: Token, wanted: frozenset[str]) -> bool:
        return token.lemma in wanted or token.text.lower() in wanted or any(self._in_class(token, name) for name in wanted if name.startswith("@"))

    def _in_class(self, token: Token, name: str) -> bool:
        mention, agents = token.mention, self.lexicon.agents
        if name == "@any":
            return True
        if name == "@instrument":
            return self.instruments.at(token) is not None
        if name == "@talks":
            return token.lemma in agents["talks"]
        if name == "@event":
            return token.lemma in self.lexicon.nouns or token.lemma in agents["talks"]
        if name == "@forces" and mention is not None:
            return mention.kind == "armed_group" or mention.kind == "government" and _MILITARY.search(self.text, mention.start, mention.end) is not None
        if name in ("@goods", "@forces", "@sides"):
            return token.lemma in agents[name[1:]]
        if name == "@money":
            return token.tag in ("$", "CD") or token.lemma in ("million", "billion", "dollar", "euro", "trillion")
        if name == "@place":
            return mention is not None and (mention.kind in ("state", "place") and mention.form != "demonym")
        if name == "@person":
            return (mention is not None and mention.kind == "person") or token.lemma in agents["people"] or token.text.lower() in ("he", "she", "him", "her") or (mention is None and token.pos == "PROPN")
        if name == "@state":
            return mention is not None and mention.kind == "state"
        if name == "@org":
            return mention is not None and mention.kind == "organization"
        return bool(self.roles.actors(token, adverse=True)) if name == "@actor" else False

    # nouns

    def _noun(self, noun: Token) -> Candidate | None:
        entry = next((n for n in self.lexicon.nouns[noun.lemma] if self._noun_fits(n, noun)), None)
        if entry is None or noun.dep in ("compound", "amod", "nmod") or self._stressed(noun):
            return None
        verb, way = self._carrier(noun)
        if entry.bare == "never" and way != "performed":
            return None
        arguments = self.roles.of_noun(noun)
        of_role = entry.of
        for inner in [a for a in arguments if a.position in ("of", "on", "over", "about")]:
            if entry.needs or self.instruments.at(inner.token) is not None:
                arguments += self.roles.of_noun(inner.token)
        roles = {"of": of_role, "before": "mediator" if entry.type == "mediate" else "initiator"}
        if verb is not None and way in ("performed", "subject"):
            arguments += [a for a in self.roles.of_verb(verb) if a.token.i != noun.i and noun not in self.tree.conjuncts(a.token)]
            if way == "performed":
                roles["subject"] = self.lexicon.subject_roles.get(verb.lemma) or self.lexicon.types[entry.type].roles.get("subject", "none")
            else:
                roles["subject"] = "none"
        status = self.status.of_noun(noun, verb if way else None, entry.type)
        if status is None:
            return None
        named = None
        if "@instrument" in entry.needs or entry.type in ("negotiate", "ratify", "sever"):
            named = next((n for a in arguments if a.position in ("of", "on", "over", "about", "for", "toward", "before") and (n := self.instruments.at(a.token))), None)
        return Candidate(entry.type, entry.rule, noun, verb, arguments, status, roles, 0, noun=entry, instrument=named, more_instruments=self._further(named), framed=verb if way == "framed" else None)

    def _noun_fits(self, entry: Noun, noun: Token) -> bool:
        if entry.mods and not any(c.text.lower() in entry.mods for c in self.tree.children(noun, "amod", "compound", "nmod")):
            return False
        if entry.needs:
            objects = [a.token for a in self.roles.of_noun(noun) if a.position in ("of", "to", "on", "before")]
            objects += [h for h in objects for h in self.heads(h)]
            return any(self._is(h, entry.needs) for h in objects)
        return True

    def _stressed(self, noun: Token) -> bool:
        """ "The importance of talks", "efforts for a ceasefire": nothing happened."""
        head = self.tree.head(noun)
        over = self.tree.head(head) if head is not None and head.pos == "ADP" else None
        words = frozenset(self.lexicon.status["wish"])
        return over is not None and over.lemma in words and over.pos == "NOUN"

    def _carrier(self, noun: Token) -> tuple[Token | None, str]:
        """The verb that performs a noun's event, stands with it as its subject, or is framed by it."""
        head = self.tree.head(noun)
        top = noun
        while head is not None and top.dep == "conj":
            top, head = head, self.tree.head(head)
        if head is not None and head.lemma in _THROUGH | {"round"} and head.pos == "NOUN":
            top, head = head, self.tree.head(head)
        if head is not None and head.pos == "ADP" and (over := self.tree.head(head)) is not None and over.lemma in _THROUGH and over.pos == "NOUN":
            top, head = over, self.tree.head(over)
        if head is None:
            return None, ""
        if top.dep in ("dobj", "attr") and head.pos in ("VERB", "AUX"):
            return head, "performed" if head.lemma in self.lexicon.performing else "object"
        if top.dep == "nsubjpass":
            return head, "performed" if head.lemma in self.lexicon.performing else "object"
        if top.dep == "nsubj":
            return head, "subject" if head.lemma in self.lexicon.performing else ""
        if top.dep == "pobj" and head.pos == "ADP":
            over = self.tree.head(head)
            if over is not None and over.pos in ("VERB", "AUX"):
                if over.lemma in self.lexicon.performing and head.lemma in ("in", "for", "on", "into", "out") and over.lemma in ("engage", "enter", "embark", "meet", "come", "participate", "go", "arrive", "sit"):
                    return over, "performed"
                return over, "framed" if head.lemma in self.lexicon.frames else ""
        return None, ""
