"""Records from data and back: every annotation in use, and what is refused without its value."""

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

import pytest

from probing.plain import Wrong, reader, write


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inner:
    at: float
    colour: Colour = Colour.RED


@dataclass(frozen=True, slots=True, kw_only=True)
class Outer:
    name: str
    count: int = 0
    good: bool = False
    inner: Inner | None = None
    many: tuple[Inner, ...] = ()
    pairs: tuple[tuple[str, int], ...] = ()
    names: list[str] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    free: Any = None


WHOLE = Outer(
    name="a",
    count=2,
    good=True,
    inner=Inner(at=1.5),
    many=(Inner(at=1.0), Inner(at=2.0)),
    pairs=(("x", 1),),
    names=["n"],
    headers={"k": "v"},
    free={"any": [1, None]},
)


def lists(value: Any) -> Any:
    """As JSON gives it back."""
    if isinstance(value, dict):
        return {key: lists(item) for key, item in value.items()}
    return [lists(item) for item in value] if isinstance(value, list | tuple) else value


def test_what_is_written_is_what_dataclasses_write_and_reads_back():
    assert write(WHOLE) == asdict(WHOLE)
    assert reader(Outer)(lists(write(WHOLE))) == WHOLE


def test_unknown_keys_are_passed_over_and_absent_ones_take_their_default():
    assert reader(Outer)({"name": "a", "of_tomorrow": 1}) == Outer(name="a")


def test_whole_numbers_are_read_where_fractions_are_written():
    at = reader(Inner)({"at": 3}).at
    assert at == 3.0 and isinstance(at, float)


@pytest.mark.parametrize(
    ("data", "path"),
    [
        ([], []),
        ({}, ["name"]),
        ({"name": 5}, ["name"]),
        ({"name": None}, ["name"]),
        ({"name": "a", "count": "5"}, ["count"]),
        ({"name": "a", "count": 1.5}, ["count"]),
        ({"name": "a", "good": 1}, ["good"]),
        ({"name": "a", "inner": {"at": "soon"}}, ["inner", "at"]),
        ({"name": "a", "inner": {"at": 1, "colour": "hunter2"}}, ["inner", "colour"]),
        ({"name": "a", "inner": {"at": 1, "colour": []}}, ["inner", "colour"]),
        ({"name": "a", "many": {"at": 1}}, ["many"]),
        ({"name": "a", "many": [{"at": 1}, {}]}, ["many", "at"]),
        ({"name": "a", "pairs": [["x"]]}, ["pairs"]),
        ({"name": "a", "pairs": [["x", "hunter2"]]}, ["pairs"]),
        ({"name": "a", "names": "hunter2"}, ["names"]),
        ({"name": "a", "headers": {"k": 5}}, ["headers"]),
        ({"name": "a", "headers": []}, ["headers"]),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place_and_without_its_value(data, path):
    with pytest.raises(Wrong) as told:
        reader(Outer)(data)
    assert told.value.path == path
    assert told.value.what and "hunter2" not in told.value.what


@pytest.mark.parametrize("kind", [set[str], str | int, str | int | None, object])
def test_an_annotation_without_a_reader_is_a_mistake_in_the_record(kind):
    with pytest.raises(TypeError, match="no reader"):
        reader(kind)
