"""Do no harm: at most twelve requests a minute, all counted, and what is left out first."""

from dataclasses import replace

import pytest

from checker import vpc_look
from checker.budget import Budget, siblings, tried_beyond
from checker.look_evidence import Evidence
from checker.outsides import Outside
from probing.endpoint import Endpoint
from probing.outcome import Tried, View
from tests.unit.checker.stubs import Sight, outcome
from tests.unit.checker.test_secrets import keyed

ORDERS = Endpoint(id="orders", url="https://x.example.com/")
SEEN = outcome(ORDERS, View.INSIDE, Sight(), 1.0)


def trying(addresses):
    """An outcome of a probe that tried so many addresses of its name."""
    tried = tuple(Tried(address=f"198.51.100.{n}") for n in range(addresses))
    return replace(SEEN, tried=tried)


@pytest.mark.parametrize(
    ("left", "tried"), [(-3, 0), (0, 0), (4, 0), (5, 1), (8, 4), (11, 7), (12, 8)]
)
def test_other_addresses_are_tried_with_what_confirmations_and_proof_leave(left, tried):
    assert siblings(left) == tried


@pytest.mark.parametrize(("addresses", "beyond"), [(0, 0), (1, 0), (2, 1), (8, 7)])
def test_other_addresses_are_requests_too(addresses, beyond):
    assert tried_beyond(trying(addresses)) == beyond


@pytest.mark.parametrize(
    ("what", "evidence", "beyond"),
    [
        ("steady", {"inside": {"orders": [SEEN]}}, 0),
        ("confirmed", {"inside": {"orders": [SEEN] * 3}}, 2),
        (
            "proven",
            {
                "inside": {"orders": [SEEN] * 3},
                "pinned": {"orders": SEEN},
                "outsides": {"orders": Outside(outcome=SEEN)},
            },
            4,
        ),
        (
            "a credential tried again",
            {"inside": {"orders": [SEEN]}, "asked_again": {"orders": 1}},
            1,
        ),
        ("three addresses, confirmed", {"inside": {"orders": [trying(3), SEEN, SEEN]}}, 4),
    ],
)
def test_what_a_look_asked_is_counted(what, evidence, beyond):
    found = Evidence(at=1.0, budget=Budget().with_look(1.0), **evidence)
    assert found.spent().get("orders", 0) == beyond, what
    assert found.left("orders") == 11 - beyond


def test_confirmations_that_the_minute_has_no_room_for_are_left_out(world):
    world.look()
    world.minute(120)
    start = world.clock.now_at()
    for _ in range(10):
        world.minute(1)
    world.sights.inside["orders"] = Sight(status=503)
    world.minute(1)
    assert sum(at >= start - 1 for at, work in world.sights.works for _ in work.probes) == 12
    assert world.last_look().pairs["orders"].state == "failing"
    assert world.pair("orders").state.hard == "good"


def test_a_request_is_remembered_for_a_minute_from_when_it_ended(world):
    """Confirmations end 12 s after the first probe: counted from there, not from the look."""
    world.look()
    world.sights.inside["orders"] = Sight(status=503)
    world.minute()
    ended_at = world.clock.now_at()
    budget = world.last_look().budget
    assert budget.extras["orders"] == [ended_at] * 4
    assert budget.at(ended_at + 59).left("orders") == 12 - 4
    assert budget.at(ended_at + 61).left("orders") == 12


def rotating(world):
    name = "/gatewatch/secrets/orders"
    world.clients.ssm.put_parameter(Name=name, Value="old", Type="SecureString")
    keyed(world)
    world.look()
    world.clients.ssm.put_parameter(Name=name, Value="new", Type="SecureString", Overwrite=True)
    world.sights.inside["orders"] = Sight(status=403)


def test_a_credential_tried_again_is_counted(world):
    rotating(world)
    world.minute()
    assert len(world.sights.probes(View.INSIDE)) == 3
    assert world.last_look().budget.extras["orders"] == [world.clock.now_at()]


def test_a_credential_is_not_tried_again_beyond_the_minutes_requests(world):
    rotating(world)
    look, now_at = world.last_look(), world.clock.now_at()
    filled = look.budget.with_extras({"orders": look.budget.left("orders") - 1}, now_at)
    vpc_look.save(world.table, world.vpc, replace(look, budget=filled))
    world.sights.works.clear()
    world.minute(1)
    assert len(world.sights.probes(View.INSIDE)) == 1
    assert world.last_look().budget.left("orders") == 0


def test_only_the_first_probe_of_a_look_tries_other_addresses(world):
    """And no more of them than the minute has room for beside what confirms and proves."""
    world.look()
    world.sights.inside["orders"] = Sight(status=503)
    world.sights.works.clear()
    world.minute()
    first, *again = world.sights.probes(View.INSIDE)
    assert first.siblings == 12 - 1 - 4
    assert [(p.siblings, p.first) for p in again] == [(0, (Sight().address,))] * 2
    assert {p.siblings for p in world.sights.probes(View.OUTSIDE)} == {0}


def test_what_was_tried_before_a_credential_was_read_again_is_counted(world):
    """Three addresses denied the old credential, then the new one was tried once."""
    sees = world.sights.canary

    def three(function, work):
        answer = sees(function, work)
        several = [
            replace(o, tried=trying(3).tried) if probe.siblings and o.failure else o
            for o, probe in zip(answer.outcomes, work.probes, strict=True)
        ]
        return replace(answer, outcomes=tuple(several))

    world.sights.canary = three
    world.member = world.new_member()
    rotating(world)
    world.sights.inside["orders"] = [Sight(status=403), Sight()]
    world.minute()
    assert len(world.last_look().budget.extras["orders"]) == 3
