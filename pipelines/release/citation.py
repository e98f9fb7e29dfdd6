"""How a release is cited: in BibTeX, as CITATION.cff, and as the form that whoever deposits it hands to a registry of DOIs.

Nobody but the depositor knows the DOI and the day of the deposit, so neither is made up: dates are those of the newest
document that was read, as everywhere in a release.
"""

import json
from collections.abc import Mapping
from typing import Any

from pipelines.partitions import files_of
from pipelines.release.coverage import Coverage

CITATION, DATACITE = "CITATION.cff", "datacite.json"


def cite_as(about: Mapping[str, Any]) -> str:
    """A BibTeX entry."""
    entries = {
        "title": f"{{{about['title']}}}",
        "author": " and ".join(f"{{{name}}}" for name in in_role(about, "creator")),
        "version": about["version"],
        "year": _day(about)[:4],
        "url": about.get("homepage", ""),
    }
    cells = ", ".join(f"{key}={{{value}}}" for key, value in entries.items() if value)
    return f"@misc{{{about['name']}-{about['version']}, {cells}}}"


def citation(about: Mapping[str, Any]) -> str:
    """CITATION.cff, in the Citation File Format 1.2.0."""
    import yaml

    made = {
        "cff-version": "1.2.0",
        "message": "If you use these data, please cite them as below, with the version.",
        "type": "dataset",
        "title": about["title"],
        "version": about["version"],
        **({"date-released": _day(about)} if _day(about) else {}),
        "authors": [{"name": name} for name in in_role(about, "creator")],
        "abstract": about["description"],
        "keywords": about["keywords"],
        "license": [entry["name"] for entry in about["licenses"]],
        **({"url": about["homepage"]} if "homepage" in about else {}),
    }
    return yaml.safe_dump(made, sort_keys=False, allow_unicode=True, width=110)


def datacite(about: Mapping[str, Any], coverage: Coverage) -> str:
    """datacite.json, in the metadata schema 4 of DataCite: complete but for the DOI, which the registry gives."""
    day = _day(about)
    files = [file for resource in about["resources"] for file in files_of(resource)]
    formats = [resource["mediatype"] for resource in about["resources"]]
    made = {
        "schemaVersion": "http://datacite.org/schema/kernel-4",
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": "Event data"},
        "creators": [{"name": name, "nameType": "Organizational"} for name in in_role(about, "creator")],
        "titles": [{"title": about["title"], "lang": "en"}],
        "publisher": {"name": in_role(about, "publisher")[0]},
        **({"publicationYear": day[:4]} if day else {}),
        "version": about["version"],
        "language": "en",
        "subjects": [{"subject": keyword, "lang": "en"} for keyword in about["keywords"]],
        "descriptions": [{"description": about["description"], "descriptionType": "Abstract", "lang": "en"}],
        "rightsList": [
            {
                "rights": entry["title"],
                "rightsUri": entry["path"],
                "rightsIdentifier": entry["name"],
                "rightsIdentifierScheme": "SPDX",
                "schemeUri": "https://spdx.org/licenses/",
            }
            for entry in about["licenses"]
        ],
        "dates": _dates(day, coverage),
        "geoLocations": [{"geoLocationPlace": name} for name in coverage.countries.values()],
        "sizes": [f"{sum(file.get('bytes', 0) for file in files)} bytes without the database"],
        "formats": list(dict.fromkeys(formats)),
        **({"url": about["homepage"]} if "homepage" in about else {}),
    }
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


def _dates(day: str, coverage: Coverage) -> list[dict[str, str]]:
    dates = [{"date": day, "dateType": "Updated", "dateInformation": "the newest document"}] if day else []
    if coverage.start:
        span = f"{coverage.start}/{coverage.end}"
        dates.append({"date": span, "dateType": "Other", "dateInformation": "from the first happening to the last"})
    return dates


def in_role(about: Mapping[str, Any], role: str) -> list[str]:
    """The names of the contributors in a role; of all where none has it."""
    everybody = about["contributors"]
    return [who["title"] for who in [who for who in everybody if role in who.get("roles", ())] or everybody]


def _day(about: Mapping[str, Any]) -> str:
    """The day of the newest document, empty where none bears one."""
    return str(about.get("created", ""))[:10]
