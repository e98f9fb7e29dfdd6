"""The page as it is written: complete, the same bytes every time, and nothing of a document is read as markup."""

import base64
import gzip
import hashlib
import json
import re
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.explorer import build
from pipelines.explorer.build import PAGE, archived_copy, build_explorer, web_address
from pipelines.explorer.charts import independence, pair_line, strips, timeline
from pipelines.explorer.content import Content, read_shards
from pipelines.explorer.pairs import matrix_of, pairs_of
from pipelines.explorer.words import date_in_words
from pipelines.release.database import DATABASE
from pipelines.room import Room
from tests.explorer_site import about, site
from tests.sample import MEETING, MOU, SIGNING, SOURCE, TEXT, sample_rows

HOSTILE = (
    "<script>alert(1)</script>",
    "</script><img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "=HYPERLINK(1)",
    "__proto__",
    "\u202eesrever\u202c",
    "&lt;b&gt;",
    "'\"`{{7*7}}",
    "x" * 10_000,
)

DATES = [
    ("2024-05-09", "9 May 2024"),
    ("2024-05", "May 2024"),
    ("2024", "2024"),
    ("198X", "1980s"),
    ("2024-21", "spring 2024"),
    ("XXXX-07-26", "26 July, year not told"),
    ("XXXX-07", "July, year not told"),
    ("2024-05-09/2024-05-11", "9 to 11 May 2024"),
    ("2024-05-30/2024-06-02", "30 May to 2 June 2024"),
    ("2024-12-30/2025-01-02", "30 December 2024 to 2 January 2025"),
    ("2021/..", "from 2021"),
    ("XXXX-07-26/XXXX-07-27", "26 to 27 July, year not told"),
    (None, "date not told"),
]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> str:
    return (site(tmp_path_factory.mktemp("site")) / PAGE).read_text(encoding="utf-8")


def hostile_rows() -> dict[str, list[dict[str, Any]]]:
    """The hand-made tables with something nasty in every free text, ten kilobytes in some."""
    rows = sample_rows()
    at = 0
    for table, columns in {
        "actors": ("name", "office"),
        "events": ("place",),
        "agreements": ("title", "place"),
        "sources": ("title", "publisher", "license"),
        "statements": ("quote", "rule"),
    }.items():
        for row in rows[table]:
            for column in columns:
                if row.get(column):
                    row[column] = f"{HOSTILE[at % len(HOSTILE)]} {row[column]}"
                    at += 1
    rows["sources"][0]["url"] = 'https://example.org/"onmouseover="alert(1)'
    return rows


def test_everything_of_the_release_is_in_the_page(written: str) -> None:
    for words in ("Masoud Pezeshkian", "2 August 2025", "memorandum of understanding", SIGNING, MOU, "1.4.2"):
        assert words in written


def test_the_passages_are_in_it_with_their_words(written: str) -> None:
    packed = re.findall(r'id="data-passages-\d+">([^<]*)<', written)
    passages: dict[str, list[list[Any]]] = {}
    for piece in packed:
        passages |= json.loads(gzip.decompress(base64.b64decode(piece)))
    quotes = {(passage[0], passage[1]): passage[2] for passage in passages[SIGNING]}
    assert quotes["date", "2025-08-01"] == "the evening of 1 August"
    assert quotes["type", "sign"] == "put their names to"


def test_the_same_release_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    one, two = site(tmp_path / "one"), site(tmp_path / "two")
    names = sorted(path.relative_to(one) for path in one.rglob("*") if path.is_file())
    assert names == sorted(path.relative_to(two) for path in two.rglob("*") if path.is_file())
    assert all((one / name).read_bytes() == (two / name).read_bytes() for name in names)


def test_a_release_of_undated_documents_has_a_page_too(tmp_path: Path) -> None:
    site(tmp_path)
    undated = {key: value for key, value in about().items() if key != "created"}
    (tmp_path / "undated").mkdir()
    build_explorer(tmp_path / DATABASE, tmp_path / "undated", undated)
    text = (tmp_path / "undated" / PAGE).read_text(encoding="utf-8")
    assert "made from documents up to" not in text
    assert "version 1.4.2.<" in text


def test_the_policy_allows_just_the_script_and_the_style_that_are_there(written: str) -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', written)
    assert policy is not None
    directives = dict(part.strip().split(" ", 1) for part in unescape(policy[1]).split(";"))
    assert directives["default-src"] == "'none'"
    for name, tag in (("script-src", "script"), ("style-src", "style")):
        (code,) = re.findall(rf"<{tag}>(.*?)</{tag}>", written, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
        assert directives[name] == f"'sha256-{digest}'"
    assert directives["connect-src"] == "'none'"


def test_no_text_of_a_document_becomes_markup(tmp_path: Path) -> None:
    import lxml.html

    text = (site(tmp_path, hostile_rows()) / PAGE).read_text(encoding="utf-8")
    tree = lxml.html.fromstring(text)
    assert not tree.xpath("//img | //iframe | //object | //embed")
    assert len(tree.xpath("//script[not(@type)]")) == 1
    assert not [name for node in tree.iter() for name in node.attrib if name.startswith("on")]
    schemes = {href.split(":")[0] for href in tree.xpath("//@href") if ":" in href.split("/")[0]}
    assert schemes <= {"https", "http", "data"}


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://example.org/a?b=c", True),
        ("http://example.org", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ('https://example.org/" onclick="x', False),
        ("ftp://example.org", False),
        (None, False),
    ],
)
def test_only_web_addresses_become_links(url: str | None, link: bool) -> None:
    assert (web_address(url) is not None) == link


@pytest.mark.parametrize(("edtf", "words"), DATES)
def test_dates_in_words(edtf: str | None, words: str) -> None:
    assert date_in_words(edtf) == words


@given(st.dates(min_value=date(1000, 1, 1)), st.dates(min_value=date(1000, 1, 1)))
def test_a_range_says_both_its_days(first: date, last: date) -> None:
    words = date_in_words(f"{first.isoformat()}/{last.isoformat()}")
    assert words.endswith(f"to {date_in_words(last.isoformat())}")
    assert words.startswith(str(first.day))


def event(name: str, countries: list[str], day: str | None, status: str = "occurred", **more: Any) -> dict[str, Any]:
    first = date.fromisoformat(day) if day else None
    return {"id": name, "type": "meet", "status": status, "countries": countries, "actors": [], "date": day, "first": first, "fields": ["trade"], **more}  # fmt: skip


def content(*events: dict[str, Any]) -> Content:
    return Content(list(events), [], [], [], [], [], [], [], {})


def test_an_event_of_three_states_counts_for_each_two_of_them() -> None:
    pairs = {
        p.key: p.weight
        for p in pairs_of(content(event("a", ["USA", "IRN", "ISR"], None), event("b", ["IRN", "USA"], None)))
    }
    assert pairs == {"IRN-USA": 2, "IRN-ISR": 1, "ISR-USA": 1}


def test_the_matrix_is_symmetric_and_empty_on_its_diagonal() -> None:
    matrix = matrix_of(pairs_of(content(event("a", ["USA", "IRN", "ISR"], None), event("b", ["PAK", "IRN"], None))))
    for row, line in enumerate(matrix.cells):
        assert line[row] is None
        for column, pair in enumerate(line):
            assert pair is matrix.cells[column][row]
    assert matrix.most == 1


def test_a_pair_shows_the_latest_first_and_the_undated_last() -> None:
    (pair,) = pairs_of(
        content(
            event("old", ["A", "B"], "2001-01-01"),
            event("new", ["A", "B"], "2024-01-01"),
            event("none", ["A", "B"], None),
        )
    )
    assert [row["id"] for row in pair.latest] == ["new", "old", "none"]


def test_the_line_of_a_pair_has_its_dated_events_on_their_sides() -> None:
    told = [
        event("a", [], "2020-01-01", type="meet", status="occurred"),
        event("b", [], "2020-01-01", type="meet", status="occurred"),
        event("c", [], "2024-01-01", type="attack", status="occurred"),
        event("d", [], "2024-01-01", type="sign", status="planned"),
        event("e", [], None, type="sign", status="planned"),
    ]
    drawn = pair_line(told, frozenset({"meet", "sign"}))
    assert "4 dated events from 2020 to 2024: 3 cooperative, above the line, 1 below" in drawn
    assert '<circle class="dot s-occurred" cx="12" cy="16" r="6"/>' in drawn  # two at once, one larger mark
    assert '<circle class="dot s-occurred" cx="948" cy="40" r="5"/>' in drawn
    assert '<rect class="dot s-planned" x="943" y="11" width="10" height="10"/>' in drawn
    assert drawn.count('class="dot') == 3
    assert pair_line(told[:2] + told[4:], frozenset()) == ""


def test_the_timeline_counts_by_year_or_by_month() -> None:
    years = timeline(
        [event("a", [], "1990-05-01"), event("b", [], "2024-05-01"), event("c", [], "2024-06-01", "planned")]
    )
    assert "2024: 1 occurred" in years
    assert "2024: 1 planned" in years
    assert "1990: 1 occurred" in years
    months = timeline([event("a", [], "2024-05-01"), event("b", [], "2024-05-31"), event("c", [], None)])
    assert "2024-05: 2 occurred" in months
    assert timeline([event("c", [], None)]) == ""


def test_the_strips_count_each_field_of_each_year() -> None:
    (strip,) = strips([event("a", [], "2023-05-01"), event("b", [], "2024-05-31"), event("c", [], "2024-06-30")])
    assert (strip.field, strip.total, [(year, count) for year, count, _ in strip.cells]) == (
        "trade",
        3,
        [(2023, 1), (2024, 2)],
    )


def test_what_came_changed_and_went_is_told_once_each(tmp_path: Path) -> None:
    rows = sample_rows()
    gone = {"event_id": "evt-000000000009", "type": "call", "date": "2024-05", "date_start": "2024-05-01"}
    rows["changes"] = [
        _change("events", "evt-000000000009", "*", "retracted", json.dumps(gone), None),
        _change("events", SIGNING, "confidence", "changed", "0.8", "0.9"),
        _change("agreements", MOU, "status", "changed", "planned", "signed"),
        _change("agreements", MOU, "sources", "changed", "1", "2"),
        _change("events", MEETING, "*", "added", None, json.dumps({"event_id": MEETING})),
    ]
    page = (site(tmp_path, rows) / PAGE).read_text(encoding="utf-8")
    news = re.sub(r"<[^>]+>", "", page[page.index('id="news"') : page.index("<h2>When</h2>")])
    assert "1 event added, 1 agreement changed, 1 event retracted since the version before" in news
    lines = [
        " ".join(unescape(line).split())
        for line in news.splitlines()
        if line.startswith(("added", "changed", "retracted"))
    ]
    assert lines == [
        "added October 2025 meet planned Iran, Pakistan",
        "changed 2 August 2025 Memorandum of understanding signed Iran, Pakistan: status planned → signed",
        "retracted May 2024 call evt-000000000009",
    ]


def _change(table: str, key: str, column: str, change: str, old: str | None, new: str | None) -> dict[str, Any]:
    cells = {"table_name": table, "row_key": key, "column_name": column, "change": change}
    return {**cells, "old_value": old, "new_value": new, "statement_id": None}


def test_documents_are_drawn_to_what_they_cite_most_first() -> None:
    read = {"title": None, "publisher": None}
    drawn = independence(
        [
            {"id": "a", **read, "title": "One <b>", "cites": ["wire", "page"]},
            {"id": "b", **read, "cites": ["wire"]},
            {"id": "c", **read, "cites": None},
            {"id": "page", **read, "cites": []},
            {"id": "wire", **read, "publisher": "The Wire", "cites": ["elsewhere"]},
        ]
    )
    assert re.findall(r"<text[^>]*>([^<]*)</text>", drawn) == ["One &lt;b&gt;", "b", "The Wire (2)", "page (1)"]
    assert drawn.count("<path") == 3
    assert independence([{"id": "a", **read, "cites": []}]) == ""


@pytest.mark.parametrize(
    ("url", "seen", "link"),
    [
        (
            "https://example.org/a?b=1",
            date(2025, 8, 3),
            "https://web.archive.org/web/20250803/https://example.org/a?b=1",
        ),
        ("https://example.org/a", None, None),
        ("javascript:alert(1)", date(2025, 8, 3), None),
        (None, date(2025, 8, 3), None),
    ],
)
def test_the_archived_copy_is_that_of_the_day_it_was_read(url: str | None, seen: date | None, link: str | None) -> None:
    assert archived_copy({"url": url, "seen": seen}) == link


def test_what_is_too_much_for_one_file_is_left_to_a_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "MOST_IN_ONE_FILE", 100)
    folder = site(tmp_path)
    alone, served = ((folder / name).read_text(encoding="utf-8") for name in (PAGE, "explorer/index.html"))
    assert "pactwatch explore --serve" in alone
    assert len(alone) < 2_000
    assert "<script" not in alone
    assert "Masoud Pezeshkian" in served
    assert len(list((folder / "explorer/data").glob("*.json.gz"))) == 8


def test_passages_come_in_shards_each_record_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.explorer.content.SHARD_RECORDS", 3)
    monkeypatch.setattr("pipelines.explorer.content._FETCHED", 2)
    site(tmp_path)
    shards = list(read_shards(tmp_path / DATABASE, {SOURCE: TEXT}.get, Room()))
    records = [record for shard in shards for record in shard.passages]
    assert [len(shard.passages) for shard in shards[:-1]] == [3] * (len(shards) - 1)
    assert len(records) == len(set(records))
    told = sample_rows()["statements"]
    assert sum(len(passages) for shard in shards for passages in shard.passages.values()) == len(told)
    assert {source for shard in shards for shown in shard.sentences.values() for source, *_ in shown} == {SOURCE}
