"""Patterns against texts: matched in a process that can be killed, so that none can hang a look."""

import time

import pytest

from probing.patterns import Matcher, PatternError, PatternTimeout


@pytest.fixture
def matcher():
    made = Matcher()
    yield made
    made.close()


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("pong", "ping pong", True),
        ("^pong", "ping pong", False),
        (r"(?i)grün\s+\d{2}", "alles GRÜN 42", True),
        ("", "", True),
        (r"\Aok\Z", "ok\n", False),
        ("x" * 10, "y" * 200_000, False),
    ],
)
def test_a_pattern_is_searched_for(matcher, pattern, text, found):
    assert matcher(pattern, text) is found


@pytest.mark.parametrize("pattern", ["(a+)+b", "a.*a.*a.*b", "(a|a)*b", "(.*)(.*)(.*)b"])
def test_a_pattern_that_never_ends_is_killed_and_the_next_one_matches(matcher, pattern):
    assert matcher("a", "a")
    started = time.monotonic()
    with pytest.raises(PatternTimeout):
        matcher(pattern, "a" * 65_536)
    # The promise is a quarter of a second; the margin is for a busy machine.
    assert time.monotonic() - started < 3
    assert matcher("a", "a")


def test_only_the_first_64_k_characters_are_looked_at(matcher):
    assert not matcher("z", "a" * 65_536 + "z")


def test_a_pattern_that_cannot_be_compiled_is_an_error_and_stops_nothing(matcher):
    with pytest.raises(PatternError):
        matcher("(", "a")
    assert matcher("a", "a")


def test_a_child_that_was_killed_by_others_is_replaced(matcher):
    assert matcher("a", "a")
    matcher._child.kill()
    matcher._child.wait()
    with pytest.raises((PatternTimeout, OSError)):
        matcher("a", "a")
    assert matcher("a", "a")


def test_closing_twice_does_nothing():
    made = Matcher()
    made.close()
    assert made("a", "a")
    made.close()
    made.close()
