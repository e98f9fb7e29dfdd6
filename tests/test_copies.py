"""Texts that rewrite one report are told by one origin; texts of their own are not."""

import random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipelines.resolve.copies import SHINGLE, WINDOW, fingerprints, originals
from tests.scoring import document, together

_WORDS = (
    "gas grain port road treaty minister envoy river coast price rail bank fleet quota visa border cable dam".split()
)


def words(seed: int, number: int) -> str:
    rng = random.Random(seed)
    return " ".join(rng.choice(_WORDS) + str(rng.randrange(40)) for _ in range(number))


def test_a_paper_that_takes_over_a_report_leads_back_to_the_first() -> None:
    report = words(1, 200)
    paper = f"{words(2, 60)} {report[: len(report) // 2]} {words(3, 20)}"
    other = words(4, 200)
    found = originals(
        [
            document(paper, "2024-05-02", "a-paper"),
            document(report, "2024-05-01", "wire-report"),
            document(other, "2024-05-01", "other"),
        ]
    )
    assert found == {"a-paper": "wire-report", "wire-report": "wire-report", "other": "other"}


def test_a_shared_phrase_makes_no_copy() -> None:
    phrase = words(9, 30)
    found = originals([document(f"{words(n, 200)} {phrase}", "2024-05-01", f"d{n}") for n in range(3)])
    assert found == {f"d{n}": f"d{n}" for n in range(3)}


def test_three_papers_that_rewrite_one_report_are_one_origin() -> None:
    told = "Kenya and Oman signed a treaty in Muscat on 3 May 2024. "
    tail = words(5, 160)
    documents = [document(f"{told}{tail} {words(n, 30)}", "2024-05-04", f"paper-{n}") for n in range(3)]
    own = document(f"On 3 May 2024 Kenya and Oman signed a treaty in Muscat. {words(77, 160)}", "2024-05-05", "own")
    (event,) = together([*documents, own])["events"].to_pylist()
    assert (event["sources"], event["origins"]) == (4, 2)


@given(st.integers(0, 99), st.integers(0, 60), st.integers(0, 60))
def test_any_passage_that_long_is_noticed(seed: int, before: int, after: int) -> None:
    passage = words(seed, SHINGLE + WINDOW - 1)
    one = fingerprints(f"{words(seed + 100, before)} {passage} {words(seed + 200, after)}")
    other = fingerprints(f"{words(seed + 300, after)} {passage.upper()}, {words(seed + 400, before)}")
    assert np.intersect1d(one, other).size


def test_few_words_have_few_fingerprints() -> None:
    assert fingerprints("Kenya and Oman signed").size == 0
    assert len(fingerprints(words(3, 12))) == 1
