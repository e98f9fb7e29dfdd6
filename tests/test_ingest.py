"""Documents in: hostile files for real, and properties of what the rest relies on: normalised text, ids, datelines."""

import hashlib
import os
import socket
import subprocess
import sys
import time
import unicodedata
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.ingest.archive import keep_texts
from pipelines.ingest.dateline import read_dateline
from pipelines.ingest.document import Document
from pipelines.ingest.folder import MAX_BYTES, Ingested, read_sources
from pipelines.ingest.metadata import Metadata, from_text, split_front_matter
from pipelines.ingest.registry import Folder, Registry, Source, adhoc
from pipelines.ingest.text import UnreadableTextError, count_words, decode, normalise, sha256, shown
from pipelines.project import ROOT

Make = Callable[[dict[str, str | bytes]], Path]
GOOD = "Ministers met\n\nThe ministers of Iran and Oman met in Muscat on Monday.\n"


def read(folder: Path, **settings: int) -> Ingested:
    return read_sources([adhoc(folder, Registry(()))], **settings)


def reasons(ingested: Ingested) -> dict[str, str]:
    return {item.path: item.reason for item in ingested.rejected}


def only(ingested: Ingested) -> Document:
    assert ingested.rejected == []
    (document,) = ingested.documents
    return document


# Normalised text


@given(st.text())
def test_normalised_text_is_the_file_decoded_nfc_lf(text: str) -> None:
    made = normalise(text)
    assert "\r" not in made
    assert unicodedata.is_normalized("NFC", made)
    # As the contract words it, written in another order.
    assert made == unicodedata.normalize("NFC", text.removeprefix("\ufeff")).replace("\r\n", "\n").replace("\r", "\n")
    if not text.startswith("\ufeff\ufeff"):
        assert normalise(made) == made
        assert normalise("\ufeff" + text.removeprefix("\ufeff")) == made


@given(st.binary(max_size=200))
def test_bytes_are_text_or_refused_in_one_line(data: bytes) -> None:
    try:
        text = decode(data)
    except UnreadableTextError as error:
        assert "\n" not in str(error)
    else:
        assert text.encode() == data
        assert "\0" not in text


@given(st.text())
def test_shown_text_cannot_act_on_a_terminal(text: str) -> None:
    made = shown(text)
    assert not any(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for character in made)


def test_hash_and_words() -> None:
    assert sha256("é\n") == hashlib.sha256(b"\xc3\xa9\n").hexdigest()
    assert count_words("Iran's 12-day war, a co-operation … 3.5 km [12]") == 9
    assert count_words("[" * 1000) == 0


# Hostile files


def test_a_folder_of_hostile_files(folder: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("Somebody else's text, which is none of ours.")
    documents = folder(
        {
            "good.txt": GOOD,
            "empty.txt": "",
            "blank.txt": " \n\t\n\ufeff",
            "binary.txt": bytes(range(256)) * 20,
            "picture.txt": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
            "utf16.txt": GOOD.encode("utf-16"),
            "latin1.txt": "Café society met in Málaga.".encode("latin-1"),
            "cut.txt": "Café".encode()[:-1],
            "controls.txt": "\x01\x02\x03\x04 some words \x05\x06",
            "marks.txt": "\ufeff\ufeffTwo marks before words.",
            "large.txt": b"word " * 2_100_000,
            "brackets.txt": "[" * 1_000_000,
            "copy.txt": GOOD.replace("\n", "\r\n"),
            "table.pdf": "%PDF-1.4",
            "noending": "Words without an ending.",
            "---.txt": "A name of nothing but dashes.",
            "line\nbreak.txt": "A name with a line break.",
            "\u202egnp.txt": "A name that runs the other way.",
            "back\\slash.txt": "A name with a backslash.",
            ".hidden.txt": "Hidden words.",
            "README.md": "About this folder.",
        }
    )
    (documents / "folder.txt").mkdir()
    (documents / "link.txt").symlink_to(outside)
    (documents / "dangling.txt").symlink_to(documents / "nowhere.txt")
    (documents / "loop.txt").symlink_to(documents / "loop.txt")
    (documents / "device.txt").symlink_to("/dev/zero")
    os.mkfifo(documents / "pipe.txt")
    server = socket.socket(socket.AF_UNIX)
    with monkeypatch.context() as patch:
        patch.chdir(documents)  # a socket's path may only be short
        server.bind("socket.txt")
    started = time.monotonic()
    ingested = read(documents)
    server.close()
    assert time.monotonic() - started < 10
    assert [document.source_id for document in ingested.documents] == ["copy"]
    told = reasons(ingested)
    for path, reason in told.items():
        assert "\n" not in path + reason
        assert "\u202e" not in path
        assert ": " in reason, f"{path}: {reason} says not what to do"
    expected = {
        "good.txt": "the same text as copy.txt",
        "empty.txt": "empty",
        "blank.txt": "no words",
        "binary.txt": "binary",
        "picture.txt": "binary",
        "utf16.txt": "UTF-16",
        "latin1.txt": "not UTF-8 (byte 3)",
        "cut.txt": "not UTF-8",
        "controls.txt": "control characters",
        "marks.txt": "two byte order marks",
        "large.txt": "larger than 10 MB",
        "brackets.txt": "no words",
        "table.pdf": "only .txt, .md, .html, .htm are read",
        "noending": "only .txt",
        "---.txt": "neither letters nor digits in the name",
        "line\\nbreak.txt": "characters in the name",
        "\\u202egnp.txt": "characters in the name",
        "back\\\\slash.txt": "characters in the name",
        "folder.txt": "a folder",
        "link.txt": "a link out of the folder",
        "dangling.txt": "cannot be read",
        "loop.txt": "cannot be read",
        "device.txt": "a link out of the folder",
        "pipe.txt": "not a regular file",
        "socket.txt": "cannot be read",
    }
    assert told.keys() == expected.keys()
    for path, part in expected.items():
        assert part in told[path], f"{path}: {told[path]}"


def test_a_name_in_no_encoding_is_set_aside(folder: Make) -> None:
    documents = folder({"good.txt": GOOD})
    (Path(os.fsdecode(os.fsencode(documents) + b"/caf\xe9.txt"))).write_text("Words in a file of a broken name.")
    ingested = read(documents)
    assert [document.source_id for document in ingested.documents] == ["good"]
    assert "rename the file" in reasons(ingested)["caf\\udce9.txt"]


def test_a_file_that_may_not_be_read_is_set_aside(folder: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    documents = folder({"good.txt": GOOD, "secret.txt": "Words that are not for us."})
    (documents / "secret.txt").chmod(0)
    if os.geteuid() == 0:  # to whom no file is closed
        really_open = os.open

        def refuse(path: Path, flags: int) -> int:
            if Path(path).name == "secret.txt":
                raise PermissionError(13, "Permission denied", str(path))
            return really_open(path, flags)

        monkeypatch.setattr(os, "open", refuse)
    ingested = read(documents)
    assert [document.source_id for document in ingested.documents] == ["good"]
    assert reasons(ingested) == {"secret.txt": "cannot be read (Permission denied): check the file and its permissions"}


def test_long_and_endless_texts_are_read(folder: Make) -> None:
    ingested = read(
        folder(
            {
                "endless.txt": "word " * 1_000_000,
                "line.txt": "x" * 3_000_000,
                "brackets.md": "Ministers met. " + "[" * 1_000_000 + "](" * 100_000,
                "markers.txt": "[1]" * 500_000 + " Iran",
                "lines.txt": "a\n" * 1_000_000,
                "right-to-left.txt": "The \u202eminister\u202c met \u200fحسین\u200f in Tehran.",
            }
        )
    )
    assert ingested.rejected == []
    rtl = next(document for document in ingested.documents if document.source_id == "right-to-left")
    assert "\u202e" in rtl.text


@pytest.mark.parametrize("size", [MAX_BYTES, MAX_BYTES + 1])
def test_the_limit_is_exact(folder: Make, size: int) -> None:
    ingested = read(folder({"a.txt": b"a" * size}))
    assert len(ingested.documents) == (size == MAX_BYTES)


# Ids


def test_two_files_of_one_stem(folder: Make) -> None:
    names = ["a.html", "a.md", "a.txt", "a-md.txt", "b.md", "B.txt"]
    ingested = read(folder({name: f"<p>The text of {name} is its own.</p>" for name in names}))
    assert ingested.rejected == []
    by_text = {document.text: document.source_id for document in ingested.documents}
    ids = {name: next(by_text[text] for text in by_text if f"of {name} is" in text) for name in names}
    assert ids == {"a.html": "a", "a.md": "a-md-2", "a.txt": "a-txt", "a-md.txt": "a-md", "b.md": "b", "B.txt": "B"}


def test_names_that_differ_in_normalisation_only(folder: Make) -> None:
    ingested = read(folder({"e\u0301.txt": "One text.", "\u00e9.txt": "Another text.", "\u00e9.md": "A third text."}))
    assert ingested.rejected == []
    ids = [document.source_id for document in ingested.documents]
    assert ids == ["\u00e9", "\u00e9-md", "\u00e9-txt"]
    assert all(unicodedata.is_normalized("NFC", source_id) for source_id in ids)


def test_the_order_of_a_listing_does_not_matter(folder: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    documents = folder(
        {"c.txt": "One.", "a.md": "One.", "a.txt": "Two.", "b.html": "<p>Three words here.</p>", "x.bin": "?"}
    )
    first = read(documents)
    listing = os.listdir(documents)
    monkeypatch.setattr(os, "listdir", lambda _: sorted(listing, reverse=True))
    assert read(documents) == first


def test_two_folders_share_no_id_and_no_text(tmp_path: Path) -> None:
    sources = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.txt").write_text(f"The text of {name}.")
        (tmp_path / name / "b.txt").write_text("The same text in both.")
        (tmp_path / name / "c.bin").write_text("?")
        reader = Folder(tmp_path / name)
        sources.append(
            Source(id=name, kind="article", title=name, license="CC0-1.0" if name == "one" else None, reader=reader)
        )
    ingested = read_sources(reversed(sources))
    assert [(d.source_id, d.license) for d in ingested.documents] == [
        ("a", "CC0-1.0"),
        ("a-txt", None),
        ("b", "CC0-1.0"),
    ]
    assert reasons(ingested).keys() == {"one/c.bin", "two/b.txt", "two/c.bin"}
    assert "one/b.txt" in reasons(ingested)["two/b.txt"]


# Markdown and pages


def test_front_matter_is_metadata_and_no_text(folder: Make) -> None:
    document = only(
        read(
            folder(
                {
                    "a.md": '\ufeff---\r\ntitle: "A: title\u202e"\npublisher: IRNA\ndate: 27 June 2026\nlanguage: en_GB\n'
                    "url: https://example.org/1\nkind: wire\nlayout: post\n---\n\n# Heading\n\nOn 1 May 2020 they met.\n"
                }
            )
        )
    )
    assert document.text == "\n# Heading\n\nOn 1 May 2020 they met.\n"
    assert (document.title, document.publisher, document.published) == ("A: title", "IRNA", date(2026, 6, 27))
    assert (document.language, document.url, document.kind) == ("en-GB", "https://example.org/1", "wire")
    assert document.sha256 == sha256(document.text)


@pytest.mark.parametrize(
    "text",
    [
        "---\n",
        "---\nno end",
        "---\n[1, 2]\n---\nText",
        "---\na: [\n---\nText",
        "--- \na: 1\na: 2\n---\nText",
        "Text\n---\na: 1\n---\n",
    ],
)
def test_what_only_looks_like_front_matter_is_text(text: str) -> None:
    assert split_front_matter(text) == (text, Metadata())


def test_hostile_front_matter_is_ignored() -> None:
    bomb = "---\na: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\ntitle: [*c, *c]\npublisher: {x: 1}\ndate: yes\nurl: javascript:x\nkind: blog\nlang: '12'\n---\nText"
    assert split_front_matter(bomb) == ("Text", Metadata())
    assert split_front_matter("---\n" + "[" * 10_000 + "\n---\nText")[1] == Metadata()


PAGE = """<!doctype html><html lang="en-GB"><head><title>Talks in Muscat - Example News</title>
<link rel="canonical" href="https://example.org/news/1"><meta property="og:site_name" content="Example News">
<meta property="og:title" content="Talks in Muscat"><meta property="article:published_time" content="2031-06-27T10:00:00Z"></head>
<body><nav><a href="/">Home</a> <a href="/w">World</a></nav><article><h1>Talks in Muscat</h1>
<p>Delegations of Yemen and of Ansar Allah spoke in Muscat about prisoners, with Oman as the go-between.</p>
<p>A second paragraph says that they will meet again in the autumn, and that nobody expects very much of it.</p>
</article><footer>Copyright 2026 Example</footer><script>alert("x")</script></body></html>"""


def test_a_page_is_its_main_text(folder: Make) -> None:
    document = only(read(folder({"a.html": PAGE})))
    assert "prisoners, with Oman as the go-between.\nA second paragraph" in document.text
    for other in ("Home", "Copyright", "alert", "<p>"):
        assert other not in document.text
    assert (document.title, document.publisher) == ("Talks in Muscat", "Example News")
    assert (document.url, document.language) == ("https://example.org/news/1", "en-GB")
    assert document.published == date(2031, 6, 27), "a page's date must not hang on today's"


def test_a_page_in_the_character_set_that_it_declares(folder: Make) -> None:
    cyrillic = '<html><head><meta charset="windows-1251"></head><body><article><p>{}</p></article></body></html>'
    words = "Министры Ирана и Белоруссии подписали меморандум о сотрудничестве в области науки и образования."
    ingested = read(
        folder(
            {
                "declared.html": cyrillic.format(words).encode("cp1251"),
                "undeclared.html": f"<p>{words}</p>".encode("cp1251"),
                "wrong.html": cyrillic.replace("windows-1251", "hex").format(words).encode("cp1251"),
                "unknown.html": cyrillic.replace("windows-1251", "x-klingon").format(words).encode("cp1251"),
                "none.html": "<html><body><nav></nav></body></html>",
                "script.html": "<script>1</script>",
            }
        )
    )
    assert [(d.source_id, d.text.strip()) for d in ingested.documents] == [("declared", words)]
    told = reasons(ingested)
    assert "not UTF-8" in told["undeclared.html"]
    assert "'hex'" in told["wrong.html"]
    assert "'x-klingon'" in told["unknown.html"]
    assert "no main text" in told["none.html"]


def test_hostile_pages_end_soon(folder: Make) -> None:
    started = time.monotonic()
    read(
        folder(
            {
                "brackets.html": "<article><p>" + "[" * 1_000_000,
                "tags.html": "<p>" + "<" * 1_000_000,
                "deep.html": "<div>" * 100_000 + "<p>Words at the bottom of it all.",
                "bold.html": "<p>" + "<b>" * 100_000 + "Words.",
                "entity.html": "<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]><p>Words &b;&b; and more words.</p>",
                "include.html": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><p>Words &e; and more words.</p>',
            }
        )
    )
    assert time.monotonic() - started < 30


def test_pages_are_read_alike_in_every_process(folder: Make) -> None:
    documents = folder({"a.html": PAGE, "b.html": PAGE.replace("Muscat", "Doha")})
    script = (
        "import sys; from pathlib import Path; from pipelines.ingest.folder import read_sources;"
        "from pipelines.ingest.registry import Registry, adhoc;"
        "print(read_sources([adhoc(Path(sys.argv[1]), Registry(()))]))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", script, str(documents)],
            capture_output=True,
            check=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1


# Metadata and datelines


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
    "At midday on 27 June 2026 in Tehran, the minister left.",
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


# The archive


def test_texts_are_kept_by_hash_and_mended(folder: Make, tmp_path: Path) -> None:
    ingested = read(folder({"a.txt": GOOD, "b.txt": "\ufeffOther\r\nwords\r\n"}))
    archive = tmp_path / "texts"
    assert keep_texts(ingested.documents, archive) == 2
    for document in ingested.documents:
        kept = (archive / f"{document.sha256}.txt").read_bytes()
        assert hashlib.sha256(kept).hexdigest() == document.sha256
    assert keep_texts(ingested.documents, archive) == 0
    (archive / f"{ingested.documents[0].sha256}.txt").write_text("half of i")
    assert keep_texts(ingested.documents, archive) == 1
    assert len(list(archive.iterdir())) == 2
