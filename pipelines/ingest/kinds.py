"""How the keys `from:` and `fetch:` of a source declaration are read. A new kind of source is one more entry in KINDS_OF_SOURCE."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from pipelines.declarations import check_keys
from pipelines.ingest import values
from pipelines.ingest.source import (
    PREVIEW,
    Cited,
    Feed,
    Fetching,
    Folder,
    Kind,
    MediaWiki,
    Pages,
    Sitemap,
    Telegram,
    Warc,
)
from pipelines.project import ROOT

_CHANNEL = re.compile(r"[A-Za-z]\w{3,31}")
_HOST = re.compile(r"[\w.:\[\]-]+")
_FETCH_KEYS = ("allow", "every", "pause", "most", "recheck", "stale", "tried")
_MOST_ARTICLES = 100_000
_MOST_DAYS = 3650
_MOST_HOURS = 24 * 366
_LEAST_HOURS = 1 / 60


def _folder(value: Any, where: str) -> Kind:
    if not isinstance(value, str) or not value.strip():
        raise values.invalid(f"folder is {value!r}", where, "give a path, relative to the project's root")
    return Folder((ROOT / value).absolute())


def _cited(value: Any, where: str) -> Kind:
    if value is not True:
        raise values.invalid(f"cited is {value!r}", where, "write `cited: true`")
    return Cited()


def _page(value: Any, where: str) -> Kind:
    return Pages(values.urls(value, "page", where))


def _feed(value: Any, where: str) -> Kind:
    return Feed(*_addresses_under(value, "feed", where))


def _sitemap(value: Any, where: str) -> Kind:
    return Sitemap(*_addresses_under(value, "sitemap", where))


def _addresses_under(value: Any, key: str, where: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """An address, a list of them, or `{url: …, under: …}`."""
    if not isinstance(value, dict):
        return values.urls(value, key, where), ()
    place = f"{where} {key}"
    check_keys(value, ("url", "under"), place, required=("url",))
    under = values.urls(value["under"], "under", place) if "under" in value else ()
    return values.urls(value["url"], "url", place), under


def _mediawiki(value: Any, where: str) -> Kind:
    place = f"{where} mediawiki"
    check_keys(value, ("api", "pages"), place, required=("api", "pages"))
    titles = values.one_or_more(value["pages"], "pages", place)
    for title in titles:
        if re.search(r"[|#<>\[\]{}\n]", title):
            raise values.invalid(f"pages holds {title!r}", place, "give titles as they stand above the pages")
    # "Reko_Diq" and "reko Diq" are one page to every wiki: told apart they would be fetched twice.
    return MediaWiki(str(values.url(value["api"], "api", place)), tuple(dict.fromkeys(map(_title, titles))))


def _title(title: str) -> str:
    return " ".join(title.replace("_", " ").split())


def _telegram(value: Any, where: str) -> Kind:
    place = f"{where} telegram"
    stated = value if isinstance(value, dict) else {"channel": value}
    check_keys(stated, ("channel", "back", "preview"), place, required=("channel",))
    channel = stated["channel"]
    if not isinstance(channel, str) or not _CHANNEL.fullmatch(channel):
        raise values.invalid(f"channel is {channel!r}", place, "give the name of a public channel, without @")
    back = values.whole(stated.get("back", 1), "back", place, 1, 500)
    preview = values.url(stated.get("preview", PREVIEW), "preview", place)
    return Telegram(channel, back, str(preview).rstrip("/"))


def _warc(value: Any, where: str) -> Kind:
    if not isinstance(value, dict):
        return Warc(values.paths(value, "warc", where))
    place = f"{where} warc"
    check_keys(value, ("files", "under"), place, required=("files",))
    under = values.urls(value["under"], "under", place) if "under" in value else ()
    return Warc(values.paths(value["files"], "files", place), under)


KINDS_OF_SOURCE: Mapping[str, Callable[[Any, str], Kind]] = {
    "folder": _folder,
    "cited": _cited,
    "page": _page,
    "feed": _feed,
    "sitemap": _sitemap,
    "mediawiki": _mediawiki,
    "telegram": _telegram,
    "warc": _warc,
}


def read_kind(value: Any, where: str) -> Kind:
    """What stands under `from`: exactly one kind, with its setting."""
    check_keys(value, KINDS_OF_SOURCE, f"{where} under from")
    if len(value) != 1:
        raise values.invalid(f"from has {len(value)} keys", where, f"give exactly one of {', '.join(KINDS_OF_SOURCE)}")
    ((key, setting),) = value.items()
    return KINDS_OF_SOURCE[key](setting, f"{where} under from")


def name_of(kind: Kind) -> str:
    """The key under `from` that declares such a kind."""
    return "page" if isinstance(kind, Pages) else type(kind).__name__.lower()


def _hours(value: Any, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not _LEAST_HOURS <= value <= _MOST_HOURS:
        raise values.invalid(f"every is {value!r}", where, "give hours between two fetches: 24, 1, 0.25")
    return float(value)


def read_fetching(value: Any, where: str) -> Fetching:
    """What stands under `fetch`."""
    if value is None:
        return Fetching()
    place = f"{where} under fetch"
    check_keys(value, _FETCH_KEYS, place)
    hosts = tuple(values.texts(value.get("allow"), "allow", place))
    for host in hosts:
        if not _HOST.fullmatch(host):
            raise values.invalid(f"allow holds {host!r}", place, "give hosts, without scheme and path")
    default = Fetching()
    stale = value.get("stale")
    return Fetching(
        allow=hosts,
        every=_hours(value.get("every", default.every), place),
        pause=None if value.get("pause") is None else values.seconds(value["pause"], "pause", place),
        most=values.whole(value.get("most", default.most), "most", place, 1, _MOST_ARTICLES),
        recheck=values.whole(value.get("recheck", default.recheck), "recheck", place, 0, _MOST_DAYS),
        stale=None if stale is None else values.whole(stale, "stale", place, 1, _MOST_DAYS),
        tried=values.day_or_false(value.get("tried", False), "tried", place),
    )
