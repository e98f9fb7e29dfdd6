"""Who "I", "we" and "you" are in an interview or a briefing: the one whose turn it is, the one who is asked."""

from __future__ import annotations

from collections import Counter

from pipelines.extract.entities import Actor, Entities
from pipelines.extract.homes import Turn
from pipelines.extract.persons import slug

_OPENING = 600  # characters in which the one who is interviewed is introduced

Voice = tuple[str | None, str | None]
"""actor key of a person (None for a speaker without a name) and country"""


class Voices:
    """The speakers of one text, by paragraph."""

    def __init__(self, entities: Entities) -> None:
        self.entities = entities
        self.turns = entities.homes.turns
        self.answers = self._answers()

    def me(self, paragraph: int) -> Voice | None:
        """Who says "I" in a paragraph; None where nobody is known to."""
        turn = self.turns.get(paragraph)
        return None if turn is None or turn.asks else self._voice(turn)

    def you(self, paragraph: int) -> Voice | None:
        """Whom a question addresses: the one who answers most."""
        turn = self.turns.get(paragraph)
        return self._voice(self.answers) if turn is not None and turn.asks and self.answers is not None else None

    def _answers(self) -> Turn | None:
        often = Counter(turn for turn in self.turns.values() if not turn.asks)
        return max(often, key=lambda turn: (often[turn], turn.label or ""), default=None)

    def _voice(self, turn: Turn) -> Voice:
        person = self._person(turn.label)
        if person is None:
            return None, self._country()
        if person.country is None and person.office is None:
            person.country = self._country()
        return person.key, person.country

    def _person(self, label: str | None) -> Actor | None:
        """The person of a label: by surname, by name, by initials; the first one named, where the label is only "A"."""
        persons = sorted(
            (a for a in self.entities.actors.values() if a.kind == "person"), key=lambda a: (a.name_span, a.key)
        )
        if label is None:
            return next((a for a in persons if a.name_span[0] < _OPENING), None)
        name = slug(label)
        for actor in persons:
            words = [slug(word) for word in actor.name.split()]
            initials = "".join(word[:1] for word in words)
            if name in (words[-1], slug(actor.name)) or (label.isupper() and name.replace("-", "") == initials):
                return actor
        return None

    def _country(self) -> str | None:
        """The state that speakers without a name speak for: that of the text, else of the first office named."""
        opening = (o.country for o in self.entities.offices if o.start < _OPENING and o.country)
        return self.entities.homes.whole or next(opening, None)
