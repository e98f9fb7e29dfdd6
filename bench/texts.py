"""Short news texts for measurements: each with an event and mostly an instrument of its own, no two alike, the same on every machine."""

import random
from datetime import date, timedelta

_STATES = (
    "Algeria Angola Argentina Armenia Austria Azerbaijan Bangladesh Belgium Bolivia Brazil Bulgaria Cambodia Cameroon Canada Chile Colombia "
    "Croatia Cuba Denmark Ecuador Egypt Estonia Ethiopia Finland Ghana Greece Hungary Iceland Indonesia Iraq Ireland Italy Japan Kazakhstan "
    "Kenya Kuwait Laos Latvia Libya Lithuania Malaysia Malta Mexico Moldova Mongolia Morocco Mozambique Namibia Nepal Nigeria Norway Oman "
    "Panama Paraguay Peru Philippines Poland Portugal Qatar Romania Rwanda Senegal Serbia Singapore Slovakia Slovenia Somalia Spain Sudan "
    "Sweden Tanzania Thailand Tunisia Uganda Ukraine Uruguay Uzbekistan Vietnam Zambia Zimbabwe"
).split()
_PLACES = (
    "Vienna Geneva Nairobi Lima Oslo Cairo Jakarta Ottawa Madrid Lisbon Prague Doha Muscat Hanoi Accra Dakar".split()
)
_FIELDS = (
    "trade energy agriculture transport health education tourism science defence culture fisheries customs".split()
)
_INSTRUMENTS = (
    "memorandum of understanding",
    "trade agreement",
    "protocol",
    "cooperation agreement",
    "joint statement",
)
_DEEDS = (
    "{a} and {b} signed a {instrument} on {field} in {place} on {day}.",
    "The foreign minister of {a} met the foreign minister of {b} in {place} on {day}.",
    "{a} accused {b} of breaking the {field} agreement on {day}.",
    "The president of {a} visited {b} on {day} for talks on {field}.",
    "{a} offered {b} a loan for {field} on {day}.",
    "{a} and {b} are to meet in {place} on {day} to discuss {field}.",
    "{a} condemned {b} on {day} over its {field} policy.",
)
_FILLERS = (
    "The talks lasted for {n} hours.",
    "Officials of both sides spoke of {n} open questions.",
    "Some {n} reporters had come to the hall.",
    "A paper of {n} pages was handed out afterwards.",
)


def text(number: int, revision: int = 0) -> str:
    """Text number `number` (0, 1, 2 …); another `revision` of it tells of another deed."""
    chance = random.Random(f"{number}/{revision}")
    told = date(2020, 1, 1) + timedelta(days=chance.randrange(1800))
    first, second = chance.sample(_STATES, 2)
    lines = [f"Report {number}", f"{chance.choice(_PLACES)}, {_day(told)}"]
    for deed in chance.sample(_DEEDS, 2):
        day = told - timedelta(days=chance.randrange(1, 4))
        words = {"a": first, "b": second, "place": chance.choice(_PLACES), "day": _day(day)}
        words |= {"field": chance.choice(_FIELDS), "instrument": chance.choice(_INSTRUMENTS)}
        filler = chance.choice(_FILLERS).format(n=chance.randrange(2, 999))
        lines.append(f"{deed.format(**words)} {filler}")
    return "\n\n".join(lines) + "\n"


def page(number: int, revision: int = 0) -> str:
    """The same as a web page."""
    title, dateline, *paragraphs = text(number, revision).strip().split("\n\n")
    body = "".join(f"<p>{paragraph}</p>" for paragraph in (dateline, *paragraphs))
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>'
        f"<body><nav><a href='/'>Home</a></nav><article><h1>{title}</h1>{body}</article></body></html>\n"
    )


def _day(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"
