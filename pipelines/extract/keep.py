"""Which candidates become records: those with their sides; what one sentence tells twice is told once."""

from __future__ import annotations

from pipelines.extract.candidate import Candidate
from pipelines.extract.lexicon import Lexicon
from pipelines.extract.parse import Token, Tree
from pipelines.extract.records import Event

_ALONE = frozenset(
    "appeal threaten deploy attack sanction coerce retreat protest sever concede ratify join reject".split()
)


def keep(event: Event, lexicon: Lexicon) -> bool:
    """Whether an event has what its type asks for."""
    kind = lexicon.types[event.type]
    countries = event.countries()
    others = {p.key for p in event.parts if p.country is None and not p.key.startswith("?")}
    if not event.parts or not (countries or others):
        return False
    if kind.sides == 2:
        return len(countries) >= 2 or bool(countries and others) or len(others) >= 2
    initiators = {p.country for p in event.parts if p.role == "initiator" and p.country}
    targets = {p.country for p in event.parts if p.role in ("target", "participant") and p.country}
    if kind.adverse and initiators and targets and initiators == targets and event.type != "attack":
        return False  # within one state
    if len(countries) >= 2 or (countries and others):
        return True
    if "sides" in event.asks:
        return False
    if event.nominal and event.when is None and event.type not in ("retreat", "attack"):
        return False
    if event.type not in _ALONE or not (initiators or event.type in ("attack", "sanction", "coerce", "retreat")):
        return False
    return bool(countries) and (
        event.type in ("appeal", "threaten", "deploy", "ratify", "join", "retreat")
        or event.when is not None
        or bool(targets)
    )


def absorb(tree: Tree, candidates: list[Candidate]) -> list[Candidate]:
    """Within one sentence: a visit takes in the talks of the same visitor; the same event told by verb and noun is one."""
    out: list[Candidate] = []
    for candidate in candidates:
        event = candidate.event
        if event is None:
            continue
        host = next((c for c in out if c.event is not None and _same(tree, c, candidate)), None)
        if host is None or host.event is None:
            out.append(candidate)
            continue
        first, second = host.event, event
        if second.type in ("visit", "call") and first.type == "meet":
            first.type, first.rule = second.type, second.rule
            for part in first.parts:
                match = next((p for p in second.parts if p.key == part.key), None)
                part.role = match.role if match is not None else part.role
        for part in second.parts:
            first.add(part)
        first.when = first.when or second.when
        if not first.place:
            first.place, first.place_country = second.place, second.place_country
        host.instrument = host.instrument or candidate.instrument
    return out


def _below(tree: Tree, candidate: Candidate) -> list[Token]:
    """What hangs on a candidate's verb or noun, other main clauses left out: "an operation targeting ...", "killing two"."""
    return tree.clause(candidate.verb or candidate.trigger, frozenset({"conj", "ccomp", "parataxis", "relcl"}))


def _is_next(tree: Tree, candidate: Candidate) -> bool:
    """ "Held talks in X before travelling on to Y": another act, before or after it."""
    prep = tree.head(candidate.verb) if candidate.verb is not None and candidate.verb.dep == "pcomp" else None
    return prep is not None and prep.lemma in ("before", "after")


def _is_deed(tree: Tree, first: Candidate, second: Candidate) -> bool:
    """ "An attack by X killed ministers of Y", "its sanctions hit banks of Y": the noun is who did what the verb tells."""
    noun, verb = (first, second) if first.noun is not None else (second, first)
    done = verb.verb if verb.noun is None and noun.noun is not None else None
    return done is not None and noun.trigger in tree.children(done, "nsubj")


def _same(tree: Tree, first: Candidate, second: Candidate) -> bool:
    a, b = first.event, second.event
    if a is None or b is None:
        return False
    if b.type == "attack" and a.type in ("attack", "sanction") and _is_deed(tree, first, second):
        return True
    if a.status.value != b.status.value and not (
        (a.type in ("visit", "meet") and b.type == "meet" or a.type == b.type == "protest")
        and _is_purpose(tree, first, second)
    ):
        return False
    if a.when and b.when and a.when.edtf.text != b.when.edtf.text:
        return False
    if a.type == b.type and b.countries() <= a.countries() and any(t is second.trigger for t in _below(tree, first)):
        return True
    if a.type == b.type:
        if a.type in ("sign", "join", "attack", "sanction", "aid") and first.noun is None and second.noun is None:
            return False
        return bool(a.countries() & b.countries()) and (
            a.countries() <= b.countries() or b.countries() <= a.countries()
        )
    if {a.type, b.type} == {"call", "meet"} and a.countries() == b.countries():
        return True  # "received a call from X, during which they discussed Y"
    if {a.type, b.type} == {"visit", "meet"}:
        visit, meet = (a, b) if a.type == "visit" else (b, a)
        visitors = {p.key for p in visit.parts if p.role == "initiator"}
        relative = any(c.verb is not None and c.verb.dep == "relcl" for c in (first if a.type == "visit" else second,))
        apart = relative or any(_is_next(tree, c) for c in (first, second))
        return bool(visitors & {p.key for p in meet.parts}) and not apart
    return False


def _is_purpose(tree: Tree, first: Candidate, second: Candidate) -> bool:
    """ "Flew to X to meet Y": the meeting is what the visit is for."""
    verb = second.verb
    return verb is not None and verb.tag == "VB" and verb.dep in ("advcl", "xcomp") and tree.head(verb) is first.verb


def refers_back(event: Event, earlier: list[Event]) -> Event | None:
    """The event told before that "the meeting", "this visit", "the strikes" speak of; None for what is new."""
    dated = event.when is not None and event.when.rule not in ("date:lead", "date:clock")
    if not (event.nominal and event.definite) or (dated and len(event.countries()) >= 2 and not event.pointed):
        return None
    for other in sorted(earlier[:-13:-1], key=lambda e: e.type != event.type):
        related = other.type == event.type or {other.type, event.type} in (
            {"meet", "visit"},
            {"meet", "negotiate"},
            {"meet", "mediate"},
        )
        if not related or other.sentence == event.sentence:
            continue
        if (
            not event.pointed
            and dated
            and event.when
            and other.when
            and event.when.edtf.text not in other.when.edtf.text
            and other.when.edtf.text not in event.when.edtf.text
        ):
            continue
        if event.countries() and not event.countries() <= other.countries():
            continue
        new_persons = event.persons() - other.persons()
        if new_persons and other.persons() and not event.persons() & other.persons():
            continue
        return other
    return None
