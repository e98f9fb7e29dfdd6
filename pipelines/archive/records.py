"""WARC/1.1 records: from what was received to the bytes of one gzip member, and back.

The body is stored as Response has it, without transfer and content coding; the headers that spoke of these are renamed
`X-Archive-Orig-…`, as web archives do, so that the record stays valid HTTP. What the index knows of a capture stands in the
record's own field `Pactwatch-Capture`, as JSON in ASCII: nothing that a server sends can end that line, and the index can be
rebuilt from the records alone.
"""

import io
import json
import re
import uuid
import zlib
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipelines.fetch.response import Hop
from pipelines.project import ENGINE_VERSION

VERSION = "WARC/1.1"
FIELD = "Pactwatch-Capture"
IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"

_NAMESPACE = uuid.UUID("6f0f4b0c-6a4e-5d3b-9d0b-6c1f0c7e7a55")
_CODINGS = frozenset({"content-encoding", "transfer-encoding", "content-length"})
_PREFIX = "X-Archive-Orig-"
_UNKNOWN = "application/octet-stream"
_URI_CHARACTERS = ":/?#[]@!$&'()*+,;=%-._~"


@dataclass(frozen=True, slots=True)
class Entry:
    """What a record says of its capture: all of Capture but the place of the record, and what the index needs besides."""

    seq: int
    source_id: str
    url: str
    final_url: str
    captured_at: datetime
    archived_at: datetime
    """When it came into this archive: later than captured_at for a record that was copied from elsewhere."""
    kind: str
    status: int | None
    mediatype: str | None
    payload_sha256: str | None
    etag: str | None
    last_modified: str | None
    size: int | None = None
    """Bytes of the payload that this record holds; None where it holds none."""

    @property
    def record_id(self) -> str:
        """A WARC-Record-ID made from the capture: adding the same again to the same archive gives the same bytes."""
        parts = (str(self.seq), self.source_id, self.url, iso(self.captured_at), str(self.payload_sha256))
        return _urn("\0".join(parts))

    def to_json(self) -> str:
        """One line of ASCII."""
        values = asdict(self)
        values["captured_at"], values["archived_at"] = iso(self.captured_at), iso(self.archived_at)
        return json.dumps({key: value for key, value in values.items() if value is not None}, ensure_ascii=True)

    @classmethod
    def from_json(cls, line: str) -> "Entry":
        """The inverse of to_json; ValueError, KeyError or TypeError where the line is none of ours."""
        values: dict[str, Any] = dict.fromkeys(cls.__slots__) | json.loads(line)
        for name in ("captured_at", "archived_at"):
            values[name] = from_iso(values[name])
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Original:
    """The record that holds the payload of a revisit."""

    record_id: str
    url: str
    captured_at: datetime


@dataclass(frozen=True, slots=True)
class Http:
    """Status line and headers of a response, as received."""

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]


def iso(moment: datetime) -> str:
    """A UTC time as WARC has it, in whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def from_iso(text: str) -> datetime:
    """The inverse of iso."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def warcinfo(file_name: str, moment: datetime) -> bytes:
    """The record that opens a file."""
    fields = {
        "software": f"pactwatch/{ENGINE_VERSION}",
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "description": f"Bodies are stored decoded; headers renamed {_PREFIX}… spoke of their coding.",
    }
    block = "".join(f"{name}: {value}\r\n" for name, value in fields.items()).encode()
    headers = {"WARC-Record-ID": _urn(f"warcinfo\0{file_name}"), "WARC-Filename": file_name, "WARC-Date": iso(moment)}
    return _encode("", "warcinfo", headers, block, "application/warc-fields")


def redirect(hop: Hop, entry: Entry, number: int) -> bytes:
    """The record of a redirect on the way to the response of `entry`; it belongs to that capture and is none of its own."""
    headers = {
        "WARC-Record-ID": _urn(f"{entry.record_id}\0{number}"),
        "WARC-Date": iso(entry.captured_at),
        "WARC-Concurrent-To": entry.record_id,
    }
    http = Http(hop.status, "Redirect", (("Location", hop.location),))
    return _encode(hop.url, "response", headers, b"", http=http)


def response(entry: Entry, http: Http, body: bytes) -> bytes:
    """A response with a payload that the archive did not have."""
    return _encode(entry.final_url, "response", _named(entry), body, http=http)


def resource(entry: Entry, data: bytes) -> bytes:
    """A file with a payload that the archive did not have."""
    return _encode(entry.url, "resource", _named(entry), data, _one_line(entry.mediatype or _UNKNOWN))


def revisit(entry: Entry, original: Original, http: Http | None) -> bytes:
    """A response or file (`http` None) whose payload is in the archive."""
    headers = _named(entry) | {
        "WARC-Profile": NOT_MODIFIED if entry.status == 304 else IDENTICAL,
        "WARC-Refers-To": original.record_id,
        "WARC-Refers-To-Target-URI": uri(original.url),
        "WARC-Refers-To-Date": iso(original.captured_at),
    }
    content_type = "" if http else _one_line(entry.mediatype or _UNKNOWN)
    return _encode(entry.final_url, "revisit", headers, b"", content_type, http=http)


def gone(entry: Entry, reason: str) -> bytes:
    """The note that there is nothing (any more) under this URL."""
    fields = {"gone": "yes", "status": entry.status, "reason": reason}
    lines = [f"{name}: {_one_line(str(value))}\r\n" for name, value in fields.items() if value is not None]
    return _encode(entry.url, "metadata", _named(entry), "".join(lines).encode(), "application/warc-fields")


def _named(entry: Entry) -> dict[str, str]:
    headers = {"WARC-Record-ID": entry.record_id, "WARC-Date": iso(entry.captured_at)}
    if entry.payload_sha256:
        headers["WARC-Payload-Digest"] = f"sha256:{entry.payload_sha256}"
    return headers | {FIELD: entry.to_json()}


def _encode(
    url: str, kind: str, headers: dict[str, str], body: bytes, content_type: str = "", http: Http | None = None
) -> bytes:
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version=VERSION)
    record = writer.create_warc_record(
        uri(url) if url else "",
        kind,
        payload=io.BytesIO(body),
        length=len(body),
        warc_content_type=content_type,
        warc_headers_dict=headers,
        http_headers=_http_headers(http, len(body), kind) if http else None,
    )
    writer.write_record(record)
    return out.getvalue()


def _http_headers(http: Http, length: int, kind: str) -> StatusAndHeaders:
    """Headers that hold for the body as stored, whatever a server put into them."""
    headers = [(_token(name), _one_line(value)) for name, value in http.headers]
    if kind != "revisit":
        coded = any(name.lower() in {"content-encoding", "transfer-encoding"} and value for name, value in headers)
        wrong = any(name.lower() == "content-length" and value != str(length) for name, value in headers)
        if coded or wrong:
            headers = [(_PREFIX + name if name.lower() in _CODINGS else name, value) for name, value in headers]
        if not any(name.lower() == "content-length" for name, _ in headers):
            headers.append(("Content-Length", str(length)))
    return StatusAndHeaders(f"{http.status:03d} {_one_line(http.reason)}".strip(), headers, protocol="HTTP/1.1")


def uri(url: str) -> str:
    """The URL as WARC-Target-URI: only characters of a URI, the scheme in lower case (tools look for `http:`)."""
    scheme, colon, rest = url.partition(":")
    scheme = scheme.lower() if colon and re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*", scheme) else scheme
    return quote(clean(scheme + colon + rest), safe=_URI_CHARACTERS)


def _token(name: str) -> str:
    return re.sub(r"[^!#$%&'*+.^_`|~0-9A-Za-z-]", "_", name) or "_"


def _one_line(text: str) -> str:
    """Without control characters and lone surrogates: a header value, a reason."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f]+", " ", clean(text)).strip()


def clean(text: str) -> str:
    """The text with lone surrogates spelt out (`\\udc80`), so that it can be stored as UTF-8."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _urn(name: str) -> str:
    return f"<urn:uuid:{uuid.uuid5(_NAMESPACE, name)}>"


# Back


class DamagedRecordError(ValueError):
    """The bytes are no whole record."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A whole record: its entry (None for a warcinfo or redirect) and the block with the payload at its end."""

    entry: Entry | None
    block: bytes

    def payload(self) -> bytes:
        """The payload in this record. DamagedRecordError where it holds none."""
        if self.entry is None or self.entry.size is None or self.entry.size > len(self.block):
            raise DamagedRecordError("the record holds no payload")
        return self.block[len(self.block) - self.entry.size :]


def parse(content: bytes) -> Parsed:
    """An uncompressed record that is whole, as this module writes them. DamagedRecordError where it is not."""
    head, separator, rest = content.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    if not separator or lines[0] != VERSION.encode() or not rest.endswith(b"\r\n\r\n"):
        raise DamagedRecordError("not a WARC/1.1 record")
    fields = {name: value.strip() for name, _, value in (line.partition(b":") for line in lines[1:])}
    block = rest[:-4]
    if fields.get(b"Content-Length") != str(len(block)).encode():
        raise DamagedRecordError("the record is not as long as it says")
    line = fields.get(FIELD.encode())
    try:
        return Parsed(None if line is None else Entry.from_json(line.decode("ascii")), block)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise DamagedRecordError(f"the field {FIELD} cannot be read") from error


def decompress(member: bytes) -> bytes:
    """The content of exactly one gzip member. DamagedRecordError where its checksum does not hold or more or less is there."""
    inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        content = inflater.decompress(member)
    except zlib.error as error:
        raise DamagedRecordError(str(error)) from error
    if not inflater.eof or inflater.unused_data:
        raise DamagedRecordError("not one whole gzip member")
    return content
