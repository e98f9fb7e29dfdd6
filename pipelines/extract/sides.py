"""Sides that an event's own phrases leave unsaid: from the clause above or below, the sentence, or the story."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.extract.candidate import Candidate
from pipelines.extract.framing import Framing, add_new, is_done_by_deed
from pipelines.extract.lexicon import Lexicon
from pipelines.extract.parse import Token, Tree
from pipelines.extract.records import Event, Part
from pipelines.extract.roles import Roles
from pipelines.extract.scene import Scene
from pipelines.extract.within import Within

_SIDED = frozenset({"visit", "meet", "call", "negotiate", "sign", "agree"})
_ADDRESSED = frozenset({"appeal", "threaten", "protest", "accuse", "endorse"})
_UNSIDED = frozenset({"join", "deploy", "attack"})  # acts that need nobody else
_JOINT_BODIES = frozenset({"commission", "committee", "council"})
_OF_BOTH = frozenset({"sever", "recognize"})
_TIES = frozenset(
    "embassy consulate relation tie section border frontier crossing ambassador link contact mission".split()
)
_SUFFERED = frozenset({"coerce", "retreat", "sever", "reject", "concede", "accuse", "protest", "sanction"})
_CLAUSE_TARGETS = frozenset({"aid", "agree", "offer", "threaten", "appeal", "accuse", "reject"})
_CONCERNS = frozenset(
    "aid offer endorse accuse reject threaten appeal protest recognize sever sanction concede retreat agree cooperate coerce negotiate sign mediate".split()
)
_CUT = frozenset({"sanction", "sever", "coerce"})
_ANSWERS = frozenset({"reject", "accuse", "endorse", "agree", "concede"})
_SHARED = frozenset({"ratify", "retreat"})
_ANNOUNCED = frozenset({"sanction", "sever", "deploy", "aid", "concede", "recognize", "coerce", "retreat"})
_IN_CLAUSE = frozenset({"object", "to", "with", "against", "between", "on", "for", "from"})


class Sides:
    """Completes the sides of the events of one tree."""

    def __init__(self, tree: Tree, text: str, scene: Scene, lexicon: Lexicon, roles: Roles) -> None:
        self.tree, self.scene, self.lexicon, self.roles = tree, scene, lexicon, roles
        self.within = Within(tree, text, scene)
        self.framing = Framing(tree, lexicon, roles)

    def complete(self, candidate: Candidate, event: Event) -> None:
        """Add the sides that the event's type asks for and its own phrases lack, as far as they can be known."""
        kind = self.lexicon.types[candidate.type]
        if self.framing.completes(candidate, event) or self._with_us(candidate):
            return
        if candidate.type in _CLAUSE_TARGETS:
            self._clause_target(candidate, candidate.verb or candidate.trigger, event)
        self._where_it_was_done(candidate, event)
        self._where_it_struck(candidate, event)
        # "Flights between X and Y were suspended", by whomever.
        cut = candidate.type in _CUT and candidate.noun is None and not event.parts
        if cut or (kind.sides == 2 and len(event.countries()) < 2):
            for part in self.within.between(candidate, self.roles):
                part.role = "participant"
                event.add(part)
        if candidate.type in _CONCERNS and len(event.countries()) == 1 and _alone(event):
            self._within(candidate, event)
        if kind.sides == 2 and len(event.countries()) < 2:
            self._second_side(candidate, event)
        elif candidate.type in _OF_BOTH and not event.parts:
            self._both_sides(candidate, event)
        elif candidate.type not in _UNSIDED and len(event.countries()) == 1:
            self._other_side(candidate, event)
        elif (
            candidate.type in _SHARED
            and not event.parts
            and (candidate.instrument is not None or candidate.noun is not None)
        ):
            self._shared(candidate, event)
        if kind.adverse and event.parts and candidate.type in ("sanction", "concede") and not _has(event, "target"):
            self._nearest_target(candidate, event)

    def supply_agent(self, candidate: Candidate, event: Event) -> None:
        """ "Sanctions take effect on Monday, Vilnius announced": the one who announces an act without an agent is its agent."""
        if event.type not in _ANNOUNCED or _has(event, "initiator", "participant", "mediator"):
            return
        anchor = candidate.verb or candidate.trigger
        for head in [*self.tree.ancestors(anchor), *self.tree.children(anchor, "parataxis", "ccomp")]:
            if head.lemma in ("announce", "declare", "decide", "order"):
                for subject in self._subjects(head):
                    add_new(event, self.roles.actors(subject), "initiator")

    def is_person(self, key: str) -> bool:
        """Whether a key is that of a person of the document."""
        actor = self.scene.entities.actors.get(key)
        return actor is not None and actor.kind == "person"

    def _subjects(self, verb: Token) -> list[Token]:
        return [a.token for a in self.roles.of_verb(verb) if a.position == "subject"]

    def _where_it_was_done(self, candidate: Candidate, event: Event) -> None:
        """ "Dismissed as fiction in Minsk": its government did; "demonstrators in Lima": they are of the place."""
        if _has(event, "initiator", "participant") or not _has(event, "target"):
            return
        code: str | None = None
        if candidate.type in _ANSWERS and candidate.verb is not None and candidate.verb.tag == "VBN":
            for argument in candidate.arguments:
                mention = argument.token.mention
                if argument.position == "in" and mention is not None and mention.form == "capital":
                    code = mention.country
        elif candidate.type == "protest":
            code = event.place_country
        if code is not None and code not in event.countries():
            anchor = event.place or event.status
            event.add(Part(code.lower(), code, "initiator", anchor.start, anchor.end, "place"))

    def _where_it_struck(self, candidate: Candidate, event: Event) -> None:
        """ "Air strikes on an area in Cambodia": on Cambodia, where no one else is named."""
        if candidate.type != "attack" or {p.role for p in event.parts} != {"initiator"} or not event.countries():
            return
        for argument in candidate.arguments:
            if argument.position not in ("on", "against", "at", "object") or argument.token.mention is not None:
                continue
            for below in self.roles.of_noun(argument.token):
                mention = below.token.mention
                if below.position not in ("in", "of") or mention is None or mention.kind not in ("state", "place"):
                    continue
                if (code := mention.country) is not None and code not in event.countries():
                    event.add(Part(code.lower(), code, "target", mention.start, mention.end, "window"))

    def _within(self, candidate: Candidate, event: Event) -> None:
        """ "Footed the bill for Chad's pumps": the one whom the clause names below the act's own phrases."""
        if candidate.framed is not None or event.nominal and candidate.verb is None:
            return
        if candidate.type == "attack" and is_done_by_deed(candidate, self.lexicon):
            return
        roles = {p.role for p in event.parts}
        if self.lexicon.types[candidate.type].sides == 2:
            role = "participant"
        else:
            role = "initiator" if roles == {"target"} else "target"
        add_new(event, self.within.others(candidate, event.countries()), role)

    # whom the clause below names

    def _clause_target(self, candidate: Candidate, verb: Token, event: Event) -> None:
        """ "Agreed to pay X", "threatened to cut off aid to Mali": the one whom the promise, threat or offer concerns."""
        if _has(event, "target"):
            return
        role = "participant" if self.lexicon.types[candidate.type].sides == 2 else "target"
        clauses = self._clauses_below(verb)
        if candidate.type in ("appeal", "accuse", "aid"):
            for clause in clauses:
                if self.tree.child(clause, "nsubj", "nsubjpass") is not None:
                    for subject in self._subjects(clause):
                        add_new(event, self.roles.actors(subject, adverse=True), role)
        for token in self._concerned(clauses):
            parts = self.roles.actors(token, adverse=candidate.type != "agree")
            add_new(event, (p for p in parts if p.how != "window"), role)

    def _clauses_below(self, verb: Token) -> list[Token]:
        tree = self.tree
        clauses = tree.children(verb, "xcomp", "ccomp", *(("acl",) if verb.pos in ("NOUN", "PROPN") else ()))
        clauses += [c for p in tree.children(verb, "prep") for c in tree.children(p, "pcomp")]
        clauses += [c for o in tree.children(verb, "dobj") for c in tree.children(o, "acl")]
        return clauses

    def _concerned(self, clauses: list[Token]) -> Iterator[Token]:
        """The phrases of clauses that may name the one concerned, what hangs on an object before the object itself."""
        for clause in clauses:
            for inner in [clause, *self.tree.children(clause, "xcomp")]:
                for argument in self.roles.of_verb(inner):
                    if argument.position not in _IN_CLAUSE:
                        continue
                    if argument.token.mention is None:
                        for below in self.roles.of_noun(argument.token):
                            if below.position in ("to", "with", "between", "against", "on"):
                                yield below.token
                    yield argument.token

    # whom the sentence or the story implies

    def _other_side(self, candidate: Candidate, event: Event) -> None:
        """The side that "broke off relations" or "rejected the demand" leaves unsaid: of the sentence, else of the story."""
        own = next(iter(event.countries()))
        stateless = [p for p in event.parts if p.country is None]
        if event.nominal and candidate.verb is None and candidate.type == "sever":
            return  # "the closure of X's borders", to whomever
        if any(not self._is_nobody(p) for p in stateless) or (
            candidate.type in _ADDRESSED and self._addresses(candidate)
        ):
            return
        roles = {p.role for p in event.parts}
        states = self.roles.referents.states()
        body = self.scene.body_beside(own)
        if body is not None and not stateless and roles == {"initiator"} and not states - {own}:
            event.add(Part(body, None, "target", event.start, event.end, "anaphor"))
            return
        other = self.scene.other(own, sorted(states))
        if other is None:
            return
        if stateless:
            self._give_country(stateless[0], other)
        elif roles <= {"initiator", "participant"}:
            event.add(_implied(other, "participant" if roles == {"participant"} else "target", event))
        elif roles == {"target"} and candidate.type in _SUFFERED:
            event.add(_implied(other, "initiator", event))

    def _is_nobody(self, part: Part) -> bool:
        """Whether a part is a person of no known country."""
        return part.key.startswith("?") or self.is_person(part.key)

    def _addresses(self, candidate: Candidate) -> bool:
        """Whether an appeal, threat or charge names whom it is for, even if that is no actor ("appealed to Muslims")."""
        return any(
            a.position in ("object", "to", "on", "against", "at")
            and (
                a.token.tag in ("NNPS", "NNP")
                or (a.token.tag == "NNS" and a.token.lemma in self.lexicon.agents["people"])
            )
            and a.token.date is None
            and self.tree.child(a.token, "poss") is None
            and not self.roles.actors(a.token, adverse=True)
            for a in candidate.arguments
        )

    def _with_us(self, candidate: Candidate) -> bool:
        """Whether an event takes in those who write: "the minister met us"."""
        return any(
            a.token.text.lower() in ("us", "me", "we", "i") and not self.roles.actors(a.token)
            for a in candidate.arguments
        )

    def _second_side(self, candidate: Candidate, event: Event) -> None:
        """The other side of a two-sided event: "his counterpart" has named it, the clause does, or the story's pair does."""
        if candidate.type == "mediate":
            return
        own = next((p.country for p in event.parts if p.country), None)
        stateless = [p for p in event.parts if p.country is None]
        strangers = [p for p in stateless if p.key.startswith("?") or self.is_person(p.key)]
        organizations = len(stateless) > len(strangers)
        if own is None:
            if not organizations and candidate.type in _SIDED:
                self._both_sides(candidate, event)
            return
        if organizations and len(event.parts) > 1:
            return
        other = self.scene.other(own, sorted(self.roles.referents.states(placed=candidate.type == "visit")))
        if strangers and other is not None:
            self._give_country(strangers[0], other)
        elif candidate.type == "visit" and event.place and event.place_country and event.place_country != own:
            country = event.place_country
            event.add(Part(country.lower(), country, "host", event.place.start, event.place.end, "place"))
        elif other and candidate.type in _SIDED and not self.roles.referents.states() - {own, other}:
            performed = not event.nominal or (candidate.verb is not None and candidate.framed is None)
            if performed or (candidate.type == "visit" and event.persons()):
                hosted = _has(event, "host")  # "the president will travel to X"
                role = "participant" if candidate.type != "visit" else "initiator" if hosted else "host"
                event.add(_implied(other, role, event))

    def _give_country(self, stranger: Part, country: str) -> None:
        stranger.country = country
        actor = self.scene.entities.actors.get(stranger.key)
        if actor is not None and actor.country is None:
            actor.country, actor.country_span = country, (stranger.start, stranger.end)

    def _both_sides(self, candidate: Candidate, event: Event) -> None:
        """ "Two memoranda were signed": by the two whom the story is about, where no other state stands in the sentence."""
        if event.persons() or not self._speaks_of_both(candidate, event):
            return
        both = self.scene.both(event.start, event.end)
        if len(both) == 2 and self.roles.referents.states() <= {p.country for p in both}:
            for part in both:
                part.role = "participant"
                event.add(part)

    def _shared(self, candidate: Candidate, event: Event) -> None:
        """ "The treaty took effect", "a ceasefire has held": between the two whom the story is about."""
        if candidate.type == "retreat" and candidate.trigger.lemma not in (
            "ceasefire",
            "truce",
            "armistice",
            "cease-fire",
        ):
            return
        both = self.scene.both(event.start, event.end)
        if len(both) == 2 and self.roles.referents.states() <= {p.country for p in both}:
            for part in both:
                part.role = "participant"
                event.add(part)

    def _speaks_of_both(self, candidate: Candidate, event: Event) -> bool:
        """Whether an event without sides can only be one between the sides of the story."""
        if candidate.instrument is not None or (event.nominal and event.definite):
            return True
        if event.nominal and candidate.type == "sign" and event.status.value == "planned":
            return True  # "a formal signing is expected"
        if candidate.noun is not None:  # "talks continue"
            return candidate.type == "negotiate" and candidate.framed is None
        subjects = [a.token for a in candidate.arguments if a.position == "subject"]
        agents = self.lexicon.agents["people"] | self.lexicon.agents["forces"] | _JOINT_BODIES
        if candidate.type in _OF_BOTH and subjects and all(t.lemma in _TIES for t in subjects):
            return True
        return all(t.lemma in agents and t.pos == "NOUN" for t in subjects) and (
            bool(subjects) or (candidate.verb is not None and bool(self.tree.children(candidate.verb, "auxpass")))
        )

    def _nearest_target(self, candidate: Candidate, event: Event) -> None:
        """The other state named last before an act against somebody."""
        own = event.countries()
        before = [
            t.mention
            for t in self.tree.tokens[: candidate.trigger.i]
            if t.mention is not None and t.mention.kind == "state" and t.mention.country not in own
        ]
        if before:
            m = before[-1]
            event.add(Part(m.key, m.country, "target", m.start, m.end, "window"))


def _has(event: Event, *roles: str) -> bool:
    return any(p.role in roles for p in event.parts)


def _alone(event: Event) -> bool:
    """Whether no organization or group takes part beside the one state."""
    return all(p.country or p.key.startswith("?") for p in event.parts)


def _implied(country: str, role: str, event: Event) -> Part:
    return Part(country.lower(), country, role, event.start, event.end, "anaphor")
