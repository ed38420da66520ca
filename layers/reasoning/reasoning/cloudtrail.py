"""Tolerant reading of a CloudTrail record: every layout that one value can arrive in.

Decided here: what a record says, whatever its serialisation (flat lower-camel keys, or one
wrapper key with UpperCamel members; lists as `{tag, content}`, `{item}`, `{items}` or plain; ""
for empty; numbers and booleans as strings; JSON inside a string). Not decided here: what it means.
Source:
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

_WRAPPER = re.compile(r"[A-Z]\w*|\w+(Request|Req|Response|Input)")
_LIST_KEYS = frozenset({"tag", "content", "item", "items", "member", "value"})
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_DEPTH = 24
_LEAVES = 5000
_HUGE = 10**40
_YEAR_9999 = 253370764800


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
    identity = _object(raw.get("userIdentity"))
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
        additional=_object(raw.get("additionalEventData")),
        user_agent=text(raw.get("userAgent")),
        source_address=text(raw.get("sourceIPAddress")),
        from_console=truth(raw.get("sessionCredentialFromConsole")) is True,
        error_code=text(raw.get("errorCode")),
        read_only=truth(raw.get("readOnly")) is True,
        category=text(raw.get("eventCategory")),
        type=text(raw.get("eventType")),
        unread=tuple(part for part in _PARTS if _lost(raw.get(part))),
    )


_PARTS = ("requestParameters", "responseElements", "userIdentity")


def parameters(value: Any) -> dict[str, Any]:
    """requestParameters or responseElements as one object, its wrapper taken off.

    The wrapper is known by its shape (one key, holding an object), never by its name:
    DeleteTransitGatewayVpcAttachment comes in `DelTGwVpcAttachReq`.
    """
    whole = _object(value)
    if len(whole) != 1:
        return whole
    key, inside = next(iter(whole.items()))
    inside = decoded(inside)
    if not _WRAPPER.fullmatch(str(key)) or _is_list(inside):
        return whole
    if isinstance(inside, dict):
        return inside
    return {} if inside in ("", None) and str(key).endswith(("Request", "Response")) else whole


def member(holder: Any, *names: str) -> Any:
    """The first of `names` that `holder` has with a value, whatever the case of its letters."""
    if not isinstance(holder, dict):
        return None
    folded = {str(key).lower(): value for key, value in holder.items()}
    values = (folded.get(name.lower()) for name in names)
    return next((value for value in values if value is not None), None)


def items(value: Any, depth: int = 8) -> tuple[Any, ...]:
    """The elements of a list in any of its layouts; a lone scalar is a list of one."""
    value = decoded(value)
    if depth == 0 or value is None or value == "" or value == {}:
        return ()
    if isinstance(value, list):
        return tuple(one for part in value for one in items(part, depth - 1))
    if isinstance(value, dict):
        inside = member(value, "items", "item", "member", "content")
        if inside is not None:
            return items(inside, depth - 1)
        if _is_list(value):
            return ()
    return (value,)


def texts(value: Any, *names: str) -> tuple[str, ...]:
    """The strings of a list; of its elements that are objects, the member called `names`."""
    found = (text(member(one, *names) if isinstance(one, dict) else one) for one in items(value))
    return tuple(dict.fromkeys(one for one in found if one))


def text(value: Any) -> str:
    """A scalar as clean text ("" for anything else): CloudTrail coerces "0123" and "true" from
    XML to a number and a boolean. Control, bidirectional and surrogate characters are taken out:
    callers choose session names and user agents."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if abs(value) < _HUGE else ""
    if isinstance(value, float):
        return f"{value:.15g}" if math.isfinite(value) else ""
    if not isinstance(value, str):
        return ""
    whole = value.encode("utf-8", "replace").decode("utf-8")
    return _CONTROL.sub(" ", whole).strip()


def truth(value: Any) -> bool | None:
    """A boolean in any of its layouts (`"true"`, 1, `{"value": true}`); None when it is none."""
    if isinstance(value, dict):
        value = member(value, "value", "content")
    return {"true": True, "1": True, "false": False, "0": False}.get(text(value).lower())


def seconds(value: Any) -> float | None:
    """Epoch seconds of an ISO 8601 time since 1970 (no zone: UTC); None when it is none."""
    try:
        moment = datetime.fromisoformat(text(value))
        at = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
    return at if 0 <= at < _YEAR_9999 else None


def account_id(value: Any) -> str:
    """Twelve digits; a number has lost its leading zeros on the way. "" when it is no account."""
    digits = text(value)
    return digits.zfill(12) if re.fullmatch(r"[0-9]{1,12}", digits) else ""


def decoded(value: Any) -> Any:
    """What a string of JSON holds when it is an object or a list; else the value itself."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def leaves(value: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every scalar with the keys that lead to it, in the order of the record, JSON inside strings
    opened. Bounded in depth and number: the record is what its caller made it."""
    left: list[tuple[tuple[str, ...], Any]] = [((), value)]
    for _ in range(_LEAVES):
        if not left:
            return
        path, here = left.pop()
        here = decoded(here) if len(path) < _DEPTH else here
        if isinstance(here, dict | list) and len(path) >= _DEPTH:
            continue
        if isinstance(here, dict):
            left.extend(((*path, str(key)), one) for key, one in reversed(here.items()))
        elif isinstance(here, list):
            left.extend(((*path, "[]"), one) for one in reversed(here))
        else:
            yield path, here


def find(value: Any, name: str) -> Any:
    """The first scalar called `name` at any depth (also below it, as `{name: {"value": x}}`)."""
    wanted = name.lower()
    return next(
        (leaf for path, leaf in leaves(value) if wanted in (key.lower() for key in path)), None
    )


def _object(value: Any) -> dict[str, Any]:
    value = decoded(value)
    return value if isinstance(value, dict) else {}


def _is_list(value: Any) -> bool:
    return isinstance(value, dict) and bool(value) and _LIST_KEYS.issuperset(value)


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
