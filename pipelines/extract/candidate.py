"""An event in the making, between the words that tell it and the record that it may become."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.extract.arguments import Argument
from pipelines.extract.frames import Noun
from pipelines.extract.instruments import Named
from pipelines.extract.parse import Token
from pipelines.extract.records import Event, Found


@dataclass(slots=True)
class Candidate:
    """Its trigger, the verb that carries it, its arguments, and the instrument it is about."""

    type: str
    rule: str
    trigger: Token
    verb: Token | None
    arguments: list[Argument]
    status: Found
    roles: dict[str, str]  # position: role, where the frame says another than the type
    noun: Noun | None = None
    demands: int = 0  # how much its frame asked for
    instrument: Named | None = None
    more_instruments: list[Named] = field(default_factory=list)  # coordinated with the first
    framed: Token | None = None  # the verb of another act that the event is the frame of: "said during talks"
    event: Event | None = None
