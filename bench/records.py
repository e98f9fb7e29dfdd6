"""Tables of a release of any size, made up for measurements: no two rows alike, all rules kept, the same on every machine.

The values are spread as those of news are: many events of late and few of long ago, a few types and states in most of them,
passages of many lengths. Nothing was extracted; the texts are made of the passages, so that `verify` can read each one again.
"""

import hashlib
import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

from pipelines.arrow import arrow_schema, conform
from pipelines.project import ROOT
from pipelines.tables import published

Rows = dict[str, list[dict[str, Any]]]

_LAST_DAY = date(2026, 6, 30)
_SPAN = 12_000  # days
_STATUS = {"occurred": 74, "planned": 14, "ongoing": 5, "hypothetical": 4, "denied": 3}
_ROLES = ("initiator", "target", "participant", "host", "mediator")
_AGREE_WHEN_PLANNED = {"meet", "visit", "call", "sign", "cooperate", "aid"}
_SYLLABLES = "ba be bor da del du fa fin ga gor ha hel i ja ka kel kor la len lo ma mar mi na nel o pa per ra ren ri sa sel so ta tor u va vin za".split()
_FIELDS = "trade energy agriculture transport health education tourism science defence culture security finance migration space".split()
_INSTRUMENTS = (
    "memorandum_of_understanding",
    "agreement",
    "treaty",
    "protocol",
    "contract",
    "joint_statement",
    "convention",
)
_WORDS = (
    "officials said on the sidelines of the yearly forum that talks on the matter had gone well and would be taken up again before "
    "winter with experts from both sides at the table while others waited for word from the capital about prices borders and dams"
).split()


class World:
    """Makes the rows of a release of `events` events. `texts` are the texts of its documents by SHA-256."""

    def __init__(self, events: int) -> None:
        self._chance = random.Random(events)
        self._crosswalk = yaml.safe_load((ROOT / "lexicon" / "event_types.yaml").read_text(encoding="utf-8"))
        self.rows: Rows = {table.name: [] for table in published()}
        self.texts: dict[str, str] = {}
        self._told: dict[str, list[str]] = {}
        self._lengths: dict[str, int] = {}
        self._actors()
        self._documents(max(2, events // 4))
        for number in range(events):
            self._event(number)
        self._close()

    def tables(self) -> dict[str, pa.Table]:
        """The tables, as a build hands them over."""
        made = {}
        for table in published():
            schema = pa.schema([field.with_nullable(True) for field in arrow_schema(table)])
            made[table.name] = conform(table, pa.Table.from_pylist(self.rows[table.name], schema))
        return made

    def write_texts(self, folder: Path) -> Path:
        """Writes the texts where `verify` looks for them."""
        folder.mkdir(parents=True, exist_ok=True)
        for digest, text in self.texts.items():
            (folder / f"{digest}.txt").write_text(text, encoding="utf-8", newline="\n")
        return folder

    # Who and where

    def _name(self) -> str:
        return " ".join(
            "".join(self._chance.choices(_SYLLABLES, k=self._chance.randint(2, 4))).title() for _ in range(2)
        )

    def _actors(self) -> None:
        codes = sorted(yaml.safe_load((ROOT / "lexicon" / "countries.yaml").read_text(encoding="utf-8")))
        self._chance.shuffle(codes)
        self._codes = codes
        self._weights = [1 / (rank + 2) for rank in range(len(codes))]  # a few states are in most of what is told
        self._people: dict[str, list[str]] = {}
        self._places = [(self._name().split()[0], code) for code in self._chance.choices(codes, self._weights, k=400)]
        for code in codes:
            self._actor(code.lower(), f"{code} {self._name()}", "state", code)

    def _actor(self, actor_id: str, name: str, kind: str, country: str) -> None:
        row = {"actor_id": actor_id, "name": name, "kind": kind, "country": country}
        self.rows["actors"].append(row | dict.fromkeys(("office", "parent_actor_id", "wikidata_id")))

    def _somebody(self) -> tuple[str, str]:
        """An actor and its country: a state, or one of its people, some of whom are seen again and again."""
        (code,) = self._chance.choices(self._codes, self._weights)
        if self._chance.random() < 0.55:
            return code.lower(), code
        people = self._people.setdefault(code, [])
        if not people or self._chance.random() < 0.2:
            name = self._name()
            actor_id = f"{name.lower().replace(' ', '-')}-{len(self.rows['actors'])}"
            self._actor(actor_id, name, "person", code)
            people.append(actor_id)
        return self._chance.choice(people), code

    # What is told, and where

    def _documents(self, number: int) -> None:
        for index in range(number):
            day = _LAST_DAY - timedelta(days=int(_SPAN * self._chance.random() ** 3))
            slug = f"{day.isoformat()}-{self._name().lower().replace(' ', '-')}-{index}"
            url = f"https://example.org/{slug}"
            row = {"source_id": slug, "kind": "article", "title": f"{self._name()} and {self._name()}", "url": url}
            row |= {"publisher": f"The {self._name()}", "language": "en", "published": day, "status": "ingested"}
            row |= {"license": None, "revision": None, "retrieved_at": None}
            self.rows["sources"].append(row)
            self._told[slug], self._lengths[slug] = [], 0

    def _say(self, record: tuple[str, str], field: str, value: str, words: str, source: str) -> None:
        """A statement, and its words at the end of the text of its document."""
        kind, record_id = record
        start = self._lengths[source]
        self._told[source] += [words, " " + self._chatter() + ". "]
        self._lengths[source] += sum(map(len, self._told[source][-2:]))
        row = {"statement_id": f"st-{self._hash('s', len(self.rows['statements']), 16)}", "record_type": kind}
        row |= {"record_id": record_id, "field": field, "value": value, "source_id": source, "start": start}
        row |= {"end": start + len(words), "quote": words, "rule": f"{field}:{self._chance.choice(_WORDS)}"}
        self.rows["statements"].append(row | {"attributed_to": None})

    def _chatter(self) -> str:
        return " ".join(self._chance.choices(_WORDS, k=self._chance.randint(1, 14)))

    @staticmethod
    def _hash(kind: str, number: int, length: int) -> str:
        return hashlib.sha256(f"{kind}{number}".encode()).hexdigest()[:length]

    def _date(self) -> dict[str, Any]:
        """An EDTF date with its bounds: mostly a day, sometimes a month, seldom none."""
        day = _LAST_DAY - timedelta(days=int(_SPAN * self._chance.random() ** 3))
        sort = self._chance.random()
        if sort < 0.03:
            return dict.fromkeys(("date", "date_start", "date_end"))
        if sort < 0.15:
            first = day.replace(day=1)
            last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
            return {"date": first.isoformat()[:7], "date_start": first, "date_end": last}
        return {"date": day.isoformat(), "date_start": day, "date_end": day}

    def _event(self, number: int) -> None:
        types, event_id = list(self._crosswalk), f"evt-{self._hash('e', number, 12)}"
        (kind,) = self._chance.choices(types, [1 / (rank + 1) for rank in range(len(types))])
        (status,) = self._chance.choices(list(_STATUS), list(_STATUS.values()))
        planned = status == "planned" and kind in _AGREE_WHEN_PLANNED
        place, country = self._chance.choice(self._places) if self._chance.random() < 0.6 else (None, None)
        tellers = self._chance.sample(self.rows["sources"], k=1 if self._chance.random() < 0.8 else 2)
        sources = [teller["source_id"] for teller in tellers]
        sides = dict(self._somebody() for _ in range(self._chance.randint(2, 4)))
        row = {"event_id": event_id, "type": kind, "plover": "AGREE" if planned else self._crosswalk[kind]["plover"]}
        row |= {**self._date(), "place": place, "place_country": country, "status": status}
        row |= {
            "fields": sorted(self._chance.sample(_FIELDS, k=self._chance.choice((0, 0, 1, 1, 2)))),
            "sources": len(sources),
        }
        row |= {"origins": 1, "confidence": round(self._chance.uniform(0.3, 0.99), 2)}
        row["agreement_id"] = self._agreement(number, row, sides, sources) if kind in {"sign", "ratify"} else None
        self.rows["events"].append(row)
        for source in sources:
            for field in ("type", "status", "date", "place", "agreement_id"):
                if row[field] is not None:
                    self._say(("event", event_id), field, row[field], self._chatter(), source)
            for actor in sides:
                self._say(("event", event_id), "participant", actor, f"{actor.title()} {self._chatter()}", source)
        for actor, code in sides.items():
            part = {"event_id": event_id, "actor_id": actor, "country": code, "role": self._chance.choice(_ROLES)}
            self.rows["event_participants"].append(part)

    def _agreement(self, number: int, event: dict[str, Any], sides: dict[str, str], sources: list[str]) -> str:
        agreement_id = f"agr-{self._hash('a', number, 12)}"
        instrument = self._chance.choice(_INSTRUMENTS)
        row = {
            key: event[key]
            for key in ("date", "date_start", "date_end", "place", "fields", "sources", "origins", "confidence")
        }
        row |= {
            "agreement_id": agreement_id,
            "title": f"{self._name()} {instrument.replace('_', ' ')}",
            "instrument": instrument,
        }
        row |= {"status": "signed", "instruments": 1, "binding": self._chance.choice((True, False, None))}
        self.rows["agreements"].append(row)
        for source in sources:
            for field in ("instrument", "status", "date", "place"):
                if row[field] is not None:
                    self._say(("agreement", agreement_id), field, row[field], self._chatter(), source)
            for actor in sides:
                self._say(("agreement", agreement_id), "party", actor, f"{actor.title()} {self._chatter()}", source)
        for actor, code in sides.items():
            party = {"agreement_id": agreement_id, "actor_id": actor, "country": code, "role": "party"}
            self.rows["agreement_parties"].append(party)
        return agreement_id

    def _close(self) -> None:
        """What follows from the rest: the names of all actors, the texts and their hashes, the event types."""
        sources = [row["source_id"] for row in self.rows["sources"]]
        for actor in self.rows["actors"]:
            self._say(("actor", actor["actor_id"]), "name", actor["name"], actor["name"], self._chance.choice(sources))
        for row in self.rows["sources"]:
            text = "".join(self._told.pop(row["source_id"]))
            row |= {"sha256": hashlib.sha256(text.encode()).hexdigest(), "words": len(text.split())}
            self.texts[row["sha256"]] = text
        columns = ("plover", "cameo", "description")
        for kind, told in self._crosswalk.items():
            self.rows["event_types"].append({"type": kind, **{column: told[column] for column in columns}})
