"""One document read from its first sentence to its last: events and agreements, with what later sentences add to earlier ones."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from pipelines.extract.agreements import agreement_of, price_agreement
from pipelines.extract.assemble import Assembler
from pipelines.extract.attribution import speaker
from pipelines.extract.candidate import Candidate
from pipelines.extract.date_expressions import DateMention, find_dates, month_number
from pipelines.extract.dates import Clock
from pipelines.extract.detect import Detector
from pipelines.extract.edtf import Edtf, edtf_day
from pipelines.extract.entities import Actor, Entities
from pipelines.extract.gate import Gate
from pipelines.extract.keep import absorb, keep, refers_back
from pipelines.extract.layout import Layout, Sentence
from pipelines.extract.ledger import Ledger, is_agreement
from pipelines.extract.lexicon import Instrument, Lexicon
from pipelines.extract.parse import Plain, Tree, parse, simplify
from pipelines.extract.persons import slug
from pipelines.extract.records import Agreement, Event, Part, When
from pipelines.extract.roles import Roles
from pipelines.extract.scene import Scene, document_pair, document_topic
from pipelines.extract.standalone import standalone_agreements
from pipelines.extract.supply import Supply
from pipelines.extract.topics import fields_in
from pipelines.extract.voices import Voices
from pipelines.extract.when import attach_dates, read

_ANAPHOR = re.compile(
    r"\b(?:they|them|(?:first|other|last) two|two|three|four|five|I|we|our|us|you|your|talks|negotiations|borders?|frontier|relations|ties|embass(?:y|ies)|consulates?|he|him|she|it|both|his|her|their|its|sides?|counterpart|each other|one another|(?:the|these|those|two|three|four|all|neighbouring) (?:\w+ )?(?:minister|president|leader|government|army|side|countr|state|nation|neighbour|part|envoy|delegat|capital|premier|official|diplomat|negotiator|talk|visit|meeting|agreement|deal|memorand\w+|document|accord|pact|treat\w+|protocol|declaration|MoU|statement|contract|strike|attack|relation|tie)\w*|this)\b",
    re.I,
)
_OCCASION = re.compile(
    r"\b(?:on (?:the|this|that|the same) occasion|at the same (?:time|ceremony|meeting)|at the (?:ceremony|meeting|talks)|"
    r"during (?:the|this|his|her|their) (?:visit|stay|trip|meeting|talks)|in the presence of)\b",
    re.I,
)
_DASH = re.compile(r"\s[–—-]\s|—")
_ABOUT_INSTRUMENTS = frozenset({"sign", "negotiate", "ratify", "sever", "agree", "offer", "mediate", "appeal", "join"})


@dataclass(slots=True)
class Story:
    """What one document tells."""

    events: list[Event] = field(default_factory=list)
    agreements: list[Agreement] = field(default_factory=list)


class Reader:
    """Reads one document; `gate` knows what may tell an event (None: every sentence is parsed)."""

    def __init__(
        self, layout: Layout, entities: Entities, lexicon: Lexicon, published: date | None, gate: Gate | None
    ) -> None:
        self.layout, self.entities, self.lexicon, self.published, self.gate = layout, entities, lexicon, published, gate
        self.ledger = Ledger(layout.masked, lexicon)
        self.scene = Scene(
            entities, document_pair(entities), document_topic(entities), entities.homes.whole, Voices(entities)
        )
        self.events: list[Event] = []
        masked = layout.masked
        self.today = _day_without_year(layout)
        self.dates = {s.start: find_dates(masked, s.start, s.end) for s in layout.sentences}
        gated = [s for s in layout.sentences if self.worth_parsing(s)]
        self.plains = [(s, simplify(masked, s, entities.within(s.start, s.end), self.dates[s.start])) for s in gated]

    def ahead(self) -> list[Plain]:
        """The sentences that will be parsed, names and dates replaced: for `read_ahead`, with those of other documents."""
        return [plain for _, plain in self.plains]

    def read(self) -> Story:
        """All sentences in order; only those are parsed that may tell something."""
        trees = {tree.sentence.start: tree for tree in parse(self.plains)}
        for number, sentence in enumerate(self.layout.sentences):
            self.scene.enter(sentence.paragraph)
            if (tree := trees.get(sentence.start)) is not None:
                self._sentence(tree, number)
            masked = self.layout.masked
            self.scene.see(self.entities.within(sentence.start, sentence.end), masked, sentence.start, sentence.end)
            self._remember_year(sentence, self.dates[sentence.start])
        return Story(self.events, self.ledger.agreements)

    def worth_parsing(self, sentence: Sentence) -> bool:
        """Whether a sentence may tell something: by its names, or the words that stand for them, and by the gate."""
        if self.gate is None:
            return True
        text = self.layout.masked
        named = bool(self.entities.within(sentence.start, sentence.end))
        if not named and _ANAPHOR.search(text, sentence.start, sentence.end) is None:
            return False
        return self.gate.opens(text, sentence.start, sentence.end, named)

    def _remember_year(self, sentence: Sentence, dates: list[DateMention]) -> None:
        for mention in dates:
            if mention.bound in ("since", "until", "by", "before", "after"):
                continue  # a limit of something else
            opened = len(_DASH.findall(self.layout.masked, sentence.start, mention.start)) % 2
            if opened and _DASH.search(self.layout.masked, mention.end, sentence.end):
                continue  # what is put in between tells of another time
            if mention.year is not None and mention.kind in ("iso", "dmy", "mdy", "my", "year", "range_dm", "range_md"):
                self.scene.year, self.scene.year_paragraph = mention.year, sentence.paragraph
                self.scene.year_is_fresh = True
            elif mention.kind in ("weekday", "day", "relative", "ago"):
                self.scene.year_is_fresh = False

    def _sentence(self, tree: Tree, number: int) -> None:
        detector = Detector(tree, self.layout.masked, self.scene, self.lexicon)
        assembler = Assembler(tree, self.layout.masked, self.scene, self.lexicon, detector.roles, number)
        candidates = detector.candidates()
        for candidate in candidates:
            assembler.event(candidate)
        same_paragraph = self.scene.year_paragraph == tree.sentence.paragraph
        clock = Clock(
            self.published,
            self.scene.year if self.published is None or same_paragraph else None,
            self.scene.anchor,
            self.scene.anchor_is_day,
            same_paragraph and self.scene.year_is_fresh,
            self.today,
        )
        attach_dates(tree, candidates, clock)
        self._lead_date(tree, candidates)
        self._occasion(tree, candidates)
        candidates = absorb(tree, candidates)
        for candidate in candidates:
            self._take(tree, candidate, detector.roles, number)
        self._remember_subject(tree, detector.roles)
        for agreement, event in standalone_agreements(
            tree, detector, candidates, self.layout.masked, number, clock, self.ledger.has
        ):
            if not agreement.fields and not tree.sentence.heading:  # "a security treaty"
                agreement.fields = fields_in(self.layout.masked, agreement.start, agreement.end, self.lexicon)
            self._add_agreement(agreement, event)
        self.ledger.add_fields(tree, detector, number)
        self.scene.instrument = self._last_instrument(number)

    def _last_instrument(self, number: int) -> Instrument | None:
        """The kind of the agreement told last, for "it was signed"; forgotten after two sentences."""
        told = self.ledger.agreements[-1] if self.ledger.agreements else None
        if told is None or number - told.sentence > 1:
            return None
        return next((row for row in self.lexicon.instruments if row.instrument == told.instrument), None)

    def _take(self, tree: Tree, candidate: Candidate, roles: Roles, number: int) -> None:
        event = candidate.event
        if event is None:
            return
        event.parts = [self._settled(p) for p in event.parts]
        event.attributed_to = speaker(tree, candidate, roles, self.lexicon)
        named = candidate.instrument
        new_instrument = named is not None and (named.count is not None or not named.definite)
        earlier = None if new_instrument else refers_back(event, self.events)
        if earlier is not None:
            self._complete(earlier, event)
            return
        if not keep(event, self.lexicon) and not self._supplied(tree, candidate, event, number):
            return
        event.fields = fields_in(self.layout.masked, *_clause(tree, candidate), self.lexicon)
        event.confidence = _confidence(event)
        if (
            event.type == "agree"
            and candidate.instrument is None
            and (price := price_agreement(event, self.layout.masked, _below(tree, candidate), number)) is not None
        ):
            self.ledger.agreements.append(price)
            event.agreement = price
        if named is not None and event.type in _ABOUT_INSTRUMENTS and is_agreement(named, event):
            self.ledger.link(agreement_of(event, named, self.layout.masked, number), event, named, tree)
            for other in candidate.more_instruments:
                if is_agreement(other, event):
                    self.ledger.link(
                        agreement_of(event, other, self.layout.masked, number), event, other, tree, main=False
                    )
        self.events.append(event)
        self.scene.tell(event)

    def _supplied(self, tree: Tree, candidate: Candidate, event: Event, number: int) -> bool:
        """Whether those whom the sentence names beside an event make a record of it that the sentence has not told yet."""
        if not Supply(tree, self.layout.masked, self.scene, self.lexicon).complete(candidate, event):
            return False
        told = [e for e in self.events if e.sentence == number and e.type == event.type]
        return keep(event, self.lexicon) and all(e.countries() != event.countries() for e in told)

    def _lead_date(self, tree: Tree, candidates: list[Candidate]) -> None:
        """The date that opens a paragraph of a chronicle, or the clock time of a live report, dates what its sentences leave undated."""
        span = self.layout.leads.get(tree.sentence.paragraph)
        if span is None:
            return
        words = self.layout.masked[span[0] : span[1]]
        if words[:2].strip(".:").isdigit() and (":" in words or "." in words):
            edtf = edtf_day(self.published.year, self.published.month, self.published.day) if self.published else None
            when = When(edtf, *span, DateMention(*span, "clock", (), None), "date:clock") if edtf else None
        else:
            found = find_dates(f"in {words.title()}")
            year = self.scene.year or (self.published.year if self.published else None)
            when = read(found[0], Clock(None, year, None), "occurred") if found else None
            when = When(when.edtf, *span, when.mention, "date:lead") if when else None
        for event in [c.event for c in candidates if c.event is not None]:
            if event.when is None and event.status.value in ("occurred", "ongoing") and not event.earlier:
                event.when = when

    def _occasion(self, tree: Tree, candidates: list[Candidate]) -> None:
        """ "On the same occasion", "at the ceremony": the day of what has been told last."""
        told = next((e for e in reversed(self.events[-3:]) if e.when is not None), None)
        if told is None or not _OCCASION.search(self.layout.masked, tree.sentence.start, tree.sentence.end):
            return
        for event in [c.event for c in candidates if c.event is not None]:
            if event.when is None and event.status.value == "occurred" and not event.earlier:
                event.when = told.when

    def _remember_subject(self, tree: Tree, roles: Roles) -> None:
        """Who acts in the main clause: "it" of the next sentence."""
        root = next((t for t in tree.tokens if t.head == t.i), None)
        subject = tree.child(root, "nsubj", "nsubjpass") if root is not None else None
        parts = [p for p in roles.actors(subject) if p.country] if subject is not None else []
        if len(parts) == 1 and (country := parts[0].country):
            self.scene.subject = Part(country.lower(), country, "", parts[0].start, parts[0].end, "anaphor")

    def _settled(self, part: Part) -> Part:
        """A person known by name alone becomes an actor of the document, once it takes part in something."""
        if part.key.startswith("?"):
            name = part.key[1:]
            key = slug(name)
            if key not in self.entities.actors:
                span = (part.start, part.end)
                self.entities.actors[key] = Actor(
                    key, "person", name, part.country, country_span=span if part.country else None, name_span=span
                )
            part.key = key
            part.country = self.entities.actors[key].country
        return part

    def _add_agreement(self, agreement: Agreement, event: Event | None) -> None:
        agreement.parties = [self._settled(p) for p in agreement.parties]
        self.ledger.agreements.append(agreement)
        if event is not None:
            event.agreement = agreement
            event.confidence = agreement.confidence
            self.events.append(event)
            self.scene.tell(event)

    def _complete(self, earlier: Event, later: Event) -> None:
        """Give an earlier event what a later mention of it adds."""
        if earlier.when is None:
            earlier.when = later.when
        elif later.pointed and later.when is not None:
            earlier.when = _until(earlier.when, later.when)
        if earlier.place is None:
            earlier.place, earlier.place_country = later.place, later.place_country
        for part in later.parts:
            if part.country in earlier.countries() or part.country is None:
                roles = {p.role for p in earlier.parts}
                if earlier.type != later.type and part.role not in roles and "participant" in roles:
                    part.role = "participant"  # a visit told as "the meeting"
                earlier.add(part)


def _day_without_year(layout: Layout) -> tuple[int, int] | None:
    """Month and day of a dateline ("MANAMA, Feb 3 -"), for documents whose year is unknown."""
    if layout.dateline_day is None:
        return None
    found = find_dates(layout.masked, *layout.dateline_day)
    if not found or found[0].kind not in ("dmy", "mdy"):
        return None
    return month_number(found[0].get("m")), int(found[0].get("d") or 1)


def _until(first: When, last: When) -> When:
    """ "On 26 July ... On 27 July this visit will come to a close": a range of days."""
    a, b = first.edtf, last.edtf
    days = len(a.text) == len(b.text) == 10 and "/" not in a.text + b.text
    if not days or a.text >= b.text or a.text[:7] != b.text[:7]:
        return first
    return When(
        Edtf(f"{a.text}/{b.text}", a.first, b.last), first.start, first.end, first.mention, "date:range of two mentions"
    )


def _clause(tree: Tree, candidate: Candidate) -> tuple[int, int]:
    """The span of the trigger's own phrase: its subtree without clauses that hang on it."""
    inside = tree.clause(candidate.trigger, frozenset({"relcl", "advcl", "ccomp", "parataxis", "conj"}))
    return min(t.start for t in inside), max(t.end for t in inside)


def _below(tree: Tree, candidate: Candidate) -> tuple[int, int]:
    inside = tree.subtree(candidate.trigger)
    return candidate.trigger.end, max(t.end for t in inside)


def _confidence(event: Event) -> float:
    """How sure the reading is, from how each part was found; a first estimate, between 0.3 and 0.95."""
    weights = {"direct": 0.0, "modifier": 0.03, "place": 0.05, "anaphor": 0.12, "window": 0.25}
    value = 0.92 - max((weights.get(p.how, 0.1) for p in event.parts), default=0.3)
    value -= 0.08 * event.nominal + 0.05 * event.background + 0.05 * (event.when is None)
    return round(min(0.95, max(0.3, value)), 2)
