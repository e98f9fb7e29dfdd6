"""YAML by hand: strict, and with errors that say where to look."""

from datetime import date
from pathlib import Path

import pytest

from pipelines.declarations import check_keys, load_yaml, parse_yaml
from pipelines.errors import EXIT_INVALID, PactwatchError
from pipelines.project import ROOT, tree_hash


def test_words_and_times_stay_what_they_are() -> None:
    loaded = parse_yaml(
        "[on, no, yes, off, y, 12:28, 007, 0x1f, 1_000, 12, -3, 1.5, true, false, null, 2026-06-27]", "x"
    )
    words = ["on", "no", "yes", "off", "y", "12:28", "007", "0x1f", "1_000"]
    assert loaded == [*words, 12, -3, 1.5, True, False, None, date(2026, 6, 27)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: 1\nb: 2\na: 3\n", "key 'a' stands twice), x.yaml line 3"),
        ("a: [1, 2\n", "x.yaml line"),
        ("a: 2026-13-45\n", "x.yaml"),
        ("!!python/object/apply:os.system [id]\n", "x.yaml line 1"),
        ("{[a]: 1}", "x.yaml"),
    ],
)
def test_bad_yaml_is_told_in_one_line(text: str, told: str) -> None:
    with pytest.raises(PactwatchError) as raised:
        parse_yaml(text, "x.yaml")
    assert told in str(raised.value)
    assert "\n" not in str(raised.value)
    assert raised.value.exit_code == EXIT_INVALID


def test_a_file_that_is_missing_or_not_utf8(tmp_path: Path) -> None:
    with pytest.raises(PactwatchError, match="cannot read the file"):
        load_yaml(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes("a: é".encode("latin-1"))
    with pytest.raises(PactwatchError, match="not UTF-8"):
        load_yaml(tmp_path / "latin.yaml")
    (tmp_path / "empty.yaml").touch()
    assert load_yaml(tmp_path / "empty.yaml") is None


def test_an_unknown_key_names_file_key_and_nearest() -> None:
    with pytest.raises(PactwatchError) as raised:
        check_keys({"publishr": "x"}, ["publisher", "title"], "sources/x.yaml")
    assert str(raised.value) == "unknown key 'publishr', sources/x.yaml: did you mean 'publisher'?"
    with pytest.raises(PactwatchError, match="valid keys are publisher, title"):
        check_keys({"zzz": "x"}, ["publisher", "title"], "sources/x.yaml")


def test_what_is_no_mapping_and_what_is_missing() -> None:
    with pytest.raises(PactwatchError, match="a mapping of keys is expected, not list"):
        check_keys(["a"], ["a"], "f")
    with pytest.raises(PactwatchError, match="a mapping of keys is expected, not nothing"):
        check_keys(None, ["a"], "f")
    with pytest.raises(PactwatchError, match="the key 'a' is missing, f: add `a:`"):
        check_keys({"b": 1}, ["a", "b"], "f", required=["a"])


def test_a_tree_hash_changes_with_names_and_contents_only(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for folder, names in ((one, ["a.yaml", "b/c.sql"]), (two, ["b/c.sql", "a.yaml"])):
        for name in names:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(name)
        (folder / "notes.txt").write_text(str(folder))
    assert tree_hash(one) == tree_hash(two)
    (two / "a.yaml").rename(two / "d.yaml")
    renamed = tree_hash(two)
    assert renamed != tree_hash(one)
    (two / "d.yaml").write_text("other")
    assert tree_hash(two) != renamed
    assert tree_hash(tmp_path / "none") == tree_hash(tmp_path / "nothing")


def test_every_error_is_one_line() -> None:
    assert str(PactwatchError("wrong\nthing", Path("a"), "do\tthis")) == "wrong thing, a: do this"
    assert str(PactwatchError("wrong")) == "wrong"
    assert (ROOT / "datapackage.json").is_file()
