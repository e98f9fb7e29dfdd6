"""Which addresses may be asked: http(s) only, and no way into a private network, by name, number, redirect or DNS answer.

Names are resolved where the socket is opened, and the address that was checked is the one that is connected to: a DNS server
that answers twice (rebinding) gains nothing. Special ranges are those of the IANA registries as the standard library and
requests-hardened know them, and all ways of writing an IPv4 address inside an IPv6 one.
"""

import ipaddress
import re
import socket
import threading
from collections.abc import Collection
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import requests
from requests_hardened.ip_filter import InvalidIPAddress, filter_host
from urllib3.util import parse_url

from pipelines.fetch.budget import Budget, where
from pipelines.fetch.response import FetchError, Outcome

_HOST = re.compile(r"(?=.{1,254}$)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63}){0,126}\.?|\[[0-9a-f:.]{2,45}\]")
# Written with these in front, an IPv4 address reaches IPv4 hosts; the last are site-local addresses, deprecated but routed.
_EMBEDDING = tuple(map(ipaddress.IPv6Network, ("::/96", "::ffff:0:0:0/96", "64:ff9b::/96", "2002::/16", "fec0::/10")))
_TRIED = 4
"""Addresses of one name that are tried before we give up."""


def http_url(url: str, base: str | None = None, params: dict[str, str] | None = None) -> str:
    """An address as it is asked for: absolute, ASCII, without fragment; FetchError where it is no plain http(s) address.

    A redirect (`base` given) loses user name and password, an address of our own that carries them is refused.
    """
    try:
        absolute = urljoin(base, url.strip()) if base else url.strip()
        if urlsplit(absolute).scheme not in {"http", "https"}:
            raise _forbidden(url, "no http(s) address")
        prepared = requests.PreparedRequest()
        prepared.prepare_url(absolute, params)
        parts = parse_url(urldefrag(prepared.url or "")[0])
    except ValueError as error:  # also requests' InvalidURL, and text that cannot be encoded
        raise _forbidden(url, "not a valid address") from error
    if parts.host is None or _HOST.fullmatch(parts.host) is None:
        raise _forbidden(url, "not a valid host name")
    if parts.auth is not None:
        if base is None:
            raise _forbidden(parts._replace(auth=None).url, "it carries a user name or password")
        parts = parts._replace(auth=None)
    return parts._replace(path=parts.path or "/").url


def host_of(url: str) -> str:
    """The host of an address from `http_url`, without brackets and without a dot at the end."""
    return (urlsplit(url).hostname or "").rstrip(".")


def is_allowed(host: str, port: int, allow: Collection[str]) -> bool:
    """Whether a declaration lets this host resolve to any address: named alone, or with its port."""
    name = host.rstrip(".")
    bracketed = f"[{name}]" if ":" in name else name
    return not {name, bracketed, f"{bracketed}:{port}"}.isdisjoint(allow)


def as_allowed(entry: str) -> str:
    """A host, or host and port, of a declaration in the form in which hosts are compared: ASCII, lower case."""
    try:
        return urlsplit(http_url(f"http://{entry}/")).netloc
    except FetchError:
        return entry.lower()  # an IPv6 address without brackets, or nothing that any host is called


def is_public(address: str) -> bool:
    """Whether an IP address (in numbers) is one of the open internet."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address) and (
        ip.ipv4_mapped is not None or any(ip in network for network in _EMBEDDING)
    ):
        return False
    if not ip.is_global or ip.is_multicast:
        return False
    try:
        filter_host(address, 0, allow_loopback=False)
    except InvalidIPAddress:
        return False
    return True


def open_socket(host: str, port: int, budget: Budget, make: type[socket.socket]) -> socket.socket:
    """A connection to the first address of a host that answers; FetchError where one is forbidden or none answers."""
    found = _resolve(host, port, budget)
    if not is_allowed(host, port, budget.allow):
        for _, address in found:
            if not is_public(str(address[0])):
                raise _forbidden(budget.url, f"{host} is {address[0]}, no address of the open internet")
    problem: OSError | None = None
    for family, address in found[:_TRIED]:
        opened = make(family, socket.SOCK_STREAM)
        try:
            opened.settimeout(min(budget.connect_seconds, budget.left()))
            opened.connect(address)
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            opened.close()
            problem = error
        else:
            budget.connections += 1
            return opened
    reason = problem.strerror if problem is not None and problem.strerror else "no connection in time"
    raise FetchError(Outcome.UNREACHABLE, budget.url, f"{reason}, {where(budget.url)}: tried again the next time")


def _resolve(host: str, port: int, budget: Budget) -> list[tuple[int, tuple[Any, ...]]]:
    """All addresses of a host, within the time for connecting: the system's resolver itself knows no deadline."""
    found: list[tuple[int, tuple[Any, ...]]] = []
    problem: list[OSError | UnicodeError] = []

    def ask() -> None:
        try:
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            problem.append(error)
        else:
            found.extend((family, address) for family, _, _, _, address in answers)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(min(budget.connect_seconds, budget.left()))
    if not found:
        reason = "has no address" if problem else "no DNS answer in time"
        raise FetchError(
            Outcome.UNREACHABLE,
            budget.url,
            f"{host}: {reason}, {where(budget.url)}: check the name, or try again later",
        )
    return found


def _forbidden(url: str, reason: str) -> FetchError:
    return FetchError(
        Outcome.FORBIDDEN_ADDRESS,
        url,
        f"{reason}, {where(url)}: correct the address, or allow its host in the declaration",
    )
