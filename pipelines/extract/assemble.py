"""From candidates to events: who takes part in which role, where, about which instrument."""

from __future__ import annotations

import re

from pipelines.extract.detect import Candidate
from pipelines.extract.instruments import Named
from pipelines.extract.lexicon import Lexicon
from pipelines.extract.parse import Token, Tree
from pipelines.extract.records import Agreement, Event, Found, Part
from pipelines.extract.roles import Argument, Roles
from pipelines.extract.scene import Scene

_PLACE_PREPS = frozenset({"in", "at", "near", "on", "to", "outside", "off", "into"})
_ANNOUNCED = frozenset({"sanction", "sever", "deploy", "aid", "concede", "recognize", "coerce", "retreat"})
_PRICE = re.compile(
    r"(?:(?:to\s+)?(?:pay|buy|sell|supply|purchase|import)\b[^.;]{0,60}?)?(?:prices?\s+of\s+[^.;,]{3,40}|(?:US|A|C)?[$€£]\s?\d[\d.,]*|\d[\d.,]*\s+(?:US\s+)?(?:dollars|cents|euros|rubles|roubles|yuan))"
    r"\s*(?:(?:per|a|for each|for every)\s+(?:\w+\s+){0,3}?(?:BTUs?|MMBtu|barrel|tonnes?|tons?|units?|met(?:re|er)s?|kilowatt-hours?|kWh|gallon|kilogram|pound|bushel|head))"
)
_TALKS = frozenset({"meet", "visit", "call", "negotiate", "sign", "mediate"})
_BETWEEN = re.compile(r"[^.;,]{0,40}?\bbetween\s+[^.;]{3,80}?(?=\s+(?:at|in|on|with|by|for|that|which|was|is|were|would)\b|[.;,]|$)")
_JOINT = re.compile(r"\b(?:joint|jointly|together|shared|bilateral|trilateral)\b", re.I)
_SIDED = frozenset({"visit", "meet", "call", "negotiate", "sign", "agree"})
_ADDRESSED = frozenset({"appeal", "threaten", "protest", "accuse"})
_RELATIONAL = frozenset({"sever", "recognize", "reject", "retreat", "concede", "protest", "threaten", "accuse", "ratify", "coerce", "appeal"})
_CLAUSE_TARGETS = frozenset({"agree", "offer", "threaten", "appeal", "accuse", "reject"})
_VISIT_PREPS = frozenset({"to", "in", "at", "object", "for"})
_STATUS_OF_SIGNING = {"occurred": "signed", "ongoing": "negotiating", "planned": "planned", "hypothetical": "proposed", "denied": "denied"}


class Assembler:
    """Makes events of one tree's candidates."""

    def __init__(self, tree: Tree, text: str, scene: Scene, lexicon: Lexicon, roles: Roles, number: int) -> None:
        self.tree, self.text, self.scene, self.lexicon, self.roles, self.number = tree, text, scene, lexicon, roles, number

    def event(self, candidate: Candidate) -> Event:
        """The event of a candidate; it may lack sides, which the story then supplies or not."""
        trigger = candidate.trigger
        event = Event(candidate.type, candidate.rule, trigger.start, trigger.end, self.number, candidate.status)
        event.nominal = candidate.noun is not None
        event.asks = candidate.noun.bare if candidate.noun is not None and candidate.verb is None else ""
        event.definite = event.nominal and any(c.text.lower() in ("the", "this", "that", "these", "those", "his", "her", "their") for c in self.tree.children(trigger, "det", "poss"))
        event.pointed = event.nominal and any(c.text.lower() in ("this", "these") for c in self.tree.children(trigger, "det"))
        event.background = candidate.framed is not None or any(t.dep in ("relcl", "acl", "advcl") for t in [candidate.verb or trigger])
        kind = self.lexicon.types[candidate.type]
        for argument in candidate.arguments:
            role = self._role(candidate, argument)
            for part in self._parts(candidate, argument, role):
                if role is not None and role != "none":
                    part.role = "initiator" if role == "host" and part.how == "direct" and self._is_person(part.key) else role
                    event.add(part)
        event.place, event.place_country = self._place(candidate, event)
        if kind.sides == 2 and len(event.countries()) < 2 and candidate.framed is not None:
            self._frame_subject(candidate, event)
        if candidate.verb is not None and candidate.type in _CLAUSE_TARGETS:
            self._clause_target(candidate, event)
        if kind.sides == 2 and len(event.countries()) < 2:
            self._second_side(candidate, event)
        elif candidate.type in _RELATIONAL and len(event.countries()) == 1:
            self._other_side(candidate, event)
        if kind.adverse and event.parts and candidate.type in ("sanction", "concede") and not any(p.role == "target" for p in event.parts):
            self._nearest_target(candidate, event)
        if event.type == "deploy" and len({p.country for p in event.parts if p.role == "initiator" and p.country}) > 1 and _JOINT.search(self.text, *self._around(candidate)):
            event.type, event.rule = "cooperate", event.rule + " jointly"
        if not any(p.role in ("initiator", "participant", "mediator") for p in event.parts) and event.type in _ANNOUNCED:
            self._announcer(candidate, event)
        if event.type == "join" and self.scene.organization is not None and event.parts and not any(p.role == "target" for p in event.parts):
            event.add(Part(self.scene.organization, None, "target", event.start, event.end, "anaphor"))  # "became a member"
        candidate.event = event
        return event

    def _around(self, candidate: Candidate) -> tuple[int, int]:
        inside = self.tree.subtree(candidate.verb or candidate.trigger)
        return min(t.start for t in inside), max(t.end for t in inside)

    def _announcer(self, candidate: Candidate, event: Event) -> None:
        """ "Sanctions take effect on Monday, Vilnius announced": the one who announces an act without an agent is its agent."""
        anchor = candidate.verb or candidate.trigger
        for head in [*self.tree.ancestors(anchor), *self.tree.children(anchor, "parataxis", "ccomp")]:
            if head.lemma in ("announce", "declare", "decide", "order"):
                for argument in self.roles.of_verb(head):
                    if argument.position == "subject":
                        for part in self.roles.actors(argument.token):
                            if part.country not in event.countries():
                                part.role = "initiator"
                                event.add(part)

    def _role(self, candidate: Candidate, argument: Argument) -> str | None:
        position = argument.position
        if position == "subject" and candidate.noun is not None and candidate.type in _TALKS and candidate.verb is not None and candidate.verb.lemma in ("announce", "confirm", "declare", "schedule", "plan", "arrange"):
            return None  # who announces a visit need not make it
        if position in candidate.roles:
            return candidate.roles[position]
        roles = self.lexicon.types[candidate.type].roles
        if position == "object" and candidate.noun is not None and candidate.verb is not None:
            return None
        return roles.get(position)

    def _parts(self, candidate: Candidate, argument: Argument, role: str | None) -> list[Part]:
        if role is None or role == "none":
            return []
        token, kind = argument.token, self.lexicon.types[candidate.type]
        adverse = kind.adverse and (role in ("target", "participant") or candidate.type == "attack") or (candidate.type == "aid" and argument.position == "subject")
        if candidate.type in ("deploy", "aid", "retreat", "concede", "reject", "recognize", "endorse", "appeal", "offer") and role in ("target", "initiator", "host"):
            adverse = adverse or role == "initiator" and candidate.type in ("deploy", "retreat") or role == "target"
        if argument.position == "before":
            return self._before(token)
        out = self.roles.actors(token, adverse)
        places_count = (kind.type in ("visit",) and argument.position in _VISIT_PREPS) or kind.type in ("deploy", "attack", "aid", "retreat", "sanction")
        if places_count and role in ("host", "target"):
            for head in self.tree.conjuncts(token):
                mention = head.mention
                if mention is not None and mention.kind == "place" and mention.country:
                    out.append(Part(mention.country.lower(), mention.country, "", mention.start, mention.end, "place"))
        if kind.type not in ("visit", "deploy", "attack", "retreat", "aid") and argument.position in ("in", "at", "near"):
            return []
        return out

    def _before(self, token: Token) -> list[Part]:
        if token.mention is None and token.tag == "PRP$":
            return self.roles.actors(token) if token.text.lower() != "its" else self._its(token)
        if token.mention is None and token.dep in ("amod", "compound", "nmod") and token.lemma not in self.roles.agents and not self.tree.children(token):
            return []
        if token.mention is not None and token.mention.kind == "organization" and token.dep != "poss":
            return [Part(token.mention.key, None, "", token.mention.start, token.mention.end, "modifier")]
        return self.roles.actors(token, adverse=token.dep == "poss")

    def _its(self, token: Token) -> list[Part]:
        here = [t.mention for t in self.tree.tokens[: token.i] if t.mention is not None and t.mention.kind in ("state", "armed_group", "organization")]
        if not here:
            return []
        return [Part(here[-1].key, here[-1].country if here[-1].kind == "state" else None, "", token.start, token.end, "anaphor")]

    def _frame_subject(self, candidate: Candidate, event: Event) -> None:
        """ "X said this during talks with Y": X talked too."""
        if candidate.framed is None or candidate.type not in ("meet", "visit", "call", "negotiate", "sign"):
            return
        role = self.lexicon.types[candidate.type].roles.get("subject", "participant")
        for argument in self.roles.of_verb(candidate.framed):
            if argument.position == "subject":
                for part in self.roles.actors(argument.token):
                    if part.country not in event.countries():
                        part.role = role
                        event.add(part)

    def _clause_target(self, candidate: Candidate, event: Event) -> None:
        """ "Agreed to pay Iran", "threatened to cut off aid to Mali": the one whom the promise, threat or offer concerns."""
        if candidate.verb is None or any(p.role == "target" for p in event.parts):
            return
        role = "participant" if self.lexicon.types[candidate.type].sides == 2 else "target"
        clauses = self.tree.children(candidate.verb, "xcomp", "ccomp")
        clauses += [c for p in self.tree.children(candidate.verb, "prep") for c in self.tree.children(p, "pcomp")]
        clauses += [c for o in self.tree.children(candidate.verb, "dobj") for c in self.tree.children(o, "acl")]
        for clause in clauses if candidate.type in ("appeal", "accuse") else []:
            for argument in self.roles.of_verb(clause):
                if argument.position == "subject" and self.tree.child(clause, "nsubj", "nsubjpass") is not None:
                    for part in self.roles.actors(argument.token, adverse=True):
                        if part.country not in event.countries():
                            part.role = role
                            event.add(part)
        for clause in clauses:
            for inner in [clause, *self.tree.children(clause, "xcomp")]:
                for argument in [a for a in self.roles.of_verb(inner) if a.position in ("object", "to", "with", "against", "between", "on", "for", "from")]:
                    wanted = [argument.token]
                    if argument.token.mention is None:
                        wanted = [a.token for a in self.roles.of_noun(argument.token) if a.position in ("to", "with", "between", "against", "on")] + wanted
                    for token in wanted:
                        for part in self.roles.actors(token, adverse=candidate.type != "agree"):
                            if part.how != "window" and part.country not in event.countries():
                                part.role = role
                                event.add(part)

    def _other_side(self, candidate: Candidate, event: Event) -> None:
        """The side that "broke off relations" or "rejected the demand" leaves unsaid, in a story about two states."""
        countries = event.countries()
        own = next(iter(countries)) if len(countries) == 1 else None
        bystanders = self._states() - countries
        other = self.scene.other(own) if own is not None else None
        if other is None or bystanders - {other} or (candidate.type in _ADDRESSED and self._addresses(candidate)):
            return
        roles = {p.role for p in event.parts}
        if roles == {"initiator"}:
            event.add(Part(other.lower(), other, "target", event.start, event.end, "anaphor"))
        elif roles == {"participant"} and candidate.type == "ratify":
            event.add(Part(other.lower(), other, "initiator", event.start, event.end, "anaphor"))
        elif roles == {"target"} and candidate.type in ("coerce", "retreat"):
            event.add(Part(other.lower(), other, "initiator", event.start, event.end, "anaphor"))

    def _addresses(self, candidate: Candidate) -> bool:
        """Whether an appeal, threat or charge names whom it is for, even if that is no actor ("appealed to Muslims")."""
        return any(a.position in ("object", "to", "on", "against", "at") and a.token.pos in ("NOUN", "PROPN") and a.token.tag in ("NNS", "NNPS", "NNP") and not self.roles.actors(a.token, adverse=True) for a in candidate.arguments)

    def _second_side(self, candidate: Candidate, event: Event) -> None:
        """The other side of a two-sided event: "his counterpart" has named it, the clause does, or the story's pair does."""
        if candidate.type == "mediate":
            return
        own = next((p.country for p in event.parts if p.country), None)
        organizations = [p for p in event.parts if p.country is None and not p.key.startswith("?") and not self._is_person(p.key)]
        if own is None and not organizations and candidate.type in _SIDED:
            self._both_sides(candidate, event)
            return
        if own is None or organizations and len(event.parts) > 1:
            return
        stranger = next((p for p in event.parts if p.country is None and p.key.startswith("?") or p.country is None and self._is_person(p.key)), None)
        if stranger is not None and (other := self.scene.other(own)) is not None:
            stranger.country = other
            actor = self.scene.entities.actors.get(stranger.key)
            if actor is not None and actor.country is None:
                actor.country, actor.country_span = other, (stranger.start, stranger.end)
            return
        if candidate.type == "visit" and event.place_country and event.place_country != own and event.place is not None:
            event.add(Part(event.place_country.lower(), event.place_country, "host", event.place.start, event.place.end, "place"))
            return
        other = self.scene.other(own)
        performed = not event.nominal or (candidate.verb is not None and candidate.framed is None)
        bystanders = self._states() - {own, other}
        if other and not bystanders and candidate.type in _SIDED and (performed or candidate.type == "visit" and event.persons()):
            role = "host" if candidate.type == "visit" else "participant"
            event.add(Part(other.lower(), other, role, event.start, event.end, "anaphor"))

    def _states(self) -> set[str | None]:
        """The states that the sentence names, capitals left out where they are places."""
        out: set[str | None] = set()
        for token in self.tree.tokens:
            head = self.tree.head(token)
            place = token.dep == "pobj" and head is not None and head.lemma in ("in", "at", "near", "from", "to", "of")
            if token.mention is not None and token.mention.kind == "state" and not (token.mention.form == "capital" and place):
                out.add(token.mention.country)
        return out

    def _is_person(self, key: str) -> bool:
        actor = self.scene.entities.actors.get(key)
        return actor is not None and actor.kind == "person"

    def _both_sides(self, candidate: Candidate, event: Event) -> None:
        """ "Two memoranda were signed": by the two whom the story is about, where no other state stands in the sentence."""
        instrument = candidate.instrument is not None
        if event.persons() or not (instrument or (event.nominal and event.definite)):
            return
        both = self.scene.both(event.start, event.end)
        here = self._states()
        if len(both) == 2 and here <= {p.country for p in both}:
            for part in both:
                part.role = "participant"
                event.add(part)

    def _nearest_target(self, candidate: Candidate, event: Event) -> None:
        own = event.countries()
        before = [t.mention for t in self.tree.tokens[: candidate.trigger.i] if t.mention is not None and t.mention.kind == "state" and t.mention.country not in own]
        if before:
            m = before[-1]
            event.add(Part(m.key, m.country, "target", m.start, m.end, "window"))

    # places

    def _place(self, candidate: Candidate, event: Event) -> tuple[Found | None, str | None]:
        best: tuple[int, Found, str | None] | None = None
        arguments = list(candidate.arguments)
        if candidate.framed is not None:
            arguments += [a for a in self.roles.of_verb(candidate.framed) if a.position in ("in", "at")]
        for argument in arguments:
            hosts = argument.position == "subject" and candidate.roles.get("subject") == "host" and argument.token.mention is not None
            wanted = argument.position in _PLACE_PREPS and (argument.position not in ("to", "on", "into") or candidate.type in ("visit", "deploy", "attack", "retreat"))
            wanted = wanted or (argument.position == "object" and candidate.type in ("visit", "attack", "retreat"))
            wanted = wanted or (argument.position == "from" and candidate.type == "retreat")
            if not wanted and not (hosts and argument.token.mention is not None and argument.token.mention.form == "capital"):
                continue
            for token in [argument.token, *self._nested_places(argument.token)]:
                mention = token.mention
                if mention is None or mention.kind not in ("place", "state") or mention.form == "demonym" and argument.position not in ("on", "in"):
                    continue
                rank = 2 if mention.kind == "place" or mention.form in ("capital", "seat") else 1
                if mention.kind == "place" and candidate.type == "attack" and argument.position == "object":
                    rank = 2
                if best is None or rank > best[0]:
                    best = (rank, self._place_value(token), mention.country)
        if best is None:
            return self._loose_place(candidate)
        return best[1], best[2]

    def _loose_place(self, candidate: Candidate) -> tuple[Found | None, str | None]:
        """A place deeper in the event's own clause ("through an exchange of notes in New York"), or one that no gazetteer knows."""
        top = candidate.verb if candidate.verb is not None and candidate.framed is None else candidate.trigger
        for token in self.tree.subtree(top):
            head = self.tree.head(token)
            if token.dep != "pobj" or head is None or head.lemma not in ("in", "at", "near") or self._crosses(token, top):
                continue
            mention = token.mention
            if mention is not None and (mention.kind == "place" or mention.form == "capital"):
                return self._place_value(token), mention.country
            if mention is None and token.pos == "PROPN" and token.text[:1].isupper() and not token.ent_like():
                first = next((c for c in self.tree.children(token, "compound") if c.mention is None and c.text[:1].isupper()), token)
                return Found(self.text[first.start : token.end], first.start, token.end, "place:unknown"), None
        return None, None

    def _crosses(self, token: Token, top: Token) -> bool:
        here = token
        for head in self.tree.ancestors(token):
            if here.dep in ("relcl", "ccomp", "advcl", "acl", "conj", "xcomp", "pcomp", "parataxis") and here.pos in ("VERB", "AUX"):
                return True
            if here.dep in ("appos", "nsubj", "nsubjpass", "agent"):
                return True
            if head.i == top.i:
                return False
            here = head
        return True

    def _nested_places(self, token: Token) -> list[Token]:
        """ "in the Swiss city of Geneva", "on Pakistani soil", "in Tehran, Iran"."""
        out = []
        for prep in self.tree.children(token, "prep"):
            if prep.lemma == "of":
                out += self.tree.children(prep, "pobj")
        if token.lemma in ("soil", "territory", "capital", "city", "waters", "airspace", "town", "province", "region", "port", "resort", "village", "district", "border", "coast"):
            out += self.tree.children(token, "amod", "poss", "compound", "appos", "nmod")
        return out

    def _place_value(self, token: Token) -> Found:
        mention = token.mention
        if mention is not None and mention.kind == "state" and mention.form not in ("capital", "seat"):
            return Found(self.lexicon.entities[mention.key].name, mention.start, mention.end, "place")
        return Found(self.text[token.start : token.end], token.start, token.end, "place")


def price_agreement(event: Event, text: str, span: tuple[int, int], number: int) -> Agreement | None:
    """The price that two sides agree on ("to pay Iran US$4.93 per million BTU") is an instrument of its own."""
    match = _PRICE.search(text, *span)
    if match is None:
        return None
    status = {"occurred": "signed", "planned": "planned", "denied": "denied"}.get(event.status.value, "proposed")
    return Agreement(
        "price_agreement", Found(text[match.start() : match.end()].strip(), match.start(), match.end(), "instrument:price_agreement"),
        Found(status, event.status.start, event.status.end, f"status:{status}/agree"), match.start(), match.end(), number, "instrument:price_agreement/agree",
        parties=[Part(p.key, p.country, "party", p.start, p.end, p.how) for p in event.parts], when=event.when, confidence=0.6,
    )  # fmt: skip


def agreement_of(event: Event, named: Named, text: str, number: int) -> Agreement:
    """The agreement that an event signs, ratifies, negotiates or ends."""
    statuses = {"sign": _STATUS_OF_SIGNING, "agree": {**_STATUS_OF_SIGNING, "occurred": "signed"}}
    by_type = {"negotiate": "negotiating", "ratify": "in_force", "offer": "proposed", "appeal": "proposed", "sever": "terminated", "reject": "denied", "mediate": "negotiating", "join": "in_force"}
    value = statuses[event.type][event.status.value] if event.type in statuses else by_type.get(event.type, "signed")
    if event.type in ("ratify", "join") and event.status.value != "occurred":
        value = "signed"
    if event.type == "sever":
        value = "suspended" if "suspend" in event.rule or "freeze" in event.rule else "terminated"
        value = value if event.status.value == "occurred" else "in_force"
    if event.type == "negotiate" and event.status.value == "planned":
        value = "proposed"
    agreement = Agreement(
        named.row.instrument,
        Found(text[named.start : named.end], named.start, named.end, f"instrument:{named.row.instrument}"),
        Found(value, event.status.start, event.status.end, f"status:{value}/{event.type}"),
        named.start,
        named.end,
        number,
        f"instrument:{named.row.instrument}/{event.type}",
        binding=named.row.binding,
        count=named.count,
        named=named.proper,
    )
    between = _BETWEEN.match(text, named.token.end)
    own = [p for p in event.parts if between is not None and between.start() <= p.start < between.end()]
    own = own if len({p.country for p in own if p.country}) >= 2 else event.parts
    agreement.parties = [Part(p.key, p.country, "broker" if p.role == "mediator" else "party", p.start, p.end, p.how) for p in own if p.role != "host" or event.type == "visit"]
    return agreement
