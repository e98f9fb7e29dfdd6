"""Persons of a text: by office, honorific, apposition, the lexicon, or what they do ("said"); surnames alone refer back.

A person's key is a slug of the name without honorifics; spelling variants of the lexicon share one key.
"""

from __future__ import annotations

import re

from pipelines.extract.gazetteer import Mention
from pipelines.extract.lexicon import Entity, Lexicon
from pipelines.extract.name_spans import ORGANIZATION_WORD, NameSpans
from pipelines.extract.offices import Around, Office
from pipelines.extract.patterns import CAP, NAME, STOP_IN_NAME, OfficePatterns
from pipelines.extract.persons import Person, by_word, pick, referred, slug

__all__ = ["People", "Person", "slug"]

_SPEECH = (
    r"(?:said|says|told|noted|added|stated|announced|warned|argued|wrote|tweeted|posted|insisted|replied|remarked|stressed|explained|declared|claimed|"
    r"met|meets|visited|visits|arrived|travelled|traveled|paid|signed|accused|urged|thanked|praised|called|vowed|pledged|denounced|condemned|observed|"
    r"undertook|hosted|received|welcomed|threatened|rejected|offered|agreed|spoke|flew|held|expressed)"
)
_FREE = re.compile(
    rf"(?<![\w-])(?P<name>{CAP}(?:[ -]{CAP}){{1,3}})(?=(?:,[^,.;]{{3,80}},)?\s+(?:also\s+|later\s+|has\s+|had\s+)?{_SPEECH}\b)"
)
_SAID_BY = re.compile(
    rf"\b(?:said|says|told|added|noted|according to)\s+(?P<name>{CAP}(?:[ -]{CAP}){{1,3}})(?=[,.;]|\s+(?:of|from|who|at)\b)"
)
_INTERVIEWED = re.compile(
    rf"\b(?:[Ii]nterview|[Cc]onversation|[Cc]hat|[Qq]uestions?|Q&A)\s+(?:with|for|to)\s+(?P<name>{CAP}(?:[ -]{CAP}){{1,3}})"
)
_APPOSITION = re.compile(r"(?P<name>[^,.;()]{3,45}),\s+(?:the\s+|an?\s+|then\s+)?$")


class People:
    """Finds the persons of one text and keeps who is who."""

    def __init__(self, text: str, lexicon: Lexicon, patterns: OfficePatterns, around: Around) -> None:
        self.text, self.lexicon, self.patterns, self.around = text, lexicon, patterns, around
        self.spans = NameSpans(text, patterns, around)
        self.persons: dict[str, Person] = {}
        self._taken = bytearray(len(text) + 1)  # marks the characters that a person's mention covers

    def read(self, mentions: list[Mention], offices: list[Office]) -> list[Mention]:
        """Person mentions of the text (office phrases before a name included in the span), left to right."""
        found: dict[int, Mention] = {}
        for office in offices:
            if not office.plural:
                self._with_office(office, found)
        for match in self.patterns.honorific_name.finditer(self.text):
            self._named(match.start(), match.end(), None, found, honorific=True)
        for mention in mentions:
            if mention.form == "person":
                self._known(mention, found)
        self._counterparts(found)
        for pattern in (_FREE, _SAID_BY, _INTERVIEWED):
            for match in pattern.finditer(self.text):
                self._free(*match.span("name"), found)
        self._surnames(found)
        return _without_overlaps(list(found.values()))

    def _with_office(self, office: Office, found: dict[int, Mention]) -> None:
        text = self.text
        gap = re.compile(r"(?:-elect|-designate)?(?:\s*\([A-Z][\w.&-]{1,12}\))?(,)?\s+").match(text, office.end)
        if gap and "\n" not in gap.group():
            name = self.spans.at(gap.end())
            if name and (
                not gap.group(1)
                or name[1] - name[0] > 0
                and " " in text[name[0] : name[1]]
                and text[name[1] : name[1] + 1] in ",.;:"
            ):
                self._add(office.start, *name, office, found)
                return
        before = text[max(0, office.start - 60) : office.start]
        if apposed := _APPOSITION.search(before):
            base = max(0, office.start - 60)
            names = [m for m in NAME.finditer(apposed["name"]) if m.end() == len(apposed["name"])]
            if names:
                begin = base + apposed.start("name") + names[-1].start()
                name = self.spans.at(begin)
                if name and name[1] == base + apposed.end("name"):
                    self._add(name[0], *name, office, found)

    def _counterparts(self, found: dict[int, Mention]) -> None:
        """ "His Indonesian counterpart, Sugiono": a person of that country, whatever the name looks like."""
        for match in self.patterns.counterpart.finditer(self.text):
            gap = re.compile(r",?\s+").match(self.text, match.end())
            name = self.spans.at(gap.end()) if gap and "\n" not in gap.group() else None
            owner = self.around.by_end.get(match.start() - 1)
            if name is None or (
                gap is not None
                and gap.group().startswith(",")
                and self.text[name[1] : name[1] + 1] not in ",.;:)"
                and " " not in self.text[name[0] : name[1]]
            ):
                continue
            self._add(name[0], *name, None, found)
            mention = found.get(name[0])
            if (
                mention is not None
                and owner is not None
                and owner.country
                and self.persons[mention.key].country is None
            ):
                self.persons[mention.key].country = mention.country = owner.country
                self.persons[mention.key].country_span = (owner.start, owner.end)

    def _named(
        self, start: int, at: int, office: Office | None, found: dict[int, Mention], honorific: bool = False
    ) -> None:
        name = self.spans.at(at)
        if name and not self._taken[start]:
            self._add(start, *name, office, found, honorific=honorific)

    def _add(
        self,
        start: int,
        name_start: int,
        name_end: int,
        office: Office | None,
        found: dict[int, Mention],
        honorific: bool = False,
    ) -> None:
        name = self.text[name_start:name_end]
        entity = self._entity(name)
        if entity is None and " " not in name:
            known = referred(self.persons.values(), name)
            if known is not None:
                self._attach(known, office)
                self._mention(start, name_end, known, found)
                return
            if honorific and office is None and len(name) < 3:
                return
        key = entity.key if entity else slug(name)
        if not key:
            return
        if (person := self.persons.get(key)) is None:
            person = Person(
                key, entity.name if entity else name, entity.country if entity else None, None, known=entity is not None
            )
            self.persons[key] = person
        self._attach(person, office)
        person.spans.append((name_start, name_end))
        self._of_country(person, name_end)
        self._mention(start, name_end, person, found)

    def _of_country(self, person: Person, end: int) -> None:
        """ "President Bola Tinubu of Nigeria"."""
        of = re.compile(r"\s+of\s+(?:the\s+)?").match(self.text, end)
        state = self.around.by_start.get(of.end()) if of else None
        if state is not None and state.form == "name" and person.country is None:
            person.country, person.country_span = state.country, (state.start, state.end)

    def _attach(self, person: Person, office: Office | None) -> None:
        if office is None:
            return
        if person.office is None:
            name = (
                self.lexicon.entities[office.body].name
                if office.body in self.lexicon.entities and office.body
                else None
            )
            person.office = f"{office.title} of the {name}" if name and office.acts_for != "none" else office.title
            person.office_span = (office.start, office.end)
        if person.country is None and office.country:
            person.country, person.country_span = office.country, (office.start, office.end)

    def _mention(self, start: int, end: int, person: Person, found: dict[int, Mention]) -> None:
        found[start] = Mention(start, end, "person", "person", person.key, person.country)
        self._taken[start:end] = b"\x01" * (end - start)

    def _known(self, mention: Mention, found: dict[int, Mention]) -> None:
        """A name of the lexicon: extended over first names on its left, unless they make it somebody else."""
        if self._taken[mention.start]:
            return
        entity = self.lexicon.entities[mention.key]
        left = re.compile(rf"((?:{CAP}\s+){{1,2}})$").search(self.text[max(0, mention.start - 40) : mention.start])
        if left and " " not in self.text[mention.start : mention.end]:
            first = left.group(1).split()[-1].rstrip(".")
            own = {slug(word) for word in entity.name.split()}
            boundary = max(0, mention.start - 40) + left.start()
            at_start = (
                boundary == 0 or self.text[boundary - 2 : boundary - 1] in ".!?\n" or self.text[boundary - 1] in '\n“"'
            )
            if (
                slug(first) not in own
                and first not in STOP_IN_NAME
                and not first.endswith(("'s", "’s"))  # "Kenya's Ruto"
                and not at_start
                and not self.around.by_end.get(mention.start - 1)
                and not self.patterns.honorifics.fullmatch(left.group(1))
            ):
                self._add(boundary, boundary, mention.end, None, found)
                return
        person = self.persons.setdefault(entity.key, Person(entity.key, entity.name, entity.country, None, known=True))
        person.spans.append((mention.start, mention.end))
        self._mention(mention.start, mention.end, person, found)

    def _free(self, start: int, end: int, found: dict[int, Mention]) -> None:
        name = self.spans.at(start)
        if not name or name[1] != end or 1 in self._taken[start:end]:
            return
        words = self.text[start:end].split()
        if (
            len(words) < 2
            or any(w in ORGANIZATION_WORD or w.isupper() and len(w) > 2 for w in words)
            or self._inside_mention(start, end)
        ):
            return
        self._add(start, start, end, None, found)

    def _inside_mention(self, start: int, end: int) -> bool:
        return any(at in self.around.by_start and self.around.by_start[at].form != "person" for at in range(start, end))

    def _surnames(self, found: dict[int, Mention]) -> None:
        """Names alone, of persons that the text introduces somewhere in full."""
        tokens = by_word(self.persons.values(), self.text)
        if not tokens:
            return
        for match in re.finditer(
            r"(?<![\w-])(?:" + "|".join(sorted(map(re.escape, tokens), key=len, reverse=True)) + r")(?![\w-])",
            self.text,
        ):
            start, end = match.span()
            if self._taken[start] or (start in self.around.by_start and self.around.by_start[start].form != "person"):
                continue
            if (person := pick(tokens[match.group()], match.group(), start, self.lexicon)) is not None:
                person.spans.append((start, end))
                self._mention(start, end, person, found)

    def _entity(self, name: str) -> Entity | None:
        key = self.lexicon.person_names.get(name.lower())
        if key is None:
            words = name.split()
            for cut in range(1, min(3, len(words))):
                if len(words) - cut >= 2 and (key := self.lexicon.person_names.get(" ".join(words[cut:]).lower())):
                    break
        return self.lexicon.entities[key] if key else None


def _without_overlaps(mentions: list[Mention]) -> list[Mention]:
    out: list[Mention] = []
    for mention in sorted(mentions, key=lambda m: (m.start, -m.end)):
        if not out or mention.start >= out[-1].end:
            out.append(mention)
    return out
