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


_RSS = b"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"><channel>
<title>Example News</title><link>https://news.example/</link>
<item><title>Talks &amp; trade</title><link>https://news.example/talks?utm_source=rss</link><guid isPermaLink="true">https://news.example/1</guid>
<pubDate>Thu, 06 May 2021 10:00:00 +0330</pubDate><description><![CDATA[<p>Ministers met.</p>]]></description></item>
<item><title>More</title><guid>tag:news.example,2021:2</guid><dc:date>2021-05-07T00:00:00Z</dc:date></item></channel></rss>"""
_ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://news.example/"><title>Example</title>
<entry><title type="html">&lt;b&gt;Talks&lt;/b&gt;</title><link rel="alternate" href="talks"/><id>urn:uuid:1</id><updated>2021-05-06T10:00:00+05:00</updated></entry>
</feed>"""
_RDF = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel rdf:about="https://news.example/"/>
<item rdf:about="https://news.example/3"><title>Three</title><link>https://news.example/3</link></item></rdf:RDF>"""
_JSON_FEED = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Example",
        "items": [
            {"id": "1", "url": "https://news.example/1", "title": "One", "date_published": "2021-05-06T10:00:00+03:30"},
            {"id": "https://news.example/2", "content_text": "x"},
        ],
    }
).encode()
FEEDS = [_RSS, _ATOM, _RDF, _JSON_FEED, _RSS.replace(b"utf-8", b"utf-16").decode().encode("utf-16")]
_XML_TOKENS = [
    b"<?xml version='1.0' encoding='utf-7'?>", b"<?xml version='1.0' encoding='undefined'?>", b"<?xml version='1.0' encoding='idna'?>",
    b"<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;&b;&b;&b;'>]>", b"&c;", b"&a;",
    b"<!DOCTYPE x SYSTEM 'file:///etc/passwd'>", b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>", b"<![CDATA[", b"]]>", b"<!--",
    b"-->", b"&#0;", b"&#xD800;", b"&#x202e;", b"&nbsp;", b"\x00", b"\xef\xbb\xbf", b"\xff\xfe", b"<", b">", b"</", b"'", b"\"", b"xmlns=''",
    b"javascript:alert(1)", b"file:///etc/passwd", b"http://[", b"//other.example/", b"http://user:word@host/", b"https://news.example:99999/",
    b"data:text/html,x", b"99999-99-99", b"0001-01-01T00:00:00+14:00", b"9999-12-31T23:59:59-12:00", b"Thu, 99 Foo 0000 99:99:99 +9999",
    b"1900-01-01T00:00:00+23:59", b"2100-12-31T23:59:59-23:59", b"Mon, 01 Jan 1900 00:00:00 +1400", b"-1", b"1e999",
]  # fmt: skip
FEED_TOKENS = [
    *_XML_TOKENS, b"<item>", b"<entry>", b"<link>", b"<link href='", b"<guid>", b"<id>", b"<title>", b"<title type='xhtml'>", b"<pubDate>",
    b"<updated>", b"<dc:date>", b"<content:encoded>", b"xml:base='http://['", b"{", b"[", b'"items": [', b'"url": "', b'"url": "\\ud800"', b'"id": ',
    b'"title": {}', b'"date_published": 5', b"null", b"1e999", b"NaN", b"\\u0000", b"\\ud800", b",", b":",
]  # fmt: skip

_URLSET = b"""<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>https://news.example/talks</loc><lastmod>2021-05-06T10:00:00+03:30</lastmod><news:news><news:publication><news:name>N</news:name>
</news:publication><news:publication_date>2021-05-06</news:publication_date><news:title>Talks</news:title></news:news></url>
<url><loc>/b</loc><lastmod>2021-05</lastmod></url></urlset>"""
_INDEX = b"""<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>https://news.example/1.xml.gz</loc>
<lastmod>2021-05-06</lastmod></sitemap></sitemapindex>"""
SITEMAPS = [_URLSET, _INDEX, gzip.compress(_URLSET, mtime=0), b"<html></html>"]
SITEMAP_TOKENS = [
    *_XML_TOKENS, b"<url>", b"</url>", b"<loc>", b"</loc>", b"<sitemap>", b"<lastmod>", b"<news:publication_date>", b"<news:title>",
    b"<urlset>", b"<sitemapindex>", b"\x1f\x8b\x08\x00",
]  # fmt: skip

_POST = """<div class="tgme_widget_message_wrap"><div class="tgme_widget_message js-widget_message" data-post="example/%d">
<a class="tgme_widget_message_forwarded_from_name" href="https://t.me/other/5">Other</a>
<div class="tgme_widget_message_text js-message_text" dir="auto">The minister <b>met</b> his colleague.<br/>They signed a memorandum.<br/><br/>
<a href="https://t.me/example">@example</a></div><div class="tgme_widget_message_footer"><a class="tgme_widget_message_date"
href="https://t.me/example/%d"><time datetime="2021-05-06T10:00:00+00:00" class="time">10:00</time></a></div></div></div>"""
TELEGRAM = [
    f"<!DOCTYPE html><html><body>{''.join(_POST % (number, number) for number in range(3, 6))}</body></html>".encode(),
    b"<html><body>No preview</body></html>",
]
TELEGRAM_TOKENS = [
    *HTML_TOKENS, b"<div class='tgme_widget_message' data-post='example/7'>", b"<div class='js-message_text'>", b"<time datetime='",
    b"data-post='a/999999999999'", b"data-post='a/\xd9\xa3'", b"0001-01-01T00:00:00+14:00", b"9999-12-31T23:59:59-12:00", b"js-message_reply_text",
    b"service_message", b"<a class='tgme_widget_message_forwarded_from_name' href='https://t.me/a'>",
]  # fmt: skip

_RENDERED = f"""<div class="mw-parser-output"><p>The relations of two states<sup class="reference">[1]</sup>.</p><h2 id="H">History</h2>
{_PARAGRAPHS}<table class="infobox"><tr><td>x</td></tr></table><h2>See also</h2><ul><li>Other</li></ul><h2>References</h2><ol class="references">
<li><a class="external text" href="https://news.example/1">One</a></li></ol></div>"""
MEDIAWIKI = [
    json.dumps({"parse": {"title": "Relations", "pageid": 7, "revid": 123, "text": _RENDERED}}).encode(),
    json.dumps({"error": {"code": "maxlag", "info": "Waiting"}}).encode(), b"{}",
]  # fmt: skip
MEDIAWIKI_TOKENS = [
    *(token for token in HTML_TOKENS if b'"' not in token), b"{", b"[", b'\\"', b'"parse": ', b'"text": ', b'"title": ', b'"revid": ', b"null", b"true",
    b"1e999", b"\\ud800", b"\\u0000", b"\\udc00\\ud800", b"<h2>", b"<h6>", b"<ol class='references'>", b"<a class='external' href='http://[?",
    b"<a class='external' href='https://web.archive.org/", b"<section>", b"<br>", b"-", b"9" * 5000,
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


def _warc(kind: str, url: str, block: bytes) -> bytes:
    head = f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2021-05-06T10:00:00Z\r\n"
    head += f"WARC-Record-ID: <urn:uuid:1>\r\nContent-Type: application/http\r\nContent-Length: {len(block)}\r\n\r\n"
    return head.encode() + block + b"\r\n\r\n"


_PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
_RECORDS = [
    _warc("warcinfo", "", b"software: x\r\n"),
    _warc("response", "https://news.example/talks", _PAGE + b"\r\n" + _ARTICLE.encode()),
    _warc(
        "response", "https://news.example/chunked", _PAGE + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
    ),
    _warc(
        "response",
        "https://news.example/zip",
        _PAGE + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(_LONG, mtime=0),
    ),
    _warc("revisit", "https://news.example/talks", b"HTTP/1.1 200 OK\r\n\r\n"),
]
WARC = [
    b"".join(_RECORDS),
    b"".join(gzip.compress(record, mtime=0) for record in _RECORDS),
    gzip.compress(b"".join(_RECORDS), mtime=0),
]
WARC_TOKENS = [
    b"\x1f\x8b\x08\x00\x00\x00\x00\x00", b"WARC/1.1\r\n", b"WARC/1.0\r\n", b"WARC-Type: response\r\n", b"Content-Length: 5\r\n",
    b"Content-Length: -1\r\n", b"Content-Length: 99999999999\r\n", b"WARC-Date: never\r\n", b"WARC-Target-URI: file:///etc/passwd\r\n",
    b"\r\n\r\n", b"\r\n", b"\x00", b"\xff", b"HTTP/1.1 200 OK\r\n", b"Transfer-Encoding: chunked\r\n", b"Content-Encoding: gzip\r\n",
    gzip.compress(b"WARC/1.1\r\nContent-Length: 0\r\n\r\n\r\n\r\n", mtime=0),
    gzip.compress(b"WARC/1.1\r\nContent-Length: 0\r\nPactwatch-Capture: " + json.dumps({"seq": 1}).encode() + b"\r\n\r\n\r\n\r\n", mtime=0),
    gzip.compress(b"WARC/1.1\r\nContent-Length: 0\r\nPactwatch-Capture: " + b"[" * 5000 + b"\r\n\r\n\r\n\r\n", mtime=0),
]  # fmt: skip
