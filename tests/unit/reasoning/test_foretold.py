"""Which losses an undo line foretold, and which are news; which costs it must name."""

from dataclasses import replace

import pytest

from reasoning.case import RouteClass
from reasoning.diagnose import Diagnosis
from reasoning.incident import Foretold
from reasoning.joining import begin, foretells, recover
from reasoning.transition import Health
from reasoning.undo import costs_of
from tests.support.story import CAPTOR, at, captured, known, loss, recovery, withdrawn

OTHER = "vpce-0fff"
GONE = {"route_before": RouteClass.VPCE, "route_after": RouteClass.NONE}
UNEXPLAINED = Diagnosis(cause="unexplained")


def open_incident():
    pair = loss("ledger-api").pair
    told = Foretold(pair=pair, endpoint="ledger-api", vpc_id="vpc-0a1", why="through it")
    made = begin(loss(), now_at=at("10:04:40"), min_good_seconds=900)
    return replace(made, foretold=(told,))


def undone():
    return recover(replace(open_incident(), failing=2), recovery(), now_at=at("10:22:06"))


@pytest.mark.parametrize(
    ("incident", "fields", "is_foretold"),
    [
        (open_incident, {**GONE, "diagnosis": withdrawn(CAPTOR)}, True),
        (open_incident, {**GONE, "diagnosis": withdrawn(OTHER)}, False),
        (open_incident, {**GONE, "diagnosis": captured()}, False),
        (open_incident, {**GONE, "diagnosis": Diagnosis(cause="failing_everywhere", host="x")},
         False),
        (open_incident, {**GONE, "diagnosis": UNEXPLAINED}, False),
        (undone, {**GONE, "diagnosis": UNEXPLAINED}, True),
        (undone, {**GONE, "diagnosis": None}, True),
        (undone, {**GONE, "route_after": RouteClass.PRIVATE, "diagnosis": None}, False),
        (undone, {**GONE, "route_after": RouteClass.VPCE, "diagnosis": None}, False),
        (undone, {**GONE, "diagnosis": Diagnosis(cause="failing_everywhere", host="x")}, False),
    ],
    ids=["withdrawn by the undo", "another endpoint's", "taken by the same capture",
         "broken by itself", "unexplained, nothing undone", "unexplained, undone",
         "undiagnosed, undone", "led elsewhere inside", "still through it",
         "broken by itself, undone"],
)  # fmt: skip
def test_only_what_the_undo_took_away_was_foretold(incident, fields, is_foretold):
    assert foretells(incident(), loss("ledger-api", **fields)) is is_foretold


THROUGH = {"route_class": RouteClass.VPCE, "vpc_endpoint_id": CAPTOR}


@pytest.mark.parametrize(
    ("pair", "named"),
    [
        (known("ledger-api", **THROUGH), True),
        (known("ledger-api", **THROUGH, health=Health.UNKNOWN), True),
        (known("ledger-api", **THROUGH, health=Health.CHANGING), True),
        (known("ledger-api", **THROUGH, health=Health.FLAPPING), True),
        (known("ledger-api", **THROUGH, health=Health.FAILING), False),
        (known("ledger-api", **THROUGH, health=Health.NEVER_GOOD), False),
        (known("ledger-api", health=Health.UNKNOWN, route_class=RouteClass.NONE), True),
        (known("x", health=Health.UNKNOWN, route_class=RouteClass.NONE, vpc_id="vpc-0b2"), False),
        (known("ledger-api", health=Health.CHANGING, route_class=RouteClass.NONE), True),
        (known("x", health=Health.CHANGING, vpc_id="vpc-0b2"), False),
        (known("ledger-api"), False),
    ],
)
def test_costs_name_all_that_is_not_known_to_be_down_or_elsewhere(pair, named):
    assert bool(costs_of(captured(), {"pair": pair})) is named


def test_a_pair_that_changes_just_now_is_not_called_private():
    wavers = known("orders-api", **THROUGH, health=Health.CHANGING)
    (loss,) = costs_of(captured(), {"pair": wavers})
    assert loss.why == "its way changes just now, and may be this endpoint"
