"""How real an event is: occurred, ongoing, planned, hypothetical or denied; or none of them, where it is only wished or promised.

The verb's own words come first (auxiliaries, negation), then what governs it, nearest first. A clause under "agreed to", "threatened
to" or "urged" is no event of its own: the agreement, threat or appeal is.
"""

from __future__ import annotations

from pipelines.extract.lexicon import Lexicon
from pipelines.extract.nonfinite import NonFinite, found
from pipelines.extract.parse import Token, Tree
from pipelines.extract.records import Found

DURABLE = frozenset({"negotiate", "cooperate", "deploy", "mediate", "attack", "aid", "sanction"})
_INVERTED = frozenset({"had", "were", "should"})
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


class StatusReader:
    """Reads the status of events in one tree."""

    def __init__(self, tree: Tree, lexicon: Lexicon) -> None:
        self.tree = tree
        words = lexicon.status
        self.modals: dict[str, str] = words["modals"]
        self.adjectives: dict[str, str] = words["adjectives"]
        self.conditions = frozenset(words["conditions"])
        self.classes = {
            name: frozenset(words[name]) for name in ("planned", "denied", "hypothetical", "wish", "swallow", "report")
        }
        self.nonfinite = NonFinite(tree, self.classes, self._own, self._modal)

    def of_verb(self, verb: Token, event_type: str) -> Found | None:
        """The status of an event told by a verb; None where it is no event."""
        if verb.dep == "csubj" and verb.tag in ("VBZ", "VBP") and not self.tree.children(verb, "aux", "auxpass"):
            return None  # "what Ghana offers is more specific": a trait, and no act
        own = self._inverted(verb) or self._own(verb, event_type)
        if own is None:
            return None
        return self._governed(verb, own, event_type)

    def _inverted(self, verb: Token) -> Found | None:
        """ "Had Cuba sanctioned Haiti": imagined; "had Cuba not sanctioned it": what happened; "should", "were": a condition."""
        subject = self.tree.child(verb, "nsubj", "nsubjpass")
        first = next(iter(self.tree.children(verb, "aux", "auxpass")), None)
        asks = self.tree.tokens[-1].text == "?"
        if subject is None or first is None or first.i > subject.i or asks or verb.dep == "ROOT":
            return None
        if first.text.lower() == "had" and (negation := self._negated(verb)) is not None:
            return found("occurred", negation, "condition denied")
        return found("hypothetical", first, "inverted") if first.text.lower() in _INVERTED else None

    def of_noun(self, noun: Token, verb: Token | None, event_type: str) -> Found | None:
        """The status of an event told by a noun, `verb` being the one that performs it or frames it."""
        for child in self.tree.children(noun, "amod", "det", "compound", "neg", "advmod"):
            word = child.text.lower()
            if word in self.adjectives:
                told = self._announced(noun, verb) if verb is not None else None
                if told is not None and told.value == "denied":
                    return told  # "cancelled a planned trip"
                return found(self.adjectives[word], child, "adjective")
            if word == "no":
                return found("denied", child, "negation")
        for child in self.tree.children(noun, "relcl", "acl"):
            if (
                child.tag == "VB"
                or self._modal(child) == "planned"
                or (child.lemma in self.classes["planned"] and child.lemma != "aim" and child.tag == "VBN")
            ):
                return found("planned", child, "clause")
            if child.lemma in self.classes["denied"]:
                return found("denied", child, "clause")
        if verb is None and event_type == "sanction" and noun.dep == "pobj" and self._is_definite(noun):
            return found("occurred", noun, "definite noun")  # "can offset the effects of the sanctions"
        if verb is not None and (announced := self._announced(noun, verb)) is not None:
            return announced
        if verb is not None:
            own = self._own(verb, event_type)
            return None if own is None else self._governed(verb, own, event_type)
        return self._governed(noun, found("occurred", noun, "bare noun"), event_type)

    def _is_definite(self, noun: Token) -> bool:
        return any(c.text.lower() in ("the", "these", "those") for c in self.tree.children(noun, "det"))

    def _announced(self, noun: Token, verb: Token) -> Found | None:
        """ "A visit is planned", "talks are due", "the trip was called off": the verb says how real the noun is."""
        words = [verb, *self.tree.children(verb, "acomp", "attr", "oprd", "prt")]
        if verb.lemma == "call" and any(c.text.lower() == "off" for c in words):
            return found("denied", verb, "called off")
        if noun.dep not in ("nsubj", "nsubjpass", "dobj") or self._modal(verb) == "planned":
            return None
        if any(t.lemma == "help" for t in self.tree.children(verb, "aux")):
            return None  # "helped arrange the trip": done
        for word in words:
            for value in ("planned", "denied", "hypothetical"):
                if word.lemma in self.classes[value] and (word is not verb or noun.dep != "nsubj"):
                    negated = self._negated(verb) is not None
                    return found("denied" if negated and value == "planned" else value, word, "announced")
        return None

    def _modal(self, verb: Token) -> str | None:
        for child in self.tree.children(verb, "aux"):
            if child.text.lower() in self.modals:
                return self.modals[child.text.lower()]
        return None

    def _negated(self, verb: Token) -> Token | None:
        for child in self.tree.children(verb):
            if child.dep == "neg" or (child.dep == "advmod" and child.text.lower() in ("never", "hardly")):
                return child
            if child.dep in ("nsubj", "nsubjpass", "dobj") and any(
                d.text.lower() in ("no", "neither") for d in self.tree.children(child, "det", "preconj", "cc")
            ):
                return child
            if child.dep == "preconj" and child.text.lower() == "neither":
                return child
        return None

    def _own(self, verb: Token, event_type: str) -> Found | None:
        """What the verb's own auxiliaries say."""
        if any(c.text.lower() in ("almost", "nearly") for c in self.tree.children(verb, "advmod")):
            return None
        auxiliaries = self.tree.children(verb, "aux", "auxpass")
        words = {a.text.lower() for a in auxiliaries}
        if self._is_condition(verb):
            return found("hypothetical", verb, "condition")
        modal = self._modal(verb)
        if modal == "wish":
            return None
        negation = self._negated(verb)
        if modal is not None:
            marker = next(a for a in auxiliaries if a.text.lower() in self.modals)
            if negation is not None:
                return found("denied", negation, "negation")
            if modal == "hypothetical" and words & {"would"} and self._reported_past(verb):
                return found("planned", marker, "reported future")
            return found(modal, marker, "modal")
        if negation is not None:
            return found("denied", negation, "negation")
        if "to" in words and (verb.tag == "VB" or "be" in words):
            head = self.tree.head(verb)
            if verb.dep == "xcomp" and head is not None and self._lends_a_hand(head, event_type):
                return self._own(head, event_type)
            return self.nonfinite.infinitive(verb, event_type)
        return self._bare(verb, words, event_type)

    def _bare(self, verb: Token, words: set[str], event_type: str) -> Found | None:
        """What tense and form say of a verb without modal, negation or "to"."""
        if self._is_order(verb, words):
            return None
        if verb.tag == "VBG":
            if words & {"is", "are", "'s", "’s", "’re", "'re", "am"} or words & {"been"}:
                return found("ongoing", verb, "progressive")
            if words & {"was", "were"}:
                return found("occurred", verb, "past progressive")
            return self.nonfinite.gerund(verb, event_type)
        if verb.tag in ("VBP", "VBZ") and self._is_when(verb):
            return found("planned", verb, "time clause")
        if (
            verb.tag in ("VBP", "VBZ")
            and event_type in DURABLE
            and not self.tree.sentence.heading
            and event_type not in ("attack", "sanction")
        ):
            return found("ongoing", verb, "present")
        return found("occurred", verb, "tense")

    def _is_when(self, verb: Token) -> bool:
        """ "A signing is expected when the president travels": a present that is still to come."""
        head = self.tree.head(verb)
        if verb.dep != "advcl" or head is None:
            return False
        times = {c.text.lower() for c in self.tree.children(verb, "advmod", "mark")}
        ahead = self._modal(head) == "planned" or head.lemma in self.classes["planned"]
        return ahead and bool(times & {"when", "once", "before", "after", "until"})

    def _is_order(self, verb: Token, auxiliaries: set[str]) -> bool:
        """ "Release our sailors," he said: asked for, and not done."""
        if (
            verb.tag != "VB"
            or auxiliaries
            or self.tree.sentence.heading
            or self.tree.children(verb, "nsubj", "nsubjpass")
        ):
            return False
        head = self.tree.head(verb)
        return verb.dep == "ROOT" or (
            verb.dep in ("advcl", "ccomp", "parataxis") and head is not None and verb.i < head.i
        )

    def _reported_past(self, verb: Token) -> bool:
        """ "said it would send": a plan; "would send if": imagination."""
        head = self.tree.head(verb)
        while head is not None and verb.dep == "conj":
            verb, head = head, self.tree.head(head)
        if verb.dep != "ccomp" or head is None:
            return False
        conditional = any(self._is_condition(t) for t in self.tree.subtree(verb))
        return (
            not conditional
            and head.lemma in self.classes["report"] | self.classes["planned"]
            and head.tag in ("VBD", "VBN")
        )

    def _governed(self, token: Token, own: Found, event_type: str) -> Found | None:
        """Follow the governors up and let each change the status."""
        status: Found = own
        here = token
        gerund = dated = False
        for head in self.tree.ancestors(token):
            if here.dep in ("relcl", "acl", "advcl") and self._is_told_apart(here):
                if self._is_of_time(here) and self._is_ahead(head):
                    return found("planned", here, "clause of time")  # "will sign when they meet"
                break  # "expected to discuss the treaty, which was signed in 1999"
            if here.dep == "xcomp" and self._lends_a_hand(head, event_type):
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

    def _is_swallowed(self, noun: Token) -> bool:
        over = self.tree.head(noun)
        return over is not None and over.pos == "VERB" and over.lemma in self.classes["swallow"]

    def _lends_a_hand(self, head: Token, event_type: str) -> bool:
        """ "Helped broker a truce", "have been trying to hammer out a treaty": done, or as much of it as there is."""
        if head.lemma == "help":
            return head.tag != "VB" and not self.tree.children(head, "dobj")
        return head.lemma in ("try", "work", "struggle", "strive", "labour") and event_type in ("negotiate", "mediate")

    def _under(self, here: Token, head: Token, status: Found) -> Found | None:
        """The status of an event below `here`, after what `head`, its governor, makes of it."""
        if here.dep == "conj" and here.pos == "VERB" and head.pos == "VERB":
            modal = self._modal(head)
            if modal is None or self.tree.child(here, "nsubj", "nsubjpass", "aux"):
                return status
            if modal == "wish":
                return None
            return found(modal, head, "shared modal") if status.value == "occurred" else status
        return self._effect(here, head, status) if here.dep in _GOVERNED else status

    def _doubt(self, dep: str, head: Token) -> Token | None:
        """The word that puts in doubt what stands below it: "considered signing", "it is unlikely that X will sign"."""
        if head.lemma in self.classes["hypothetical"] and dep in ("xcomp", "acl", "dobj", "pcomp", "ccomp"):
            return head
        beside = self.tree.children(head, "acomp", "attr") if dep == "ccomp" and head.lemma == "be" else []
        return next((c for c in beside if c.lemma in self.classes["hypothetical"]), None)

    def _is_condition(self, verb: Token) -> bool:
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
        if self._is_condition(head):
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
