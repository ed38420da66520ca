"""Looks at an endpoint that refuses us: unknown, asked less, and in the end told as it is."""

import json

from checker import our_load, pairs
from checker.our_load import Load
from checker.packed import pack, unpack
from probing.outcome import View
from tests.unit.checker.stubs import Sight

LATER = Sight(status=429)


def test_a_pair_written_before_there_was_such_a_thing_is_read(world):
    world.look()
    found = world.table.get(pairs.key("orders", world.vpc))
    body = unpack(found)
    assert body.pop("load") is None
    read = pairs.load({**found, "body": {"B": pack(body)}})
    assert read == world.pair("orders") and read.load is None


def test_what_is_kept_of_a_refusal_comes_back_as_it_was(world):
    refused(world)
    assert world.pair("orders").load == Load(
        since_at=world.last_look().at,
        step=1,
        not_before_at=world.last_look().at + 120 - our_load.SPARE_SECONDS,
    )


def refused(world, sight=LATER):
    """`orders` was good and refuses from now on; the look that meets it first is done."""
    world.look()
    world.sights.inside["orders"] = sight
    world.sights.works.clear()
    world.minute()


def course(world, minutes):
    """When `orders` was asked from inside, in minutes from now, and what each look made of it."""
    start, told = world.clock.now_at(), []
    world.sights.works.clear()
    for _ in range(minutes):
        world.minute()
        row = world.last_look().pairs["orders"]
        told.append(row.skipped or row.state)
    times = [at for at, w in world.sights.works if w.probes and w.probes[0].view is View.INSIDE]
    return [round((at - start) / 60, 1) for at in times], told


def test_a_refusal_is_unknown_and_neither_confirmed_nor_held_against_other_looks(world):
    refused(world)
    assert [len(work.probes) for _, work in world.sights.works] == [1]
    row = world.last_look().pairs["orders"]
    assert (row.state, row.health) == ("unknown", "unknown")
    assert world.pair("orders").state.hard == "good"
    assert len(world.transitions()) == 1


def test_a_refused_endpoint_is_asked_every_2nd_4th_and_8th_minute_and_then_told(world):
    refused(world)
    asked, told = course(world, 30)
    # Told 14 minutes after the first: that look confirms (three probes), and later ones stay slow.
    first = [at for n, at in enumerate(asked) if n == 0 or at - asked[n - 1] > 0.5]
    assert [round(at) for at in first] == [2, 6, 14, 22, 30]
    assert [told[minute - 1] for minute in (2, 6)] == ["unknown"] * 2
    assert told.count("load") == 25
    assert told[13] == "failing" and asked[2:5] == [14.0, 14.1, 14.2]
    assert world.transitions()[-1][-1] == ("orders", "good", "failing")
    [*_, last] = world.bus.bodies("Gatewatch Transitions")[-1]
    assert "429" in last["looks"]["inside"]


def test_what_lasts_is_a_failure_everywhere_when_it_is_so_outside_too(world):
    world.sights.outside["orders"] = [Sight(), LATER]
    refused(world)
    course(world, 14)
    [*_, last] = world.bus.bodies("Gatewatch Transitions")[-1]
    assert last["diagnosis"]["cause"] == "failing_everywhere"


def test_after_good_answers_the_pace_comes_back_step_by_step(world):
    refused(world)
    course(world, 6)
    world.sights.inside["orders"] = Sight()
    asked, told = course(world, 20)
    assert [round(at) for at in asked][:4] == [8, 12, 14, 15]
    assert told[14:] == ["ok"] * 6
    assert world.pair("orders").load is None
    assert world.last_look().pairs["orders"].health == "good"
    assert len(world.transitions()) == 1


def test_a_failing_endpoint_that_answers_again_is_good_at_its_next_look(world):
    refused(world)
    course(world, 14)
    world.sights.inside["orders"] = Sight()
    course(world, 8)
    assert world.transitions()[-1][-1] == ("orders", "failing", "good")


def test_nothing_is_asked_before_retry_after(world):
    refused(world, Sight(status=429, headers=(("retry-after", "1500"),)))
    world.sights.inside["orders"] = Sight()
    began = world.clock.now_at()
    course(world, 30)
    # Neither from inside nor, when its ten minutes are over, from outside.
    first_at = next(at for at, work in world.sights.works if work.probes)
    assert 1490 <= first_at - began <= 1560


def test_other_endpoints_are_looked_at_meanwhile(world):
    world.register("plain")
    world.tick()
    refused(world)
    for _ in range(5):
        world.minute()
        assert world.last_look().pairs["plain"].state == "ok"


def test_a_refusal_among_confirmations_ends_them(world):
    world.look()
    world.sights.inside["orders"] = [Sight(status=503), LATER]
    world.sights.works.clear()
    world.minute()
    inside = world.sights.probes(View.INSIDE)
    assert len(inside) == 2
    assert world.pair("orders").state.hard == "good" and world.pair("orders").load.step == 1


def test_a_pinned_refusal_is_no_evidence_and_slows_us_too(world):
    world.sights.pinned["orders"] = LATER
    refused(world, Sight(address="10.0.0.91", status=403))
    assert len(world.sights.probes(View.PINNED)) == 1
    assert world.pair("orders").load.step == 1
    assert len(world.sights.probes(View.INSIDE)) == 2


def test_an_outside_refusal_is_no_evidence_and_its_retry_after_is_kept(world):
    later = Sight(status=429, headers=(("retry-after", "1200"),))
    world.sights.outside["orders"] = [Sight(), later]
    refused(world, Sight(address="10.0.0.91", status=403))
    [*_, last] = world.bus.bodies("Gatewatch Transitions")[-1]
    assert last["after"] == "failing"
    assert last["diagnosis"]["cause"] != "failing_everywhere"
    world.sights.works.clear()
    began = world.clock.now_at()
    while not world.sights.probes(View.OUTSIDE):
        world.minute()
    assert world.clock.now_at() - began >= 1140


def test_an_endpoint_that_was_never_good_is_told_as_it_is_and_asked_less(world):
    world.sights.inside["orders"] = LATER
    world.look()
    assert world.last_look().pairs["orders"].state == "failing"
    _, told = course(world, 4)
    assert told == ["load", "failing", "load", "load"]


def test_looks_after_a_change_keep_off_too(world):
    refused(world)
    world.clock.sleep_seconds(20)
    world.look(why="change")
    assert world.last_look().pairs["orders"].skipped == "load"


def test_where_the_canary_stands_for_nobody_the_route_decides_and_the_pace_slows(world):
    value = {"function": "f", "subnets": "subnet-1", "not_representative": "no way out"}
    world.clients.ssm.put_parameter(
        Name=f"/gatewatch/vantages/{world.vpc}",
        Value=json.dumps(value),
        Type="String",
        Overwrite=True,
    )
    world.tick()
    refused(world)
    assert world.last_look().pairs["orders"].state == "ok"
    _, told = course(world, 2)
    assert told == ["load", "ok"]
