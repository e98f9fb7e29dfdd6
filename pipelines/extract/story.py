"""One document read from its first sentence to its last: events and agreements, with what later sentences add to earlier ones."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from pipelines.extract.assemble import Assembler, agreement_of, price_agreement
from pipelines.extract.attribution import speaker
from pipelines.extract.dates import Clock, DateMention, Edtf, edtf_day, find_dates
from pipelines.extract.detect import Candidate, Detector
from pipelines.extract.entities import Actor, Entities
from pipelines.extract.instruments import Named
from pipelines.extract.keep import absorb, keep, refers_back
from pipelines.extract.layout import Layout, Sentence
from pipelines.extract.lexicon import Lexicon
from pipelines.extract.names import slug
from pipelines.extract.parse import Tree, parse, simplify
from pipelines.extract.records import Agreement, Event, Part, When
from pipelines.extract.roles import Roles
from pipelines.extract.scene import Scene, document_pair
from pipelines.extract.standalone import standalone_agreements
from pipelines.extract.topics import fields_in
from pipelines.extract.when import attach_dates, read

_ANAPHOR = re.compile(r"\b(?:they|he|she|both|two|his|her|their|its|sides?|counterpart|the (?:minister|president|leader|government|army|talk|visit|meeting|agreement|deal|memorand\w+|document|accord|pact|treat\w+|protocol|declaration|MoU|statement|contract|strike|attack|relation|tie)s?|this|these|was|were)\b", re.I)


_TOPIC = re.compile(
    r"(?:\s*\([^)]*\))?(?:\s+(?:was|were|has been|have been)\s+\w+)?,?\s+(?:on|in|covering|concerning|regarding|about|for|spanning|relating to|touching)\s+(?!\d|[A-Z]|the \d|behalf|the sidelines)"
    r"[^.;]{3,250}?(?=,?\s+(?:according|during|when|after|which|while|said|whose|under|as)\b|[.;]|$)"
)
_ABOUT_INSTRUMENTS = frozenset({"sign", "negotiate", "ratify", "sever", "agree", "offer", "mediate", "appeal", "join"})


@dataclass(slots=True)
class Story:
    """What one document tells."""

    events: list[Event] = field(default_factory=list)
    agreements: list[Agreement] = field(default_factory=list)


class Reader:
    """Reads one document."""

    def __init__(self, text: str, layout: Layout, entities: Entities, lexicon: Lexicon, published: date | None, gate: re.Pattern[str]) -> None:
        self.text, self.layout, self.entities, self.lexicon, self.published = text, layout, entities, lexicon, published
        self.gate = gate
        home = None
        if layout.dateline is not None:
            home = next((m.country for m in entities.mentions if layout.dateline[0] <= m.start < layout.dateline[1]), None)
        self.scene = Scene(entities, document_pair(entities), home)
        self.story = Story()

    def read(self) -> Story:
        """All sentences in order; only those are parsed that may tell something."""
        masked = self.layout.masked
        dates = {s.start: find_dates(masked, s.start, s.end) for s in self.layout.sentences}
        gated = [s for s in self.layout.sentences if self._worth_parsing(s)]
        trees = {t.sentence.start: t for t in parse([(s, simplify(masked, s, self.entities.within(s.start, s.end), dates[s.start])) for s in gated])}
        for number, sentence in enumerate(self.layout.sentences):
            if (tree := trees.get(sentence.start)) is not None:
                self._sentence(tree, number)
            self.scene.see(self.entities.within(sentence.start, sentence.end))
            self._remember_year(sentence, dates[sentence.start])
        return self.story

    def _worth_parsing(self, sentence: Sentence) -> bool:
        text = self.layout.masked
        if not self.gate.search(text, sentence.start, sentence.end):
            return False
        return bool(self.entities.within(sentence.start, sentence.end)) or bool(_ANAPHOR.search(text, sentence.start, sentence.end))

    def _remember_year(self, sentence: Sentence, dates: list[DateMention]) -> None:
        for mention in dates:
            if mention.year is not None and mention.kind in ("iso", "dmy", "mdy", "my", "year", "range_dm", "range_md"):
                self.scene.year, self.scene.year_paragraph, self.scene.year_is_fresh = mention.year, sentence.paragraph, True
            elif mention.kind in ("weekday", "day", "relative", "ago"):
                self.scene.year_is_fresh = False

    def _sentence(self, tree: Tree, number: int) -> None:
        self.scene.paragraph = tree.sentence.paragraph
        detector = Detector(tree, self.layout.masked, self.scene, self.lexicon)
        assembler = Assembler(tree, self.layout.masked, self.scene, self.lexicon, detector.roles, number)
        candidates = detector.candidates()
        for candidate in candidates:
            assembler.event(candidate)
        same_paragraph = self.scene.year_paragraph == tree.sentence.paragraph
        clock = Clock(self.published, self.scene.year if self.published is None or same_paragraph else None, self.scene.anchor, self.scene.anchor_is_day, same_paragraph and self.scene.year_is_fresh)
        attach_dates(tree, candidates, clock)
        self._lead_date(tree, candidates, clock)
        candidates = absorb(tree, candidates)
        for candidate in candidates:
            self._take(tree, candidate, detector.roles, number)
        self._remember_subject(tree, detector.roles)
        for agreement, event in standalone_agreements(tree, detector, candidates, self.layout.masked, number, clock):
            self._add_agreement(agreement, event, tree)
        self._later_words(tree, detector, number)

    def _take(self, tree: Tree, candidate: Candidate, roles: Roles, number: int) -> None:
        event = candidate.event
        if event is None:
            return
        event.parts = [self._settled(p) for p in event.parts]
        event.attributed_to = speaker(tree, candidate, roles, self.lexicon)
        named = candidate.instrument
        new_instrument = named is not None and (named.count is not None or not named.definite)
        earlier = None if new_instrument else refers_back(event, self.story.events)
        if earlier is not None:
            self._complete(earlier, event)
            return
        if not keep(event, self.lexicon):
            return
        event.fields = fields_in(self.layout.masked, *_clause(tree, candidate), self.lexicon)
        event.confidence = _confidence(event)
        if event.type == "agree" and candidate.instrument is None and (price := price_agreement(event, self.layout.masked, _below(tree, candidate), number)) is not None:
            self.story.agreements.append(price)
            event.agreement = price
        if named is not None and event.type in _ABOUT_INSTRUMENTS and self._is_agreement(named, event):
            self._link(agreement_of(event, named, self.layout.masked, number), event, named, tree)
            for other in candidate.more_instruments:
                if self._is_agreement(other, event):
                    self._link(agreement_of(event, other, self.layout.masked, number), event, other, tree, main=False)
        self.story.events.append(event)
        self.scene.tell(event)

    def _lead_date(self, tree: Tree, candidates: list[Candidate], clock: Clock) -> None:
        """The date that opens a paragraph of a chronicle, or the clock time of a live report, dates what its sentences leave undated."""
        span = self.layout.leads.get(tree.sentence.paragraph)
        if span is None:
            return
        words = self.layout.masked[span[0] : span[1]]
        if words[:2].strip(".:").isdigit() and (":" in words or "." in words):
            edtf = edtf_day(self.published.year, self.published.month, self.published.day) if self.published else None
            when = When(edtf, *span, DateMention(*span, "clock", (), None), "date:clock") if edtf else None
        else:
            found = find_dates(words.title())
            year = self.scene.year or (self.published.year if self.published else None)
            when = read(found[0], Clock(None, year, None), "occurred") if found else None
            when = When(when.edtf, *span, when.mention, "date:lead") if when else None
        for candidate in candidates:
            if candidate.event is not None and candidate.event.when is None and when is not None and candidate.event.status.value in ("occurred", "ongoing") and not candidate.event.background:
                candidate.event.when = when

    def _remember_subject(self, tree: Tree, roles: Roles) -> None:
        """Who acts in the main clause: "it" of the next sentence."""
        root = next((t for t in tree.tokens if t.head == t.i), None)
        subject = tree.child(root, "nsubj", "nsubjpass") if root is not None else None
        parts = [p for p in roles.actors(subject) if p.country] if subject is not None else []
        if len(parts) == 1 and parts[0].country:
            self.scene.subject = Part(parts[0].country.lower(), parts[0].country, "", parts[0].start, parts[0].end, "anaphor")

    def _settled(self, part: Part) -> Part:
        """A person known by name alone becomes an actor of the document, once it takes part in something."""
        if part.key.startswith("?"):
            name = part.key[1:]
            key = slug(name)
            if key not in self.entities.actors:
                self.entities.actors[key] = Actor(key, "person", name, None, name_span=(part.start, part.end))
            part.key = key
            part.country = self.entities.actors[key].country
        return part

    def _is_agreement(self, named: Named, event: Event) -> bool:
        if event.type == "agree":
            return not named.generic
        if event.type in ("offer", "appeal", "mediate"):
            return not named.generic and not named.vague
        return not (named.vague and named.plural and named.count is None and event.type != "sign")

    def _link(self, agreement: Agreement, event: Event, named: Named, tree: Tree, main: bool = True) -> None:
        agreement.when = event.when if event.type in ("sign", "agree", "ratify", "sever") else None
        agreement.place = event.place if event.type == "sign" else None
        agreement.place_country = event.place_country
        start, end = _span(tree, named, self.layout.masked)
        agreement.fields = [] if tree.sentence.heading else fields_in(self.layout.masked, start, end, self.lexicon)
        agreement.confidence = event.confidence
        agreement.attributed_to = event.attributed_to
        known = self._known_agreement(agreement, named)
        if known is None:
            self.story.agreements.append(agreement)
            event.agreement = agreement if main else event.agreement
        else:
            known.more.append(agreement.title)
            if event.type != "sign" or event.status.value == "occurred":
                _advance(known, agreement)
            event.agreement = known if main else event.agreement
            if not event.countries() and known.parties:
                event.parts = [Part(p.key, p.country, "participant", p.start, p.end, "anaphor") for p in known.parties]

    def _known_agreement(self, agreement: Agreement, named: Named) -> Agreement | None:
        """The agreement told before that "the memorandum" speaks of."""
        for other in reversed(self.story.agreements):
            same = other.instrument == agreement.instrument or named.generic or named.row.only_signed or named.row.instrument in ("agreement", "memorandum")
            sides = agreement.countries() <= other.countries() or other.countries() <= agreement.countries()
            if same and sides and named.definite and named.count is None:
                return other
        return None

    def _add_agreement(self, agreement: Agreement, event: Event | None, tree: Tree) -> None:
        agreement.parties = [self._settled(p) for p in agreement.parties]
        self.story.agreements.append(agreement)
        if event is not None:
            event.agreement = agreement
            event.confidence = agreement.confidence
            self.story.events.append(event)
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
                earlier.add(part)

    def _later_words(self, tree: Tree, detector: Detector, number: int) -> None:
        """ "The agreements covered tourism and trade": fields for the agreement told last."""
        for token in tree.tokens:
            if token.dep not in ("nsubj", "nsubjpass") or not self.story.agreements:
                continue
            named = detector.instruments.at(token)
            last = self.story.agreements[-1]
            if named is None or not named.definite or named.vague or number - last.sentence > 3 or number == last.sentence:
                continue
            have = {f.value for f in last.fields}
            last.fields += [f for f in fields_in(self.layout.masked, token.end, tree.sentence.end, self.lexicon) if f.value not in have]


def _until(first: When, last: When) -> When:
    """ "On 26 July ... On 27 July this visit will come to a close": a range of days."""
    a, b = first.edtf, last.edtf
    if "/" in a.text or "/" in b.text or len(a.text) != 10 or len(b.text) != 10 or a.text >= b.text or a.text[:7] != b.text[:7]:
        return first
    return When(Edtf(f"{a.text}/{b.text}", a.first, b.last), first.start, first.end, first.mention, "date:range of two mentions")


def _advance(known: Agreement, later: Agreement) -> None:
    order = ["denied", "proposed", "negotiating", "planned", "signed", "in_force", "suspended", "terminated"]
    if order.index(later.status.value) > order.index(known.status.value):
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
    return min(t.start for t in inside), max(max(t.end for t in inside), topic.end() if topic else 0)


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
