"""What a release says of itself to machines: true, valid for readers that none of us wrote, and found out when it is changed."""

import base64
import hashlib
import json
import re
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml

from pipelines.release.catalog import dcat, schema_org
from pipelines.release.citation import citation, cite_as, datacite
from pipelines.release.coverage import Coverage, coverage_of
from pipelines.release.dictionary import html, markdown
from pipelines.release.metadata import METADATA
from pipelines.release.package import write_package
from pipelines.release.verify import verify
from pipelines.release.views import views
from pipelines.tables import published
from tests.sample import sample_rows, sample_tables, to_tables

NONE = Coverage(None, None, {}, ())
# All that the Citation File Format 1.2.0 knows at the top, and what must be there.
CFF_KEYS = set(
    "abstract authors cff-version commit contact date-released doi identifiers keywords license license-url message "
    "preferred-citation references repository repository-artifact repository-code title type url version".split()
)


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of two releases of the sample: the second has a sentence less sure. Do not change it."""
    out = tmp_path_factory.mktemp("dist")
    write_package(sample_tables(), out)
    rows = sample_rows()
    rows["events"][0]["confidence"] = 0.5
    write_package(to_tables(rows), out)
    return out


@pytest.fixture(scope="module")
def package(dist: Path) -> Path:
    """The second release."""
    return dist / "1.0.1"


def loaded(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def about(package: Path) -> dict[str, Any]:
    return loaded(package / "datapackage.json")


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_each_file_is_listed_and_a_changed_one_is_found(package: Path, tmp_path: Path) -> None:
    sums = (package / "SHA256SUMS").read_text(encoding="utf-8")
    copy = tmp_path / "copy"
    shutil.copytree(package, copy)
    assert verify(copy).problems == []
    for name in METADATA:
        assert f"{sha256(package / name)}  {name}\n" in sums
        data = bytearray((copy / name).read_bytes())
        data[len(data) // 2] ^= 1
        (copy / name).write_bytes(data)
    (copy / "CITATION.cff").unlink()
    problems = verify(copy).problems
    assert len(problems) == len(METADATA)
    assert {problem.partition(": ")[0] for problem in problems} == {"changed", "missing"}
    assert all(any(name in problem for problem in problems) for name in METADATA)


# Croissant


def test_croissant_is_valid_and_gives_every_record(package: Path) -> None:
    mlcroissant = pytest.importorskip("mlcroissant", reason="the extra interop is not installed")
    dataset = mlcroissant.Dataset(jsonld=package / "croissant.json")
    issues = dataset.metadata.ctx.issues
    assert (issues.errors, issues.warnings) == (set(), set())
    assert str(dataset.metadata.version) == "1.0.1"
    for table in published():
        rows = pq.read_table(package / "data" / f"{table.name}.parquet").to_pylist()
        if rows:  # of none the reader gives the names of the columns
            found = [
                {key.removeprefix(f"{table.name}/"): plain(cell) for key, cell in record.items()}
                for record in dataset.records(table.name)
            ]
            assert found == [{key: plain(cell) for key, cell in row.items()} for row in rows]
    kinds = [*dataset.records("codes-of-actors.kind")]
    meanings = next(f.meanings for t in published() if t.name == "actors" for f in t.fields if f.name == "kind")
    assert {row["codes-of-actors.kind/code"]: row["codes-of-actors.kind/meaning"] for row in kinds} == meanings


def plain(cell: Any) -> Any:
    """A cell as text where the reader has a form of its own for it: bytes, timestamps, numpy's numbers."""
    if isinstance(cell, bytes):
        return cell.decode()
    if isinstance(cell, list):
        return [plain(item) for item in cell]
    if hasattr(cell, "isoformat"):
        return cell.isoformat().partition("T")[0]
    return cell.item() if hasattr(cell, "item") else cell


def test_croissant_names_each_file_and_each_column_once(package: Path) -> None:
    found = loaded(package / "croissant.json")
    files = found["distribution"]
    assert len(files) == 2 * len(published())
    for file in files:
        assert file["sha256"] == sha256(package / file["contentUrl"])
    sets = {records["@id"]: records for records in found["recordSet"]}
    assert len(sets) == len(found["recordSet"])
    for table in published():
        fields = sets[table.name]["field"]
        assert [field["name"] for field in fields] == table.columns
        assert {field["source"]["fileObject"]["@id"] for field in fields} == {f"{table.name}.parquet"}
    types = {field["name"]: field["dataType"] for field in sets["events"]["field"]}
    assert (types["date_start"], types["sources"], types["confidence"]) == ("sc:Date", "cr:Int64", "cr:Float64")
    assert "{Pactwatch maintainers}" in found["citeAs"]


# Catalogues


def test_schema_org_says_what_there_is(package: Path) -> None:
    found = loaded(package / "dataset.jsonld")
    assert (found["@context"], found["@type"], found["version"]) == ("https://schema.org/", "Dataset", "1.0.1")
    assert found["license"] == ["https://creativecommons.org/licenses/by/4.0/"]
    assert found["temporalCoverage"] == "2025-08-02/2025-08-02"
    assert found["spatialCoverage"] == [
        {"@type": "Country", "name": "Iran", "identifier": "IRN"},
        {"@type": "Country", "name": "Pakistan", "identifier": "PAK"},
    ]
    for download in found["distribution"]:
        if download["encodingFormat"] != "application/vnd.duckdb":
            assert download["sha256"] == sha256(package / download["contentUrl"])
    assert {download["contentUrl"] for download in found["distribution"]} == {
        resource["path"] for resource in about(package)["resources"]
    }


def test_dcat_is_rdf_that_says_the_same(package: Path) -> None:
    rdflib = pytest.importorskip("rdflib", reason="the extra interop is not installed")
    graph = rdflib.Graph().parse(package / "dcat.jsonld", format="json-ld")
    dcat_terms, dct, spdx = (
        rdflib.Namespace(f"http://{name}")
        for name in ("www.w3.org/ns/dcat#", "purl.org/dc/terms/", "spdx.org/rdf/terms#")
    )
    (dataset,) = graph.subjects(rdflib.RDF.type, dcat_terms.Dataset)
    assert str(dataset) == f"{package.as_uri()}/"
    assert str(graph.value(dataset, dcat_terms.version)) == "1.0.1"
    assert str(graph.value(dataset, dcat_terms.previousVersion)) == f"{package.parent.as_uri()}/1.0.0/"
    period = graph.value(dataset, dct.temporal)
    assert graph.value(period, dcat_terms.startDate).toPython() == date(2025, 8, 2)
    places = {str(graph.value(place, dct.identifier)) for place in graph.objects(dataset, dct.spatial)}
    assert places == {"IRN", "PAK"}
    checked = 0
    for distribution in graph.objects(dataset, dcat_terms.distribution):
        path = package / str(graph.value(distribution, dcat_terms.downloadURL)).removeprefix(f"{package.as_uri()}/")
        if checksum := graph.value(distribution, spdx.checksum):
            assert graph.value(checksum, spdx.checksumValue).lower() == sha256(path)
            assert int(graph.value(distribution, dcat_terms.byteSize)) == path.stat().st_size
            checked += 1
    assert checked == 2 * len(published())


# Citation


def test_the_citation_file(package: Path) -> None:
    found = yaml.safe_load((package / "CITATION.cff").read_text(encoding="utf-8"))
    assert found.keys() >= {"cff-version", "message", "title", "authors"}
    assert found.keys() <= CFF_KEYS
    assert (found["cff-version"], found["type"], found["version"]) == ("1.2.0", "dataset", "1.0.1")
    assert found["date-released"] == "2025-08-03"
    assert found["authors"] == [{"name": "Pactwatch maintainers"}]
    assert found["license"] == ["CC-BY-4.0"]


def test_the_deposit_file_is_valid_for_datacite(package: Path) -> None:
    found = loaded(package / "datacite.json")
    assert found["types"]["resourceTypeGeneral"] == "Dataset"
    assert (found["publicationYear"], found["version"]) == ("2025", "1.0.1")
    assert [place["geoLocationPlace"] for place in found["geoLocations"]] == ["Iran", "Pakistan"]
    assert {"date": "2025-08-02/2025-08-02", "dateType": "Other"}.items() <= found["dates"][1].items()
    schema45 = pytest.importorskip("datacite.schema45", reason="the extra interop is not installed")
    schema45.validate(found)
    assert not schema45.validate({**found, "types": {"resourceTypeGeneral": "Data"}})


def test_whoever_is_said_to_have_made_it_is_cited(package: Path) -> None:
    people = [
        {"title": "A. Maker", "roles": ["creator"]},
        {"title": "B. Helper", "roles": ["contact"]},
        {"title": "A House", "roles": ["publisher"]},
    ]
    described = {**about(package), "contributors": people}
    assert "author={{A. Maker}}" in cite_as(described)
    assert yaml.safe_load(citation(described))["authors"] == [{"name": "A. Maker"}]
    assert json.loads(datacite(described, NONE))["publisher"] == {"name": "A House"}
    assert schema_org(described, NONE)["publisher"]["name"] == "A House"
    nobody = {**described, "contributors": [{"title": "A. Maker"}, {"title": "B. Helper"}]}
    assert "author={{A. Maker} and {B. Helper}}" in cite_as(nobody)


def test_a_homepage_that_is_declared_reaches_all_of_them(package: Path) -> None:
    homepage = "https://data.example.org/pactwatch"
    described = {**about(package), "homepage": homepage}
    assert f"url={{{homepage}}}" in cite_as(described)
    assert yaml.safe_load(citation(described))["url"] == homepage
    assert json.loads(datacite(described, NONE))["url"] == homepage
    assert schema_org(described, NONE)["url"] == homepage
    assert dcat(described, NONE, None)["dcat:landingPage"] == {"@id": homepage}


def test_without_dates_none_is_made_up(package: Path) -> None:
    described = {key: value for key, value in about(package).items() if key != "created"}
    texts = (
        cite_as(described),
        citation(described),
        datacite(described, NONE),
        json.dumps(schema_org(described, NONE)),
        json.dumps(dcat(described, NONE, None)),
    )
    for text in texts:
        assert not re.search(r"\b(19|20)\d\d-|[Yy]ear|temporal|[dD]ate(-r|P|s\b.*\d)", text), text


# What is covered


def test_coverage_is_of_what_came_to_pass() -> None:
    tables = sample_tables()
    assert coverage_of(tables, None) == Coverage(
        date(2025, 8, 2), date(2025, 8, 2), {"IRN": "Iran", "PAK": "Pakistan"}, ("en",)
    )
    rows = sample_rows()
    rows["events"][0].update(date="202X", date_start=date(2020, 1, 1), date_end=date(2029, 12, 31))
    rows["agreements"][0].update(status="denied")
    rows["events"][1]["place_country"] = "QAT"  # planned: the place counts, the time does not
    found = coverage_of(to_tables(rows), date(2026, 2, 1))
    assert (found.start, found.end) == (date(2020, 1, 1), date(2026, 2, 1))
    assert found.countries == {"IRN": "Iran", "PAK": "Pakistan", "QAT": "QAT"}
    rows["events"][0]["status"] = "hypothetical"
    assert coverage_of(to_tables(rows), None).start is None


# The dictionary


def test_the_dictionary_has_everything(package: Path) -> None:
    from lxml import html as reader

    text = (package / "dictionary.md").read_text(encoding="utf-8")
    page = reader.fromstring((package / "dictionary.html").read_text(encoding="utf-8"))
    words = " ".join(page.text_content().split())
    ids = page.xpath("//@id")
    for entry in published():
        assert f"### {entry.name}\n\n{entry.description}\n" in text
        for field in entry.fields:
            assert f"{entry.name}.{field.name}" in ids
            assert f"| `{field.name}` | {field.type}" in text
            assert field.description.replace("|", r"\|") in text
            for code, meaning in field.meanings.items():
                assert f"| `{code}` | {meaning} |" in text
                assert meaning.replace("`", "") in words
    for view in views():
        for column in view.columns:
            assert f"{view.name}.{column.name}" in ids
            assert f"| `{column.name}` | {column.type}" in text
            assert " ".join(column.description.replace("`", "").split()) in words
    assert len(ids) == len(set(ids))
    links = page.xpath("//a/@href")
    assert links
    assert {link.removeprefix("#") for link in links} <= set(ids)
    width = 0
    for line in text.splitlines():  # every row has the cells of its head
        if line.startswith("|"):
            cells = len(re.findall(r"(?<!\\)\|", line))
            width = cells if line.startswith(("| column", "| code")) else width
            assert cells == width, line


def test_the_page_allows_nothing_but_its_own_style(package: Path) -> None:
    page = (package / "dictionary.html").read_text(encoding="utf-8")
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in page.replace("&#39;", "'")
    described = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert described
    assert json.loads(described[1]) == loaded(package / "dataset.jsonld")


def test_no_text_gets_out_of_its_place(package: Path) -> None:
    evil = {**about(package), "name": "a</script><b>", "description": "one | two `x` </script><i>"}
    page = html(evil, published(), views(), schema_org(evil, NONE))
    assert page.count("</script>") == 1
    assert "<b>" not in page
    assert "<i>" not in page
    assert "<code>x</code>" in page
    assert "one | two" in markdown(evil, published(), views())
