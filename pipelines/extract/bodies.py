"""Bodies that the lexicon does not name: ministries by their portfolio, forces of a state, organizations and companies by their form."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipelines.extract.gazetteer import Mention
from pipelines.extract.lexicon import Lexicon
from pipelines.extract.offices import Around
from pipelines.extract.patterns import CAP, OfficePatterns
from pipelines.extract.persons import slug

_STATE_FORMS = ("name", "demonym", "capital")
_FORCES = re.compile(
    r"(?P<name>Armed Forces|Air Force|Army|Navy|Coast Guard|Parliament|National Assembly|Senate|Supreme Court|Central Bank|Embassy|Border Guards?|"
    r"Foreign Office|Cabinet|Congress|National Guard|Security Council|Security Forces|Defen[cs]e Forces?)\b"
)
_KINDS = (
    ("company", r"Company|Corporation|Corp\.?|Group|Holdings?|Ltd\.?|Limited|Inc\.?|Airlines?|Airways|Industries|Bank|Motors|Energy|Petroleum|Mining|Shipyards?|Railways"),
    ("organization", r"Organi[sz]ation|Union|Council|Community|League|Alliance|Association|Federation|Commission|Bloc|Forum|Fund"),
    ("armed_group", r"Liberation Front|Liberation Army|Brigades?|Resistance Army|Patriotic Front|Defence Forces of"),
    ("government", r"Authority|Agency|Directorate|Administration|Secretariat|Court"),
)  # fmt: skip
_GENERIC = re.compile(
    rf"(?<![\w-])(?:{CAP}[ -](?:(?:of|for|and|the|de) )*){{1,5}}?(?:"
    + "|".join(f"(?P<{kind}>{words})" for kind, words in _KINDS)
    + r")(?![\w-]|\s+(?:Minist(?:er|ers|ry)|Secretary|Commissioner)\b)"
    rf"(?P<of>\s+(?:of|for)\s+(?:the\s+)?{CAP}(?:[ -]{CAP}){{0,3}})?(?:\s*\((?P<short>[A-Z][A-Za-z&.-]{{1,9}})\))?"
)
_GROUP = re.compile(
    rf"\b(?:terrorist|militant|rebel|armed|insurgent|separatist|jihadist|guerrilla|paramilitary|extremist)\s+(?:group|organi[sz]ation|movement|faction|outfit|militia)s?,?\s+(?P<name>(?:the\s+)?{CAP}(?:[ -](?:al-|of |the |for )?{CAP}){{0,4}})"
    rf"|(?<![\w-])(?P<before>{CAP}(?:[ -](?:al-)?{CAP}){{0,3}})\s+(?:rebels|militants|insurgents|militia|militiamen|guerrillas|fighters)\b"
)
_LEADING = re.compile(
    r"^(?:The|An?|In|On|At|By|For|Under|With|And|But|When|While|After|Before|Its|His|Their|From|Through|Both|As|Since|Under)\s+"
)


@dataclass(frozen=True, slots=True)
class Body:
    """A body of the document that the lexicon does not know."""

    key: str
    kind: str
    name: str
    country: str | None
    parent: str | None
    start: int
    end: int
    short: str | None


def find_bodies(text: str, around: Around, lexicon: Lexicon, patterns: OfficePatterns) -> list[Body]:
    """Ministries, forces, organizations, companies and armed groups by their form, left to right."""
    found = [
        *_ministries(text, around, patterns),
        *_forces(text, around),
        *_generic(text, around, lexicon),
        *_groups(text, around),
    ]
    found.sort(key=lambda body: (body.start, -body.end))
    out: list[Body] = []
    for body in found:
        if not out or body.start >= out[-1].end:
            out.append(body)
    return out


def _owner(text: str, start: int, around: Around) -> Mention | None:
    """The state named right before a body, with or without a possessive."""
    joiner = re.search(
        r"(?:[’']s?)?\s+(?:(?:federal|national|own|Federal|National)\s+)?$", text[max(0, start - 14) : start]
    )
    mention = around.by_end.get(max(0, start - 14) + joiner.start()) if joiner else None
    return mention if mention is not None and mention.form in _STATE_FORMS else None


def _ministries(text: str, around: Around, patterns: OfficePatterns) -> list[Body]:
    out = []
    for match in patterns.ministry.finditer(text):
        portfolio = re.sub(
            r"(?i)\b(ministry|ministries|department|office|secretariat|state|of|for|the)\b", " ", match.group()
        )
        form = " ".join(portfolio.split()).lower()
        row = patterns.portfolios.get(form) or patterns.portfolios.get(re.split(r",| and ", form)[0].strip())
        if row is None or not row.get("ministry"):
            continue
        owner = _owner(text, match.start(), around)
        end = match.end()
        after = re.compile(r"\s+(?:of|in)\s+(?:the\s+)?").match(text, end)
        behind = around.by_start.get(after.end()) if after else None
        if owner is None and behind is not None and behind.form in ("name", "capital"):
            owner, end = behind, behind.end
        if owner is None or owner.country is None:
            continue
        country = owner.country
        formal = match.group() if match.group().startswith(("Ministry of", "Department of")) else str(row["ministry"])
        key = f"{country.lower()}-{slug(str(row['ministry']))}"
        out.append(Body(key, "government", formal, country, country.lower(), match.start(), end, None))
    return out


def _forces(text: str, around: Around) -> list[Body]:
    out = []
    for match in _FORCES.finditer(text):
        owner = _owner(text, match.start(), around)
        if owner is None or owner.country is None:
            continue
        name = f"{text[owner.start : owner.end]} {match['name']}"
        key = f"{owner.country.lower()}-{slug(match['name'])}"
        out.append(Body(key, "government", name, owner.country, owner.country.lower(), owner.start, match.end(), None))
    return out


def _generic(text: str, around: Around, lexicon: Lexicon) -> list[Body]:
    out = []
    for match in _GENERIC.finditer(text):
        start, end = match.start(), match.end()
        raw = text[start:end]
        if lead := _LEADING.match(raw):
            start += lead.end()
        kind = next(k for k, _ in _KINDS if match[k])
        name = re.sub(r"\s*\([^)]*\)$", "", text[start:end])
        core = name.split(" of ")[0]
        if (
            len(core.split()) < 2
            or name in lexicon.surfaces
            or any(
                at in around.by_start and around.by_start[at].kind not in ("state", "place") for at in range(start, end)
            )
        ):
            continue
        if start in around.by_start and around.by_start[start].end == end:
            continue
        inside = [
            around.by_start[at]
            for at in range(start, end)
            if at in around.by_start and around.by_start[at].kind == "state"
        ]
        owner = _owner(text, start, around) or (inside[0] if len(inside) == 1 else None)
        if kind == "organization" and len(inside) == 1:
            kind = "government"  # the commission, union or fund of one state
        country = owner.country if owner and kind in ("government", "company") else None
        if kind == "government" and country is None:
            continue
        out.append(
            Body(
                slug(name),
                kind,
                name,
                country,
                country.lower() if country and kind == "government" else None,
                start,
                end,
                match["short"],
            )
        )
    return out


def _groups(text: str, around: Around) -> list[Body]:
    out = []
    for match in _GROUP.finditer(text):
        group = "name" if match["name"] else "before"
        start, end = match.span(group)
        name = re.sub(r"^the\s+", "", match[group])
        start = end - len(name)
        first = around.by_start.get(start)
        if (
            (first is not None and first.end >= end)
            or _LEADING.match(name + " ")
            or (first is not None and first.form in ("demonym", "name"))
        ):
            continue
        out.append(Body(slug(name), "armed_group", name, None, None, start, end, None))
    return out
