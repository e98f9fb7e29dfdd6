"""Pages that were parsed once are not parsed again: a payload never changes, and neither does what this version makes of it."""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import date
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pipelines.archive.archive import Archive
from pipelines.archive.capture import Capture
from pipelines.archive.keyed import KeyedStore, key_of
from pipelines.ingest.html import Page, read_page
from pipelines.ingest.metadata import Metadata
from pipelines.ingest.page_words import FILE
from pipelines.ingest.text import UnreadableTextError

_PARSERS = ("trafilatura", "htmldate", "lxml")


class Parsed:
    """What was made of captures, kept in `store` where there is one. Values are JSON; a key names all that they depend on."""

    def __init__(self, store: KeyedStore | None = None) -> None:
        self._store = store
        self._known: dict[str, bytes] = {}
        self.parsed = 0
        """How many captures were parsed, not found."""

    def prepare(self, archive: Archive, captures: Iterable[Capture]) -> None:
        """Makes ready the page of the newest capture of each address among `captures`: found in the store at one go, or parsed."""
        newest = {capture.url: capture for capture in captures if capture.payload_sha256 is not None}
        self.recall(newest.values(), "page", lambda capture: _page(archive, capture))

    def page(self, archive: Archive, capture: Capture) -> Page:
        """The article of a capture; UnreadableTextError, always the same, where it is none."""
        (value,) = self.recall([capture], "page", lambda one: _page(archive, one))
        if "reason" in value:
            raise UnreadableTextError(str(value["reason"]))
        stated = dict(value["stated"])
        published = stated.pop("published")
        return Page(value["text"], Metadata(**stated, published=date.fromisoformat(published) if published else None))

    def recall(self, captures: Iterable[Capture], what: str, make: Callable[[Capture], Any]) -> list[Any]:
        """`make` of each capture, in order: remembered where it was made before. `what` tells apart what is made."""
        wanted = [(_key(capture, what), capture) for capture in captures]
        keys = dict(wanted)
        missing = [key for key in keys if key not in self._known]
        if self._store is not None and missing:
            self._known |= self._store.get_many(missing)
        made: dict[str, bytes] = {}
        for key in missing:
            if key not in self._known:
                self.parsed += 1
                made[key] = json.dumps(make(keys[key]), ensure_ascii=False, default=str).encode(
                    "utf-8", "surrogatepass"
                )
        if self._store is not None and made:
            self._store.put_many(made)
        self._known |= made
        return [json.loads(self._known[key]) for key, _ in wanted]


def _page(archive: Archive, capture: Capture) -> Any:
    try:
        page = read_page(archive.payload(capture), capture.mediatype, capture.url, capture.final_url)
    except UnreadableTextError as error:
        return {"reason": str(error)}
    return {"text": page.text, "stated": asdict(page.stated)}


@cache
def parser_fingerprint() -> str:
    """SHA-256 (hex) of everything but the payload that a parsed page depends on: the code of ingest/, the words, the libraries."""
    digest = sha256(FILE.read_bytes())
    for path in sorted(Path(__file__).parent.parent.rglob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    for name in _PARSERS:
        digest.update(f"{name} {version(name)}".encode())
    return digest.hexdigest()


def _key(capture: Capture, what: str) -> str:
    assert capture.payload_sha256 is not None
    parts = (capture.payload_sha256, capture.mediatype or "", capture.url, capture.final_url)
    return key_of(parser_fingerprint(), what, *parts)
