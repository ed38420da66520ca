"""When the step `unthrottled` says that others were disturbed."""

from collections import Counter

import pytest

from lab.steps.unthrottled import beyond, disturbed

HERE = "222233334444:us-east-1"
COUNTED = {"limit": 10, "peaks": {HERE: 9}, "throttled": {}}


@pytest.mark.parametrize(
    ("before", "after", "is_disturbed"),
    [
        ({"ran": 4}, {"ran": 8}, False),
        ({"ran": 4}, {"ran": 4}, True),
        ({}, {}, True),
        ({"ran": 4}, {"ran": 8, "TooManyRequestsException": 1}, True),
        (
            {"ran": 4, "TooManyRequestsException": 1},
            {"ran": 8, "TooManyRequestsException": 1},
            True,
        ),
    ],
)
def test_work_goes_on_and_none_of_it_is_ever_refused(before, after, is_disturbed):
    assert bool(disturbed([Counter(before)], [Counter(after)])) is is_disturbed


@pytest.mark.parametrize(("at_most", "is_beyond"), [(None, False), (9, False), (8, True)])
def test_no_more_run_at_once_than_may(at_most, is_beyond):
    assert bool(beyond(COUNTED, at_most)) is is_beyond
