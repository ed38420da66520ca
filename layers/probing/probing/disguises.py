"""How a secret value may stand in what a peer says: the forms to look for, and what decodes to it.

All are compared in lower case and with control characters as blanks: that is how texts are kept,
and a peer that changes the case of what it says back has told it all the same.

Not found, because nothing in the text tells of it: a value that was reversed, split, encrypted,
packed, or encoded more than twice.
"""

import base64
import html
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, quote_plus, unquote, unquote_plus

SHORTEST = 4
"""Shorter values are not searched for: "a" would blank every text and hide nothing."""
_SHORTEST_ENCODED = 6
_BEGUN = 8
"""So much of a form, at the very end of a text, is taken for one that was cut."""
_ENOUGH = 24
"""So much of a value is taken for it in what was decoded: the text may have been cut."""
_DEEP = 2
_KEPT = 256

_SCHEMES = ("bearer", "basic")
_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----(.*?)-----END [A-Z ]*PRIVATE KEY-----", re.S)
_KEY_LINE = 16
"""The last line of a key may be so short that it stands in many texts."""

_RUN = re.compile(r"[\x20-\x7e]{8,}")

_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|([^ux]))")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{12,}")
_HEX = re.compile(r"[0-9A-Fa-f]{12,}")
_OF_URLS = bytes.maketrans(b"-_", b"+/")

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Disguises:
    """`forms` as they stand in a text as `plain` gives it; `parts` are the beginnings of what they
    stand for."""

    forms: tuple[str, ...]
    parts: tuple[str, ...]

    def spans(self, text: str) -> Iterator[Span]:
        """Where a form stands in the plain text, whole, or begun at its end."""
        for form in self.forms:
            at = text.find(form)
            while at >= 0:
                yield at, at + len(form)
                at = text.find(form, at + 1)
            begun = form[:_BEGUN]
            at = text.find(begun, max(0, len(text) - len(form)))
            while at >= 0:
                if form.startswith(text[at:]):
                    yield at, len(text)
                at = text.find(begun, at + 1)

    def in_code(self, text: str) -> bool:
        """Whether decoding the text, or what that gives, tells the value."""
        level, seen = [text], {text}
        for _ in range(_DEEP):
            level = [found for one in level for found in _decoded(one) if found not in seen]
            seen.update(level)
            if any(part in plain(one) for one in level for part in self.parts):
                return True
        return False


@lru_cache(_KEPT)  # each probe of a look asks for it, text by text
def of(value: str) -> Disguises:
    """The scheme word of an Authorization value ("Bearer x") is no secret; the rest is, and so is
    what a Basic value encodes. Of a PEM only the private key is one."""
    parts = [run for part in _parts(value) for run in _runs(part) if len(run) >= SHORTEST]
    forms = {form for part in parts for form in _forms(part)}
    return Disguises(
        forms=tuple(sorted(forms, key=len, reverse=True)),
        parts=tuple(sorted({plain(part)[:_ENOUGH] for part in parts})),
    )


def plain(text: str) -> str:
    """The text for comparing: as long as it was, and sign for sign."""
    # The one capital whose small letter is two signs.
    return printable(text.replace("\u0130", "i").lower())


def printable(text: str) -> str:
    """What a terminal, a log or a message would obey instead of showing becomes a blank."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else " " for char in text)


def _runs(part: str) -> set[str]:
    """The part, and the runs of ASCII in it: those are the same in whatever charset a peer reads
    and writes the rest."""
    return {part, *_RUN.findall(part)}


def _forms(part: str) -> set[str]:
    escaped = json.dumps(part)[1:-1]
    whole = {part, html.escape(part), escaped, escaped.replace("/", "\\/"), repr(part)[1:-1]}
    coded: set[str] = set()
    for charset in ("utf-8", "latin-1", "utf-16-le"):
        with suppress(UnicodeEncodeError):
            raw = part.encode(charset)
            # Headers are read as latin-1, bodies as UTF-8.
            whole |= {raw.decode("latin-1"), raw.decode("utf-8", "replace")}
            coded |= _coded(raw)
    found = {plain(form).strip() for form in whole}
    return found | {form.lower() for form in coded if len(form) >= _SHORTEST_ENCODED}


def _coded(raw: bytes) -> set[str]:
    escaped = quote(raw, safe="")
    forms = {escaped, quote(raw), quote_plus(raw), quote(escaped, safe=""), raw.hex()}
    for shift in range(3):
        forms |= {_inner(encode(bytes(shift) + raw), shift) for encode in _ALPHABETS}
    return forms


_ALPHABETS = (base64.b64encode, base64.urlsafe_b64encode)


def _inner(encoded: bytes, shift: int) -> str:
    """Base64 is the same wherever a value stands in a longer text, but for its ends: the signs
    that the value shares with its neighbours are left out."""
    signs = encoded.decode().rstrip("=")
    shared_before = (0, 2, 3)[shift]
    return signs[shared_before : len(signs) * 6 // 8 * 8 // 6]


def _parts(value: str) -> set[str]:
    """The value, and what of it could be told alone."""
    if _KEY.search(value):
        return _of_pem(value)
    words = value.split()
    parts = {value, *words} - {words[0] for _ in words[:1] if words[0].lower() in _SCHEMES}
    if words and words[0].lower() in _SCHEMES:
        parts.add(value[len(words[0]) :].strip())
    if words and words[0].lower() == "basic":
        parts |= _of_basic(words[-1])
    if words and words[0].startswith("AWS4-"):
        parts |= {piece for word in words[1:] for piece in word.rstrip(",").split("=", 1)[1:]}
    return parts


def _of_basic(encoded: str) -> set[str]:
    """`user:password` and the password (RFC 7617)."""
    try:
        pair = base64.b64decode(encoded, validate=True).decode()
    except ValueError:
        return set()
    return {pair, pair.partition(":")[2]}


def _of_pem(value: str) -> set[str]:
    """Each line of the key, and its base64 in one piece."""
    keys = [match[1].split() for match in _KEY.finditer(value)]
    return {line for key in keys for line in key if len(line) >= _KEY_LINE} | {
        "".join(key) for key in keys
    }


def _decoded(text: str) -> Iterator[str]:
    """What the text says once one encoding is taken off, of each that it could have."""
    if "%" in text:
        for charset in ("utf-8", "latin-1"):
            yield unquote(text, charset)
            yield unquote_plus(text, charset)
    if "&" in text:
        yield html.unescape(text)
    if "\\" in text:
        yield _ESCAPE.sub(_unescaped, text)
    if _BASE64.search(text):
        yield " ".join(_of_base64(_BASE64.findall(text)))
    if _HEX.search(text):
        yield " ".join(_of_hex(_HEX.findall(text)))


def _unescaped(found: re.Match[str]) -> str:
    number = found[1] or found[2]
    return chr(int(number, 16)) if number else found[3]


def _of_base64(runs: Iterable[str]) -> Iterator[str]:
    for run in runs:
        signs = run.encode().translate(_OF_URLS)
        for start in range(4):
            piece = signs[start:]
            raw = base64.b64decode(piece[: len(piece) // 4 * 4] + _rest(piece))
            yield raw.decode("latin-1")
            yield raw.decode("utf-8", "replace")


def _rest(piece: bytes) -> bytes:
    """The last, unfinished group, with its padding."""
    rest = piece[len(piece) // 4 * 4 :]
    return rest + b"=" * (4 - len(rest)) if len(rest) > 1 else b""


def _of_hex(runs: Iterable[str]) -> Iterator[str]:
    for run in runs:
        for start in range(2):
            piece = run[start:]
            raw = bytes.fromhex(piece[: len(piece) // 2 * 2])
            yield raw.decode("latin-1")
            yield raw.decode("utf-8", "replace")
