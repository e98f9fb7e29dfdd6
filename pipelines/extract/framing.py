"""Sides that the phrases around an event name: who speaks after talks, whose counterpart is met, where a summit is held."""

from __future__ import annotations

from collections.abc import Iterable

from pipelines.extract.candidate import Candidate
from pipelines.extract.lexicon import Lexicon
from pipelines.extract.parse import Token, Tree
from pipelines.extract.records import Event, Part
from pipelines.extract.roles import Roles

_FRAMES = frozenset({"meet", "visit", "call", "negotiate", "sign"})


class Framing:
    """Reads what stands around the events of one tree."""

    def __init__(self, tree: Tree, lexicon: Lexicon, roles: Roles) -> None:
        self.tree, self.lexicon, self.roles = tree, lexicon, roles

    def completes(self, candidate: Candidate, event: Event) -> bool:
        """Adds the sides that stand around an event; True where nobody else can be meant."""
        two = self.lexicon.types[candidate.type].sides == 2
        if two:
            self._counterparts_owner(candidate, event)
        if (two or candidate.type == "attack") and len(event.countries()) < 2:
            self._frame_subject(candidate, event)
        if candidate.type == "meet" and candidate.verb is not None and candidate.verb.lemma == "attend":
            self._attended(event)
            return True
        return is_of_bloc(candidate, self.tree, self.lexicon)

    def _frame_subject(self, candidate: Candidate, event: Event) -> None:
        """ "X said this during talks with Y": X talked too."""
        verb = candidate.framed or self._frame_above(candidate)
        against = candidate.type == "attack" and any(a.position == "with" for a in candidate.arguments)
        if verb is None or not (candidate.type in _FRAMES or against):
            return
        role = self.lexicon.types[candidate.type].roles.get("subject", "participant")
        for argument in self.roles.of_verb(verb):
            if argument.position == "subject":
                add_new(event, self.roles.actors(argument.token), role)

    def _frame_above(self, candidate: Candidate) -> Token | None:
        """ "In a statement after talks with Y": the verb of the clause, from deeper inside it."""
        noun, tree = candidate.trigger, self.tree
        prep = tree.head(noun)
        if (
            candidate.noun is None
            or noun.dep != "pobj"
            or prep is None
            or not {prep.lemma, prep.text.lower()} & self.lexicon.frames
        ):
            return None
        over = tree.head(prep)
        inside = over is not None and over.pos == "NOUN" and over.mention is None
        return next((t for t in tree.ancestors(prep) if t.pos == "VERB"), None) if inside else None

    def _counterparts_owner(self, candidate: Candidate, event: Event) -> None:
        """ "Talks with his Turkish counterpart": he talked too."""
        role = self.lexicon.types[candidate.type].roles.get("subject", "participant")
        for argument in candidate.arguments:
            for head in self.tree.conjuncts(argument.token):
                own = self.tree.child(head, "poss")
                if head.lemma in ("counterpart", "homologue", "colleague") and own is not None and own.tag == "PRP$":
                    add_new(event, self.roles.actors(own)[:1], role)

    def _attended(self, event: Event) -> None:
        """ "Will attend the summit in X": X is the host, and no other side is meant."""
        code = event.place_country
        if (
            event.place is not None
            and code is not None
            and len(event.countries()) < 2
            and code not in event.countries()
        ):
            event.add(Part(code.lower(), code, "participant", event.place.start, event.place.end, "place"))


def add_new(event: Event, parts: Iterable[Part], role: str) -> None:
    """Add those whose country takes no part yet."""
    for part in parts:
        if part.country not in event.countries():
            part.role = role
            event.add(part)


def is_done_by_deed(candidate: Candidate, lexicon: Lexicon) -> bool:
    """ "An attack that killed a dozen": nobody is named who did it."""
    if candidate.verb is not None and candidate.verb.dep == "relcl":
        return True
    return any(
        a.position == "subject" and a.token.lemma in lexicon.nouns and a.token.mention is None
        for a in candidate.arguments
    )


def is_of_bloc(candidate: Candidate, tree: Tree, lexicon: Lexicon) -> bool:
    """ "Western sanctions": of more than one state, and none of them named."""
    blocs = lexicon.agents["blocs"]
    adverse = lexicon.types[candidate.type].adverse
    return (
        adverse
        and candidate.noun is not None
        and any(c.text.lower() in blocs for c in tree.children(candidate.trigger, "amod", "compound"))
    )
