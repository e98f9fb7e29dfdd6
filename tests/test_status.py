"""How real an event is: what a verb's own words, negation, governors and conditions make of it; and what is no event at all."""

import pytest

from tests.scoring import read

PUBLISHED = "2025-08-06"

OCCURRED = [
    ("meet", "The foreign ministers of Kenya and Oman met in Nairobi."),
    ("sign", "Fiji has signed a treaty with Tonga."),
    ("sign", "A treaty had been signed by Fiji and Tonga."),
    ("attack", "Rwandan forces managed to capture the Congolese town of Goma."),
    ("sanction", "Canada decided to impose sanctions on Myanmar."),
    ("visit", "During a visit to Oslo the Latvian president said little."),
    ("sign", "After signing a treaty with Fiji, Tonga waited."),
    ("aid", "Norway not only sent Malawi fertiliser but waited."),
    ("meet", "The envoys of Chad and Niger were meeting in Lomé when the news came."),
    ("recognize", "Chad reportedly recognised Kosovo."),
    ("deploy", "By sending troops to Haiti, Kenya surprised its friends."),
    ("sever", "It was Morocco that broke off relations with Iran."),
    ("sever", "Had Ghana not withdrawn its envoy from Togo, nobody would have noticed."),
]  # fmt: skip

ONGOING = [
    ("negotiate", "Mongolia and Kazakhstan are negotiating a free trade agreement."),
    ("attack", "Russian forces are shelling the Ukrainian city of Kharkiv."),
    ("negotiate", "Nepal and India are holding talks on a border treaty in Delhi."),
    ("cooperate", "China is building a port in Peru."),
    ("visit", "The king of Jordan is visiting Cyprus."),
    ("attack", "Saudi Arabia has been bombing Yemen."),
]

PLANNED = [
    ("visit", "Trade deals are likely to be on the agenda as the Chilean president visits Peru."),
    ("meet", "Kenya and Uganda will meet in Kampala on 12 September."),
    ("visit", "The president of Tunisia is to visit Algeria next month."),
    ("sign", "Japan plans to sign an agreement with Fiji in October."),
    ("ratify", "Iraq is expected to ratify the convention with Jordan in November."),
    ("visit", "The visit of the Georgian foreign minister to Baku is scheduled for 20 August."),
    ("meet", "A meeting between the leaders of Laos and Thailand is planned."),
    ("aid", "Hungary will send medicine to Serbia next week."),
    ("aid", "Kenya said it would send medicine to Uganda next week."),
    ("sign", "Spain and Morocco are due to sign a treaty on 9 September."),
    ("meet", "The upcoming meeting between Togo and Benin worries nobody."),
    ("retreat", "France intends to withdraw its soldiers from Djibouti."),
    ("meet", "The ministers of Chad and Niger meet in Lomé on 20 August 2025."),
]

HYPOTHETICAL = [
    ("recognize", "Panama may recognise Kosovo."),
    ("attack", "Ethiopia could attack Eritrea."),
    ("sanction", "If Albania objected, Italy would impose sanctions on it."),
    ("recognize", "Would Italy recognise Palestine?"),
    ("sign", "Fiji might one day sign a treaty with Tonga."),
    ("attack", "A strike on Bahrain by Iran could follow."),
    ("sever", "Peru is considering breaking off relations with Cuba."),
    ("meet", "The leaders of Togo and Benin were likely to meet in Lomé."),
    ("sanction", "Had Cuba sanctioned Haiti, nobody would have noticed."),
]

DENIED = [
    ("recognize", "Neither Sweden nor Norway has recognised Kosovo."),
    ("visit", "The Dutch minister cancelled a planned trip to Hungary."),
    ("retreat", "Eritrea has not withdrawn its troops from Tigray."),
    ("visit", "The visit of the Sudanese president to Cairo was cancelled."),
    ("sign", "No agreement was signed between Peru and Bolivia."),
    ("recognize", "France has not recognised Kosovo."),
    ("meet", "Moldova's president denied that she had met Serbian officials."),
    ("meet", "A meeting between Togo and Benin never took place."),
    ("sign", "Peru never signed the treaty with Ecuador."),
    ("sign", "Fiji failed to sign the treaty with Tonga."),
    ("recognize", "Panama will not recognise Kosovo."),
    ("recognize", "Chad would never recognise Kosovo."),
    ("meet", "There were no talks between Chad and Mali."),
    ("meet", "Syria denied that its foreign minister had met Israeli officials in Baku."),
]

NO_EVENT = [
    "Iran hopes to sign an agreement with Oman.",
    "Ministers from Egypt and Sudan stressed the importance of talks.",
    "The Pakistani president underlined the need for closer cooperation with Iran.",
    "Analysts say that Iran wants a treaty with Russia.",
    "Chad is keen on a treaty with Mali.",
    "Kuwait must sign the treaty with Iraq, one editor thinks.",
    "Chile should recognise Kosovo.",
]

# What is read as if it had happened, though the words around it say that it has not.
UNREAL = [
    "Both Chad and Niger are interested in signing a treaty with Mali.",
    "Chad insists on signing a treaty with Mali.",
    "Chad dreams of recognising Kosovo.",
    "Chad almost attacked Mali.",
    "Chad called for a meeting with Mali.",
    "It is unlikely that Chad will recognise Kosovo.",
    "Chad spoke of the prospect of signing a treaty with Mali.",
    "Chad wants Mali to recognise Kosovo.",
    "Chad was accused of attacking Mali.",
    "Poland accused Belarus of sending migrants over the border.",
]
TAKEN_FOR_REAL = [
    "Chad rules out recognising Kosovo.",
    "Instead of recognising Kosovo, Chad waited.",
]

# (type, status, text, why): a line that begins to pass must move up into its table.
NOT_YET = [
    ("attack", "hypothetical", "Such a raid would be read as an attack on the United States by Iran.", "imagined by what would be read as"),
    ("mediate", "ongoing", "Oman is mediating between Yemen and Saudi Arabia.", "progressive mediation"),
    ("deploy", "ongoing", "Rwandan troops are stationed in Mozambique.", "a state told by a participle in the present"),
    ("meet", "ongoing", "Talks between Oman and Iran are under way in Muscat.", "under way"),
    ("attack", "ongoing", "Saudi Arabia continues to bomb Yemen.", "continues to"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "status", "text"),
    [
        *((kind, "occurred", text) for kind, text in OCCURRED),
        *((kind, "ongoing", text) for kind, text in ONGOING),
        *((kind, "planned", text) for kind, text in PLANNED),
        *((kind, "hypothetical", text) for kind, text in HYPOTHETICAL),
        *((kind, "denied", text) for kind, text in DENIED),
        *(
            pytest.param(kind, status, text, marks=pytest.mark.xfail(reason=why, strict=True))
            for kind, status, text, why in NOT_YET
        ),
    ],
)
def test_status(kind: str, status: str, text: str) -> None:
    reading = read(text, PUBLISHED)
    assert [(e.type, e.status) for e in reading.events] == [(kind, status)], reading.told()


@pytest.mark.parametrize("text", NO_EVENT)
def test_what_is_wished_or_stressed_is_no_event(text: str) -> None:
    assert read(text, PUBLISHED).told() == []


@pytest.mark.parametrize(
    "text",
    [
        *UNREAL,
        *(
            pytest.param(text, marks=pytest.mark.xfail(reason="a word of wish or doubt not yet heeded", strict=True))
            for text in TAKEN_FOR_REAL
        ),
    ],
)
def test_what_is_not_real_is_never_told_as_done_or_planned(text: str) -> None:
    unreal = {"accuse", "appeal", "reject", "offer"}  # the act of saying so may well be real
    told = [(e.type, e.status) for e in read(text, PUBLISHED).events if e.type not in unreal]
    assert {status for _, status in told} <= {"hypothetical", "denied"}


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ("signed a treaty with Tonga", "signed"),
        ("will sign a treaty with Tonga in October", "planned"),
        ("is negotiating a treaty with Tonga", "negotiating"),
        ("has ratified the treaty with Tonga", "in_force"),
        ("suspended the treaty with Tonga", "suspended"),
        ("terminated the treaty with Tonga", "terminated"),
        ("did not sign a treaty with Tonga", "denied"),
        ("proposed a treaty to Tonga", "proposed"),
    ],
)
def test_the_verb_tells_how_far_an_agreement_is(told: str, status: str) -> None:
    (agreement,) = read(f"Fiji {told}.", PUBLISHED).agreements
    assert (agreement.instrument, agreement.status, sorted(agreement.countries)) == ("treaty", status, ["FJI", "TON"])


def test_a_date_ahead_makes_a_present_tense_a_plan() -> None:
    text = "Chad and Niger hold talks in Lomé on {}."
    assert read(text.format("20 August 2025"), PUBLISHED).event("meet").status == "planned"
    assert read(text.format("20 July 2025"), PUBLISHED).event("meet").status == "occurred"


def test_the_words_that_decide_are_the_proof() -> None:
    event = read("Peru will recognise Kosovo.").event("recognize")
    assert event.quotes["status"] == "will"
    assert event.quotes["type"] == "recognise"
    assert read("Peru has not recognised Kosovo.").event("recognize").quotes["status"] == "not"
