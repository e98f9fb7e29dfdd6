"""A corpus of a wanted size, made up: documents of a dozen registers, most of them about nothing that Pactwatch records.

A sentence is a template whose slots are filled by further templates, names and numbers, drawn with a seed: the same seed
makes the same bytes, and hardly a sentence comes twice. About one document in four is on foreign affairs, as on a general
news wire; the others (sport, markets, courts, weather, science, food, town halls) name countries and use the verbs of
diplomacy in other senses, so that the gate before the parser has to work.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

WORDS: dict[str, str] = {
    "state": "Albania|Algeria|Argentina|Armenia|Australia|Austria|Azerbaijan|Bangladesh|Belgium|Bolivia|Botswana|Brazil|Bulgaria|Cambodia|Canada|Chile|China|Colombia|Croatia|Cuba|Denmark|Ecuador|Egypt|Estonia|Ethiopia|Fiji|Finland|France|Germany|Ghana|Greece|Hungary|India|Indonesia|Iran|Iraq|Ireland|Israel|Italy|Japan|Kazakhstan|Kenya|Kuwait|Laos|Latvia|Libya|Malaysia|Mali|Mexico|Mongolia|Morocco|Nepal|Nigeria|Norway|Oman|Pakistan|Peru|Poland|Portugal|Qatar|Romania|Russia|Senegal|Serbia|Spain|Sudan|Sweden|Syria|Tanzania|Thailand|Tunisia|Turkey|Uganda|Ukraine|Uruguay|Uzbekistan|Vietnam|Yemen|Zambia",
    "people": "Albanian|Algerian|Argentine|Armenian|Australian|Austrian|Bolivian|Brazilian|Bulgarian|Canadian|Chilean|Chinese|Croatian|Cuban|Danish|Egyptian|Estonian|Ethiopian|Finnish|French|German|Ghanaian|Greek|Hungarian|Indian|Indonesian|Iranian|Iraqi|Irish|Italian|Japanese|Kenyan|Latvian|Malaysian|Mexican|Moroccan|Nepalese|Nigerian|Norwegian|Pakistani|Peruvian|Polish|Portuguese|Romanian|Russian|Serbian|Spanish|Swedish|Thai|Tunisian|Turkish|Ugandan|Ukrainian|Uzbek|Vietnamese|Zambian",
    "capital": "Tirana|Algiers|Yerevan|Canberra|Vienna|Baku|Dhaka|Brussels|Sofia|Ottawa|Santiago|Beijing|Bogotá|Zagreb|Havana|Quito|Cairo|Tallinn|Helsinki|Paris|Berlin|Accra|Athens|Budapest|Jakarta|Tehran|Baghdad|Dublin|Rome|Tokyo|Astana|Nairobi|Riga|Tripoli|Bamako|Rabat|Kathmandu|Abuja|Oslo|Muscat|Islamabad|Lima|Warsaw|Lisbon|Doha|Bucharest|Moscow|Dakar|Belgrade|Madrid|Stockholm|Tunis|Ankara|Kampala|Kyiv|Hanoi|Lusaka",
    "town": "Ashford|Brindle Cross|Calder Mills|Dunmore|Eastwick|Farrow Bay|Grantley|Holloway Point|Ilmington|Jarrow Sands|Kelstead|Larkhill|Marlow Heath|Northgate|Oakhurst|Penrose|Quarry Hill|Ravensdale|Saltby|Thornbury|Upper Wyke|Vale End|Westermoor|Yarrow Green",
    "first": "Adam|Aisha|Anna|Ben|Carla|Chen|Daniel|Elena|Farid|Grace|Hana|Ivan|Jana|Karim|Lena|Luis|Marta|Nadia|Omar|Paula|Rosa|Samuel|Tara|Viktor|Yusuf|Zoe|Ines|Tomas|Priya|Kofi|Ama|Lars|Sofia|Hugo|Mina",
    "last": "Abara|Bergman|Castell|Dorsey|Eklund|Farrant|Gamba|Haddon|Iversen|Jalloh|Kovar|Lindqvist|Mbeki|Novotny|Okafor|Pereira|Quist|Rahmani|Silva|Tanaka|Umarov|Varga|Wexler|Yilmaz|Zeman|Adeyemi|Brandt|Cordero|Dhillon|Esposito",
    "office": "Foreign Minister|Defence Minister|Trade Minister|Energy Minister|Finance Minister|President|Prime Minister|Interior Minister|Deputy Foreign Minister",
    "day": "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday",
    "month": "January|February|March|April|May|June|July|August|September|October|November|December",
    "topic": "fisheries|border trade|higher education|customs|water sharing|air transport|grain exports|tourism|visa rules|gas supplies|satellite data|rail freight|cyber security|vocational training|climate finance|pharmaceuticals",
    "instrument": "memorandum of understanding|protocol|treaty|framework agreement|roadmap|contract|joint declaration|free trade agreement|letter of intent",
    "team": "Rovers|United|Athletic|City|Wanderers|Rangers|Albion|Harriers|Borough|Villa",
    "sport": "rugby|handball|cycling|tennis|rowing|volleyball|swimming|athletics|football|hockey",
    "firm": "Norhaven|Telvane|Brightmoor|Castor Foods|Ostrava Steel|Pinnacle Rail|Quantum Leaf|Rillway|Solvera|Tidewater Bank|Umbra Media|Velkor",
    "good": "wheat|copper|coffee|crude|rubber|palm oil|lithium|timber|cocoa|steel|sugar|aluminium",
    "dish": "lentil stew|plum cake|flatbread|fish soup|roast squash|rice pudding|bean salad|mushroom pie|pickled beets|lamb curry",
    "weather": "heavy rain|dry wind|thick fog|early frost|bright spells|scattered showers|a late heatwave|sleet",
    "crime": "burglary|fraud|arson|perjury|embezzlement|theft|assault|forgery",
    "study": "coral reefs|night moths|sleep in teenagers|glacier melt|bread yeast|urban foxes|seed banks|old pigments|dust on Mars|hearing loss",
    "adj": "quiet|bitter|modest|sudden|careful|long|crowded|unusual|costly|familiar|steady|narrow|cheerful|awkward|patient|brisk",
    "thing": "bridge|library|school roof|bus lane|swimming pool|playground|car park|market hall|flood wall|cycle path|clinic|museum",
    "verbed": "criticised|praised|questioned|copied|noticed|repeated|softened|explained|recalled|described|forgot|mentioned|measured|misread|photographed|remembered|reread|skipped|summed up|underlined",
}  # fmt: skip

# a slot is {name}; {n} is a number, {year} a year, {d} a day of the month
WORLD = (
    "{people} {office} {first} {last} met {people} {office} {first} {last} in {capital} on {day}{tail}.",
    "{state} and {state} signed a {instrument} on {topic} in {capital} on {d} {month} {year}{tail}.",
    "{state} accused {state} of {adj} delays over {topic}{tail}.",
    "The {people} {office}, {first} {last}, will travel to {capital} next month for talks on {topic}{tail}.",
    "{capital} rejected the demand of {capital} for {n} million dollars in compensation{tail}.",
    "{state} sent {n} tonnes of food and {n} doctors to {state} after the floods of {month}{tail}.",
    "Officials of {state} said that the {instrument} with {state}, which was signed in {year}, had not been ratified{tail}.",
    "{state} imposed sanctions on {n} {people} companies in {month} {year}{tail}.",
    "A delegation from {state} held {adj} negotiations with {state} on {topic}, but no text was agreed{tail}.",
    "{state} recalled its ambassador from {capital} on {d} {month}{tail}.",
    "The two sides discussed {topic} and {topic} and agreed to set up a commission{tail}.",
    "In {year} {state} joined the customs union that {state} had proposed{tail}.",
    "{first} {last}, the {people} {office}, thanked {state} for its help with {topic}{tail}.",
    "{people} forces moved {n} kilometres from the border with {state}{tail}.",
    "{state} would welcome a {instrument} on {topic} if {state} lifted its tariffs, {last} said{tail}.",
    "Trade between {state} and {state} reached {n} million dollars in {year}{tail}.",
    "{last} {verbed} the speech of his {people} counterpart and asked for {adj} answers{tail}.",
)
OTHER = {
    "sport": (
        "{town} {team} beat {town} {team} {n}-{n2} in a {adj} match on {day}{tail}.",
        "{first} {last} of {state} won the {sport} final after {n} minutes of {adj} play{tail}.",
        "The {people} captain struck twice before half time and met little resistance{tail}.",
        "{state} will play {state} in {capital} on {d} {month}, with {n} places still to be decided{tail}.",
        "Coach {first} {last} said the side had lost its shape in the second half{tail}.",
        "{n} supporters travelled from {town}, and most of them sang until the last whistle{tail}.",
        "The {sport} season opens in {month} with a new scoring rule that few have {verbed}{tail}.",
    ),
    "markets": (
        "Shares of {firm} rose {n} per cent after the company reported {adj} earnings{tail}.",
        "The price of {good} fell to {n} dollars a tonne, its lowest since {month} {year}{tail}.",
        "{firm} signed a lease on {n} square metres of offices in {town}{tail}.",
        "Analysts at {firm} {verbed} the outlook for {good} and cut their target to {n}{tail}.",
        "Exports of {good} from {state} grew by {n} per cent, customs figures show{tail}.",
        "The central bank left its rate at {n} per cent, as {n2} of {n} economists had expected{tail}.",
        "{first} {last}, who founded {firm} in {year}, will leave the board in {month}{tail}.",
    ),
    "court": (
        "A court in {town} sentenced {first} {last}, {n}, to {n2} years for {crime}{tail}.",
        "The defendant had denied {crime} and {verbed} the evidence of {n} witnesses{tail}.",
        "Police in {town} arrested two men on suspicion of {crime} on {day}{tail}.",
        "The judge called it a {adj} case and adjourned the hearing until {d} {month}{tail}.",
        "{first} {last}, for the defence, asked for a lighter sentence{tail}.",
        "Neighbours said they had heard a {adj} noise shortly after {n} in the morning{tail}.",
    ),
    "weather": (
        "Forecasters expect {weather} over {town} by {day}, with {n} degrees at most{tail}.",
        "{weather} closed the road between {town} and {town} for {n} hours{tail}.",
        "The river at {town} stood {n} centimetres above its mean{tail}.",
        "Farmers round {town} hope for {weather} before the end of {month}{tail}.",
        "It was the {adj}est {month} since {year}, the weather office said{tail}.",
    ),
    "science": (
        "A team from {state} has studied {study} for {n} years and found a {adj} pattern{tail}.",
        "The paper on {study}, published in {month}, {verbed} an earlier one of {year}{tail}.",
        "{first} {last} of the university in {town} measured {n} samples by hand{tail}.",
        "Nobody knows why {study} should depend on the season{tail}.",
        "Funding of {n} million comes from {state} and {state}, and runs until {year}{tail}.",
        "The effect was {adj}, {last} said, but it was there in {n} of {n2} trials{tail}.",
    ),
    "town": (
        "The council of {town} put off its decision on the {thing} by {n} votes to {n2}{tail}.",
        "Residents of {town} {verbed} the plan for a new {thing} at a {adj} meeting on {day}{tail}.",
        "Work on the {thing} will cost {n} million and take until {month} {year}{tail}.",
        "Councillor {first} {last} asked who would pay for the {thing}{tail}.",
        "The {thing} of {town} was built in {year} and has been repaired {n} times since{tail}.",
        "A petition with {n} names was handed over on the steps of the town hall{tail}.",
    ),
    "food": (
        "For the {dish}, heat {n} grams of butter until it is nut-brown{tail}.",
        "My aunt in {capital} made {dish} every {day}, in a {adj} pan nobody else could use{tail}.",
        "Leave it for {n} minutes, then stir in the onions{tail}.",
        "{people} cooks swear by {dish}, though few agree on the spices{tail}.",
        "Serve with {dish} and a {adj} salad{tail}.",
    ),
    "culture": (
        "The novel by {first} {last} follows a {adj} clerk from {town} to {capital} in {year}{tail}.",
        "Visitors to the museum in {town} can see {n} drawings until {d} {month}{tail}.",
        "The {people} director {first} {last} shot the film in {n} weeks{tail}.",
        "It opens with a {adj} song and never quite finds its tune again{tail}.",
        "{n} people came to the reading, and {last} signed books until midnight{tail}.",
        "Her {adj} essays on {study} have been translated in {state}{tail}.",
    ),
}  # fmt: skip
TAILS = (
    "", "", "", "", ", {last} said", ", according to {firm}", ", despite {weather} in {town}", ", as it had in {month} {year}", " for the {n}th time in {n2} years",
    ", and {last} {verbed} the {adj} wording", " while {n} others waited outside", ", the paper added", ", which surprised nobody in {town}", " after a {adj} start to the year",
    ", though {first} {last} {verbed} it later", ", {n2} days before the {adj} end of the season", " and will do so again in {month}",
)  # fmt: skip
_SLOT = re.compile(r"\{(\w+)\}")


def documents(words: int, seed: int = 7) -> Iterator[tuple[str, str]]:
    """(register, text) of documents until they hold `words` words together."""
    rng = random.Random(seed)
    lists = {name: listed.split("|") for name, listed in WORDS.items()}
    made = 0
    while made < words:
        register = "world" if rng.random() < 0.25 else rng.choice(sorted(OTHER))
        text = _document(register, rng, lists)
        made += len(text.split())
        yield register, text


def archive(count: int, words: int = 300, share: float = 0.1, seed: int = 7) -> Iterator[str]:
    """`count` texts of about so many words, of which that share is on foreign affairs; each hangs on its number and the seed alone."""
    lists = {name: listed.split("|") for name, listed in WORDS.items()}
    for number in range(count):
        rng = random.Random(f"{seed}:{number}")
        register = "world" if rng.random() < share else rng.choice(sorted(OTHER))
        paragraphs: list[str] = []
        while sum(len(paragraph.split()) for paragraph in paragraphs) < words:
            paragraphs.append(_paragraph(register, rng, lists))
        yield _dateline(rng, lists) + "\n\n".join(paragraphs) + "\n"


def _document(register: str, rng: random.Random, lists: dict[str, list[str]]) -> str:
    paragraphs = [_paragraph(register, rng, lists) for _ in range(rng.randint(4, 14))]
    return _dateline(rng, lists) + "\n\n".join(paragraphs) + "\n"


def _paragraph(register: str, rng: random.Random, lists: dict[str, list[str]]) -> str:
    templates = WORLD if register == "world" else OTHER[register]
    chosen = [_strange(templates, rng) for _ in range(rng.randint(1, 4))]
    return " ".join(_filled(sentence, rng, lists) for sentence in chosen)


def _dateline(rng: random.Random, lists: dict[str, list[str]]) -> str:
    town = rng.choice(lists["capital"])
    return f"{town.upper()}, {rng.randint(1, 28)} {rng.choice(lists['month'])} {rng.randint(2010, 2026)} – "


def _strange(templates: tuple[str, ...], rng: random.Random) -> str:
    """A template of the register, now and then one of another: no paper keeps to its subject."""
    return rng.choice(templates) if rng.random() < 0.93 else rng.choice(OTHER[rng.choice(sorted(OTHER))])


def _filled(template: str, rng: random.Random, lists: dict[str, list[str]]) -> str:
    def fill(slot: re.Match[str]) -> str:
        name = slot[1]
        if name == "tail":
            return _SLOT.sub(fill, rng.choice(TAILS))
        if name in ("n", "n2", "d", "year"):
            low, high = {"n": (11, 980), "n2": (2, 29), "d": (1, 28), "year": (1950, 2026)}[name]
            return str(rng.randint(low, high))
        return rng.choice(lists[name])

    made = _SLOT.sub(fill, template)
    return made[:1].upper() + made[1:]
