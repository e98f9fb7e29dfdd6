"""The sentences that a record's page shows: whole, holding the words, the most telling first, and none that may not be quoted."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.explorer import sentences
from pipelines.explorer.sentences import Shown, TextOf, quotable, sentences_around
from pipelines.extract.layout import read_layout
from tests.sample import SOURCE, TEXT
from tests.scoring import document

FIRST = "Iran and Pakistan signed a treaty in Lahore."
SECOND = "The treaty, which has nine chapters, was sealed on 3 May 2021 by both ministers."
STORY = f"{FIRST} Rain fell. {SECOND}\n\nNobody in Quetta minded."


def around(cells: list[list[Any]], text_of: TextOf) -> list[Shown]:
    """The sentences of a record of these cells."""
    return sentences_around({"record": cells}, text_of).get("record", [])


def told(field: str, words: str, text: str = STORY, source: str = "a") -> list[Any]:
    start = text.index(words)
    return [field, "value", words, source, start, start + len(words), None, "rule"]


def test_each_sentence_that_holds_a_cell_is_shown_once_in_order_of_the_text() -> None:
    shown = around([told("date", "3 May 2021"), told("type", "signed"), told("participant", "Iran")], {"a": STORY}.get)
    assert [text for *_, text in shown] == [FIRST, SECOND]
    assert [(source, STORY[start:end]) for source, start, end, _ in shown] == [("a", FIRST), ("a", SECOND)]


def test_what_may_not_be_quoted_is_not_shown() -> None:
    unlicensed = told("type", "signed")
    unlicensed[2] = None
    assert around([unlicensed], {"a": STORY}.get) == []
    assert around([told("type", "signed", source="b")], {"a": STORY}.get) == []


@pytest.mark.parametrize(("licensed", "shown"), [(True, [FIRST]), (False, [])])
def test_a_document_is_shown_only_where_it_may_be_quoted(licensed: bool, shown: list[str]) -> None:
    text_of = quotable([document(STORY, "2024-05-20", "a", publish_quotes=licensed)])
    assert [text for *_, text in around([told("type", "signed")], text_of)] == shown


def test_a_text_that_is_not_the_one_that_was_read_is_not_shown() -> None:
    assert around([told("type", "signed")], {"a": STORY.replace("signed", "shunned")}.get) == []


def test_of_many_sentences_the_most_telling_are_shown() -> None:
    text = " ".join(f"Oman number {at} met Chad." for at in range(20)) + " Both signed it in Muscat."
    cells = [told("fields", f"number {at} ", text) for at in range(20)] + [told("type", "signed", text)]
    shown = around(cells, {"a": text}.get)
    assert len(shown) == 6
    assert shown[-1][3] == "Both signed it in Muscat."


def test_of_a_very_long_sentence_a_stretch_with_the_words_is_shown() -> None:
    text = "Ministers spoke of " + "trade and " * 200 + "peace and signed a treaty, " + "and so on " * 200 + "then."
    ((_, start, end, shown),) = around([told("type", "signed", text)], {"a": text}.get)
    assert 300 < len(shown) <= 600
    assert "signed a treaty" in shown
    assert text[start:end] == shown


@given(st.data())
def test_what_is_shown_is_the_text_and_holds_the_words(data: Any) -> None:
    start = data.draw(st.integers(0, len(TEXT) - 1))
    end = data.draw(st.integers(start + 1, min(len(TEXT), start + 60)))
    cell = ["type", "x", TEXT[start:end], SOURCE, start, end, None, "rule"]
    for source, first, last, text in around([cell], {SOURCE: TEXT}.get):
        assert source == SOURCE
        assert TEXT[first:last] == text
        assert first <= start < end <= last


def test_a_text_is_cut_once_however_many_records_it_tells_of(monkeypatch: pytest.MonkeyPatch) -> None:
    cut: list[str] = []

    def counted(text: str, lexicon: Any) -> Any:
        cut.append(text)
        return read_layout(text, lexicon)

    monkeypatch.setattr(sentences, "read_layout", counted)
    records = {f"record-{number}": [told("type", "signed"), told("type", "signed", source="b")] for number in range(40)}
    shown = sentences_around(records, {"a": STORY, "b": STORY}.get)
    assert len(shown) == 40
    assert len(cut) == 2
