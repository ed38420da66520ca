"""Secret values that cannot be printed by accident, and their removal from text.

The targets that we look at may echo our own credential in an error body; exception texts of HTTP
libraries quote header values. Both end in records, so both pass `redact`.
"""

import base64
import binascii
import json
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

MASK = "***"
_SHORTEST = 4
"""Shorter values are not searched for: "a" would blank every text and hide nothing."""


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

    The scheme word of an Authorization value ("Bearer x") is no secret; the rest is.
    """
    found: set[str] = set()
    for secret in secrets:
        value = secret.reveal()
        for part in {value, *value.split()}:
            if len(part) >= _SHORTEST and part.lower() not in ("bearer", "basic"):
                found |= _forms(part)
    for form in sorted(found, key=len, reverse=True):
        text = text.replace(form, MASK)
    return text
