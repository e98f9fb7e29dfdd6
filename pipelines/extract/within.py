"""The other side of an act, where it stands deeper in the clause than the act's own phrases: "forgave part of Chad's debt"."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.extract.candidate import Candidate
from pipelines.extract.gazetteer import Mention
from pipelines.extract.parse import Token, Tree
from pipelines.extract.records import Part
from pipelines.extract.roles import Roles
from pipelines.extract.scene import Scene

# A phrase after one of these says when, why, like whom or where an act took place, and not whom it concerns.
_ASIDE = frozenset(
    "after before since during despite unlike like following amid near via according until while as than because except "
    "besides alongside within throughout by per pending under beyond between".split()
)
_FELLOW_FEELING = frozenset({"solidarity", "sympathy", "conjunction", "coordination", "league"})
_SOMEWHERE = frozenset({"in", "at", "from", "near", "through", "off"})
_HELD_IN_PLACES = frozenset({"aid", "deploy", "attack", "retreat", "coerce", "sanction"})
_HELD_ANYWHERE = frozenset({"sign", "agree", "negotiate", "mediate"})
_CLAUSES = frozenset({"advcl", "parataxis", "relcl", "ccomp"})
_TIES = (
    "-made",
    "-built",
    "-backed",
    "-born",
    "-led",
    "-language",
    "-style",
    "-speaking",
    "-flagged",
    "-owned",
    "-brokered",
)


class Within:
    """Looks through the clauses of one tree."""

    def __init__(self, tree: Tree, text: str, scene: Scene) -> None:
        self.tree, self.text, self.scene = tree, text, scene

    def others(self, candidate: Candidate, own: set[str]) -> list[Part]:
        """Those of other countries whom the clause of an act names below its phrases: of one country, or of one list; else nobody."""
        anchor = candidate.verb or candidate.trigger
        for clauses in (False, True):
            found = list(self._named(anchor, candidate, own, clauses))
            countries = {m.country for _, m in found}
            if not countries:
                continue
            if len(countries) == 1 or candidate.type == "mediate" or self._listed([t for t, _ in found]):
                return list({m.key: _part(m) for _, m in found}.values())
            return []
        return []

    def between(self, candidate: Candidate, roles: Roles) -> list[Part]:
        """The two or more whom "between" or "among" names below an act: "talks on a treaty between X and Y"."""
        for anchor in [t for t in (candidate.trigger, candidate.verb) if t is not None]:
            for token in self.tree.clause(anchor, _CLAUSES | {"conj"}):
                if token.lemma not in ("between", "among") or token.pos != "ADP":
                    continue
                parts = [p for obj in self.tree.children(token, "pobj") for p in roles.actors(obj)]
                if len({p.country or p.key for p in parts}) > 1:
                    return parts
        return []

    def _named(
        self, anchor: Token, candidate: Candidate, own: set[str], clauses: bool
    ) -> Iterator[tuple[Token, Mention]]:
        """Mentions of another country below an anchor; `clauses`: those of its objects' own clauses too."""
        stack = [
            t for t in self.tree.children(anchor) if t.dep not in _CLAUSES and not (t.dep == "conj" and t.pos == "VERB")
        ]
        while stack:
            token = stack.pop(0)
            mention = token.mention
            if token.dep == "nsubj":
                continue  # who acts in a clause below takes no part in the act above
            if mention is not None and (country := self._country(mention)) is not None:
                if country not in own and not self._aside(token, mention, candidate.type):
                    yield token, mention
                stack += self.tree.children(token, "conj")
                continue
            if token.pos in ("ADP", "SCONJ") and token.lemma in _ASIDE or token.lemma in _FELLOW_FEELING:
                continue
            stack += [
                t
                for t in self.tree.children(token)
                if t.dep not in _CLAUSES or (clauses and t.dep == "relcl" and token is not anchor)
            ]

    def _country(self, mention: Mention) -> str | None:
        if mention.kind not in ("state", "government", "person", "armed_group", "place", "company"):
            return None
        actor = self.scene.entities.actors.get(mention.key)
        return mention.country or (actor.country if actor is not None else None)

    def _aside(self, token: Token, mention: Mention, kind: str) -> bool:
        """Whether a mention is where something happens, or only where a thing was made."""
        if self.text.startswith(_TIES, mention.end) or self.tree.is_in_name(token):
            return True
        head = self.tree.head(token)
        at = head is not None and head.pos == "ADP" and head.lemma in _SOMEWHERE
        if mention.kind == "state" and kind in _HELD_ANYWHERE and head and head.lemma == "in":
            return True  # "signed a ceasefire at talks in Ghana"
        if mention.kind != "place" and not (mention.kind == "state" and mention.form == "capital"):
            return False
        return (at or mention.kind == "place") and kind not in _HELD_IN_PLACES

    def _listed(self, tokens: list[Token]) -> bool:
        return all(t in self.tree.conjuncts(tokens[0]) for t in tokens)


def _part(mention: Mention) -> Part:
    if mention.kind == "place":
        code = mention.country or ""
        return Part(code.lower(), mention.country, "", mention.start, mention.end, "window")
    return Part(mention.key, mention.country, "", mention.start, mention.end, "window")
