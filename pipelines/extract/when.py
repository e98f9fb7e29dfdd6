"""Which date belongs to which event: the one that hangs on its verb or noun in the tree, with the fewest clauses between."""

from __future__ import annotations

from dataclasses import replace

from pipelines.extract.candidate import Candidate
from pipelines.extract.date_expressions import DateMention
from pipelines.extract.dates import Clock, to_edtf
from pipelines.extract.nonfinite import JOURNEYS, RANKS
from pipelines.extract.parse import Token, Tree
from pipelines.extract.records import Event, Found, When

_CLAUSES = frozenset({"relcl", "ccomp", "advcl", "acl", "parataxis", "pcomp", "csubj"})
_LIMITS = frozenset({"until", "till", "by", "before", "after", "prior to", "as of", "pre-", "post-", "through"})
_PARTS_OF_DAY = frozenset(
    {"morning", "afternoon", "evening", "night", "noon", "midnight", "dawn", "week", "month", "year"}
)
_FARTHEST = 9
_REPORTS = frozenset("say report tell note add state quote write claim recall observe inform reply insist".split())
_SCHEDULED = frozenset(
    "begin start open arrive leave travel visit meet fly host hold sign go head return gather convene resume receive welcome".split()
)
_OUTLETS = frozenset({"agency", "media", "newspaper", "paper", "daily", "television", "radio", "broadcaster", "outlet"})
_CAUSES = frozenset({"over", "after", "following", "because", "despite", "amid", "since", "before", "ahead"})
_SPEECH = frozenset({"agree", "offer", "threaten", "appeal", "accuse", "reject", "endorse", "concede"})


def attach_dates(tree: Tree, candidates: list[Candidate], clock: Clock) -> None:
    """Give each candidate's event the date nearest to it in the tree; a date of a coordinated verb serves both."""
    tokens = [t for t in tree.tokens if t.date is not None]
    live = [c for c in candidates if c.event is not None]
    wanted: list[tuple[float, int, Candidate, Token]] = []
    for token in tokens:
        if token.date is None or token.date.bound in _LIMITS:
            continue
        for order, candidate in enumerate(live):
            distance = _distance(tree, token, candidate)
            if distance is not None and distance <= _FARTHEST:
                wanted.append((distance, order, candidate, token))
    wanted.sort(key=lambda w: (w[0], w[1], w[3].i))
    owner: dict[int, tuple[float, Candidate]] = {}
    clocks = _clocks(tree, tokens, clock)
    for distance, _, candidate, token in wanted:
        event = candidate.event
        if event is None or event.when is not None:
            continue
        if token.i in owner and (
            _is_of_noun(tree, token, owner[token.i][1])
            or not _shares(tree, owner[token.i][1], candidate, owner[token.i][0], distance)
        ):
            continue
        status = _direction(tree, token, candidate, event.status.value)
        when = read(token.date, clocks[token.i], status) if token.date else None
        if when is None or token.date is None:
            continue
        event.when = when
        _settle_rank(event, when, clock)
        if (
            clock.published
            and when.edtf.first
            and when.edtf.first > clock.published
            and event.status.value in ("occurred", "ongoing")
            and token.date.kind != "year"
        ):
            event.status = Found("planned", when.start, when.end, "status:planned/date ahead")
        owner.setdefault(token.i, (distance, candidate))
    _fronted(tree, live, clocks)


def _settle_rank(event: Event, when: When, clock: Clock) -> None:
    """ "He would be the first to visit it, in 1950": told of the past."""
    past = when.edtf.last is not None and (clock.published is None or when.edtf.last < clock.published)
    if event.status.rule.endswith("/ranked") and past:
        event.status = Found("occurred", event.status.start, event.status.end, "status:occurred/ranked")


def _clocks(tree: Tree, tokens: list[Token], clock: Clock) -> dict[int, Clock]:
    """The clock at each expression: "the following year" counts from the date that the sentence has told before it."""
    out: dict[int, Clock] = {}
    for token in tokens:
        out[token.i] = clock
        status = "planned" if _is_ahead(tree, token) else "occurred"
        when = read(token.date, clock, status) if token.date is not None else None
        if when is not None and when.edtf.first is not None and token.date is not None and token.date.bound is None:
            first, last = when.edtf.first, when.edtf.last
            clock = replace(clock, anchor=first, anchor_is_day=first == last, story_year=first.year)
    return out


def _is_ahead(tree: Tree, token: Token) -> bool:
    """Whether the clause of an expression tells of what will be."""
    verb = next((t for t in tree.ancestors(token) if t.pos in ("VERB", "AUX")), None)
    return verb is not None and any(
        t.text.lower() in ("will", "shall", "'ll", "’ll") for t in tree.children(verb, "aux")
    )


def _direction(tree: Tree, token: Token, candidate: Candidate, status: str) -> str:
    """The status by which an expression is read: as that of the event, where its clause says nothing else."""
    if _is_behind(tree, token, candidate):
        return "occurred"
    return "planned" if _is_scheduled(tree, token, candidate) else status


def _is_scheduled(tree: Tree, token: Token, candidate: Candidate) -> bool:
    """ "X begins a visit to Y on Thursday": a day of the week beside the present is to come. Headlines tell the past so."""
    verb = candidate.verb
    if verb is None or verb.tag not in ("VBZ", "VBP") or verb.lemma not in _SCHEDULED or tree.sentence.heading:
        return False
    day = token.date is not None and token.date.kind == "weekday"
    return day and not any(t.tag == "VBD" for t in tree.ancestors(token))


def _is_behind(tree: Tree, token: Token, candidate: Candidate) -> bool:
    """ "Left on Monday to visit X": the day of what has happened, though the visit is still to come."""
    head = tree.head(token)
    verb = tree.head(head) if head is not None and head.pos == "ADP" else head
    return verb is not None and verb.tag == "VBD" and verb.lemma in JOURNEYS and verb is not candidate.verb


def _is_of_noun(tree: Tree, token: Token, candidate: Candidate) -> bool:
    """ "Have grown closer since the invasion in 2022": the year hangs on the noun, and dates nothing else."""
    event, noun = candidate.event, candidate.trigger
    prep = tree.head(noun)
    if event is None or not event.nominal or noun.dep != "pobj" or (prep is not None and prep.lemma == "during"):
        return False
    head = tree.head(token)
    return head is noun or (head is not None and head.pos == "ADP" and tree.head(head) is noun)


def _fronted(tree: Tree, live: list[Candidate], clocks: dict[int, Clock]) -> None:
    """A date that opens a sentence ("On Monday, ...") is that of every act of its main clauses that has none."""
    opening = next((t for t in tree.tokens[:6] if t.date is not None), None)
    if opening is None or opening.date is None or opening.date.bound in _LIMITS or _is_modifier(tree, opening):
        return
    if any(t.pos in ("VERB", "AUX") or t.dep in ("nsubj", "nsubjpass") for t in tree.tokens[: opening.i]):
        return
    for candidate in live:
        if candidate.trigger.i < opening.i:
            continue
        event, anchor = candidate.event, candidate.verb or candidate.trigger
        if event is None or event.when is not None or event.status.value not in ("occurred", "ongoing", "denied"):
            continue
        chain = [anchor, *tree.ancestors(anchor)]
        apart = any(t.dep in ("relcl", "acl", "ccomp", "advcl") for t in chain if t.pos in ("VERB", "AUX"))
        if not apart and not any(t.text.lower() == "had" for t in tree.children(anchor, "aux")):
            event.when = read(opening.date, clocks[opening.i], event.status.value)


def _is_modifier(tree: Tree, token: Token) -> bool:
    """ "Next week's elections", "its 2022 agreement": a date that tells which, and not when."""
    owns = any(t.dep == "case" and t.text in ("'s", "’s", "'", "’") for t in tree.children(token))
    inside = token.dep in ("nummod", "compound", "amod", "nmod", "poss")
    return owns or (inside and tree.tokens[token.head].lemma not in _PARTS_OF_DAY)


def read(mention: DateMention, clock: Clock, status: str) -> When | None:
    """The date of an event of this status."""
    edtf = to_edtf(mention, clock, status in ("planned", "hypothetical"))
    if edtf is None:
        return None
    return When(edtf, mention.start, mention.end, mention, f"date:{mention.kind}")


def _chain(tree: Tree, token: Token) -> list[tuple[Token, int]]:
    """A token and its governors, with the cost of getting to each (clause boundaries cost more)."""
    out, cost, here = [(token, 0)], 0, token
    for head in tree.ancestors(token):
        cost += 4 if here.dep in _CLAUSES else 3 if here.dep == "conj" and here.pos == "VERB" else 1
        out.append((head, cost))
        here = head
    return out


def _apart(tree: Tree, token: Token, candidate: Candidate) -> bool:
    """Whether a date hangs on another clause than the event: a relative clause, or what is promised, threatened or said."""
    own = {candidate.trigger.i, candidate.verb.i if candidate.verb is not None else candidate.trigger.i}
    here = token
    if token.head not in own and _is_modifier(tree, token):
        return not _is_of_time(tree, token, own)
    if (
        _is_of_report(tree, token, candidate, own)
        or _is_purpose(tree, token, own)
        or _is_of_rank(tree, token, candidate)
    ):
        return True
    for head in tree.ancestors(token):
        if here.i in own:
            return False
        if here.dep in ("relcl", "ccomp", "csubj", "parataxis"):
            return True
        if here.dep == "conj" and here.pos == "VERB" and here.i > head.i and tree.child(here, "nsubj", "nsubjpass"):
            anchor = candidate.verb or candidate.trigger
            return here not in tree.ancestors(anchor)  # "X was admitted, and Y followed in 2024"
        if (
            here.dep in ("xcomp", "acl", "advcl")
            and here.pos in ("VERB", "AUX")
            and token.date is not None
            and token.date.kind not in ("weekday", "day")
        ):
            if here.dep == "acl":
                return head.i != candidate.trigger.i
            return candidate.type in _SPEECH
        if head.i in own:
            return False
        here = head
    return False


def _is_of_time(tree: Tree, token: Token, own: set[int]) -> bool:
    """ "During the 1971 war, X helped Y": the year of the war is that of the help."""
    noun = tree.head(token)
    prep = tree.head(noun) if noun is not None and noun.dep == "pobj" else None
    return prep is not None and prep.lemma == "during" and prep.head in own


def _is_of_rank(tree: Tree, token: Token, candidate: Candidate) -> bool:
    """ "The first visit since 2013", "talks, the fourth since January, ended": since when it is the first, and not when it was."""
    prep = tree.head(token)
    while prep is not None and prep.dep in ("compound", "nummod", "pobj") and prep.pos != "ADP":
        prep = tree.head(prep)
    if prep is None or prep.lemma != "since":
        return False
    head = tree.head(prep)
    ranked = [head, *tree.children(head, "amod", "attr", "acomp", "nummod")] if head is not None else []
    of_noun = head is candidate.trigger and candidate.event is not None and candidate.event.nominal
    return of_noun or any(t.lemma in RANKS or t.tag == "JJS" for t in ranked)


def _is_purpose(tree: Tree, token: Token, own: set[int]) -> bool:
    """ "An action plan for 2027": the years that it is for, and not when it was signed."""
    prep = tree.head(token)
    noun = tree.head(prep) if prep is not None and prep.lemma == "for" else None
    return noun is not None and noun.pos in ("NOUN", "PROPN") and noun.i not in own


def _is_of_report(tree: Tree, token: Token, candidate: Candidate, own: set[int]) -> bool:
    """ "X said on Monday that Y had struck": the day of the report, and not of what is reported."""
    head = tree.head(token)
    if head is not None and head.pos == "ADP":
        head = tree.head(head)
    ahead = candidate.event is not None and candidate.event.status.value in ("planned", "hypothetical")
    reports = head is not None and (head.lemma in _REPORTS or (ahead and head.lemma in ("announce", "confirm")))
    if head is None or head.i in own or not reports:
        return False
    if head.dep == "acl" and tree.tokens[head.i - 1].lemma in _OUTLETS:
        return True  # "…, a news agency reported on Monday", hung on something else
    here = candidate.verb or candidate.trigger
    for over in tree.ancestors(here):
        if over.i == head.i:
            return here.dep in ("ccomp", "parataxis")
        here = over
    return False


def _distance(tree: Tree, token: Token, candidate: Candidate) -> float | None:
    if _apart(tree, token, candidate):
        return None
    anchors = [candidate.trigger] + (
        [candidate.verb] if candidate.verb is not None and candidate.verb is not candidate.trigger else []
    )
    up = {t.i: cost for t, cost in _chain(tree, token)}
    best: float | None = None
    for n, anchor in enumerate(anchors):
        for other, cost in _chain(tree, anchor):
            if other.i in up:
                total = up[other.i] + cost + 0.5 * n + 0.01 * abs(token.i - anchor.i)
                best = total if best is None else min(best, total)
                break
    return best


def _shares(tree: Tree, first: Candidate, second: Candidate, near: float, far: float) -> bool:
    """Whether two events share one date: the same verb carries both, or coordinated verbs with one subject."""
    clause = second.verb
    if clause is not None and clause.dep == "relcl" and _at_the_time(tree, clause):
        return tree.head(clause) in (first.trigger, *_inside(tree, first))
    if first.verb is not None and second.verb is not None:
        if first.verb.i == second.verb.i or first.trigger.i == second.trigger.i:
            return not _is_aside(tree, second)
        a, b = first.verb, second.verb
        linked = (b.dep == "conj" and tree.head(b) is a) or (a.dep == "conj" and tree.head(a) is b)
        later = b if b.dep == "conj" else a
        own = tree.child(later, "nsubj", "nsubjpass")
        if linked and own is None:
            return True
        if b.dep in ("advcl", "xcomp", "pcomp") and a in tree.ancestors(b) and far <= near + 6:
            bare = second.event is not None and second.event.nominal and second.trigger.dep == "pobj"
            return not (bare and b.dep == "advcl" and tree.children(b, "mark"))  # "as both grapple with sanctions"
        if second.framed is not None and second.framed.i == a.i or first.framed is not None and first.framed.i == b.i:
            return True
    return False


def _is_aside(tree: Tree, candidate: Candidate) -> bool:
    """ "Sanctioned X in 2017 over its annexation of Y": what was before the act, or caused it, has a date of its own."""
    if not candidate.event or not candidate.event.nominal or candidate.verb is None:
        return False
    for token in tree.ancestors(candidate.trigger):
        if token.i == candidate.verb.i:
            return False
        if token.pos in ("ADP", "SCONJ") and token.lemma in _CAUSES:
            return True
    return False


def _inside(tree: Tree, candidate: Candidate) -> list[Token]:
    """The nouns that hang on a candidate's own words: where "in which" and "where" may point."""
    return [t for t in tree.subtree(candidate.verb or candidate.trigger) if t.pos in ("NOUN", "PROPN")]


def _at_the_time(tree: Tree, verb: Token) -> bool:
    """Whether a relative clause is opened by "where", "when" or "during which", and so tells of the same time."""
    words = [t.text.lower() for t in tree.subtree(verb) if t.i < verb.i]
    return "where" in words[:2] or "when" in words[:2] or words[:2] in (["during", "which"], ["at", "which"])
