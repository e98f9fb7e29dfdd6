"""The source registry: `sources/*.yaml` as Source objects. Strict: what is not understood is an error, not a guess.

A file holds one source (a mapping) or several (a list of mappings). Each says under `from` with exactly one reader key where its
text comes from. A new kind of source is one more entry in READERS and one more reader module.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from pipelines.declarations import check_keys, load_yaml
from pipelines.errors import EXIT_INVALID, EXIT_NOT_FOUND, PactwatchError
from pipelines.ingest.document import KINDS
from pipelines.ingest.metadata import Metadata
from pipelines.project import ROOT

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_REQUIRED = ("id", "kind", "title", "language", "quotes", "from")
_KEYS = (*_REQUIRED, "publisher", "url", "license", "documents", "names", "urls")
_DOCUMENT_KEYS = ("title", "publisher", "published", "url", "kind", "language", "license")


@dataclass(frozen=True, slots=True)
class Folder:
    """Reader: the `.txt`, `.md` and `.html` files of one folder."""

    path: Path
    """Absolute."""


@dataclass(frozen=True, slots=True)
class Cited:
    """No reader: a place that others cite, known by its URLs and names, and not read itself."""


Reader = Folder | Cited


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One declaration."""

    id: str
    kind: str
    """One of document.KINDS; what a document of this source is unless it says otherwise."""
    title: str
    publisher: str | None = None
    url: str | None = None
    language: str = "en"
    license: str | None = None
    """SPDX id, or words; None where nothing is granted."""
    quotes: bool = False
    """Whether quotes of its documents may be published."""
    reader: Reader = field(default_factory=Cited)
    documents: dict[str, Metadata] = field(default_factory=dict)
    """Declared metadata by file name."""
    names: tuple[str, ...] = ()
    """How texts call it ("IRNA", "Islamic Republic News Agency")."""
    urls: tuple[str, ...] = ()
    """Further URL prefixes that are this source, besides `url`."""
    declared_in: str = "the command line"


@dataclass(frozen=True, slots=True)
class Registry:
    """All declared sources, sorted by id."""

    sources: tuple[Source, ...]

    def match_url(self, url: str) -> Source | None:
        """The source whose URL is the longest prefix of `url`, up to a boundary: `t.me/IRNA_en` is not in `t.me/IRNA_english`."""
        wanted = _comparable(url)
        fits = [
            (len(prefix), source)
            for source in self.sources
            for prefix in map(_comparable, filter(None, (source.url, *source.urls)))
            if wanted == prefix or wanted.startswith((prefix.rstrip("/") + "/", prefix + "?"))
        ]
        return max(fits, key=lambda fit: (fit[0], fit[1].id))[1] if fits else None

    def match_name(self, name: str) -> Source | None:
        """The source that texts call `name`, case and leading article aside."""
        wanted = _folded(name)
        return next((source for source in self.sources if wanted in map(_folded, source.names)), None)

    def readable(self) -> tuple[Source, ...]:
        """The sources that are read, not merely cited."""
        return tuple(source for source in self.sources if not isinstance(source.reader, Cited))


def load_registry(folder: Path | None = None) -> Registry:
    """All sources declared in `folder` (default: the project's `sources/`); PactwatchError names file, key and nearest valid key."""
    folder = ROOT / "sources" if folder is None else folder
    if not folder.is_dir():
        raise PactwatchError(
            "there is no folder of source declarations", folder, "add `sources/NAME.yaml`", EXIT_NOT_FOUND
        )
    sources: dict[str, Source] = {}
    for path in sorted(folder.glob("*.yaml")):
        content = load_yaml(path)
        entries = content if isinstance(content, list) else [content]
        for number, entry in enumerate(entries, start=1):
            where = path.name if len(entries) == 1 else f"{path.name} entry {number}"
            source = parse_source(entry, f"{folder.name}/{where}")
            if source.id in sources:
                first = sources[source.id].declared_in
                raise _invalid(f"the id {source.id!r} is taken by {first}", source.declared_in, "choose another")
            sources[source.id] = source
    return Registry(tuple(sources[key] for key in sorted(sources)))


def adhoc(folder: Path, registry: Registry) -> Source:
    """The source for a folder given by hand: the declared one of that folder, or else one that takes files as they come."""
    if not folder.is_dir():
        raise PactwatchError("no such folder", folder, "give a folder of .txt, .md or .html files", EXIT_NOT_FOUND)
    resolved = folder.resolve()
    for source in registry.readable():
        if isinstance(source.reader, Folder) and source.reader.path.resolve() == resolved:
            return source
    return Source(
        id="documents", kind="article", title="Documents of a folder", quotes=True, reader=Folder(folder.absolute())
    )


def parse_source(entry: Any, where: str) -> Source:
    """One declaration as a Source; `where` names file and entry in errors."""
    check_keys(entry, _KEYS, where, required=_REQUIRED)
    where = f"{where} ({entry['id']})" if " entry " in where else where
    if not isinstance(entry["id"], str) or not _ID.fullmatch(entry["id"]):
        raise _invalid(f"id is {entry['id']!r}", where, "use lower-case letters, digits and single hyphens")
    if not isinstance(entry["quotes"], bool):
        raise _invalid(f"quotes is {entry['quotes']!r}", where, "use true or false")
    return Source(
        id=entry["id"],
        kind=_kind(entry["kind"], where),
        title=_text(entry, "title", where) or "",
        publisher=_text(entry, "publisher", where),
        url=_url(entry.get("url"), "url", where),
        language=_language(entry["language"], where),
        license=_text(entry, "license", where),
        quotes=entry["quotes"],
        reader=_reader(entry["from"], where),
        documents=_documents(entry.get("documents"), where),
        names=tuple(_texts(entry.get("names"), "names", where)),
        urls=tuple(str(_url(url, "urls", where)) for url in _texts(entry.get("urls"), "urls", where)),
        declared_in=where,
    )


def _folder(value: Any, where: str) -> Reader:
    if not isinstance(value, str) or not value.strip():
        raise _invalid(f"folder is {value!r}", where, "give a path, relative to the project's root")
    return Folder((ROOT / value).absolute())


def _cited(value: Any, where: str) -> Reader:
    if value is not True:
        raise _invalid(f"cited is {value!r}", where, "write `cited: true`")
    return Cited()


READERS: dict[str, Callable[[Any, str], Reader]] = {"folder": _folder, "cited": _cited}


def _reader(value: Any, where: str) -> Reader:
    check_keys(value, READERS, f"{where} under from")
    if len(value) != 1:
        raise _invalid(f"from has {len(value)} keys", where, f"give exactly one of {', '.join(READERS)}")
    ((key, setting),) = value.items()
    return READERS[key](setting, f"{where} under from")


def _documents(value: Any, where: str) -> dict[str, Metadata]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise _invalid("documents is no mapping", where, "give file names with their metadata")
    documents = {}
    for name, stated in value.items():
        place = f"{where} under documents {name}"
        check_keys(stated, _DOCUMENT_KEYS, place)
        published = stated.get("published")
        if published is not None and type(published) is not date:
            raise _invalid(f"published is {published!r}", place, "write a full date such as 2026-06-27")
        documents[str(name)] = Metadata(
            title=_text(stated, "title", place),
            publisher=_text(stated, "publisher", place),
            published=published,
            url=_url(stated.get("url"), "url", place),
            kind=_kind(stated["kind"], place) if "kind" in stated else None,
            language=_language(stated["language"], place) if "language" in stated else None,
            license=_text(stated, "license", place),
        )
    return documents


def _kind(value: Any, where: str) -> str:
    if value not in KINDS:
        raise _invalid(f"kind is {value!r}", where, f"use one of {', '.join(KINDS)}")
    return str(value)


def _language(value: Any, where: str) -> str:
    if not isinstance(value, str) or not _LANGUAGE.fullmatch(value):
        raise _invalid(f"language is {value!r}", where, "use a BCP 47 tag such as en")
    return value


def _text(entry: dict[str, Any], key: str, where: str) -> str | None:
    value = entry.get(key)
    if value is not None and (not isinstance(value, str) or not value.strip()):
        raise _invalid(f"{key} is {value!r}", where, "write words (in quotes where YAML takes them for something else)")
    return value


def _texts(value: Any, key: str, where: str) -> Iterable[str]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
        raise _invalid(f"{key} is {value!r}", where, "give a list of words")
    return value


def _url(value: Any, key: str, where: str) -> str | None:
    if value is not None and not (isinstance(value, str) and re.fullmatch(r"https?://[^\s/]+\S*", value)):
        raise _invalid(f"{key} is {value!r}", where, "give an http or https address")
    return value


def _comparable(url: str) -> str:
    """An address as it is compared: without scheme, `www.`, fragment, percent-encoding and the case of the host."""
    rest = unquote(re.sub(r"^[a-z]+://", "", url.strip(), flags=re.IGNORECASE)).split("#")[0]
    host, slash, path = rest.partition("/")
    return re.sub(r"^www\.", "", host.lower()) + slash + path


def _folded(name: str) -> str:
    return re.sub(r"^the ", "", " ".join(re.sub(r"[\W_]+", " ", name).casefold().split()))


def _invalid(what: str, where: str, todo: str) -> PactwatchError:
    return PactwatchError(what, where, todo, EXIT_INVALID)
