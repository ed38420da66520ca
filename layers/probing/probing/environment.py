"""A function's settings, read once from its environment: all that is wrong is named at once."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar

Settings = TypeVar("Settings")


class SettingsError(ValueError):
    """Variables of a function's environment are missing or malformed; the text names them all."""


def read(kind: type[Settings], environ: Mapping[str, str], *, where: str) -> Settings:
    """The dataclass `kind`: each field is the variable of its name in capitals, text or a number.

    `where` says which template sets them. Raises SettingsError.
    """
    values: dict[str, Any] = {}
    missing, malformed = [], []
    for field in fields(kind):  # type: ignore[arg-type]
        name = field.name.upper()
        text = environ.get(name, "")
        if not text:
            missing.append(name)
        elif field.type not in (float, "float"):
            values[field.name] = text
        elif (number := _number(text)) is None:
            malformed.append(f"{name}={text!r} is no number of 0 or more")
        else:
            values[field.name] = number
    if missing:
        malformed.insert(0, f"missing {', '.join(missing)}")
    if malformed:
        raise SettingsError(f"{'; '.join(malformed)}; {where} sets them")
    return kind(**values)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if number >= 0 else None
