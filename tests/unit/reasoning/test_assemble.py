import json
from dataclasses import replace

from probing.outcome import State
from probing.wire import from_json, to_json
from reasoning.assemble import transition_of
from reasoning.case import RouteClass
from reasoning.diagnosis import diagnose
from reasoning.health import judge
from reasoning.pair import caught_up, new_pair
from reasoning.seeing import seen_of
from reasoning.transition import Health, Transition
from tests.support.cases import (
    ENI,
    INSIDE,
    ORDERS,
    PUBLIC,
    T0,
    VANTAGE,
    VPCE,
    captured_case,
    inventory,
    outcome,
    refused,
    sentinel,
    vpce,
)


def see(*probes, good=None):
    return [seen_of(ORDERS, p, VANTAGE, inventory(), good, (vpce(),)) for p in probes]


def looked():
    """The pair as it was at its first look, good, and as it stood when it failed."""
    first = judge(new_pair(T0 - 200), see(outcome(at=T0 - 60)), T0 - 60)
    before = caught_up(first.state, T0 - 30)
    bad = see(*(refused(at=T0 + n) for n in (0, 3, 12)), good=before.last_good)
    return first, before, judge(before, bad, T0 + 12)


def test_the_incident_leaves_as_one_transition_with_all_that_the_hub_needs():
    _, before, judged = looked()
    case = captured_case(last_good=before.last_good, sentinels=(sentinel(),))
    told = transition_of(before, judged, case, diagnose(case), now_at=T0 + 15)
    assert (told.before, told.after) == (Health.GOOD, Health.FAILING)
    assert (told.route_before, told.route_after) == (RouteClass.PUBLIC, RouteClass.VPCE)
    assert told.structural and not told.answered_5xx
    assert (told.last_good_at, told.first_bad_at, told.seen_at) == (T0 - 30, T0, T0 + 12)
    assert told.good_since_at == T0 - 60
    assert told.diagnosis.cause == "private_dns_captured" and told.diagnosis.proof
    assert told.looks == {
        "inside": f"{INSIDE} (interface {ENI} of {VPCE}) 403 ForbiddenException",
        "pinned": f"{PUBLIC} 200",
        "outside": f"{PUBLIC} 200",
        "sentinel": f"{sentinel().resolution.host} {INSIDE}",
    }
    assert from_json(Transition, json.loads(json.dumps(to_json(told)))) == told


def test_a_look_that_moves_nothing_makes_no_transition():
    first, before, _ = looked()
    steady = judge(before, see(outcome(at=T0)), T0)
    case = captured_case(inside=outcome(), route_class=RouteClass.PUBLIC)
    assert transition_of(before, steady, case, now_at=T0) is None
    told = transition_of(new_pair(T0 - 200), first, case, now_at=T0)
    assert (told.after, told.diagnosis, told.route_before) == (Health.GOOD, None, None)


def test_a_recovery_carries_no_cause_and_says_when_it_was_last_bad():
    _, _, judged = looked()
    before = judged.state
    good = judge(before, see(outcome(at=T0 + 400), outcome(at=T0 + 405)), T0 + 405)
    case = captured_case(inside=outcome(at=T0 + 405), route_class=RouteClass.PUBLIC)
    told = transition_of(before, good, case, diagnose(captured_case()), now_at=T0 + 406)
    assert (told.after, told.diagnosis) == (Health.GOOD, None)
    assert (told.route_before, told.route_after) == (RouteClass.VPCE, RouteClass.PUBLIC)
    assert told.facts["last_bad_at"] == T0 + 12
    assert told.seq == before.seq + 1 and "orders-api@" in told.pair
    assert case.inside.state is State.OK


def test_other_causes_stay_visible_beside_the_first():
    _, before, judged = looked()
    first = diagnose(captured_case())[0]
    second = replace(first, cause="another", rank=50)
    told = transition_of(before, judged, captured_case(), (first, second), now_at=T0)
    assert [one["cause"] for one in told.facts["other_causes"]] == ["another"]
