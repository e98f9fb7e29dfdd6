"""Agreements told so far in a document, and what later sentences add to them."""

from __future__ import annotations

import re

from pipelines.extract.detect import Detector
from pipelines.extract.instruments import Named
from pipelines.extract.lexicon import Lexicon
from pipelines.extract.parse import Tree
from pipelines.extract.records import Agreement, Event, Part
from pipelines.extract.topics import fields_in

_TOPIC = re.compile(
    r"(?:\s*\([^)]*\))?(?:\s+(?:was|were|has been|have been)\s+\w+)?,?\s+(?:on|in|covering|concerning|regarding|about|for|spanning|relating to|touching)\s+(?!\d|[A-Z]|the \d|behalf|the sidelines)"
    r"[^.;]{3,250}?(?=,?\s+(?:according|during|when|after|which|while|said|whose|under|as)\b|[.;]|$)"
)
_PROGRESS = ["denied", "proposed", "negotiating", "planned", "signed", "in_force", "suspended", "terminated"]


def is_agreement(named: Named, event: Event) -> bool:
    """Whether what an event is about makes a record: "agreed on a deal" is no deal yet, "no such pacts" is none."""
    if event.type == "agree":
        return not named.generic
    if event.type in ("offer", "appeal", "mediate"):
        return not named.generic and not named.vague
    return not (named.vague and named.plural and named.count is None and event.type != "sign")


class Ledger:
    """The agreements of one document, in the order in which they are told."""

    def __init__(self, text: str, lexicon: Lexicon) -> None:
        self.text, self.lexicon = text, lexicon
        self.agreements: list[Agreement] = []

    def link(self, agreement: Agreement, event: Event, named: Named, tree: Tree, main: bool = True) -> None:
        """Enter an agreement that an event is about, or advance the one told before that it is; `main`: the event's own."""
        agreement.when = event.when if event.type in ("sign", "agree", "ratify", "sever") else None
        agreement.place = event.place if event.type == "sign" else None
        agreement.place_country = event.place_country
        start, end = _span(tree, named, self.text)
        agreement.fields = [] if tree.sentence.heading else fields_in(self.text, start, end, self.lexicon)
        agreement.confidence = event.confidence
        agreement.attributed_to = event.attributed_to
        known = self._known(agreement, named)
        if known is None and named.token.pos == "PRON":
            return  # "they signed it": nothing told before that it could be
        if known is None:
            self.agreements.append(agreement)
        elif event.type != "sign" or event.status.value == "occurred":
            _advance(known, agreement)
        if main:
            event.agreement = known or agreement
        if known is not None and not event.countries() and known.parties:
            event.parts = [Part(p.key, p.country, "participant", p.start, p.end, "anaphor") for p in known.parties]

    def has(self, named: Named, countries: set[str]) -> bool:
        """Whether an instrument of this kind, between these countries or some of them, has been told before."""
        return any(
            other.instrument == named.row.instrument and countries <= other.countries() for other in self.agreements
        )

    def _known(self, agreement: Agreement, named: Named) -> Agreement | None:
        """The agreement told before that "the memorandum" speaks of."""
        for other in reversed(self.agreements):
            same = (
                other.instrument == agreement.instrument
                or named.generic
                or named.row.only_signed
                or named.row.instrument in ("agreement", "memorandum")
            )
            sides = agreement.countries() <= other.countries() or other.countries() <= agreement.countries()
            if same and sides and named.definite and named.count is None:
                return other
        return None

    def add_fields(self, tree: Tree, detector: Detector, number: int) -> None:
        """ "The agreements covered tourism and trade": fields for the agreement told last."""
        for token in tree.tokens:
            if token.dep not in ("nsubj", "nsubjpass") or not self.agreements:
                continue
            named = detector.instruments.at(token)
            last = self.agreements[-1]
            if (
                named is None
                or not named.definite
                or named.vague
                or number - last.sentence > 3
                or number == last.sentence
            ):
                continue
            have = {f.value for f in last.fields}
            last.fields += [
                f for f in fields_in(self.text, token.end, tree.sentence.end, self.lexicon) if f.value not in have
            ]


def _advance(known: Agreement, later: Agreement) -> None:
    """Give an agreement what a later telling of it adds."""
    if _PROGRESS.index(later.status.value) > _PROGRESS.index(known.status.value):
        known.status = later.status
    if known.when is None and later.when is not None and later.status.value == known.status.value:
        known.when = later.when
    for party in later.parties:
        if party.key not in {p.key for p in known.parties}:
            known.parties.append(party)
    have = {f.value for f in known.fields}
    known.fields += [f for f in later.fields if f.value not in have]


def _span(tree: Tree, named: Named, text: str) -> tuple[int, int]:
    """The phrase of an instrument, with what it is on ("on trade, energy and transport") wherever the parser has hung that."""
    inside = tree.subtree(named.token)
    topic = _TOPIC.match(text, named.end, tree.sentence.end)
    return min(t.start for t in inside), max(*(t.end for t in inside), topic.end() if topic else 0)
