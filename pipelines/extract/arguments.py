"""Which phrases stand in which position of a verb, a noun or a preposition, by the tree alone."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.extract.parse import Token, Tree


@dataclass(frozen=True, slots=True)
class Argument:
    """A phrase in a position: subject, object, before (an owner before a noun), or a preposition."""

    position: str
    token: Token


def direct_arguments(tree: Tree, verb: Token) -> list[Argument]:
    """The arguments that hang on a verb itself."""
    out: list[Argument] = []
    for child in tree.children(verb):
        if child.dep == "nsubj":
            out.append(Argument("subject", _antecedent(tree, child)))
        elif child.dep in ("nsubjpass", "dobj", "attr", "oprd"):
            out.append(Argument("object", _antecedent(tree, child)))
        elif child.dep == "dative":
            if child.pos == "ADP":
                out += [Argument(child.lemma, o) for o in tree.children(child, "pobj")]
            else:
                out.append(Argument("to", child))
        elif child.dep == "agent":
            out += [Argument("subject", a.token) for a in preposition_arguments(tree, child)]
        elif child.dep == "prep":
            out += preposition_arguments(tree, child)
    return out


def noun_arguments(tree: Tree, noun: Token) -> list[Argument]:
    """The arguments of an event noun: owners before it, prepositions after it."""
    out = [Argument("before", child) for child in tree.children(noun, "poss", "amod", "compound", "nmod")]
    for child in tree.children(noun, "prep", "agent"):
        out += preposition_arguments(tree, child)
        if child.lemma == "by":  # "a visit by the minister to X"
            goals = [p for o in tree.children(child, "pobj") for p in tree.children(o, "prep")]
            out += [
                a
                for p in goals
                if p.lemma in ("to", "in", "with", "against", "on")
                for a in preposition_arguments(tree, p)
            ]
    for child in tree.children(noun, "acl"):
        out += [a for a in direct_arguments(tree, child) if a.position != "object"]
    return out


def preposition_arguments(tree: Tree, prep: Token) -> list[Argument]:
    """The objects of a preposition; "together with X" and "as well as" count for their last word."""
    if prep.text.lower() == "according":
        return []  # "according to IRNA": who says so takes no part
    out = [Argument(prep.lemma, o) for o in tree.children(prep, "pobj")]
    before = tree.tokens[prep.i - 1].lemma if prep.i else ""
    if prep.lemma == "with" and before in ("solidarity", "sympathy", "coordination"):
        return []  # "recalled its envoy in solidarity with X": X only has the company
    for about in [a.token for a in out if a.token.lemma in ("relation", "regard", "respect", "connection")]:
        out += [Argument("on", o) for p in tree.children(about, "prep") for o in tree.children(p, "pobj")]
    for inner in tree.children(prep, "prep"):
        out += preposition_arguments(tree, inner)
    for other in tree.children(prep, "conj"):
        if other.pos == "ADP":
            out += preposition_arguments(tree, other)
    return out


def _antecedent(tree: Tree, token: Token) -> Token:
    """The noun that a relative pronoun stands for; any other token stands for itself."""
    if token.tag in ("WP", "WDT") or token.text.lower() == "that" and token.pos == "PRON":
        clause = tree.head(token)
        while clause is not None and clause.dep in ("xcomp", "conj", "ccomp"):
            clause = tree.head(clause)
        if clause is not None and clause.dep in ("relcl", "acl") and (noun := tree.head(clause)) is not None:
            return _owned(tree, clause, noun)
    return token


def _owned(tree: Tree, clause: Token, noun: Token) -> Token:
    """ "A deal with India, which New Delhi turned down": the deal, as nobody turns down himself."""
    subject, prep = tree.child(clause, "nsubj"), tree.head(noun)
    if subject is None or subject.mention is None or noun.mention is None or prep is None or prep.pos != "ADP":
        return noun
    over = tree.head(prep)
    same = subject.mention.country is not None and subject.mention.country == noun.mention.country
    return over if same and over is not None and over.pos == "NOUN" else noun
