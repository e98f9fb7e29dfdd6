"""Agreements that an event is about: what is signed, negotiated, ratified or ended, between whom, and how far it has come."""

from __future__ import annotations

import re

from pipelines.extract.instruments import Named
from pipelines.extract.records import Agreement, Event, Found, Part

_PRICE = re.compile(
    r"(?:(?:to\s+)?(?:pay|buy|sell|supply|purchase|import)\b[^.;]{0,60}?)?(?:prices?\s+of\s+[^.;,]{3,40}|(?:US|A|C)?[$€£]\s?\d[\d.,]*|\d[\d.,]*\s+(?:US\s+)?(?:dollars|cents|euros|rubles|roubles|yuan))"
    r"\s*(?:(?:per|a|for each|for every)\s+(?:\w+\s+){0,3}?(?:BTUs?|MMBtu|barrel|tonnes?|tons?|units?|met(?:re|er)s?|kilowatt-hours?|kWh|gallon|kilogram|pound|bushel|head))"
)
_BETWEEN = re.compile(
    r"[^.;,]{0,40}?\bbetween\s+[^.;]{3,80}?(?=\s+(?:at|in|on|with|by|for|that|which|was|is|were|would)\b|[.;,]|$)"
)
_STATUS_OF_SIGNING = {
    "occurred": "signed",
    "ongoing": "negotiating",
    "planned": "planned",
    "hypothetical": "proposed",
    "denied": "denied",
}
_STATUS_BY_TYPE = {
    "negotiate": "negotiating",
    "ratify": "in_force",
    "offer": "proposed",
    "appeal": "proposed",
    "reject": "denied",
    "mediate": "negotiating",
    "join": "in_force",
}


def price_agreement(event: Event, text: str, span: tuple[int, int], number: int) -> Agreement | None:
    """The price that two sides agree on in text[span] ("would buy gas at $5 a unit") is an instrument of its own; None without one.

    `number` is that of the sentence.
    """
    match = _PRICE.search(text, *span)
    if match is None:
        return None
    status = {"occurred": "signed", "planned": "planned", "denied": "denied"}.get(event.status.value, "proposed")
    title = text[match.start() : match.end()].strip()
    return Agreement(
        "price_agreement",
        Found(title, match.start(), match.end(), "instrument:price_agreement"),
        Found(status, event.status.start, event.status.end, f"status:{status}/agree"),
        match.start(),
        match.end(),
        number,
        "instrument:price_agreement/agree",
        parties=[Part(p.key, p.country, "party", p.start, p.end, p.how) for p in event.parts],
        when=event.when,
        confidence=0.6,
    )


def agreement_of(event: Event, named: Named, text: str, number: int) -> Agreement:
    """The agreement that an event of sentence `number` signs, ratifies, negotiates or ends."""
    status = _status(event)
    return Agreement(
        named.row.instrument,
        Found(text[named.start : named.end], named.start, named.end, f"instrument:{named.row.instrument}"),
        Found(status, event.status.start, event.status.end, f"status:{status}/{event.type}"),
        named.start,
        named.end,
        number,
        f"instrument:{named.row.instrument}/{event.type}",
        parties=_parties(event, named, text),
        binding=named.row.binding,
        count=named.count,
    )


def _status(event: Event) -> str:
    """How far an agreement has come by an event: what the event does to it, if it happened."""
    occurred = event.status.value == "occurred"
    if event.type in ("sign", "agree"):
        return _STATUS_OF_SIGNING[event.status.value]
    if event.type in ("ratify", "join") and not occurred:
        return "signed"
    if event.type == "sever":
        if not occurred:
            return "in_force"
        return "suspended" if "suspend" in event.rule or "freeze" in event.rule else "terminated"
    if event.type == "negotiate" and event.status.value == "planned":
        return "proposed"
    return _STATUS_BY_TYPE.get(event.type, "signed")


def _parties(event: Event, named: Named, text: str) -> list[Part]:
    """Those that the phrase puts the agreement between, else those of the event; who only hosts it is none."""
    between = _BETWEEN.match(text, named.token.end)
    own = [p for p in event.parts if between is not None and between.start() <= p.start < between.end()]
    own = own if len({p.country for p in own if p.country}) >= 2 else event.parts
    return [
        Part(p.key, p.country, "broker" if p.role == "mediator" else "party", p.start, p.end, p.how)
        for p in own
        if p.role != "host" or event.type == "visit"
    ]
