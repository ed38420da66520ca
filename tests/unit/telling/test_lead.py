"""Whom a message is about: the worst, then who shows the proof, then the first."""

from dataclasses import replace

from reasoning.blame import blame
from reasoning.followup import text_of
from reasoning.joining import begin, blamed, join
from reasoning.told import Reason
from reasoning.transition import Transition
from tests.support.story import ACCOUNT, at, captured, creation, endpoint, loss


def opened(first: Transition, *rest: Transition) -> str:
    made = begin(first, now_at=at("10:04:40"), min_good_seconds=900)
    for one in rest:
        made = join(made, one, now_at=at("10:04:40"), min_good_seconds=900)
    assert made.diagnosis is not None
    found = blame(
        made.diagnosis,
        first_bad_at=made.first_bad_at,
        last_good_at=made.last_good_at,
        ledger=(creation(),),
        members=frozenset({ACCOUNT}),
    )
    return text_of(blamed(made, found, now_at=at("10:05:00")), Reason.OPENED)


def listed(**fields: object) -> Transition:
    """An API that answers to few addresses alone: nobody sees it well from outside."""
    inside = {"inside": loss().looks["inside"]}
    return loss("allow-listed", diagnosis=captured(proof=False), looks=inside, **fields)


def test_what_is_proven_is_told_of_a_pair_that_shows_it() -> None:
    for order in ((listed(), loss()), (loss(), listed())):
        text = opened(*order)
        assert "PROVEN" in text and text.startswith("DOWN orders-api +1 ")
        assert "outside 200" in text


def test_a_worse_one_stays_whom_it_is_about() -> None:
    worse = replace(listed(), endpoint=endpoint("allow-listed", severity="critical"))
    for order in ((worse, loss()), (loss(), worse)):
        assert opened(*order).startswith("DOWN allow-listed +1 ")
