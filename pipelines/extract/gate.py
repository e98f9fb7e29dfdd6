"""The gate before the parser: a sentence without a word of the lexicon's verbs and event nouns is never parsed."""

from __future__ import annotations

import re

from pipelines.extract.lexicon import Lexicon

_IRREGULAR = {
    "be": "was|were|is|are", "bear": "bore|borne", "become": "became", "begin": "began|begun", "bid": "bid",
    "bind": "bound", "blow": "blew|blown", "break": "broke|broken", "bring": "brought", "build": "built",
    "buy": "bought", "come": "came", "deal": "dealt", "dig": "dug", "do": "did|done", "draw": "drew|drawn",
    "drive": "drove|driven", "fall": "fell", "feel": "felt", "fight": "fought", "find": "found", "flee": "fled",
    "fling": "flung", "fly": "flew|flown", "forbid": "forbade", "forgive": "forgave|forgiven", "forgo": "forwent",
    "freeze": "froze|frozen", "get": "got", "give": "gave|given", "go": "went|gone", "hang": "hung|hanged",
    "have": "had|has", "hit": "hit", "hold": "held", "keep": "kept", "lay": "laid", "lead": "led", "leave": "left",
    "lend": "lent", "light": "lit", "lose": "lost", "make": "made", "mean": "meant", "meet": "met",
    "overrun": "overran", "oversee": "oversaw", "overthrow": "overthrew", "pay": "paid", "put": "put",
    "rebuild": "rebuilt", "retake": "retook", "ring": "rang|rung", "rise": "rose|risen", "run": "ran",
    "say": "said", "see": "saw", "seek": "sought", "sell": "sold", "send": "sent", "shake": "shook|shaken",
    "shoot": "shot", "shut": "shut", "sink": "sank|sunk", "sit": "sat", "slay": "slew|slain", "slide": "slid",
    "smite": "smote", "speak": "spoke|spoken", "speed": "sped", "spend": "spent", "spring": "sprang",
    "stand": "stood", "steal": "stole", "stick": "stuck", "sting": "stung", "strike": "struck",
    "swear": "swore|sworn", "sweep": "swept", "swim": "swam", "swing": "swung", "take": "took|taken",
    "teach": "taught", "tear": "tore|torn", "tell": "told", "think": "thought", "throw": "threw|thrown",
    "undertake": "undertook", "uphold": "upheld", "weave": "wove", "win": "won", "wind": "wound",
    "withdraw": "withdrew", "withhold": "withheld", "withstand": "withstood", "write": "wrote",
}  # fmt: skip


# verbs that say nothing by themselves: their objects open the gate instead
_LIGHT = frozenset(
    "be do have go come take get make put turn see find let set give keep bring run work show look call say tell hold "
    "stand pay draw play move".split()
)


def build_gate(lexicon: Lexicon) -> re.Pattern[str]:
    """A pattern that finds any form of any trigger."""
    stems: set[str] = set()
    words = {*lexicon.verbs, *lexicon.nouns, *(head for row in lexicon.instruments for head in row.heads)}
    for lemma in _LIGHT & words:
        asked = {w for frame in lexicon.verbs.get(lemma, ()) for w in frame.objects | frame.pobjects}
        words |= {w for w in asked if w.isalpha() and len(w) > 2}
    for lemma in sorted(words - _LIGHT):
        stems.add(_stem(lemma))
        if lemma in _IRREGULAR:
            stems.add(_IRREGULAR[lemma])
    return re.compile(r"\b(?:" + "|".join(sorted(stems, key=lambda s: (-len(s), s))) + r")", re.I)


def _stem(lemma: str) -> str:
    """What all regular forms of a word begin with: "sign", "urg", "carr(y|i)"."""
    if lemma.endswith("y") and len(lemma) > 3:
        return re.escape(lemma[:-1]) + "(?:y|i)"
    return re.escape(lemma[:-1] if lemma.endswith("e") and len(lemma) > 4 else lemma)
