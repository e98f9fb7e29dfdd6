"""Pages that are no articles are set aside with their reason; articles that look a bit like them are read."""

import pytest

from pipelines.ingest.charset import decode_markup
from pipelines.ingest.html import read_page
from pipelines.ingest.language import language_of
from pipelines.ingest.text import UnreadableTextError
from tests.pages import article, listing, wall

HERE = "https://post.example/world/rail-link"
LEAD = "Beyra and Lenna opened a rail link on 4 May 2026, and their ministers rode the first train."
SCRIPTS = '<script src="/a.js"></script><script src="/b.js"></script>'
BANNER = '<div class="consent"><p>We and our partners store cookies. Manage preferences or accept all.</p><button>Accept all</button></div>'


def why(page: str, final: str = HERE, mediatype: str | None = "text/html; charset=utf-8") -> str:
    with pytest.raises(UnreadableTextError) as raised:
        read_page(page.encode(), mediatype, HERE, final)
    return str(raised.value)


@pytest.mark.parametrize(
    ("page", "told"),
    [
        (listing("cards"), "a listing"),
        (listing("list"), "a listing"),
        (listing("rows"), "a listing"),
        (listing("cards").replace('content="website"', 'content="article"'), "a listing"),
        (wall("Page not found | The Post", "<h1>Sorry</h1><p>The page may have been moved. Try the search, or go back to the front page and begin there.</p>"), "not found"),
        (wall("The Post", "<h1>404 – Not found</h1><p>There is nothing under this address, or there is no longer anything under it.</p>"), "not found"),
        (wall("The Post", "<h1>This article is no longer available</h1><p>It was taken down some time ago because its license ended.</p>"), "not found"),
        (wall("Just a moment...", '<h1>post.example</h1><p>Please wait while we look at your connection.</p><script src="/cdn-cgi/challenge-platform/x"></script>'), "a challenge"),
        (wall("post.example", '<p>Please complete the puzzle.</p><script src="https://x.captcha-delivery.com/c.js"></script>'), "a challenge"),
        (wall("Access denied", "<h1>Access denied</h1><p>You do not have permission. Reference 18.2f.</p>"), "a challenge"),
        (wall("The Post", "<h1>Your privacy</h1><p>With your consent, we and our partners use cookies to store and read personal data such as your visit here.</p><button>Accept all</button><button>Reject all</button>"), "a consent wall"),
        (wall("Before you continue", "<div><h2>Before you continue</h2><p>We use cookies and data to deliver services.</p><form><button>Reject all</button></form></div>"), "a consent wall"),
        (wall("Sign in", '<form><input name="u"><input type="password" name="p"></form><p>Enter your details to go on.</p>'), "a login page"),
        (wall("The Post", '<h1>Welcome back</h1><p>Please give your name and word.</p><form><input type="password"></form>'), "a login page"),
        (wall("The Post", f'<div id="root"></div><noscript>You need to enable JavaScript to run this app.</noscript>{SCRIPTS}'), "put together by scripts"),
        (wall("The Post", f'<div id="__next"></div>{SCRIPTS}'), "put together by scripts"),
        (wall("The Post", f"<p>Please turn on JavaScript to see this page.</p>{SCRIPTS}"), "put together by scripts"),
        (article("Rail link opens", LEAD, "To continue reading, start your free trial.", fill=False), "the beginning of an article"),
        (article("Rail link opens", LEAD, fill=False, head='<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": false}</script>'), "the beginning of an article"),
        (article("Rail link opens", LEAD, "This article is for subscribers only. Already a subscriber? Log in.", style="cards", fill=False), "the beginning of an article"),
        (wall("Empty", ""), "no main text"),
        (wall("Photo", "<p>A photo.</p>"), "no"),
        ("", "an empty page"),
        (article("Lädt", LEAD.replace("opened", "Ã¶ffnete Ã¼ber Ã¤ Ã¶ Ã¼ Ã¤ Ã¶ Ã¼ Ã¤ Ã¶"), "Ã¤ Ã¶ Ã¼ wÃ¼rde kÃ¶nnte mÃ¤re â€™ â€œ " * 8, fill=False), "garbled"),
    ],
)  # fmt: skip
def test_what_is_no_article_is_set_aside(page: str, told: str) -> None:
    assert why(page).startswith(told)


@pytest.mark.parametrize(
    ("final", "told"),
    [
        ("https://consent.example/collect?continue=https://post.example/world/rail-link", "a consent wall"),
        ("https://post.example/account/login?next=/world/rail-link", "a login page"),
        ("https://post.example/", "led to the front page"),
    ],
)
def test_where_a_redirect_leads_tells_what_it_is(final: str, told: str) -> None:
    assert why(article("Rail link opens", LEAD), final).startswith(told)


@pytest.mark.parametrize(
    ("mediatype", "told"),
    [("application/pdf", "no page but application/pdf"), ("image/jpeg; x=1", "no page but image/jpeg"), ("text/htmlx", "no page but")],
)  # fmt: skip
def test_other_kinds_of_files_are_no_pages(mediatype: str, told: str) -> None:
    assert why(article("Rail link opens", LEAD), mediatype=mediatype).startswith(told)


@pytest.mark.parametrize("style", ["plain", "cards", "breaks"])
@pytest.mark.parametrize(
    ("title", "lead", "more"),
    [
        ("Rail link opens", LEAD, ""),
        ("Ministers sign in Lenna", "The ministers of Beyra and Lenna sign in Lenna today what they agreed on in March 2026, an aide said.", ""),
        ("Wreck not found after search", "The wreck of the ferry Anna was not found on 4 May 2026, the coast guard of Lenna said after a long search.", ""),
        ("Inspectors say access denied again", "Inspectors were denied access to the plant at Beyra on 4 May 2026, and their head protested.", ""),
        ("Watchdog fines firm over cookies", "The data watchdog of Lenna fined a firm for setting cookies without consent to the use of personal data.", ""),
        ("Why papers ask readers to pay", "Papers that ask readers to subscribe to read on have grown in number, says a study from Lenna.", ""),
        ("Site asks for JavaScript", "The tax office of Lenna told users to enable JavaScript before they file, and many complained.", ""),
        ("Rail link opens", LEAD, BANNER),
        ("Rail link opens", LEAD, '<div id="login"><form><input type="password"></form></div>'),
    ],
)  # fmt: skip
def test_articles_that_look_a_bit_like_it_are_read(style: str, title: str, lead: str, more: str) -> None:
    page = article(title, lead, day="2026-05-04", style=style).replace("<footer>", f"{more}<footer>")
    read = read_page(page.encode(), "text/html", HERE, HERE)
    assert lead in read.text
    assert "herring" not in read.text, "headlines beside it are no part of it"
    assert "Accept all" not in read.text
    assert read.stated.title == title
    assert str(read.stated.published) == "2026-05-04"


@pytest.mark.parametrize("style", ["plain", "cards"])
def test_a_brief_is_read(style: str) -> None:
    said = '<meta property="og:type" content="article">'
    brief = article("Ferry held", "A ferry was held at Lenna on 4 May 2026 because of fog, the harbour master of the town said in a note.", fill=False, head=said, style=style)  # fmt: skip
    assert read_page(brief.encode(), "text/html", HERE, HERE).text.startswith("Ferry held\nA ferry was held")


def test_a_long_article_that_has_to_be_paid_for_and_is_there_is_read() -> None:
    whole = [
        f"{LEAD} Carriage {number} held guests from the villages on the line, and each had a story to tell."
        for number in range(12)
    ]
    page = article("Rail link opens", *whole, head='<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": "False"}</script>')  # fmt: skip
    assert read_page(page.encode(), "text/html", HERE, HERE).text.count("Carriage") == 12


def test_paragraphs_are_kept() -> None:
    read = read_page(
        article("Rail link opens", LEAD, "A second train left at noon, and was late.").encode(), None, HERE, HERE
    )
    assert read.text.split("\n")[1:3] == [LEAD, "A second train left at noon, and was late."]


@pytest.mark.parametrize(
    ("canonical", "url"),
    [
        (None, HERE),
        ("https://post.example/world/rail-link-opens?utm_source=x#top", "https://post.example/world/rail-link-opens"),
        ("/world/rail-link-opens", "https://post.example/world/rail-link-opens"),
        ("https://www.post.example/r", "https://www.post.example/r"),
        ("https://other.example/r", HERE),
        ("javascript:alert(1)", HERE),
    ],
)
def test_canonical_addresses(canonical: str | None, url: str) -> None:
    read = read_page(article("Rail link opens", LEAD, canonical=canonical).encode(), None, HERE, f"{HERE}?fbclid=1")
    assert read.stated.url == url


CYRILLIC = "Министры двух стран открыли железную дорогу и подписали договор о перевозках зерна."
QUOTED = "“Ça ira”, said Hélène, the mayor"


@pytest.mark.parametrize(
    ("text", "encoded", "header", "meta"),
    [
        (CYRILLIC, "utf-8", "utf-8", "utf-8"),
        (CYRILLIC, "utf-8", "windows-1251", None),
        (CYRILLIC, "utf-8", "iso-8859-1", "iso-8859-1"),
        (CYRILLIC, "windows-1251", "windows-1251", None),
        (CYRILLIC, "windows-1251", None, "windows-1251"),
        (CYRILLIC, "windows-1251", "utf-8", "windows-1251"),
        (CYRILLIC, "koi8-r", "KOI8-R", "windows-1251"),
        (QUOTED, "cp1252", "iso-8859-1", None),
        (QUOTED, "cp1252", None, "ISO-8859-1"),
        ("条約に署名した", "cp932", "shift_jis", None),
        ("签署了协议", "gb18030", "gb2312", None),
    ],
)
def test_character_sets(text: str, encoded: str, header: str | None, meta: str | None) -> None:
    head = f'<meta charset="{meta}">' if meta else ""
    data = f"<html><head>{head}<title>x</title></head><body><p>{text}</p></body></html>".encode(encoded)
    assert text in decode_markup(data, f"text/html; charset={header}" if header else "text/html")


@pytest.mark.parametrize(
    ("header", "meta"), [(None, None), ("utf-8", None), ("no-such-set", None), ("unicode_escape", None), ("base64", None), (None, "utf-7")]
)  # fmt: skip
def test_what_is_in_no_stated_set_is_refused(header: str | None, meta: str | None) -> None:
    head = f'<meta charset="{meta}">' if meta else ""
    data = f"<html><head>{head}</head><p>{CYRILLIC}</p></html>".encode("windows-1251")
    with pytest.raises(UnreadableTextError, match=r"not UTF-8|not in the character set"):
        decode_markup(data, f"text/html; charset={header}" if header else None)


LAGOS = (
    "Lagos, 22 October 2024. The president of Finland visited Nigeria on 21 October 2024 for talks on trade. The two sides agreed "
    "to meet again. Ghana and Kenya are to meet in Accra to discuss transport."
)
PERSIAN = "وزیر علوم ایران روز شنبه در تهران با همتای پاکستانی خود دیدار و درباره همکاری‌های پژوهشی گفت‌وگو کرد."


@pytest.mark.parametrize(
    ("text", "stated", "declared", "language"),
    [
        (LEAD, "en-GB", "en", "en-GB"),
        (LEAD, "fa", "en", "en"),
        (LEAD, "fa", "en-US", "en-US"),
        (PERSIAN, "en", "en", "fa"),
        (PERSIAN, None, "fa", "fa"),
        (CYRILLIC, "en", "en", "ru"),
        (CYRILLIC, "be", "en", "be"),
        (LAGOS, None, "en", "en"),
        (LAGOS, None, "pcm", "pcm"),
        (LAGOS, "en-NG", "en", "en-NG"),
        ("Lenna, Beyra", "fa", "en", "fa"),
        ("Lenna, Beyra", None, "en", "en"),
    ],
)
def test_the_language_is_what_the_text_is_in(text: str, stated: str | None, declared: str, language: str) -> None:
    assert language_of(text, stated, declared) == language
