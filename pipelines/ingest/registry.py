"""The source registry: `sources/*.yaml` as Source objects. Strict: what is not understood is an error, not a guess.

A file holds one source (a mapping) or several (a list of mappings). Each says under `from`, with exactly one key, where its text
comes from.
"""

import difflib
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from pipelines.declarations import check_keys, load_yaml
from pipelines.errors import EXIT_NOT_FOUND, PactwatchError
from pipelines.ingest import values
from pipelines.ingest.kinds import read_fetching, read_kind
from pipelines.ingest.metadata import Metadata
from pipelines.ingest.source import Folder, Source
from pipelines.project import sources as sources_folder

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_REQUIRED = ("id", "kind", "title", "language", "quotes", "from")
_KEYS = (*_REQUIRED, "publisher", "url", "license", "documents", "names", "urls", "fetch")
_DOCUMENT_KEYS = ("title", "publisher", "published", "url", "kind", "language", "license")


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

    def find(self, source_id: str) -> Source:
        """The declared source of that id; PactwatchError with the nearest id where there is none."""
        found = {source.id: source for source in self.sources}
        if source_id not in found:
            near = difflib.get_close_matches(source_id, found, n=1, cutoff=0.5)
            todo = f"did you mean {near[0]!r}?" if near else "`pactwatch sources list` shows all"
            raise PactwatchError(f"no source {source_id!r}", "sources/", todo, EXIT_NOT_FOUND)
        return found[source_id]

    def readable(self) -> tuple[Source, ...]:
        """The sources that are read, not merely cited."""
        return tuple(source for source in self.sources if source.is_read)


def load_registry(folder: Path | None = None) -> Registry:
    """All sources declared in `folder` (default: PACTWATCH_SOURCES, or the project's `sources/`); PactwatchError names file, key and nearest valid key."""
    folder = sources_folder() if folder is None else folder
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
                raise values.invalid(f"the id {source.id!r} is taken by {first}", source.declared_in, "choose another")
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
    return by_hand(folder)


def by_hand(folder: Path) -> Source:
    """The source for a folder that is not declared."""
    return Source(
        id="documents", kind="article", title="Documents of a folder", quotes=True, reader=Folder(folder.absolute())
    )


def parse_source(entry: Any, where: str) -> Source:
    """One declaration as a Source; `where` names file and entry in errors."""
    check_keys(entry, _KEYS, where, required=_REQUIRED)
    where = f"{where} ({entry['id']})" if " entry " in where else where
    if not isinstance(entry["id"], str) or not _ID.fullmatch(entry["id"]):
        raise values.invalid(f"id is {entry['id']!r}", where, "use lower-case letters, digits and single hyphens")
    if not isinstance(entry["quotes"], bool):
        raise values.invalid(f"quotes is {entry['quotes']!r}", where, "use true or false")
    return Source(
        id=entry["id"],
        kind=values.kind(entry["kind"], where),
        title=values.text(entry, "title", where) or "",
        publisher=values.text(entry, "publisher", where),
        url=values.url(entry.get("url"), "url", where),
        language=values.language(entry["language"], where),
        license=values.text(entry, "license", where),
        quotes=entry["quotes"],
        reader=read_kind(entry["from"], where),
        fetch=read_fetching(entry.get("fetch"), where),
        documents=_documents(entry.get("documents"), where),
        names=tuple(values.texts(entry.get("names"), "names", where)),
        urls=tuple(str(values.url(url, "urls", where)) for url in values.texts(entry.get("urls"), "urls", where)),
        declared_in=where,
    )


def _documents(value: Any, where: str) -> dict[str, Metadata]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise values.invalid("documents is no mapping", where, "give file names with their metadata")
    documents = {}
    for name, stated in value.items():
        place = f"{where} under documents {name}"
        check_keys(stated, _DOCUMENT_KEYS, place)
        published = stated.get("published")
        if published is not None and type(published) is not date:
            raise values.invalid(f"published is {published!r}", place, "write a full date such as 2026-06-27")
        documents[str(name)] = Metadata(
            title=values.text(stated, "title", place),
            publisher=values.text(stated, "publisher", place),
            published=published,
            url=values.url(stated.get("url"), "url", place),
            kind=values.kind(stated["kind"], place) if "kind" in stated else None,
            language=values.language(stated["language"], place) if "language" in stated else None,
            license=values.text(stated, "license", place),
        )
    return documents


def _comparable(url: str) -> str:
    """An address as it is compared: without scheme, `www.`, fragment, percent-encoding and the case of the host."""
    rest = unquote(re.sub(r"^[a-z]+://", "", url.strip(), flags=re.IGNORECASE)).split("#")[0]
    host, slash, path = rest.partition("/")
    return re.sub(r"^www\.", "", host.lower()) + slash + path


def _folded(name: str) -> str:
    return re.sub(r"^the ", "", " ".join(re.sub(r"[\W_]+", " ", name).casefold().split()))
