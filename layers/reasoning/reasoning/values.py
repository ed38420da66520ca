"""One value of a CloudTrail record, in any of the layouts that it can arrive in.

Decided here: how lists (`{tag, content}`, `{item}`, `{items}` or plain; "" for empty), numbers and
booleans as text, and JSON inside a string are read. Not decided here: what a record is made of
(`cloudtrail.py`). Layouts: public recorded events of EC2, flat and wrapped.
"""

import json
import math
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

_LIST_KEYS = frozenset({"tag", "content", "item", "items", "member", "value"})
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_DEPTH = 24
_LEAVES = 5000
_HUGE = 10**40
_YEAR_9999 = 253370764800


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
        if is_list(value):
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


def mapping(value: Any) -> dict[str, Any]:
    """An object, also one inside a string; an empty one for anything else."""
    value = decoded(value)
    return value if isinstance(value, dict) else {}


def is_list(value: Any) -> bool:
    """Whether an object is nothing but the layout of a list."""
    return isinstance(value, dict) and bool(value) and _LIST_KEYS.issuperset(value)
