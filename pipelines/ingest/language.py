"""The language of a text: what is stated, unless the text itself is clearly in another one. Many pages state a wrong one."""

from functools import cache
from typing import TYPE_CHECKING

from pipelines.ingest.page_words import page_words

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

_READ = 4_000
_CLEARLY = 0.8
_FEWEST = 60
"""Characters: less says nothing."""


def language_of(text: str, stated: str | None, declared: str) -> str:
    """BCP 47. `stated` is what the page says of itself, `declared` what the source is declared to be."""
    said = stated or declared
    if len(text) < _FEWEST:
        return said
    found, confidence = _identifier().classify(text[:_READ])
    if confidence < _CLEARLY or found == "zxx":
        return said
    for tag in (said, declared):
        primary = tag.split("-")[0].lower()
        if primary == found or any({primary, found} <= group for group in page_words().alike):
            return tag
    return str(found)


@cache
def _identifier() -> "LanguageIdentifier":
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # a fifth of a second

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
