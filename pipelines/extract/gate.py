"""The gate before the parser: a sentence in which no frame of the lexicon finds the words that it asks for is never parsed.

It asks for less than a frame does (words anywhere in the sentence, in any form that may be of the lemma), so that what it
keeps out could not have made a record.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pipelines.extract.frames import Noun, VerbFrame
from pipelines.extract.lexicon import Instrument, Lexicon
from pipelines.extract.matching import LIGHT

_IRREGULAR = {
    "be": "was|were|is|are", "bear": "bore|borne", "become": "became", "begin": "began|begun", "bid": "bid",
    "bind": "bound", "blow": "blew|blown", "break": "broke|broken", "bring": "brought", "build": "built",
    "buy": "bought", "come": "came", "deal": "dealt", "dig": "dug", "do": "did|done", "draw": "drew|drawn",
    "drive": "drove|driven", "fall": "fell", "feel": "felt", "fight": "fought", "find": "found", "flee": "fled",
    "fling": "flung", "fly": "flew|flown", "forbid": "forbade|forbidden", "forgive": "forgave|forgiven", "forgo": "forwent",
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


_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_DOUBLED = re.compile(r"(?:^|[^aeiou])[aeiou][bdgklmnprstz]$|[aeiou]l$|(?:sh|qu)[aeiou][tp]$")
_PLURALS = {"um": "a", "is": "es", "us": "i", "on": "a", "man": "men", "fe": "ves", "f": "ves"}
Demand = tuple[frozenset[str], ...]
"""sets of words, of each of which one must be there"""


@dataclass(slots=True)
class Gate:
    """What the words of a sentence may tell. `lemmas` maps every form to what it may be a form of; `demands` has, for each
    lemma that tells something, what else its frames ask for, in the fewest ways."""

    lemmas: dict[str, tuple[str, ...]]
    demands: dict[str, tuple[Demand, ...]]
    seen: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def opens(self, text: str, start: int = 0, end: int | None = None, named: bool = True) -> bool:
        """Whether text[start:end] may tell an event or an instrument; `named`: a name of the lexicon stands in it."""
        there: set[str] = {_NAME} if named else set()
        for word in _WORD.findall(text, start, len(text) if end is None else end):
            there.update(self._read(word))
            if word.lower() in ("it", "they", "them"):
                there.add(_PRONOUN)
        return any(
            all(not wanted.isdisjoint(there) for wanted in demand)
            for lemma in there & self.demands.keys()
            for demand in self.demands[lemma]
        )

    def _read(self, word: str) -> tuple[str, ...]:
        """A word in lower case with all lemmas that it may be a form of, and those of its parts."""
        known = self.seen.get(word)
        if known is None:
            lower = word.lower().replace("’", "'")
            parts = {lower, *re.split(r"['-]", lower)}
            known = tuple(sorted(parts | {lemma for part in parts for lemma in self.lemmas.get(part, ())}))
            if len(self.seen) > 200_000:
                self.seen.clear()
            self.seen[word] = known
        return known


_NAME = "@"
_PRONOUN = "@it"
_CLAUSE = {
    "duty": frozenset("should shouldn must mustn ought have need".split()),
    "future": frozenset("will would wouldn shall ll won wo d".split()),
    "negated": frozenset("not t never cannot nt".split()),
}
"""words one of which stands in every clause of a kind; of "they'll" and "won't" the parts"""


def build_gate(lexicon: Lexicon) -> Gate:
    """The gate of a lexicon."""
    demands: dict[str, set[Demand]] = {}
    for lemma, frames in lexicon.verbs.items():
        demands[lemma] = {_of_verb(lemma, frame, lexicon) for frame in frames if not _is_other_sense(frame)}
    for lemma, nouns in lexicon.nouns.items():
        demands.setdefault(lemma, set()).update(_of_noun(noun, lexicon) for noun in nouns)
    for row in lexicon.instruments:
        for head in row.heads if not row.only_signed else ():
            demands.setdefault(head, set()).update(_of_instrument(row))
    for word in lexicon.agents["jointly"]:
        demands.setdefault(word, set()).add(())
    words = {word for lemma, found in demands.items() for demand in found for wanted in demand for word in wanted}
    lemmas: dict[str, set[str]] = {}
    for lemma in words | demands.keys():
        for form in forms(lemma):
            lemmas.setdefault(form, set()).add(lemma)
    return Gate(
        {form: tuple(sorted(found)) for form, found in lemmas.items()},
        {lemma: tuple(sorted(found, key=_size)) for lemma, found in demands.items()},
    )


def _size(demand: Demand) -> tuple[int, list[list[str]]]:
    return len(demand), [sorted(wanted) for wanted in demand]


def _is_other_sense(frame: VerbFrame) -> bool:
    """Whether a frame only keeps another sense of its verb from being read: nobody has a part in it."""
    return "subject" in frame.roles and set(frame.roles.values()) == {"none"} and frame.roles.keys() >= {"object"}


def _of_verb(lemma: str, frame: VerbFrame, lexicon: Lexicon) -> Demand:
    preps = frozenset() if "to" in frame.preps and frame.objects else frame.preps  # "gave X a loan" is to X, too
    meant = frozenset({_PRONOUN}) if frame.objects and lemma not in LIGHT else frozenset()  # "they were restored"
    asked = [frame.objects | meant, frame.with_mod, preps, frame.pobjects, frame.subject, frame.comp]
    asked += [frozenset({frame.particle})] if frame.particle else []
    asked += [frame.xcomp] if isinstance(frame.xcomp, frozenset) else []
    asked += [_CLAUSE[kind] for kind in sorted(frame.clause & _CLAUSE.keys())]
    return _demand(asked, lexicon)


def _of_noun(noun: Noun, lexicon: Lexicon) -> Demand:
    carried = [lexicon.performing | lexicon.carries] if noun.bare == "never" else []
    return _demand([noun.mods, noun.needs, noun.preps, *carried], lexicon)


def _of_instrument(row: Instrument) -> Iterator[Demand]:
    """The last word of a phrase before the head stands for the phrase."""
    for phrase in row.before or ("",):
        last = re.split(r"[ -]", phrase)[-1]
        yield (*([frozenset({last})] if last else []), *([row.of] if row.of else []))


def _demand(asked: Iterable[frozenset[str]], lexicon: Lexicon) -> Demand:
    found = []
    for wanted in asked:
        words = _words(wanted, lexicon)
        if words:
            found.append(words)
    return tuple(found)


def _words(wanted: frozenset[str], lexicon: Lexicon) -> frozenset[str]:
    """The words that can fill a place; empty where anything can (an actor may be a pronoun, money a figure)."""
    out: set[str] = set()
    for word in wanted:
        match word:
            case "@any" | "@actor" | "@person" | "@money" | "@two":
                return frozenset()
            case "@state" | "@org" | "@body" | "@place" | "@town" | "@abroad":
                out.add(_NAME)
            case "@instrument":
                out.update(head for row in lexicon.instruments for head in row.heads)
            case "@event":
                out.update(lexicon.nouns, lexicon.agents["talks"])
            case "@forces":
                out.update(lexicon.agents["forces"], (_NAME,))
            case "@talks" | "@goods" | "@sides":
                out.update(lexicon.agents[word[1:]])
            case _:
                out.add(word)
    return frozenset(out)


def forms(lemma: str) -> set[str]:
    """All forms that a lemma may have in a text, rather too many than too few: "sign", "signs", "signed", "signing"."""
    out = {
        lemma,
        f"{lemma}s",
        f"{lemma}es",
        f"{lemma}d",
        f"{lemma}ed",
        f"{lemma}ing",
        f"{lemma}ling",
        f"{lemma}led",
        f"{lemma}n",
    }
    out.update(_IRREGULAR.get(lemma, "").split("|"))
    stem, last = lemma[:-1], lemma[-1:]
    if last == "e":
        out.update((f"{stem}ing", f"{stem}ed"))
    elif last == "y":
        out.update((f"{stem}ies", f"{stem}ied"))
    elif last == "c":
        out.update((f"{lemma}ked", f"{lemma}king"))
    if lemma.endswith("ie"):
        out.add(f"{lemma[:-2]}ying")
    if _DOUBLED.search(lemma):
        out.update((f"{lemma}{last}ed", f"{lemma}{last}ing"))
    for ending, plural in _PLURALS.items():
        if lemma.endswith(ending):
            out.add(lemma.removesuffix(ending) + plural)
    return out - {"", "according"}
