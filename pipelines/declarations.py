"""Reading the YAML files that people write by hand: strictly, and with errors that say where to look and what was meant.

What belongs here: what all declarations share. What the keys mean belongs to the part that reads them.
"""

import difflib
import re
from collections.abc import Hashable, Iterable
from pathlib import Path
from typing import Any

import yaml

from pipelines.errors import EXIT_INVALID, PactwatchError

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C parser is several times as fast, where it was built


class _Loader(_Base):  # type: ignore[misc]
    """YAML with the surprises taken out: a key may stand once, only true and false are booleans, only digits are integers."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[tuple[str, str]] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a key is no word", key.start_mark)
            if (key.tag, key.value) in seen:
                raise yaml.constructor.ConstructorError(None, None, f"key {key.value!r} stands twice", key.start_mark)
            seen.add((key.tag, key.value))
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep)
        return mapping


# YAML 1.1 reads `on`, `no` and `yes` as booleans and `12:28` as 748: in a lexicon of words and times that is always wrong.
_REPLACED = ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:int")
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in _REPLACED]
    for first, resolvers in _Base.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9]*)$"), list("-0123456789"))


def load_yaml(path: Path) -> Any:
    """What a YAML file says (None where it is empty). PactwatchError where it is missing, not UTF-8 or not YAML."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise PactwatchError("not UTF-8", path, "save the file in UTF-8", EXIT_INVALID) from error
    except OSError as error:
        raise PactwatchError(f"cannot read the file ({error.strerror})", path) from error
    return parse_yaml(text, path)


def parse_yaml(text: str, where: str | Path) -> Any:
    """What a YAML text says; `where` names it in the PactwatchError that is raised where it is not YAML."""
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 (a SafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f"{where} line {mark.line + 1}" if mark else str(where)
        problem = getattr(error, "problem", None) or error
        raise PactwatchError(f"not valid YAML ({problem})", line, None, EXIT_INVALID) from error


def check_keys(mapping: Any, allowed: Iterable[str], where: str | Path, required: Iterable[str] = ()) -> None:
    """PactwatchError where `mapping` is no mapping, has a key that is not `allowed`, or lacks a `required` one.

    The error names the place (file and, where the caller gives it, the entry), the key, and the nearest valid key.
    """
    if not isinstance(mapping, dict):
        raise PactwatchError(f"a mapping of keys is expected, not {_shown(mapping)}", where, None, EXIT_INVALID)
    valid = list(allowed)
    for key in mapping:
        if key not in valid:
            near = difflib.get_close_matches(str(key), valid, n=1, cutoff=0.5)
            todo = f"did you mean {near[0]!r}?" if near else f"valid keys are {', '.join(valid)}"
            raise PactwatchError(f"unknown key {str(key)!r}", where, todo, EXIT_INVALID)
    for key in required:
        if mapping.get(key) is None:
            raise PactwatchError(f"the key {key!r} is missing", where, f"add `{key}:`", EXIT_INVALID)


def _shown(value: Any) -> str:
    return "nothing" if value is None else f"{type(value).__name__} {str(value)[:40]!r}"
