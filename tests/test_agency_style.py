"""How news agencies write, as real reports showed it: days between verb and object, delegations, deeds that kill, what happens during a visit."""

import pytest

from pipelines.ingest.dateline import read_dateline
from tests.scoring import Told, read

DAY = "2022-06-08"  # a Wednesday


def told(text: str) -> list[tuple[str, str, str, str]]:
    """Type, status, date and countries of each event."""
    return [_short(event) for event in read(text, DAY).events]


def _short(event: Told) -> tuple[str, str, str, str]:
    return event.type or "", event.status or "", event.date or "", " ".join(sorted(event.countries))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # the day between verb and object
        (
            "Kenya summoned on Monday Uganda's ambassador to protest against the shooting.",
            [("protest", "occurred", "2022-06-06", "KEN UGA")],
        ),
        ("Peru's president received on Sunday Chile's foreign minister.", [("meet", "occurred", "2022-06-05", "CHL PER")]),
        # a past tense that looks like a participle, with whoever reports it behind
        (
            "A senior Laotian military delegation left Hanoi to pay visits to Cuba and Mexico, a local news agency reported on Monday.",
            [("visit", "planned", "", "CUB LAO MEX")],
        ),
        ("A Chadian delegation left N'Djamena to visit Niger.", [("visit", "planned", "", "NER TCD")]),
        ("A Chadian delegation left Paris on Monday to visit Niger.", [("visit", "planned", "2022-06-06", "NER TCD")]),
        # a deed and what it did are one
        ("A Rwandan drone strike killed nine Congolese soldiers on Monday.", [("attack", "occurred", "2022-06-06", "COD RWA")]),
        (
            "A bomb attack carried out by Eritrean agents killed four Ethiopian ministers in 1993.",
            [("attack", "occurred", "1993", "ERI ETH")],
        ),
        ("The US sanctions target two Nicaraguan state-owned banks.", [("sanction", "occurred", "", "NIC USA")]),
        # what somebody is punished for is no deed of those who punish
        (
            "Canada imposed sanctions on Belarus for supporting the invasion.",
            [("sanction", "occurred", "", "BLR CAN")],
        ),
        # what happens amid, during and after
        (
            "Kenya and Ghana signaled their intention to forge a closer partnership amid a visit to Accra by Kenyan President William Ruto.",
            [("visit", "occurred", "", "GHA KEN")],
        ),
        (
            "She recalled the visit to Cuba by Angolan President João Lourenço in July 2019, during which nine documents were signed.",
            [("visit", "occurred", "2019-07", "AGO CUB"), ("sign", "occurred", "2019-07", "AGO CUB")],
        ),
        ("The visits to Iran will be followed by the Cuban delegation's trip to Mongolia.", [("visit", "planned", "", "CUB MNG")]),
        ("The strike by Chad on Niger comes a day after Mali's statement.", [("attack", "occurred", "", "NER TCD")]),
        # members are no news, nor are ties on another level
        ("Laos and Mongolia, who are members of the Non-Aligned Movement, met in Baku.", [("meet", "occurred", "", "LAO MNG")]),
        ("Iran and Oman signed a trade agreement to lift cooperation to a new level.", [("sign", "occurred", "", "IRN OMN")]),
        ("The Fijian minister held a telephone conversation with his Samoan counterpart.", [("call", "occurred", "", "FJI WSM")]),
        # talks on the telephone are one call, and take place nowhere that is talked about
        (
            "Ghana's foreign minister received a phone call from his Omani counterpart, during which they discussed trade.",
            [("call", "occurred", "", "GHA OMN")],
        ),
        (
            "During a phone conversation on Monday, the Chadian and Omani presidents discussed the situation in Sudan.",
            [("call", "occurred", "2022-06-06", "OMN TCD")],
        ),
        (
            "Kenyan President William Ruto was the first of the African leaders to hold a meeting with Lula da Silva of Brazil.",
            [("meet", "occurred", "", "BRA KEN")],
        ),
        ("Chad accuses Sudan of keeping troops on its soil; Sudan denies it.", [("accuse", "occurred", "", "SDN TCD")]),
        # cut between two, by nobody named
        ("Flights between Lima and Quito were suspended on Monday.", [("sanction", "occurred", "2022-06-06", "ECU PER")]),
        ("The border between Chad and Sudan was closed on Monday.", [("sever", "occurred", "2022-06-06", "SDN TCD")]),
        # what somebody goes for is as much to come as the journey
        (
            "Moldova's president will fly to Ankara on Friday for talks with her Turkish counterpart.",
            [("visit", "planned", "2022-06-10", "MDA TUR")],
        ),
        (
            "Moldova's president is expected in Ankara on Friday for talks with her Turkish counterpart.",
            [("visit", "planned", "2022-06-10", "MDA TUR"), ("meet", "planned", "2022-06-10", "MDA TUR")],
        ),
        (
            "Kenya will punish Chad for its attack on Niger.",
            [("sanction", "planned", "", "KEN TCD"), ("attack", "occurred", "", "NER TCD")],
        ),
        # a day of the week beside the present
        ("Laos's prime minister begins a visit to Cuba on Friday.", [("visit", "planned", "2022-06-10", "CUB LAO")]),
        ("Laos's prime minister began a visit to Cuba on Friday.", [("visit", "occurred", "2022-06-03", "CUB LAO")]),
        # who lets whom; what a pact says of attacks; letters; talks before a journey
        ("Belarus allowed Russian forces to use its airfields.", [("cooperate", "occurred", "", "BLR RUS")]),
        (
            "Chad and Niger signed a defence pact on 2 May 2022, under which an attack on one is an attack on both.",
            [("sign", "occurred", "2022-05-02", "NER TCD")],
        ),
        (
            "The Chilean foreign minister handed a letter from President Boric to his Moroccan colleague in Rabat.",
            [("meet", "occurred", "", "CHL MAR")],
        ),
        (
            "Belgium's foreign minister held talks with Rwanda's president before travelling on to Kampala.",
            [("meet", "occurred", "", "BEL RWA"), ("visit", "occurred", "", "BEL UGA")],
        ),
        ("Syria has been branded an outpost of tyranny by the United States.", [("accuse", "occurred", "", "SYR USA")]),
    ],
)  # fmt: skip
def test_what_agencies_tell(text: str, expected: list[tuple[str, str, str, str]]) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Chad's minister met his Omani counterpart to discuss developments in the Gaza Strip.", None),
        ("Chad's minister discussed the war in Sudan with his Omani counterpart in Cairo.", "Cairo"),
        ("Chad's minister reviewed with his Omani counterpart the situation in Libya.", None),
        ("Rwandan and Congolese troops fought a war in Katanga in 1998.", "Katanga"),
    ],
)
def test_what_is_talked_about_is_not_where_they_talk(text: str, place: str | None) -> None:
    assert [event.place for event in read(text, DAY).events] == [place]


@pytest.mark.parametrize(
    ("before", "country"),
    [
        ("The Chadian trade delegation arrived in Doha on Sunday.", "TCD"),
        ("Chad's high-level delegation arrived in Doha on Sunday.", "TCD"),
        ("A delegation from Chad arrived in Doha on Sunday.", "TCD"),
        ("A delegation led by Serbian minister Ivica Dačić arrived in Doha on Sunday.", "SRB"),
    ],
)
def test_the_delegation_is_the_one_told_before(before: str, country: str) -> None:
    met = read(f"{before} The delegation met the Omani energy minister on Monday.", DAY).event("meet")
    assert met.countries == {country, "OMN"}


@pytest.mark.parametrize(
    ("line", "day", "agency"),
    [
        ("MOSCOW, July 30, 2024. /TASS/. The two sides signed a memorandum.", "2024-07-30", "TASS"),
        ("MINSK, 3 March 2026 /BelTA/ - The two sides met.", "2026-03-03", "BelTA"),
        ("HAVANA, May 7, 2021 (ACN) The two ministers spoke.", "2021-05-07", "ACN"),
        ("MOSCOW, July 30. /TASS/. The two sides signed a memorandum.", "None", "TASS"),
    ],
)
def test_agencies_between_slashes_and_without_a_dash(line: str, day: str, agency: str) -> None:
    found = read_dateline(f"{line}\n\nMore is told here.\n")
    assert (str(found.published), found.agency) == (day, agency)


@pytest.mark.parametrize(
    ("text", "countries"),
    [
        ("Congo accused Rwanda of backing the rebels.", {"COD", "RWA"}),
        ("Rwandan troops entered eastern Congo on Monday.", {"COD", "RWA"}),
        ("Congo-Brazzaville and Gabon signed a fishing agreement.", {"COG", "GAB"}),
        ("Albanese met Modi in Delhi on Monday.", {"AUS", "IND"}),
        (
            "South Korea and Japan held talks on trade. Korea and Japan signed a fishing agreement on Monday.",
            {"JPN", "KOR"},
        ),
    ],
)
def test_names_of_several_are_found_and_decided(text: str, countries: set[str]) -> None:
    assert read(text, DAY).events[-1].countries == countries
