"""Secret values that cannot be printed by accident, and their removal from text.

The targets that we look at may echo our own credential in an error body; exception texts of HTTP
libraries quote header values. Both end in records, so both pass `redact`.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from probing import disguises

MASK = "***"


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


def redact(text: str, secrets: Iterable[Secret]) -> str:
    """`text` with every secret replaced by `***`, in each form that `disguises` knows. Where only
    decoding shows one, nothing of the text is left.
    """
    known = [disguises.of(secret.reveal()) for secret in secrets]
    told = disguises.plain(text) if known else ""
    if spans := sorted(span for one in known for span in one.spans(told)):
        text = _masked(text, spans)
    return MASK if any(one.in_code(text) for one in known) else text


def redact_all(data: Any, secrets: Sequence[Secret]) -> Any:
    """JSON-able data with every value that is a text redacted."""
    if isinstance(data, str):
        return redact(data, secrets)
    if isinstance(data, dict):
        return {key: redact_all(value, secrets) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return type(data)(redact_all(item, secrets) for item in data)
    return data


def _masked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    told, at = "", 0
    for start, end in spans:
        if start > at or not told:
            told += text[at:start] + MASK
        at = max(at, end)
    return told + text[at:]
