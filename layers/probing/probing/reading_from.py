"""Reads `from:` of a registry entry: each reader returns the value or reports a problem."""

import re
from typing import Any

from probing import fields
from probing.fields import Place, Reader
from probing.looked_from import Choice, From

ALL = "all"
ACCOUNT = re.compile(r"[0-9]{12}\Z")
REGION = re.compile(r"[a-z]{2,3}(-[a-z]+){1,2}-[0-9]{1,2}\Z")
MAX_TAG_KEY, MAX_TAG_VALUE = 128, 256


def looked_from(raw: Any, place: Place) -> From:
    """A mapping with at least one condition; `except` beside it."""
    read = fields.mapping(raw, place, READERS)
    if isinstance(raw, dict) and not set(raw) & set(CONDITIONS):
        place.wrong("says no place to look from", f"add one of {', '.join(CONDITIONS)}")
    excepted = read.pop("except", None)
    return From(wanted=_choice(read), excepted=excepted or Choice())


def _except(raw: Any, place: Place) -> Choice:
    if isinstance(raw, dict) and not raw:
        place.wrong("is empty", "leave it out, or say what is not looked from")
    return _choice(fields.mapping(raw, place, EXCEPTED))


def _choice(read: dict[str, Any]) -> Choice:
    return Choice(**{key: value for key, value in read.items() if value is not None})


def _listed(read_one: Reader, example: str, *, or_all: bool = False) -> Reader:
    """A list of at least one; the word `all`, where it may stand, asks nothing."""

    def read(raw: Any, place: Place) -> tuple[str, ...]:
        if or_all and raw == ALL:
            return ()
        if not isinstance(raw, list) or not raw:
            word = f", or the word {ALL}" if or_all else ""
            place.wrong(f"is {fields.kind_of(raw)}", f"write a list: {example}{word}")
            return ()
        return tuple(read_one(item, place.child(n)) or "" for n, item in enumerate(raw))

    return read


def _tags(raw: Any, place: Place) -> dict[str, tuple[str, ...]]:
    if not isinstance(raw, dict) or not raw:
        place.wrong(f"is {fields.kind_of(raw)}", "write tags and their values: {stage: prod}")
        return {}
    return {str(key): _tag(str(key), value, place.child(str(key))) for key, value in raw.items()}


def _tag(key: str, raw: Any, place: Place) -> tuple[str, ...]:
    if not 1 <= len(key) <= MAX_TAG_KEY:
        place.wrong("is not the key of a tag", f"write 1 to {MAX_TAG_KEY} characters")
    values = raw if isinstance(raw, list) and raw else [raw]
    for value in values:
        if not isinstance(value, str) or len(value) > MAX_TAG_VALUE:
            shown = fields.kind_of(value)
            place.wrong(f"is {shown}, not the value of a tag", "write text, in quotes, or '*'")
            return ()
    return tuple(values)


_account = fields.matching(ACCOUNT, "write an account id, 12 digits, in quotes")
_region = fields.matching(REGION, "write a Region, for example us-east-1")

CONDITIONS: dict[str, Reader] = {
    "vpcs": fields.vpc_ids,
    "tags": _tags,
    "accounts": _listed(_account, '["111122223333"]', or_all=True),
    "regions": _listed(_region, "[us-east-1]", or_all=True),
}
EXCEPTED: dict[str, Reader] = {
    **CONDITIONS,
    "accounts": _listed(_account, '["111122223333"]'),
    "regions": _listed(_region, "[us-east-1]"),
}
READERS: dict[str, Reader] = {**CONDITIONS, "except": _except}
"""Every key of `from:` and how its value is read."""
