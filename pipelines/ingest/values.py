"""Values of a source declaration, each checked: a wrong one is an error that says where it stands and what to write."""

import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from pipelines.errors import EXIT_INVALID, PactwatchError
from pipelines.ingest.document import KINDS
from pipelines.project import ROOT

_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


def invalid(what: str, where: str, todo: str) -> PactwatchError:
    """The error of a declaration that is not understood."""
    return PactwatchError(what, where, todo, EXIT_INVALID)


def text(entry: dict[str, Any], key: str, where: str) -> str | None:
    """Words, or None where the key is missing or null."""
    value = entry.get(key)
    if value is not None and (not isinstance(value, str) or not value.strip()):
        raise invalid(f"{key} is {value!r}", where, "write words (in quotes where YAML takes them for something else)")
    return value


def texts(value: Any, key: str, where: str) -> Iterable[str]:
    """A list of words."""
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
        raise invalid(f"{key} is {value!r}", where, "give a list of words")
    return value


def one_or_more(value: Any, key: str, where: str) -> list[str]:
    """One text or a list of them, at least one."""
    listed = [value] if isinstance(value, str) and value.strip() else list(texts(value, key, where))
    if not listed:
        raise invalid(f"{key} is {value!r}", where, "give one, or a list")
    return listed


def url(value: Any, key: str, where: str) -> str | None:
    """An http(s) address, or None."""
    if value is not None and not (isinstance(value, str) and re.fullmatch(r"https?://[^\s/]+\S*", value)):
        raise invalid(f"{key} is {value!r}", where, "give an http or https address")
    return value


def urls(value: Any, key: str, where: str) -> tuple[str, ...]:
    """One address or a list of them, at least one, each once."""
    return tuple(dict.fromkeys(str(url(item, key, where)) for item in one_or_more(value, key, where)))


def paths(value: Any, key: str, where: str) -> tuple[Path, ...]:
    """One path or a list of them, made absolute from the project's root."""
    return tuple((ROOT / item).absolute() for item in one_or_more(value, key, where))


def whole(value: Any, key: str, where: str, least: int, most: int) -> int:
    """A whole number between two bounds."""
    if type(value) is not int or not least <= value <= most:
        raise invalid(f"{key} is {value!r}", where, f"give a whole number from {least} to {most}")
    return value


def seconds(value: Any, key: str, where: str) -> float:
    """Up to an hour, in seconds."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 3600:
        raise invalid(f"{key} is {value!r}", where, "give seconds, from 0 to 3600")
    return float(value)


def day_or_false(value: Any, key: str, where: str) -> date | None:
    """A full date, or None for `false`."""
    if value is False:
        return None
    if type(value) is not date:
        raise invalid(f"{key} is {value!r}", where, "write a full date such as 2026-06-27, or false")
    return value


def kind(value: Any, where: str) -> str:
    """A kind of document."""
    if value not in KINDS:
        raise invalid(f"kind is {value!r}", where, f"use one of {', '.join(KINDS)}")
    return str(value)


def language(value: Any, where: str) -> str:
    """A BCP 47 tag."""
    if not isinstance(value, str) or not _LANGUAGE.fullmatch(value):
        raise invalid(f"language is {value!r}", where, "use a BCP 47 tag such as en")
    return value
