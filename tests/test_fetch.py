"""Fetching from a real web server, and from one that does everything wrong: each case and what comes of it, in one table.

Nothing hangs (each case has to end within the limits that the test sets) and nothing is lost: a body is whole, or there is an
error that says why not.
"""

import gzip
import hashlib
import socket
import time
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.errors import PactwatchError
from pipelines.fetch.client import CONTACT, Fetcher, Limits, user_agent
from pipelines.fetch.response import FetchError, Hop, Outcome, Validators
from pipelines.printable import is_invisible
from pipelines.project import ENGINE_VERSION
from tests.fetch_site import ARTICLE, FARSI, FEED, HOST, LONG, MAX_BYTES, Site
from tests.webserver import NGINX, OPENSSL, Answer, endless, free_port, http, raw_server, reset, send, silent

LIMITS = Limits(
    max_bytes=MAX_BYTES, seconds=10.0, connect_seconds=5.0, redirects=4, retries=1, wait_at_most=1.0, pause=0.0
)
"""Wide enough for a machine that is busy; what is slow on purpose gets HASTY."""
HASTY = replace(LIMITS, seconds=0.5)

needs_nginx = pytest.mark.skipif(NGINX is None, reason="nginx is not installed (nginx-light on Debian)")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = Site(tmp_path_factory.mktemp("nginx"))
    yield made
    made.nginx.stop()


@pytest.fixture
def fetcher(tmp_path: Path) -> Iterator[Fetcher]:
    with Fetcher(tmp_path / "hosts", LIMITS, allow={HOST}) as made:
        yield made


def noting(heads: list[str], data: bytes) -> Answer:
    """An answer that notes the head of each request."""

    def answer(connection: socket.socket, request: str) -> None:
        heads.append(request)
        connection.sendall(data)

    return answer


def outcome(fetcher: Fetcher, url: str, *, robots: bool = True) -> tuple[int | Outcome, bytes]:
    """The status and body of a response, or the outcome of an error; in both cases within bounded time, and fit to print."""
    started = time.monotonic()
    try:
        response = fetcher.get(url, robots=robots)
    except FetchError as error:
        assert not any(is_invisible(character) for character in str(error))
        assert len(str(error)) < 500
        found: tuple[int | Outcome, bytes] = error.outcome, b""
    else:
        found = response.status, response.body
    # The deadlines of a robots.txt and of the page, and the waits between; a hang would be without end.
    assert time.monotonic() - started < 60
    return found


REAL = [
    # path, what comes of it, body
    ("/article.html", 200, ARTICLE),
    ("/feed.rss", 200, FEED),
    ("/long.html", 200, LONG),
    ("/empty.html", 200, b""),
    ("/204", 204, b""),
    ("/just.html", 200, b"0" * MAX_BYTES),
    ("/big.html", Outcome.TOO_LARGE, b""),
    ("/zipped/long.html", 200, LONG),
    ("/zipped/big.html", Outcome.TOO_LARGE, b""),
    ("/farsi.html", 200, FARSI),
    ("/charset", 200, FARSI),
    ("/missing", 404, None),
    ("/gone", 410, b"gone"),
    ("/login", 401, None),
    ("/500", Outcome.SERVER_ERROR, b""),
    ("/502", Outcome.SERVER_ERROR, b""),
    ("/503", Outcome.SERVER_ERROR, b""),
    ("/busy", Outcome.THROTTLED, b""),
    ("/busy-long", Outcome.THROTTLED, b""),
    ("/busy-date", Outcome.THROTTLED, b""),
    ("/busy-odd", Outcome.THROTTLED, b""),
    ("/moved", 200, ARTICLE),
    ("/relative", 200, ARTICLE),
    ("/chain/4", 200, ARTICLE),
    ("/chain/5", Outcome.REDIRECTS, b""),
    ("/loop/a", Outcome.REDIRECTS, b""),
    ("/self", Outcome.REDIRECTS, b""),
    ("/ever/x", Outcome.REDIRECTS, b""),
    ("/consent", 200, ARTICLE),
    ("/to-metadata", Outcome.FORBIDDEN_ADDRESS, b""),
    ("/to-decimal", Outcome.FORBIDDEN_ADDRESS, b""),
    ("/to-octal", Outcome.FORBIDDEN_ADDRESS, b""),
    ("/to-mapped", Outcome.FORBIDDEN_ADDRESS, b""),
    ("/to-nat64", Outcome.FORBIDDEN_ADDRESS, b""),
    ("/to-name", Outcome.FORBIDDEN_ADDRESS, b""),
    ("/to-file", Outcome.FORBIDDEN_ADDRESS, b""),
    ("/to-nothing", Outcome.REDIRECTS, b""),
    ("/to-closed", Outcome.ROBOTS, b""),
    ("/private/page", Outcome.ROBOTS, b""),
    ("/with-password", 200, ARTICLE),
    ("/no-location", Outcome.BROKEN, b""),
]


@needs_nginx
@pytest.mark.parametrize(("path", "expected", "body"), REAL, ids=[row[0] for row in REAL])
def test_what_comes_of_a_request_to_nginx(
    site: Site, fetcher: Fetcher, path: str, expected: int | Outcome, body: bytes | None
) -> None:
    found, content = outcome(fetcher, f"http://{HOST}:{site.ports['main']}{path}")
    assert found == expected
    assert body is None or content == body


ZIPPED = gzip.compress(LONG, mtime=0)
BOMB = gzip.compress(b"0" * 60_000_000, mtime=0)
DEFLATED = zlib.compress(LONG)
BARE = zlib.compressobj(wbits=-15)
GZ = "Content-Encoding: gzip"
OPEN = b"HTTP/1.1 200 OK\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
UNTIL_CLOSED = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"

RAW = {
    # what the server does: (its answer, what comes of it, body)
    "no length, closed": (send(UNTIL_CLOSED + LONG), 200, LONG),
    "chunked": (send(CHUNKED + b"5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nTrailer: t\r\n\r\n"), 200, b"hello world"),
    "chunked and a length": (
        send(CHUNKED[:-2] + b"Content-Length: 3\r\n\r\n5\r\nhello\r\n0\r\n\r\n"), 200, b"hello"
    ),
    "gzip": (send(http(ZIPPED, GZ)), 200, LONG),
    "gzip in two members": (send(http(gzip.compress(b"a" * 9) + gzip.compress(b"b"), GZ)), 200, b"aaaaaaaaab"),
    "gzip and zeros after it": (send(http(ZIPPED + bytes(512), GZ)), 200, LONG),
    "gzip of gzip": (send(http(gzip.compress(ZIPPED), "Content-Encoding: gzip, gzip")), 200, LONG),
    "deflate": (send(http(DEFLATED, "Content-Encoding: deflate")), 200, LONG),
    "bare deflate": (send(http(BARE.compress(LONG) + BARE.flush(), "Content-Encoding: deflate")), 200, LONG),
    "identity": (send(http(b"plain", "Content-Encoding: identity")), 200, b"plain"),
    "nothing, said to be gzip": (send(http(b"", GZ)), 200, b""),
    "HTTP/1.0": (send(b"HTTP/1.0 200 OK\r\n\r\n" + ARTICLE), 200, ARTICLE),
    "more than its length": (send(http(b"hello" + b"HTTP/1.1 200 OK", length=5)), 200, b"hello"),
    "wrong charset": (send(http(FARSI, "Content-Type: text/html; charset=utf-8")), 200, FARSI),
    "hints first": (send(b"HTTP/1.1 100 Continue\r\n\r\n" + http(b"yes")), 200, b"yes"),
    "many kinds of nonsense in the headers": (
        send(http(b"yes", "no colon here", ": no name", "X: \x01\x7f", "Set-Cookie: ;;;=", "Date: never")), 200, b"yes"
    ),
    "less than its length": (send(http(b"hello", length=6)), Outcome.BROKEN, b""),
    "a length that is no number": (send(b"HTTP/1.1 200 OK\r\nContent-Length: ten\r\n\r\nhello"), 200, b"hello"),
    "two lengths": (send(http(b"hello", "Content-Length: 4")), Outcome.BROKEN, b""),
    "chunks that break off": (send(CHUNKED + b"5\r\nhel"), Outcome.BROKEN, b""),
    "chunks without an end": (send(CHUNKED + b"5\r\nhello\r\n"), Outcome.BROKEN, b""),
    "chunk of no size": (send(CHUNKED + b"zz\r\nhello\r\n0\r\n\r\n"), Outcome.BROKEN, b""),
    "gzip that breaks off": (send(http(ZIPPED[:-9], GZ)), Outcome.BROKEN, b""),
    "gzip with a wrong checksum": (send(http(ZIPPED[:-8] + b"\0" * 8, GZ)), Outcome.BROKEN, b""),
    "no gzip at all": (send(http(ARTICLE, GZ)), Outcome.BROKEN, b""),
    "no deflate at all": (send(http(b"\xff" * 99, "Content-Encoding: deflate")), Outcome.BROKEN, b""),
    "brotli, not asked for": (send(http(b"\x0b\x02\x80abc\x03", "Content-Encoding: br")), Outcome.BROKEN, b""),
    "coded five times": (send(http(b"x", "Content-Encoding: gzip, gzip, gzip, gzip, gzip")), Outcome.BROKEN, b""),
    "gzip bomb": (send(http(BOMB, GZ)), Outcome.TOO_LARGE, b""),
    "gzip bomb in gzip": (send(http(gzip.compress(BOMB), "Content-Encoding: gzip, gzip")), Outcome.TOO_LARGE, b""),
    "deflate bomb": (
        send(http(zlib.compress(b"0" * 60_000_000), "Content-Encoding: deflate")), Outcome.TOO_LARGE, b""
    ),
    "said to be too long": (send(http(b"0" * (MAX_BYTES + 1))), Outcome.TOO_LARGE, b""),
    "endless body": (endless(OPEN, b"0" * 65536), Outcome.TOO_LARGE, b""),
    "endless chunks": (endless(CHUNKED, b"2000\r\n" + b"0" * 0x2000 + b"\r\n"), Outcome.TOO_LARGE, b""),
    "endless chunk size": (endless(CHUNKED, b"0" * 65536), Outcome.BROKEN, b""),
    "endless nothing in gzip": (endless(OPEN[:-2] + GZ.encode() + b"\r\n\r\n" + gzip.compress(b"")[:10], b"\0\0\0\xff\xff" * 2000), Outcome.TOO_LARGE, b""),
    "endless hints": (endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 500), Outcome.TOO_LARGE, b""),
    "endless header line": (endless(b"HTTP/1.1 200 OK\r\nX: ", b"x" * 65536), Outcome.BROKEN, b""),
    "endless headers": (endless(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"), Outcome.BROKEN, b""),
    "dripping body": (endless(OPEN, b"0", 0.05), Outcome.TOO_SLOW, b""),
    "dripping chunks": (endless(CHUNKED, b"1\r\n0\r\n", 0.05), Outcome.TOO_SLOW, b""),
    "dripping headers": (endless(b"HTTP/1.1 200 OK\r\nX: ", b"x", 0.05), Outcome.TOO_SLOW, b""),
    "dripping status": (endless(b"HTTP/1.1 200 ", b"O", 0.05), Outcome.TOO_SLOW, b""),
    "silence": (silent, Outcome.TOO_SLOW, b""),
    "garbage": (send(bytes(range(256)) * 10), Outcome.BROKEN, b""),
    "bidi and controls": (send("HTTP/1.1 \u202e\x1b[31m\r\n\r\n".encode()), Outcome.BROKEN, b""),
    "another protocol": (send(b"SSH-2.0-OpenSSH_9.2\r\n"), Outcome.BROKEN, b""),
    "HTTP/0.9": (send(b"<html>"), Outcome.BROKEN, b""),
    "a status of three letters": (send(b"HTTP/1.1 abc OK\r\n\r\n"), Outcome.BROKEN, b""),
    "a status that is none": (send(http(b"", status="999 Odd")), Outcome.BROKEN, b""),
    "part of a page": (send(http(b"half", status="206 Partial Content")), Outcome.BROKEN, b""),
    "nothing, closed": (send(b""), Outcome.UNREACHABLE, b""),
    "reset": (reset, Outcome.UNREACHABLE, b""),
    "Retry-After of a billion digits": (
        send(http(b"", "Retry-After: " + "9" * 5000, status="503 Busy")), Outcome.SERVER_ERROR, b""
    ),
    "Retry-After in the past": (
        send(http(b"", "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT", status="429 Busy")), Outcome.THROTTLED, b""
    ),
    "redirect into a file": (
        send(http(b"", "Location: file:///etc/passwd", status="302 Found")), Outcome.FORBIDDEN_ADDRESS, b""
    ),
    "redirect with bytes that are no text": (
        send(http(b"", "Location: http://\xff\xfe\x00/", status="302 Found")), Outcome.FORBIDDEN_ADDRESS, b""
    ),
    "redirect with an endless body": (
        endless(b"HTTP/1.1 302 Found\r\nLocation: http://[::1]/\r\n\r\n", b"0" * 65536), Outcome.FORBIDDEN_ADDRESS, b""
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def bad_site() -> Iterator[int]:
    with raw_server({f"/{number}": row[0] for number, row in enumerate(RAW.values())}) as (port, _):
        yield port


@pytest.mark.parametrize(("number", "case"), list(enumerate(RAW)), ids=list(RAW))
def test_what_comes_of_a_server_that_does_it_wrong(bad_site: int, tmp_path: Path, number: int, case: str) -> None:
    _, expected, body = RAW[case]
    slow = expected is Outcome.TOO_SLOW
    with Fetcher(tmp_path / "hosts", HASTY if slow else LIMITS, allow={HOST}) as fetcher:
        assert outcome(fetcher, f"http://{HOST}:{bad_site}/{number}", robots=not slow) == (expected, body)


# What a response says


@needs_nginx
def test_a_response_says_where_it_came_from_and_what_the_server_said(site: Site, fetcher: Fetcher) -> None:
    url = f"http://{HOST}:{site.ports['main']}"
    response = fetcher.get(f"{url}/chain/2")
    assert response.url == f"{url}/chain/2"
    assert response.final_url == f"{url}/article.html"
    assert response.hops == (
        Hop(f"{url}/chain/2", 307, f"{url}/chain/1"),
        Hop(f"{url}/chain/1", 308, f"{url}/article.html"),
    )
    assert (response.status, response.reason) == (200, "OK")
    assert response.header("content-type") == "text/html"
    assert response.header("X") is None
    assert response.fetched_at.microsecond == 0
    assert fetcher.get(f"{url}/charset").header("Content-Type") == "text/html; charset=windows-1256"


def test_headers_come_in_their_order_and_cannot_end_a_header_elsewhere(fetcher: Fetcher) -> None:
    answer = http(b"x", "B: 1", "A: 2", "b: 3", "Folded: one\r\n two", "Control: a\x0bb", status="200 All \x07 right")
    with raw_server({"/": send(answer)}) as (port, _):
        response = fetcher.get(f"http://{HOST}:{port}/", robots=False)
    assert [pair for pair in response.headers if pair[0].lower() in {"a", "b"}] == [("B", "1"), ("A", "2"), ("b", "3")]
    assert response.header("Folded") is not None
    assert not any(character in value for _, value in response.headers for character in "\r\n\x0b")
    assert "\x07" not in response.reason


@needs_nginx
def test_a_request_is_conditional_and_304_has_no_body(site: Site, fetcher: Fetcher) -> None:
    url = f"http://{HOST}:{site.ports['main']}/article.html"
    first = fetcher.get(url)
    etag, modified = first.header("ETag"), first.header("Last-Modified")
    assert etag is not None
    assert modified is not None
    for known in (Validators(etag), Validators(None, modified), Validators(etag, modified), Validators(etag, url=url)):
        again = fetcher.get(url, validators=known)
        assert (again.status, again.body) == (304, b"")
    assert fetcher.get(url, validators=Validators('"other"')).body == ARTICLE


@needs_nginx
def test_validators_go_to_the_address_that_gave_them_and_to_no_other(site: Site, fetcher: Fetcher) -> None:
    url = f"http://{HOST}:{site.ports['main']}"
    modified = fetcher.get(f"{url}/article.html").header("Last-Modified")
    moved = Validators(None, modified, url=f"{url}/article.html?from=moved")
    assert fetcher.get(f"{url}/moved", validators=moved).status == 304
    elsewhere = replace(moved, url=f"{url}/where-it-led-before")
    assert fetcher.get(f"{url}/moved", validators=elsewhere).body == ARTICLE


@needs_nginx
def test_one_connection_serves_many_requests(site: Site, fetcher: Fetcher) -> None:
    before = len(site.nginx.requests())
    url = f"http://{HOST}:{site.ports['main']}"
    for number in range(8):
        fetcher.get(f"{url}/article.html?{number}")
    fetcher.get(f"{url}/moved")
    fetcher.get(f"{url}/missing")
    lines = site.nginx.requests()[before:]
    assert len(lines) == 12  # with the robots.txt, and one redirect
    assert len({line[0] for line in lines}) == 1


def test_a_connection_that_the_server_has_closed_meanwhile_is_opened_anew(fetcher: Fetcher) -> None:
    with raw_server({"/": send(http(b"x"))}) as (port, asked):
        assert [fetcher.get(f"http://{HOST}:{port}/", robots=False).body for _ in range(3)] == [b"x"] * 3
    assert asked == ["/"] * 3


# Politeness


@needs_nginx
def test_robots_txt_is_asked_once_and_kept_on_disk(site: Site, tmp_path: Path) -> None:
    url = f"http://{HOST}:{site.ports['robots_forbid']}"
    before = len(site.nginx.requests())
    for _ in range(2):
        with Fetcher(tmp_path / "hosts", LIMITS, allow={HOST}) as fetcher:
            assert fetcher.get(f"{url}/open.html").status == 200
            with pytest.raises(FetchError) as caught:
                fetcher.get(f"{url}/closed.html")
            assert caught.value.outcome is Outcome.ROBOTS
    paths = [line[1] for line in site.nginx.requests()[before:]]
    assert paths == ["/robots.txt", "/open.html", "/open.html"]


@needs_nginx
def test_a_program_interface_is_asked_without_robots(site: Site, fetcher: Fetcher) -> None:
    url = f"http://{HOST}:{site.ports['robots_forbid']}/closed.html"
    assert fetcher.get(url, robots=False).status == 200


@needs_nginx
def test_crawl_delay_spaces_the_requests(site: Site, fetcher: Fetcher) -> None:
    url = f"http://{HOST}:{site.ports['robots_forbid']}"
    started = time.monotonic()
    for _ in range(3):
        fetcher.get(f"{url}/open.html")
    assert time.monotonic() - started >= 0.4


@needs_nginx
@pytest.mark.parametrize(
    ("server", "expected"), [("robots_500", Outcome.ROBOTS), ("robots_moved", Outcome.ROBOTS), ("robots_slow", 200)]
)
def test_a_robots_txt_that_fails_moves_or_is_missing(
    site: Site, fetcher: Fetcher, server: str, expected: int | Outcome
) -> None:
    # robots_moved leads to rules that forbid; robots_slow has none.
    assert outcome(fetcher, f"http://{HOST}:{site.ports[server]}/page")[0] == expected


@needs_nginx
def test_cookies_stay_with_the_host_that_set_them(site: Site, fetcher: Fetcher) -> None:
    url = f"http://{HOST}:{site.ports['main']}"
    assert fetcher.get(f"{url}/consent").body == ARTICLE
    assert len(fetcher.get(f"{url}/consent").hops) == 1  # and do not outlive the call


def test_no_cookie_and_no_password_goes_to_another_host(tmp_path: Path) -> None:
    heads: list[str] = []
    with raw_server({"/b": noting(heads, http(b"x")), "/c": noting(heads, http(b"x"))}) as (second, _):
        away = f"Location: http://me:secret@localhost:{second}/b", "Set-Cookie: secret=1; Path=/; Domain=localhost"
        stay = "Location: /c", "Set-Cookie: mine=1; Path=/"
        answers = {
            "/away": send(http(b"", *away, status="302 Found")),
            "/stay": send(http(b"", *stay, status="302 Found")),
            "/c": noting(heads, http(b"x")),
        }
        with (
            raw_server(answers) as (first, _),
            Fetcher(tmp_path / "hosts", LIMITS, allow={HOST, "localhost"}) as fetcher,
        ):
            fetcher.get(f"http://{HOST}:{first}/away", robots=False)
            fetcher.get(f"http://{HOST}:{first}/stay", robots=False)
    other, same = heads
    assert "secret" not in other
    assert "authorization" not in other.lower()
    assert "Cookie: mine=1" in same


def test_what_a_request_says(fetcher: Fetcher) -> None:
    heads: list[str] = []
    with raw_server({"/feed": noting(heads, http(b"x"))}) as (port, _):
        response = fetcher.get(
            f"http://{HOST}:{port}/feed?a=1#top",
            accept="application/rss+xml",
            params={"b": "\u0628 &"},
            validators=Validators('"e"', "Wed, 25 Nov 2026 09:00:00 GMT"),
            robots=False,
        )
    lines = heads[0].split("\r\n")
    assert lines[0] == "GET /feed?a=1&b=%D8%A8+%26 HTTP/1.1"
    assert {
        f"Host: {HOST}:{port}", "Accept: application/rss+xml", "Accept-Encoding: gzip, deflate", 'If-None-Match: "e"',
        "If-Modified-Since: Wed, 25 Nov 2026 09:00:00 GMT", f"User-Agent: {user_agent()}",
    } <= set(lines)  # fmt: skip
    assert response.url == response.final_url == f"http://{HOST}:{port}/feed?a=1&b=%D8%A8+%26"


@needs_nginx
def test_the_user_agent_is_honest(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert user_agent() == f"Pactwatch/{ENGINE_VERSION} (+{CONTACT})"
    monkeypatch.setenv("PACTWATCH_CONTACT", "mailto:desk@example.org")
    with Fetcher(tmp_path / "hosts", LIMITS, allow={HOST}) as fetcher:
        fetcher.get(f"http://{HOST}:{site.ports['main']}/article.html?agent")
    line = next(line for line in site.nginx.requests() if line[1].endswith("?agent"))
    assert " ".join(line[3:]) == f"Pactwatch/{ENGINE_VERSION} (+mailto:desk@example.org)"


@pytest.mark.parametrize("contact", ["a\r\nX: y", "b\u202e", "é"])
def test_a_contact_that_cannot_stand_in_a_header_is_told(monkeypatch: pytest.MonkeyPatch, contact: str) -> None:
    monkeypatch.setenv("PACTWATCH_CONTACT", contact)
    with pytest.raises(PactwatchError, match="PACTWATCH_CONTACT"):
        user_agent()


@needs_nginx
def test_a_host_that_asks_us_to_wait_is_left_alone_by_every_process(site: Site, tmp_path: Path) -> None:
    url = f"http://{HOST}:{site.ports['main']}"
    before = len(site.nginx.requests())
    with Fetcher(tmp_path / "hosts", LIMITS, allow={HOST}) as fetcher, pytest.raises(FetchError) as caught:
        fetcher.get(f"{url}/busy-long")
    assert caught.value.retry_after == 3600
    with Fetcher(tmp_path / "hosts", LIMITS, allow={HOST}) as other, pytest.raises(FetchError) as caught:
        other.get(f"{url}/article.html")
    assert caught.value.outcome is Outcome.THROTTLED
    assert caught.value.retry_after is not None
    assert 3500 < caught.value.retry_after <= 3600
    assert [line[1] for line in site.nginx.requests()[before:]] == ["/robots.txt", "/busy-long"]


@needs_nginx
def test_nginx_limiting_the_rate_gets_its_rest_and_we_get_the_page(site: Site, tmp_path: Path) -> None:
    # nginx itself counts: one request a second, 429 otherwise; backing off doubles until it is content.
    limits = replace(LIMITS, retries=4, pause=0.3)
    url = f"http://{HOST}:{site.ports['main']}/hot.html"
    before = len(site.nginx.requests())
    with Fetcher(tmp_path / "hosts", limits, allow={HOST}) as fetcher:
        assert [fetcher.get(url, robots=False).body for _ in range(2)] == [ARTICLE, ARTICLE]
    statuses = [line[2] for line in site.nginx.requests()[before:]]
    assert statuses[0] == statuses[-1] == "200"
    assert "429" in statuses


def test_trouble_that_passes_is_no_trouble(fetcher: Fetcher) -> None:
    answers = iter([http(b"", status="500 Oops"), http(b"whole")])
    broken = iter([http(b"who", length=5), http(b"whole")])
    with raw_server(
        {"/500": lambda connection, request: connection.sendall(next(answers)),
         "/short": lambda connection, request: connection.sendall(next(broken))}
    ) as (port, asked):  # fmt: skip
        for path in ("/500", "/short"):
            assert fetcher.get(f"http://{HOST}:{port}{path}", robots=False).body == b"whole"
    assert asked == ["/500", "/500", "/short", "/short"]


def test_retry_after_is_waited_for(tmp_path: Path) -> None:
    times: list[float] = []
    answers = iter([http(b"", "Retry-After: 2", status="503 Busy"), http(b"whole")])

    def answer(connection: socket.socket, request: str) -> None:
        times.append(time.monotonic())
        connection.sendall(next(answers))

    limits = replace(LIMITS, seconds=1.9, wait_at_most=5.0)
    with raw_server({"/": answer}) as (port, _), Fetcher(tmp_path / "hosts", limits, allow={HOST}) as fetcher:
        # The deadline is for the network: waiting as asked is no part of it.
        assert fetcher.get(f"http://{HOST}:{port}/", robots=False).body == b"whole"
    assert times[1] - times[0] >= 2.0


# Where we do not go


@needs_nginx
def test_a_host_is_asked_only_where_it_is_allowed(site: Site, tmp_path: Path) -> None:
    url = f"http://{HOST}:{site.ports['main']}/article.html"
    before = len(site.nginx.requests())
    for allow in ((), {"localhost"}, {f"{HOST}:1"}):
        with Fetcher(tmp_path / "hosts", LIMITS, allow=allow) as fetcher:
            assert outcome(fetcher, url)[0] is Outcome.FORBIDDEN_ADDRESS
    assert len(site.nginx.requests()) == before
    with Fetcher(tmp_path / "hosts", LIMITS, allow={f"{HOST}:{site.ports['main']}"}) as fetcher:
        assert fetcher.get(url).body == ARTICLE


@needs_nginx
def test_nothing_is_taken_from_the_environment(
    site: Site, fetcher: Fetcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text(f"machine {HOST} login me password secret\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert fetcher.get(f"http://{HOST}:{site.ports['main']}/article.html").body == ARTICLE
    heads: list[str] = []
    with raw_server({"/": noting(heads, http(b"x"))}) as (port, _):
        fetcher.get(f"http://{HOST}:{port}/", robots=False)
    assert "authorization" not in heads[0].lower()


@needs_nginx
@pytest.mark.skipif(OPENSSL is None, reason="openssl is not installed")
def test_tls_is_checked_and_metered_alike(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"https://localhost:{site.ports['tls']}"
    with Fetcher(tmp_path / "hosts", LIMITS, allow={"localhost", HOST}) as fetcher:
        assert outcome(fetcher, f"{url}/article.html")[0] is Outcome.UNREACHABLE  # an authority that nobody knows
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(site.nginx.folder / "certificate.pem"))
    with Fetcher(tmp_path / "hosts", LIMITS, allow={"localhost", HOST}) as fetcher:
        before = len(site.nginx.requests())
        assert fetcher.get(f"{url}/article.html").body == ARTICLE
        assert fetcher.get(f"{url}/long.html").body == LONG
        assert len({line[0] for line in site.nginx.requests()[before:]}) == 1
        assert outcome(fetcher, f"{url}/big.html")[0] is Outcome.TOO_LARGE
        # The certificate is of another name.
        assert outcome(fetcher, f"https://{HOST}:{site.ports['tls']}/article.html")[0] is Outcome.UNREACHABLE
    with Fetcher(tmp_path / "hosts", LIMITS) as fetcher:
        assert outcome(fetcher, f"{url}/article.html")[0] is Outcome.FORBIDDEN_ADDRESS


@pytest.mark.parametrize("answer", [silent, send(b"no TLS at all\r\n\r\n"), endless(b"", b"\x16\x03\x01", 0.05)])
def test_a_handshake_that_comes_to_nothing_ends(tmp_path: Path, answer: Answer) -> None:
    with (
        raw_server({}, first=answer) as (port, _),
        Fetcher(tmp_path / "hosts", replace(LIMITS, connect_seconds=0.3), allow={HOST}) as fetcher,
    ):
        assert outcome(fetcher, f"https://{HOST}:{port}/")[0] is Outcome.UNREACHABLE


def test_a_file_of_authorities_that_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "none.pem"))
    with pytest.raises(PactwatchError, match="REQUESTS_CA_BUNDLE"):
        Fetcher(tmp_path / "hosts", LIMITS)


def test_a_host_that_is_not_there_is_unreachable(fetcher: Fetcher) -> None:
    assert outcome(fetcher, f"http://{HOST}:{free_port()}/")[0] is Outcome.UNREACHABLE
    assert outcome(fetcher, "http://nowhere.invalid/")[0] is Outcome.UNREACHABLE


def test_a_body_that_is_too_large_leaves_the_next_request_whole(fetcher: Fetcher) -> None:
    digest = hashlib.sha256(LONG).hexdigest()
    with raw_server({"/bomb": send(http(BOMB, GZ)), "/long": send(http(LONG))}) as (port, _):
        for _ in range(2):
            assert outcome(fetcher, f"http://{HOST}:{port}/bomb")[0] is Outcome.TOO_LARGE
            assert hashlib.sha256(fetcher.get(f"http://{HOST}:{port}/long", robots=False).body).hexdigest() == digest
