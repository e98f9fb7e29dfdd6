"""One HTTP session whose sockets are opened to checked addresses only and whose every receive is held against a budget."""

import logging
import os
import socket
import ssl
import warnings
from pathlib import Path
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util.ssl_ import create_urllib3_context

from pipelines.errors import EXIT_NOT_FOUND, PactwatchError
from pipelines.fetch.addresses import open_socket
from pipelines.fetch.budget import current
from pipelines.printable import shown

# It would print foreign header lines.
logging.getLogger("urllib3").setLevel(logging.ERROR)
# The standard library stumbles over `Set-Cookie: a=b; Version`, warns of itself at length, and passes over the cookie.
warnings.filterwarnings("ignore", message="http.cookiejar bug!")


class _Metered(socket.socket):
    """A socket that receives no longer and no more than the budget allows."""

    def recv_into(self, *args: Any) -> int:
        budget = current()
        if budget is None:
            return super().recv_into(*args)
        self.settimeout(budget.left())
        try:
            count = super().recv_into(*args)
        except TimeoutError:
            budget.left()
            raise
        budget.took(count)
        return count


class _MeteredTLS(_Metered, ssl.SSLSocket):
    """The same under TLS."""


def _open(host: str, port: int | None) -> socket.socket:
    budget = current()
    assert budget is not None and port is not None, "sockets are opened inside a budget only"
    return open_socket(host, port, budget, _Metered)


class _Connection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _open(self._dns_host, self.port)


class _TLSConnection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _open(self._dns_host, self.port)


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TLSPool(HTTPSConnectionPool):
    ConnectionCls = _TLSConnection


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **kwargs: Any) -> None:
        context = create_urllib3_context()
        context.sslsocket_class = _MeteredTLS
        super().init_poolmanager(connections, maxsize, block, ssl_context=context, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TLSPool}


def authorities() -> str | None:
    """The file or folder of certificate authorities that REQUESTS_CA_BUNDLE names; PactwatchError where there is none."""
    named = os.environ.get("REQUESTS_CA_BUNDLE")
    if named and not Path(named).exists():
        todo = "name a file of certificates in PEM, or unset it"
        raise PactwatchError("there is no such file", f"REQUESTS_CA_BUNDLE={shown(named)}", todo, EXIT_NOT_FOUND)
    return named or None


class Session(requests.Session):
    """Connections that are kept; no proxy, no netrc, nothing from the environment but REQUESTS_CA_BUNDLE (an own authority)."""

    def __init__(self, user_agent: str) -> None:
        super().__init__()
        self.trust_env = False
        self.verify = authorities() or True
        self.headers = requests.structures.CaseInsensitiveDict(
            # No more codings than body.py can cut while it decodes.
            {"User-Agent": user_agent, "Accept": "*/*", "Accept-Encoding": "gzip, deflate", "Connection": "keep-alive"}
        )
        for scheme in ("http://", "https://"):
            self.mount(scheme, _Adapter())

    def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002
        """None: requests would read the whole body of a redirect. We follow hop by hop ourselves."""
        return None
