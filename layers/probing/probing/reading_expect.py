"""Reads the `expect` of a registry entry: what a healthy answer looks like."""

import json
import re
from collections.abc import Iterable
from typing import Any

from probing import fields
from probing.endpoint import Expect, Rule
from probing.fields import Place, Reader
from probing.json_rules import path_problem
from probing.outcome import Stage

MAX_RULES = 20
MAX_PATTERN = 200
_RCODES = ("NOERROR", "NXDOMAIN", "NODATA", "SERVFAIL", "REFUSED")
_LONGEST_SECONDS = 5.0


def expect(raw: Any, place: Place) -> Expect:
    read = fields.mapping(raw, place, READERS)
    latency = read.pop("latency", None) or {}
    whole = latency.pop("whole", None)
    # No status: what is healthy depends on the kind of probe.
    return Expect(**({"status": ()} | read), latency_ms=whole, stage_latency_ms=latency)


def _latency(raw: Any, place: Place) -> dict[str, float]:
    """`2s` for the whole probe, or a mapping of stages, in milliseconds by stage."""
    read_one = fields.duration(0.001, _LONGEST_SECONDS, "2s")
    if isinstance(raw, dict):
        names = (*(stage.value for stage in Stage), "whole")
        read = fields.mapping(raw, place, dict.fromkeys(names, read_one))
    else:
        read = {"whole": read_one(raw, place)}
    return {name: seconds * 1000 for name, seconds in read.items() if seconds is not None}


def regex(raw: Any, place: Place) -> str | None:
    """A regular expression that Python can compile."""
    text = fields.text(raw, place, mend="write a regular expression")
    if text is None:
        return None
    if len(text) > MAX_PATTERN:
        place.wrong(f"is {len(text)} characters long", f"write at most {MAX_PATTERN}")
        return None
    try:
        re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        place.wrong(f"is no regular expression ({error})", "mend it, or quote its special signs")
        return None
    return text


def _headers(raw: Any, place: Place) -> tuple[Rule, ...]:
    return tuple(
        _rule(name.lower(), raw[name], at, _header_value)
        for name, at in _places(raw, place)
        if _is_header(name, at)
    )


def _header_value(raw: Any, place: Place) -> str | None:
    return fields.text(raw, place, mend="write text, or one of equals, matches, exists")


def _is_header(name: str, at: Place) -> bool:
    if fields.HEADER_NAME.match(name):
        return True
    at.wrong("is not a header name", "use letters, digits and -")
    return False


def _json(raw: Any, place: Place) -> tuple[Rule, ...]:
    rules = []
    for path, at in _places(raw, place):
        problem = path_problem(path)
        if problem:
            at.wrong(problem, "write a path like status, checks[0].healthy or checks[?name=='db']")
        else:
            rules.append(_rule(path, raw[path], at, _json_value))
    return tuple(rules)


def _places(raw: Any, place: Place) -> Iterable[tuple[str, Place]]:
    if not isinstance(raw, dict) or not 1 <= len(raw) <= MAX_RULES:
        place.wrong(f"is {fields.kind_of(raw)}", f"write 1 to {MAX_RULES} names and what they are")
        return ()
    return [(name, place.child(name)) for name in raw if _is_text(name, place)]


def _is_text(name: Any, place: Place) -> bool:
    if isinstance(name, str):
        return True
    place.wrong(f"has {fields.kind_of(name)} for a name", "quotes make it text")
    return False


def _json_value(value: Any, place: Place) -> str | None:
    if isinstance(value, str | int | float | bool):
        return json.dumps(value)
    place.wrong(f"is {fields.kind_of(value)}", "write text, a number, true, false, or a rule")
    return None


def _rule(name: str, raw: Any, place: Place, read_value: Reader) -> Rule:
    """A plain value to equal, or a mapping: `equals`, `matches`, `exists`."""
    if not isinstance(raw, dict):
        return Rule(at=name, equals=read_value(raw, place))
    readers: dict[str, Reader] = {
        "equals": read_value,
        "matches": regex,
        "exists": fields.true_or_false,
    }
    read = fields.mapping(raw, place, readers)
    if isinstance(raw, dict) and len(raw) != 1:
        place.wrong(f"has {len(raw)} keys", "give exactly one of equals, matches, exists")
    return Rule(at=name, **{key: value for key, value in read.items() if value is not None})


def _days(raw: Any, place: Place) -> int | None:
    if isinstance(raw, int) and not isinstance(raw, bool) and 0 <= raw <= 825:
        return raw
    shown = f"'{raw}'" if isinstance(raw, str | int | float) else fields.kind_of(raw)
    place.wrong(f"{shown} is no number of days", "write a whole number, 0 to 825")
    return None


def _texts(raw: Any, place: Place) -> tuple[str, ...]:
    if not isinstance(raw, list) or not 1 <= len(raw) <= MAX_RULES:
        place.wrong(f"is {fields.kind_of(raw)}", f"write a list of 1 to {MAX_RULES} texts")
        return ()
    return tuple(fields.text(item, place.child(n)) or "" for n, item in enumerate(raw))


READERS: dict[str, Reader] = {
    "status": fields.statuses,
    "latency": _latency,
    "resolves_to": fields.resolves_to,
    "reachable": fields.true_or_false,
    "fingerprint": fields.one_of(("steady", "any")),
    "headers": _headers,
    "body_contains": fields.text,
    "body_matches": regex,
    "json": _json,
    "certificate_days": _days,
    "certificate_names": _texts,
    "tls_version": fields.one_of(("TLSv1.2", "TLSv1.3")),
    "rcode": fields.one_of(_RCODES),
    "answers": _texts,
    "message_contains": fields.text,
    "message_matches": regex,
}
"""Every key of `expect` and how its value is read; a kind of probe says which it knows."""
