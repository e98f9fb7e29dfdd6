"""What comes off the wire, and what was archived of it."""

import io
import re
import tempfile
import zlib
from pathlib import Path

from tests.fuzz import seeds as of
from tests.fuzz.server import serving
from tests.fuzz.target import assert_visible, assert_web_address, target


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


@target(of.WARC, of.WARC_TOKENS)
def check_warc(data: bytes) -> None:
    """A WARC file that others made: pages within their bounds, or a reason why the file was not read to its end."""
    from pipelines.archive.foreign import Bounds, ForeignWarc

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.warc"
        path.write_bytes(data)
        read = ForeignWarc(path, bounds=Bounds(body=5_000, header=2_000, total=50_000))
        for page in read:
            assert re.match("https?://", page.url, re.IGNORECASE)
            assert len(page.body) <= 5_000
            assert page.fetched_at.tzinfo is not None
            assert 200 <= page.status < 300
    assert_visible(read.problem)
    for reason, count in read.passed.items():
        assert_visible(reason)
        assert count > 0
