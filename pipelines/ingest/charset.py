"""The markup of a page as text, in the character set that it is really in."""

import codecs
import re
from collections.abc import Iterator

from pipelines.ingest.text import UnreadableTextError, decode

_DECLARED = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?([\w.:-]{2,40})""", re.IGNORECASE)
_HEADER = re.compile(r"""charset\s*=\s*["']?([\w.:-]{2,40})""", re.IGNORECASE)
_XML = re.compile(rb"""^\s*<\?xml[^>]{0,100}?encoding\s*=\s*["']([\w.:-]{2,40})""")
# What pages mean when they say this: every browser reads it so.
_MEANT = {"iso-8859-1": "cp1252", "iso8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252", "iso-8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030", "x-sjis": "cp932", "shift_jis": "cp932", "euc-kr": "cp949", "ks_c_5601-1987": "cp949"}  # fmt: skip
# Codecs of Python that no page is written in.
_NO_SETS = frozenset(
    {
        "utf-7",
        "unicode_escape",
        "unicode-escape",
        "raw_unicode_escape",
        "raw-unicode-escape",
        "idna",
        "punycode",
        "undefined",
    }
)
# UTF-8 that somebody read as Latin and wrote as UTF-8 again.
_TWICE = re.compile(r"[ÃÐÑØÙ][\x80-\xbf‚ƒ„…†‡ˆ‰Š‹Œ\u2018\u2019“”•–—˜™š›œžŸ¡-¿]|â€[™œ\x9d“”˜¦]")
_MANY = 0.01


def decode_markup(data: bytes, mediatype: str | None = None) -> str:
    """UTF-8 where that is what the bytes are, else the set of the Content-Type header, else that of the page; never a guess.

    UnreadableTextError where none of them fits.
    """
    try:
        return decode(data)
    except UnreadableTextError as error:
        return _declared(data, mediatype, error)


def is_garbled(text: str) -> bool:
    """Whether a text was written in one character set and read in another before it came here."""
    return len(_TWICE.findall(text)) + text.count("\ufffd") > _MANY * len(text)


def _declared(data: bytes, mediatype: str | None, error: UnreadableTextError) -> str:
    names = list(_names(data, mediatype))
    if not names or b"\0" in data:
        raise error
    for name in names:
        for candidate in dict.fromkeys((_MEANT.get(name.lower(), name), name)):
            try:
                if codecs.lookup(candidate).name in _NO_SETS:
                    continue
                return data.decode(candidate)
            except (LookupError, UnicodeDecodeError, ValueError):
                continue
    what = " or ".join(repr(name) for name in names)
    raise UnreadableTextError(f"not in the character set {what} that it declares: save it in UTF-8") from error


def _names(data: bytes, mediatype: str | None) -> Iterator[str]:
    if header := _HEADER.search(mediatype or ""):
        yield header[1]
    for pattern in (_XML, _DECLARED):
        if declared := pattern.search(data[:4096]):
            yield declared[1].decode("ascii")
