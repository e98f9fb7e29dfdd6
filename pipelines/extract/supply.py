"""The last resort for sides: an act whose own phrases name too few takes those whom its sentence names beside it.

Only what would make no record otherwise is completed so, and only where the sentence leaves no choice.
"""

from __future__ import annotations

import re

from pipelines.extract.candidate import Candidate
from pipelines.extract.framing import is_done_by_deed, is_of_bloc
from pipelines.extract.gazetteer import Mention
from pipelines.extract.lexicon import Lexicon
from pipelines.extract.parse import Token, Tree
from pipelines.extract.records import Event, Part
from pipelines.extract.scene import Scene

_KINDS = frozenset({"state", "person", "government", "armed_group", "company"})
_SOMEWHERE = frozenset({"in", "at", "near", "from", "through", "via", "off", "across", "around", "outside"})
_TO_PLACES = frozenset({"visit", "deploy", "aid", "attack", "retreat", "protest", "recognize"})
_REPORTED = re.compile(r"\b(?:according to|quoted by|reported by|told)\s+(?:the\s+)?$", re.I)
_LEFT_ALONE = frozenset({"join", "deploy", "ratify"})
_WHEN = frozenset({"after", "during", "following", "since", "over", "before", "amid", "through", "despite", "in"})
_MUTUAL = frozenset({"sign", "agree", "negotiate", "retreat", "recognize"})
_VAGUE = frozenset({"deploy", "sanction", "cooperate", "offer", "coerce", "mediate", "attack", "aid", "protest"})


class Supply:
    """Completes the events of one tree."""

    def __init__(self, tree: Tree, text: str, scene: Scene, lexicon: Lexicon) -> None:
        self.tree, self.text, self.scene, self.lexicon = tree, text, scene, lexicon

    def complete(self, candidate: Candidate, event: Event) -> bool:
        """Add whom the sentence names, and whether somebody was added."""
        own = event.countries()
        if len(own) > 1 or event.type in _LEFT_ALONE and own:
            return False
        nobody = set(candidate.roles.values()) == {"none"} and event.type not in _MUTUAL
        nobody = nobody or is_of_bloc(candidate, self.tree, self.lexicon)
        nobody = nobody or (event.type == "attack" and is_done_by_deed(candidate, self.lexicon))
        if nobody or not self._stands_out(candidate, event, own):
            return False
        if any(p.country is None and not p.key.startswith("?") and not self._is_person(p.key) for p in event.parts):
            return False
        named = self._named(event, own)
        countries = list(dict.fromkeys(country for _, _, country in named))
        if not own and len(countries) == 2:
            self._both(event, named)
            return True
        if len(own) == 1 and len(countries) == 1:
            _, mention, country = named[0]
            event.add(_part(mention, country, self._role(event)))
            return True
        return False

    def _stands_out(self, candidate: Candidate, event: Event, own: set[str]) -> bool:
        """Whether an act is told for its own sake, and not as what somebody fears, wants, or is wanted for."""
        if candidate.noun is None:
            return candidate.demands > (0 if own else 2) and (bool(own) or event.type != "aid")
        if event.type in _VAGUE and not own:
            return False
        noun = candidate.trigger
        head = self.tree.head(noun)
        if noun.dep != "pobj" or head is None:
            return noun.dep != "conj"
        over = self.tree.head(head)
        return head.lemma in _WHEN and over is not None and over.pos in ("VERB", "AUX")

    def _is_person(self, key: str) -> bool:
        actor = self.scene.entities.actors.get(key)
        return actor is not None and actor.kind == "person"

    def _named(self, event: Event, own: set[str]) -> list[tuple[Token, Mention, str]]:
        """Whom the sentence names, in its order, who take no part yet; where something happens is nobody, unless it is done to places."""
        out: list[tuple[Token, Mention, str]] = []
        for token in self.tree.tokens:
            mention = token.mention
            if mention is None or mention.kind not in _KINDS | ({"place"} if event.type in _TO_PLACES else frozenset()):
                continue
            actor = self.scene.entities.actors.get(mention.key)
            country = mention.country or (actor.country if actor is not None else None)
            if country is None or country in own or _REPORTED.search(self.text[: mention.start][-16:]):
                continue
            if event.type not in _TO_PLACES and self._is_where(token, mention):
                continue
            out.append((token, mention, country))
        return out

    def _is_where(self, token: Token, mention: Mention) -> bool:
        head = self.tree.head(token)
        placed = mention.form in ("capital", "name") and mention.kind == "state"
        if self.tree.is_in_name(token):
            return True
        return placed and head is not None and head.pos == "ADP" and head.lemma in _SOMEWHERE

    def _both(self, event: Event, named: list[tuple[Token, Mention, str]]) -> None:
        two_sided = self.lexicon.types[event.type].sides == 2
        first = named[0][2]
        for _, mention, country in named:
            role = "participant" if two_sided else "initiator" if country == first else "target"
            if country not in {p.country for p in event.parts} or mention.kind == "person":
                event.add(_part(mention, country, role))

    def _role(self, event: Event) -> str:
        if self.lexicon.types[event.type].sides == 2:
            return "host" if event.type == "visit" else "participant"
        return "initiator" if all(p.role == "target" for p in event.parts) else "target"


def _part(mention: Mention, country: str, role: str) -> Part:
    key = country.lower() if mention.kind == "place" else mention.key
    return Part(key, country, role, mention.start, mention.end, "window")
