"""From words in the tree to actors: whom a noun phrase means, and which phrases play a part in a verb's or a noun's event."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipelines.extract.gazetteer import Mention
from pipelines.extract.lexicon import Lexicon
from pipelines.extract.parse import Token, Tree
from pipelines.extract.patterns import ORGANIZATION_WORDS, UPPER
from pipelines.extract.records import Part
from pipelines.extract.scene import Scene

_ACTOR_KINDS = frozenset({"state", "person", "organization", "government", "armed_group", "company", "media"})
_PARTITIVE = frozenset(
    "number group member pair dozen hundred thousand series round team handful majority part delegation package batch convoy wave lot couple range set "
    "crowd column squad rest half quarter million total body head representative".split()
)
_OBJECT_CONTROL = frozenset(
    "allow ask urge force order help enable tell persuade invite permit encourage press want expect send authorize authorise instruct call get see watch push prompt lead require compel request beg warn advise assign hire task".split()
)
_PEOPLE = frozenset({"leader", "minister", "president", "premier", "man", "pair", "duo", "chief", "monarch", "official", "diplomat", "envoy", "negotiator", "counterpart"})
_REALMS = frozenset({"sultanate", "kingdom", "emirate", "republic", "federation", "union", "archipelago", "commonwealth"})
_PRONOUNS_ONE = frozenset({"he", "she", "him", "her"})
_PRONOUNS_TWO = frozenset({"they", "them", "both", "themselves"})
_NAME_WORD = re.compile(rf"{UPPER}[^\W\d_’'-](?:[^\W\d_]|[’'-]){{1,}}")
_MODIFIERS = ("poss", "amod", "compound", "nmod", "nummod", "det")


@dataclass(frozen=True, slots=True)
class Argument:
    """A phrase in a position: subject, object, or a preposition."""

    position: str
    token: Token


class Roles:
    """Reads the arguments of one tree."""

    def __init__(self, tree: Tree, scene: Scene, lexicon: Lexicon) -> None:
        self.tree, self.scene, self.lexicon = tree, scene, lexicon
        self._of_verb: dict[int, list[Argument]] = {}
        agents = lexicon.agents
        self.agents = agents["people"] | agents["institutions"] | agents["forces"]

    # whom a phrase means

    def actors(self, token: Token, adverse: bool = False) -> list[Part]:
        """The actors that a phrase and its conjuncts name; roles are still empty. `adverse`: possessions stand for their owner."""
        out: list[Part] = []
        for head in self.tree.conjuncts(token):
            for part in [*self._one(head, adverse), *self._included(head)]:
                if part.key not in {p.key for p in out}:
                    out.append(part)
        return out

    def _included(self, token: Token) -> list[Part]:
        """ "Leaders, including X and Y"; "the ministers, X and Y"."""
        out: list[Part] = []
        for prep in self.tree.children(token, "prep"):
            if prep.lemma in ("include", "including") or prep.text.lower() == "including":
                for obj in self.tree.children(prep, "pobj"):
                    out += self.actors(obj)
        for clause in self.tree.children(token, "acl"):
            if clause.lemma in ("lead", "head", "chair"):  # "a delegation led by X"
                out += [p for a in self._direct(clause) if a.position == "subject" for p in self.actors(a.token)]
        if token.mention is None:
            for apposed in self.tree.children(token, "appos"):
                out += self.actors(apposed)
        return out

    def _one(self, token: Token, adverse: bool) -> list[Part]:
        if token.mention is not None:
            return self._named(token, token.mention)
        lemma = token.lemma
        if token.pos == "PRON" or lemma in _PRONOUNS_ONE | _PRONOUNS_TWO:
            return self._pronoun(token)
        if token.pos not in ("NOUN", "PROPN", "ADJ", "NUM", "DET"):
            return []
        if self._is_sides(token):
            number = 3 if any(c.text.lower() == "three" for c in self.tree.children(token)) else 2
            return (self._pair_before(token) if number == 2 else []) or self.scene.both(token.start, token.end, number, people=token.lemma in _PEOPLE)
        owners = self._owners(token)
        neighbour = lemma in ("country", "state", "nation", "republic", "kingdom") and any(c.text.lower() in ("neighboring", "neighbouring", "other") for c in self.tree.children(token, "amod"))
        if (lemma in ("counterpart", "homologue") or neighbour) and not owners:
            return self._counterpart(token)
        if owners and (lemma in self.agents or adverse or lemma.endswith(("man", "men"))):
            return owners
        if apposed := self.tree.child(token, "appos"):
            found = self._one(apposed, adverse)
            if found:
                return found
        if lemma in _PARTITIVE or lemma in self.agents:
            if (own := self.tree.child(token, "poss")) is not None and own.text.lower() in ("our", "my") and (speaker := self._speaker(own)):
                return speaker
            for prep in self.tree.children(token, "prep"):
                if prep.lemma in ("of", "from"):
                    for obj in self.tree.children(prep, "pobj"):
                        if found := self.actors(obj, adverse):
                            return found
        if lemma in self.agents and self._definite(token):
            return self._definite_agent(token)
        if lemma in _REALMS and self._definite(token) and self.scene.home is not None:
            return [Part(self.scene.home.lower(), self.scene.home, "", token.start, token.end, "anaphor")]
        return self._unknown_person(token)

    def _named(self, token: Token, mention: Mention) -> list[Part]:
        if mention.kind not in _ACTOR_KINDS:
            if mention.kind == "place" and mention.country and token.dep == "nsubj":
                return []
            return []
        actor = self.scene.entities.actors.get(mention.key)
        country = mention.country or (actor.country if actor is not None else None)
        if mention.kind == "person" and country is None:
            owners = self._owners(token)
            if len(owners) == 1:
                country = owners[0].country
                mention.country = country
                actor = self.scene.entities.actors.get(mention.key)
                if actor is not None and actor.country is None:
                    actor.country, actor.country_span = country, (owners[0].start, owners[0].end)
        if mention.kind == "organization" or mention.kind == "media":
            country = None
        return [Part(mention.key, country, "", mention.start, mention.end)]

    def _pronoun(self, token: Token) -> list[Part]:
        word = token.text.lower()
        if word in _PRONOUNS_ONE:
            persons = [k for k in self.scene.persons if k in self.scene.entities.actors]
            here = [t.mention.key for t in self.tree.tokens if t.mention and t.mention.kind == "person" and t.i < token.i]
            key = here[-1] if here else persons[-1] if persons else None
            if key is None:
                return []
            return [Part(key, self.scene.entities.actors[key].country, "", token.start, token.end, "anaphor")]
        if word in _PRONOUNS_TWO:
            before = self._subject_pair(token)
            return before or self.scene.both(token.start, token.end, people=True)
        if word in ("i", "we", "us", "me", "our", "my"):
            return self._speaker(token)
        if word == "it" and token.dep in ("nsubj", "nsubjpass") and self.scene.subject is not None:
            before = self.scene.subject
            return [Part(before.key, before.country, "", token.start, token.end, "anaphor")]
        if word in ("who", "which", "that") and token.dep.startswith("nsubj"):
            clause = self.tree.head(token)
            noun = self.tree.head(clause) if clause and clause.dep in ("relcl", "acl") else None
            return self.actors(noun) if noun is not None else []
        return []

    def _speaker(self, token: Token) -> list[Part]:
        """ "I" and "we" inside a quotation: the one who says it in the same sentence."""
        for verb in self.tree.tokens:
            if verb.lemma in self.lexicon.report_verbs and verb.pos == "VERB":
                for subject in self.tree.children(verb, "nsubj"):
                    if subject.pos != "PRON" and not any(t.text.lower() in ("our", "my", "i", "we") for t in self.tree.subtree(subject)):
                        return [Part(p.key, p.country, "", token.start, token.end, "anaphor") for p in self.actors(subject)[:1]]
        if self.scene.home is not None and token.text.lower() in ("we", "us", "our"):
            return [Part(self.scene.home.lower(), self.scene.home, "", token.start, token.end, "anaphor")]
        return []

    def _subject_pair(self, token: Token) -> list[Part]:
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
            states = [t.mention for t in self.tree.conjuncts(other) if t.mention is not None and t.mention.kind == "state" and t.i < token.i]
            if other.dep != "conj" and len(states) == 2:
                return [Part(m.key, m.country, "", token.start, token.end, "anaphor") for m in states]
        return []

    def _is_sides(self, token: Token) -> bool:
        """ "Both sides", "the two countries", "the neighbours", "the leaders": the sides of the story."""
        agents = self.lexicon.agents
        if token.lemma not in agents["sides"] or self._owners(token):
            return False
        words = {c.text.lower() for c in self.tree.children(token)}
        if words & agents["side_determiners"] and (token.tag in ("NNS", "NNPS") or words & {"both", "either"}):
            return True
        return token.tag in ("NNS", "NNPS") and bool(words & {"the", "these", "those", "their"}) and token.lemma in (
            "side", "country", "neighbour", "neighbor", "leader", "minister", "president", "capital", "nation", "delegation", "government", "party",
        )  # fmt: skip

    def _owners(self, token: Token) -> list[Part]:
        """The states (or bodies) named as modifiers of a noun: "Iranian officials", "Pakistan's army", "troops of Chad"."""
        out: list[Part] = []
        for child in self.tree.children(token, *_MODIFIERS):
            for head in self.tree.conjuncts(child):
                if head.mention is not None and head.mention.kind in _ACTOR_KINDS - {"person", "media"}:
                    m = head.mention
                    out.append(Part(m.key, m.country if m.kind != "organization" else None, "", m.start, m.end, "modifier"))
                elif child.dep == "poss" and head.mention is not None and head.mention.kind == "person":
                    m = head.mention
                    out.append(Part(m.key, m.country, "", m.start, m.end, "modifier"))
                elif child.dep in ("compound", "amod", "poss", "nmod") and head.mention is None and head.pos in ("NOUN", "PROPN", "ADJ"):
                    out += self._owners(head)
        inside = ("of", "from", "in") if token.lemma in self.lexicon.agents["institutions"] else ("of", "from")
        for child in self.tree.children(token, "prep"):
            if child.lemma in inside:
                for obj in self.tree.children(child, "pobj"):
                    for head in self.tree.conjuncts(obj):
                        if head.mention is not None and head.mention.kind == "state":
                            m = head.mention
                            out.append(Part(m.key, m.country, "", m.start, m.end, "modifier"))
        if not out:
            for clause in self.tree.children(token, "acl"):
                for prep in self.tree.children(clause, "prep"):
                    if prep.lemma == "from":
                        out += [p for o in self.tree.children(prep, "pobj") for p in self.actors(o)]
        return list({p.key: p for p in reversed(out)}.values())[::-1]

    def _counterpart(self, token: Token) -> list[Part]:
        """ "His counterpart": the other side than the one that "his" belongs to."""
        before = [t for t in self.tree.tokens[: token.i] if t.dep in ("nsubj", "nsubjpass") or (t.mention is not None and t.mention.kind == "person")]
        own = next((p.country for t in reversed(before) for p in self._one(t, False) if p.country), None)
        other = self.scene.other(own)
        return [Part(other.lower(), other, "", token.start, token.end, "anaphor")] if other else []

    def _definite(self, token: Token) -> bool:
        words = {c.text.lower() for c in self.tree.children(token, "det", "poss")}
        return bool(words & {"the", "this", "that", "its", "his", "her"})

    def _definite_agent(self, token: Token) -> list[Part]:
        """ "The minister", "the government": the holder of the office named last."""
        title = " ".join([*(c.text.lower() for c in self.tree.children(token, "amod", "compound")), token.lemma])
        key = self.scene.holder(title) or (self.scene.holder(token.lemma) if token.lemma in self.lexicon.agents["people"] else None)
        if key is not None:
            country = self.scene.entities.actors[key].country
            return [Part(key, country, "", token.start, token.end, "anaphor")]
        if token.lemma in ("government", "ministry", "army", "military", "authority", "cabinet", "parliament", "country", "navy", "administration", "kingdom", "republic") and self.scene.home:
            return [Part(self.scene.home.lower(), self.scene.home, "", token.start, token.end, "anaphor")]
        return []

    def _unknown_person(self, token: Token) -> list[Part]:
        """A proper noun that nothing else explains, as the one who acts: a person by name alone."""
        if token.pos != "PROPN" or token.dep not in ("nsubj", "nsubjpass", "conj", "pobj", "dobj", "appos") or token.lemma in self.agents or token.ent_like():
            return []
        noun = self.tree.head(token) if token.dep == "appos" else None
        things = [c for c in [*self.tree.children(token, "compound", "nmod", "amod"), *([noun] if noun is not None else [])] if c.pos == "NOUN"]
        if any(c.lemma not in self.lexicon.agents["people"] for c in things):
            return []  # "the tanker X"
        names = [token]
        for child in reversed(self.tree.children(token, "compound")):
            if child.mention is None and child.i == names[0].i - 1 and _NAME_WORD.fullmatch(child.text) and not child.ent_like():
                names.insert(0, child)
        if not _NAME_WORD.fullmatch(token.text) or (token.dep in ("pobj", "dobj") and len(names) < 2) or names[0].i == 0 and len(names) == 1 and self.tree.sentence.heading:
            return []
        if any(self.tree.tokens[t.i].text in ORGANIZATION_WORDS for t in names) or any(c.dep == "det" for c in self.tree.children(token)):
            return []
        name = " ".join(t.text for t in names)
        return [Part(f"?{name}", None, "", names[0].start, token.end)]

    # which phrases play a part

    def of_verb(self, verb: Token) -> list[Argument]:
        """The arguments of a verb: its own, and the subject that it shares with the verb it hangs on."""
        known = self._of_verb.get(verb.i)
        if known is None:
            known = self._of_verb[verb.i] = self._read_verb(verb)
        return list(known)

    def _read_verb(self, verb: Token) -> list[Argument]:
        out = self._direct(verb)
        if self._is_passive(verb) and not any(a.position == "subject" for a in out):
            out += self._stray_agent(verb)
        if any(c.dep == "nsubjpass" for c in self.tree.children(verb)):
            return out
        lacking = "object" if any(c.dep == "auxpass" for c in self.tree.children(verb)) else "subject"
        if not any(a.position == lacking for a in out) and (shared := self._shared_subject(verb)) is not None:
            out.insert(0, shared)
        return out

    def _is_passive(self, verb: Token) -> bool:
        return verb.tag == "VBN" and (verb.dep == "acl" or any(c.dep in ("auxpass", "nsubjpass") for c in self.tree.children(verb)))

    def _stray_agent(self, verb: Token) -> list[Argument]:
        """A "by" phrase that the parser has hung on another word of the passive clause."""
        for token in self.tree.subtree(verb):
            if token.lemma != "by" or token.i < verb.i or token.head == verb.i:
                continue
            clause = [a for a in [token, *self.tree.ancestors(token)] if a.i != verb.i and a.pos in ("VERB", "AUX")]
            if any(verb in self.tree.ancestors(a) for a in clause):
                continue
            for obj in self.tree.children(token, "pobj"):
                if self.actors(obj):
                    return [Argument("subject", obj)]
        return []

    def _direct(self, verb: Token) -> list[Argument]:
        out: list[Argument] = []
        for child in self.tree.children(verb):
            if child.dep == "nsubj":
                out.append(Argument("subject", self._antecedent(child)))
            elif child.dep == "nsubjpass":
                out.append(Argument("object", self._antecedent(child)))
            elif child.dep in ("dobj", "attr", "oprd"):
                out.append(Argument("object", self._antecedent(child)))
            elif child.dep == "dative":
                if child.pos == "ADP":
                    out += [Argument(child.lemma, o) for o in self.tree.children(child, "pobj")]
                else:
                    out.append(Argument("to", child))
            elif child.dep == "agent":
                out += [Argument("subject", a.token) for a in self.of_preposition(child)]
            elif child.dep == "prep":
                out += self.of_preposition(child)
        return out

    def of_preposition(self, prep: Token) -> list[Argument]:
        """The objects of a preposition; "together with X" and "as well as" count for their last word."""
        if prep.text.lower() == "according":
            return []  # "according to IRNA": who says so takes no part
        out = [Argument(prep.lemma, o) for o in self.tree.children(prep, "pobj")]
        for about in [a.token for a in out if a.token.lemma in ("relation", "regard", "respect", "connection")]:
            out += [Argument("on", o) for p in self.tree.children(about, "prep") for o in self.tree.children(p, "pobj")]
        for inner in self.tree.children(prep, "prep"):
            out += self.of_preposition(inner)
        for other in self.tree.children(prep, "conj"):
            if other.pos == "ADP":
                out += self.of_preposition(other)
        return out

    def _antecedent(self, token: Token) -> Token:
        if token.tag in ("WP", "WDT") or token.text.lower() == "that" and token.pos == "PRON":
            clause = self.tree.head(token)
            while clause is not None and clause.dep in ("xcomp", "conj", "ccomp"):
                clause = self.tree.head(clause)
            if clause is not None and clause.dep in ("relcl", "acl") and (noun := self.tree.head(clause)) is not None:
                return noun
        return token

    def _shared_subject(self, verb: Token) -> Argument | None:
        """The subject that a verb without one takes from where it hangs."""
        head = self.tree.head(verb)
        if head is None:
            return None
        passive = any(c.dep == "auxpass" for c in self.tree.children(verb))
        if verb.dep == "acl":
            return Argument("object" if verb.tag == "VBN" or passive else "subject", head)
        if verb.dep == "relcl":
            return None
        governor: Token | None = head
        if verb.dep == "pcomp" or head.pos == "ADP":
            governor = next((a for a in self.tree.ancestors(verb) if a.pos in ("VERB", "AUX")), None)
        elif head.pos not in ("VERB", "AUX"):
            governor = next((a for a in self.tree.ancestors(verb) if a.pos in ("VERB", "AUX")), None)
        if governor is None:
            return None
        if verb.dep in ("xcomp", "ccomp") and governor.lemma in _OBJECT_CONTROL and (controlled := self.tree.child(governor, "dobj", "dative")) is not None:
            return Argument("object" if passive else "subject", controlled)
        for argument in self.of_verb(governor):
            if argument.position == "subject" or (argument.position == "object" and any(c.dep == "nsubjpass" for c in self.tree.children(governor))):
                return Argument("object" if passive else "subject", argument.token)
        return None

    def of_noun(self, noun: Token) -> list[Argument]:
        """The arguments of an event noun: owners before it, prepositions after it."""
        out: list[Argument] = []
        for child in self.tree.children(noun, "poss", "amod", "compound", "nmod"):
            out.append(Argument("before", child))
        for child in self.tree.children(noun, "prep", "agent"):
            out += self.of_preposition(child)
        for child in self.tree.children(noun, "acl"):
            out += [a for a in self._direct(child) if a.position != "object"]
        return out
