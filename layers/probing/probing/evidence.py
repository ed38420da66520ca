"""What is kept of an HTTP answer: status, who answered, a redacted snippet."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from probing.disguises import printable
from probing.request import sanitised_location
from probing.secret import Secret, redact

IDENTIFYING = (
    "x-amzn-errortype",
    "x-amzn-requestid",
    "x-amz-apigw-id",
    "apigw-requestid",
    "server",
    "via",
    "x-cache",
    "x-amz-cf-pop",
    "location",
    "retry-after",
    "x-amzn-waf-action",
)
"""The headers that tell who answered, and whether it was to keep us off; no other is kept."""

_SNIPPET_CHARS = 200
_HEADER_CHARS = 200
_READ_CHARS = 1024
"""Of a text that may hold secrets: what follows could not stand in a snippet."""
_BLOCKED = b"Request blocked"
_PAGE_BYTES = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An HTTP answer as far as it came: `status` None when not even a status line did; `body` is
    what was read of it, not all of it where `truncated`."""

    status: int | None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    truncated: bool = False


def of_answer(answer: Answer, secrets: Iterable[Secret]) -> dict[str, Any]:
    """Keys status, headers, body_bytes, snippet, body_truncated when more than 64 kB came, and
    request_blocked where the body is CloudFront's page of a blocked request (its words come after
    where a snippet ends); {} when not even a status line did."""
    if answer.status is None:
        return {}
    secrets = tuple(secrets)
    kept: dict[str, Any] = {
        "status": answer.status,
        "headers": _headers(answer.headers, secrets),
        "body_bytes": len(answer.body),
        "snippet": snippet_of(answer.body.decode("utf-8", "replace"), secrets),
    }
    if answer.truncated:
        kept["body_truncated"] = True
    if _BLOCKED in answer.body[:_PAGE_BYTES]:
        kept["request_blocked"] = True
    return kept


def snippet_of(text: str, secrets: Iterable[Secret]) -> str:
    """The beginning of what a peer said, fit for a record."""
    # Redacted before it is cut: a secret that the cut splits would pass unseen.
    return redact(printable(text[:_READ_CHARS]), secrets)[:_SNIPPET_CHARS]


def _headers(headers: Mapping[str, str], secrets: tuple[Secret, ...]) -> dict[str, str]:
    kept: dict[str, str] = {}
    for name in IDENTIFYING:
        value = headers.get(name)
        if value is not None:
            told = redact(printable(value[:_READ_CHARS]), secrets)
            # Redacted first: what is taken apart could no longer be recognised.
            told = sanitised_location(told) if name == "location" else told
            kept[name] = told[:_HEADER_CHARS]
    return kept
