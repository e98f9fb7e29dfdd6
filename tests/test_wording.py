"""How papers word it: visits by somebody, itineraries, days of reports, names of wars, clauses with a time of their own."""

import pytest

from tests.scoring import read

PUBLISHED = "2026-05-07"  # a Thursday

Told = tuple[str, str, set[str], str | None]


def told(text: str) -> list[Told]:
    """Type, status, countries and date of every event."""
    return [(e.type or "", e.status or "", e.countries, e.date) for e in read(text, PUBLISHED).events]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # who does what a noun tells
        ("A visit by Kenyan President William Ruto to Ghana ended in Accra.", ("visit", "occurred", {"KEN", "GHA"}, None)),
        ("Attacks by Azerbaijan on Armenia ended on 3 May.", ("attack", "occurred", {"AZE", "ARM"}, "2026-05-03")),
        ("Modi's Bhutan trip ended on 2 May.", ("visit", "occurred", {"IND", "BTN"}, "2026-05-02")),
        # where from and where to
        ("On Monday the Omani minister left Muscat for Doha to meet Qatari officials.", ("visit", "occurred", {"OMN", "QAT"}, "2026-05-04")),
        ("The envoy of Chile landed in Lima on 4 May before travelling to Quito.", ("visit", "occurred", {"CHL", "PER"}, "2026-05-04")),
        ("The first Thai premier to visit Kathmandu was Srettha Thavisin in 2024.", ("visit", "occurred", {"THA", "NPL"}, "2024")),
        ("The state visit of the King of Jordan to Japan will take place from Monday to Wednesday.",
         ("visit", "planned", {"JOR", "JPN"}, "2026-05-11/2026-05-13")),
        # what a report does not date
        ("Peru's foreign ministry said on Tuesday that Bolivia had closed the border with Peru.", ("sever", "occurred", {"BOL", "PER"}, None)),
        ("On Wednesday, Accra announced that Ghana and Togo will sign a fishing treaty.", ("sign", "planned", {"GHA", "TGO"}, None)),
        # what a word's date is a part of
        ("Cuba condemned the 4 May Haitian raid on its embassy.", ("accuse", "occurred", {"CUB", "HTI"}, None)),
        ("During the 1986 war with Burkina Faso, Mali received weapons from Algeria.", ("cooperate", "occurred", {"MLI", "DZA"}, "1986")),
        # clauses with a time of their own
        ("Laos and Vietnam are expected to discuss the river treaty, which was signed in 1995.", ("sign", "occurred", {"LAO", "VNM"}, "1995")),
        ("Tension threatened to spread after Chad struck Sudan on Monday.", ("attack", "occurred", {"TCD", "SDN"}, "2026-05-04")),
        ("The move angered Fiji, prompting Suva to recall its ambassador from Tonga.", ("sever", "occurred", {"FJI", "TON"}, None)),
        ("The talks will lead to the signing of a treaty between Oman and Yemen.", ("sign", "planned", {"OMN", "YEM"}, None)),
        # who "it", "the country" and "his" are
        ("Zambia denied that it had supplied Malawi with rifles.", ("aid", "denied", {"ZMB", "MWI"}, None)),
        ("Finland hesitated, and in 1940 Germany invaded the country.", ("attack", "occurred", {"DEU", "FIN"}, "1940")),
        ("Sunil Thapa, foreign minister of Nepal, spoke to reporters after talks with his Indian counterpart.",
         ("meet", "occurred", {"NPL", "IND"}, None)),
        ("President of Ghana John Mahama said in a statement following a meeting with the President of Benin Patrice Talon that all went well.",
         ("meet", "occurred", {"GHA", "BEN"}, None)),
        ("The Zambian and Malawian Foreign Ministers met with their Tanzanian colleague on Monday.",
         ("meet", "occurred", {"ZMB", "MWI", "TZA"}, "2026-05-04")),
        # what is still to come, and what a year is for
        ("Zambia and Angola drafted a pact. A signing is expected when President Hakainde Hichilema travels to Luanda in July.",
         ("visit", "planned", {"ZMB", "AGO"}, "2026-07")),
        ("Chad and Mali signed a protocol as well as an action plan for 2027–2029.", ("sign", "occurred", {"TCD", "MLI"}, None)),
        ("Laos and Peru recognised each other in 1961.", ("recognize", "occurred", {"LAO", "PER"}, "1961")),
        # who is sent for
        ("The head of the Dutch mission was summoned to the Turkish Foreign Ministry on Monday.", ("protest", "occurred", {"TUR", "NLD"}, "2026-05-04")),
        # what is sent, and to whom
        ("Iran sent a number of rockets to Syria.", ("aid", "occurred", {"IRN", "SYR"}, None)),
        ("Angola will host joint military exercises of the forces of Namibia and Zambia.", ("cooperate", "planned", {"AGO", "NAM", "ZMB"}, None)),
        ("Norway's minister will attend the summit in Nairobi.", ("meet", "planned", {"NOR", "KEN"}, None)),
    ],
)  # fmt: skip
def test_is_told(text: str, expected: Told) -> None:
    assert expected in told(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Calling the Cuban president a friend, the Haitian minister praised Cuba.", "call"),
        ("Peru returned to the table as called for under the deal with Chile.", "call"),
        ("Niger made Western sanctions into a chance.", "sanction"),
        ("Ghana helped Togo to endure Western sanctions.", "sanction"),
        ("Kenya condemned a terrorist attack in Somalia.", "accuse"),
        ("The diplomats of both countries working in Rome went home.", "cooperate"),
        ("Chad and Niger signed a treaty for mutual co-operation.", "cooperate"),
        ("Chad and Niger have many common tasks, such as fighting the drug trade.", "attack"),
        ("The Ghanaian minister said the Togolese president will pay a visit to Mali.", "threaten"),
        ("Mali is ready to share its knowledge with Chad.", "cooperate"),
        ("The row over building a port for Ethiopia in Somalia went on.", "cooperate"),
        ("They told of the Bangladesh Liberation War of 1971.", "attack"),
        ("Rain in Togo is a threat to harvests in Ghana.", "threaten"),
        ("Peru's military attaché was present at the meeting of Chile and Bolivia.", "visit"),
    ],
)
def test_is_not_told(text: str, kind: str) -> None:
    assert kind not in [e.type for e in read(text, PUBLISHED).events]


def test_a_purpose_of_a_visit_is_no_meeting_of_its_own() -> None:
    (event,) = read("Putin will travel to China next week to meet Xi Jinping.", PUBLISHED).events
    assert (event.type, event.status, event.countries) == ("visit", "planned", {"RUS", "CHN"})
    assert event.parts["xi-jinping"] == "participant"


def test_the_place_is_where_one_goes_and_what_the_words_mean() -> None:
    left = read("The Omani minister left Muscat for Doha on Monday.", PUBLISHED).event("visit")
    assert (left.place, left.parts.get("omn")) == ("Doha", "initiator")
    visit = read(
        "Togo and Ghana signed a treaty during the visit of President John Mahama to the neighbouring country.",
        PUBLISHED,
    ).event("visit")
    assert visit.place == "Togo"
    assert visit.quotes["place"] == "country"
    held = read("The outcomes of the Ankara summit between Somalia and Ethiopia are known.", PUBLISHED).event("meet")
    assert (held.place, held.countries) == ("Ankara", {"SOM", "ETH"})


@pytest.mark.parametrize(
    ("text", "instrument", "count"),
    [
        ("Chad and Mali signed nine memorandums of understanding to promote cooperation.", "memorandum_of_understanding", "9"),
        ("Chad and Mali signed a memorandum of understanding on cooperation in tourism.", "memorandum_of_understanding", None),
        ("Chad and Mali signed a package of 13 documents.", "other", "13"),
    ],
)  # fmt: skip
def test_what_is_signed(text: str, instrument: str, count: str | None) -> None:
    (agreement,) = read(text, PUBLISHED).agreements
    assert (agreement.instrument, agreement.instruments) == (instrument, count)


def test_names_are_read_with_their_hyphens_or_without() -> None:
    for name in ("Hossein Amir-Abdollahian", "Hossein Amir Abdollahian"):
        event = read(f"{name} arrived in Oman on Monday.", PUBLISHED).event("visit")
        assert event.parts == {"hossein-amir-abdollahian": "initiator", "omn": "host"}


def test_a_lone_date_above_the_text_dates_nothing() -> None:
    reading = read("7 May 2026\n\nChile and Peru signed a treaty.\n\nChile thanked Peru.", PUBLISHED)
    assert [e.date for e in reading.events] == [None, None]


def test_what_an_instrument_is_about_is_read_where_nobody_signs_it() -> None:
    (agreement,) = read("Iran and Iraq mean to put back to work a security agreement of 2001.", PUBLISHED).agreements
    assert (agreement.date, agreement.fields) == ("2001", {"security"})
