"""Secret values that cannot be printed by accident, and their removal from text.

The targets that we look at may echo our own credential in an error body; exception texts of HTTP
libraries quote header values. Both end in records, so both pass `redact`.
"""

import base64
import binascii
import json
import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

MASK = "***"
_SHORTEST = 4
"""Shorter values are not searched for: "a" would blank every text and hide nothing."""

_SCHEMES = ("bearer", "basic")
_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----(.*?)-----END [A-Z ]*PRIVATE KEY-----", re.S)
_KEY_LINE = 16
"""The last line of a key may be so short that it stands in many texts."""


class Secret:
    """Holds a value that only `reveal` gives out; every other rendering is `***`."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself: for the wire and for `redact`, nowhere else."""
        return self._value

    def __repr__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return MASK

    def __reduce__(self) -> tuple[type["Secret"], tuple[str]]:
        return (Secret, (MASK,))

    def __copy__(self) -> "Secret":
        return self

    def __deepcopy__(self, memo: object) -> "Secret":
        return self

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


def _forms(value: str) -> set[str]:
    """The value as it may stand in a body: plain, base64, URL-, JSON- and hex-encoded."""
    raw = value.encode()
    return {
        value,
        quote(value, safe=""),
        quote(value),
        quote_plus(value),
        json.dumps(value)[1:-1],
        base64.b64encode(raw).decode().rstrip("="),
        base64.urlsafe_b64encode(raw).decode().rstrip("="),
        binascii.hexlify(raw).decode(),
        binascii.hexlify(raw).decode().upper(),
    }


def redact(text: str, secrets: Iterable[Secret]) -> str:
    """`text` with every secret, in each of its usual encodings, replaced by `***`.

    The scheme word of an Authorization value ("Bearer x") is no secret; the rest is, and so is
    what a Basic value encodes. Of a PEM only the private key is one.
    """
    found: set[str] = set()
    for secret in secrets:
        for part in _parts(secret.reveal()):
            if len(part) >= _SHORTEST:
                found |= _forms(part)
    for form in sorted(found, key=len, reverse=True):
        text = text.replace(form, MASK)
    return text


def _parts(value: str) -> set[str]:
    """The value, and what of it could be told alone."""
    if _KEY.search(value):
        return _of_pem(value)
    words = value.split()
    parts = {value, *words} - {words[0] for _ in words[:1] if words[0].lower() in _SCHEMES}
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
