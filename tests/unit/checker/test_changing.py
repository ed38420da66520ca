"""Looks at a name that alternates: what is asked, how often, and with which evidence it ends."""

from probing.outcome import View
from reasoning.transition import Health
from tests.unit.checker.stubs import Sight

PUBLIC, INWARD = Sight(), Sight(address="10.0.0.91", status=403)


def again(world):
    """The look that the last one asked for, when it is due."""
    (asked,) = [m for m in world.queued() if m["why"] == "changing"]
    world.clock.sleep_seconds(asked["not_before"] - world.clock.now_at())
    world.look(why="changing", hops=asked["hops"])


def health(world):
    return world.pair("orders").state.health


def wavers(world, *sights):
    world.sights.inside["orders"] = list(sights)


def test_each_look_at_an_alternating_name_takes_three_probes_and_the_last_one_is_proof(world):
    world.look()
    world.capture()
    wavers(world, INWARD, PUBLIC, INWARD)
    world.minute()
    assert health(world) is Health.CHANGING
    wavers(world, PUBLIC, PUBLIC, INWARD)
    again(world)
    world.sights.works.clear()
    wavers(world, INWARD)
    again(world)
    assert health(world) is Health.CHANGING
    assert world.sights.probes(View.PINNED) == [], "this look could not end it"
    again(world)
    assert health(world) is Health.FAILING
    assert len(world.sights.probes(View.INSIDE)) == 6
    last = world.bus.bodies("Gatewatch Transitions")[-1][-1]
    assert (last["before"], last["after"]) == ("changing", "failing")
    assert last["diagnosis"]["proof"] and "pinned" in last["looks"]
    assert world.queued() == []


def test_what_the_looks_at_an_alternating_name_ask_stays_within_a_minutes_requests(world):
    world.look()
    world.capture()
    wavers(world, *[INWARD, PUBLIC] * 40)
    began = world.clock.now_at()
    world.minute()
    for _ in range(6):
        again(world)
    times = [at for at, work in world.sights.works for p in work.probes if at > began]
    for start in times:
        assert sum(start <= at < start + 60 for at in times) <= 12


class Then(list):
    """Sights; when they are used up, the canary answers no more."""

    def __init__(self, sights, *seen):
        super().__init__((*seen, None))
        self.sights = sights

    def pop(self, index):
        self.sights.broken = "gone" if len(self) == 2 else None
        return super().pop(index)


def test_a_probe_that_says_nothing_leaves_the_word_to_the_newest_that_says_something(world):
    world.look()
    world.sights.inside["orders"] = Then(world.sights, INWARD, PUBLIC)
    world.minute()
    last = world.bus.bodies("Gatewatch Transitions")[-1][-1]
    assert last["after"] == "changing"
    assert (last["route_after"], last["looks"]["inside"]) == ("public", "203.0.113.10 200")


def test_a_name_that_alternates_without_end_is_told_as_flapping_with_what_is_bad_of_it(world):
    world.look()
    endpoint_id = world.capture()
    for _ in range(20):
        wavers(world, INWARD, INWARD, PUBLIC)
        world.minute()
    assert health(world) is Health.FLAPPING
    last = world.bus.bodies("Gatewatch Transitions")[-1][-1]
    assert (last["before"], last["after"]) == ("changing", "flapping")
    assert last["diagnosis"]["subject"] == endpoint_id
    assert "403" in last["looks"]["inside"]
