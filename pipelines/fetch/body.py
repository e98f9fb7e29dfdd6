"""The body of a response, read and decoded piece by piece so that neither its length nor a bomb in it can hurt."""

import zlib
from collections.abc import Iterator

from urllib3 import BaseHTTPResponse

from pipelines.fetch.budget import too_large, where
from pipelines.fetch.response import FetchError, Outcome

_PIECE = 1 << 16
_GZIP_MAGIC = b"\x1f\x8b"
_GZIP, _ZLIB, _RAW = 31, 15, -15
_CODINGS = {"gzip": _GZIP, "x-gzip": _GZIP, "deflate": _ZLIB}
_STACKED = 2


def read_body(raw: BaseHTTPResponse, url: str, max_bytes: int, *, cut: bool = False) -> bytes:
    """The whole body without transfer and content coding.

    FetchError where it passes `max_bytes`, coded or decoded (with `cut` it ends there instead), or is coded in a way that was
    not asked for. Errors of the wire come as urllib3 and zlib raise them.
    """
    pieces: list[bytes] = []
    size = 0
    for piece in _decoded(_received(raw, url, max_bytes), _codings(raw, url), url):
        size += len(piece)
        if size > max_bytes:
            if not cut:
                raise too_large(url, max_bytes)
            pieces.append(piece[: len(piece) - (size - max_bytes)])
            break
        pieces.append(piece)
    return b"".join(pieces)


def drop_body(raw: BaseHTTPResponse) -> None:
    """Read past a short body, so that the connection can be used again; a long one is not worth it."""
    raw.read(_PIECE, decode_content=False)


def _received(raw: BaseHTTPResponse, url: str, max_bytes: int) -> Iterator[bytes]:
    size = 0
    for piece in raw.stream(_PIECE, decode_content=False):
        size += len(piece)
        yield piece
        if size > max_bytes:
            raise too_large(url, max_bytes)


def _codings(raw: BaseHTTPResponse, url: str) -> list[str]:
    """The content codings, the outermost first."""
    named = [name.strip().lower() for name in raw.headers.get("Content-Encoding", "").split(",")]
    codings = [name for name in reversed(named) if name not in {"", "identity"}]
    if len(codings) > _STACKED or any(name not in _CODINGS for name in codings):
        raise FetchError(
            Outcome.BROKEN,
            url,
            f"a content coding that was not asked for, {where(url)}: nothing to do but wait for a repair",
        )
    return codings


def _decoded(pieces: Iterator[bytes], codings: list[str], url: str) -> Iterator[bytes]:
    for coding in codings:
        pieces = _inflated(pieces, _CODINGS[coding], url)
    return pieces


def _inflated(pieces: Iterator[bytes], window: int, url: str) -> Iterator[bytes]:
    """Decompressed pieces of at most 64 KiB, all members of a gzip file; what stands behind them is ignored, as browsers do."""
    decoder, held, ended = None, b"", False
    for received in pieces:
        piece, held = held + received, b""
        while piece and not ended:
            if decoder is None:
                decoder = zlib.decompressobj(_RAW if window == _ZLIB and not _is_zlib(piece) else window)
            elif decoder.eof:
                if len(piece) == 1 and window == _GZIP:
                    held = piece  # perhaps the first byte of another member
                    break
                if window != _GZIP or not piece.startswith(_GZIP_MAGIC):
                    ended = True
                    break
                decoder = zlib.decompressobj(window)
            if found := decoder.decompress(piece, _PIECE):
                yield found
            piece = decoder.unused_data if decoder.eof else decoder.unconsumed_tail
    if decoder is None:
        return
    # What the decoder still holds back is a few kilobytes at most.
    if rest := decoder.flush():
        yield rest
    if not decoder.eof:
        raise FetchError(
            Outcome.BROKEN, url, f"the compressed body breaks off, {where(url)}: tried again the next time"
        )


def _is_zlib(start: bytes) -> bool:
    """Whether these bytes begin a zlib stream (RFC 1950); many servers send bare deflate (RFC 1951) under its name."""
    return len(start) < 2 or (start[0] & 0x0F == 8 and int.from_bytes(start[:2], "big") % 31 == 0)
