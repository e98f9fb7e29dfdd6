"""The site that fetching is tried on: pages, feeds, trouble and traps, served by a real nginx on loopback."""

import subprocess
from pathlib import Path

from tests.webserver import OPENSSL, Nginx, free_port

MAX_BYTES = 200_000
ARTICLE = b"<!doctype html><title>Talks</title><p>The ministers met in Tehran.</p>"
LONG = bytes(range(256)) * 400
FEED = b'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title></channel></rss>'
FARSI = "<meta charset=windows-1256><p>\u062a\u0647\u0631\u0627\u0646</p>".encode("cp1256")
HOST = "127.0.0.1"


class Site:
    """The real server: one for the pages, others for what a robots.txt can be."""

    def __init__(self, folder: Path) -> None:
        self.ports = {
            name: free_port() for name in ("main", "robots_forbid", "robots_500", "robots_moved", "robots_slow", "tls")
        }
        root = folder / "site"
        root.mkdir()
        (folder / "tmp").mkdir()
        for name, content in {
            "article.html": ARTICLE, "feed.rss": FEED, "long.html": LONG, "empty.html": b"", "farsi.html": FARSI,
            "big.html": b"0" * (MAX_BYTES + 1), "just.html": b"0" * MAX_BYTES, "robots.txt": b"User-agent: *\nDisallow: /private/\n",
        }.items():  # fmt: skip
            (root / name).write_bytes(content)
        forbid = folder / "forbid"
        forbid.mkdir()
        (forbid / "robots.txt").write_bytes(
            b"User-agent: *\nAllow: /\n\nUser-agent: pactwatch\nCrawl-delay: 0.2\nDisallow: /\nAllow: /open*.html$\n"
        )
        for name in ("open.html", "open-2.html", "closed.html"):
            (forbid / name).write_bytes(ARTICLE)
        (folder / "nothing").mkdir()
        self.nginx = Nginx(folder, self._servers(folder), "limit_req_zone $uri zone=slow:1m rate=1r/s;")
        self.nginx.wait_for(self.ports["main"])

    def _servers(self, folder: Path) -> str:
        port = self.ports
        main, other = port["main"], f"http://127.0.0.1:{port['robots_forbid']}"
        outside = folder / "site"
        return f"""
        server {{
            listen 127.0.0.1:{main}; root {outside}; gzip_types *; gzip_min_length 1;
            location /zipped/ {{ alias {outside}/; gzip on; chunked_transfer_encoding on; }}
            location = /hot.html {{ limit_req zone=slow; limit_req_status 429; alias {outside}/article.html; }}
            location = /busy {{ add_header Retry-After 0 always; return 429 "slow down"; }}
            location = /busy-long {{ add_header Retry-After 3600 always; return 429 "slow down"; }}
            location = /busy-date {{ add_header Retry-After "Fri, 01 Jan 2100 00:00:00 GMT" always; return 503; }}
            location = /busy-odd {{ add_header Retry-After "soon" always; return 429; }}
            location = /gone {{ return 410 "gone"; }}
            location = /login {{ add_header WWW-Authenticate 'Basic realm="x"' always; return 401; }}
            location = /500 {{ return 500; }}
            location = /502 {{ proxy_pass http://127.0.0.1:1; }}
            location = /503 {{ return 503; }}
            location = /204 {{ return 204; }}
            location = /moved {{ return 301 /article.html?from=moved#top; }}
            location = /relative {{ return 307 article.html; }}
            location = /chain/4 {{ return 302 /chain/3; }}
            location = /chain/3 {{ return 303 /chain/2; }}
            location = /chain/2 {{ return 307 /chain/1; }}
            location = /chain/1 {{ return 308 /article.html; }}
            location = /chain/5 {{ return 302 /chain/4; }}
            location = /loop/a {{ return 302 /loop/b; }}
            location = /loop/b {{ return 302 /loop/a; }}
            location = /self {{ return 302 /self; }}
            location /ever/ {{ return 302 "/ever/x$request_uri"; }}
            location = /consent {{
                if ($http_cookie ~ "seen=1") {{ rewrite ^ /article.html last; }}
                add_header Set-Cookie "seen=1; Path=/"; return 302 /consent;
            }}
            location = /to-metadata {{ return 302 http://169.254.169.254/latest/meta-data/; }}
            location = /to-decimal {{ return 302 http://2130706433:{main}/article.html; }}
            location = /to-octal {{ return 302 http://0177.0.0.1:{main}/article.html; }}
            location = /to-mapped {{ return 302 "http://[::ffff:127.0.0.1]:{main}/article.html"; }}
            location = /to-nat64 {{ return 302 "http://[64:ff9b::7f00:1]:{main}/article.html"; }}
            location = /to-name {{ return 302 http://localhost:{main}/article.html; }}
            location = /to-file {{ return 302 file:///etc/passwd; }}
            location = /to-nothing {{ return 302 http://; }}
            location = /to-closed {{ return 302 {other}/closed.html; }}
            location = /with-password {{ return 302 http://me:secret@127.0.0.1:{main}/article.html; }}
            location = /no-location {{ return 304; }}
            location = /charset {{ default_type "text/html; charset=windows-1256"; alias {outside}/farsi.html; }}
        }}
        server {{ listen 127.0.0.1:{port["robots_forbid"]}; root {folder}/forbid; }}
        server {{
            listen 127.0.0.1:{port["robots_500"]}; root {outside};
            location = /robots.txt {{ return 500; }}
        }}
        server {{
            listen 127.0.0.1:{port["robots_moved"]}; root {outside};
            location = /robots.txt {{ return 301 {other}/robots.txt; }}
        }}
        server {{ listen 127.0.0.1:{port["robots_slow"]}; root {folder}/nothing; location = /page {{ return 200 "ok"; }} }}
        {_tls_server(folder, port["tls"], outside)}
        """


def _tls_server(folder: Path, port: int, root: Path) -> str:
    """A server with a certificate of its own authority; nothing where openssl is missing."""
    if OPENSSL is None:
        return ""
    subprocess.run(
        [
            OPENSSL, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", folder / "key.pem",
            "-out", folder / "certificate.pem",
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    return f"""server {{
        listen 127.0.0.1:{port} ssl; root {root};
        ssl_certificate {folder}/certificate.pem; ssl_certificate_key {folder}/key.pem;
    }}"""
