"""`pactwatch sources add`: a new declaration, written once it has been seen to yield documents."""

import tempfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from pipelines.cli.session import short
from pipelines.cli.sources import print_trial, told, try_out
from pipelines.cli.terminal import say, say_json
from pipelines.errors import EXIT_INVALID, EXIT_NOT_FOUND, EXIT_OK, EXIT_USAGE, PactwatchError
from pipelines.ingest.document import Document, Rejected
from pipelines.ingest.reader import Collected
from pipelines.ingest.registry import Registry, load_registry, parse_source
from pipelines.ingest.source import Source
from pipelines.project import ROOT, sources

_HEADER = "# Written by `pactwatch sources add`; docs/extend.md has all keys.\n"


@dataclass(frozen=True, slots=True)
class Given:
    """What was given on the command line."""

    form: str
    """A kind of source: the key under `from`."""
    places: tuple[str, ...]
    """Addresses, paths or a channel; of a wiki its api.php and then titles."""
    id: str
    kind: str
    title: str | None
    publisher: str | None
    language: str
    license: str | None
    quotes: bool
    allow: tuple[str, ...]


def add_source(given: Given, *, untested: bool, most: int, as_json: bool) -> int:
    """Tests what was given and writes it to sources/ID.yaml; the exit code: EXIT_NOT_FOUND where no document comes of it.

    Nothing is written where the declaration is not understood, the id or the place is taken, or the test brings nothing.
    """
    path = _folder() / f"{given.id}.yaml"
    entry = _entry(given)
    source = parse_source(entry, f"{path.parent.name}/{path.name}")
    _refuse_double(source, path, load_registry())
    tried: tuple[Collected, list[Document | Rejected]] | None = None
    if source.is_read and not untested:
        limited = replace(source, fetch=replace(source.fetch, most=min(most, source.fetch.most)))
        with tempfile.TemporaryDirectory(prefix="pactwatch-") as work:
            tried = try_out(limited, Path(work))
    good = tried is None or any(isinstance(one, Document) for one in tried[1])
    if good:
        if source.is_live and tried is not None:
            entry.setdefault("fetch", {})["tried"] = datetime.now(UTC).date()
        _write(path, entry)
    _tell(path, tried, written=good, as_json=as_json)
    return EXIT_OK if good else EXIT_NOT_FOUND


def _folder() -> Path:
    folder = sources()
    if folder == ROOT / "sources" and not (ROOT / "pyproject.toml").is_file():
        # An installed wheel carries declarations that the next update overwrites.
        todo = "name a folder of your own in PACTWATCH_SOURCES"
        raise PactwatchError("this installation's own declarations are not to be changed", folder, todo, EXIT_USAGE)
    return folder


def _entry(given: Given) -> dict[str, Any]:
    """The declaration as it is written, in the order in which people read it."""
    entry: dict[str, Any] = {
        "id": given.id,
        "kind": given.kind,
        "title": given.title or _title(given),
        "publisher": given.publisher,
        "language": given.language,
        "license": given.license,
        "quotes": given.quotes,
        "from": {given.form: _setting(given)},
    }
    if given.publisher is None:
        del entry["publisher"]
    if given.allow:
        entry["fetch"] = {"allow": list(given.allow)}
    return entry


def _setting(given: Given) -> Any:
    if given.form == "mediawiki":
        if len(given.places) < 2:
            todo = "give the address of api.php, then the titles of pages"
            raise PactwatchError("a wiki without pages", given.id, todo, EXIT_USAGE)
        return {"api": given.places[0], "pages": list(given.places[1:])}
    if given.form in ("folder", "telegram") and len(given.places) > 1:
        raise PactwatchError(f"{len(given.places)} places", given.id, f"give one {given.form}", EXIT_USAGE)
    places = [_absolute(place) for place in given.places] if given.form in ("folder", "warc") else list(given.places)
    return places[0] if len(places) == 1 else places


def _absolute(place: str) -> str:
    """A path as declarations count it, from the project's root, whatever folder the command was given in."""
    path = Path(place).expanduser().absolute()
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else str(path)


def _title(given: Given) -> str:
    first = given.places[0]
    name = urlsplit(first).hostname or Path(first).name or first
    return f"{given.form.capitalize()} of {name}" if given.form != "page" else f"Page of {name}"


def _refuse_double(source: Source, path: Path, registry: Registry) -> None:
    """PactwatchError where the id, the file or the place is declared already."""
    for known in registry.sources:
        if known.id == source.id:
            raise PactwatchError(f"the id {source.id!r} is taken", known.declared_in, "choose another", EXIT_INVALID)
        if known.reader == source.reader and source.is_read:
            what = f"this is read already, as {known.id!r}"
            raise PactwatchError(what, known.declared_in, f"`pactwatch sources test {known.id}`", EXIT_INVALID)
    if path.exists():
        raise PactwatchError("there is such a file already", path, "choose another id", EXIT_INVALID)


def _write(path: Path, entry: dict[str, Any]) -> None:
    text = _HEADER + yaml.safe_dump(entry, sort_keys=False, allow_unicode=True, width=120)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        todo = "check the permissions, or name a folder of your own in PACTWATCH_SOURCES"
        raise PactwatchError(f"cannot write ({error.strerror})", path, todo) from error


def _tell(
    path: Path, tried: tuple[Collected, list[Document | Rejected]] | None, *, written: bool, as_json: bool
) -> None:
    documents = [one for one in tried[1] if isinstance(one, Document)] if tried else []
    rejected = [one for one in tried[1] if isinstance(one, Rejected)] if tried else []
    if as_json:
        trial = told(tried[0], documents, rejected) if tried else None
        say_json({"written": str(path) if written else None, "trial": trial})
        return
    if tried:
        print_trial(tried[0], documents, rejected)
    if written:
        say(f"written     {short(path)}")
        say("next        `pactwatch refresh`")
    else:
        say("nothing was written, for no document came of it (--untested writes it all the same)")
