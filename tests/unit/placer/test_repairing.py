"""When a stack is tried again, and when people are told."""

import pytest

from placer.repairing import Attempt, due, failed, problem, tried

NOW = 1_800_000_000.0


def attempt(count, since, of="r2 subnet-1", **told):
    return Attempt(of=of, count=count, at=NOW - since, **told)


@pytest.mark.parametrize(
    "before, expected",
    [
        (None, True),
        (attempt(1, 299), False),
        (attempt(1, 300), True),
        (attempt(2, 899), False),
        (attempt(2, 900), True),
        (attempt(3, 1799), False),
        (attempt(3, 1800), True),
        (attempt(4, 3599), False),
        (attempt(40, 3600), True),
        (attempt(9, 1, of="r2 subnet-2"), True),
    ],
)
def test_each_attempt_waits_longer_and_another_one_begins_anew(before, expected):
    assert due(before, "r2 subnet-1", NOW) is expected


def test_attempts_are_counted_as_long_as_they_are_for_the_same():
    first = tried(None, "a", NOW)
    second = tried(failed(first, "no address"), "a", NOW + 300)
    assert (first.count, second.count, second.why, second.open) == (1, 2, "no address", True)
    assert tried(second, "b", NOW + 600) == Attempt(of="b", count=1, at=NOW + 600)


@pytest.mark.parametrize(
    "made, told",
    [
        (None, False),
        (attempt(2, 0, why="no address"), False),
        (attempt(3, 0), False),
        (attempt(3, 0, why="no address"), True),
    ],
)
def test_people_are_told_after_three_attempts_that_failed(made, told):
    assert ("no address" in problem(made)) is told
