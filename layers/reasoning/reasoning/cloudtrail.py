"""A CloudTrail record as Gatewatch reads it, whatever its serialisation.

Decided here: what a record says (EC2 alone has two layouts: flat lower-camel keys, or one wrapper
key with UpperCamel members). Not decided here: what it means. Source:
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

import json
import re
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from reasoning.values import account_id, decoded, is_list, mapping, member, seconds, text, truth

_PARTS = ("requestParameters", "responseElements", "userIdentity")
_WRAPPER = re.compile(r"[A-Z]\w*|\w+(Request|Req|Response|Input)")


class Ignored(ValueError):
    """Why an event is no change, in words for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A CloudTrail record after reading. `request` and `response` are without their wrapper;
    `unread` names the parts that were absent or not readable (CloudTrail drops what exceeds
    100 kB). `at` is eventTime, epoch seconds."""

    id: str
    name: str
    source: str
    at: float
    account: str
    region: str
    request: dict[str, Any] = field(default_factory=dict)
    response: dict[str, Any] = field(default_factory=dict)
    identity: dict[str, Any] = field(default_factory=dict)
    additional: dict[str, Any] = field(default_factory=dict)
    user_agent: str = ""
    source_address: str = ""
    from_console: bool = False
    error_code: str = ""
    read_only: bool = False
    category: str = ""
    type: str = ""
    unread: tuple[str, ...] = ()


def read_record(data: Any, *, account: str = "", region: str = "", time: Any = None) -> Record:
    """The record in `data`; what it lacks is taken from the envelope's account, region, time.

    Raises Ignored when it names no event, no service or no time.
    """
    raw = decoded(data)
    if not isinstance(raw, dict):
        raise Ignored(f"not a CloudTrail record: {_described(raw)}, want a JSON object")
    name, source = text(raw.get("eventName")), text(raw.get("eventSource")).lower()
    if not name or not source:
        lacks = "eventName" if not name else "eventSource"
        raise Ignored(f"not a CloudTrail record: {lacks} is missing or not a string")
    at = seconds(raw.get("eventTime"))
    if at is None:
        at = seconds(time)
    if at is None:
        raise Ignored(f"{name}: eventTime {_quoted(raw.get('eventTime'))} is not an ISO 8601 time")
    identity = mapping(raw.get("userIdentity"))
    owner = account_id(raw.get("recipientAccountId"))
    return Record(
        id=text(raw.get("eventID")) or _fallback_id(raw),
        name=name,
        source=source,
        at=at,
        account=owner or account_id(account) or account_id(identity.get("accountId")),
        region=text(raw.get("awsRegion")) or text(region),
        request=parameters(raw.get("requestParameters")),
        response=parameters(raw.get("responseElements")),
        identity=identity,
        additional=mapping(raw.get("additionalEventData")),
        user_agent=text(raw.get("userAgent")),
        source_address=text(raw.get("sourceIPAddress")),
        from_console=truth(raw.get("sessionCredentialFromConsole")) is True,
        error_code=text(raw.get("errorCode")),
        read_only=truth(raw.get("readOnly")) is True,
        category=text(raw.get("eventCategory")),
        type=text(raw.get("eventType")),
        unread=tuple(part for part in _PARTS if _lost(raw.get(part))),
    )


def parameters(value: Any) -> dict[str, Any]:
    """requestParameters or responseElements as one object, its wrapper taken off.

    The wrapper is known by its shape (one key, holding an object), never by its name:
    DeleteTransitGatewayVpcAttachment comes in `DelTGwVpcAttachReq`.
    """
    whole = mapping(value)
    if len(whole) != 1:
        return whole
    key, inside = next(iter(whole.items()))
    inside = decoded(inside)
    if not _WRAPPER.fullmatch(str(key)) or is_list(inside):
        return whole
    if isinstance(inside, dict):
        return inside
    return {} if inside in ("", None) and str(key).endswith(("Request", "Response")) else whole


def _lost(value: Any) -> bool:
    return not isinstance(decoded(value), dict) or truth(member(value, "omitted")) is True


def _fallback_id(raw: dict[str, Any]) -> str:
    body = json.dumps(raw, sort_keys=True, default=str).encode("utf-8", "replace")
    return f"record:{sha256(body).hexdigest()[:32]}"


def _described(value: Any) -> str:
    kinds = {list: "a list", str: "a string", type(None): "null", bool: "a boolean"}
    return kinds.get(type(value), "a number")


def _quoted(value: Any) -> str:
    return repr(text(value)[:40]) if value is not None else "(missing)"
