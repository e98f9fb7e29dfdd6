"""The documentation site: it builds without the network, every link and anchor leads somewhere, and no page asks for anything from elsewhere."""

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import pytest

from pipelines.project import ROOT
from tests.explorer_site import browser

PAGES = ["index", "concepts", "dictionary", "codebook", "cookbook/index", "releases", "accuracy", "commands", "operate", "extend", "faq"]  # fmt: skip
chromium = pytest.fixture(scope="module")(browser)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, as `make docs` builds it."""
    pytest.importorskip("mkdocs", reason="the extra `docs` is not installed")
    target = tmp_path_factory.mktemp("docs") / "site"
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--site-dir", str(target)]
    # Whatever would go to the network ends at a port where nobody listens.
    environment = {"PATH": "/usr/bin:/bin", "https_proxy": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9", "NO_MKDOCS_2_WARNING": "1"}  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return target


class Page(HTMLParser):
    """What a page links to, loads, and can be led to within."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        self.anchors |= {named[name] for name in ("id", "name") if name in named}
        if tag == "a" and "href" in named:
            self.links.append(named["href"])
        if tag == "link" and named.get("rel") not in {"prev", "next", "canonical"}:
            self.loaded.append(named.get("href", ""))
        if tag in {"script", "img", "iframe", "source", "object", "embed", "video", "audio"}:
            self.loaded += [named[name] for name in ("src", "data", "srcset") if name in named]


@pytest.fixture(scope="module")
def pages(built: Path) -> dict[str, Page]:
    return {
        path.relative_to(built).as_posix(): Page(path.read_text(encoding="utf-8")) for path in built.rglob("*.html")
    }


def test_the_pages_that_must_be_there_are(pages: dict[str, Page]) -> None:
    assert {f"{name}.html" for name in PAGES} <= pages.keys()


def test_every_link_and_anchor_leads_somewhere(built: Path, pages: dict[str, Page]) -> None:
    broken, led = [], 0
    for name, page in pages.items():
        if name == "404.html":
            continue  # its links count from the root of a server
        for link in page.links:
            if urlsplit(link).scheme:
                continue
            path = unquote(urlsplit(urljoin(f"http://site/{name}", link)).path).lstrip("/") or "index.html"
            fragment = unquote(urlsplit(link).fragment)
            led += 1
            if not (built / path).is_file() or (fragment and path in pages and fragment not in pages[path].anchors):
                broken.append(f"{name}: {link}")
    assert not broken
    assert led > 500


def test_nothing_is_loaded_from_elsewhere(built: Path, pages: dict[str, Page]) -> None:
    assert sum(len(page.loaded) for page in pages.values()) > 50
    for name, page in pages.items():
        assert [address for address in page.loaded if re.match(r"(?:https?:)?//", address)] == [], name
    for style in built.rglob("*.css"):
        assert not re.search(r"(?:url\(|@import)\s*['\"]?(?:https?:)?//", style.read_text(encoding="utf-8")), style.name


def test_pages_of_files_in_the_project_are_links_that_work(pages: dict[str, Page]) -> None:
    assert any(link.endswith("notebook.py") for link in pages["cookbook/index.html"].links)
    assert any(link.startswith("#") or "codebook" in link for link in pages["codebook.html"].links)


@pytest.fixture(scope="module")
def address(built: Path) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(built))) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_browser_asks_for_nothing_from_elsewhere_and_finds_things(chromium: Any, address: str) -> None:
    page = chromium.new_page()
    asked: list[str] = []
    problems: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    for name in PAGES:
        page.goto(f"{address}/{name}.html", wait_until="networkidle")
    page.goto(f"{address}/index.html", wait_until="networkidle")  # the index of the search is there
    page.locator(".md-search__input").first.press_sequentially("origin")
    page.locator(".md-search-result__item").first.wait_for()
    assert "concepts.html" in " ".join(str(link.get_attribute("href")) for link in page.locator(".md-search-result__link").all())  # fmt: skip
    assert [url for url in asked if not url.startswith((address, "data:", "blob:"))] == []
    assert problems == []
    page.close()
