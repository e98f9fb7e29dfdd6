"""The codebook: every code has its line and its sentence, and each sentence is read as the code that it stands for."""

import hashlib
from collections import defaultdict
from datetime import date
from typing import Any

import pytest

from manual import codebook
from manual.__main__ import DOCS
from pipelines.extract.run import extract_documents
from pipelines.ingest.document import Document
from pipelines.resolve.run import resolve

KEYS = {"events": "event_id", "event_participants": "event_id", "agreements": "agreement_id", "agreement_parties": "agreement_id"}  # fmt: skip
SENTENCES = [
    (column, code, sentence, is_read)
    for is_read, declared in ((True, codebook.examples()), (False, codebook.unread()))
    for column, listed in declared.items()
    for code, sentence in listed.items()
]


def document(name: str, sentence: str) -> Document:
    return Document(
        source_id=name, kind="article", title=None, publisher=None, url=None, language="en", published=date(2024, 5, 8), revision=None,
        retrieved_at=None, sha256=hashlib.sha256(sentence.encode()).hexdigest(), words=len(sentence.split()), license=None,
        publish_quotes=True, text=sentence,
    )  # fmt: skip


@pytest.fixture(scope="module")
def read() -> tuple[dict[str, list[dict[str, Any]]], dict[str, set[str]]]:
    """The tables that all sentences make, each a document of its own, and the records of each document."""
    documents = [document(f"{column}.{code}", sentence) for column, code, sentence, _ in SENTENCES]
    tables = {name: table.to_pylist() for name, table in resolve(documents, extract_documents(documents)).items()}
    records = defaultdict(set)
    for statement in tables["statements"]:
        records[statement["source_id"]].add(statement["record_id"])
    return tables, records


@pytest.mark.parametrize(("column", "code", "sentence", "is_read"), SENTENCES, ids=lambda value: str(value)[:30])
def test_each_sentence_is_read_as_its_code(read: Any, column: str, code: str, sentence: str, is_read: bool) -> None:
    tables, records = read
    table, name = column.split(".")
    given = {row[name] for row in tables[table] if row[KEYS[table]] in records[f"{column}.{code}"]}
    assert (code in given) is is_read, f"{sentence!r} gives {given or 'nothing'}"


def test_every_code_has_a_sentence() -> None:
    for column in codebook.examples():
        table, name = column.split(".")
        sentences = {**codebook.examples()[column], **codebook.unread().get(column, {})}
        assert sentences.keys() == codebook.codes(table, name).keys(), column
    wanted = {"events.type", "events.status", "event_participants.role", "agreements.instrument", "agreements.status", "agreement_parties.role"}  # fmt: skip
    assert codebook.examples().keys() == wanted


def test_the_pages_are_those_of_the_declarations() -> None:
    assert (DOCS / "codebook.md").read_text(encoding="utf-8") == codebook.codebook(), "make pages"
    assert (DOCS / "dictionary.md").read_text(encoding="utf-8") == codebook.dictionary(), "make pages"


def test_a_line_has_class_meaning_and_sentence() -> None:
    page = codebook.codebook()
    assert "{{" not in page
    assert "| `sanction` | SANCTION | 16 | " in page
    assert f"| {codebook.examples()['events.type']['sanction']} |" in page
    assert "that Norway had brokered. (not read yet) |" in page
    assert "| `energy` | " in page
