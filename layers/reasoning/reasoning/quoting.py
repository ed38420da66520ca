"""A call's parameters quoted in one line for people, secrets left out.

Decided here: what of a record may be repeated, and how shortly. CloudTrail itself hides most
secrets, not all (tags, descriptions, template parameters).
"""

import re
from typing import Any

from reasoning.values import leaves, text

_SECRET = re.compile(
    r"secret|passw|token|credential|private_?key|authorization|api_?key|environment|userdata",
    re.I,
)
# A policy or a template is a document, not a parameter: its size says enough.
_DOCUMENT = re.compile(r"policy(document)?$|template(body)?$|document$|body$|definition$", re.I)
_NOISE = frozenset({"xmlns", "requestid", "tag", "_return", "return", "clienttoken"})
_LAYOUT = frozenset({"[]", "item", "items", "content", "member", "value"})
_PAIRS = 24
_VALUE = 120


def quoted(parameters: dict[str, Any], limit: int = 600) -> str:
    """`key value` pairs in the order of the record, at most `limit` characters; "" for none."""
    pairs: list[str] = []
    for path, leaf in leaves(
        {key: _without_documents(key, one) for key, one in parameters.items()}
    ):
        pair = _pair([key for key in path if key not in _LAYOUT], text(leaf))
        if pair and pair not in pairs:
            pairs.append(pair)
        if len(pairs) == _PAIRS:
            pairs.append("...")
            break
    return shortened(", ".join(pairs), limit)


def shortened(line: str, limit: int) -> str:
    """`line`, at most `limit` characters long; what was cut shows as three dots."""
    return line if len(line) <= limit else f"{line[: limit - 4].rstrip(' ,')} ..."


def _without_documents(key: str, value: Any) -> Any:
    if isinstance(value, str) and _DOCUMENT.search(key) and value.lstrip()[:1] in ("{", "["):
        return f"({len(value)} characters)"
    return value


def _pair(keys: list[str], value: str) -> str:
    key = keys[-1] if keys else ""
    if not value or key.lower() in _NOISE:
        return ""
    if any(_SECRET.search(one) for one in keys):
        return f"{key} (hidden)"
    return f"{key} {shortened(value, _VALUE)}".strip()
