"""The parts of fetching without a network: bodies, the pace of hosts, robots.txt."""

import gzip
import io
import json
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import urllib3
from hypothesis import given
from hypothesis import strategies as st

from pipelines.fetch.body import read_body
from pipelines.fetch.budget import Budget
from pipelines.fetch.pace import Pace, folder_of
from pipelines.fetch.response import FetchError, Outcome, Response
from pipelines.fetch.robots import CRAWL_DELAY_AT_MOST, Robots, parse

URL = "http://example.org/"
HOST = "example.org"


def raw(body: bytes, *codings: str) -> urllib3.HTTPResponse:
    headers = {"Content-Encoding": ", ".join(codings)} if codings else {}
    return urllib3.HTTPResponse(io.BytesIO(body), headers=headers, status=200, preload_content=False)


def encode(body: bytes, coding: str) -> bytes:
    if coding == "bare":
        bare = zlib.compressobj(wbits=-15)
        return bare.compress(body) + bare.flush()
    return gzip.compress(body, mtime=0) if coding == "gzip" else zlib.compress(body)


CODINGS = st.lists(st.sampled_from(["gzip", "deflate"]), max_size=2)


@given(st.binary(max_size=3000), CODINGS)
def test_a_body_comes_back_as_it_was_coded(body: bytes, codings: list[str]) -> None:
    coded = body
    for coding in codings:
        coded = encode(coded, coding)
    assert read_body(raw(coded, *codings), URL, 100_000) == body


@given(st.lists(st.binary(max_size=200_000), min_size=1, max_size=4))
def test_all_members_of_a_gzip_body_are_read(members: list[bytes]) -> None:
    coded = b"".join(gzip.compress(member, mtime=0) for member in members)
    assert read_body(raw(coded, "gzip"), URL, 1_000_000) == b"".join(members)


@pytest.mark.parametrize("first", range(65_530, 65_540))
def test_a_member_that_begins_where_a_piece_ends_is_not_lost(first: int) -> None:
    # Bodies are received in pieces of 65,536 bytes; stored, not compressed, the first member is as long as we want it.
    overhead = len(gzip.compress(bytes(65_000), compresslevel=0, mtime=0)) - 65_000
    filler = gzip.compress(bytes(first - overhead), compresslevel=0, mtime=0)
    assert len(filler) == first
    member = gzip.compress(b"0", mtime=0)
    body = read_body(raw(filler + member, "gzip"), URL, 1_000_000)
    assert body == gzip.decompress(filler) + b"0"


@given(st.binary(min_size=1, max_size=2000), st.sampled_from(["gzip", "deflate", "bare"]), st.data())
def test_a_compressed_body_that_breaks_off_is_never_taken_for_whole(
    body: bytes, coding: str, data: st.DataObject
) -> None:
    coded = encode(body, coding)
    cut = data.draw(st.integers(1, len(coded) - 1))
    with pytest.raises((FetchError, zlib.error)) as caught:
        read_body(raw(coded[:cut], "gzip" if coding == "gzip" else "deflate"), URL, 100_000)
    assert not isinstance(caught.value, FetchError) or caught.value.outcome is Outcome.BROKEN


@given(st.binary(max_size=500), CODINGS)
def test_any_bytes_end_in_a_body_within_the_limit_or_in_an_error_of_ours(body: bytes, codings: list[str]) -> None:
    try:
        assert len(read_body(raw(body, *codings), URL, 300)) <= 300
    except FetchError as error:
        assert error.outcome in {Outcome.BROKEN, Outcome.TOO_LARGE}
    except zlib.error:
        assert codings


@given(st.integers(0, 400), st.booleans())
def test_the_limit_is_exact(size: int, zipped: bool) -> None:
    body = b"0" * size
    response = raw(gzip.compress(body), "gzip") if zipped else raw(body)
    if size <= 300:
        assert read_body(response, URL, 300) == body
    else:
        with pytest.raises(FetchError) as caught:
            read_body(response, URL, 300)
        assert caught.value.outcome is Outcome.TOO_LARGE
    again = raw(gzip.compress(body), "gzip") if zipped else raw(body)
    assert read_body(again, URL, 300, cut=True) == body[:300]


def test_time_spent_waiting_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    budget = Budget(URL, 5, 1, 1)
    with budget.paused():
        now[0] += 60
    assert budget.left() == 5
    now[0] += 5
    with pytest.raises(FetchError) as caught:
        budget.left()
    assert caught.value.outcome is Outcome.TOO_SLOW


# Pace


def test_requests_to_one_host_are_spaced_and_others_are_not_held_up(tmp_path: Path) -> None:
    pace = Pace(tmp_path)
    started = time.monotonic()
    for host in ("a.example", "b.example", "[::1]"):
        pace.take_turn(host, 60, 1, URL)
    assert time.monotonic() - started < 30
    for _ in range(3):
        pace.take_turn("c.example", 0.1, 1, URL)
    assert time.monotonic() - started >= 0.2


_TURNS = """
import sys, time
from pathlib import Path
from pipelines.fetch.pace import Pace
for _ in range(4):
    Pace(Path(sys.argv[1])).take_turn("example.org", 0.05, 1, "http://example.org/")
    print(time.monotonic(), flush=True)
"""


def test_the_pace_holds_between_processes(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _TURNS, str(tmp_path)]
    workers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    taken = sorted(float(line) for worker in workers for line in worker.communicate(timeout=120)[0].split())
    assert [worker.returncode for worker in workers] == [0, 0, 0]
    # Twelve turns have eleven pauses between them, whoever took them; a process may be late to note its own.
    assert len(taken) == 12
    assert taken[-1] - taken[0] >= 11 * 0.05 - 0.05


def test_a_hold_is_for_all_and_the_longer_one_counts(tmp_path: Path) -> None:
    Pace(tmp_path).hold(HOST, 500)
    Pace(tmp_path).hold(HOST, 5)
    with pytest.raises(FetchError) as caught:
        Pace(tmp_path).take_turn(HOST, 0, 1, URL)
    assert caught.value.outcome is Outcome.THROTTLED
    assert caught.value.url == URL
    assert caught.value.retry_after is not None
    assert 490 < caught.value.retry_after <= 500


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "null", '{"next_turn": "x", "hold_until": 0}', '{"next_turn": 1e300, "hold_until": 1e300}',
     '{"next_turn": NaN, "hold_until": NaN}', '{"next_turn": Infinity, "hold_until": -Infinity}'],
)  # fmt: skip
def test_a_state_that_a_crash_or_a_clock_has_spoilt_holds_nobody_up(tmp_path: Path, content: str) -> None:
    folder = folder_of(tmp_path, HOST)
    folder.mkdir()
    (folder / "pace.json").write_text(content, encoding="utf-8")
    started = time.monotonic()
    Pace(tmp_path).take_turn(HOST, 0, 1, URL)
    assert time.monotonic() - started < 30
    assert json.loads((folder / "pace.json").read_bytes())["next_turn"] <= time.time()


# robots.txt


def robots_of(tmp_path: Path, answer: Callable[[str], Response]) -> Robots:
    return Robots(tmp_path, answer)


def text(body: bytes, status: int = 200) -> Response:
    return Response(URL, URL, status, "", (), body, datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("rules", "path", "allowed"),
    [
        (b"", "/a", True),
        (b"User-agent: *\nDisallow: /", "/a", False),
        (b"User-agent: *\nDisallow:", "/a", True),
        (b"User-agent: PACTWATCH\nDisallow: /a\n\nUser-agent: *\nDisallow: /", "/b", True),
        (b"User-agent: PACTWATCH\nDisallow: /a\n\nUser-agent: *\nDisallow: /", "/a/b", False),
        (b"User-agent: otherbot\nDisallow: /", "/a", True),
        (b"\xef\xbb\xbfuser-agent:*\r\ndisallow:/a\r\n", "/a", False),
        (b"User-agent: *\nDisallow: /\nAllow: /a", "/a", True),
        (b"User-agent: *\nDisallow: /*.pdf$", "/a.pdf", False),
        (b"User-agent: *\nDisallow: /*.pdf$", "/a.pdf?x", True),
        (b"<html><body>Not a robots.txt</body></html>", "/a", True),
        (b"\xff\xfe\x00garbage", "/a", True),
    ],
)
def test_what_a_robots_txt_says(tmp_path: Path, rules: bytes, path: str, allowed: bool) -> None:
    robots = robots_of(tmp_path, lambda url: text(rules))
    if allowed:
        assert robots.check(f"http://{HOST}{path}") == 0
    else:
        with pytest.raises(FetchError) as caught:
            robots.check(f"http://{HOST}{path}")
        assert caught.value.outcome is Outcome.ROBOTS


@pytest.mark.parametrize(
    ("line", "delay"),
    [("Crawl-delay: 2.5", 2.5), ("Crawl-delay: 9999", CRAWL_DELAY_AT_MOST), ("Crawl-delay: -1", 0.0),
     ("Crawl-delay: nan", 0.0), ("Crawl-delay: soon", 0.0), ("Request-rate: 1/10", 10.0), ("", 0.0)],
)  # fmt: skip
def test_the_delay_that_a_robots_txt_asks_for_is_bounded(line: str, delay: float) -> None:
    assert parse(f"User-agent: *\n{line}\n", 0).delay == delay


def failing(outcome: Outcome) -> Callable[[str], Response]:
    def answer(url: str) -> Response:
        raise FetchError(outcome, url, "no")

    return answer


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (lambda url: text(b"", 404), None),
        (lambda url: text(b"User-agent: *\nDisallow: /", 403), None),
        (failing(Outcome.REDIRECTS), None),
        (failing(Outcome.SERVER_ERROR), Outcome.ROBOTS),
        (failing(Outcome.TOO_SLOW), Outcome.ROBOTS),
        (failing(Outcome.BROKEN), Outcome.ROBOTS),
        (failing(Outcome.UNREACHABLE), Outcome.UNREACHABLE),
        (failing(Outcome.FORBIDDEN_ADDRESS), Outcome.FORBIDDEN_ADDRESS),
        (failing(Outcome.THROTTLED), Outcome.THROTTLED),
    ],
)
def test_a_robots_txt_that_cannot_be_read(
    tmp_path: Path, answer: Callable[[str], Response], expected: Outcome | None
) -> None:
    robots = robots_of(tmp_path, answer)
    if expected is None:
        assert robots.check(URL) == 0
    else:
        with pytest.raises(FetchError) as caught:
            robots.check(URL)
        assert (caught.value.outcome, caught.value.url) == (expected, URL)


def test_the_last_robots_txt_counts_while_the_next_cannot_be_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    robots_of(tmp_path, lambda url: text(b"User-agent: *\nDisallow: /a")).check(URL)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 2 * 86_400)
    later = robots_of(tmp_path, failing(Outcome.SERVER_ERROR))
    assert later.check(URL) == 0
    with pytest.raises(FetchError, match="asks us to stay away"):
        later.check(f"{URL}a")
    assert robots_of(tmp_path, lambda url: text(b"")).check(f"{URL}a") == 0
    monkeypatch.setattr(time, "time", lambda: now + 40 * 86_400)
    with pytest.raises(FetchError, match="cannot be had"):
        robots_of(tmp_path, failing(Outcome.SERVER_ERROR)).check(URL)


def test_each_scheme_and_port_has_a_robots_txt_of_its_own(tmp_path: Path) -> None:
    asked: list[str] = []

    def answer(url: str) -> Response:
        asked.append(url)
        return text(b"")

    robots = robots_of(tmp_path, answer)
    origins = ["http://example.org", "https://example.org", "http://example.org:8080", "http://[::1]:8080"]
    for origin in origins * 2:
        robots.check(f"{origin}/page")
    assert asked == [f"{origin}/robots.txt" for origin in origins]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"text": 1}', b"\xff"])
def test_a_spoilt_copy_is_fetched_anew(tmp_path: Path, content: bytes) -> None:
    robots_of(tmp_path, lambda url: text(b"")).check(URL)
    (kept,) = tmp_path.rglob("robots-*.json")
    kept.write_bytes(content)
    with pytest.raises(FetchError):
        robots_of(tmp_path, lambda url: text(b"User-agent: *\nDisallow: /")).check(URL)


@given(st.text(max_size=300), st.text(max_size=20))
def test_any_text_is_rules_of_a_bounded_delay(text_: str, path: str) -> None:
    rules = parse(text_, 0)
    assert isinstance(rules.allows(f"http://{HOST}/{path}"), bool)
    assert 0 <= rules.delay <= CRAWL_DELAY_AT_MOST
