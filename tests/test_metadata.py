"""What documents say of themselves: title, publisher, kind and date, from declaration, metadata or their own lines."""

import os
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.ingest.dateline import read_dateline
from pipelines.ingest.document import Document
from pipelines.ingest.folder import Ingested, read_sources
from pipelines.ingest.metadata import Metadata, from_text
from pipelines.ingest.registry import Registry, adhoc
from pipelines.ingest.source import Folder, Source

Make = Callable[[dict[str, str | bytes]], Path]


def only(ingested: Ingested) -> Document:
    assert ingested.rejected == []
    (document,) = ingested.documents
    return document


def read(folder: Path) -> Ingested:
    return read_sources([adhoc(folder, Registry(()))])


def test_declaration_before_metadata_before_dateline(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(
        "---\ntitle: Front\npublisher: Front\n---\nOwn title\n\nTEHRAN, Oct. 29, 2025 (IRNA) – They met.\n"
    )
    reader = Folder(tmp_path)

    def document(**declared: Metadata) -> Document:
        files = {name.replace("_", "."): metadata for name, metadata in declared.items()}
        return only(
            read_sources(
                [Source(id="s", kind="article", title="S", publisher="Source", reader=reader, documents=files)]
            )
        )

    assert (document().title, document().publisher, document().published) == ("Front", "Front", date(2025, 10, 29))
    assert (document(a_md=Metadata(title="Declared")).title, document(a_md=Metadata(title="Declared")).publisher) == (
        "Declared",
        "Front",
    )
    assert document(a_md=Metadata(published=date(2020, 1, 1))).published == date(2020, 1, 1)
    (tmp_path / "a.md").write_text("TEHRAN, Oct. 29, 2025 (IRNA) – They met.\n")
    assert document().publisher == "Source"


DATED = [
    ("October 29, 2025 - 19:50", "2025-10-29"),
    ("27 June 2026 | Tehran", "2026-06-27"),
    ("Published: 3 March 2026", "2026-03-03"),
    ("ISLAMABAD, 12 May 2024: The minister left.", "2024-05-12"),
    ("TEHRAN, Oct. 29, 2025 (IRNA) – The minister left.", "2025-10-29"),
    ("BEIJING, Sept. 3, 2025 (Xinhua) -- The minister left.", "2025-09-03"),
    ("MOSCOW/TEHRAN, April 4, 2023 (Reuters) - The minister left.", "2023-04-04"),
    ("Tehran (IRNA) – October 29, 2025 – The minister left.", "2025-10-29"),
    ("ISLAMABAD: 12 May 2024 – The minister left.", "2024-05-12"),
    ("New York, 22 September 2025. Ministers met at the hall.", "2025-09-22"),
    ("MINSK, 19 June 2026 — Belarus and Iran met.", "2026-06-19"),
    ("Updated 3 March 2026 14:05 GMT", "2026-03-03"),
    ("Wednesday, 29 October 2025", "2025-10-29"),
    ("2025-10-29T19:50:00Z", "2025-10-29"),
    ("2025/10/29", "2025-10-29"),
    ("29/10/2025", "2025-10-29"),
    ("29.10.2025", "2025-10-29"),
    ("By Jane Doe | 12 May 2024", "2024-05-12"),
    ("May 12, 2024 at 10:30 AM EST", "2024-05-12"),
    ("Posted on 3rd March 2026 by Ali Reza", "2026-03-03"),
    ("This page was last edited on 5 March 2024, at 10:20 (UTC).", "2024-03-05"),
    ("Published 3 March 2026 | Updated 5 March 2026", "2026-03-03"),
    ("Updated 5 March 2026 | Published 3 March 2026", "2026-03-03"),
    ("Source: IRNA, 27 June 2026", "2026-06-27"),
    ("Press release, 4 April 2023", "2023-04-04"),
    ("**27 June 2026**", "2026-06-27"),
    ("19 June 2026, 14:30 (Minsk time)", "2026-06-19"),
    ("Red Sea desk | 14 January 2026", "2026-01-14"),
    ("Mocímboa da Praia, 9 June 2026", "2026-06-09"),
    ("Weekly Bulletin, 21–27 June 2026", "2026-06-27"),
    ("LIVE: the shipping crisis – Saturday 17 January 2026", "2026-01-17"),
    ("Digest of 28 June 2026", "2026-06-28"),
]
UNDATED = [
    "Iran and Pakistan sign pact on 27 June 2026",
    "TEHRAN, Oct. 29 (IRNA) – The minister left.",
    "Around noon on 27 June 2026 the minister left Tehran.",
    "On 19 June 2026, the ministry signed.",
    "On 13 October 2019, the two men held talks in Tehran.",
    "The deal was signed on 3 March 2026.",
    "03/04/2025",
    "June 2026",
    "31 February 2025",
    "In December 1979, the army crossed the river.",
]


@pytest.mark.parametrize(("line", "expected"), DATED)
def test_a_dateline_dates_the_document(line: str, expected: str) -> None:
    body = "\n\nThe ministers met and spoke of trade.\n\nThey parted as friends.\n"
    assert read_dateline(line + body).published == date.fromisoformat(expected)
    assert read_dateline("A headline without a date\n\n" + line + body).published == date.fromisoformat(expected)


@pytest.mark.parametrize("line", UNDATED)
def test_a_date_in_a_sentence_does_not(line: str) -> None:
    assert read_dateline(line + "\n\nThe ministers met and spoke of trade.\n").published is None


def test_last_lines_date_too_but_only_whole_ones() -> None:
    body = "\n".join(f"Paragraph {number} of a long report." for number in range(30))
    assert read_dateline(body + "\n\nPublished: 3 March 2026\n").published == date(2026, 3, 3)
    assert read_dateline(body + "\nTEHRAN, 3 March 2026: the minister left.\n").published is None
    middle = body.replace("Paragraph 15 of a long report.", "3 March 2026")
    assert read_dateline(middle).published is None


def test_published_goes_before_bare_before_updated() -> None:
    lines = ["Updated: 5 March 2026", "4 March 2026", "Published: 3 March 2026"]
    assert read_dateline("\n".join(lines)).published == date(2026, 3, 3)
    assert read_dateline("\n".join(lines[:2])).published == date(2026, 3, 4)


def test_a_chronology_is_not_dated_by_its_entries() -> None:
    text = "10 March 1979: the minister goes to Tehran.\n4 April 1979: he comes back.\n5 May 1979: he goes again.\n"
    assert read_dateline(text).published is None


def test_an_agency_is_known_by_its_dateline() -> None:
    assert read_dateline("TEHRAN, Oct. 29 (IRNA) – The minister left.").agency == "IRNA"
    assert read_dateline("LONDON (Reuters) - The minister left.").agency == "Reuters"
    assert read_dateline("Economic Cooperation Organization (ECO) – a body of ten states.").agency is None
    assert read_dateline("The minister (IRNA) said").agency is None


@given(
    st.dates(date(1900, 1, 1), date(2099, 12, 31)),
    st.sampled_from(["Tehran", "NEW YORK", "Port Louis"]),
    st.integers(0, 5),
)
def test_every_day_is_read_back(day: date, place: str, form: int) -> None:
    months = "January February March April May June July August September October November December"
    month = months.split()[day.month - 1]
    line = [
        f"{place}, {day.day} {month} {day.year}",
        f"{month} {day.day}, {day.year} - 19:50",
        f"{place.upper()}, {month[:3]}. {day.day}, {day.year} (APP) – The minister left.",
        f"Published: {day.isoformat()}",
        f"{day.day} {month[:3].upper()} {day.year} | {place}",
        f"{place}, {day.day:02} {month.lower()} {day.year}: the minister left.",
    ][form]
    assert read_dateline(f"{line}\n\nText.\n").published == day


@given(st.text(max_size=400))
def test_no_text_breaks_the_metadata(text: str) -> None:
    stated = from_text(text)
    assert stated.published is None or isinstance(stated.published, date)
    assert stated.title is None or (stated.title.strip() == stated.title and "\n" not in stated.title)


@pytest.mark.parametrize(
    "unit", ["A", "A-", "a ", "1", "1-", "Aa, ", "12 May ", "Jan. ", "(A) ", " | ", "–", "Ministry of "]
)
def test_datelines_cost_little_whatever_the_line(unit: str) -> None:
    line = (unit * 5000)[:20_000]
    started = time.process_time()
    from_text("\n".join([line] * 20))
    from_text("\n".join([line[:160] + " 3 March 2026"] * 20))
    from_text("\n".join([line[:85] + " 3 March 2026 – x"] * 20))
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Ministers meet\n\nThey met.", "Ministers meet"),
        ("# Ministers meet?\nThey met.", "Ministers meet?"),
        ("27 June 2026 | Tehran\nMinisters meet\nThey met.", "Ministers meet"),
        ("PRESS RELEASE\n\nMinisters meet\n\nThey met.", "Ministers meet"),
        ("A pact with the U.S.\nThey signed.", "A pact with the U.S."),
        ("Ministers met in Tehran.\nThey talked.", None),
        ("Ministers met.[12]\nThey talked.", None),
        ("Ministers meet", None),
        ("x " * 200 + "\nThey met.", None),
        ("https://example.org/\nThey met.", None),
    ],
)
def test_the_title_is_a_short_first_line(text: str, title: str | None) -> None:
    assert from_text(text).title == title


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("The two met.[1] They talked.[2]\nThey parted.[13]", "encyclopedia"),
        ("The two met.[1] They talked.[2]", "article"),
        ("Tehran, 3 March 2026\nThe two met.[1] They talked.[2] They parted.[3]", "article"),
        ("TEHRAN, March 3 (IRNA) – The two met.", "wire"),
        ("PRESS RELEASE\n\nThe two met.", "official"),
        ("Ministry of Foreign Affairs of Chile\n\nThe two met.", "official"),
        ("Ministry of defence buys tanks\n\nThe two met.", "article"),
    ],
)
def test_the_kind_is_seen_in_the_text(folder: Make, text: str, kind: str) -> None:
    assert only(read(folder({"a.txt": text}))).kind == kind


def test_no_clock_and_no_file_time(folder: Make) -> None:
    documents = folder({"a.txt": "They met.\n"})
    first = only(read(documents))
    os.utime(documents / "a.txt", (0, 0))
    assert only(read(documents)) == first
    assert first.published is None
    assert first.retrieved_at is None
