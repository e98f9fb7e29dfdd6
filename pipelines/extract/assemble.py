"""From candidates to events: who takes part in which role, where, about which instrument."""

from __future__ import annotations

from pipelines.extract.detect import Candidate
from pipelines.extract.instruments import Named
from pipelines.extract.lexicon import Lexicon
from pipelines.extract.parse import Token, Tree
from pipelines.extract.records import Agreement, Event, Found, Part
from pipelines.extract.roles import Argument, Roles
from pipelines.extract.scene import Scene

_PLACE_PREPS = frozenset({"in", "at", "near", "on", "to", "outside", "off", "into"})
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
        event.definite = event.nominal and any(c.text.lower() in ("the", "this", "that", "these", "those", "his", "her", "their") for c in self.tree.children(trigger, "det", "poss"))
        event.background = candidate.framed is not None or any(t.dep in ("relcl", "acl", "advcl") for t in [candidate.verb or trigger])
        kind = self.lexicon.types[candidate.type]
        for argument in candidate.arguments:
            role = self._role(candidate, argument)
            for part in self._parts(candidate, argument, role):
                if role is not None and role != "none":
                    part.role = role
                    event.add(part)
        event.place, event.place_country = self._place(candidate, event)
        if kind.sides == 2 and len(event.countries()) < 2 and candidate.framed is not None:
            self._frame_subject(candidate, event)
        if kind.sides == 2 and len(event.countries()) < 2:
            self._second_side(candidate, event)
        if kind.adverse and event.parts and candidate.type in ("sanction", "concede") and not any(p.role == "target" for p in event.parts):
            self._nearest_target(candidate, event)
        candidate.event = event
        return event

    def _role(self, candidate: Candidate, argument: Argument) -> str | None:
        position = argument.position
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
        adverse = kind.adverse and (role in ("target", "participant") or candidate.type == "attack")
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
        if kind.type not in ("visit", "deploy", "attack", "retreat") and argument.position in ("in", "at", "near"):
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

    def _second_side(self, candidate: Candidate, event: Event) -> None:
        """The other side of a two-sided event: "his counterpart" has named it, the clause does, or the story's pair does."""
        if not event.parts or candidate.type == "mediate":
            return
        own = next((p.country for p in event.parts if p.country), None)
        organizations = [p for p in event.parts if p.country is None and not p.key.startswith("?")]
        if own is None or organizations and len(event.parts) > 1:
            return
        if candidate.type == "visit" and event.place_country and event.place_country != own and event.place is not None:
            event.add(Part(event.place_country.lower(), event.place_country, "host", event.place.start, event.place.end, "place"))
            return
        other = self.scene.other(own)
        if other and candidate.type in ("visit", "meet", "call", "negotiate", "sign", "agree") and not event.nominal:
            role = "host" if candidate.type == "visit" else "participant"
            event.add(Part(other.lower(), other, role, event.start, event.end, "anaphor"))

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
            wanted = argument.position in _PLACE_PREPS and (argument.position not in ("to", "on", "into") or candidate.type in ("visit", "deploy", "attack", "retreat"))
            wanted = wanted or (argument.position == "object" and candidate.type in ("visit", "attack"))
            if not wanted:
                continue
            for token in [argument.token, *self._nested_places(argument.token)]:
                mention = token.mention
                if mention is None or mention.kind not in ("place", "state") or mention.form == "demonym" and argument.position not in ("on", "in"):
                    continue
                rank = 2 if mention.kind == "place" or mention.form == "capital" else 1
                if mention.kind == "place" and candidate.type == "attack" and argument.position == "object":
                    rank = 2
                if best is None or rank > best[0]:
                    best = (rank, self._place_value(token), mention.country)
        return (best[1], best[2]) if best else (None, None)

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
        if mention is not None and mention.kind == "state" and mention.form != "capital":
            return Found(self.lexicon.entities[mention.key].name, mention.start, mention.end, "place")
        return Found(self.text[token.start : token.end], token.start, token.end, "place")


def agreement_of(event: Event, named: Named, text: str, number: int) -> Agreement:
    """The agreement that an event signs, ratifies, negotiates or ends."""
    statuses = {"sign": _STATUS_OF_SIGNING, "agree": {**_STATUS_OF_SIGNING, "occurred": "signed"}}
    by_type = {"negotiate": "negotiating", "ratify": "in_force", "offer": "proposed", "appeal": "proposed", "sever": "terminated", "reject": "denied", "mediate": "negotiating"}
    value = statuses[event.type][event.status.value] if event.type in statuses else by_type.get(event.type, "signed")
    if event.type == "ratify" and event.status.value != "occurred":
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
    agreement.parties = [Part(p.key, p.country, "broker" if p.role == "mediator" else "party", p.start, p.end, p.how) for p in event.parts if p.role not in ("host",) or event.type == "visit"]
    return agreement
