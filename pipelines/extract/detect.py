"""Events in a tree: verbs and nouns of the lexicon that stand in one of their frames, with their sides and their status."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.extract.arguments import Argument
from pipelines.extract.candidate import Candidate
from pipelines.extract.company import Company
from pipelines.extract.frames import Noun, VerbFrame
from pipelines.extract.instruments import Instruments, Named
from pipelines.extract.lexicon import Lexicon
from pipelines.extract.matching import QUANTITIES, Matcher
from pipelines.extract.parse import Token, Tree
from pipelines.extract.records import Found
from pipelines.extract.roles import Roles
from pipelines.extract.scene import Scene
from pipelines.extract.senses import Senses
from pipelines.extract.status import StatusReader

_INTO_EVENTS = frozenset("engage enter embark meet come participate go arrive sit".split())
_BETWEEN_NOUN_AND_PARTICIPLE = frozenset("to be being was were also that which , is are".split())
_ABOUT = ("of", "on", "over", "about")
_ANSWERS = frozenset({"accuse", "protest", "endorse"})
_REFUSABLE = frozenset({"concede", "retreat", "negotiate"})
_SENT = {"from": "initiator", "to": "target", "object": "target", "for": "target"}


def _mended(lemma: str, lexicon: Lexicon) -> str:
    """The lemma that the parser's rules miss: "stag" of "staged", "greenlighte" of "greenlighted", "expell" of "expelling"."""
    doubled = len(lemma) > 3 and lemma[-1] == lemma[-2]
    for known in (lemma + "e", lemma[:-1] if lemma.endswith("e") or doubled else lemma):
        if known in lexicon.verbs:
            return known
    return lemma


def _singular(lemma: str, lexicon: Lexicon) -> str:
    """ "The Foreign Ministers": a title in capitals, which the parser's rules leave in the plural."""
    single = lemma.removesuffix("s")
    agents = lexicon.agents
    return single if single in agents["people"] | agents["institutions"] | agents["forces"] else lemma


class Detector:
    """Finds the events of one tree."""

    def __init__(self, tree: Tree, text: str, scene: Scene, lexicon: Lexicon) -> None:
        self.tree, self.text, self.lexicon = tree, text, lexicon
        self.roles = Roles(tree, scene, lexicon)
        self.status = StatusReader(tree, lexicon)
        self.instruments = Instruments(tree, text, lexicon)
        self.matcher = Matcher(tree, text, lexicon, self.roles, self.instruments)
        self.senses = Senses(tree, text, lexicon, self.roles)
        self.company = Company(tree, lexicon, self.roles, self.matcher, self.status)
        self.used: set[int] = set()  # nouns that a verb's event has taken up
        for token in tree.tokens:
            if token.pos == "VERB" and token.lemma not in lexicon.verbs:
                token.lemma = _mended(token.lemma, lexicon)
            if token.tag == "NNPS" and token.mention is None:
                token.lemma = _singular(token.lemma, lexicon)

    def candidates(self) -> list[Candidate]:
        """All candidates, verbs before the nouns that they do not use up, in order of the text."""
        out: list[Candidate] = []
        for token in self.tree.tokens:
            if (
                token.pos in ("VERB", "AUX")
                and token.lemma in self.lexicon.verbs
                and token.mention is None
                and token.date is None
                and not self._is_epithet(token)
                and (found := self._verb(token))
            ):
                out.append(found)
        out = self.senses.without_promised(out)
        out += [found for candidate in out if (found := self.company.mediated(candidate)) is not None]
        self.used.update(c.trigger.i for c in out)
        for token in self.tree.tokens:
            if (
                token.pos in ("NOUN", "PROPN")
                and token.i not in self.used
                and token.mention is None
                and token.date is None
                and token.lemma in self.lexicon.nouns
                and (found := self._noun(token))
            ):
                out.append(found)
        return sorted(out, key=lambda c: c.trigger.i)

    # verbs

    def _is_epithet(self, verb: Token) -> bool:
        """ "A Japan-sponsored fund": a participle joined to a noun by a hyphen names a kind and tells nothing."""
        return verb.dep == "amod" and verb.i > 1 and self.tree.tokens[verb.i - 1].text in ("-", "–")

    def _verb(self, verb: Token) -> Candidate | None:
        arguments = self.roles.of_verb(verb)
        objects = [h for a in arguments if a.position == "object" for h in self.matcher.heads(a.token)]
        if (
            verb.tag == "VBN"
            and (nearest := self._instrument_before(verb)) is not None
            and not any(self.instruments.at(h) for h in objects)
        ):
            arguments = [a for a in arguments if a.position != "object"] + [Argument("object", nearest)]
            objects = [nearest]
        frames = self.lexicon.verbs[verb.lemma]
        frame = (
            None
            if self._joined(verb)
            else next((f for f in frames if self.matcher.fits_verb(f, verb, arguments, objects)), None)
        )
        if frame is None and (jointly := self.company.jointly(verb, arguments)) is not None:
            return jointly
        # a bare verb whose object is an event noun only carries that event: "began the visit"
        if frame is None or (not frame.objects and self._carries(verb, objects)):
            return None
        status = self.status.of_verb(verb, frame.type)
        if status is None:
            self.used.update(h.i for h in objects if frame.objects)
            return None
        refused = frame.type in _REFUSABLE and status.value == "denied" and self._is_future(verb)
        if refused:  # "will not lift its veto"
            status = Found("occurred", status.start, status.end, "status:occurred/refused")
        if frame.status is not None and status.value == "occurred":
            status = Found(frame.status, verb.start, verb.end, f"status:{frame.status}/frame")
        if self.senses.only_names(verb, frame, objects):
            return None
        answered = [h for h in objects if frame.type in _ANSWERS and self.senses.is_deed(h)]
        self.used.update(h.i for h in objects if h not in answered and (frame.objects or h.lemma in self.lexicon.nouns))
        named = self._instrument_of(frame, arguments, objects)
        if named is not None and named.token not in objects:
            arguments = arguments + [
                a for a in self.roles.of_noun(named.token) if a.position in ("with", "between", "among")
            ]
        for head in objects:
            if head not in answered:  # whom a condemned strike has hit is not the one who is condemned
                arguments = arguments + [
                    # "diplomats from X were expelled from Y": the one is of X, the other expels
                    Argument("object", a.token)
                    if a.position == "from" and frame.roles.get("from") == "initiator"
                    else a
                    for a in self.roles.of_noun(head)
                    if a.position != "before"
                ]
        arguments = arguments + self.matcher.below(self.matcher.complements(frame, verb))
        if named is None and frame.type == "agree":
            found = self._instruments_in(arguments, ("in", "by", "under"))
            named = next((n for n in found if n.proper and not n.generic), None)
        return Candidate(
            "reject" if refused else frame.type,
            frame.rule,
            verb,
            verb,
            arguments,
            status,
            frame.roles,
            demands=frame.demands,
            instrument=named,
            more_instruments=self._further(named),
        )

    def _is_future(self, verb: Token) -> bool:
        return any(a.text.lower() in ("will", "wo", "would", "'ll") for a in self.tree.children(verb, "aux"))

    def _instrument_of(self, frame: VerbFrame, arguments: list[Argument], objects: list[Token]) -> Named | None:
        """The instrument that a verb is about: its object, else the object of a preposition."""
        told = self.roles.referents.scene.instrument
        named = next((n for h in objects if (n := self.instruments.meant(h, told, frame.type == "sign"))), None)
        if named is None and frame.type == "sign":
            named = next(self._instruments_in(arguments, ("in", "by", "under")), None)
        if named is None:
            positions = ("into", "to", "from", "of", "on", "out", "toward", "towards", "as")
            named = next(self._instruments_in(arguments, positions), None)
        if named is None and frame.type == "ratify":
            named = next(self._instruments_in(arguments, ("subject",)), None)  # "the treaty has come into force"
        return named

    def _instruments_in(self, arguments: list[Argument], positions: tuple[str, ...]) -> Iterator[Named]:
        return (n for a in arguments if a.position in positions and (n := self.instruments.at(a.token)) is not None)

    def _further(self, named: Named | None) -> list[Named]:
        """The instruments coordinated with one: "an agreement and three protocols"."""
        if named is None:
            return []
        return [
            n
            for t in self.tree.conjuncts(named.token)[1:]
            if (n := self.instruments.at(t)) is not None and n.row.instrument != "other"
        ]

    def _instrument_before(self, verb: Token) -> Token | None:
        """ "... and agreements to be signed": the instrument right before a participle, wherever the parser has hung the clause."""
        i = verb.i - 1
        while i >= 0 and self.tree.tokens[i].text.lower() in _BETWEEN_NOUN_AND_PARTICIPLE:
            i -= 1
        if i < 0 or verb.dep not in ("acl", "relcl") or self.instruments.at(self.tree.tokens[i]) is None:
            return None
        return self.tree.tokens[i]

    def _joined(self, verb: Token) -> bool:
        """ "US-sponsored", "German-built": a word for what sort of thing it is. (A "Qatari-brokered truce" tells of a mediation.)"""
        return (
            verb.dep == "amod"
            and self.text[verb.start - 1 : verb.start] == "-"
            and verb.lemma not in ("broker", "mediate")
        )

    def _carries(self, verb: Token, objects: list[Token]) -> bool:
        return verb.lemma in self.lexicon.performing and any(
            h.mention is None and any(self.matcher.fits_noun(n, h) for n in self.lexicon.nouns.get(h.lemma, ()))
            for h in objects
        )

    # nouns

    def _noun(self, noun: Token) -> Candidate | None:
        if noun.dep in ("compound", "amod", "nmod") or self._stressed(noun) or self.senses.tells_nothing(noun):
            return None
        verb, way = self._carrier(noun)
        sent = way == "subject" and verb is not None and verb.lemma in self.lexicon.carries
        carried = way == "performed" or sent
        fitting = (n for n in self.lexicon.nouns[noun.lemma] if carried or n.bare != "never")
        entry = next((n for n in fitting if self.matcher.fits_noun(n, noun)), None)
        if entry is None:
            return None
        arguments = self.roles.of_noun(noun)
        for inner in [a for a in arguments if a.position in _ABOUT]:
            if entry.needs or self.instruments.at(inner.token) is not None:
                arguments += self.roles.of_noun(inner.token)
        roles = {"of": entry.of, "before": "mediator" if entry.type == "mediate" else "initiator"}
        if verb is not None and way in ("performed", "subject"):
            arguments += [
                a for a in self.roles.of_verb(verb) if a.token.i != noun.i and noun not in self.tree.conjuncts(a.token)
            ]
            roles["subject"] = self._performer(entry, verb) if way == "performed" else "none"
            if sent and self.lexicon.types[entry.type].sides == 1:
                roles |= _SENT
        status = self.status.of_noun(noun, verb if way else None, entry.type)
        if status is None:
            return None
        if entry.type == "concede" and entry.needs:  # "the lifting of its ban" tells of no ban
            heads = [h for a in self.roles.of_noun(noun) for h in self.matcher.heads(a.token)]
            self.used.update(h.i for h in heads if self.matcher.matches(h, entry.needs))
        named = None
        if "@instrument" in entry.needs or entry.type in ("negotiate", "ratify", "sever"):
            named = next(self._instruments_in(arguments, (*_ABOUT, "for", "toward", "before")), None)
        return Candidate(
            entry.type,
            entry.rule,
            noun,
            verb,
            arguments,
            status,
            roles,
            noun=entry,
            instrument=named,
            more_instruments=self._further(named),
            framed=verb if way == "framed" else None,
        )

    def _performer(self, entry: Noun, verb: Token) -> str:
        """The role of the subject of a verb that performs a noun's event: "received the visit", "paid a visit"."""
        own = self.lexicon.subject_roles.get(verb.lemma)
        return own or self.lexicon.types[entry.type].roles.get("subject", "none")

    def _stressed(self, noun: Token) -> bool:
        """ "The importance of talks", "efforts for a ceasefire": nothing happened."""
        head = self.tree.head(noun)
        over = self.tree.head(head) if head is not None and head.pos == "ADP" else None
        words = frozenset(self.lexicon.status["wish"])
        return over is not None and over.lemma in words and over.pos == "NOUN"

    def _carrier(self, noun: Token) -> tuple[Token | None, str]:
        """The verb that a noun's event hangs on, and how: performed by it, its object, its subject, or framed by it."""
        top = self._top(noun)
        head = self.tree.head(top)
        if head is None:
            return None, ""
        performs = head.lemma in self.lexicon.performing and not self.senses.is_turned(head)
        if (top.dep in ("dobj", "attr") and head.pos in ("VERB", "AUX")) or top.dep == "nsubjpass":
            return head, "performed" if performs else "object"
        if top.dep == "nsubj":
            return head, "subject" if performs or head.lemma in self.lexicon.carries else ""
        stands = head.pos == "ADP" or head.dep == "prep"  # "following" is tagged as a verb
        over = self.tree.head(head) if top.dep == "pobj" and stands else None
        if over is None or over.pos not in ("VERB", "AUX"):
            return None, ""
        if (
            over.lemma in self.lexicon.performing
            and head.lemma in ("in", "for", "on", "into", "out")
            and over.lemma in _INTO_EVENTS
        ):
            return over, "performed"
        framed = {head.lemma, head.text.lower()} & self.lexicon.frames
        return over, "framed" if framed else ""

    def _top(self, noun: Token) -> Token:
        """The head of the phrase that a noun stands in: the first of its coordination, then the "round" or "series" of it."""
        top, head = noun, self.tree.head(noun)
        while head is not None and top.dep == "conj":
            top, head = head, self.tree.head(head)
        if head is not None and head.lemma in QUANTITIES | {"round"} and head.pos == "NOUN":
            top, head = head, self.tree.head(head)
        if (
            head is not None
            and head.pos == "ADP"
            and (over := self.tree.head(head)) is not None
            and over.lemma in QUANTITIES
            and over.pos == "NOUN"
        ):
            top = over
        return top
