from dataclasses import replace

import pytest

from checker import snapshot
from probing.outcome import View
from tests.unit.checker.stubs import PUBLIC, Sight

INWARD = Sight(address="10.0.0.91", status=403)


def failing(world, **inside):
    """The endpoint was good a minute ago and answers 403 from an inward address now."""
    world.look()
    world.sights.inside["orders"] = Sight(**{"address": "10.0.0.91", "status": 403} | inside)
    world.sights.works.clear()
    world.minute()


def test_the_first_good_look_is_a_transition_that_the_hub_hears_of(world):
    world.look()
    assert world.transitions() == [[("orders", "never_good", "good")]]


def test_a_steady_look_tells_the_hub_nothing_and_writes_the_vpc_alone(world):
    world.look()
    before = world.pair("orders").rev
    world.minute()
    assert len(world.transitions()) == 1
    assert world.pair("orders").rev == before
    assert world.last_look().at > world.pair("orders").state.last_good.at


def test_a_failure_is_confirmed_3_and_12_seconds_after_the_first_probe_ended(world):
    failing(world)
    times = [
        at for at, work in world.sights.works if any(p.view is View.INSIDE for p in work.probes)
    ]
    assert [round(at - times[0], 1) for at in times] == [0.0, 3.1, 12.1]


def test_the_inside_look_is_held_against_outside_and_pinned_once(world):
    failing(world)
    assert len(world.sights.probes(View.OUTSIDE)) == 1
    assert [p.pin for p in world.sights.probes(View.PINNED)] == [PUBLIC]


def test_captured_private_dns_is_named_with_its_endpoint(world):
    endpoint_id = world.capture()
    failing(world)
    [*_, last] = world.bus.bodies("Gatewatch Transitions")[-1]
    assert (last["before"], last["after"]) == ("good", "failing")
    assert last["diagnosis"]["cause"] == "private_dns_captured"
    assert last["diagnosis"]["subject"] == endpoint_id
    assert last["structural"] and last["diagnosis"]["proof"]


def test_a_transition_shows_what_was_seen_from_each_view(world):
    failing(world)
    [*_, last] = world.bus.bodies("Gatewatch Transitions")[-1]
    assert set(last["looks"]) == {"inside", "pinned", "outside"}
    assert "403" in last["looks"]["inside"] and "200" in last["looks"]["pinned"]


def test_a_single_bad_probe_is_no_transition(world):
    world.look()
    world.sights.inside["orders"] = [Sight(status=500), Sight()]
    world.minute()
    assert len(world.transitions()) == 1


def test_good_again_after_two_good_probes_five_seconds_apart(world):
    failing(world)
    world.minute(360)  # within five minutes the route would be `changing`
    world.sights.inside["orders"] = Sight()
    world.sights.works.clear()
    world.minute()
    assert world.transitions()[-1][-1] == ("orders", "failing", "good")
    first, second = (at for at, _ in world.sights.works)
    assert round(second - first, 1) == 5.1


def test_all_pairs_are_confirmed_together_and_told_in_one_message(world):
    for name in ("a", "b", "c"):
        world.register(name)
    world.tick()
    world.look()
    world.bus.taken.clear()
    world.sights.inside |= dict.fromkeys(("a", "b", "orders"), INWARD)
    world.sights.works.clear()
    world.minute()
    [message] = world.transitions()
    moved = [name for name, _, after in message if after == "failing"]
    assert moved == ["a", "b", "orders"]
    inside = [w for _, w in world.sights.works if w.probes[0].view is View.INSIDE]
    assert [len({p.endpoint.id for p in w.probes}) for w in inside] == [4, 3, 3]


def test_a_canary_that_does_not_answer_makes_all_unknown_and_moves_nothing(world):
    world.look()
    world.sights.broken = "gatewatch-canary failed: Sandbox.Timedout"
    world.minute()
    look = world.last_look()
    assert look.state == "unknown" and "Timedout" in look.reason
    assert look.pairs["orders"].state == "unknown"
    assert world.pair("orders").state.hard == "good"
    assert len(world.transitions()) == 1


def test_last_good_stays_the_last_look_that_saw_it_good(world):
    world.look()
    world.minute()
    good_at = world.last_look().at
    world.sights.broken = "throttled"
    world.minute()
    world.sights.broken = None
    world.sights.inside["orders"] = INWARD
    world.minute()
    [*_, last] = world.bus.bodies("Gatewatch Transitions")[-1]
    assert last["last_good_at"] == good_at


def test_what_the_bus_refused_leaves_with_the_next_look_in_order(world):
    world.bus.refusing = True
    world.look()
    world.sights.inside["orders"] = INWARD
    world.minute()
    assert world.last_look().unsent == ("orders",)
    world.bus.refusing = False
    world.minute()
    assert world.transitions() == [
        [("orders", "never_good", "good"), ("orders", "good", "failing")]
    ]
    [body] = world.bus.bodies("Gatewatch Transitions")
    assert body[0]["seq"] < body[1]["seq"]
    assert world.last_look().unsent == () and not world.pair("orders").unsent


def test_every_message_of_a_pair_carries_its_last_transitions(world):
    failing(world)
    assert world.transitions()[-1] == [
        ("orders", "never_good", "good"),
        ("orders", "good", "failing"),
    ]


def test_the_tick_sends_again_what_no_look_sends(world):
    world.bus.refusing = True
    world.look()
    world.bus.refusing = False
    world.tick()
    assert world.transitions() == [[("orders", "never_good", "good")]]
    assert not world.pair("orders").unsent


def test_outside_is_looked_at_first_sight_and_every_ten_minutes(world):
    world.look()
    assert len(world.sights.probes(View.OUTSIDE)) == 1
    for _ in range(9):
        world.minute()
    assert len(world.sights.probes(View.OUTSIDE)) == 1
    world.minute()
    assert len(world.sights.probes(View.OUTSIDE)) == 2


def test_while_failing_pinned_and_outside_wait_for_new_evidence_or_five_minutes(world):
    failing(world)
    world.sights.works.clear()
    for _ in range(4):
        world.minute()
    assert not world.sights.probes(View.PINNED)
    world.sights.inside["orders"] = replace(INWARD, status=502)
    world.minute()
    assert len(world.sights.probes(View.PINNED)) == 1
    for _ in range(5):
        world.minute()
    assert len(world.sights.probes(View.PINNED)) == 2


def test_pinned_is_left_out_where_outside_was_never_good(world):
    world.sights.outside["orders"] = Sight(status=None)
    failing(world)
    assert not world.sights.probes(View.PINNED)


@pytest.mark.parametrize("expected, after", [("public", "failing"), ("private", None)])
def test_a_name_that_leads_elsewhere_than_expected_fails(world, expected, after):
    world.register("orders", expect={"resolves_to": expected, "status": [200, 403]})
    world.tick()
    world.sights.inside["orders"] = Sight(address=PUBLIC if expected == "public" else "10.0.0.9")
    world.look()
    world.sights.inside["orders"] = Sight(address="10.0.0.9")
    world.minute()
    world.minute()
    health = world.pair("orders").state.hard
    assert health == (after or "good")


def test_no_endpoint_gets_more_than_twelve_requests_in_a_minute(world):
    world.look()
    world.sights.inside["orders"] = INWARD
    start = world.clock.now_at()
    while world.clock.now_at() < start + 300:
        world.minute(2)
    times = [at for at, work in world.sights.works for _ in work.probes]
    assert max(sum(t <= other < t + 60 for other in times) for t in times) <= 12
    assert world.last_look().pairs["orders"].state in ("skipped", "failing")


def test_a_look_that_is_skipped_moves_no_counter(world):
    world.look()
    for _ in range(14):
        world.minute(1)
    assert world.last_look().pairs["orders"].state == "skipped"
    assert world.pair("orders").state.hard == "good"
    assert len(world.transitions()) == 1


def test_endpoints_are_looked_at_from_the_vpcs_that_they_name(world):
    world.register("elsewhere", **{"from": {"vpcs": ["vpc-0000000b"]}})
    world.tick()
    kept = snapshot.load_registry(world.table)
    assert [endpoint.id for endpoint in kept.endpoints] == ["orders"]
    assert [(one.endpoint, one.source) for one in kept.nowhere] == [
        ("elsewhere", "ssm:/gatewatch/endpoints/elsewhere")
    ]
    world.look()
    assert set(world.last_look().pairs) == {"orders"}


def test_a_sentinel_that_resolves_inward_is_remembered_as_captured(world):
    world.sights.sentinel = Sight(address="10.0.0.91")
    world.look()
    assert world.last_look().captured == ("execute-api.us-east-1.amazonaws.com",)


def test_a_vpc_without_a_canary_is_not_looked_at(world):
    world.look(world.vpcs[1])
    assert not world.sights.works
