"""Reads single values of a registry entry: each reader returns the value or reports a problem.

Decided here: what a well-formed text, duration, status set, host name or secret reference is, and
how a mistake is told. Not decided here: which fields an entry has (`registration.py`).
"""

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from ipaddress import ip_network
from typing import Any

from probing.endpoint import Problem

MAX_TEXT = 500
DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)\Z")
UNIT_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
RANGE = re.compile(r"([1-5]\d\d)-([1-5]\d\d)\Z")
HOST = re.compile(r"(?=.{1,253}\Z)[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})(\.[A-Za-z0-9_-]{1,63})*\Z")
SECRET = re.compile(r"(ssm:/[\w./-]{1,1011}|secretsmanager:[\w/+=.@:-]{1,2048}(#[\w.-]{1,256})?)\Z")
VPC = re.compile(r"vpc-[0-9a-f]{8,17}\Z")
VPC_ENDPOINT = re.compile(r"vpce-[0-9a-f]{8,17}\Z")
HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}\Z")
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
WHERE_SECRETS_GO = (
    "keep it in SSM (SecureString) or Secrets Manager and name it: "
    "'ssm:/gatewatch/secrets/<name>' or 'secretsmanager:<name or arn>[#<json key>]'"
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where in an entry a reader stands, and the list to which it reports."""

    source: str
    path: str
    problems: list[Problem]

    def child(self, key: str | int) -> "Place":
        if isinstance(key, int):
            return replace(self, path=f"{self.path}[{key}]")
        return replace(self, path=f"{self.path}.{key}" if self.path else key)

    def wrong(self, what: str, mend: str) -> None:
        """Report a problem here. Never pass a value that could be a credential."""
        path = self.path or "entry"
        self.problems.append(Problem(source=self.source, path=path, what=what, mend=mend))


Reader = Callable[[Any, Place], Any]


def kind_of(raw: Any) -> str:
    """What a YAML author calls the type of `raw`."""
    if raw in ([], {}, ""):
        return "empty"
    names = {dict: "a mapping", list: "a list", str: "text", bool: "true or false"}
    number = "a number" if isinstance(raw, int | float) else type(raw).__name__
    return "nothing" if raw is None else names.get(type(raw), number)


def mapping(
    raw: Any, place: Place, readers: Mapping[str, Reader], required: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Read the known keys of `raw`; every unknown or missing key is a problem of its own."""
    if not isinstance(raw, dict):
        place.wrong(f"is {kind_of(raw)}", f"write a mapping with keys {', '.join(readers)}")
        return {}
    for key in raw:
        if key not in readers:
            near = difflib.get_close_matches(str(key), readers, n=1)
            mend = f"did you mean '{near[0]}'?" if near else f"known keys: {', '.join(readers)}"
            place.child(str(key)).wrong("unknown key", mend)
    for key in required:
        if key not in raw:
            place.child(key).wrong("is missing", f"add '{key}: …'")
    return {key: readers[key](raw[key], place.child(key)) for key in readers if key in raw}


def text(raw: Any, place: Place, *, mend: str = "write text") -> str | None:
    """Non-empty text of at most `MAX_TEXT` characters without control characters."""
    if not isinstance(raw, str):
        quote = "" if raw is None or isinstance(raw, dict | list) else "; quotes make it text"
        place.wrong(f"is {kind_of(raw)}, not text", mend + quote)
    elif not raw.strip() or len(raw) > MAX_TEXT:
        place.wrong(f"is {len(raw)} characters long", f"write 1 to {MAX_TEXT} characters")
    elif UNPRINTABLE.search(raw):
        place.wrong("holds a control character", "write it on one line, without escapes")
    else:
        return raw
    return None


def matching(pattern: re.Pattern[str], mend: str) -> Reader:
    """A reader of text that matches `pattern`; `mend` says the form."""

    def read(raw: Any, place: Place) -> str | None:
        value = text(raw, place, mend=mend)
        if value is not None and not pattern.match(value):
            place.wrong(f"'{value}' is not of the form wanted", mend)
            return None
        return value

    return read


def pattern(text_form: str, mend: str) -> Reader:
    """`matching`, of a pattern's text."""
    return matching(re.compile(text_form), mend)


def true_or_false(raw: Any, place: Place) -> bool | None:
    if isinstance(raw, bool):
        return raw
    place.wrong(f"is {kind_of(raw)}", "write true or false, without quotes")
    return None


def one_of(choices: tuple[str, ...]) -> Reader:
    """A reader of one word out of `choices`."""

    def read(raw: Any, place: Place) -> str | None:
        if isinstance(raw, str) and raw in choices:
            return raw
        near = difflib.get_close_matches(str(raw), choices, n=1)
        shown = f"'{raw}'" if isinstance(raw, str) else kind_of(raw)
        hint = f"did you mean '{near[0]}'? " if near else ""
        place.wrong(f"{shown} is not known", f"{hint}choose one of {', '.join(choices)}")
        return None

    return read


def duration(low_seconds: float, high_seconds: float, example: str) -> Reader:
    """A reader of a duration with its unit (`500ms`, `2s`, `2m`, `1h`), in seconds."""

    units = f"units {', '.join(UNIT_SECONDS)}"

    def read(raw: Any, place: Place) -> float | None:
        found = DURATION.match(raw) if isinstance(raw, str) else None
        if found is None:
            shown = f"'{raw}'" if isinstance(raw, str | int | float) else kind_of(raw)
            place.wrong(
                f"{shown} is not a duration with a unit", f"write it like '{example}' ({units})"
            )
            return None
        seconds = float(found[1]) * UNIT_SECONDS[found[2]]
        if not low_seconds <= seconds <= high_seconds:
            bounds = f"{low_seconds:g}s to {high_seconds:g}s"
            place.wrong(f"'{raw}' is out of bounds", f"choose {bounds}")
            return None
        return seconds

    return read


def statuses(raw: Any, place: Place) -> tuple[tuple[int, int], ...]:
    """`200`, `"200-299"`, or a list of them, as inclusive ranges."""
    if isinstance(raw, list) and raw:
        return tuple(part for n, item in enumerate(raw) for part in statuses(item, place.child(n)))
    if isinstance(raw, int) and not isinstance(raw, bool) and 100 <= raw <= 599:
        return ((raw, raw),)
    found = RANGE.match(raw) if isinstance(raw, str) else None
    if found and found[1] <= found[2]:
        return ((int(found[1]), int(found[2])),)
    shown = f"'{raw}'" if isinstance(raw, str | int | float) else kind_of(raw)
    place.wrong(f"{shown} is not an HTTP status", "write 200, '200-299' or a list of them")
    return ()


def resolves_to(raw: Any, place: Place) -> str | None:
    """`public`, `private`, `any`, a VPC endpoint's id, or a CIDR."""
    if isinstance(raw, str):
        if raw in ("public", "private", "any") or VPC_ENDPOINT.match(raw):
            return raw
        try:
            return str(ip_network(raw))
        except ValueError:
            pass  # reported below, with every form that is accepted
    shown = f"'{raw}'" if isinstance(raw, str) else kind_of(raw)
    place.wrong(f"{shown} is not a route", "choose public, private, any, a CIDR or a vpce-… id")
    return None


def secret(raw: Any, place: Place) -> str | None:
    """A reference to a secret. What stands there instead is never shown: it may be the secret."""
    if isinstance(raw, str) and SECRET.match(raw):
        return raw
    place.wrong("is not a reference to a secret", WHERE_SECRETS_GO)
    return None


def vpc_ids(raw: Any, place: Place) -> tuple[str, ...]:
    """A list of at least one VPC id."""
    if not isinstance(raw, list) or not raw:
        place.wrong(f"is {kind_of(raw)}", "write a list of VPC ids: [vpc-0123456789abcdef0]")
        return ()
    read = matching(VPC, "write a VPC id: vpc- and 8 to 17 hexadecimal digits")
    return tuple(read(item, place.child(n)) or "" for n, item in enumerate(raw))
