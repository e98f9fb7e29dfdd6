"""Pages as several sorts of sites make them, in our own words: articles in three styles of markup, and what is around them."""

FILLER = (
    "The two delegations spent the morning on tariffs for dried fruit and on the hours at the border post.",
    "A second round is to deal with freight rates, which carriers on both sides have called too high for years.",
    "Officials of the railway said that wagons would wait there for at most four hours. Drivers doubted it.",
)


def article(
    title: str, *paragraphs: str, day: str | None = None, lang: str = "en", canonical: str | None = None,
    head: str = "", style: str = "plain", fill: bool = True,
) -> str:  # fmt: skip
    """The page of an article. `style`: plain (paragraphs in an article), cards (with a sidebar of headlines), breaks (one div, <br>)."""
    parts = [*paragraphs, *(FILLER if fill else ())]
    dated = f'<meta property="article:published_time" content="{day}T08:00:00+03:00">' if day else ""
    link = f'<link rel="canonical" href="{canonical}">' if canonical else ""
    opening = f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{title} | The Harbour Post</title><meta property="og:title" content="{title}">{dated}{link}{head}</head>'
    menu = '<header><nav><a href="/">Home</a> <a href="/world">World</a> <a href="/login">Log in</a></nav></header>'
    foot = "<footer><p>© The Harbour Post. We use cookies. Privacy policy.</p></footer>"
    return opening + f"<body>{menu}{_STYLES[style](title, parts)}{foot}</body></html>"


def _plain(title: str, parts: list[str]) -> str:
    return f"<main><article><h1>{title}</h1>{''.join(f'<p>{part}</p>' for part in parts)}</article></main>"


def _cards(title: str, parts: list[str]) -> str:
    more = "".join(f'<li><h3><a href="/more-{n}">{head}</a></h3></li>' for n, head in enumerate(HEADLINES))
    body = "".join(f'<div class="para"><p>{part}</p></div>' for part in parts)
    return f'<div class="page"><div class="story"><h1>{title}</h1><div class="body">{body}</div></div><aside><h2>Most read</h2><ul>{more}</ul></aside></div>'


def _breaks(title: str, parts: list[str]) -> str:
    return f'<table><tr><td><h1>{title}</h1><div class="news-text">{"<br><br>".join(parts)}</div></td></tr></table>'


_STYLES = {"plain": _plain, "cards": _cards, "breaks": _breaks}

HEADLINES = (
    "Ferry line to resume its winter service",
    "Port of Lenna counts fewer containers again",
    "Farmers ask for a lower toll on grain",
    "New bridge over the Sorre opens in June",
    "Two ministers resign after a late night vote",
    "Island council turns down the hotel plan",
    "Fishing quota for herring is cut by a tenth",
)


def listing(style: str = "cards") -> str:
    """A section front: headlines that are links, each with a line or without."""
    teaser = "A short line says what the piece is about and leaves the rest to the page behind the link."
    if style == "cards":
        items = "".join(
            f'<article class="card"><h2><a href="/a-{n}">{head}</a></h2><p>{teaser}</p><time>Today</time></article>'
            for n, head in enumerate(HEADLINES)
        )
    elif style == "list":
        items = (
            "<ul>"
            + "".join(f'<li><a href="/a-{n}"><h3>{head}</h3></a></li>' for n, head in enumerate(HEADLINES))
            + "</ul>"
        )
    else:
        items = "".join(
            f'<div><div><h4><a href="/a-{n}">{head}</a></h4></div><div>{teaser} {teaser}</div></div>'
            for n, head in enumerate(HEADLINES)
        )
    return f'<!doctype html><html lang="en"><head><title>World | The Harbour Post</title><meta property="og:type" content="website"></head><body><main><h1>World</h1>{items}</main></body></html>'


def wall(title: str, body: str, head: str = "") -> str:
    """A page that stands where an article should be."""
    return f'<!doctype html><html lang="en"><head><title>{title}</title>{head}</head><body>{body}</body></html>'
