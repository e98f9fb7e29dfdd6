"""Makes what catalogues and search engines read of a release: dataset.jsonld in schema.org, dcat.jsonld in DCAT 3.

Two files and not one in both vocabularies: what reads schema.org takes it under its plain context only, and what harvests
DCAT takes the rest for properties that it does not know. Paths are relative: they hold wherever the release lies.
"""

import json
from collections.abc import Mapping
from typing import Any

from pipelines.partitions import files_of
from pipelines.release.citation import cite_as, in_role
from pipelines.release.coverage import Coverage

SCHEMA_ORG, DCAT = "dataset.jsonld", "dcat.jsonld"
_MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
_LANGUAGES = "http://id.loc.gov/vocabulary/iso639-1/"
_CONTEXT: dict[str, Any] = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def schema_org(about: Mapping[str, Any], coverage: Coverage) -> dict[str, Any]:
    """A schema.org Dataset of the release that the descriptor `about` describes."""
    days = {"datePublished": about["created"], "dateModified": about["created"]} if about.get("created") else {}
    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "name": about["title"],
        "alternateName": about["name"],
        "description": about["description"],
        "version": about["version"],
        **({"url": about["homepage"]} if "homepage" in about else {}),
        **days,
        "creator": [{"@type": "Organization", "name": name} for name in in_role(about, "creator")],
        "publisher": {"@type": "Organization", "name": in_role(about, "publisher")[0]},
        "license": [entry["path"] for entry in about["licenses"]],
        "keywords": about["keywords"],
        "isAccessibleForFree": True,
        "inLanguage": list(coverage.languages),
        "creditText": cite_as(about),
        **({"temporalCoverage": f"{coverage.start}/{coverage.end}"} if coverage.start else {}),
        "spatialCoverage": [
            {"@type": "Country", "name": name, "identifier": code} for code, name in coverage.countries.items()
        ],
        "distribution": [_download(file) for resource in about["resources"] for file in files_of(resource)],
    }


def _download(resource: Mapping[str, Any]) -> dict[str, Any]:
    weight = {}
    if "hash" in resource:
        weight = {"contentSize": f"{resource['bytes']} B", "sha256": resource["hash"].removeprefix("sha256:")}
    return {
        "@type": "DataDownload",
        "name": resource["title"],
        "description": resource["description"],
        "contentUrl": resource["path"],
        "encodingFormat": resource["mediatype"],
        **weight,
    }


def dcat(about: Mapping[str, Any], coverage: Coverage, previous: str | None) -> dict[str, Any]:
    """A DCAT 3 Dataset of the same release; `previous` is the version before it, which lies beside it."""
    licenses = [{"@id": entry["path"]} for entry in about["licenses"]]
    days = (
        {key: _typed(about["created"], "dateTime") for key in ("dcterms:issued", "dcterms:modified")}
        if about.get("created")
        else {}
    )
    return {
        "@context": _CONTEXT,
        "@id": "./",
        "@type": "dcat:Dataset",
        "dcterms:title": _english(about["title"]),
        "dcterms:description": _english(about["description"]),
        "dcterms:identifier": f"{about['name']}-{about['version']}",
        "dcat:version": about["version"],
        **({"dcat:previousVersion": {"@id": f"../{previous}/"}} if previous else {}),
        **({"dcat:landingPage": {"@id": about["homepage"]}} if "homepage" in about else {}),
        **days,
        "dcterms:creator": [{"@type": "foaf:Agent", "foaf:name": name} for name in in_role(about, "creator")],
        "dcterms:publisher": {"@type": "foaf:Agent", "foaf:name": in_role(about, "publisher")[0]},
        "dcterms:license": licenses,
        "dcat:keyword": [_english(keyword) for keyword in about["keywords"]],
        "dcterms:language": [{"@id": f"{_LANGUAGES}{tag.partition('-')[0]}"} for tag in coverage.languages],
        "dcterms:bibliographicCitation": cite_as(about),
        **({"dcterms:temporal": _period(coverage)} if coverage.start else {}),
        "dcterms:spatial": [
            {"@type": "dcterms:Location", "skos:prefLabel": _english(name), "dcterms:identifier": code}
            for code, name in coverage.countries.items()
        ],
        "dcat:distribution": [
            _distribution(file, licenses) for resource in about["resources"] for file in files_of(resource)
        ],
    }


def _distribution(resource: Mapping[str, Any], licenses: list[dict[str, str]]) -> dict[str, Any]:
    weight = {}
    if "hash" in resource:
        weight = {
            "dcat:byteSize": _typed(str(resource["bytes"]), "nonNegativeInteger"),
            "spdx:checksum": {
                "@type": "spdx:Checksum",
                "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
                "spdx:checksumValue": _typed(resource["hash"].removeprefix("sha256:"), "hexBinary"),
            },
        }
    return {
        "@id": resource["path"],
        "@type": "dcat:Distribution",
        "dcterms:title": _english(f"{resource['title']} ({resource['format']})"),
        "dcterms:description": _english(resource["description"]),
        "dcat:downloadURL": {"@id": resource["path"]},
        "dcat:mediaType": {"@id": f"{_MEDIA_TYPES}{resource['mediatype']}"},
        "dcterms:license": licenses,
        **weight,
    }


def _period(coverage: Coverage) -> dict[str, Any]:
    return {
        "@type": "dcterms:PeriodOfTime",
        "dcat:startDate": _typed(str(coverage.start), "date"),
        "dcat:endDate": _typed(str(coverage.end), "date"),
    }


def _english(text: str) -> dict[str, str]:
    return {"@value": text, "@language": "en"}


def _typed(value: str, kind: str) -> dict[str, str]:
    return {"@value": value, "@type": f"xsd:{kind}"}


def to_json(made: Mapping[str, Any]) -> str:
    """JSON-LD as it is written."""
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"
