"""Whom a noun phrase means: names, offices and bodies of states, owners of what is named, persons by name alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.extract.anaphors import PRONOUNS, Anaphors
from pipelines.extract.arguments import direct_arguments
from pipelines.extract.gazetteer import Mention
from pipelines.extract.lexicon import Lexicon
from pipelines.extract.parse import Token, Tree
from pipelines.extract.patterns import ORGANIZATION_WORDS, UPPER
from pipelines.extract.records import Part
from pipelines.extract.scene import Scene

_ACTOR_KINDS = frozenset({"state", "person", "organization", "government", "armed_group", "company", "media"})
_OWNER_KINDS = _ACTOR_KINDS - {"person", "media"}
_PARTITIVE = frozenset(
    "number group member pair dozen hundred thousand series round team handful majority part delegation package batch convoy "
    "wave lot couple range set crowd column squad rest half quarter million total body head representative".split()
)
_ABROAD = frozenset({"embassy", "consulate", "mission", "legation"})
_REALMS = frozenset("sultanate kingdom emirate republic federation union archipelago commonwealth".split())
_COUNTERPARTS = frozenset({"counterpart", "homologue", "neighbour", "neighbor", "opposite"})
_STATES = frozenset({"country", "state", "nation", "republic", "kingdom"})
_PLURAL_SIDES = frozenset(
    "side country neighbour neighbor leader minister president capital nation delegation government party".split()
)
_OF_HOME = frozenset(
    "government ministry army military authority cabinet parliament country navy administration kingdom republic".split()
)
_NAME_WORD = re.compile(rf"{UPPER}[^\W\d_’'-](?:[^\W\d_]|[’'-]){{1,}}")
_MODIFIERS = ("poss", "amod", "compound", "nmod", "nummod", "det")


class Referents:
    """Reads the noun phrases of one tree."""

    def __init__(self, tree: Tree, scene: Scene, lexicon: Lexicon) -> None:
        self.tree, self.scene, self.lexicon = tree, scene, lexicon
        self.anaphors = Anaphors(tree, scene, lexicon, self.actors)
        self.instruments = frozenset(head for row in lexicon.instruments for head in row.heads)
        self.agents = lexicon.agents["people"] | lexicon.agents["institutions"] | lexicon.agents["forces"]

    def actors(self, token: Token, adverse: bool = False) -> list[Part]:
        """The actors that a phrase and its conjuncts name; roles are still empty. `adverse`: possessions stand for their owner."""
        out: list[Part] = []
        for head in self.tree.conjuncts(token):
            own, beside = self._one(head, adverse), self._included(head)
            if head.lemma in _COUNTERPARTS and own and own[0].country:
                self._settle(beside, own[0])
            for part in [*own, *beside]:
                if part.key not in {p.key for p in out}:
                    out.append(part)
        return out

    def states(self, placed: bool = True) -> set[str]:
        """The states that the sentence names, capitals left out where they are places; those too where something is, if not `placed`."""
        out: set[str] = set()
        for token in self.tree.tokens:
            mention, head = token.mention, self.tree.head(token)
            place = token.dep == "pobj" and head is not None and head.lemma in ("in", "at", "near", "from", "to", "of")
            if not placed and token.dep == "pobj" and head is not None and head.lemma == "in":
                continue
            if self.tree.is_in_name(token):
                continue
            if mention is not None and mention.kind == "state" and not (mention.form == "capital" and place):
                out.update([mention.country] if mention.country else [])
        return out

    def _settle(self, named: list[Part], side: Part) -> None:
        """ "Her counterpart, X": X is of the side that her counterpart is of."""
        for part in named:
            actor = self.scene.entities.actors.get(part.key)
            if part.key.startswith("?") and part.country is None:
                part.country = side.country
            if part.country is None and actor is not None and actor.kind == "person" and actor.country is None:
                part.country = actor.country = side.country
                actor.country_span = (side.start, side.end)

    def _included(self, token: Token) -> list[Part]:
        """ "Leaders, including X and Y"; "the ministers, X and Y"."""
        out: list[Part] = []
        for prep in self.tree.children(token, "prep"):
            if prep.lemma in ("include", "including") or prep.text.lower() == "including":
                for obj in self.tree.children(prep, "pobj"):
                    out += self.actors(obj)
        for clause in self.tree.children(token, "acl"):
            if clause.lemma in ("lead", "head", "chair"):  # "a delegation led by X"
                subjects = [a.token for a in direct_arguments(self.tree, clause) if a.position == "subject"]
                out += [p for subject in subjects for p in self.actors(subject)]
        if token.mention is None:
            for apposed in self.tree.children(token, "appos"):
                out += self.actors(apposed)
        return out

    def _one(self, token: Token, adverse: bool) -> list[Part]:
        """Whom one noun or pronoun means, without those coordinated with it."""
        if token.mention is not None:
            return self._named(token, token.mention)
        if token.pos == "PRON" or token.lemma in PRONOUNS:
            return self.anaphors.pronoun(token)
        if token.pos not in ("NOUN", "PROPN", "ADJ", "NUM", "DET"):
            return []
        if self._is_sides(token) or self._is_the_two(token):
            named = [p for t in self.tree.children(token, "appos") for p in self.actors(t)]
            # "the ministers, X and Y": those who are named, and not those told before
            return [] if len({p.country for p in named if p.country}) > 1 else self.anaphors.sides(token)
        owners = self._owners(token)
        is_agent = token.lemma in self.agents
        if not owners and self._is_counterpart(token):
            return self._counterpart(token)
        if owners and (is_agent or adverse or token.lemma.endswith(("man", "men"))):
            return owners
        apposed = self.tree.child(token, "appos")
        if apposed is not None and (found := self._one(apposed, adverse)):
            if is_agent and found[0].country is None and (whole := self._whole(token, adverse)) and whole[0].country:
                self._settle(found, whole[0])
            return found
        if (is_agent or token.lemma in _PARTITIVE) and (found := self._whole(token, adverse)):
            return found
        if (is_agent or adverse) and (found := self._owned(token)):
            return found
        return self._definite_agent(token) if is_agent and self._definite(token) else self._unmodified(token)

    def _whole(self, token: Token, adverse: bool) -> list[Part]:
        """Whose a part or an agent is: "our army", "a group of X", "officials from Y"."""
        own = self.tree.child(token, "poss")
        if own is not None and own.text.lower() in ("our", "my", "your") and (speaker := self.anaphors.speaker(own)):
            return speaker
        for obj in self._objects(token, ("of", "from")):
            if found := self.actors(obj, adverse):
                return found
        return []

    def _owned(self, token: Token) -> list[Part]:
        """ "Its ambassador", "their soldiers": the state that they are of, where it is not the one who acts."""
        own = self.tree.child(token, "poss")
        if own is None or token.lemma in _COUNTERPARTS:
            return []
        if own.text.lower() in ("our", "my", "your"):
            return self.anaphors.speaker(own)
        if own.text.lower() in ("his", "her"):  # "his government": the one who speaks for it acts
            return self.anaphors.pronoun(own) if token.lemma in self.lexicon.agents["institutions"] else []
        if own.text.lower() not in ("its", "their"):
            return []
        return [p for p in self.anaphors.owner(own) if p.country]

    def _unmodified(self, token: Token) -> list[Part]:
        if token.lemma in _REALMS and self._definite(token) and self.scene.home is not None:
            return self.anaphors.home(token)
        return self._unknown_person(token)

    def _objects(self, token: Token, prepositions: tuple[str, ...]) -> Iterator[Token]:
        for prep in self.tree.children(token, "prep"):
            if prep.lemma in prepositions:
                yield from self.tree.children(prep, "pobj")

    def _named(self, token: Token, mention: Mention) -> list[Part]:
        if mention.kind not in _ACTOR_KINDS or self._names_instrument(token, mention):
            return []
        actor = self.scene.entities.actors.get(mention.key)
        country = mention.country or (actor.country if actor is not None else None)
        if mention.kind == "person" and country is None:
            owners = self._owners(token)
            if len(owners) == 1:
                country = mention.country = owners[0].country
                if actor is not None and actor.country is None:
                    actor.country, actor.country_span = country, (owners[0].start, owners[0].end)
        if mention.kind in ("organization", "media"):
            country = None
        return [Part(mention.key, country, "", mention.start, mention.end)]

    def _names_instrument(self, token: Token, mention: Mention) -> bool:
        """ "The Minsk agreements": a capital that an instrument is called by has no part in it."""
        head = self.tree.head(token)
        if mention.form not in ("capital", "seat") or token.dep not in ("compound", "nmod", "amod") or head is None:
            return False
        return head.lemma.lower() in self.instruments and not self.tree.conjuncts(token)[1:]

    def _is_sides(self, token: Token) -> bool:
        """ "Both sides", "the two countries", "the neighbours", "the leaders": the sides of the story."""
        agents = self.lexicon.agents
        if token.lemma not in agents["sides"] or self._owners(token):
            return False
        words = {c.text.lower() for c in self.tree.children(token)}
        plural = token.tag in ("NNS", "NNPS")
        if words & agents["side_determiners"] and (plural or words & {"both", "either"}):
            return True
        return plural and bool(words & {"the", "these", "those", "their"}) and token.lemma in _PLURAL_SIDES

    def _is_the_two(self, token: Token) -> bool:
        """ "The two", "the pair" and "the three" by themselves."""
        return (
            token.lemma in ("two", "pair", "duo", "three")
            and any(c.text.lower() == "the" for c in self.tree.children(token, "det"))
            and not self.tree.children(token, "prep", "amod", "compound")
        )

    # owners

    def _owners(self, token: Token) -> list[Part]:
        """The states (or bodies) named as modifiers of a noun: "Iranian officials", "Pakistan's army", "troops of Chad"."""
        out = self._modifying_owners(token)
        at_home = token.lemma in self.lexicon.agents["institutions"] and token.lemma not in _ABROAD
        inside = ("of", "from", "in") if at_home else ("of", "from")
        for obj in self._objects(token, inside):
            for head in self.tree.conjuncts(obj):
                if head.mention is not None and head.mention.kind == "state":
                    out.append(_modifier(head.mention))
        if not out:
            for clause in self.tree.children(token, "acl"):
                out += [p for obj in self._objects(clause, ("from",)) for p in self.actors(obj)]
        return list({p.key: p for p in reversed(out)}.values())[::-1]

    def _modifying_owners(self, token: Token) -> list[Part]:
        out: list[Part] = []
        for child in self.tree.children(token, *_MODIFIERS):
            for head in self.tree.conjuncts(child):
                if head.mention is None:
                    if child.dep in ("compound", "amod", "poss", "nmod") and head.pos in ("NOUN", "PROPN", "ADJ"):
                        out += self._owners(head)
                elif self._names_instrument(head, head.mention):
                    continue
                elif head.mention.kind in _OWNER_KINDS or (child.dep == "poss" and head.mention.kind == "person"):
                    out.append(_modifier(head.mention))
        return out

    # descriptions

    def _is_counterpart(self, token: Token) -> bool:
        words = {c.text.lower() for c in self.tree.children(token, "amod")}
        single = token.tag not in ("NNS", "NNPS")
        neighbour = token.lemma in _STATES and bool(
            words & {"neighboring", "neighbouring"} or ("other" in words and single)
        )
        its = token.lemma in ("neighbour", "neighbor") and single and self.tree.child(token, "poss") is not None
        return token.lemma in ("counterpart", "homologue") or neighbour or its

    def _counterpart(self, token: Token) -> list[Part]:
        """ "His counterpart": the other side than the one that "his" belongs to."""
        before = [
            t
            for t in self.tree.tokens[: token.i]
            if t.dep in ("nsubj", "nsubjpass") or (t.mention is not None and t.mention.kind == "person")
        ]
        own = next((p.country for t in reversed(before) for p in self._one(t, False) if p.country), None)
        other = self.scene.other(own)
        return [Part(other.lower(), other, "", token.start, token.end, "anaphor")] if other else []

    def _definite(self, token: Token) -> bool:
        words = {c.text.lower() for c in self.tree.children(token, "det", "poss")}
        return bool(words & {"the", "this", "that", "its", "his", "her"})

    def _definite_agent(self, token: Token) -> list[Part]:
        """ "The minister", "the government": the holder of the office named last; "the delegation": that told before."""
        if (sender := self.scene.sent.get(token.lemma)) is not None:
            return [Part(sender.lower(), sender, "", token.start, token.end, "anaphor")]
        title = " ".join([*(c.text.lower() for c in self.tree.children(token, "amod", "compound")), token.lemma])
        key = self.scene.holder(title)
        if key is None and token.lemma in self.lexicon.agents["people"]:
            key = self.scene.holder(token.lemma)
        if key is not None:
            return [Part(key, self.scene.entities.actors[key].country, "", token.start, token.end, "anaphor")]
        if token.lemma in ("country", "kingdom", "republic") and (told := self._country_before(token)):
            return told
        return self.anaphors.home(token) if token.lemma in _OF_HOME else []

    def _country_before(self, token: Token) -> list[Part]:
        """ "The country": the state that the sentence has named last, other than the one that acts in the clause."""
        verb = next((t for t in self.tree.ancestors(token) if t.pos in ("VERB", "AUX")), None)
        own = self.tree.child(verb, "nsubj") if verb is not None else None
        inside = own is not None and token in self.tree.subtree(own)
        acting = {p.country for p in self.actors(own)} if own is not None and not inside else set()
        for other in reversed(self.tree.tokens[: token.i]):
            m = other.mention
            if m is None or not m.country or m.country in acting:
                continue
            if m.kind in ("state", "place") and m.form != "demonym":
                return [Part(m.country.lower(), m.country, "", token.start, token.end, "anaphor")]
        return []

    # persons by name alone

    def _unknown_person(self, token: Token) -> list[Part]:
        """A proper noun that nothing else explains, as the one who acts: a person by name alone, with the key "?Name"."""
        if (
            token.pos != "PROPN"
            or token.dep not in ("nsubj", "nsubjpass", "conj", "pobj", "dobj", "appos")
            or token.lemma in self.agents
            or token.ent_like()
            or self._is_thing(token)
            or token.text.lower() in self.instruments
        ):
            return []
        names = self._name_words(token)
        opens_heading = names[0].i == 0 and len(names) == 1 and self.tree.sentence.heading
        if (
            not _NAME_WORD.fullmatch(token.text)
            or (token.dep in ("pobj", "dobj") and len(names) < 2)
            or opens_heading
            or any(t.text in ORGANIZATION_WORDS for t in names)
            or self.tree.children(token, "det")
        ):
            return []
        name = " ".join(t.text for t in names)
        return [Part(f"?{name}", None, "", names[0].start, token.end)]

    def _is_thing(self, token: Token) -> bool:
        """ "The tanker X": a common noun beside the name says that it is nobody's."""
        beside = self.tree.children(token, "compound", "nmod", "amod")
        noun = self.tree.head(token) if token.dep == "appos" else None
        if noun is not None:
            beside.append(noun)
        return any(c.pos == "NOUN" and c.lemma not in self.lexicon.agents["people"] for c in beside)

    def _name_words(self, token: Token) -> list[Token]:
        """The words of a name that ends with a token."""
        names = [token]
        for child in reversed(self.tree.children(token, "compound")):
            if (
                child.mention is None
                and child.i == names[0].i - 1
                and _NAME_WORD.fullmatch(child.text)
                and not child.ent_like()
            ):
                names.insert(0, child)
        return names


def _modifier(mention: Mention) -> Part:
    country = mention.country if mention.kind != "organization" else None
    return Part(mention.key, country, "", mention.start, mention.end, "modifier")
