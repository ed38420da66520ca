"""A function's settings, read once from its environment: all that is wrong is named at once."""

from collections.abc import Mapping
from dataclasses import fields
from enum import Enum
from typing import Any, TypeVar

Settings = TypeVar("Settings")


class SettingsError(ValueError):
    """Variables of a function's environment are missing or malformed; the text names them all."""


def read(kind: type[Settings], environ: Mapping[str, str], *, where: str) -> Settings:
    """The dataclass `kind`: each field is the variable of its name in capitals, text, a number
    or an enum.

    `where` says which template sets them. Raises SettingsError.
    """
    values: dict[str, Any] = {}
    missing, malformed = [], []
    for field in fields(kind):  # type: ignore[arg-type]
        name = field.name.upper()
        text = environ.get(name, "")
        if not text:
            missing.append(name)
            continue
        try:
            values[field.name] = _value(field.type, text)
        except ValueError as wrong:
            malformed.append(f"{name}={text!r} is {wrong}")
    if missing:
        malformed.insert(0, f"missing {', '.join(missing)}")
    if malformed:
        raise SettingsError(f"{'; '.join(malformed)}; {where} sets them")
    return kind(**values)


def _value(kind: Any, text: str) -> Any:
    """`text` as a value of that annotation; ValueError says what it is not."""
    if kind in (float, "float"):
        return _number(text)
    if isinstance(kind, type) and issubclass(kind, Enum):
        allowed = [str(member.value) for member in kind]
        if text not in allowed:
            raise ValueError(f"none of {', '.join(allowed)}")
        return kind(text)
    return text


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not number >= 0:
        raise ValueError("no number of 0 or more")
    return number
