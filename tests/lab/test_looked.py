"""When the step `looked` says that looks were lost."""

import pytest

from lab.looks import NotSeen
from lab.steps import looked


@pytest.mark.parametrize(
    ("times", "longest"),
    [([0, 60, 120], 60), ([0, 300], 300), ([0, 30, 210, 240], 180), ([5, 5], 0)],
)
def test_the_longest_pause_counts(times, longest):
    assert looked.widest(times) == longest


def hits(*times, vpc="vpc-0a"):
    return [{"at": at, "vpc": vpc} for at in times]


SEEN = hits(60, 120, 180, 240)


def test_a_time_that_no_pause_is_too_long_for_is_refused():
    with pytest.raises(NotSeen, match="want more than 3"):
        looked.run(None, {"vpcs": ["a"], "looks": 3})


def test_requests_without_a_long_pause_are_no_loss():
    looked.hold(SEEN, "vpc-0a", since=0, now=300, longest=60)


@pytest.mark.parametrize(
    "seen",
    [hits(60, 240), hits(60, 120), hits(180, 240), [], hits(60, 120, 180, 240, vpc="vpc-0b")],
)
def test_a_pause_in_the_midst_at_an_end_or_over_all_is_told(seen):
    with pytest.raises(NotSeen, match="vpc-0a: nothing was asked"):
        looked.hold(seen, "vpc-0a", since=0, now=300, longest=60)
