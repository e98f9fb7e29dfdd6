"""Makes croissant.json of a release: a Croissant 1.1 description, so that loaders for machine learning read it as it lies there.

One file object a CSV and Parquet file, one record set a table (read from its Parquet file, where dates are dates and lists
lists), and one a set of codes with what each means. The database is left out: a file object must bear a hash.
"""

import json
from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Any

from pipelines.partitions import PARTS, files_of
from pipelines.release.citation import cite_as, in_role
from pipelines.release.descriptor import PARQUET_SUFFIX, resource_name
from pipelines.tables import Field, Table

CROISSANT = "croissant.json"
_CONFORMS_TO = "http://mlcommons.org/croissant/1.1"
_TYPES = {
    "string": "sc:Text", "integer": "cr:Int64", "number": "cr:Float64", "boolean": "sc:Boolean", "date": "sc:Date",
    "datetime": "sc:DateTime", "list": "sc:Text",
}  # fmt: skip
_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "dct": "http://purl.org/dc/terms/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "sc": "https://schema.org/",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "description": {"@container": "@language"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "name": {"@container": "@language"},
}
# The terms that stand for themselves in Croissant's own vocabulary.
_TERMS = (
    "arrayShape citeAs column containedIn equivalentProperty extract field fileObject fileProperty fileSet format includes "
    "isArray isLiveDataset jsonPath key md5 parentField path recordSet references regex repeated replace samplingRate "
    "separator source subField transform"
).split()


def croissant(about: Mapping[str, Any], tables: Sequence[Table]) -> str:
    """croissant.json of the release that the descriptor `about` describes."""
    parted = {_file_id(resource["name"]) for resource in about["resources"] if PARTS in resource}
    published = {"datePublished": about["created"], "dateModified": about["created"]} if about.get("created") else {}
    made = {
        "@context": dict(sorted({**_CONTEXT, **{term: f"cr:{term}" for term in _TERMS}}.items())),
        "@type": "sc:Dataset",
        "conformsTo": _CONFORMS_TO,
        "name": about["name"],
        "alternateName": about["title"],
        "description": about["description"],
        "version": about["version"],
        "license": [entry["path"] for entry in about["licenses"]],
        "keywords": about["keywords"],
        "creator": [{"@type": "sc:Organization", "name": name} for name in in_role(about, "creator")],
        "publisher": [{"@type": "sc:Organization", "name": name} for name in in_role(about, "publisher")],
        "citeAs": cite_as(about),
        "isLiveDataset": False,
        **({"url": about["homepage"]} if "homepage" in about else {}),
        **published,
        "distribution": [entry for resource in about["resources"] for entry in _distribution(resource)],
        "recordSet": [*(_records(table, parted) for table in tables), *_codes(tables)],
    }
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


def _distribution(resource: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The file of a resource; or its partitions, and the set that they are."""
    identity = _file_id(resource["name"])
    for file in files_of(resource):
        if "hash" in file:
            part = f"/{file['path'].rpartition('/')[2]}" if PARTS in resource else ""
            yield _file_object(file, identity + part)
    if PARTS in resource:
        yield {
            "@type": "cr:FileSet",
            "@id": identity,
            "name": identity,
            "description": resource["description"],
            "encodingFormat": _format(resource),
            # Beside this file; as contained in those objects no loader finds them.
            "includes": f"data/{identity}/*",
        }


def _file_object(file: Mapping[str, Any], identity: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": identity,
        "name": file["path"].rpartition("/")[2],
        "description": file["description"],
        "contentUrl": file["path"],
        "contentSize": f"{file['bytes']} B",
        "encodingFormat": _format(file),
        "sha256": file["hash"].removeprefix("sha256:"),
    }


def _format(resource: Mapping[str, Any]) -> str | list[str]:
    # The registered name, and the one under which loaders know Parquet.
    parquet = resource["name"].endswith(PARQUET_SUFFIX)
    return [resource["mediatype"], "application/x-parquet"] if parquet else str(resource["mediatype"])


def _file_id(resource: str) -> str:
    """The id of the file of a resource: record sets bear the names of tables."""
    table = resource.removesuffix(PARQUET_SUFFIX)
    return f"{table}.{'csv' if table == resource else 'parquet'}"


def _records(table: Table, parted: Container[str]) -> dict[str, Any]:
    file = _file_id(resource_name(table.name))
    source = {"fileSet" if file in parted else "fileObject": {"@id": file}}
    refers = {fk.fields[0]: f"{fk.table}/{fk.references[0]}" for fk in table.foreign_keys}
    return {
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": table.name,
        "description": table.description,
        "key": [{"@id": f"{table.name}/{column}"} for column in table.primary_key],
        "field": [_field(table, field, refers.get(field.name), source) for field in table.fields],
    }


def _field(table: Table, field: Field, refers: str | None, source: Mapping[str, Any]) -> dict[str, Any]:
    # In words: a `references` makes loaders join the tables, which goes wrong where a table has more than one.
    more = [f"Refers to {refers}."] if refers else []
    more += [f"What the codes mean: {_codes_id(table, field)}."] if field.meanings else []
    more += [f"Unit: {field.unit}."] if field.unit else []
    return {
        "@type": "cr:Field",
        "@id": f"{table.name}/{field.name}",
        "name": field.name,
        "description": " ".join((field.description, *more)),
        "dataType": _TYPES[field.type],
        **({"isArray": True, "arrayShape": "-1"} if field.type == "list" else {}),
        "source": {**source, "extract": {"column": field.name}},
    }


def _codes_id(table: Table, field: Field) -> str:
    return f"codes-of-{table.name}.{field.name}"


def _codes(tables: Sequence[Table]) -> Iterator[dict[str, Any]]:
    for table in tables:
        for field in table.fields:
            if field.meanings:
                name = _codes_id(table, field)
                yield {
                    "@type": "cr:RecordSet",
                    "@id": name,
                    "name": name,
                    "description": f"The codes of {table.name}.{field.name} and what each means.",
                    "dataType": "sc:Enumeration",
                    "key": {"@id": f"{name}/code"},
                    "field": [
                        {"@type": "cr:Field", "@id": f"{name}/code", "name": "code", "dataType": "sc:Text"},
                        {"@type": "cr:Field", "@id": f"{name}/meaning", "name": "meaning", "dataType": "sc:Text"},
                    ],
                    "data": [
                        {f"{name}/code": code, f"{name}/meaning": meaning} for code, meaning in field.meanings.items()
                    ],
                }
