"""The public posts of a channel, from the pages on which they can be read without an account.

A page is archived where it shows a post that is new, changed or missing. Every post is a document: its text, its day (UTC), its
permanent link, and, where it was forwarded, from where, as a last line that is read as a citation.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from pipelines.archive.archive import Archive
from pipelines.archive.capture import Capture
from pipelines.fetch.client import Fetcher
from pipelines.fetch.response import FetchError, Response
from pipelines.ingest.charset import decode_markup
from pipelines.ingest.document import Document, Rejected
from pipelines.ingest.language import language_of
from pipelines.ingest.metadata import Metadata
from pipelines.ingest.reader import Collected, Problem, Tally
from pipelines.ingest.readers.articles import ACCEPT
from pipelines.ingest.readers.documents import document_of
from pipelines.ingest.readers.parsed import Parsed
from pipelines.ingest.source import Source, Telegram
from pipelines.ingest.text import UnreadableTextError, count_words, normalise

_POST = re.compile(r"[\w.]+/(\d{1,12})")
_LINK = re.compile(r"https?://(?:t|telegram)\.me/[\w/]{4,80}")
_BREAKS = frozenset("br p div blockquote pre".split())


@dataclass(frozen=True, slots=True)
class Post:
    """One post as a preview shows it."""

    number: int
    text: str
    """Normalised; empty where it is a picture alone."""
    moment: str | None
    """ISO 8601, as stated."""


@dataclass(slots=True)
class _Known:
    """A post as all captures together tell it."""

    post: Post
    since: datetime
    shown: bool = True
    """False where a later page leaves it out from among its neighbours."""


@dataclass(frozen=True, slots=True)
class TelegramReader:
    """Reads sources of the kind Telegram."""

    parsed: Parsed = field(default_factory=Parsed)

    def collect(self, source: Source, fetcher: Fetcher, archive: Archive) -> Collected:
        """Reads the newest preview page, and older ones as far back as declared, until one has nothing new."""
        assert isinstance(source.reader, Telegram)
        tally = Tally()
        known = self._posts(source, archive, None)
        url = _url(source.reader)
        for _ in range(source.reader.back):
            tally.requests += 1
            try:
                response = fetcher.get(url, accept=ACCEPT)
                posts = _posts_of(response)
            except (FetchError, UnreadableTextError) as error:
                tally.trouble(url, error)
                break
            if not posts:
                if url == _url(source.reader):
                    tally.problems.append(
                        Problem(url, "unreadable", "no posts: is the channel public, with a preview?")
                    )
                break
            if not _take(posts, response.fetched_at, known, tally):
                break
            archive.add_response(source.id, response)
            url = f"{_url(source.reader)}?before={min(post.number for post in posts)}"
        for one in known.values():
            tally.item(_moment(one.post))
        return tally.collected()

    def documents(self, source: Source, archive: Archive, until: int | None) -> Iterator[Document | Rejected]:
        """A document a post that has words."""
        assert isinstance(source.reader, Telegram)
        for number, one in sorted(self._posts(source, archive, until).items()):
            if not count_words(one.post.text):
                continue
            moment = _moment(one.post)
            stated = Metadata(
                url=f"https://t.me/{source.reader.channel}/{number}",
                published=moment.date() if moment else None,
                language=language_of(one.post.text, None, source.language),
            )
            yield document_of(source, f"{source.id}-{number}", one.post.text, stated, one.since, reachable=one.shown)

    def _posts(self, source: Source, archive: Archive, until: int | None) -> dict[int, _Known]:
        assert isinstance(source.reader, Telegram)
        start = _url(source.reader)
        captures = [
            capture
            for capture in archive.history(source.id, until=until)
            if capture.payload_sha256 is not None and capture.url.partition("?")[0] == start
        ]
        pages = self.parsed.recall(captures, "posts", lambda capture: _read(archive, capture))
        known: dict[int, _Known] = {}
        for capture, page in zip(captures, pages, strict=True):
            _take([Post(**post) for post in page], capture.captured_at, known, Tally())
        return known


def _url(channel: Telegram) -> str:
    return f"{channel.preview}/{channel.channel}"


def _take(posts: list[Post], at: datetime, known: dict[int, _Known], tally: Tally) -> bool:
    """Adds what a page shows to what is known; whether anything was new, changed or missing."""
    before = tally.new, tally.changed, tally.gone
    numbers = {post.number for post in posts}
    for post in posts:
        one = known.get(post.number)
        if one is None:
            known[post.number] = _Known(post, at)
            tally.new += 1
        elif one.post.text != post.text or not one.shown:
            since = one.since if one.post.text == post.text else at
            known[post.number] = _Known(post, since)
            tally.changed += 1
        else:
            tally.unchanged += 1
    for number, one in known.items():
        if one.shown and min(numbers, default=0) < number < max(numbers, default=0) and number not in numbers:
            one.shown = False
            tally.gone += 1
    return before != (tally.new, tally.changed, tally.gone)


def _read(archive: Archive, capture: Capture) -> list[dict[str, Any]]:
    try:
        return [asdict(post) for post in read_posts(archive.payload(capture), capture.mediatype)]
    except UnreadableTextError:
        return []


def _posts_of(response: Response) -> list[Post]:
    if response.status != 200:
        raise UnreadableTextError(f"the preview answers with status {response.status}: check the channel")
    return read_posts(response.body, response.header("content-type"))


def read_posts(data: bytes, mediatype: str | None) -> list[Post]:
    """The posts of a preview page, oldest first; none where it is another page. UnreadableTextError where it is no text."""
    from lxml import etree, html

    markup = decode_markup(data, mediatype).encode("utf-8")
    try:
        tree = html.document_fromstring(markup, parser=html.HTMLParser(encoding="utf-8"))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return []
    posts: dict[int, Post] = {}
    for message in _with_class(tree, "tgme_widget_message"):
        found = _POST.fullmatch(message.get("data-post") or "")
        if found and "service_message" not in _classes(message):
            posts[int(found[1])] = _post(int(found[1]), message)
    return [posts[number] for number in sorted(posts)]


def _post(number: int, message: Any) -> Post:
    texts = [
        "".join(_lines(part))
        for part in _with_class(message, "js-message_text")
        if "js-message_reply_text" not in _classes(part)
    ]
    lines = [" ".join(line.split()) for line in "\n".join(texts).split("\n")]
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")
    forwarded = next(_with_class(message, "tgme_widget_message_forwarded_from_name"), None)
    link = _LINK.match(forwarded.get("href") or "") if forwarded is not None else None
    if link and text:
        text = f"{text}\n\nSource: {link[0]}"
    date = next(_with_class(message, "tgme_widget_message_date"), None)
    stamp = next(date.iter("time"), None) if date is not None else None
    return Post(number, normalise(text), stamp.get("datetime") if stamp is not None else None)


def _lines(element: Any) -> Iterator[str]:
    """The text of a post, its breaks as line ends."""
    yield element.text or ""
    for child in element:
        if isinstance(child.tag, str):
            if child.tag in _BREAKS:
                yield "\n"
            yield from _lines(child)
            if child.tag in _BREAKS - {"br"}:
                yield "\n"
        yield child.tail or ""


def _with_class(element: Any, name: str) -> Iterator[Any]:
    return (found for found in element.iter() if isinstance(found.tag, str) and name in _classes(found))


def _classes(element: Any) -> Iterable[str]:
    return (element.get("class") or "").split()


def _moment(post: Post) -> datetime | None:
    try:
        found = datetime.fromisoformat(post.moment or "")
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
