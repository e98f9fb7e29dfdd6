"""What the words above an event make of it: planned, denied, imagined, or swallowed by what is agreed, threatened or urged."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pipelines.extract.nonfinite import found
from pipelines.extract.parse import Token, Tree
from pipelines.extract.records import Found

_ABOUT = frozenset({"of", "on", "in", "for", "to", "from", "against", "about", "at", "with", "into", "over"})
_GOVERNED = frozenset(
    "xcomp ccomp acl pcomp dobj pobj prep nsubj nsubjpass conj advcl attr oprd dep parataxis compound appos".split()
)
_ANSWERING = frozenset(
    "protest condemn denounce criticise criticize deplore decry complain apologise apologize thank praise hail regret slam "
    "lament mourn welcome applaud resent avenge".split()
)
_LONGING = frozenset({"interested", "insist", "dream", "bent", "intent", "think", "fantasise", "fantasize"})
_PLEADING = frozenset({"call", "plead", "campaign", "lobby", "argue", "long", "wait", "hope"})
_TALKING = frozenset({"speak", "talk", "negotiate", "think", "consult", "deliberate"})
_TIMES = frozenset({"when", "after", "since", "because", "while"})
_OUTCOMES = frozenset("lead result culminate end conclude".split())


_PUNISHING = frozenset({"sanction", "impose", "penalise", "penalize", "punish", "blacklist", "fine", "slap"})
_GOING = frozenset(
    "fly travel go head visit arrive come land return leave depart gather meet expect due host receive welcome".split()
)
BESIDE = frozenset({"amid", "amidst", "following", "despite", "notwithstanding"})
"""what follows these has a status of its own"""


class Governors:
    """Follows the governors of events of one tree; `modal` and `negated` are what a verb's own words say of it."""

    def __init__(
        self,
        tree: Tree,
        classes: dict[str, frozenset[str]],
        conditions: frozenset[str],
        modal: Callable[[Token], str | None],
        negated: Callable[[Token], Token | None],
    ) -> None:
        self.tree, self.classes, self.conditions, self._modal, self._negated = tree, classes, conditions, modal, negated

    def follow(self, token: Token, own: Found, event_type: str) -> Found | None:
        """The status of an event whose own words say `own`, after each governor has changed it; None where it is no event."""
        status: Found = own
        here = token
        gerund = dated = False
        for head in self._above(token):
            if here.dep in ("relcl", "acl", "advcl") and self._is_told_apart(here):
                if self._is_of_time(here) and self._is_ahead(head):
                    return found("planned", here, "clause of time")  # "will sign when they meet"
                break  # "expected to discuss the treaty, which was signed in 1999"
            if here.dep == "xcomp" and self.lends_a_hand(head, event_type):
                here = head
                continue
            gerund = gerund or here.dep == "pcomp"
            if self._is_only_thought_of(here, head, gerund):
                return None
            if here.dep in ("dobj", "xcomp", "pcomp") and self._is_ruled_out(head):
                return found("denied", head, "ruled out")
            if (
                gerund
                and here.dep == "prep"
                and here.lemma in _ABOUT
                and head.lemma in self.classes["swallow"] | self.classes["wish"] | self.classes["hypothetical"]
            ):
                return None  # "accused of attacking", "interested in signing"
            if gerund and here.dep == "prep" and head.dep == "dobj" and self._is_swallowed(head):
                return None  # "accused the two of sheltering rebels"
            if here.lemma in ("about", "on", "over") and gerund and here.dep == "prep" and head.lemma in _TALKING:
                return found("hypothetical", head, "talked about")  # "spoke about building a road"
            if here.tag == "VBG" and here.dep == "xcomp" and head.lemma == "discuss":
                return found("hypothetical", head, "talked about")
            changed = self._under(here, head, status)
            if changed is None:
                return None
            dated = dated or self._is_of_time(here)
            # "Deals are likely as the president visits X": the visit is sure.
            doubted = dated and changed.value == "hypothetical" and status.value != "hypothetical"
            status = found("planned", head, "clause of time") if doubted else changed
            here = head
        return status

    def _above(self, token: Token) -> Iterator[Token]:
        """The governors of a token, as far as they say anything of it."""
        here = token
        for head in self.tree.ancestors(token):
            if here.dep == "prep" and here.lemma in BESIDE:
                return
            yield head
            here = head

    def _is_ahead(self, verb: Token) -> bool:
        """Whether a clause tells of what is to come: "will sign", "is expected to sign"."""
        over = self.tree.head(verb) if verb.dep == "xcomp" else None
        return self._modal(verb) == "planned" or (over is not None and over.lemma in self.classes["planned"])

    def _is_of_time(self, verb: Token) -> bool:
        """ "As X meets Y", "when they sit down", in the present."""
        if verb.dep != "advcl" or verb.tag not in ("VBZ", "VBP"):
            return False
        return any(c.text.lower() in ("as", "when", "while") for c in self.tree.children(verb, "advmod", "mark"))

    def _is_only_thought_of(self, here: Token, head: Token, gerund: bool) -> bool:
        """ "Interested in signing", "instead of signing", "called for a meeting": neither done nor planned."""
        if here.dep != "prep":
            return False
        if here.lemma == "instead" or (here.lemma == "of" and head.lemma == "instead"):
            return True
        if gerund and here.lemma == "for" and self._is_punished(head):
            return True  # "imposed sanctions on X for supporting Y"
        if gerund:
            return here.lemma in _ABOUT and head.lemma in _LONGING
        return here.lemma == "for" and head.lemma in _PLEADING and head.pos == "VERB"

    def _is_ruled_out(self, verb: Token) -> bool:
        return verb.lemma == "rule" and any(c.text.lower() == "out" for c in self.tree.children(verb, "prt", "advmod"))

    def _is_told_apart(self, verb: Token) -> bool:
        """ "Which was signed", "signed in May": a clause beside a noun has a time of its own."""
        if verb.dep == "acl":
            return verb.tag == "VBN" and not self.tree.children(verb, "aux")
        if verb.dep == "advcl" and not (
            self.tree.children(verb, "nsubj", "nsubjpass")
            and any(c.text.lower() in _TIMES for c in self.tree.children(verb, "advmod", "mark"))
        ):
            return False
        return verb.tag in ("VBD", "VBN", "VBZ", "VBP") and self._modal(verb) is None

    def _is_punished(self, token: Token) -> bool:
        chain = [token, *self.tree.ancestors(token)]
        return any(t.lemma in _PUNISHING for t in chain[:4])

    def _is_swallowed(self, noun: Token) -> bool:
        over = self.tree.head(noun)
        return over is not None and over.pos == "VERB" and over.lemma in self.classes["swallow"]

    def lends_a_hand(self, head: Token, event_type: str) -> bool:
        """ "Helped broker a truce", "have been trying to hammer out a treaty": done, or as much of it as there is."""
        if head.lemma == "help":
            return head.tag != "VB" and not self.tree.children(head, "dobj")
        return head.lemma in ("try", "work", "struggle", "strive", "labour") and event_type in ("negotiate", "mediate")

    def _under(self, here: Token, head: Token, status: Found) -> Found | None:
        """The status of an event below `here`, after what `head`, its governor, makes of it."""
        if here.dep == "prep" and self._is_to_come(here, head):
            return found("planned", head, "purpose")
        told = self.tree.child(head, "dobj") if here.dep == "ccomp" and here.i < head.i else None
        if told is not None and told.pos == "PRON":
            return status  # "X accused Y; Y denied it"
        if here.dep == "agent" and head.lemma in ("follow", "precede") and self._modal(head) == "planned":
            return found("planned", head, "follows")
        if here.dep == "conj" and here.pos == "VERB" and head.pos == "VERB":
            modal = self._modal(head)
            if modal is None or self.tree.child(here, "nsubj", "nsubjpass", "aux"):
                return status
            if modal == "wish":
                return None
            return found(modal, head, "shared modal") if status.value == "occurred" else status
        return self._effect(here, head, status) if here.dep in _GOVERNED else status

    def _is_to_come(self, prep: Token, verb: Token) -> bool:
        """ "Will fly to X for talks with Y", "will sign it during a visit": what is to be done there is to come as well."""
        if prep.lemma != "during" and not (prep.lemma == "for" and verb.lemma in _GOING):
            return False
        over = self.tree.head(verb) if verb.tag == "VB" and verb.dep == "xcomp" else None
        to_be = over is not None and over.lemma == "be"  # "is to arrive"
        return to_be or self._modal(verb) == "planned" or (verb.tag == "VBN" and verb.lemma in self.classes["planned"])

    def _doubt(self, dep: str, head: Token) -> Token | None:
        """The word that puts in doubt what stands below it: "considered signing", "it is unlikely that X will sign"."""
        if head.lemma in self.classes["hypothetical"] and dep in ("xcomp", "acl", "dobj", "pcomp", "ccomp"):
            return head
        beside = self.tree.children(head, "acomp", "attr") if dep == "ccomp" and head.lemma == "be" else []
        return next((c for c in beside if c.lemma in self.classes["hypothetical"]), None)

    def is_condition(self, verb: Token) -> bool:
        return any(c.text.lower() in self.conditions for c in self.tree.children(verb, "mark"))

    def _is_answered(self, here: Token, head: Token, status: Found) -> bool:
        """ "Protested at the seizure of its boats", "apologised for the attack": what is answered has happened."""
        nominal = here.pos in ("NOUN", "PROPN") or (here.pos == "ADP" and here.dep == "prep")
        return (
            nominal and status.value == "occurred" and head.lemma in _ANSWERING and here.dep in ("dobj", "prep", "pobj")
        )

    def _effect(self, here: Token, head: Token, status: Found) -> Found | None:
        """What a governor's own meaning makes of an event in its clause or object: swallowed, denied, planned, imagined."""
        lemma, dep = head.lemma, here.dep
        clause = dep in ("xcomp", "ccomp", "acl", "pcomp") or (
            dep in ("dobj", "pobj", "prep") and head.pos in ("VERB", "NOUN", "ADJ", "ADP")
        )
        if self.is_condition(head):
            return (
                found("hypothetical", head, "condition")
                if dep in ("ccomp", "xcomp", "dobj", "nsubj", "nsubjpass", "prep", "pobj")
                else status
            )
        if not clause or self._is_answered(here, head, status):
            return status
        if (
            dep in ("xcomp", "ccomp", "acl")
            and not (dep == "ccomp" and here.i < head.i)
            and lemma in self.classes["swallow"]
            and head.pos in ("VERB", "NOUN")
        ):
            return None
        if (
            lemma in self.classes["wish"]
            and dep in ("xcomp", "acl", "dobj", "pcomp")
            and head.pos in ("VERB", "NOUN", "ADJ")
            and not (dep == "dobj" and lemma in ("seek", "need", "note", "discuss", "help", "allow"))
        ):
            return None
        if dep == "ccomp" and lemma in ("want", "wish", "hope", "desire", "dream", "prefer") and head.pos == "VERB":
            return None
        if lemma in self.classes["denied"] and dep in ("xcomp", "ccomp", "dobj", "pcomp"):
            return found("denied", head, "governor")
        if (
            lemma in self.classes["planned"]
            and dep in ("xcomp", "acl", "dobj", "ccomp", "pobj")
            and head.pos in ("VERB", "ADJ", "NOUN")
        ):
            return (
                found("planned", head, "governor")
                if status.value in ("occurred", "planned", "ongoing", "hypothetical")
                and (dep != "ccomp" or status.value != "occurred")
                else status
            )
        if (doubt := self._doubt(dep, head)) is not None:
            return found("hypothetical", doubt, "governor")
        led_to = dep == "prep" and head.pos == "VERB" and (lemma in _OUTCOMES or here.lemma in ("before", "after"))
        if (dep in ("xcomp", "dobj") or led_to) and status.value == "occurred":
            modal = self._modal(head)
            if modal is not None:
                return None if modal == "wish" else found(modal, head, "governor's modal")
            if (negation := self._negated(head)) is not None and lemma not in self.classes["report"]:
                return found("denied", negation, "negation")
        return status
