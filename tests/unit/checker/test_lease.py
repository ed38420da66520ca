import pytest

from checker import lease
from checker.aws import CANARY_TIMEOUT_SECONDS
from checker.lease import Held, LeaseLost
from checker.looks import LookMessage
from tests.unit.checker.stubs import Sight


def take(world, holder="me", not_before=None):
    not_before = world.clock.now_at() if not_before is None else not_before
    return lease.take(
        world.table, world.clock, world.vpc, holder=holder, not_before=not_before, seconds=25
    )


def test_a_look_that_the_running_one_stands_for_is_dropped(world):
    due = world.clock.now_at()
    take(world)
    assert take(world, "other", not_before=due) == Held(again=False)


def test_a_look_that_the_running_one_is_too_old_for_asks_it_for_another(world):
    running = take(world)
    world.clock.sleep_seconds(5)
    assert take(world, "other") == Held(again=True)
    assert running.release() is True


def test_a_lease_that_nobody_asked_of_is_given_back_in_silence(world):
    assert take(world).release() is False
    assert not isinstance(take(world, "other"), Held)


def test_a_dead_holder_is_replaced_when_its_lease_ends_and_not_before(world):
    take(world)
    world.clock.sleep_seconds(26)
    assert isinstance(take(world, "other"), Held)
    world.clock.sleep_seconds(2)
    assert not isinstance(take(world, "other"), Held)


def test_a_holder_that_was_replaced_stops_and_takes_nothing_with_it(world):
    slow = take(world)
    world.clock.sleep_seconds(60)
    quick = take(world, "other")
    with pytest.raises(LeaseLost):
        slow.renew(25)
    assert slow.release() is False
    quick.renew(25)


def test_a_renewed_lease_holds_for_the_invocation_and_two_seconds(world):
    running = take(world)
    world.clock.sleep_seconds(20)
    running.renew(CANARY_TIMEOUT_SECONDS)
    world.clock.sleep_seconds(CANARY_TIMEOUT_SECONDS + 1)
    assert isinstance(take(world, "other"), Held)


def test_the_holder_sends_the_look_that_was_asked_for_with_one_hop_more(world):
    def canary(function, work):
        world.clock.sleep_seconds(1)
        take(world, "other", not_before=world.clock.now_at())
        return world.sights.canary(function, work)

    world.sights.canary, plain = canary, world.sights.canary
    world.member = world.new_member()
    world.sights.canary = plain
    world.look(hops=2)
    [message] = world.queued()
    assert (message["why"], message["hops"]) == ("again", 3)


def test_a_chain_of_looks_ends_after_eight_hops(world):
    assert world.member.look.looks.enqueue(world.vpc, not_before=0.0, why="again", hops=8)
    assert not world.member.look.looks.enqueue(world.vpc, not_before=0.0, why="again", hops=9)


def test_a_late_look_is_dropped(world):
    now = world.clock.now_at()
    world.member.look.handle(
        LookMessage(vpc_id=world.vpc, not_before=now - 120, not_after=now - 60)
    )
    assert not world.sights.works


def test_an_early_look_waits_for_its_time(world):
    due = world.clock.now_at() + 0.7
    world.member.look.handle(LookMessage(vpc_id=world.vpc, not_before=due, not_after=due + 60))
    [(at, _), *_] = world.sights.works
    assert at == due


def test_a_look_that_breaks_gives_its_lease_back(world):
    def broken(function, work):
        raise RuntimeError("a fault of ours")

    world.sights.canary = broken
    world.member = world.new_member()
    with pytest.raises(RuntimeError):
        world.look()
    assert not isinstance(take(world), Held)


def test_a_changing_route_sends_a_further_look_by_itself(world):
    world.look()
    world.sights.inside["orders"] = [
        Sight(address="10.0.0.91", status=403),
        Sight(status=403),
        Sight(address="10.0.0.91", status=403),
    ]
    world.minute()
    [message] = world.queued()
    assert message["why"] == "changing"
    assert 0 < message["not_before"] - world.clock.now_at() <= 20
