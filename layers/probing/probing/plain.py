"""Frozen records from JSON-able data and back, by their annotations: unknown keys are passed over.

A reader is made once for each record and kept; made by a library at each call, the reading of a
look's messages took a third of its CPU (docs/performance.md). Annotations may be str, int, float,
bool, Any, an enum, a record, tuple, list, Mapping or dict of such, and any of them or None.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

Reader = Callable[[Any], Any]

_LEAVES = frozenset({str, int, float, bool, NoneType})


class Wrong(Exception):
    """What does not fit: `path` leads there, `what` says how it does not. The value stays out of
    both: it may be a credential."""

    def __init__(self, what: str, *path: str) -> None:
        super().__init__(what)
        self.what = what
        self.path = list(path)


def write(value: Any) -> Any:
    """Records become dicts, in depth; everything else stays what it is."""
    kind: Any = type(value)
    if kind in _LEAVES:
        return value
    names = _names(kind)
    if names is not None:
        return {name: write(getattr(value, name)) for name in names}
    if kind is tuple:
        return tuple([write(item) for item in value])
    if kind is list:
        return [write(item) for item in value]
    if kind is dict:
        return {key: write(item) for key, item in value.items()}
    return value


@cache
def _names(kind: type) -> tuple[str, ...] | None:
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else None


@cache
def reader(kind: Any) -> Reader:
    """What reads a value of that annotation; it raises Wrong.

    TypeError for an annotation that has no reader: a mistake in the record.
    """
    origin, arguments = get_origin(kind), get_args(kind)
    if kind is Any:
        return lambda value: value
    if kind is float:
        return _float
    if kind in _LEAVES:
        return _exactly(kind)
    if origin in (Union, UnionType):
        return _optional(arguments)
    if origin is tuple:
        return _tuple(arguments)
    if origin is list:
        return _list(reader(arguments[0]))
    if origin in (dict, Mapping):
        return _dict(reader(arguments[0]), reader(arguments[1]))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _enum(kind)
    if is_dataclass(kind) and isinstance(kind, type):
        return _record(kind)
    raise TypeError(f"no reader for the annotation {kind!r}")


def _exactly(kind: type) -> Reader:
    def read(value: Any) -> Any:
        if not isinstance(value, kind):
            raise Wrong(f"is no {kind.__name__}")
        return value

    return read


def _float(value: Any) -> float:
    """Numbers of any kind: JSON writes 1.0 as 1, a table gives decimals back."""
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        raise Wrong("is no number") from None


def _enum(kind: type[Enum]) -> Reader:
    members = {member.value: member for member in kind}

    def read(value: Any) -> Enum:
        try:
            return members[value]
        except (KeyError, TypeError):
            raise Wrong(f"is no {kind.__name__}") from None

    return read


def _optional(arguments: tuple[Any, ...]) -> Reader:
    inner = [argument for argument in arguments if argument is not NoneType]
    if len(inner) != 1 or len(arguments) != 2:
        raise TypeError(f"no reader for a choice of {arguments!r}")
    read_inner = reader(inner[0])
    return lambda value: None if value is None else read_inner(value)


def _items(value: Any) -> list[Any] | tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise Wrong("is no list")
    return value


def _list(read_item: Reader) -> Reader:
    return lambda value: [read_item(item) for item in _items(value)]


def _tuple(arguments: tuple[Any, ...]) -> Reader:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        read_item = reader(arguments[0])
        return lambda value: tuple([read_item(item) for item in _items(value)])
    readers = tuple(reader(argument) for argument in arguments)

    def read(value: Any) -> tuple[Any, ...]:
        if len(_items(value)) != len(readers):
            raise Wrong(f"has not {len(readers)} parts")
        return tuple([read_item(item) for read_item, item in zip(readers, value, strict=True)])

    return read


def _dict(read_key: Reader, read_value: Reader) -> Reader:
    def read(value: Any) -> dict[Any, Any]:
        if not isinstance(value, dict):
            raise Wrong("is no mapping")
        return {read_key(key): read_value(item) for key, item in value.items()}

    return read


def _required(field: "Field[Any]") -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _record(kind: type) -> Reader:
    hints = get_type_hints(kind)
    known = {field.name: (reader(hints[field.name]), _required(field)) for field in fields(kind)}

    def read(value: Any) -> Any:
        if not isinstance(value, dict):
            raise Wrong("is no mapping")
        given: dict[str, Any] = {}
        for name, (read_field, required) in known.items():
            if name in value:
                try:
                    given[name] = read_field(value[name])
                except Wrong as wrong:
                    wrong.path.insert(0, name)
                    raise
            elif required:
                raise Wrong("is missing", name)
        return kind(**given)

    return read
