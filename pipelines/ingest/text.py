"""Normalised text: what offsets count in and what `sha256` is taken of.

The normalised text of a file is its bytes as UTF-8 without a byte order mark, in Unicode NFC, with LF line ends, and nothing else
changed: anyone who has the file can make it again with three calls of any language's standard library.
"""

import hashlib
import re
import unicodedata

BOM = "\ufeff"
_WORD = re.compile(r"\w+(?:['’-]\w+)*")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_CONTROLS_SHARE = 0.01
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class UnreadableTextError(ValueError):
    """Bytes that are no text; the message says in one line what is wrong and what to do."""


def normalise(text: str) -> str:
    """The normalised text of decoded text: without its byte order mark, LF line ends, NFC."""
    return unicodedata.normalize("NFC", text.removeprefix(BOM).replace("\r\n", "\n").replace("\r", "\n"))


def decode(data: bytes) -> str:
    """Bytes as UTF-8 text, not yet normalised; UnreadableTextError where they are binary or in another encoding."""
    if data.startswith(_UTF16):
        raise UnreadableTextError("encoded in UTF-16: save it in UTF-8")
    if b"\0" in data:
        raise UnreadableTextError("binary data, not text: convert it to .txt, .md or .html")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnreadableTextError(f"not UTF-8 (byte {error.start}): save it in UTF-8") from error
    if text.startswith(2 * BOM):
        # Normalised once it would still bear a mark, and be another text to whoever takes that off too.
        raise UnreadableTextError("two byte order marks in front: remove them")
    if len(_CONTROLS.findall(text)) > _CONTROLS_SHARE * len(text):
        raise UnreadableTextError("full of control characters, not text: convert it to .txt, .md or .html")
    return text


def sha256(text: str) -> str:
    """SHA-256 (hex) of a normalised text in UTF-8."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def count_words(text: str) -> int:
    """How many words a text has: runs of letters and digits, held together by apostrophes and hyphens."""
    return len(_WORD.findall(text))
