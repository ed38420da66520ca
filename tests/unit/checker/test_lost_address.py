"""A name that lost one of its addresses: seen in every look, although each takes one at random."""

from dataclasses import replace

import pytest

from checker import vpc_look
from checker.member import Member
from probing.outcome import Failure, Stage, State, Step, Tried
from reasoning.transition import Health
from tests.unit.checker.stubs import Sight

LOST, WELL = "203.0.113.11", "203.0.113.10"


class Zone:
    """A canary's view of a name with two addresses, of which one may be lost: the address that
    it takes at random is always the good one, unless it is told where to begin."""

    def __init__(self, sights):
        self._canary, self.lost, self.begun = sights.canary, False, []

    def __call__(self, function, work):
        answer = self._canary(function, work)
        self.begun.append([probe.first for probe in work.probes])
        outcomes = [self._seen(p, o) for p, o in zip(work.probes, answer.outcomes, strict=True)]
        return replace(answer, outcomes=tuple(outcomes))

    def _seen(self, probe, outcome):
        if not self.lost or LOST not in probe.first:
            return outcome
        failed = Step(stage=Stage.CONNECT, elapsed_ms=1.0, failure=Failure.CONNECT_TIMEOUT)
        tried = (
            Tried(address=LOST, failure=Failure.CONNECT_TIMEOUT),
            Tried(address=WELL, status=200),
        )
        return replace(
            outcome,
            state=State.FAILING,
            steps=(outcome.steps[0], failed),
            address=LOST,
            tried=tried if probe.siblings else (),
        )


@pytest.fixture
def zone(world):
    zone = Zone(world.sights)
    world.member = replace_call(world, zone)
    return zone


def replace_call(world, call):
    return Member.make(
        world.settings, world.clients, world.clock, call=call, outside=world.sights.from_here
    )


def good(world):
    world.place(world.vpc)
    world.register("orders")
    world.sights.inside["orders"] = Sight(address=WELL)
    world.tick()
    world.look()
    assert world.pair("orders").state.hard is Health.GOOD


def test_it_is_seen_in_every_look_until_it_is_back(world, zone):
    good(world)
    # By chance a look begins at the lost one: here it is told to, as chance would.
    zone.lost = True
    remember(world, (LOST,))
    world.minute()
    assert world.pair("orders").state.hard is Health.FAILING
    assert world.last_look().pairs["orders"].failing_at == (LOST,)
    world.minute()
    assert world.pair("orders").state.hard is Health.FAILING
    zone.lost = False
    world.minute()
    assert world.pair("orders").state.hard is Health.GOOD
    assert world.last_look().pairs["orders"].failing_at == ()


def test_confirmations_begin_where_it_failed(world, zone):
    good(world)
    zone.lost = True
    remember(world, (LOST,))
    zone.begun.clear()
    world.minute()
    assert len(zone.begun) >= 3
    assert all(first == (LOST,) for round_ in zone.begun for first in round_ if first)
    assert zone.begun[0] == [(LOST,)] and zone.begun[-1] == [(LOST,)]


def test_the_transition_says_how_many_of_its_addresses_fail(world, zone):
    good(world)
    zone.lost = True
    remember(world, (LOST,))
    world.minute()
    (transition,) = [
        t
        for body in world.bus.bodies("Gatewatch Transitions")
        for t in body
        if t["after"] == "failing"
    ]
    assert "1 of 2 addresses fail" in transition["looks"]["inside"]


def remember(world, addresses):
    last = world.last_look()
    pairs = {"orders": replace(last.pairs["orders"], failing_at=addresses)}
    vpc_look.save(world.table, world.vpc, replace(last, pairs=pairs))
