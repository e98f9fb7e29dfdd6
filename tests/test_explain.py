"""`explain` and `extract`: why a record says what it says, and what one document yields."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines.cli.app import run
from pipelines.release.database import DATABASE, build_database
from pipelines.release.files import write_parquet
from pipelines.release.package import write_package
from tests.sample import MOU, SHA256, SIGNING, TEXT, sample_rows, to_tables, write_texts
from tests.scoring import GOLD

Output = pytest.CaptureFixture[str]


def package(folder: Path, change: Callable[[dict[str, list[dict[str, Any]]]], None] = lambda rows: None) -> Path:
    """A package of the sample, its text in the archive."""
    rows = sample_rows()
    change(rows)
    tables = to_tables(rows)
    folder.mkdir(exist_ok=True)
    for name, table in tables.items():
        write_parquet(table, folder / f"{name}.parquet")
    build_database(folder, folder / DATABASE)
    write_package(tables, folder / "dist", {}, folder / DATABASE)
    return folder / "dist"


def asked(capsys: Output, *arguments: str) -> Any:
    assert run([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_each_cell_has_its_words_marked_in_their_sentence(tmp_path: Path, home: Path, capsys: Output) -> None:
    write_texts(home / "texts")
    found = asked(capsys, "explain", SIGNING, "--package", str(package(tmp_path)))
    cells = {cell["field"]: cell for cell in found["cells"]}
    (place,) = cells["place"]["passages"]
    assert place["shown"].startswith("Islamabad, 3 August 2025 – Iran and Pakistan put their names")
    assert "energy »in Islamabad« on Saturday, the agency" in place["shown"]
    assert (place["attributed_to"], place["rule"]) == ("IRNA", "sample")
    assert TEXT[place["start"] : place["end"]] == place["quote"] == "in Islamabad"
    parties = [
        (c["field"], c["value"], c["passages"][0]["quote"]) for c in found["cells"] if c["field"] == "participant"
    ]
    assert parties == [("participant", "irn", "Iran"), ("participant", "pak", "Pakistan")]


def test_what_lost_is_shown_with_the_reason(tmp_path: Path, home: Path, capsys: Output) -> None:
    write_texts(home / "texts")
    found = asked(capsys, "explain", SIGNING, "--package", str(package(tmp_path)))
    date = next(cell for cell in found["cells"] if cell["field"] == "date")
    assert date["value"] == "2025-08-02"
    assert [p["quote"] for p in date["passages"]] == ["on Saturday", "on 2 August"]
    (other,) = date["alternatives"]
    assert (other["value"], other["passages"][0]["attributed_to"]) == ("2025-08-01", "Masoud Pezeshkian")
    assert "origins" in other["why"]


def test_a_vaguer_value_lost_because_it_is_vague(tmp_path: Path, capsys: Output) -> None:
    def vague(rows: dict[str, list[dict[str, Any]]]) -> None:
        rows["statements"][3]["value"] = "2025-08"

    found = asked(capsys, "explain", SIGNING, "--package", str(package(tmp_path, vague)))
    date = next(cell for cell in found["cells"] if cell["field"] == "date")
    assert [(a["value"], a["why"]) for a in date["alternatives"]] == [("2025-08", "less specific")]


def test_without_the_text_or_leave_to_quote_the_offsets_remain(tmp_path: Path, capsys: Output) -> None:
    def closed(rows: dict[str, list[dict[str, Any]]]) -> None:
        rows["statements"][5]["quote"] = None

    found = asked(capsys, "explain", SIGNING, "--package", str(package(tmp_path, closed)))
    cells = {cell["field"]: cell["passages"] for cell in found["cells"]}
    assert cells["type"][0]["shown"] == "»put their names to«"
    assert "no quotes" in cells["place"][0]["shown"]
    assert cells["place"][0]["end"] > cells["place"][0]["start"]


def test_the_text_form_says_the_same(tmp_path: Path, capsys: Output) -> None:
    where = str(package(tmp_path))
    assert run(["explain", MOU, "--package", where]) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"{MOU}  memorandum_of_understanding, signed, 2025-08-02, confidence 0.90\n")
    assert "party: pak  (Pakistan, PAK)" in out
    assert run(["explain", "masoud-pezeshkian", "--package", where]) == 0
    assert "office: President" in capsys.readouterr().out


def test_an_unknown_id_is_told_with_the_nearest(tmp_path: Path, capsys: Output) -> None:
    assert run(["explain", f"{SIGNING}x", "--package", str(package(tmp_path))]) == 3
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert f"did you mean {SIGNING}?" in error
    assert run(["explain", SIGNING, "--package", str(tmp_path / "none")]) == 3


def test_an_id_with_a_quote_in_it_is_only_unknown(tmp_path: Path, capsys: Output) -> None:
    assert run(["explain", "x' OR '1'='1", "--package", str(package(tmp_path))]) == 3
    assert "no record has this id" in capsys.readouterr().err


# extract

NOTE = "NADI, 4 May 2024 – Fiji signed a treaty on fishing with Tonga in Suva on Friday. Fiji thanked Tonga.\n"
ANNOTATION = """document: note.txt
events:
  - {id: a, type: [sign], date: "2024-05-03", countries: [FJI, TON], status: occurred, place: Nadi, at: signed a treaty}
  - {id: b, type: [accuse], date: null, countries: [FJI, PER], status: occurred, at: nothing of this kind}
agreements:
  - {id: c, instrument: [treaty], date: "2024-05-03", countries: [FJI, TON], status: signed}
"""


def test_one_document_yields_its_records(tmp_path: Path, capsys: Output) -> None:
    (tmp_path / "note.txt").write_text(NOTE)
    (tmp_path / "other.txt").write_bytes(b"\xff")
    found = asked(capsys, "extract", str(tmp_path / "note.txt"))
    assert (found["source_id"], found["published"]) == ("note", "2024-05-04")
    assert [(e["kind"], e["date"], e["countries"], e["quote"]) for e in found["events"]] == [
        ("sign", "2024-05-03", ["FJI", "TON"], "signed"),
        ("endorse", None, ["FJI", "TON"], "thanked"),
    ]
    assert [a["kind"] for a in found["agreements"]] == ["treaty"]
    assert {a["name"] for a in found["actors"]} == {"Fiji", "Tonga"}
    assert "verdict" not in found["events"][0]


def test_misses_and_wrong_records_are_marked(tmp_path: Path, capsys: Output) -> None:
    (tmp_path / "note.txt").write_text(NOTE)
    (tmp_path / "gold.yaml").write_text(ANNOTATION)
    files = [str(tmp_path / "note.txt"), "--gold", str(tmp_path / "gold.yaml")]
    found = asked(capsys, "extract", *files)
    assert [(e["kind"], e["verdict"]) for e in found["events"]] == [("sign", "right"), ("endorse", "wrong")]
    assert found["events"][0]["cells_wrong"] == {"place": "Nadi"}
    assert [m["at"] for m in found["events_missed"]] == ["nothing of this kind"]
    assert found["summary"]["events"] == {"right": 1, "wrong": 1, "missed": 1}
    assert found["summary"]["agreements"] == {"right": 1, "wrong": 0, "missed": 0}
    assert run(["extract", *files]) == 0
    out = capsys.readouterr().out
    assert "missed  accuse, occurred, undated, FJI PER: nothing of this kind" in out
    assert "place should be Nadi" in out


def test_annotations_of_the_project_can_be_given(capsys: Output) -> None:
    path = GOLD / "dev" / "a14-margara-gates.txt"
    found = asked(capsys, "extract", str(path), "--gold", str(path.with_suffix(".yaml")))
    assert found["summary"]["events"]["right"] >= 3


@pytest.mark.parametrize(
    ("name", "content", "code"), [("note.txt", b"\xff\xfe", 4), ("note.pdf", b"x", 4), ("none.txt", None, 3)]
)
def test_a_file_that_cannot_be_read_is_one_line(
    tmp_path: Path, capsys: Output, name: str, content: bytes | None, code: int
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    assert run(["extract", str(tmp_path / name)]) == code
    assert capsys.readouterr().err.count("\n") == 1


def test_an_annotation_that_is_none_is_one_line(tmp_path: Path, capsys: Output) -> None:
    (tmp_path / "note.txt").write_text(NOTE)
    (tmp_path / "gold.yaml").write_text("events:\n  - {type: [sign], countries: [FJI]}\n")
    assert run(["extract", str(tmp_path / "note.txt"), "--gold", str(tmp_path / "gold.yaml")]) == 4
    assert "events entry 1 has no 'status'" in capsys.readouterr().err


def test_the_hash_of_the_sample_is_that_of_its_text(home: Path) -> None:
    assert (write_texts(home / "texts") / f"{SHA256}.txt").read_text(encoding="utf-8") == TEXT
