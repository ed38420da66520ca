"""Looks of a VPC among others: it takes its turn, pays for what it asked, says why not."""

from dataclasses import replace
from itertools import pairwise

from checker.rate import Share
from checker.taking_part import LeftOut
from tests.unit.checker.stubs import Sight


def crowd(world, vpcs, max_rate):
    """`vpcs` placed VPCs in all, the world's own among them; the pair is good."""
    world.place(*(f"vpc-{number:08x}" for number in range(vpcs - 1)))
    world.settings = replace(world.settings, max_rate=max_rate)
    world.member = world.new_member()
    world.tick()
    while world.pair("orders") is None or world.pair("orders").state.hard != "good":
        world.minute()
    # The outside look of the first sight is paid for by then.
    world.clock.sleep_seconds(300)


def until(world, state):
    world.minute()
    while world.last_look().pairs["orders"].state != state:
        world.minute()


def states(world, minutes):
    """The last look's word on `orders` after each of so many minutes."""
    found = []
    for _ in range(minutes):
        world.minute()
        row = world.last_look().pairs["orders"]
        found.append((row.state, row.skipped))
    return found


def test_a_vpc_looks_in_its_turn_and_says_why_it_does_not(world):
    crowd(world, 4, 2 / 60)
    found = states(world, 6)
    assert set(found) == {("ok", ""), ("skipped", "rate")}
    assert found.count(("ok", "")) == 3
    assert all(one != other for one, other in pairwise(found))


def test_a_look_that_is_left_out_writes_nothing_and_keeps_what_was_known(world):
    crowd(world, 4, 2 / 60)
    rev = world.pair("orders").rev
    rows = []
    for _ in range(4):
        world.minute()
        rows.append(world.last_look().pairs["orders"])
    assert world.pair("orders").rev == rev
    assert {row.health for row in rows} == {"good"}
    assert len({(row.route_class, row.host, row.good_since_at) for row in rows}) == 1
    assert len(world.transitions()) == 1


def test_last_good_is_the_last_look_that_was_not_left_out(world):
    crowd(world, 4, 2 / 60)
    until(world, "ok")
    good_at = world.last_look().at
    world.minute()
    assert world.last_look().pairs["orders"].state == "skipped"
    world.sights.inside["orders"] = Sight(status=503)
    world.minute()
    [*_, last] = world.bus.bodies("Gatewatch Transitions")[-1]
    assert (last["after"], last["last_good_at"]) == ("failing", good_at)


def test_a_look_that_has_begun_is_confirmed_and_pays_for_it(world):
    crowd(world, 3, 3 / 60)
    world.sights.inside["orders"] = Sight(status=503)
    while world.pair("orders").state.hard != "failing":
        world.minute()
    # Five requests of one a minute: what is beyond one, less the minute that one may be ahead.
    found = states(world, 8)
    assert found[:3] == [("skipped", "rate")] * 3
    assert ("failing", "") in found


def test_a_look_after_a_change_waits_for_no_turn(world):
    crowd(world, 4, 2 / 60)
    until(world, "skipped")
    world.clock.sleep_seconds(20)
    world.look(why="change")
    assert world.last_look().pairs["orders"].state == "ok"
    world.clock.sleep_seconds(20)
    world.look(why="change")
    assert world.last_look().pairs["orders"].skipped == "rate"


def test_endpoints_that_few_vpcs_look_at_are_never_left_out(world):
    world.vpc = "vpc-00000001"
    world.register("near", **{"from": {"vpcs": [world.vpc]}})
    crowd(world, 4, 2 / 60)
    rows = []
    for _ in range(4):
        world.minute()
        rows.append(world.last_look().pairs["near"].state)
    assert rows == ["ok"] * 4


def test_a_fleet_below_its_rate_keeps_nothing_of_it(world):
    world.look()
    for _ in range(3):
        world.minute()
    share = Share(rank=0, of=1, max_rate=1.0)
    kept = world.last_look().budget.paid_until
    assert all(at - world.last_look().at <= 3 * share.request_seconds for at in kept.values())
    assert share.request_seconds == 1.0


def test_reasons_are_told_apart(world):
    world.look()
    for _ in range(14):
        world.minute(1)
    assert world.last_look().pairs["orders"].skipped == LeftOut.BUDGET
