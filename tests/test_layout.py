"""The layout of a text: where sentences end, what frames them, and that offsets always point into the text that was given."""

import itertools
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.extract.layout import LONGEST_SENTENCE, Layout, read_layout
from pipelines.extract.lexicon import load_lexicon
from tests.scoring import CORPUS, GOLD, documents_of


def layout(text: str) -> Layout:
    return read_layout(text, load_lexicon())


def sentences(text: str) -> list[str]:
    return [text[s.start : s.end] for s in layout(text).sentences]


APART = {
    "full stops": ("Chad signed. Niger waited! Did Mali?", ["Chad signed.", "Niger waited!", "Did Mali?"]),
    "honorifics": (
        "Dr. Amina Salleh met Gen. Okello in Juba. Mr. Deng left early.",
        ["Dr. Amina Salleh met Gen. Okello in Juba.", "Mr. Deng left early."],
    ),
    "initials": ("J. K. Mensah met P. Sato. Both smiled.", ["J. K. Mensah met P. Sato.", "Both smiled."]),
    "a state abbreviated within": ("The U.S. Senate voted on Friday. Oslo waited.", ["The U.S. Senate voted on Friday.", "Oslo waited."]),
    "a state abbreviated at the end": (
        "The envoys then flew to the U.S. The talks resumed a week later.",
        ["The envoys then flew to the U.S.", "The talks resumed a week later."],
    ),
    "p.m. at the end": ("The plane landed at 9 p.m. The minister slept.", ["The plane landed at 9 p.m.", "The minister slept."]),
    "months": ("They met on Sept. 3 in Lima. Peru paid.", ["They met on Sept. 3 in Lima.", "Peru paid."]),
    "decimals": ("Trade rose by 4.5 percent to $1.2 billion. Exports fell.", ["Trade rose by 4.5 percent to $1.2 billion.", "Exports fell."]),
    "numbers": ("Article No. 5 was dropped. Nobody minded.", ["Article No. 5 was dropped.", "Nobody minded."]),
    "a year at the end": ("The pact dates from 1975. It lapsed.", ["The pact dates from 1975.", "It lapsed."]),
    "quotes": (
        "“We will sign.” The minister left. ‘Never!’ cried a rival.",
        ["“We will sign.”", "The minister left.", "‘Never!’ cried a rival."],
    ),
    "a stop within quotes": ("She said: “It is done.” Then she left.", ["She said: “It is done.”", "Then she left."]),
    "an ellipsis": ("The talks dragged on … and on. Then they stopped.", ["The talks dragged on … and on.", "Then they stopped."]),
    "a company": ("Acme Ltd. of Oslo won the tender. Work starts soon.", ["Acme Ltd. of Oslo won the tender.", "Work starts soon."]),
    "versus": ("It was Chad vs. Niger again. Chad won.", ["It was Chad vs. Niger again.", "Chad won."]),
    "a long semicolon": (
        "The two ministers signed the accord in Lomé on Monday; their armies began to withdraw on the day after.",
        ["The two ministers signed the accord in Lomé on Monday;", "their armies began to withdraw on the day after."],
    ),
    "a short semicolon": ("They signed; he left.", ["They signed; he left."]),
    "a web address": ("See www.example.org/a.b.c for the text. It is long.", ["See www.example.org/a.b.c for the text.", "It is long."]),
    "lines": ("Kenya and Oman sign\n\nThe ministers met.\nNobody spoke.", ["Kenya and Oman sign", "The ministers met.", "Nobody spoke."]),
    "bullets": (
        "- Peru ratified the treaty.\n- Chile did not.\n* Bolivia waits.\n• So does Cuba.\n1. Spain paid.\n(2) Malta did not.",
        ["Peru ratified the treaty.", "Chile did not.", "Bolivia waits.", "So does Cuba.", "Spain paid.", "Malta did not."],
    ),
    "markdown headings": ("## Reactions\n\nMali objected.", ["Reactions", "Mali objected."]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), APART.values(), ids=APART.keys())
def test_sentences_end_where_they_end(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_lines_wrapped_at_a_width_are_one_paragraph() -> None:
    text = (
        "The foreign ministers of Ghana and Togo met in the border town of Aflao early\n"
        "on Monday and spoke for three hours about fishing rights, smuggling and the\n"
        "opening of a second crossing. Nothing was signed.\n"
        "\n"
        "Another round will follow.\n"
    )
    found = layout(text).sentences
    assert [text[s.start : s.end].split(maxsplit=1)[0] for s in found] == ["The", "Nothing", "Another"]
    assert text[found[0].start : found[0].end].endswith("second crossing.")
    assert next(s.paragraph for s in found) == found[1].paragraph != found[2].paragraph


def test_a_heading_is_no_sentence_of_the_story_but_is_kept_apart() -> None:
    found = layout("Togo and Benin agree on power lines\n\nThe line will be 90 km long.\n").sentences
    assert [s.heading for s in found] == [True, False]


@pytest.mark.parametrize("marker", ["[12]", "[3][4]", "[a]", "[note 2]", "[citation needed]", "[7]:55"])
def test_citation_markers_are_blanked_and_nothing_moves(marker: str) -> None:
    text = f"Iraq joined in 1945.{marker} Syria followed.{marker}\n"
    found = layout(text)
    assert len(found.masked) == len(text)
    assert marker not in found.masked
    assert [found.masked[s.start : s.end].strip() for s in found.sentences] == [
        "Iraq joined in 1945.",
        "Syria followed.",
    ]
    assert text[found.sentences[1].start :].startswith("Syria")


def test_brackets_that_cite_nothing_stay() -> None:
    text = "“They [the envoys] met [sic] on [Monday],” he said."
    assert layout(text).masked == text


DATELINES = {
    "ISLAMABAD – The ministers met.": "ISLAMABAD",
    "ISLAMABAD, Aug 3 (Reuters) - The ministers met.": "ISLAMABAD",
    "Islamabad, 3 August 2025 – The ministers met.": "Islamabad",
    "NEW DELHI/DHAKA, Jan 5 (AP) — The ministers met.": "NEW DELHI/DHAKA",
    "ABU DHABI: The ministers met.": "ABU DHABI",
    "Addis Ababa (ENA) – The ministers met.": "Addis Ababa",
    "ADDIS ABABA, March 12, 2026 (ENA) – The ministers met.": "ADDIS ABABA",
    "SÃO TOMÉ – The ministers met.": "SÃO TOMÉ",
}


@pytest.mark.parametrize(("text", "place"), DATELINES.items())
def test_a_dateline_is_set_apart(text: str, place: str) -> None:
    found = layout(text)
    assert found.dateline is not None
    assert text[slice(*found.dateline)].strip() == place
    assert sentences(text) == ["The ministers met."]


@pytest.mark.parametrize(
    "text",
    [
        "Ministers of Iran – and those of Oman – met.",
        "Pakistan: what comes next?",
        "He said – The end.",
        "Iran and Oman met in Muscat.",
    ],
)
def test_what_is_no_dateline_is_left_alone(text: str) -> None:
    assert layout(text).dateline is None


@pytest.mark.parametrize(
    ("text", "lead"),
    [
        ("14:05 Turkish jets crossed into Iraq.", "14:05"),
        ("14.05 GMT – Turkish jets crossed into Iraq.", "14.05"),
        ("12 March. Turkish jets crossed into Iraq.", "12 March"),
        ("March 12: Turkish jets crossed into Iraq.", "March 12"),
        ("12 March 2024 – Turkish jets crossed into Iraq.", "12 March 2024"),
        ("1974: Turkish jets crossed into Iraq.", "1974"),
    ],
)
def test_the_date_or_clock_time_that_opens_an_entry_is_its_lead(text: str, lead: str) -> None:
    found = layout(text)
    assert sentences(text) == ["Turkish jets crossed into Iraq."]
    assert [text[slice(*span)] for span in found.leads.values()] == [lead]


@pytest.mark.parametrize(
    "mark",
    [
        "",
        pytest.param(
            "## ", marks=pytest.mark.xfail(reason="a heading of Markdown that is a date leads nothing", strict=True)
        ),
    ],
)
def test_a_heading_that_is_a_date_leads_what_stands_under_it(mark: str) -> None:
    text = f"{mark}12 March 1998\n\nThe envoys met.\n\n{mark}Background\n\nThey had quarrelled.\n\n{mark}14 March 1998\n\nThey left.\n"
    found = layout(text)
    leads = {text[s.start : s.end]: found.leads.get(s.paragraph) for s in found.sentences if not s.heading}
    assert leads["They had quarrelled."] is None
    span = leads["The envoys met."]
    assert span is not None
    assert "12 March 1998" in text[slice(*span)]


def test_a_lone_date_at_the_top_is_the_day_of_the_document_and_leads_nothing() -> None:
    assert not layout("5 November 2020\n\nThe envoys met.\n\nThey left again.\n").leads
    assert len(layout("2015\n\nThe envoys met.\n").leads) == 1


@pytest.mark.parametrize(
    "heading",
    [
        "Wire provenance",
        "**Wire provenance**",
        "## Sources",
        "References:",
        "WIRE PROVENANCE",
        "== External links ==",
        "Source",
    ],
)
def test_links_under_a_heading_of_provenance_are_sources_and_no_prose(heading: str) -> None:
    text = (
        f"Oman hosted the envoys.\n\n{heading}\n\n- https://example.org/a_b\n- Example: https://example.net/x?y=1.\n"
        "<https://t.me/example/12>\n\nLater the talks went on.\n"
    )
    found = layout(text)
    assert [url for url, _, _ in found.links] == [
        "https://example.org/a_b",
        "https://example.net/x?y=1",
        "https://t.me/example/12",
    ]
    assert all(text[start:end] == url for url, start, end in found.links)
    assert sentences(text) == ["Oman hosted the envoys.", "Later the talks went on."]


def test_a_link_within_the_prose_is_no_declared_source() -> None:
    assert layout("Oman hosted them (https://example.org/a). They left.\n").links == ()


@pytest.mark.xfail(reason="the bracket that ends an encyclopedia's address is cut off", strict=True)
def test_an_address_keeps_the_brackets_that_belong_to_it() -> None:
    found = layout("Oman hosted them.\n\nSources\n\nhttps://example.org/wiki/Accord_(1998)\n").links
    assert [url for url, _, _ in found] == ["https://example.org/wiki/Accord_(1998)"]


@pytest.mark.parametrize(
    "line", ["Share this", "Leave a comment", "READ MORE:", "Related articles", "Advertisement", "All rights reserved."]
)
def test_furniture_of_the_page_is_no_prose(line: str) -> None:
    assert sentences(f"Oman hosted the envoys.\n\n{line}\n\nThey left.\n") == ["Oman hosted the envoys.", "They left."]


# ---------------------------------------------------------------------------------------------------------------------
# Properties

_ODD = "\u202e\u200f\u200b\ufeff\x00\x07\x1b\x85\u2028\u2029\r\t"
_PIECES = st.sampled_from(
    ["The U.S.", "Iran", " met ", "[12]", "[", "]", "((", ". ", "; ", "\n", "\n\n", "- ", "12 March", "14:05 ", "Dr. ", "1.5", "…", "“", "”",
     "https://a.b/c", "## ", "Sources\n", "Share this\n", "ROME – ", "é", "𝔸", "🚆", "ﷺ", "عمان ", "|", "e.g. ", "No. 5 ", "? ", "!"]
)  # fmt: skip
_TEXTS = st.text() | st.text(_ODD + "[](). \nAb1;:–-") | st.lists(_PIECES, max_size=60).map("".join)


@given(_TEXTS)
def test_any_text_has_a_layout_with_spans_inside_it_in_order_and_apart(text: str) -> None:
    found = layout(text)
    assert len(found.masked) == len(text)
    spans = [(s.start, s.end) for s in found.sentences]
    assert all(0 <= a < b <= len(text) for a, b in spans)
    assert all(end <= start for (_, end), (start, _) in itertools.pairwise(spans))
    assert all(b - a <= LONGEST_SENTENCE for a, b in spans)
    assert all(not found.masked[a].isspace() and not found.masked[b - 1].isspace() for a, b in spans)
    assert all(text[start:end] == url for url, start, end in found.links)
    assert all(
        0 <= a < b <= len(text) for a, b in [*found.leads.values(), *([found.dateline] if found.dateline else [])]
    )
    assert [s.paragraph for s in found.sentences] == sorted(s.paragraph for s in found.sentences)


@given(_TEXTS)
def test_the_mask_blanks_and_changes_nothing(text: str) -> None:
    masked = layout(text).masked
    assert all(new in (old, " ") for old, new in zip(text, masked, strict=True))


@given(
    st.lists(
        st.sampled_from(["Oman paid.", "Chad signed the pact!", "Who waits?", "Peru left Lima on Monday."]),
        min_size=1,
        max_size=12,
    )
)
def test_plain_sentences_come_apart_whatever_their_order(parts: list[str]) -> None:
    assert sentences(" ".join(parts)) == parts
    assert sentences("\n\n".join(parts)) == parts


@pytest.mark.parametrize("size", [LONGEST_SENTENCE - 1, LONGEST_SENTENCE + 9, 20_009])
@pytest.mark.parametrize("filling", ["a", "a ", "[", "(", "word, ", "\u202e", "1."])
def test_a_run_without_an_end_is_cut_to_pieces_that_can_be_read(size: int, filling: str) -> None:
    text = (filling * size)[:size]
    found = layout(text).sentences
    assert all(s.end - s.start <= LONGEST_SENTENCE for s in found)
    covered = "".join(text[s.start : s.end] for s in found)
    assert re.sub(r"\s", "", covered) == re.sub(r"\s", "", text)


@pytest.mark.parametrize("folder", [CORPUS, GOLD / "dev"], ids=["corpus", "dev"])
def test_real_documents_lose_no_prose(folder: Path) -> None:
    for document in documents_of(folder):
        found = layout(document.text)
        kept = sum(s.end - s.start for s in found.sentences) + sum(end - start for _, start, end in found.links)
        assert kept > 0.85 * len(document.text.replace("\n", "")), document.source_id


@settings(max_examples=30)
@given(st.data())
def test_a_text_cut_anywhere_still_has_its_first_sentences(data: st.DataObject) -> None:
    document = data.draw(st.sampled_from(documents_of(CORPUS)))
    cut = data.draw(st.integers(0, len(document.text)))
    whole = [s for s in layout(document.text).sentences if s.end < cut - LONGEST_SENTENCE]
    part = [(s.start, s.end) for s in layout(document.text[:cut]).sentences]
    assert [(s.start, s.end) for s in whole] == part[: len(whole)]
