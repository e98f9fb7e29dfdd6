"""docs/codebook.md and docs/dictionary.md: what codes and columns mean, from schemas, lexicon and the example sentences."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipelines.declarations import load_yaml
from pipelines.extract.lexicon import load_lexicon
from pipelines.project import ROOT
from pipelines.release.dictionary import markdown
from pipelines.release.views import views
from pipelines.tables import descriptor, load, published

HERE = Path(__file__).resolve().parent
_WORDS = 6
"""Words of a field that are shown."""


def examples() -> dict[str, dict[str, str]]:
    """The example sentences: by TABLE.COLUMN and code."""
    return {column: listed for column, listed in _declared().items() if column != "unread"}


def unread() -> dict[str, dict[str, str]]:
    """Those that the rules do not read as their code yet."""
    listed: dict[str, dict[str, str]] = _declared()["unread"]
    return listed


def codes(table: str, column: str) -> dict[str, str]:
    """The codes of a column and what each means, in the order of the schema."""
    (field,) = (field for field in load(table).fields if field.name == column)
    return dict(field.meanings)


def codebook() -> str:
    """docs/codebook.md."""
    types = {one.type: one for one in load_lexicon().types.values()}
    plain = {
        "events_roles": ("event_participants", "role"),
        "events_status": ("events", "status"),
        "agreements_status": ("agreements", "status"),
        "agreements_roles": ("agreement_parties", "role"),
        "actors_kind": ("actors", "kind"),
        "sources_kind": ("sources", "kind"),
        "sources_status": ("sources", "status"),
    }
    parts = {name: _codes(table, column) for name, (table, column) in plain.items()}
    parts["event_types"] = _table(
        ("type", "PLOVER", "CAMEO", "what counts", "example"),
        [
            (f"`{code}`", types[code].plover, types[code].cameo, meaning, _example("events.type", code))
            for code, meaning in codes("events", "type").items()
        ],
    )
    heads = _heads()
    parts["instruments"] = _table(
        ("instrument", "what counts", "nouns that name it", "example"),
        [
            (f"`{code}`", meaning, ", ".join(heads.get(code, ())), _example("agreements.instrument", code))
            for code, meaning in codes("agreements", "instrument").items()
        ],
    )
    fields: Mapping[str, Sequence[str]] = load_yaml(ROOT / "lexicon" / "fields.yaml")
    parts["fields"] = _table(
        ("field", "words"),
        [
            (f"`{name}`", ", ".join(word.rstrip("*") for word in words[:_WORDS]))
            for name, words in sorted(fields.items())
        ],
    )
    page = (HERE / "codebook.md").read_text(encoding="utf-8")
    for name, part in parts.items():
        assert page.count(f"{{{{{name}}}}}") == 1, name
        page = page.replace(f"{{{{{name}}}}}", part)
    return page


def dictionary() -> str:
    """docs/dictionary.md: the one that every release carries, of no release in particular."""
    made = markdown({**descriptor(), "version": ""}, published(), views())
    head = "# Data dictionary\n\n<!-- Made by `make pages` from schemas/ and sql/views/. -->\n"
    return head + made.split("\n", 1)[1]


def _codes(table: str, column: str) -> str:
    """A table of codes, with an example where there are any for the column."""
    listed = codes(table, column)
    if f"{table}.{column}" not in examples():
        return _table(("code", "what it means"), [(f"`{code}`", meaning) for code, meaning in listed.items()])
    rows = [(f"`{code}`", meaning, _example(f"{table}.{column}", code)) for code, meaning in listed.items()]
    return _table(("code", "what it means", "example"), rows)


def _example(column: str, code: str) -> str:
    missing = unread().get(column, {})
    return f"{missing[code]} (not read yet)" if code in missing else examples()[column][code]


def _declared() -> dict[str, Any]:
    declared: dict[str, Any] = load_yaml(HERE / "examples.yaml")
    return declared


def _heads() -> dict[str, list[str]]:
    """The nouns that name each kind of instrument, each once, in the order of the lexicon."""
    found: dict[str, list[str]] = {}
    for line in load_yaml(ROOT / "lexicon" / "instruments.yaml"):
        listed = found.setdefault(line["instrument"], [])
        listed += [head for head in line["head"] if head not in listed]
    return found


def _table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(str(cell).replace('|', chr(92) + '|') for cell in line)} |" for line in lines)
