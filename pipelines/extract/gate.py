"""The gate before the parser: a sentence without a word of the lexicon's verbs and event nouns is never parsed."""

from __future__ import annotations

import re

from pipelines.extract.lexicon import Lexicon

_IRREGULAR = {
    "meet": "met", "hold": "held", "speak": "spoke|spoken", "send": "sent", "give": "gave|given", "fight": "fought", "strike": "struck", "shoot": "shot",
    "seek": "sought", "withdraw": "withdrew", "break": "broke|broken", "leave": "left", "take": "took|taken", "come": "came", "fly": "flew|flown",
    "pay": "paid", "make": "made", "go": "went|gone", "fall": "fell", "lend": "lent", "write": "wrote", "bring": "brought", "become": "became",
    "hit": "hit", "bid": "bid", "sell": "sold", "buy": "bought", "build": "built", "begin": "began|begun", "throw": "threw|thrown", "stand": "stood",
    "sit": "sat", "say": "said", "tell": "told", "sink": "sank|sunk", "tear": "tore|torn", "undertake": "undertook", "freeze": "froze|frozen",
    "swear": "swore|sworn", "forgive": "forgave|forgiven", "see": "saw", "win": "won", "lead": "led", "bind": "bound", "find": "found", "lay": "laid", "put": "put",
    "spend": "spent", "ring": "rang|rung", "shake": "shook|shaken", "draw": "drew|drawn", "drive": "drove|driven", "keep": "kept", "overthrow": "overthrew",
    "withhold": "withheld", "sweep": "swept", "slay": "slew|slain", "hang": "hung|hanged", "blow": "blew|blown", "do": "did|done", "rebuild": "rebuilt",
    "retake": "retook", "overrun": "overran", "oversee": "oversaw", "have": "had|has", "be": "was|were|is|are", "uphold": "upheld", "bear": "bore|borne", "fling": "flung", "smite": "smote", "swing": "swung", "light": "lit", "withstand": "withstood", "forgo": "forwent", "wind": "wound", "dig": "dug", "sting": "stung",, "get": "got", "lose": "lost",
    "run": "ran", "shut": "shut", "slide": "slid", "steal": "stole", "swim": "swam", "teach": "taught", "think": "thought", "uphold": "upheld", "weave": "wove",
    "deal": "dealt", "forbid": "forbade", "flee": "fled", "mean": "meant", "rise": "rose|risen", "speed": "sped", "spring": "sprang", "stick": "stuck", "bring": "brought",
}  # fmt: skip


def build_gate(lexicon: Lexicon) -> re.Pattern[str]:
    """A pattern that finds any form of any trigger."""
    stems: set[str] = set()
    for lemma in [*lexicon.verbs, *lexicon.nouns, *(head for row in lexicon.instruments for head in row.heads)]:
        stems.add(re.escape(lemma[:-1] if lemma.endswith(("e", "y")) and len(lemma) > 3 else lemma))
        if lemma in _IRREGULAR:
            stems.add(_IRREGULAR[lemma])
    return re.compile(r"\b(?:" + "|".join(sorted(stems, key=lambda s: (-len(s), s))) + r")", re.I)
