"""Servers on loopback for the tests of fetching: a real nginx, and raw sockets for what nginx cannot be made to do wrong."""

import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

NGINX = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
OPENSSL = shutil.which("openssl")

Answer = Callable[[socket.socket, str], None]
"""Answers on a connection; it is given the head of the request."""


def free_port() -> int:
    """A port of 127.0.0.1 on which nothing listens at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Nginx:
    """A running nginx; `log` has a line a request: connection number, method and address, status."""

    def __init__(self, folder: Path, servers: str, http: str = "") -> None:
        self.folder = folder
        self.log = folder / "access.log"
        temporary = "\n".join(
            f"{name}_temp_path {folder}/tmp;" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (folder / "nginx.conf").write_text(
            f"""
            daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log info;
            events {{ worker_connections 128; }}
            http {{
                {temporary}
                log_format plain '$connection $request_uri $status $http_user_agent';
                access_log {self.log} plain;
                default_type text/html;
                types {{ text/html html; application/rss+xml rss; application/xml xml; text/plain txt; application/json json; }}
                keepalive_timeout 20s;
                {http}
                {servers}
                server {{ listen unix:{folder}/settle; access_log off; location / {{ return 204; }} }}
            }}
            """,
            encoding="utf-8",
        )
        assert NGINX is not None
        self._process = subprocess.Popen(
            [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def wait_for(self, port: int) -> None:
        """Return once the port answers; an error with nginx's own words if it does not."""
        for _ in range(200):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                return
            if self._process.poll() is not None:
                break
            time.sleep(0.05)
        raise AssertionError((self.folder / "error.log").read_text(encoding="utf-8"))

    def requests(self) -> list[list[str]]:
        """What was asked for so far: [connection, path, status, user agent …] a request."""
        # nginx logs a request after the client has its answer. It does one thing at a time: once it answers here, that is done.
        with socket.socket(socket.AF_UNIX) as settle:
            settle.settimeout(10)
            settle.connect(f"{self.folder}/settle")
            settle.sendall(b"GET / HTTP/1.0\r\n\r\n")
            assert settle.recv(64).startswith(b"HTTP/1.1 204")
        return [line.split() for line in self.log.read_text(encoding="utf-8").splitlines()]

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(10)


@contextmanager
def raw_server(answers: dict[str, Answer], first: Answer | None = None) -> Iterator[tuple[int, list[str]]]:
    """A server whose answers are written by hand, one a path, 404 elsewhere; yields its port and the paths that were asked for.

    `first` answers without waiting for a request in HTTP. A connection is closed after its answer. An answer that still writes when the client has gone ends with it.
    """
    listening = socket.create_server(("127.0.0.1", 0))
    asked: list[str] = []
    stopping = threading.Event()

    def serve(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            if first is not None:
                first(connection, "")
                return
            request = b""
            while b"\r\n\r\n" not in request:
                received = connection.recv(65536)
                if not received:
                    return
                request += received
            path = request.split(b" ")[1].decode()
            asked.append(path)
            answers.get(path.split("?")[0], nothing)(connection, request.decode("latin-1"))
            connection.shutdown(socket.SHUT_RDWR)

    def accept() -> None:
        while not stopping.is_set():
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield listening.getsockname()[1], asked
    finally:
        stopping.set()
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        accepting.join(5)


def send(data: bytes) -> Answer:
    """An answer that is sent as it stands."""
    return lambda connection, request: connection.sendall(data)


def endless(start: bytes, piece: bytes, pause: float = 0.0) -> Answer:
    """An answer that never ends: `start`, then `piece` again and again, every `pause` seconds."""

    def answer(connection: socket.socket, request: str) -> None:
        connection.sendall(start)
        while True:  # until the client goes away
            connection.sendall(piece)
            time.sleep(pause)

    return answer


def silent(connection: socket.socket, request: str) -> None:
    """No answer at all, until the client goes away."""
    while connection.recv(65536):
        pass


def reset(connection: socket.socket, request: str) -> None:
    """The connection is reset in place of an answer."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    connection.close()


def nothing(connection: socket.socket, request: str) -> None:
    """Not found."""
    connection.sendall(http(b"", status="404 Not Found"))


def http(body: bytes, *headers: str, status: str = "200 OK", length: int | None = None) -> bytes:
    """A response as bytes, with the right Content-Length unless `length` says another."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", *headers]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body
