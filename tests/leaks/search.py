"""Looks for secrets in whatever came out, in every encoding that one is likely to be in."""

import base64
import gzip
import html
import json
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import quote, quote_plus

_GZIP = b"\x1f\x8b"
_ZLIB = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
_DEEP = 3


def forms(secret: str) -> dict[str, bytes]:
    """What to search for, by the name of the encoding."""
    raw = secret.encode()
    found = {
        "raw": raw,
        "lower case": secret.lower().encode(),
        "json": json.dumps(secret)[1:-1].encode(),
        "json twice": json.dumps(json.dumps(secret)[1:-1])[1:-1].encode(),
        "html": html.escape(secret).encode(),
        "repr": repr(secret)[1:-1].encode(),
        "utf-16": secret.encode("utf-16-le"),
        "a blank after each sign": " ".join(secret).encode(),
    }
    for charset in ("utf-8", "latin-1"):
        with suppress(UnicodeEncodeError):
            found |= {f"{name}, {charset}": n for name, n in _of_bytes(secret.encode(charset))}
    return found


def _of_bytes(raw: bytes) -> Iterator[tuple[str, bytes]]:
    yield "raw", raw
    yield "read as latin-1", raw.decode("latin-1").encode()
    yield "read as utf-8", raw.decode("utf-8", "replace").encode()
    yield "url", quote(raw, safe="").encode()
    yield "url, lower case", quote(raw, safe="").lower().encode()
    yield "url, slashes kept", quote(raw).encode()
    yield "form", quote_plus(raw).encode()
    yield "url twice", quote(quote(raw, safe=""), safe="").encode()
    yield "hex", raw.hex().encode()
    yield "HEX", raw.hex().upper().encode()
    for shift in range(3):
        yield f"base64 +{shift}", _inner(base64.b64encode(b"\0" * shift + raw), shift)
        yield f"base64url +{shift}", _inner(base64.urlsafe_b64encode(b"\0" * shift + raw), shift)


def _inner(encoded: bytes, shift: int) -> bytes:
    """The signs that depend on the secret alone, wherever in a longer text it stood."""
    start = {0: 0, 1: 2, 2: 3}[shift]
    whole = (len(encoded.rstrip(b"=")) * 6) // 8
    end = (whole * 8) // 6
    return encoded.rstrip(b"=")[start : end - 1]


@dataclass(slots=True, repr=False)
class Search:
    """Counts the artefacts that it was given, and keeps each hit as (artefact, secret, form)."""

    secrets: dict[str, str]
    artefacts: int = 0
    hits: list[tuple[str, str, str]] = field(default_factory=list)
    _forms: dict[bytes, tuple[str, str]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        for name, secret in self.secrets.items():
            self.know(name, secret)

    def know(self, name: str, secret: str) -> None:
        """One more secret, for what is looked in from now on."""
        for form, needle in forms(secret).items():
            self._forms.setdefault(needle, (name, form))

    @property
    def forms(self) -> int:
        """How many texts are searched for."""
        return len(self._forms)

    def look_in(self, name: str, data: bytes | str) -> None:
        """One artefact. Compressed parts of it are searched too."""
        self.artefacts += 1
        raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
        for text in unpacked(raw):
            for needle, (secret, form) in self._forms.items():
                if needle in text:
                    self.hits.append((name, secret, form))

    def look_in_all(self, name: str, found: Iterable[bytes | str]) -> None:
        for data in found:
            self.look_in(name, data)


def unpacked(data: bytes, depth: int = _DEEP) -> Iterator[bytes]:
    """The data, and what is compressed in it (the whole, or from any gzip or zlib head on)."""
    yield data
    if depth == 0:
        return
    for head in (_GZIP, *_ZLIB):
        at = data.find(head)
        while at >= 0:
            inner = b""
            with suppress(OSError, EOFError, zlib.error):
                if head == _GZIP:
                    inner = gzip.decompress(data[at:])
                else:
                    inner = zlib.decompressobj().decompress(data[at:], 10_000_000)
            if inner:
                yield from unpacked(inner, depth - 1)
            at = data.find(head, at + 1)
