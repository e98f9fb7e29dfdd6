"""`pactwatch refresh` as a process against a web server: what it fetches, what it reads anew, what it publishes, and what it costs."""

import importlib.util
import json
import sqlite3
import sys
from collections.abc import Iterator
from types import ModuleType

import pytest

from pipelines.project import ROOT
from tests.live import Site, Station, declare_pages, site

N = 60


def _bench(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"bench_{name}", ROOT / "bench" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


texts = _bench("texts")


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Station]]:
    station = Station(tmp_path_factory.mktemp("refresh"))
    with site({f"/p{number}": texts.page(number) for number in range(N)}) as served:
        declare_pages(station.sources, served, "reports", [f"/p{number}" for number in range(N)])
        yield served, station


def kept(station: Station, file: str) -> int:
    """How many entries a store of the state has: each is the work of one document."""
    with sqlite3.connect(station.home / file) as database:
        count: int = database.execute("SELECT count(*) FROM entries").fetchone()[0]
    return count


def captured(station: Station) -> list[tuple[str, int]]:
    with sqlite3.connect(station.home / "archive" / "index.sqlite") as database:
        return database.execute("SELECT kind, count(*) FROM captures GROUP BY kind ORDER BY kind").fetchall()


def test_the_first_refresh_reads_everything_once(live: tuple[Site, Station]) -> None:
    served, station = live
    told = station.refresh()
    assert f"reports                  {N} new, 0 changed, 0 unchanged, 0 gone\n" in told
    assert f"documents   {N} read, 0 set aside\n" in told
    assert f"extracted   {N} anew\n" in told
    assert station.versions() == ["1.0.0"]
    assert captured(station) == [("response", N)]
    assert (kept(station, "extracted.sqlite"), kept(station, "parsed.sqlite")) == (N, N)
    assert [status for path, status in served.log if path != "/robots.txt"] == [200] * N


def test_an_unchanged_world_costs_one_conditional_request_a_page(live: tuple[Site, Station]) -> None:
    served, station = live
    before = len(served.log)
    told = station.refresh()
    assert f"reports                  unchanged ({N} items, {N} requests)\n" in told
    assert "extracted   0 anew\n" in told
    assert "version     1.0.0 (unchanged: the newest release has this content)\n" in told
    assert station.versions() == ["1.0.0"]
    assert (kept(station, "extracted.sqlite"), kept(station, "parsed.sqlite")) == (N, N)
    assert captured(station) == [("response", N), ("revisit", N)], "every answer has its record"
    asked = [(path, status) for path, status in served.log[before:] if path != "/robots.txt"]
    assert sorted(asked) == sorted((f"/p{number}", 304) for number in range(N))


def test_one_changed_page_is_the_work_of_one_document(live: tuple[Site, Station]) -> None:
    served, station = live
    of_page = {row["record_id"] for row in station.table("statements") if row["source_id"].endswith("p7")}
    events = {row["event_id"] for row in station.table("events")}
    served.pages["/p7"] = texts.page(7, 1)
    before = len(served.log)
    told = station.refresh()
    assert f"reports                  0 new, 1 changed, {N - 1} unchanged, 0 gone\n" in told
    assert "extracted   1 anew\n" in told
    assert (kept(station, "extracted.sqlite"), kept(station, "parsed.sqlite")) == (N + 1, N + 1)
    statuses = [status for path, status in served.log[before:] if path != "/robots.txt"]
    assert (statuses.count(200), statuses.count(304)) == (1, N - 1)
    assert ("response", N + 1) in captured(station)
    # What only that page told is retracted, by name; everything else stays.
    gone = events - {row["event_id"] for row in station.table("events")}
    assert gone
    assert gone <= of_page
    assert all(event in told for event in gone)
    assert f"retracted   {len(gone)} events: " in told
    assert len(station.versions()) == 2


def test_what_a_source_lost_is_told_and_its_text_stays(live: tuple[Site, Station]) -> None:
    served, station = live
    del served.pages["/p3"]
    assert f"0 new, 0 changed, {N - 1} unchanged, 1 gone\n" in station.refresh()
    (row,) = [row for row in station.table("sources") if row["source_id"].endswith("-p3")]
    assert row["status"] == "unreachable"
    assert row["sha256"]


def test_a_source_out_of_reach_stops_nothing(live: tuple[Site, Station]) -> None:
    served, station = live
    served.pages["/p7"] = texts.page(7, 2)
    declaration = json.loads((station.sources / "reports.yaml").read_text())
    broken = declaration | {"id": "broken", "from": {"page": "http://127.0.0.1:9/x"}}
    broken["fetch"] = broken["fetch"] | {"allow": ["127.0.0.1:9"]}
    (station.sources / "broken.yaml").write_text(json.dumps(broken))
    told = station.refresh(code=5)
    assert "broken                   failed: http://127.0.0.1:9/x: unreachable: " in told
    assert f"0 new, 1 changed, {N - 2} unchanged, 0 gone\n" in told
    assert "not fetched broken (what was read of them before stays)\n" in told
    assert len(station.versions()) == 4
    (station.sources / "broken.yaml").unlink()


def test_offline_asks_nobody(live: tuple[Site, Station]) -> None:
    served, station = live
    before = len(served.log)
    assert "(unchanged: the newest release has this content)" in station.refresh("--offline")
    assert len(served.log) == before


def test_half_of_the_records_do_not_vanish_unasked(live: tuple[Site, Station]) -> None:
    served, station = live
    declare_pages(station.sources, served, "reports", [f"/p{number}" for number in range(N // 4)])
    versions = station.versions()
    told = station.refresh("--offline", code=4)
    assert "check floor of events failed: events fell from " in told
    assert "nothing was published" in told
    assert station.versions() == versions
    told = station.refresh("--offline", "--accept-fall")
    assert len(station.versions()) == len(versions) + 1
    assert "(unchanged" in station.refresh("--offline"), "the fall was accepted once, and is what counts from now on"


def test_what_a_refresh_did_as_json(live: tuple[Site, Station]) -> None:
    served, station = live
    told = json.loads(station.refresh("reports", "--json"))
    fetched = told["fetched"]["reports"]
    assert (fetched["new"], fetched["changed"], fetched["problems"]) == (0, 0, 0)
    assert fetched["unchanged"] > 0
    assert (told["new"], told["version"]) == (False, station.versions()[-1])
    declare_pages(station.sources, served, "gone", ["/not-there"])
    told = json.loads(station.refresh("--json", code=5))
    assert "404" in told["fetched"]["gone"]["failed"][0]
    assert told["fetched"]["reports"]["unchanged"] == fetched["unchanged"]
    assert told["checks"]["passed"] == told["checks"]["of"]


def test_a_source_that_is_not_declared_is_told(live: tuple[Site, Station]) -> None:
    _, station = live
    assert "no source 'repots', sources/: " in station.refresh("repots", code=3)


def test_a_bench_text_is_like_no_other() -> None:
    made = [texts.text(number) for number in range(2000)]
    assert len(set(made)) == 2000
    assert texts.text(7) != texts.text(7, 1)
    assert texts.text(7) == made[7]
