"""Fields of activity that a stretch of text speaks of, from the words of `lexicon/fields.yaml`."""

from __future__ import annotations

import re
from functools import lru_cache

from pipelines.extract.lexicon import Lexicon
from pipelines.extract.records import Found


@lru_cache(maxsize=4)
def _pattern(lexicon: Lexicon) -> re.Pattern[str]:
    groups = []
    for name, forms in sorted(lexicon.fields.items()):
        alternatives = sorted(
            (re.escape(f).replace(r"\*", r"[\w-]*").replace(r"\ ", r"\s+") for f in forms), key=lambda f: (-len(f), f)
        )
        groups.append(f"(?P<{name}>{'|'.join(alternatives)})")
    return re.compile(r"(?<![\w-])(?:" + "|".join(groups) + r")(?![\w])", re.I)


def fields_in(text: str, start: int, end: int, lexicon: Lexicon) -> list[Found]:
    """The fields named in text[start:end], each once, with the first words that name it."""
    pattern = _pattern(lexicon)
    found: dict[str, Found] = {}
    for match in pattern.finditer(text, start, end):
        name = match.lastgroup or ""
        found.setdefault(name, Found(name, match.start(), match.end(), f"field:{name}"))
    return list(found.values())
