"""How foreign text is made safe to print: for a terminal, a log line, the message of an error."""

import unicodedata

_INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def is_invisible(character: str) -> bool:
    """Whether a character is a control, a bidi or other format control, a lone surrogate, or a line or paragraph separator."""
    return unicodedata.category(character) in _INVISIBLE


def shown(text: str, most: int | None = None) -> str:
    """Foreign text with its invisible characters as escapes such as `\\u202e`; cut after `most` characters with an ellipsis."""
    cut = text if most is None or len(text) <= most else text[:most] + "…"
    return "".join(
        character.encode("unicode_escape", "surrogatepass").decode("ascii") if is_invisible(character) else character
        for character in cut
    )
