"""Documents in: hostile files for real, and properties of what the rest relies on: normalised text, ids, datelines."""

import hashlib
import os
import socket
import subprocess
import sys
import time
import unicodedata
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.archive.texts import TextStore
from pipelines.errors import PactwatchError
from pipelines.ingest.document import Document
from pipelines.ingest.folder import MAX_BYTES, Ingested, read_sources
from pipelines.ingest.metadata import Metadata, split_front_matter
from pipelines.ingest.registry import Registry, adhoc
from pipelines.ingest.shelf import Shelf, Shelved
from pipelines.ingest.source import Folder, Source
from pipelines.ingest.text import UnreadableTextError, count_words, decode, normalise, sha256
from pipelines.printable import shown
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


# The archive


def test_texts_are_kept_by_hash_and_mended(folder: Make, tmp_path: Path) -> None:
    ingested = read(folder({"a.txt": GOOD, "b.txt": "\ufeffOther\r\nwords\r\n"}))
    archive = tmp_path / "texts"
    store = TextStore(archive)
    assert [store.keep(document.sha256, document.text) for document in ingested.documents] == [True, True]
    for document in ingested.documents:
        kept = (archive / f"{document.sha256}.txt").read_bytes()
        assert hashlib.sha256(kept).hexdigest() == document.sha256
    assert [store.keep(document.sha256, document.text) for document in ingested.documents] == [False, False]
    (archive / f"{ingested.documents[0].sha256}.txt").write_text("half of i")
    assert [store.keep(document.sha256, document.text) for document in ingested.documents] == [True, False]
    assert len(list(archive.iterdir())) == 2


def test_documents_on_the_shelf_are_the_same(folder: Make, tmp_path: Path) -> None:
    """Every field, their texts and their ids, where two have to be renamed too; and none of them holds its text."""
    path = folder({"a.txt": GOOD, "a.md": "Another one.\n", "b.txt": "\ufeffOther\r\nwords\r\n", "c.txt": GOOD})
    held = read_sources([adhoc(path, Registry(()))])
    shelved = read_sources([adhoc(path, Registry(()))], shelf=Shelf(tmp_path / "texts"))
    assert [asdict(document) for document in shelved.documents] == [asdict(document) for document in held.documents]
    assert [document.source_id for document in shelved.documents] == ["a", "a-txt", "b"]
    assert shelved.rejected == held.rejected
    assert all(isinstance(document, Shelved) for document in shelved.documents)
    assert not any(hasattr(document, "__dict__") for document in shelved.documents)


def test_a_text_that_is_gone_or_damaged_is_told_in_a_line(folder: Make, tmp_path: Path) -> None:
    ((document,), _) = read_sources([adhoc(folder({"a.txt": GOOD}), Registry(()))], shelf=Shelf(tmp_path / "texts"))
    file = tmp_path / "texts" / f"{document.sha256}.txt"
    file.write_text(GOOD[::-1], encoding="utf-8")
    with pytest.raises(PactwatchError, match=r"no longer has the hash.*remove the file, and build again"):
        _ = document.text
    file.unlink()
    with pytest.raises(PactwatchError, match=r"cannot be read again \(No such file.*build again"):
        _ = document.text
