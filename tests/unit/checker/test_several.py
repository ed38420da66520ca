"""A VPC with several canaries: one vantage, failing when one of its path classes is."""

import json
from dataclasses import replace

import pytest

from checker import vantages
from checker.budget import MOST_A_MINUTE, Budget
from checker.canary_call import NoAnswer
from checker.member import Member
from checker.several import together
from probing.endpoint import Endpoint
from probing.outcome import Failure, State, View
from probing.wire import Answer, Probe, Work
from reasoning.transition import Health
from tests.unit.checker.stubs import START_AT, Sight, VirtualClock, outcome

ORDERS = Endpoint(id="orders", url="https://x.example.com/")
WORK = Work(look="l1", probes=(Probe(endpoint=ORDERS),))
WELL = outcome(ORDERS, View.INSIDE, Sight(), START_AT)
BAD = outcome(ORDERS, View.INSIDE, Sight(status=503), START_AT)
OURS = replace(BAD, state=State.UNKNOWN, reason="out_of_time: x")
SILENT, ABSENT = "it hangs", None


def call_of(told):
    """Canaries by name: an outcome, no answer with a reason, or an answer that lacks the probe."""

    def call(function, work):
        said = told[function]
        if isinstance(said, str):
            raise NoAnswer(said)
        return Answer(look=work.look, outcomes=(said,) if said else ())

    return call


@pytest.mark.parametrize(
    ("first", "second", "state", "where"),
    [
        pytest.param(WELL, WELL, State.OK, "", id="both well"),
        pytest.param(WELL, BAD, State.FAILING, "b", id="the other fails"),
        pytest.param(BAD, WELL, State.FAILING, "a", id="the first fails"),
        pytest.param(BAD, BAD, State.FAILING, "a", id="both fail"),
        pytest.param(WELL, OURS, State.UNKNOWN, "b", id="unknown makes nothing good"),
        pytest.param(OURS, BAD, State.FAILING, "b", id="unknown hides no failure"),
        pytest.param(WELL, SILENT, State.UNKNOWN, "b", id="one is silent"),
        pytest.param(SILENT, BAD, State.FAILING, "b", id="one is silent, one fails"),
        pytest.param(WELL, ABSENT, State.UNKNOWN, "b", id="one left the probe out"),
    ],
)
def test_the_worst_that_any_canary_saw_counts(first, second, state, where):
    ask = together(call_of({"a": first, "b": second}), ("b",), VirtualClock())
    (seen,) = ask("a", WORK).outcomes
    assert seen.state is state
    assert seen.seen_from == where


def test_why_one_gave_no_answer_is_told_as_ours():
    ask = together(call_of({"a": WELL, "b": SILENT}), ("b",), VirtualClock())
    (seen,) = ask("a", WORK).outcomes
    assert seen.failure is Failure.CANARY_ERROR
    assert "it hangs" in seen.reason


def test_when_none_answers_there_is_no_answer():
    ask = together(call_of({"a": "one", "b": "other"}), ("b",), VirtualClock())
    with pytest.raises(NoAnswer, match="one; other"):
        ask("a", WORK)


def test_a_lone_canary_is_asked_as_ever():
    call = call_of({"a": WELL})
    assert together(call, (), VirtualClock()) is call


def test_the_minutes_requests_are_shared_among_the_canaries():
    budget = Budget(looks=(1.0,))
    assert [replace(budget, canaries=n).left("orders") + 1 for n in (1, 2, 3)] == [
        MOST_A_MINUTE,
        MOST_A_MINUTE // 2,
        MOST_A_MINUTE // 3,
    ]


class Canaries:
    """The world's canary for the first one; further ones see `bad` where that is set."""

    def __init__(self, world):
        self.world, self.bad, self.asked = world, False, []

    def __call__(self, function, work):
        self.asked.append(function)
        answer = self.world.sights.canary(function, work)
        if not self.bad or not function.endswith("-3fa2b1"):
            return answer
        failing = tuple(
            outcome(p.endpoint, p.view, Sight(status=503), self.world.clock.now_at())
            for p in work.probes
        )
        return replace(answer, outcomes=failing)


def place_further(world, suffix, **told):
    value = {"function": f"gatewatch-canary-{world.vpc}-{suffix}", **told}
    world.clients.ssm.put_parameter(
        Name=f"/gatewatch/vantages/{world.vpc}/{suffix}", Value=json.dumps(value), Type="String"
    )


def test_a_failure_that_only_a_further_canary_sees_is_the_vpcs(world):
    canaries = Canaries(world)
    world.member = Member.make(
        world.settings,
        world.clients,
        world.clock,
        call=canaries,
        outside=world.sights.from_here,
        token_call=world.tokens,
    )
    place_further(world, "3fa2b1")
    world.tick()
    world.look()
    assert sorted(set(canaries.asked)) == [
        f"gatewatch-canary-{world.vpc}",
        f"gatewatch-canary-{world.vpc}-3fa2b1",
    ]
    canaries.bad = True
    world.minute()
    assert world.pair("orders").state.hard is Health.FAILING
    looks = world.pair("orders").recent[-1].looks
    assert looks["inside"].endswith(f"from gatewatch-canary-{world.vpc}-3fa2b1")
    canaries.bad = False
    world.minute()
    assert world.pair("orders").state.hard is Health.GOOD
    assert [after for _, _, after in world.transitions()[-1]] == ["good", "failing", "good"]


def test_further_canaries_are_read_with_their_vpc(world):
    place_further(world, "3fa2b1")
    place_further(world, "aaaaaa", not_representative="behind an internet gateway")
    (placed,) = vantages.read(world.clients, world.settings)
    assert (placed.vpc_id, placed.function) == (world.vpc, f"gatewatch-canary-{world.vpc}")
    assert placed.further == (f"gatewatch-canary-{world.vpc}-3fa2b1",)


def test_a_further_canary_stands_in_for_a_first_one_that_is_not_there(world):
    world.clients.ssm.delete_parameter(Name=f"/gatewatch/vantages/{world.vpc}")
    place_further(world, "3fa2b1")
    (placed,) = vantages.read(world.clients, world.settings)
    assert (placed.function, placed.further) == (f"gatewatch-canary-{world.vpc}-3fa2b1", ())
