"""A real web server on loopback that serves what a test puts there, with ETags, and keeps a list of what was asked."""

import hashlib
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Reply:
    """What one address answers."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/html; charset=utf-8"})


class Site:
    """`replies` by path and query; what is not there is answered with 404. Close it when done."""

    def __init__(self) -> None:
        self.replies: dict[str, Reply] = {}
        self.asked: list[tuple[str, int]] = []
        """Path and status of each request, robots.txt aside."""
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                reply = site.replies.get(self.path, Reply(b"not here", 404, {"Content-Type": "text/plain"}))
                tag = f'"{hashlib.sha256(reply.body).hexdigest()[:16]}"'
                status = 304 if reply.status == 200 and self.headers.get("If-None-Match") == tag else reply.status
                if self.path != "/robots.txt":
                    site.asked.append((self.path, status))
                self.send_response(status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                if reply.status == 200:
                    self.send_header("ETag", tag)
                body = b"" if status == 304 else reply.body
                if status != 304:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        self.root = f"http://127.0.0.1:{self._server.server_address[1]}"

    def put(self, path: str, body: str | bytes, mediatype: str = "text/html; charset=utf-8", status: int = 200) -> None:
        """From now on `path` answers this."""
        content = body.encode() if isinstance(body, str) else body
        self.replies[path] = Reply(content, status, {"Content-Type": mediatype})

    def lead(self, path: str, to: str) -> None:
        """From now on `path` redirects."""
        self.replies[path] = Reply(b"", 302, {"Location": to})

    def drop(self, path: str, status: int = 404) -> None:
        """From now on `path` is not there."""
        self.replies[path] = Reply(b"gone", status, {"Content-Type": "text/plain"})

    def since(self, mark: int) -> list[tuple[str, int]]:
        """What was asked after so many requests."""
        return self.asked[mark:]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)
