"""Words that mean somebody named elsewhere: "he", "they", "who", "we" in a quotation, "both sides"."""

from __future__ import annotations

from collections.abc import Callable

from pipelines.extract.lexicon import Lexicon
from pipelines.extract.parse import Token, Tree
from pipelines.extract.records import Part
from pipelines.extract.scene import Scene

_ONE = frozenset({"he", "she", "him", "her", "his"})
_TWO = frozenset({"they", "them", "both", "themselves"})
_SPEAKER = frozenset({"i", "we", "us", "me", "our", "my"})
_PEOPLE = frozenset(
    "leader minister president premier man pair duo chief monarch official diplomat envoy negotiator counterpart".split()
)
_HOSTS = frozenset("receive welcome host greet meet tell thank".split())
PRONOUNS = _ONE | _TWO | _SPEAKER | {"you", "your"}


class Anaphors:
    """Resolves the anaphors of one tree; `actors` tells whom another phrase of it means."""

    def __init__(self, tree: Tree, scene: Scene, lexicon: Lexicon, actors: Callable[[Token], list[Part]]) -> None:
        self.tree, self.scene, self.lexicon, self.actors = tree, scene, lexicon, actors

    def pronoun(self, token: Token) -> list[Part]:
        """Whom a pronoun means; nobody, where that is unsure."""
        word = token.text.lower()
        if word in _ONE:
            return self._person(token)
        if word in _TWO:
            return (
                self._subject_pair(token)
                or self._one_before(token, word)
                or self._one_against(token, word)
                or self.scene.both(token.start, token.end, people=True)
            )
        if word in _SPEAKER or word in ("you", "your"):
            return self.speaker(token)
        if word == "it" and token.dep in ("nsubj", "nsubjpass") and (above := self._subject_above(token)):
            return above
        subject = self.scene.subject
        if word == "it" and token.dep in ("nsubj", "nsubjpass") and subject is not None:
            return [Part(subject.key, subject.country, "", token.start, token.end, "anaphor")]
        if word in ("who", "which", "that") and token.dep.startswith("nsubj"):
            clause = self.tree.head(token)
            noun = self.tree.head(clause) if clause and clause.dep in ("relcl", "acl") else None
            return self.actors(noun) if noun is not None else []
        return []

    def speaker(self, token: Token) -> list[Part]:
        """ "I" and "we" inside a quotation: the one who says it in the same sentence, else the one whose turn it is."""
        word = token.text.lower()
        for verb in self.tree.tokens if word not in ("you", "your") else []:
            if verb.lemma in self.lexicon.report_verbs and verb.pos == "VERB":
                for subject in self.tree.children(verb, "nsubj"):
                    if subject.pos != "PRON" and not any(
                        t.text.lower() in ("our", "my", "i", "we") for t in self.tree.subtree(subject)
                    ):
                        return [
                            Part(p.key, p.country, "", token.start, token.end, "anaphor")
                            for p in self.actors(subject)[:1]
                        ]
        return self._voice(token, word) or (self.home(token) if word in ("we", "us", "our") else [])

    def _voice(self, token: Token, word: str) -> list[Part]:
        paragraph = self.tree.sentence.paragraph
        voices = self.scene.voices
        voice = voices.you(paragraph) if word in ("you", "your") else voices.me(paragraph)
        key, country = voice or (None, None)
        if key is None or word not in ("i", "me", "my", "you"):
            key = country.lower() if country else None
        return [] if key is None else [Part(key, country, "", token.start, token.end, "anaphor")]

    def sides(self, token: Token) -> list[Part]:
        """ "Both sides", "the three countries": the states that the sentence has named together last, else those of the story."""
        number = 3 if any(c.text.lower() == "three" for c in self.tree.children(token)) else 2
        number = 3 if token.lemma == "three" else number
        before = (
            (self._pair_before(token) or self._named_before(token) or self._states_before(token)) if number == 2 else []
        )
        return before or self.scene.both(token.start, token.end, number, people=token.lemma in _PEOPLE)

    def _named_before(self, token: Token) -> list[Part]:
        """The persons of two states, and no others, whom the sentence has named: "X told Y when the two met"."""
        actors = self.scene.entities.actors
        here: dict[str, Part] = {}
        for other in self.tree.tokens[: token.i]:
            m = other.mention
            if m is None or m.kind not in ("person", "government"):
                continue
            country = m.country or (actors[m.key].country if m.key in actors else None)
            if country is not None:
                here[country] = Part(m.key, country, "", token.start, token.end, "anaphor")
        return list(here.values()) if len(here) == 2 else []

    def _states_before(self, token: Token) -> list[Part]:
        """The two states that the sentence has named, by whatever name, where it has named no third."""
        named = (t for t in self.tree.tokens[: token.i] if t.mention and t.mention.country)
        # "The Minsk agreements" name no side.
        here = dict.fromkeys(
            t.mention.country or ""
            for t in named
            if t.mention and (t.mention.form not in ("capital", "seat") or t.dep not in ("compound", "nmod"))
        )
        if len(here) != 2:
            return []
        return [Part(c.lower(), c, "", token.start, token.end, "anaphor") for c in here]

    def home(self, token: Token) -> list[Part]:
        """The state of the dateline, for "the government" and "we"."""
        home = self.scene.home
        return [] if home is None else [Part(home.lower(), home, "", token.start, token.end, "anaphor")]

    def _person(self, token: Token) -> list[Part]:
        actors = self.scene.entities.actors
        told = [k for k in self.scene.persons if k in actors]
        here = [t.mention.key for t in self.tree.tokens if t.mention and t.mention.kind == "person" and t.i < token.i]
        owns = token.tag == "PRP$"
        if owns and (acting := self._subject_before(token, named=True)) is not None:
            here = [acting]  # "X was welcomed by Y on his arrival"
        if not here and (subject := self._subject_after(token) or self._subject_before(token)) is not None:
            here = [subject]
        if self.scene.stranger:
            told = []
        key = here[-1] if here else told[-1] if told else None
        return [] if key is None else [Part(key, actors[key].country, "", token.start, token.end, "anaphor")]

    def _subject_after(self, token: Token) -> str | None:
        """ "During his tour, President X will ...": the person who acts in the clause that "his" opens."""
        if token.tag != "PRP$":
            return None
        verb = next((t for t in self.tree.ancestors(token) if t.pos in ("VERB", "AUX")), None)
        subject = self.tree.child(verb, "nsubj", "nsubjpass") if verb is not None else None
        if subject is None or subject.i < token.i or subject.mention is None or subject.mention.kind != "person":
            return None
        return subject.mention.key

    def _subject_before(self, token: Token, named: bool = False) -> str | None:
        """ "The prime minister met X during his visit": the person who acts in the clause; `named`: not one who receives a guest."""
        for other in reversed(self.tree.tokens[: token.i]):
            if other.dep in ("nsubj", "nsubjpass") and other.pos != "PRON" and token not in self.tree.subtree(other):
                verb = self.tree.head(other)
                if named and (other.mention is None or verb is None or verb.lemma in _HOSTS and other.dep == "nsubj"):
                    return None
                keys = [p.key for p in self.actors(other) if p.key in self.scene.entities.actors]
                persons = [k for k in keys if self.scene.entities.actors[k].kind == "person"]
                return persons[0] if len(persons) == 1 else None
        return None

    def _subject_above(self, token: Token) -> list[Part]:
        """ "Tehran denied that it had sent drones": the state or body that the clause above tells of."""
        clause = self.tree.head(token)
        if clause is None or clause.dep not in ("ccomp", "advcl", "xcomp", "relcl"):
            return []
        subjects = (self.tree.child(t, "nsubj", "nsubjpass") for t in self.tree.ancestors(clause))
        subject = next((s for s in subjects if s is not None), None)
        if (
            subject is None
            or subject.pos == "PRON"
            or (subject.mention is not None and subject.mention.kind == "person")
        ):
            return []
        actors = self.scene.entities.actors
        parts = [p for p in self.actors(subject) if p.key not in actors or actors[p.key].kind != "person"]
        return [Part(p.key, p.country, "", token.start, token.end, "anaphor") for p in parts[:1]]

    def _one_before(self, token: Token, word: str) -> list[Part]:
        """ "They protested", after a sentence about one country alone: that country."""
        if word not in ("they", "them", "their") or len(self.scene.countries) != 1:
            return []
        country = self.scene.countries[0]
        group = self.scene.groups[-1] if self.scene.groups else ()
        if country in group and not self.scene.voices.turns:
            return []  # the other side of the last event may be meant with it
        return [Part(country.lower(), country, "", token.start, token.end, "anaphor")]

    def _one_against(self, token: Token, word: str) -> list[Part]:
        """ "They struck bases in India", after a sentence in which Pakistan acts: Pakistan."""
        subject, group = self.scene.subject, self.scene.groups[-1] if self.scene.groups else ()
        if word != "they" or subject is None or subject.country is None or len(group) != 2:
            return []
        here = {t.mention.country for t in self.tree.tokens if t.mention and t.mention.kind == "state"}
        if here != set(group) - {subject.country}:
            return []
        return [Part(subject.key, subject.country, "", token.start, token.end, "anaphor")]

    def owner(self, token: Token) -> list[Part]:
        """Whose "its", "their" and "his" something is: of the subject before it, else of who acted in the sentence before."""
        for other in reversed(self.tree.tokens[: token.i]):
            if other.dep not in ("nsubj", "nsubjpass") or other.pos == "PRON" or token in self.tree.subtree(other):
                continue  # a subject cannot own a part of itself
            if parts := self.actors(other):
                return [Part(p.key, p.country, "", token.start, token.end, "anaphor") for p in parts[:1]]
        subject = self.scene.subject
        if subject is None or token.text.lower() != "its":
            return []
        return [Part(subject.key, subject.country, "", token.start, token.end, "anaphor")]

    def _subject_pair(self, token: Token) -> list[Part]:
        """Two subjects of different states that the sentence has named together."""
        for other in self.tree.tokens[: token.i]:
            heads = self.tree.conjuncts(other) if other.dep in ("nsubj", "nsubjpass") else []
            if len(heads) > 1 and all(t.pos != "PRON" for t in heads):
                parts = self.actors(other)
                if len({p.country for p in parts if p.country}) > 1:
                    return [Part(p.key, p.country, "", token.start, token.end, "anaphor") for p in parts]
        return []

    def _pair_before(self, token: Token) -> list[Part]:
        """The two states that the same sentence has named together last: "turmoil between A and B ... the two countries"."""
        for other in reversed(self.tree.tokens[: token.i]):
            states = [
                t.mention
                for t in self.tree.conjuncts(other)
                if t.mention is not None and t.mention.kind == "state" and t.i < token.i
            ]
            if other.dep != "conj" and len(states) == 2:
                return [Part(m.key, m.country, "", token.start, token.end, "anaphor") for m in states]
        return []
