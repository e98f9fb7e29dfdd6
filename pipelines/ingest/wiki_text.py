"""The text of a rendered MediaWiki page: title, then headings and paragraphs by section; what is no prose is left out.

Left out are tables and infoboxes, references and their markers, boxes, images and notes, and the sections that only list literature
and links. The links of the references are kept as a list at the end, as that is what the page draws on.
"""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from pipelines.ingest.addresses import tidy
from pipelines.ingest.page_words import page_words
from pipelines.ingest.text import normalise

SOURCES_HEADING = "References"
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
_BLOCKS = frozenset("p li dt dd blockquote pre div section center".split())
_LEFT_OUT = frozenset("table style script figure figcaption audio video math img noscript input".split())
_CLASSES = frozenset(
    "reference references mw-references-wrap reflist refbegin noprint navbox navbox-styles vertical-navbox sidebar infobox hatnote thumb "
    "tright tleft gallery toc mw-editsection metadata ambox tmbox ombox sistersitebox side-box shortdescription mw-empty-elt error "
    "mw-ext-cite-error catlinks mw-authority-control mwe-math-element coordinates mw-kartographer-container portalbox printfooter "
    "mw-cite-backlink Inline-Template mw-jump-link".split()
)
_ARCHIVES = re.compile(r"(?:^|\.)(?:web\.archive\.org|archive\.(?:org|today|is|ph)|webcitation\.org)$", re.IGNORECASE)
_SPACES = re.compile(r"[^\S\n]+")


def wiki_text(title: str, markup: str) -> str:
    """The normalised text of a page: blocks set apart by blank lines. Of `markup` (HTML of action=parse) nothing is run or fetched."""
    from lxml import html

    root = html.document_fromstring(
        b"<html><body>" + markup.encode("utf-8") + b"</body></html>", parser=html.HTMLParser(encoding="utf-8")
    )
    links = list(_reference_links(root))
    blocks = [title, *_kept(list(_blocks(root.find("body"))))]
    if links:
        blocks += [SOURCES_HEADING, "\n".join(links)]
    return normalise("\n\n".join(blocks))


def _kept(blocks: list[tuple[int, str]]) -> Iterator[str]:
    """Blocks of the sections that are text; (0, …) is a paragraph, (n, …) a heading of level n."""
    unwanted = page_words().wiki_sections
    skipped = 0
    for index, (level, text) in enumerate(blocks):
        if level:
            if skipped and level > skipped:
                continue
            skipped = level if text.casefold() in unwanted else 0
            following = blocks[index + 1 :]
            # A heading whose section was all tables says nothing by itself.
            if skipped or not following or (following[0][0] and following[0][0] <= level):
                continue
        elif skipped:
            continue
        yield text


def _blocks(element: Any) -> Iterator[tuple[int, str]]:
    """Paragraphs, list items and headings in order, each one line."""
    line: list[str] = []
    for kind, text in _pieces(element):
        if kind is None:
            line.append(text)
            continue
        if paragraph := _one_line("".join(line)):
            yield 0, paragraph
        line = []
        if kind and (heading := _one_line(text)):
            yield kind, heading
        elif not kind:
            line.append(text)
    if paragraph := _one_line("".join(line)):
        yield 0, paragraph


def _pieces(element: Any) -> Iterator[tuple[int | None, str]]:
    """Text in order: (None, text) goes on with the line, (0, text) begins a new one, (n, text) is a whole heading."""
    yield None, element.text or ""
    for child in element:
        if _is_left_out(child):
            pass
        elif child.tag in _HEADINGS:
            yield int(child.tag[1]), "".join(text for _, text in _pieces(child))
        elif child.tag == "br":
            yield None, " "
        else:
            is_block = child.tag in _BLOCKS or child.tag in {"ul", "ol", "dl"}
            if is_block:
                yield 0, "- " if child.tag == "li" else ""
            yield from _pieces(child)
            if is_block:
                yield 0, ""
        yield None, child.tail or ""


def _is_left_out(element: Any) -> bool:
    if not isinstance(element.tag, str) or element.tag in _LEFT_OUT:
        return True
    return bool(_CLASSES & set((element.get("class") or "").split())) or element.get("id") == "coordinates"


def _reference_links(root: Any) -> Iterator[str]:
    """The links of the references, each once, one a reference: the original rather than its copy in a web archive."""
    seen = set()
    for item in root.iter("li"):
        if "references" not in (item.getparent().get("class") or "").split():
            continue
        found = [link.get("href") or "" for link in item.iter("a") if "external" in (link.get("class") or "").split()]
        web = [url for url in found if re.fullmatch(r"https?://[^\s<>\"]+", url) and tidy(url)]
        originals = [url for url in web if not _ARCHIVES.search(urlsplit(url).hostname or "")] or web
        if originals and originals[0] not in seen:
            seen.add(originals[0])
            yield originals[0]


def _one_line(text: str) -> str:
    line = " ".join(_SPACES.sub(" ", text.replace("\n", " ")).split())
    return "" if line == "-" else re.sub(r" ([,.;:])(?=\s|$)", r"\1", line)
