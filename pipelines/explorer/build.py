"""Makes the page of a release: `explorer.html`, one file that opens from a disk, and `explorer/`, the same for a web server.

The same database and descriptor give the same bytes. Everything is vendored: the table component out of its Python package,
styles and scripts from `page/`. A Content-Security-Policy names each script and style by its hash and allows no other origin.
"""

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.explorer import charts
from pipelines.explorer.content import PASSAGES, Content, Row, read_content, read_shards
from pipelines.explorer.news import news_of
from pipelines.explorer.pairs import COOPERATIVE, lifecycle, matrix_of, pairs_of
from pipelines.explorer.sentences import TextOf
from pipelines.explorer.words import countries_in_words, date_in_words, phrase
from pipelines.partitions import files_of
from pipelines.room import Room

if TYPE_CHECKING:
    from jinja2 import Environment

PAGE = "explorer.html"
FOLDER = "explorer"
_HERE = Path(__file__).parent / "page"
_SCRIPTS = ("words.js", "elements.js", "data.js", "table.js", "ego.js", "drawer.js", "main.js")
_TABLES = ("events", "agreements", "actors", "sources", "network")
_NEWS_SHOWN = 12
MOST_IN_ONE_FILE = 64 << 20
"""Bytes of packed data that a page in one file may hold: a browser takes a while for more, and all of it"""
_READABLE = 200
"""Rows of each table that stand in the page itself, for readers without scripts."""


def build_explorer(
    database: Path,
    target: Path,
    about: Mapping[str, Any],
    text_of: TextOf = lambda _: None,
    room: Room | None = None,
) -> list[Path]:
    """Writes the page of `database` into the folder `target`; the files, relative to it.

    `about` is the descriptor of the release: title, version, licenses, resources with size and hash. `text_of` gives the
    texts that may be quoted, so that each record shows the sentences that prove it; without it the words alone are shown.
    """
    room = room or Room()
    content = read_content(database, room)
    data = target / FOLDER / "data"
    data.mkdir(parents=True)
    names = [*_write(data, {name: _columns(getattr(content, name)) for name in _TABLES})]
    shard_of: dict[str, int] = {}
    for number, shard in enumerate(read_shards(database, text_of, room)):
        shard_of |= dict.fromkeys(shard.passages, number)
        names += _write(data, {f"passages-{number}": shard.passages, f"sentences-{number}": shard.sentences})
    names += _write(
        data,
        {
            "index": {
                "shards": shard_of,
                "names": content.names,
                "disagreements": _plain(content.disagreements),
                "most": PASSAGES,
            }
        },
    )
    pieces = [data / f"{name}.json.gz" for name in names]
    served, alone = target / FOLDER / "index.html", target / PAGE
    served.write_text(_page(content, about, None), encoding="utf-8", newline="\n")
    if sum(path.stat().st_size for path in pieces) <= MOST_IN_ONE_FILE:
        embedded = {name: path.read_bytes() for name, path in zip(names, pieces, strict=True)}
        text = _page(content, about, embedded)
    else:
        text = _environment().get_template("large.html.j2").render(about=about)
    alone.write_text(text, encoding="utf-8", newline="\n")
    return sorted(path.relative_to(target) for path in (alone, served, *pieces))


def _write(folder: Path, pieces: Mapping[str, Any]) -> list[str]:
    """Writes pieces of data into a folder; their names."""
    for name, value in pieces.items():
        (folder / f"{name}.json.gz").write_bytes(_packed(value))
    return list(pieces)


def _page(content: Content, about: Mapping[str, Any], pieces: Mapping[str, bytes] | None) -> str:
    pairs = pairs_of(content)
    events = {event["id"]: event for event in content.events}
    script = f"{_table_component()}\n{_scripts()}"
    style = (_HERE / "page.css").read_text(encoding="utf-8")
    policy = (
        f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; img-src data:; "
        f"connect-src '{'none' if pieces is not None else 'self'}'; base-uri 'none'; form-action 'none'"
    )
    embedded = {name: base64.b64encode(piece).decode("ascii") for name, piece in (pieces or {}).items()}
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            about={"created": None, **about},  # a release of undated documents has no day
            content=content,
            pairs=pairs,
            matrix=matrix_of(pairs),
            steps_of=lambda agreement: _steps(agreement, events),
            called=_called(content),
            persons_set=frozenset(row["name"] for row in content.actors if row["kind"] == "person"),
            fields=sorted({name for row in content.events + content.agreements for name in row["fields"] or ()}),
            news=news_of(content),
            news_shown=_NEWS_SHOWN,
            licenses=_licenses(content.sources),
            independence=charts.independence(content.sources),
            timeline=charts.timeline(content.events),
            strips=charts.strips(content.events),
            life_line=charts.life_line,
            pair_line=lambda pair: charts.pair_line(pair.events, COOPERATIVE),
            files=[file for resource in about["resources"] for file in files_of(resource)],
            readable=_READABLE,
            base="" if pieces is not None else "../",
            script=script,
            style=style,
            policy=policy,
            embedded=embedded,
            kinds={kind: sorted({row[key] for row in rows}) for kind, key, rows in _choices(content)},
        )
        + "\n"
    )


def _licenses(sources: Iterable[Row]) -> list[tuple[str | None, int, list[str]]]:
    """Licenses of what was read or cited, the most frequent first, with how many sources and whose they are."""
    found: dict[str | None, list[Row]] = {}
    for source in sources:
        found.setdefault(source["license"], []).append(source)
    rows = [
        (name, len(under), sorted({row["publisher"] for row in under if row["publisher"]}))
        for name, under in found.items()
    ]
    return sorted(rows, key=lambda row: (-row[1], row[0] or ""))


def _steps(agreement: Row, events: Mapping[str, Row]) -> list[dict[str, str]]:
    return [
        {"what": phrase(step["what"]), "status": step["status"], "when": date_in_words(step["date"])}
        for step in lifecycle(agreement, events)
    ]


def _called(content: Content) -> dict[str, str]:
    """What each record and each source is called in words, by its id."""
    return (
        {row["id"]: row["title"] or row["publisher"] or row["id"] for row in content.sources}
        | {row["id"]: row["name"] for row in content.actors}
        | {row["id"]: row["title"] or phrase(row["instrument"]) for row in content.agreements}
        | {row["id"]: f"{phrase(row['type'])}, {date_in_words(row['date'])}" for row in content.events}
    )


def _choices(content: Content) -> Iterable[tuple[str, str, list[Row]]]:
    yield "type", "type", content.events
    yield "status", "status", content.events
    yield "instrument", "instrument", content.agreements
    yield "stage", "status", content.agreements
    yield "kind", "kind", content.actors
    yield "medium", "kind", content.sources


def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {
        "when": date_in_words,
        "phrase": phrase,
        "web": web_address,
        "copy": archived_copy,
        "into": _into,
    }
    environment.globals["states"] = countries_in_words
    return environment


def _into(key: str, words: Mapping[str, str]) -> str:
    return words.get(key, key)


def web_address(url: str | None) -> str | None:
    """The address where it is plain http(s), else None: no other scheme may become a link."""
    return url if url and re.fullmatch(r"https?://[^\s\"'<>\\]+", url) else None


def archived_copy(source: Row) -> str | None:
    """Where the Internet Archive shows the page as it was nearest to the day on which it was read, should it have it; else None."""
    url, seen = web_address(source["url"]), source["seen"]
    return f"https://web.archive.org/web/{seen:%Y%m%d}/{url}" if url and seen else None


def _scripts() -> str:
    code = "\n".join((_HERE / name).read_text(encoding="utf-8") for name in _SCRIPTS)
    return f'(() => {{\n"use strict";\n{code}\n}})();'


def _table_component() -> str:
    """DataTables out of the package itables: an ES module there, made into a script that also runs from a disk."""
    code = resources.files("itables").joinpath("html/dt_bundle.js").read_text(encoding="utf-8")
    exported = re.search(r"export\{([^}]*)\};?", code)
    assert exported is not None
    name = re.search(r"([\w$]+) as default", exported[1])
    assert name is not None
    body = code[: exported.start()] + f"window.DataTable={name[1]};" + code[exported.end() :]
    # A comment of a licence must not end the script element.
    return "(() => {" + body.replace("</script", "<\\/script") + "})();"


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def _columns(rows: list[Row]) -> dict[str, Any]:
    names = list(rows[0]) if rows else []
    return {"columns": names, "rows": [[_value(row[name]) for name in names] for row in rows]}


def _plain(rows: list[Row]) -> list[dict[str, Any]]:
    return [{name: _value(value) for name, value in row.items()} for row in rows]


def _value(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value


def _packed(value: Any) -> bytes:
    """JSON, gzipped without a time: the browser unpacks it itself, whatever server stands before it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return gzip.compress(text.encode("utf-8", "replace"), compresslevel=9, mtime=0)
