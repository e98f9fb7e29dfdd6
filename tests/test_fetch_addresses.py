"""Which addresses are asked: http(s) only, nothing that leads into a network of our own."""

import ipaddress
import socket
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.fetch.addresses import as_allowed, host_of, http_url, is_allowed, is_public, open_socket
from pipelines.fetch.budget import Budget
from pipelines.fetch.response import FetchError, Outcome
from pipelines.printable import is_invisible

PRIVATE = [
    "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.9.9.9", "169.254.169.254", "172.16.0.1", "192.0.0.8", "192.0.2.1",
    "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.7", "203.0.113.5", "224.0.0.1", "239.255.255.250", "240.0.0.1",
    "255.255.255.255", "::", "::1", "::127.0.0.1", "::8.8.8.8", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "3fff::1", "5f00::1", "fc00::1",
    "fd12::1", "fe80::1", "fe80::1%lo", "fec0::1", "ff02::1",
]  # fmt: skip
PUBLIC = ["1.1.1.1", "8.8.8.8", "91.198.174.192", "172.32.0.1", "2606:4700:4700::1111", "2a02:ec80:300:ed1a::1"]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_of_a_special_range_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_open_internet_is_public(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_no_way_of_writing_an_ipv4_address_as_ipv6_makes_it_public(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    for prefix in (0, 0xFFFF << 32, 0xFFFF << 48, 0x64FF9B << 96):
        assert not is_public(str(ipaddress.IPv6Address(prefix | number)))
    assert not is_public(str(ipaddress.IPv6Address(0x2002 << 112 | number << 80)))


@pytest.mark.parametrize(
    "name",
    ["2130706433", "0177.0.0.1", "0x7f.1", "127.1", "0", "localhost", "[::1]", "[::ffff:127.0.0.1]", "127.0.0.1."],
)
def test_a_loopback_address_is_refused_however_it_is_written(name: str) -> None:
    url = http_url(f"http://{name}:9/")
    with pytest.raises(FetchError) as caught:
        open_socket(host_of(url), 9, Budget(url, 5, 5, 1), socket.socket)
    assert caught.value.outcome is Outcome.FORBIDDEN_ADDRESS


def test_one_private_answer_among_public_ones_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80)) for address in ("8.8.8.8", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: answers)
    with pytest.raises(FetchError, match=r"10\.0\.0\.1") as caught:
        open_socket("example.org", 80, Budget("http://example.org/", 5, 5, 1), socket.socket)
    assert caught.value.outcome is Outcome.FORBIDDEN_ADDRESS


def test_the_address_that_was_checked_is_the_one_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    connected: list[Any] = []

    def resolve(host: str, *args: Any, **kwargs: Any) -> list[Any]:
        if host != "rebind.example":
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, 80))]
        asked.append(host)
        address = "8.8.8.8" if len(asked) == 1 else "127.0.0.1"  # what a rebinding DNS server does
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80))]

    class Recording(socket.socket):
        def connect(self, address: Any) -> None:
            connected.append(address)
            raise ConnectionRefusedError(111, "refused")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(FetchError) as caught:
        open_socket("rebind.example", 80, Budget("http://rebind.example/", 5, 5, 1), Recording)
    assert caught.value.outcome is Outcome.UNREACHABLE
    assert connected == [("8.8.8.8", 80)]


@pytest.mark.parametrize(
    ("allow", "allowed"),
    [
        ({"wiki.internal"}, True),
        ({"wiki.internal:8080"}, True),
        ({"wiki.internal:80"}, False),
        ({"internal"}, False),
        (set(), False),
    ],
)
def test_a_host_is_allowed_by_name_or_by_name_and_port(allow: set[str], allowed: bool) -> None:
    assert is_allowed("wiki.internal", 8080, allow) is allowed
    assert is_allowed("wiki.internal.", 8080, allow) is allowed


@pytest.mark.parametrize(
    ("entry", "host"),
    [
        ("Wiki.Internal", "wiki.internal"),
        ("bücher.example:8080", "xn--bcher-kva.example"),
        ("::1", "::1"),
        ("[::1]", "::1"),
    ],
)
def test_an_allowed_host_may_be_written_as_people_write_it(entry: str, host: str) -> None:
    assert is_allowed(host, 8080, {as_allowed(entry)})


@pytest.mark.parametrize("entry", ["::1", "[::1]", "[::1]:8080"])
def test_an_ipv6_address_is_allowed_with_and_without_brackets(entry: str) -> None:
    assert is_allowed("::1", 8080, {entry})
    assert not is_allowed("::1", 8080, {"[::2]", "[::1]:80"})


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/", "file:///etc/passwd", "gopher://example.org/", "//example.org/", "example.org", "", "http://",
        "http:///path", "http://exa mple/", "http://user:secret@example.org/", "javascript:alert(1)", "httpx://example.org/",
        "http://example.org:99999/", "http://[::1", "http://[fe80::1%25lo]/", "http://a..b/\ud800", "data:text/html,x",
    ],
)  # fmt: skip
def test_what_is_no_plain_http_address_is_refused_without_a_secret_in_the_message(url: str) -> None:
    with pytest.raises(FetchError) as caught:
        http_url(url)
    assert caught.value.outcome is Outcome.FORBIDDEN_ADDRESS
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/b", "https://example.org/b"),
        ("b?x=1#top", "https://example.org/a/b?x=1"),
        ("//other.example/c", "https://other.example/c"),
        ("http://user:secret@other.example/d", "http://other.example/d"),
        ("http://bücher.example/é", "http://xn--bcher-kva.example/%C3%A9"),
        ("HTTP://EXAMPLE.ORG", "http://example.org/"),
    ],
)
def test_where_a_redirect_leads(location: str, target: str) -> None:
    assert http_url(location, base="https://example.org/a/") == target


@given(st.text(max_size=60), st.sampled_from(["http://", "https://", "http:", "//", ""]))
def test_any_text_becomes_an_ascii_http_address_or_an_error_of_ours(text: str, start: str) -> None:
    try:
        url = http_url(start + text, base="https://example.org/a/")
    except FetchError as error:
        assert error.outcome is Outcome.FORBIDDEN_ADDRESS
        assert not any(map(is_invisible, str(error)))
        return
    assert url.isascii()
    assert url.startswith(("http://", "https://"))
    assert "@" not in url.split("/")[2]
    assert "#" not in url
    assert http_url(url) == url
    assert set(host_of(url)) <= set("abcdefghijklmnopqrstuvwxyz0123456789._-:")
