"""The sides that words leave to the story: partners, pronouns, speakers, items of a digest."""

import pytest

from pipelines.extract.layout import read_layout
from pipelines.extract.lexicon import load_lexicon
from tests.scoring import read

PUBLISHED = "2026-05-08"


def sides(text: str, kind: str) -> set[str]:
    """The countries of the only event of a kind."""
    (event,) = [e for e in read(text, PUBLISHED).events if e.type == kind]
    return set(event.countries)


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("Togo closed its border with Ghana. On Monday Accra rejected the move.", "reject", {"GHA", "TGO"}),
        ("Peru made Chile an offer on Monday. Santiago turned it down.", "reject", {"CHL", "PER"}),
        ("Norway seized a Russian trawler. It was released on Friday.", "retreat", {"NOR", "RUS"}),
        ("Kenya and Uganda signed a treaty on Monday. Negotiations continue.", "negotiate", {"KEN", "UGA"}),
        ("A Polish journalist was arrested in Belarus on Monday.", "coerce", {"BLR", "POL"}),
        ("Fiji broke off relations with Samoa in 2019. They were restored a year later.", "recognize", {"FJI", "WSM"}),
    ],
)
def test_the_side_left_unsaid_is_the_other_one_of_the_story(text: str, kind: str, expected: set[str]) -> None:
    assert sides(text, kind) == expected


def test_an_act_without_another_side_in_the_story_stays_alone() -> None:
    assert all(len(e.countries) < 2 for e in read("Ghana threatened to close the border.", PUBLISHED).events)


def test_who_is_excepted_takes_no_part() -> None:
    assert sides("Lithuania and Latvia, but not Estonia, signed the rail accord.", "sign") == {"LTU", "LVA"}


INTERVIEW = """An interview with Ana Beltrán

The foreign minister of Uruguay met us in Montevideo.

Q: You met your Chilean colleague on Monday. Why?

AB: We signed a treaty on fisheries.

Q: And Peru?

AB: They protested against our tariffs. I thanked Lima for its patience.

Q: Will you visit Lima?

AB: I will visit Lima in June.
"""


def test_the_one_who_answers_is_i_and_you_and_speaks_for_the_state() -> None:
    reading = read(INTERVIEW, PUBLISHED)
    assert set(reading.event("sign").countries) == {"CHL", "URY"}
    assert set(reading.event("endorse").countries) == {"URY", "PER"}
    assert all("ana-beltran" in e.parts for e in reading.events if e.type == "visit")
    assert set(reading.event("meet").countries) == {"CHL", "URY"}
    assert set(reading.event("protest").countries) == {"URY", "PER"}


def test_labels_of_speakers_are_no_datelines() -> None:
    layout = read_layout(INTERVIEW, load_lexicon())
    assert sorted(set(layout.labels.values())) == ["AB", "Q"]
    assert layout.dateline is None
    assert not any(INTERVIEW[s.start : s.end].startswith(("Q:", "AB:")) for s in layout.sentences)


DIGEST = """ACCRA — Ghana recalled its envoy from Lomé on Monday.

BELMOPAN — Belize freed nine sailors from Guatemala. The president called the step a gesture.

OSLO. Norway rejected the claim.
"""


def test_an_item_of_a_digest_knows_nothing_of_the_one_before() -> None:
    events = read(DIGEST, PUBLISHED).events
    assert {tuple(sorted(e.countries)) for e in events} <= {("GHA", "TGO"), ("BLZ", "GTM"), ("NOR",)}
    assert ("BLZ", "GTM") in {tuple(sorted(e.countries)) for e in events}
