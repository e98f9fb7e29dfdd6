"""What is fuzzed: for each format its inputs, and what must hold whatever the bytes.

Of every target: it ends within bounded processor time, and raises nothing but the errors that it documents.
"""

import signal
import tempfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from tests.fuzz import seeds as of
from tests.fuzz.inputs import Format

CPU_SECONDS = 20.0
"""Of one input; a hundred times of what the slowest of its size should take."""


class HangError(AssertionError):
    """The input took more processor time than any input may."""


@dataclass(frozen=True, slots=True)
class Target:
    """One format."""

    name: str
    format: Format
    check: Callable[[bytes], None]
    """Raises where an invariant does not hold."""


TARGETS: dict[str, Target] = {}


def target(
    seeds: Sequence[bytes], tokens: Sequence[bytes]
) -> Callable[[Callable[[bytes], None]], Callable[[bytes], None]]:
    """Registers a check under its own name."""

    def register(check: Callable[[bytes], None]) -> Callable[[bytes], None]:
        name = check.__name__.removeprefix("check_")
        TARGETS[name] = Target(name, Format(seeds, tokens), check)
        return check

    return register


@contextmanager
def bounded() -> Iterator[None]:
    """HangError after CPU_SECONDS of processor time: a busy machine makes nothing fail."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise HangError(f"more than {CPU_SECONDS:g} s of processor time")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, CPU_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def run(one: Target, data: bytes) -> None:
    """The check of a target on one input."""
    with bounded():
        one.check(data)


# What holds of all that is handed on


def assert_normalised(text: str) -> None:
    """A text that offsets can count in and that can be stored."""
    from pipelines.ingest.text import normalise

    assert normalise(text) == text
    assert "\r" not in text
    text.encode("utf-8")


def assert_web_address(url: str) -> None:
    """Plain http(s): nothing else is ever handed on to the fetcher or published."""
    assert url.startswith(("http://", "https://")), url
    assert not any(character.isspace() or character < " " for character in url), url


def assert_visible(text: str | None) -> None:
    """One line without invisible characters, or nothing."""
    from pipelines.printable import is_invisible

    assert text is None or (text.strip() and not any(is_invisible(character) for character in text)), text


# Targets


@target(of.HTML, of.HTML_TOKENS)
def check_html(data: bytes) -> None:
    """Main text and metadata of a page."""
    from pipelines.ingest.html import read_html
    from pipelines.ingest.text import UnreadableTextError

    try:
        text, stated = read_html(data)
    except UnreadableTextError as error:
        assert_visible(str(error))
        return
    assert text.strip()
    assert_normalised(text)
    for value in (stated.title, stated.publisher, stated.language, stated.license, stated.revision, stated.kind):
        assert_visible(value)
    if stated.url is not None:
        assert_web_address(stated.url)
    assert (text, stated) == read_html(data)


@target(of.ROBOTS, of.ROBOTS_TOKENS)
def check_robots(data: bytes) -> None:
    """Rules, and how long they make us wait."""
    from pipelines.fetch.robots import CRAWL_DELAY_AT_MOST, parse

    rules = parse(data.decode("utf-8-sig", "replace"), 0.0)
    assert 0 <= rules.delay <= CRAWL_DELAY_AT_MOST
    for path in ("/", "/a/b.html?c=d", "/%E2%82%AC"):
        assert isinstance(rules.allows(f"http://example.org{path}"), bool)


@target(of.BODIES, of.BODY_TOKENS)
def check_body(data: bytes) -> None:
    """Bodies under every coding: whole, cut at the limit, or an error."""
    import io

    import urllib3

    from pipelines.fetch.body import read_body
    from pipelines.fetch.response import FetchError

    for coding in ("", "gzip", "deflate", "gzip, deflate"):
        for cut in (False, True):
            raw = urllib3.HTTPResponse(
                io.BytesIO(data), headers={"Content-Encoding": coding}, status=200, preload_content=False
            )
            try:
                body = read_body(raw, "http://example.org/", 10_000, cut=cut)
            except (FetchError, zlib.error):
                continue
            assert len(body) <= 10_000
            if not coding:
                assert body == data[:10_000]


@target(of.HTTP, of.HTTP_TOKENS)
def check_http(data: bytes) -> None:
    """What a server sends, from the first byte on: a whole response or an error fit to print."""
    from pipelines.fetch.client import Fetcher, Limits
    from pipelines.fetch.response import FetchError
    from pipelines.printable import is_invisible
    from tests.fuzz.server import serving

    limits = Limits(max_bytes=10_000, seconds=0.5, connect_seconds=0.5, redirects=2, retries=0, pause=0.0)
    with (
        serving(data) as port,
        tempfile.TemporaryDirectory() as folder,
        Fetcher(Path(folder), limits, allow={f"127.0.0.1:{port}"}) as fetcher,
    ):
        try:
            response = fetcher.get(f"http://127.0.0.1:{port}/", robots=False)
        except FetchError as error:
            assert not any(is_invisible(character) for character in str(error)), str(error)
            assert error.retry_after is None or 0 <= error.retry_after <= 86_400
            return
    assert len(response.body) <= limits.max_bytes
    assert_web_address(response.final_url)
    assert len(response.hops) <= limits.redirects
    assert response.status // 100 in {2, 4}
    for name, value in (*response.headers, ("", response.reason)):
        assert not any(character in "\r\n\0" for character in name + value)


@target(of.ADDRESSES, of.ADDRESS_TOKENS)
def check_address(data: bytes) -> None:
    """Where a redirect leads: a plain address, or an error."""
    from pipelines.fetch.addresses import host_of, http_url
    from pipelines.fetch.response import FetchError, Outcome

    text = data.decode("utf-8", "surrogateescape")
    try:
        url = http_url(text, base="https://example.org/a/b?c")
    except FetchError as error:
        assert error.outcome is Outcome.FORBIDDEN_ADDRESS
        assert_visible(str(error))
        return
    assert_web_address(url)
    assert url.isascii()
    assert http_url(url) == url
    assert "@" not in url.split("/")[2]
    assert set(host_of(url)) <= set("abcdefghijklmnopqrstuvwxyz0123456789._-:")


@target(of.ARCHIVE, of.WARC_TOKENS)
def check_archive(data: bytes) -> None:
    """A damaged file of the archive: whole records are found, each once, and their payloads are as long as they say."""
    from pipelines.archive.files import WarcFiles
    from pipelines.archive.records import DamagedRecordError

    with tempfile.TemporaryDirectory() as folder:
        name = "pactwatch-202601-00001.warc.gz"
        (Path(folder) / name).write_bytes(data)
        files = WarcFiles(Path(folder))
        end = 0
        for place, parsed in files.scan(name):
            assert end <= place.offset < place.end <= len(data)
            end = place.end
            assert files.read(place) == parsed
            try:
                payload = parsed.payload()
            except DamagedRecordError:
                continue
            assert parsed.entry is not None
            assert len(payload) == parsed.entry.size
