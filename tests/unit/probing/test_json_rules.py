"""Rules on JSON bodies: which paths are taken, what they say."""

import json

import pytest

from probing.endpoint import Rule
from probing.json_rules import judge, path_problem
from probing.outcome import Failure
from probing.patterns import PatternTimeout

BODY = {
    "status": "ok",
    "count": 1,
    "live": True,
    "checks": [{"name": "db", "healthy": True}, {"name": "mq", "healthy": False}],
    "version": "2.7.1",
    "nothing": None,
}


def matches(pattern: str, text: str) -> bool:
    if pattern == "slow":
        raise PatternTimeout("slow")
    return pattern in text


@pytest.mark.parametrize(
    ("rule", "failure"),
    [
        (Rule(at="status", equals='"ok"'), None),
        (Rule(at="status", equals='"down"'), Failure.HTTP_ASSERTION),
        (Rule(at="count", equals="1"), None),
        (Rule(at="count", equals="true"), Failure.HTTP_ASSERTION),
        (Rule(at="live", equals="1"), Failure.HTTP_ASSERTION),
        (Rule(at="checks[0].healthy", equals="true"), None),
        (Rule(at="checks[-1].healthy", equals="true"), Failure.HTTP_ASSERTION),
        (Rule(at="checks[?name=='db'].healthy | [0]", equals="true"), None),
        (Rule(at="checks[*].name", matches="mq"), None),
        (Rule(at="version", matches="2.7"), None),
        (Rule(at="version", matches="3."), Failure.HTTP_ASSERTION),
        (Rule(at="version", matches="slow"), Failure.PATTERN_TIMEOUT),
        (Rule(at="error", exists=False), None),
        (Rule(at="status", exists=False), Failure.HTTP_ASSERTION),
        (Rule(at="nothing", exists=True), Failure.HTTP_ASSERTION),
        (Rule(at="status.deeper[3]", exists=True), Failure.HTTP_ASSERTION),
    ],
)
def test_a_rule_is_kept_or_not(rule, failure):
    told = judge((rule,), json.dumps(BODY).encode(), matches)
    assert (told[0] if told else None) is failure


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"{", b"\xff\xfe", b"[" * 60_000, b'{"status": "ok"'], ids=repr
)
def test_a_body_that_is_no_json_fails_its_rules(body):
    told = judge((Rule(at="status"),), body[:65_536], matches)
    assert told is not None and told[0] is Failure.HTTP_ASSERTION


@pytest.mark.parametrize(
    ("body", "failure"),
    [
        (b'{"status": "ok", "more": "xxxx', Failure.CANARY_ERROR),
        (b' \n[{"status": "ok"}, ', Failure.CANARY_ERROR),
        (b'{"status": "ok"}', None),
        (b"<html>maintenance", Failure.HTTP_ASSERTION),
    ],
)
def test_that_we_read_no_more_of_a_body_is_no_failure_of_it(body, failure):
    told = judge((Rule(at="status || [0].status"),), body, matches, truncated=True)
    assert (told[0] if told else None) is failure


@pytest.mark.parametrize(
    "path", ["status", "a.b[0].c", "checks[?name=='db'].healthy", "a[*].b", "*.b", "a[].b", "@"]
)
def test_paths_that_can_be_used(path):
    assert path_problem(path) is None


@pytest.mark.parametrize(
    "path",
    ["", "a..b", "a[", "[@,@][]", "{a: b}", "length(@)", "sort_by(a, &b)", "[" * 2000],
    ids=lambda path: path[:20],
)
def test_paths_that_cannot(path):
    assert path_problem(path)
