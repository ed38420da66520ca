"""When Gatewatch may say that it sees again."""

import pytest

from reasoning.blind import blind, is_over
from reasoning.transition import Digest

NOW = 10_000.0


def member(*silent_for, at=NOW):
    looked = {f"vpc-{n}": NOW - seconds for n, seconds in enumerate(silent_for)}
    return Digest(account="111122223333", region="us-east-1", at=at, looked=looked)


FEW = member(1000, 10, 10, 10)
MANY = member(400, 400, 400, 10)
WHOLE = member(10, 10, 10, 10, at=NOW - 400)
WELL = member(10, 10, 10, 10)
PAUSED = Digest(account="111122223333", region="us-east-1", at=NOW, paused=True)


@pytest.mark.parametrize(
    ("before", "now", "over"),
    [
        (FEW, WELL, True),
        (MANY, WELL, True),
        (WHOLE, WELL, True),
        (WHOLE, MANY, True),
        (FEW, MANY, False),
        (FEW, WHOLE, False),
        (MANY, WHOLE, False),
        (MANY, member(400, 400, 10, 10), False),
        (MANY, member(10), True),
        (MANY, PAUSED, False),
        (WHOLE, PAUSED, False),
    ],
    ids=["few", "many", "whole", "the member is back, its vantages are told apart",
         "few became many", "few became all", "many became all", "fewer, not none", "unplaced",
         "paused", "the member is back, and paused"],
)  # fmt: skip
def test_a_blindness_ends_only_when_nothing_of_it_is_left(before, now, over):
    (told,) = blind(before, NOW)
    assert is_over(told, now, NOW) is over


def test_a_paused_member_is_not_blind():
    assert blind(PAUSED, NOW) == ()
    assert blind(PAUSED, NOW + 299) == ()
    assert blind(PAUSED, NOW + 300)[0].whole, "it must still report its minute"
