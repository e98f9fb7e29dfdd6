"""Regular expressions that are compiled from the lexicon: offices, portfolios, honorifics, names of persons and of bodies."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pipelines.extract.lexicon import Lexicon

UPPER = "[A-ZÀ-ÖØ-Þ" + "".join(chr(c) for c in range(0x100, 0x250) if chr(c).isupper()) + "]"
CAP = rf"(?:{UPPER}[\w’'ʼ‘-]*[\w]|{UPPER}\.|[IVX]+\b)"
_LOWER_PARTICLES = (
    r"(?:(?:al|el|ul|ur|ud|bin|ibn|bint|abu|ben|von|van|der|de|del|de la|da|do|dos|di|du|le|la|ter|ten|zu|av|oglu)[ -])"
)
NAME = re.compile(rf"{CAP}(?:[ -]{_LOWER_PARTICLES}{{0,2}}{CAP}){{0,5}}")
STOP_IN_NAME = frozenset(
    "The A An In On At By For With And But Or As Of From To After Before During While When Where If It He She They We I His Her Its Their This That These Those "
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August September October November December "
    "Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec Not No Yes Both Two Three However Meanwhile Later Earlier Last Next According Ministry Minister President "
    "Government Foreign State Council Committee Agency Embassy Today Yesterday Since Until Under Over Also Said Says Who Which What Why How There Here "
    "North South East West Northern Southern Eastern Western Speaking Sources Source Officials Analysts Western".split()
)
ORGANIZATION_WORDS = (
    "Organization Organisation Council Union Company Corporation Group Bank League Association Agency Commission Committee Party Front Movement Brigade Army "
    "Forces Foundation Institute University Ministry Department Parliament Assembly Court Congress Senate Alliance Initiative Conference Forum Summit Fund "
    "Community Federation Confederation Authority Bureau Office Board Service Command Corps Centre Center Airlines Airways Holdings Limited Ltd Inc Industries "
    "Affairs Research Technology Science Education Treaty Agreement Accord Pact Convention Protocol Corridor Project Pipeline Road Belt Port Airport River Sea Gulf Strait Province Region District Street Square "
    "War Revolution Crisis Day Week Year Prize Award Cup Games Palace House Hotel Act Law Declaration Charter Memorandum Partnership Network Times Post News Daily "
    "Tribunal Consulate Embassy Programme Program Republic Kingdom Islands Island Peninsula Mountains Desert Basin Plan Process Framework Cooperation Security"
).split()


def alternation(words: list[str]) -> str:
    """A group that matches any of the words, the longest first, blanks standing for any white space.

    Words that begin alike share that part of the pattern: hundreds of words cost hardly more than a few.
    """
    tree: dict[str, Any] = {}
    for word in words:
        node = tree
        for character in word:
            node = node.setdefault(character, {})
        node[""] = {}
    return _branches(tree)


def _branches(node: dict[str, Any]) -> str:
    ways = [
        (r"\s+" if character == " " else re.escape(character)) + _branches(node[character])
        for character in sorted(node)
        if character
    ]
    if not ways:
        return ""
    if "" in node:
        return f"(?:{'|'.join(ways)})?"
    return ways[0] if len(ways) == 1 else f"(?:{'|'.join(ways)})"


@dataclass(frozen=True, slots=True)
class OfficePatterns:
    """The office grammar, compiled."""

    head: re.Pattern[str]
    titles: dict[str, tuple[str, str, bool]]  # form, lower case: canonical title, whom it acts for, plural
    portfolio_before: re.Pattern[str]
    portfolio_after: re.Pattern[str]
    portfolios: dict[str, dict[str, Any]]  # form, lower case: its row
    modifier_before: re.Pattern[str]
    honorifics: re.Pattern[str]
    honorific_name: re.Pattern[str]
    ministry: re.Pattern[str]
    counterpart: re.Pattern[str]


@lru_cache(maxsize=4)
def office_patterns(lexicon: Lexicon) -> OfficePatterns:
    """The office grammar of a lexicon, compiled once."""
    rows = lexicon.offices
    titles: dict[str, tuple[str, str, bool]] = {}
    exact: list[str] = []
    for row in rows["heads"]:
        for form, plural in [
            (row["head"], False),
            *((f, False) for f in row.get("forms") or []),
            (row.get("plural") or row["head"] + "s", True),
        ]:
            titles.setdefault(form.lower(), (row["canonical"], row["acts_for"], plural))
            if form.isupper():
                exact.append(form)
    portfolios: dict[str, dict[str, Any]] = {}
    for row in rows["portfolios"]:
        for form in [row["portfolio"], *(row.get("forms") or [])]:
            portfolios.setdefault(form.lower(), row)
    any_title = alternation([form for form in titles if form.upper() not in exact])
    any_portfolio = alternation(list(portfolios))
    honorific = alternation([*rows["honorifics"], *rows["ranks"]])
    return OfficePatterns(
        head=re.compile(rf"(?<![\w-])(?:(?i:{any_title})|{alternation(exact)})(?![\w-]|’s\s+office)"),
        titles=titles,
        portfolio_before=re.compile(rf"(?<![\w-])(?i:{any_portfolio})(?:\s+and\s+(?i:{any_portfolio}))?\s+$"),
        portfolio_after=re.compile(
            rf"(?i:(?:the\s+)?{any_portfolio})(?:(?:,\s*|,?\s+and\s+)(?i:{any_portfolio}))*(?![\w-])"
        ),
        portfolios=portfolios,
        modifier_before=re.compile(rf"(?<![\w])(?i:{alternation(rows['modifiers'])})[\s-]*$"),
        honorifics=re.compile(rf"(?:{honorific}\s+)+"),
        honorific_name=re.compile(rf"(?<![\w-]){honorific}(?:\s+{honorific})*\s+(?={CAP})"),
        ministry=re.compile(
            rf"(?<![\w-])(?:(?:(?i:{any_portfolio})\s+(?:Ministry|ministry|Department|Office|Secretariat))"
            rf"|(?:Ministry|ministry|Ministries|Department|State Secretariat)\s+(?:of|for)\s+(?i:(?:the\s+)?{any_portfolio})"
            rf"(?:(?:,\s*|,?\s+and\s+)(?i:{any_portfolio}))*)(?![\w-])"
        ),
        counterpart=re.compile(rf"(?<![\w-])(?i:{alternation(rows['counterparts'])})(?![\w-])"),
    )
