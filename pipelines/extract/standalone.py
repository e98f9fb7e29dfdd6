"""Instruments that a noun phrase tells by itself: "the strategic agreement between Pakistan and Saudi Arabia", "deals to be signed"."""

from __future__ import annotations

from collections.abc import Callable

from pipelines.extract.arguments import Argument
from pipelines.extract.candidate import Candidate
from pipelines.extract.dates import Clock
from pipelines.extract.detect import Detector
from pipelines.extract.instruments import Named
from pipelines.extract.parse import Token, Tree
from pipelines.extract.records import Agreement, Event, Found, Part
from pipelines.extract.when import read

_STAGES = {
    "terminated": frozenset({"terminate", "abrogate", "lapse", "expire", "void", "annul", "scrap", "defunct"}),
    "suspended": frozenset({"suspend", "freeze"}),
    "negotiating": frozenset(
        {"negotiation", "negotiate", "draft", "drafting", "discussion", "discuss", "haggle", "finalise", "finalize", "polish"}
    ),
    "planned": frozenset({"ready", "signature", "prepare", "due"}),
    "in_force": frozenset({"force", "apply", "effect"}),
}  # fmt: skip
"""words that tell how far an instrument has come, the last stage first"""


def standalone_agreements(
    tree: Tree,
    detector: Detector,
    candidates: list[Candidate],
    text: str,
    number: int,
    clock: Clock,
    told: Callable[[Named, set[str]], bool],
) -> list[tuple[Agreement, Event | None]]:
    """Agreements of a tree that no event of it is about, each with the signing that it implies.

    `told` says whether an instrument between these countries has been told before.
    """
    taken = {c.instrument.token.i for c in candidates if c.instrument is not None}
    out: list[tuple[Agreement, Event | None]] = []
    for token in tree.tokens:
        if token.i in taken or token.i in detector.used or token.dep in ("compound", "amod", "nmod"):
            continue
        named = detector.instruments.at(token)
        if named is None or named.vague or (named.plural and named.count is None and not named.definite):
            continue
        parties = _with_other_side(detector, named, _parties(tree, detector, token))
        guessed = not parties and _is_one_of_a_kind(tree, token, named)
        if guessed:
            parties = _of_story(detector, named)
        if named.definite and told(named, {p.country for p in parties if p.country}):
            continue  # spoken of again
        if len({p.country for p in parties if p.country}) < 2 or any(
            token in tree.subtree(c.instrument.token) for c in candidates if c.instrument
        ):
            continue
        made = _made(tree, detector, token, named, parties, text, number)
        if made is None:
            continue
        agreement, event = made
        if guessed and not any(t.date is not None for t in tree.subtree(token)):
            event = None
        _date(tree, token, agreement, event, clock)
        out.append((agreement, event))
    return out


def _parties(tree: Tree, detector: Detector, token: Token) -> list[Part]:
    parties: list[Part] = []
    arguments = detector.roles.of_noun(token)
    for inner in [a.token for a in arguments if a.position in ("of", "on")]:  # "a memorandum of understanding between"
        arguments += [a for a in detector.roles.of_noun(inner) if a.position in ("between", "with", "among")]
    for clause in tree.children(token, "relcl"):  # "the accord that X and Y had made"
        if detector.instruments.at(token) is not None:
            arguments += [
                Argument("between", a.token) for a in detector.roles.of_verb(clause) if a.position == "subject"
            ]
    for argument in arguments:
        if argument.position in ("between", "with", "among", "before", "of"):
            for part in detector.roles.actors(
                argument.token, adverse=argument.position == "before" and argument.token.dep == "poss"
            ):
                if part.key not in {p.key for p in parties}:
                    part.role = "party"
                    parties.append(part)
    return parties


def _with_other_side(detector: Detector, named: Named, parties: list[Part]) -> list[Part]:
    """ "The extradition treaty with Lesotho": the side that the phrase leaves to the story."""
    countries = {p.country for p in parties if p.country}
    dated = any(t.date is not None for t in detector.tree.subtree(named.token))
    if len(countries) != 1 or len(parties) > 1 or named.generic or not (named.definite or named.proper or dated):
        return parties
    scene = detector.roles.referents.scene
    other = scene.other(next(iter(countries)), sorted(detector.roles.referents.states()))
    if other is None:
        return parties
    return [*parties, Part(other.lower(), other, "party", named.start, named.end, "anaphor")]


def _is_one_of_a_kind(tree: Tree, token: Token, named: Named) -> bool:
    """Whether a phrase says which instrument it means: by a name, a number, a year, or what it is on."""
    if named.generic or named.plural and named.count is None and not named.proper:
        return False
    told = any(t.date is not None for t in tree.subtree(token)) or named.proper or named.count is not None
    about = any(p.lemma in ("on", "for", "of", "against", "governing") for p in tree.children(token, "prep"))
    return told or about


def _of_story(detector: Detector, named: Named) -> list[Part]:
    """ "The treaty of 1951", "a memorandum on health": between the two whom the sentence names, else those of the story."""
    referents = detector.roles.referents
    here: dict[str, Part] = {}
    for token in detector.tree.tokens:
        if token.mention is not None and token.mention.kind in ("state", "person", "government"):
            for part in referents.actors(token):
                if part.country and part.how == "direct":
                    here.setdefault(part.country, Part(part.key, part.country, "party", part.start, part.end, "window"))
    if len(here) == 2:
        return list(here.values())
    both = referents.scene.both(named.start, named.end)
    if len(both) != 2 or not here.keys() <= {p.country for p in both}:
        return []
    for part in both:
        part.role = "party"
    return both


def _stage(tree: Tree, token: Token) -> str | None:
    """How far an instrument has come by the words about it: "has been under negotiation since", "in force since"."""
    clauses = [*tree.children(token, "relcl", "acl"), *tree.ancestors(token)]
    words = {t.lemma for c in clauses if c.pos in ("VERB", "AUX") for t in [c, *tree.children(c)] if t.dep != "conj"}
    words |= {t.lemma for c in clauses for p in tree.children(c, "prep") for t in tree.children(p, "pobj")}
    words |= {t.text.lower() for t in tree.children(token, "amod", "compound")}
    return next((stage for stage, signs in _STAGES.items() if words & signs), None)


def _made(
    tree: Tree, detector: Detector, token: Token, named: Named, parties: list[Part], text: str, number: int
) -> tuple[Agreement, Event | None] | None:
    status = detector.status.of_noun(token, None, "sign")
    head = tree.head(token)
    if status is None and (named.definite or named.proper):  # "threatened to leave the treaty": there is one
        status = Found("occurred", token.start, token.end, "status:occurred/told of")
    if status is None or status.value in ("hypothetical",):
        return None
    value = {"occurred": "signed", "planned": "planned", "denied": "denied", "ongoing": "in_force"}.get(
        status.value, "signed"
    )
    if (
        head is not None
        and head.pos == "VERB"
        and token.dep == "dobj"
        and head.lemma in detector.lexicon.status["unreal_objects"]
    ):
        value = "proposed"
    value = (_stage(tree, token) or value) if value == "signed" else value
    title = Found(text[named.start : named.end], named.start, named.end, f"instrument:{named.row.instrument}")
    agreement = Agreement(
        named.row.instrument, title, Found(value, status.start, status.end, f"status:{value}/named"), named.start, named.end, number,
        f"instrument:{named.row.instrument}/named", parties=parties, binding=named.row.binding, count=named.count, confidence=0.65,
    )  # fmt: skip
    if value != "signed":
        return agreement, None
    event = Event("sign", "noun:sign/instrument", named.start, named.end, number, status)
    event.nominal, event.background = True, True
    event.parts = [Part(p.key, p.country, "participant", p.start, p.end, p.how) for p in parties]
    return agreement, event


def _date(tree: Tree, token: Token, agreement: Agreement, event: Event | None, clock: Clock) -> None:
    """A date inside the phrase ("the 1955 Treaty of Amity", "the accord of 12 May") dates the signing."""
    for inner in tree.subtree(token):
        if (
            inner.date is not None
            and inner.date.bound is None
            and not any(a.dep in ("relcl", "acl") for a in tree.ancestors(inner) if a in tree.subtree(token))
        ):
            when = read(inner.date, clock, "occurred")
            agreement.when = when
            if event is not None:
                event.when = when
            return
