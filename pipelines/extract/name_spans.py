"""Where a person's name ends: a run of capitalised words, cut at what cannot be part of a name."""

from __future__ import annotations

import re

from pipelines.extract.gazetteer import Mention
from pipelines.extract.offices import Around
from pipelines.extract.patterns import NAME, ORGANIZATION_WORDS, STOP_IN_NAME, OfficePatterns

ORGANIZATION_WORD = frozenset(ORGANIZATION_WORDS)
_AMBIGUOUS_STATES = ("jor", "tcd", "geo")  # Jordan, Chad and Georgia are first names too


class NameSpans:
    """Reads names in one text."""

    def __init__(self, text: str, patterns: OfficePatterns, around: Around) -> None:
        self.text, self.patterns, self.around = text, patterns, around

    def at(self, at: int) -> tuple[int, int] | None:
        """The span of a person's name that starts at `at`, honorifics skipped."""
        if skip := self.patterns.honorifics.match(self.text, at):
            at = skip.end()
        match = NAME.match(self.text, at)
        if not match:
            return None
        end = match.start()
        for token in re.finditer(r"[^\s]+", match.group()):
            here = match.start() + token.start()
            if self._stops(token.group().strip("."), at, here, match.end()):
                break
            end = match.start() + token.end()
        name = re.sub(r"(?:[’']s?|[,.])$", "", self.text[at:end])
        mixed = len(name) > 1 and name[0].isupper() and not name.isupper()
        capitals = len(name) > 3 and name.isupper() and " " in name
        return (at, at + len(name)) if mixed or capitals else None

    def _stops(self, word: str, start: int, here: int, end: int) -> bool:
        """Whether a word of a run of names belongs to something else: a state, a body, the next office."""
        if word in STOP_IN_NAME or word in ORGANIZATION_WORD:
            return True
        mention = self.around.by_start.get(here)
        if mention is not None and mention.form in ("name", "demonym", "capital") and not _is_name_part(mention, end):
            return True
        return (
            here > start
            and word.lower() in self.patterns.titles
            and self.patterns.head.match(self.text, here) is not None
        )


def _is_name_part(mention: Mention, end: int) -> bool:
    """Whether a country's name inside a run of names is part of the person's ("Jordan Smith")."""
    return mention.form == "name" and mention.key in _AMBIGUOUS_STATES and mention.end < end
