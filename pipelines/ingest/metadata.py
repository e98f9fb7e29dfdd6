"""Title, publisher and date of a document: from its declaration, its metadata (front matter, page), or its own lines, in that order."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from itertools import islice
from typing import Any, Self

from pipelines.declarations import parse_yaml
from pipelines.errors import PactwatchError
from pipelines.ingest.dateline import date_of_line, read_dateline
from pipelines.ingest.document import KINDS
from pipelines.ingest.text import BOM
from pipelines.printable import is_invisible

_LONGEST_TITLE = 200
_HEAD = 5_000
_LONGEST_FRONT_MATTER = 65_536
_FENCE = "---"
_CITATION_MARKER = re.compile(r"\[\d{1,3}\]")
_MARKERS_OF_AN_ENCYCLOPEDIA = 3
# Lines that say what sort of text follows, and are no title.
_LABEL_LINE = re.compile(
    r"(?:press|news|media) (?:release|statement|note)|(?:joint )?(?:statement|communiqu[eé])|transcript|(?:briefing|policy) note"
    r"|opinion|analysis|comment|editorial|explainer|breaking|exclusive|for immediate release",
    re.IGNORECASE,
)
# The head of an official paper: an organ of state by its name alone, or the sort of paper that only such organs issue.
_LETTERHEAD = re.compile(
    r"(?i:(?:press|media) (?:release|statement)|transcript|.{0,60}\bcommuniqu[eé]\b(?: no\.? ?[\w/-]+)?|joint statement)"
    r"|(?i:the )?(?:[A-Z][\w'’-]+ ){0,3}(?i:ministry|embassy|department|permanent mission|high commission|office)"
    r"(?: (?:(?i:of|for|and|in|to|the) )*[A-Z][\w'’-]+,?)*(?::.{0,40})?"
)
_LETTERHEAD_LINES = 3
_SENTENCE_END = re.compile(r"[.;:…](?:[\"'”’)\]]|\[\d+\])*$")
_ABBREVIATION_END = re.compile(r"\b(?:[A-Z]\.){2,}$")
_ADDRESS = re.compile(r"https?://\S+")
_SPACES = str.maketrans("\n\t\r", "   ")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What one place says of a document; None where it says nothing."""

    title: str | None = None
    publisher: str | None = None
    published: date | None = None
    url: str | None = None
    kind: str | None = None
    language: str | None = None
    license: str | None = None
    revision: str | None = None

    def or_else(self, other: Self) -> Self:
        """This, with what it does not say filled in from `other`."""
        merged = {
            field.name: mine if (mine := getattr(self, field.name)) is not None else getattr(other, field.name)
            for field in fields(self)
        }
        return type(self)(**merged)


def split_front_matter(text: str) -> tuple[str, Metadata]:
    """The main text of a Markdown file, and what its front matter (YAML between two lines of `---`) says.

    A file without front matter, or whose front matter is no YAML mapping, is main text throughout.
    """
    lines = text[:_LONGEST_FRONT_MATTER].split("\n")
    if lines[0].rstrip() != _FENCE:
        return text, Metadata()
    end = next((index for index, line in enumerate(lines[1:], start=1) if line.rstrip() == _FENCE), None)
    if end is None:
        return text, Metadata()
    try:
        stated = parse_yaml("\n".join(lines[1:end]), "front matter")
    except PactwatchError:
        return text, Metadata()
    if not isinstance(stated, dict):
        return text, Metadata()
    body = text[sum(len(line) + 1 for line in lines[: end + 1]) :].lstrip(BOM)
    return body, from_mapping({str(key).lower(): value for key, value in stated.items()})


def from_mapping(stated: Mapping[str, Any]) -> Metadata:
    """Metadata from foreign keys and values: what is not understood is left out, for nobody promised us its form."""
    kind = one_line(stated.get("kind"))
    language = one_line(stated.get("language") or stated.get("lang"))
    url = one_line(stated.get("url") or stated.get("source_url") or stated.get("canonical"))
    return Metadata(
        title=one_line(stated.get("title")),
        publisher=one_line(stated.get("publisher") or stated.get("sitename")),
        published=as_date(stated.get("published") or stated.get("date")),
        url=url if url and _ADDRESS.fullmatch(url) else None,
        kind=kind if kind in KINDS else None,
        language=language.replace("_", "-") if language and _LANGUAGE.fullmatch(language) else None,
        license=one_line(stated.get("license")),
        revision=one_line(stated.get("revision")),
    )


def from_text(text: str) -> Metadata:
    """What a normalised text says of itself: its title line, its dateline, and the look of an encyclopedia page."""
    dateline = read_dateline(text)
    lines = [line.strip() for line in text[:_HEAD].split("\n") if line.strip()][: _LETTERHEAD_LINES + 1]
    kind = None
    if any(_LETTERHEAD.fullmatch(line) for line in lines[:_LETTERHEAD_LINES]):
        kind = "official"
    elif dateline.agency:
        kind = "wire"
    elif dateline.published is None and _has_markers(text):
        kind = "encyclopedia"
    return Metadata(title=_title(lines), publisher=dateline.agency, published=dateline.published, kind=kind)


def as_date(value: Any) -> date | None:
    """A full date from a YAML date, an ISO 8601 text or a written-out date; None from anything else."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        return None
    try:
        return date.fromisoformat(value.strip()[:10])
    except ValueError:
        return date_of_line(value.strip())


def one_line(value: Any) -> str | None:
    """A foreign scalar as one line of visible text; None where nothing is left of it or it is no scalar."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    visible = str(value)[:2000].translate(_SPACES)
    if not visible.isprintable():  # most are, and are not looked at character by character
        visible = "".join(character for character in visible if not is_invisible(character))
    return " ".join(visible.split()) or None


def _title(lines: list[str]) -> str | None:
    """The first line, where it is short, ends no sentence, is neither label nor dateline, and other text follows."""
    for line in lines[:-1]:
        title = one_line(line.lstrip("#").strip(" *_"))
        if title is None or date_of_line(line) or _LABEL_LINE.fullmatch(title):
            continue
        if len(title) > _LONGEST_TITLE or title.startswith(("http://", "https://", "- ", "[")):
            return None
        ends_sentence = _SENTENCE_END.search(title) and not _ABBREVIATION_END.search(title)
        return None if ends_sentence else title
    return None


def _has_markers(text: str) -> bool:
    markers = islice(_CITATION_MARKER.finditer(text), _MARKERS_OF_AN_ENCYCLOPEDIA)
    return sum(1 for _ in markers) == _MARKERS_OF_AN_ENCYCLOPEDIA
