"""Where an event takes place: a place or state in one of its phrases, else one deeper in its clause."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.extract.arguments import Argument
from pipelines.extract.candidate import Candidate
from pipelines.extract.gazetteer import Mention
from pipelines.extract.lexicon import Lexicon
from pipelines.extract.parse import Token, Tree
from pipelines.extract.patterns import ORGANIZATION_WORDS
from pipelines.extract.records import Event, Found
from pipelines.extract.roles import Roles

_PREPOSITIONS = frozenset({"in", "at", "near", "on", "to", "outside", "off", "into"})
_GROUNDS = frozenset(
    "soil territory capital city waters airspace town province region port resort village district border coast".split()
)
_OCCASIONS = frozenset(  # at which something is done, wherever that is
    "invitation instigation request behest urging initiative insistence expense suggestion prompting mercy hand beginning start end height".split()
)
_TOPICS = frozenset(  # that are somewhere, wherever they are talked about
    "situation development war conflict ceasefire cease-fire truce peace crisis stability fighting violence unrest escalation tension election event presence reconstruction".split()
)
_STATES = frozenset({"country", "state", "nation", "republic", "kingdom", "neighbour", "neighbor"})
_OTHER_CLAUSES = frozenset({"relcl", "ccomp", "advcl", "acl", "conj", "xcomp", "pcomp", "parataxis"})


class Places:
    """Finds the places of the events of one tree."""

    def __init__(self, tree: Tree, text: str, lexicon: Lexicon, roles: Roles) -> None:
        self.tree, self.text, self.lexicon, self.roles = tree, text, lexicon, roles

    def of(self, candidate: Candidate) -> tuple[Found | None, str | None]:
        """The place of an event and the country (alpha-3) that it lies in: a city or region before a state."""
        best: tuple[int, Token, Mention] | None = None
        arguments = list(candidate.arguments)
        if candidate.framed is not None:
            arguments += [a for a in self.roles.of_verb(candidate.framed) if a.position in ("in", "at")]
        for argument in arguments:
            if not (_tells_place(argument, candidate) or _is_hosting_capital(argument, candidate)):
                continue
            if self._is_of_topic(argument.token, candidate):
                continue
            for token, mention in self._named_places(argument):
                exact = mention.kind == "place" or mention.form in ("capital", "seat")
                rank = 2 if exact else 1
                if best is None or rank > best[0]:
                    best = (rank, token, mention)
        if best is None:
            loose, country = self._loose_place(candidate)
            return (loose, country) if loose is not None else self._meant(candidate)
        return self._value(best[1]), best[2].country

    def settle(self, candidate: Candidate, event: Event) -> None:
        """The place of a visit whose sides are known: no land of those who go, and where no words say it that of the host."""
        goes = [p for p in event.parts if p.role == "initiator" and p.country]
        home = {p.country for p in goes if p.key != (p.country or "").lower()} or {p.country for p in goes}
        if event.place is not None and event.place.rule == "place:meant" and event.place_country in home:
            event.place = event.place_country = None
        others = {p.country for p in event.parts if p.country} - home
        if event.place is not None or len(home) != 1 or len(others) != 1:
            return
        (country,) = others
        state = self.lexicon.entities.get((country or "").lower())
        phrase = self._unnamed_state(candidate)
        hosts = [p for p in event.parts if p.country == country and (p.role == "host" or phrase is not None)]
        if state is None or not hosts:
            return
        if phrase is not None:
            for part in hosts:
                part.role = "host"
            event.place = Found(state.name, phrase.start, phrase.end, "place:meant")
        else:
            event.place = Found(state.name, hosts[0].start, hosts[0].end, "place:host")
        event.place_country = country

    def _unnamed_state(self, candidate: Candidate) -> Token | None:
        """ "The neighbouring country", where somebody goes."""
        for argument in candidate.arguments:
            token = argument.token
            if argument.position in ("to", "object", "in") and token.mention is None and token.lemma in _STATES:
                return token
        return None

    def _meant(self, candidate: Candidate) -> tuple[Found | None, str | None]:
        """ "A visit to the neighbouring country": the state that the phrase means."""
        token = self._unnamed_state(candidate) if candidate.type == "visit" else None
        if token is not None:
            for part in self.roles.actors(token):
                if part.country is not None and (state := self.lexicon.entities.get(part.country.lower())) is not None:
                    return Found(state.name, token.start, token.end, "place:meant"), part.country
        return None, None

    def _named_places(self, argument: Argument) -> Iterator[tuple[Token, Mention]]:
        for token in [argument.token, *self._nested(argument.token)]:
            mention = token.mention
            if (
                mention is not None
                and mention.kind in ("place", "state")
                and (mention.form != "demonym" or argument.position in ("on", "in"))
            ):
                yield token, mention

    def _nested(self, token: Token) -> list[Token]:
        """ "in the Swiss city of Geneva", "on Pakistani soil", "in Tehran, Iran"."""
        named = () if token.lemma in _OCCASIONS else self.tree.children(token, "prep")
        out = [o for p in named if p.lemma == "of" for o in self.tree.children(p, "pobj")]
        if token.lemma in _GROUNDS:
            out += self.tree.children(token, "amod", "poss", "compound", "appos", "nmod")
        return out

    def _loose_place(self, candidate: Candidate) -> tuple[Found | None, str | None]:
        """A place deeper in the event's own clause ("through an exchange of notes in New York"), or one that no gazetteer knows."""
        top = candidate.verb if candidate.verb is not None and candidate.framed is None else candidate.trigger
        for token in self.tree.subtree(top):
            head = self.tree.head(token)
            if (
                token.dep != "pobj"
                or head is None
                or head.lemma not in ("in", "at", "near")
                or self._crosses(token, top)
                or self._is_of_topic(token, candidate)
            ):
                continue
            mention = token.mention
            if mention is not None and (mention.kind == "place" or mention.form == "capital"):
                return self._value(token), mention.country
            if any(t.date is not None and t.date.start <= token.start < t.date.end for t in self.tree.tokens):
                continue
            if token.lemma.lower() in self.lexicon.nouns or token.text in ORGANIZATION_WORDS:
                continue  # "in the War of 1965", "at the Conference"
            if mention is None and token.pos == "PROPN" and token.text[:1].isupper() and not token.ent_like():
                words = [c for c in self.tree.children(token, "compound") if c.mention is None and c.text[:1].isupper()]
                start = words[0].start if words else token.start
                return Found(self.text[start : token.end], start, token.end, "place:unknown"), None
        return None, None

    def _is_of_topic(self, token: Token, candidate: Candidate) -> bool:
        """ "Discussed the war in X": where that is, and not where they met; of the war itself it is the place."""
        prep = self.tree.head(token) if token.dep == "pobj" else None
        topic = self.tree.tokens[prep.i - 1] if prep is not None and prep.i > 0 else None
        return topic is not None and topic.lemma in _TOPICS and topic is not candidate.trigger

    def _crosses(self, token: Token, top: Token) -> bool:
        """Whether another clause or another participant stands between a place and the event."""
        here = token
        for head in self.tree.ancestors(token):
            if here.dep in _OTHER_CLAUSES and here.pos in ("VERB", "AUX"):
                return True
            if here.dep in ("appos", "nsubj", "nsubjpass", "agent"):
                return True
            if head.i == top.i:
                return False
            here = head
        return True

    def _value(self, token: Token) -> Found:
        mention = token.mention
        if mention is not None and mention.kind == "state" and mention.form not in ("capital", "seat"):
            return Found(self.lexicon.entities[mention.key].name, mention.start, mention.end, "place")
        return Found(self.text[token.start : token.end], token.start, token.end, "place")


def _tells_place(argument: Argument, candidate: Candidate) -> bool:
    """Whether the phrase of an argument says where: "in", "at"; "to" and a bare object only for what goes somewhere."""
    position, kind = argument.position, candidate.type
    mention = argument.token.mention
    if position == "before" and kind in ("meet", "negotiate", "sign", "mediate"):
        return mention is not None and mention.form == "capital" and argument.token.dep in ("compound", "nmod")
    role = candidate.roles.get(position)
    if position in ("object", "for") and role in ("none", "host"):
        return role == "host"  # "left X for Y"
    if position in ("to", "on", "into"):
        return kind in ("visit", "deploy", "attack", "retreat")
    if position == "object":
        return kind in ("visit", "attack", "retreat")
    return position in _PREPOSITIONS or (position == "from" and kind == "retreat")


def _is_hosting_capital(argument: Argument, candidate: Candidate) -> bool:
    """ "Geneva hosted the talks"."""
    mention = argument.token.mention
    return (
        argument.position == "subject"
        and candidate.roles.get("subject") == "host"
        and mention is not None
        and mention.form == "capital"
    )
