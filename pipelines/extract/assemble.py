"""From candidates to events: who takes part in which role, and where."""

from __future__ import annotations

import re

from pipelines.extract.arguments import Argument
from pipelines.extract.candidate import Candidate
from pipelines.extract.lexicon import Lexicon
from pipelines.extract.parse import Token, Tree
from pipelines.extract.places import Places
from pipelines.extract.records import Event, Part
from pipelines.extract.roles import Roles
from pipelines.extract.scene import Scene
from pipelines.extract.sides import Sides

_TALKS = frozenset({"meet", "visit", "call", "negotiate", "sign", "mediate"})
_ANNOUNCES = frozenset({"announce", "confirm", "declare", "schedule", "plan", "arrange"})
_JOINT = re.compile(r"\b(?:joint|jointly|together|shared|bilateral|trilateral)\b", re.I)
_DEFINITE = frozenset({"the", "this", "that", "these", "those", "his", "her", "their"})
_VISIT_PREPOSITIONS = frozenset({"to", "in", "at", "object", "for"})
_HITS_OWNER = frozenset({"deploy", "aid", "retreat", "concede", "reject", "recognize", "endorse", "appeal", "offer"})
_HITS_PLACE = frozenset({"deploy", "attack", "aid", "retreat", "sanction"})
_HELD = frozenset({"meet", "negotiate", "sign", "mediate"})
_SOMEWHERE = frozenset({"visit", "deploy", "attack", "retreat", "aid"})


def _is_own(part: Part, event: Event) -> bool:
    """ "Withdrew its troops": what is acted upon is of the one who acts, and no other side."""
    return (
        part.role == "target"
        and part.how == "anaphor"
        and part.country is not None
        and part.country in {p.country for p in event.parts if p.role == "initiator"}
    )


class Assembler:
    """Makes events of one tree's candidates; `number` is that of the sentence."""

    def __init__(self, tree: Tree, text: str, scene: Scene, lexicon: Lexicon, roles: Roles, number: int) -> None:
        self.tree, self.text, self.scene, self.lexicon, self.number = tree, text, scene, lexicon, number
        self.roles = roles
        self.sides = Sides(tree, text, scene, lexicon, roles)
        self.places = Places(tree, text, lexicon, roles)

    def event(self, candidate: Candidate) -> Event:
        """The event of a candidate; it may lack sides, which the story then supplies or not."""
        event = self._bare_event(candidate)
        for argument in candidate.arguments:
            role = self._role(candidate, argument)
            if role is None or role == "none":
                continue
            for part in self._parts(candidate, argument, role):
                person_hosts = role == "host" and part.how == "direct" and self.sides.is_person(part.key)
                part.role = "participant" if person_hosts else role
                if not _is_own(part, event):
                    event.add(part)
        event.place, event.place_country = self.places.of(candidate)
        self.sides.complete(candidate, event)
        if event.type == "visit":
            self.places.settle(candidate, event)
        if event.type == "deploy" and self._is_joint(candidate, event):
            event.type, event.rule = "cooperate", event.rule + " jointly"
        self.sides.supply_agent(candidate, event)
        joined = self.scene.organization
        if event.type == "join" and joined is not None and event.parts and all(p.role != "target" for p in event.parts):
            event.add(Part(joined, None, "target", event.start, event.end, "anaphor"))  # "became a member"
        candidate.event = event
        return event

    def _bare_event(self, candidate: Candidate) -> Event:
        """The event with what its trigger alone says, nobody taking part in it yet."""
        trigger = candidate.trigger
        event = Event(candidate.type, candidate.rule, trigger.start, trigger.end, self.number, candidate.status)
        event.nominal = candidate.noun is not None
        event.asks = candidate.noun.bare if candidate.noun is not None and candidate.verb is None else ""
        if event.nominal:
            event.definite = any(c.text.lower() in _DEFINITE for c in self.tree.children(trigger, "det", "poss"))
            event.pointed = any(c.text.lower() in ("this", "these") for c in self.tree.children(trigger, "det"))
        below = (candidate.verb or trigger).dep in ("relcl", "acl", "advcl")
        event.background = candidate.framed is not None or below
        verb = candidate.verb or trigger
        had = any(t.text.lower() == "had" for t in self.tree.children(verb, "aux"))
        event.earlier = had or verb.dep in ("relcl", "acl") or candidate.framed is not None
        return event

    def _is_joint(self, candidate: Candidate, event: Event) -> bool:
        """Whether several states move their forces together: an exercise, and no deployment against anybody."""
        inside = self.tree.subtree(candidate.verb or candidate.trigger)
        span = min(t.start for t in inside), max(t.end for t in inside)
        movers = {p.country for p in event.parts if p.role == "initiator" and p.country}
        return len(movers) > 1 and _JOINT.search(self.text, *span) is not None

    def _role(self, candidate: Candidate, argument: Argument) -> str | None:
        """The role of a position: the frame's word before the type's; None where it takes no part."""
        if self._is_destination(candidate, argument):
            return "host"
        position, by_noun = argument.position, candidate.noun is not None and candidate.verb is not None
        if (
            position == "subject"
            and by_noun
            and candidate.type in _TALKS
            and candidate.verb is not None
            and candidate.verb.lemma in _ANNOUNCES
        ):
            return None  # who announces a visit need not make it
        if position in candidate.roles:
            return candidate.roles[position]
        if position == "object" and by_noun:
            return None
        if position == "by" and candidate.noun is not None:  # "a visit by X": who does it
            position = "subject"
        return self.lexicon.types[candidate.type].roles.get(position)

    def _is_destination(self, candidate: Candidate, argument: Argument) -> bool:
        """ "The president's UK visit", "a China trip by the minister": where to, as somebody else is named who goes."""
        mention = argument.token.mention
        if candidate.type != "visit" or argument.position != "before" or argument.token.dep not in ("compound", "nmod"):
            return False
        others = [a for a in candidate.arguments if a.token.i != argument.token.i and a.position in ("before", "by")]
        named = mention is not None and mention.kind in ("state", "place") and mention.form != "demonym"
        return named and any(a.token.dep == "poss" or a.position == "by" for a in others)

    def _parts(self, candidate: Candidate, argument: Argument, role: str) -> list[Part]:
        token, position, kind = argument.token, argument.position, candidate.type
        if position == "before":
            return self._before(token, kind)
        out = self.roles.actors(token, self._is_adverse(candidate, argument, role))
        places_count = (kind == "visit" and position in _VISIT_PREPOSITIONS) or kind in _HITS_PLACE
        if places_count and role in ("host", "target"):
            for head in self.tree.conjuncts(token):
                m = head.mention
                if m is not None and m.kind == "place" and m.country:
                    out.append(Part(m.country.lower(), m.country, "", m.start, m.end, "place"))
        placed = kind in _SOMEWHERE or position in candidate.roles
        return out if placed or position not in ("in", "at", "near") else []

    def _is_adverse(self, candidate: Candidate, argument: Argument, role: str) -> bool:
        """Whether what somebody owns stands for the owner: a strike on X's port is one on X."""
        kind = candidate.type
        if candidate.noun is None and candidate.roles.get(argument.position) == role and role != "host":
            return True  # the frame says so: "its answer was no"
        if self.lexicon.types[kind].adverse and (role in ("target", "participant") or kind == "attack"):
            return True
        if kind == "aid" and argument.position == "subject":
            return True
        return kind in _HITS_OWNER and (role == "target" or (role == "initiator" and kind in ("deploy", "retreat")))

    # what stands before an event noun

    def _before(self, token: Token, kind: str) -> list[Part]:
        mention = token.mention
        if mention is None and token.tag == "PRP$":
            return self.roles.actors(token) if token.text.lower() != "its" else self._its(token)
        if (
            mention is None
            and token.dep in ("amod", "compound", "nmod")
            and token.lemma not in self.roles.referents.agents
            and not self.tree.children(token)
        ):
            return []
        if mention is not None and mention.form == "capital" and token.dep in ("compound", "nmod") and kind in _HELD:
            return []  # "the Ankara summit": where it was
        if mention is not None and mention.kind == "organization" and token.dep != "poss":
            return [Part(mention.key, None, "", mention.start, mention.end, "modifier")]
        return self.roles.actors(token, adverse=token.dep == "poss")

    def _its(self, token: Token) -> list[Part]:
        """ "Its invasion": of the state, group or organization named last in the sentence."""
        here = [
            t.mention
            for t in self.tree.tokens[: token.i]
            if t.mention is not None and t.mention.kind in ("state", "armed_group", "organization")
        ]
        if not here:
            return []
        country = here[-1].country if here[-1].kind == "state" else None
        return [Part(here[-1].key, country, "", token.start, token.end, "anaphor")]
