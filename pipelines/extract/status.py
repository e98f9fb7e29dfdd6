"""How real an event is: occurred, ongoing, planned, hypothetical or denied; or none of them, where it is only wished or promised.

The verb's own words come first (auxiliaries, negation), then what governs it, nearest first. A clause under "agreed to", "threatened
to" or "urged" is no event of its own: the agreement, threat or appeal is.
"""

from __future__ import annotations

from pipelines.extract.governors import BESIDE, Governors
from pipelines.extract.lexicon import Lexicon
from pipelines.extract.nonfinite import NonFinite, found
from pipelines.extract.parse import Token, Tree
from pipelines.extract.records import Found

DURABLE = frozenset({"negotiate", "cooperate", "deploy", "mediate", "attack", "aid", "sanction"})
_INVERTED = frozenset({"had", "were", "should"})


class StatusReader:
    """Reads the status of events in one tree."""

    def __init__(self, tree: Tree, lexicon: Lexicon) -> None:
        self.tree = tree
        words = lexicon.status
        self.modals: dict[str, str] = words["modals"]
        self.adjectives: dict[str, str] = words["adjectives"]
        self.classes = {
            name: frozenset(words[name]) for name in ("planned", "denied", "hypothetical", "wish", "swallow", "report")
        }
        self.nonfinite = NonFinite(tree, self.classes, self._own, self._modal)
        self.governors = Governors(tree, self.classes, frozenset(words["conditions"]), self._modal, self._negated)

    def of_verb(self, verb: Token, event_type: str) -> Found | None:
        """The status of an event told by a verb; None where it is no event."""
        if verb.dep == "csubj" and verb.tag in ("VBZ", "VBP") and not self.tree.children(verb, "aux", "auxpass"):
            return None  # "what Ghana offers is more specific": a trait, and no act
        own = self._inverted(verb) or self._own(verb, event_type)
        if own is None:
            return None
        return self.governors.follow(verb, own, event_type)

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
        prep = self.tree.head(noun)
        if noun.dep == "pobj" and prep is not None and prep.lemma in BESIDE:
            verb = None  # "means to forge ties amid a visit by X"
        if verb is not None and (announced := self._announced(noun, verb)) is not None:
            return announced
        if verb is not None:
            own = self._own(verb, event_type)
            return None if own is None else self.governors.follow(verb, own, event_type)
        return self.governors.follow(noun, found("occurred", noun, "bare noun"), event_type)

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
        if self.governors.is_condition(verb):
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
            if verb.dep == "xcomp" and head is not None and self.governors.lends_a_hand(head, event_type):
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
        conditional = any(self.governors.is_condition(t) for t in self.tree.subtree(verb))
        return (
            not conditional
            and head.lemma in self.classes["report"] | self.classes["planned"]
            and head.tag in ("VBD", "VBN")
        )
