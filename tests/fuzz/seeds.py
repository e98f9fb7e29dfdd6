"""Small, whole examples of every format, and its words. All of them are made up."""

import gzip
import json
import tempfile
import zlib
from datetime import UTC, datetime
from pathlib import Path

_PARAGRAPHS = "".join(
    f"<p>Paragraph {number}: the ministers of two countries met in the capital on {number + 1} May 2021, "
    f"and agreed on a <a href='/deal/{number}'>memorandum</a> about energy &amp; trade.</p>\n"
    for number in range(5)
)
_ARTICLE = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Ministers meet | Example News</title>
<link rel="canonical" href="https://news.example/talks"><meta property="og:site_name" content="Example News">
<meta property="article:published_time" content="2021-05-06T10:00:00Z"><meta name="author" content="A. Writer">
<script type="application/ld+json">{{"@type": "NewsArticle", "datePublished": "2021-05-06", "headline": "Talks"}}</script>
</head><body><nav><a href="/">Home</a></nav><article><h1>Ministers meet</h1><time datetime="2021-05-06">6 May</time>
{_PARAGRAPHS}<table><tr><td>cell</td></tr></table><ul><li>one</li><li>two</li></ul></article><footer>&copy;</footer></body></html>"""
_WIKI = f"""<html lang="en"><head><title>Relations - Wiki</title><meta name="generator" content="MediaWiki 1.43">
<script>var x = {{"wgRevisionId":123456}};</script></head><body><div id="mw-content-text"><h2>History</h2>{_PARAGRAPHS}
<sup class="reference">[1]</sup></div></body></html>"""
HTML = [
    _ARTICLE.encode(), _WIKI.encode(), _ARTICLE.replace("utf-8", "windows-1251").encode("cp1251", "replace"),
    _ARTICLE.replace("utf-8", "utf-16").encode("utf-16"), f"<p>{'word ' * 300}</p>".encode(), b"<html></html>",
]  # fmt: skip
HTML_TOKENS = [
    b"<div>", b"<p>", b"<table>", b"<td>", b"<b>", b"<a>", b"<ul>", b"<li>", b"<blockquote>", b"<article>", b"<script>", b"<!--", b"-->",
    b"<![CDATA[", b"</body>", b"<head>", b"<base href='javascript:x'>", b"<meta charset=undefined>", b"<meta charset=idna>",
    b"<meta charset=rot13>", b"<meta charset=utf-7>", b"<meta charset=unicode_escape>", b"<meta charset=punycode>", b"<meta charset=gbk>",
    b"<link rel=canonical href='http://['>", b"<link rel=canonical href='file:///etc/passwd'>",
    b"<link rel=canonical href='javascript:alert(1)'>", b"<meta property=og:url content='http://a b/'>",
    b"<meta property='og:title' content='\xe2\x80\xae'>", b'<meta property="article:published_time" content="99999-99-99">',
    b'<script type="application/ld+json">', b'{"@graph": [[[[', b'{"@type": {"a": 1}, "datePublished": 5, "author": {"name": []}}',
    b"&#0;", b"&#xD800;", b"&#x202e;", b"&#99999999999;", b"&nbsp;", b"&amp", b"\x00", b"\xef\xbb\xbf", b"\xff\xfe", b"\r", b"<svg>",
    b"<math>", b"<template>", b"<frameset>", b"<?xml version='1.0' encoding='utf-16'?>", b"<!DOCTYPE x [<!ENTITY a 'aaaa'>]>", b"<br>",
    b"<html lang='\x00'>", b"<pre>", b"<textarea>", b"<iframe>", b"<noscript>", b"class='", b"\"", b"'", b"<", b">", b"</",
]  # fmt: skip

ROBOTS = [
    b"User-agent: *\nDisallow: /private/\nAllow: /private/open*.html$\nCrawl-delay: 2\nSitemap: https://news.example/map.xml\n",
    b"user-agent: pactwatch\nuser-agent: other\ndisallow: /\nrequest-rate: 1/10s 0600-0845\nvisit-time: 0600-0845\n",
    b"<html><body>404</body></html>", b"",
]  # fmt: skip
ROBOTS_TOKENS = [
    b"User-agent: *\n", b"User-agent: pactwatch\n", b"Disallow: /", b"Allow: ", b"Crawl-delay: ", b"Request-rate: ", b"Visit-time: ",
    b"Sitemap: ", b"*", b"$", b"%", b"%zz", b"%E2%82", b"**********", b"\n", b"\r", b"\x00", b"#", b":", b"1e999", b"nan", b"inf", b"-1",
    b"0/0", b"1/0", b"9" * 400, b"1/1d", b"2500-9999", b"\xef\xbb\xbf", b"\xff", b"(", b"[", b"\\", b"?", b"/*/*/*/*/*/*/*/a$",
]  # fmt: skip

_LONG = bytes(range(256)) * 300
_bare = zlib.compressobj(wbits=-15)
BODIES = [
    gzip.compress(_LONG, mtime=0), gzip.compress(b"a" * 9, mtime=0) + gzip.compress(b"b", mtime=0), zlib.compress(_LONG),
    _bare.compress(_LONG) + _bare.flush(), gzip.compress(b"0" * 3_000_000, mtime=0), zlib.compress(gzip.compress(b"in", mtime=0)), b"",
]  # fmt: skip
BODY_TOKENS = [
    b"\x1f\x8b",
    b"\x1f\x8b\x08\x00",
    b"\x78\x9c",
    b"\x00\x00\x00\xff\xff",
    b"\x00",
    b"\xff" * 8,
    gzip.compress(b"", mtime=0),
]

_OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
HTTP = [
    _OK + b'Content-Length: 5\r\nETag: "1"\r\n\r\nhello',
    _OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n\r\n",
    _OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"hello", mtime=0),
    b"HTTP/1.1 302 Found\r\nLocation: /next\r\nSet-Cookie: a=b; Path=/; Max-Age=5\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 429 Slow\r\nRetry-After: 5\r\n\r\n",
    b"HTTP/1.1 503 Busy\r\nRetry-After: Fri, 01 Jan 2100 00:00:00 GMT\r\n\r\n",
    b"HTTP/1.0 404 Not Found\r\n\r\nno", b"HTTP/1.1 100 Continue\r\n\r\n" + _OK + b"\r\nx", b"HTTP/1.1 304 Not Modified\r\n\r\n",
]  # fmt: skip
HTTP_TOKENS = [
    b"HTTP/1.1 ", b"HTTP/9.9 ", b"200 ", b"204 ", b"206 ", b"304 ", b"301 ", b"999 ", b"-1 ", b"\r\n", b"\n", b"\r", b"\r\n\r\n", b": ",
    b"Location: ", b"Location: http://[", b"Location: //", b"Location: http://127.0.0.1:1/", b"Location: data:,x", b"Content-Length: ",
    b"Content-Length: -1\r\n", b"Content-Length: 99999999999999999999\r\n", b"Content-Length: 1, 2\r\n", b"Content-Encoding: deflate\r\n",
    b"Content-Encoding: br\r\n", b"Content-Encoding: gzip, gzip\r\n", b"Transfer-Encoding: chunked\r\n", b"Transfer-Encoding: x, chunked\r\n",
    b"Set-Cookie: ", b"Set-Cookie: =;;;; expires=;domain=.", b"Retry-After: ", b"9" * 40, b"; ", b",", b"=", b"ffffffffffffffff\r\n",
    b"-5\r\n", b"0\r\n", b"\x00", b"\xff", b"\xe2\x80\xae", b"X" * 70_000, b"A: b\r\n" * 120, b" folded\r\n", b"Connection: close\r\n",
]  # fmt: skip

ADDRESSES = [
    b"https://news.example/a/b.html?c=d#e", b"/path", b"../up", b"//other.example/x", b"http://user:word@host.example:8080/p;q?r=%20",
    b"http://[2001:db8::1]:80/", b"http://127.0.0.1/", "http://bücher.example/straße".encode(), b"?only=query", b"http:relative",
]  # fmt: skip
ADDRESS_TOKENS = [
    b"http:", b"https:", b"//", b"/", b"\\", b"@", b":", b"#", b"?", b"[", b"]", b"%", b"%00", b"%2e", b"%zz", b"..", b".", b":99999",
    b":-1", b":0", b"\t", b"\n", b"\r", b" ", b"\x00", b"javascript:", b"file:///", b"data:,", b"xn--", b"xn--a", "。".encode(),
    "１２７".encode(), "ß".encode(), "\u202e".encode(), b"\xff", b"%25lo", b"0x7f.1", b"2130706433", b"a" * 70, b"a." * 140, b"&", b";",
]  # fmt: skip


def _archive() -> list[bytes]:
    from pipelines.archive.archive import Archive
    from pipelines.fetch.response import Hop, Response

    url = "https://news.example/talks"
    at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    headers = (("Content-Type", "text/html"), ("ETag", '"1"'))
    with tempfile.TemporaryDirectory() as folder, Archive(Path(folder)) as archive:
        hop = Hop("http://news.example/talks", 301, url)
        archive.add_response("wire", Response(url, url, 200, "OK", headers, _ARTICLE.encode(), at, (hop,)))
        archive.add_response("wire", Response(url, url, 304, "Not Modified", (), b"", at))
        archive.add_response("wire", Response(url, url, 410, "Gone", (), b"", at))
        archive.add_file("box", "a.txt", b"text", at)
        (path,) = Path(folder).rglob("*.warc.gz")
        whole = path.read_bytes()
    return [whole, whole[: len(whole) // 2]]


ARCHIVE = _archive()
WARC_TOKENS = [
    b"\x1f\x8b\x08\x00\x00\x00\x00\x00", b"WARC/1.1\r\n", b"WARC/1.0\r\n", b"WARC-Type: response\r\n", b"Content-Length: 5\r\n",
    b"Content-Length: -1\r\n", b"Content-Length: 99999999999\r\n", b"WARC-Date: never\r\n", b"WARC-Target-URI: file:///etc/passwd\r\n",
    b"\r\n\r\n", b"\r\n", b"\x00", b"\xff", b"HTTP/1.1 200 OK\r\n", b"Transfer-Encoding: chunked\r\n", b"Content-Encoding: gzip\r\n",
    gzip.compress(b"WARC/1.1\r\nContent-Length: 0\r\n\r\n\r\n\r\n", mtime=0),
    gzip.compress(b"WARC/1.1\r\nContent-Length: 0\r\nPactwatch-Capture: " + json.dumps({"seq": 1}).encode() + b"\r\n\r\n\r\n\r\n", mtime=0),
    gzip.compress(b"WARC/1.1\r\nContent-Length: 0\r\nPactwatch-Capture: " + b"[" * 5000 + b"\r\n\r\n\r\n\r\n", mtime=0),
]  # fmt: skip
