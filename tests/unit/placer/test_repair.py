"""Failed and drifted stacks, and those of another release."""

from dataclasses import replace

import pytest

from placer.decision import Act
from placer.facts import Refusal, RefusalKind
from placer.rings import RINGS, ring
from placer.stack import BROKEN
from tests.support.estates import (
    ACCOUNT,
    NOW,
    TERMS,
    covered,
    decided,
    estate,
    subnet,
    vpc,
)

S = subnet("s", workloads=3, others=3)
OTHER = subnet("other", "z2", route_table="rtb-2")


@pytest.mark.parametrize("status", sorted(BROKEN))
def test_a_failed_stack_is_made_again_in_the_next_subnet(status: str) -> None:
    whole = covered(
        S,
        OTHER,
        stack={"status": status, "why": "Canary: no free address in s"},
        refusals=(
            Refusal(vpc_id="vpc-1", kind=RefusalKind.SUBNET, why="x", at=NOW - 60, subnets=("s",)),
        ),
    )
    decision = decided(whole)
    assert (decision.act, decision.afresh) == (Act.UPDATE, True)
    assert "no free address in s" in decision.reason
    assert decision.placement is not None
    assert decision.placement.subnet_ids == ("other",)


@pytest.mark.parametrize(
    "broken", [{"status": "ROLLBACK_COMPLETE"}, {"drift": "function f is gone"}]
)
def test_what_was_placed_by_hand_and_is_broken_is_told_not_mended(broken: dict[str, str]) -> None:
    decision = decided(covered(S, stack={"by_hand": True, **broken}))
    assert decision.act is Act.SKIP
    assert decision.problem
    assert "gatewatch place vpc-1" in decision.reason


def test_a_failed_stack_waits_where_a_policy_denies_it() -> None:
    denied = Refusal(vpc_id="vpc-1", kind=RefusalKind.POLICY, why="explicit deny", at=NOW - 60)
    decision = decided(covered(S, stack={"status": "ROLLBACK_COMPLETE"}, refusals=(denied,)))
    assert decision.act is Act.SKIP
    assert "explicit deny" in decision.reason
    assert decision.problem


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"Release": "1"}, "release 1 is followed by 2"),
        ({"CanaryLayerArn": "old", "ProbingLayerArn": "old"}, "CanaryLayerArn, ProbingLayerArn"),
        ({"CanaryRoleArn": "old"}, "CanaryRoleArn"),
    ],
)
def test_another_release_is_an_update_where_it_stands(
    parameters: dict[str, str], reason: str
) -> None:
    told = {**parameters, "MemorySize": "512", "SecurityGroupIds": "sg-9"}
    decision = decided(covered(S, stack={"parameters": told}))
    assert decision.act is Act.UPDATE
    assert reason in decision.reason
    assert decision.placement is not None
    assert decision.placement.subnet_ids == ("s",)
    assert decision.placement.security_groups == ("sg-9",)
    assert decision.placement.parameters == {"MemorySize": "512"}


def test_a_release_comes_ring_by_ring() -> None:
    old = {"parameters": {"Release": "1"}}
    turn = ring(ACCOUNT, "vpc-1")
    for rings_open in range(RINGS + 1):
        decision = decided(covered(S, stack=old), replace(TERMS, rings_open=rings_open))
        assert decision.act is (Act.UPDATE if rings_open > turn else Act.KEEP)
        if decision.act is Act.KEEP:
            assert f"ring {turn + 1} of 4, {rings_open} are open" in decision.reason


def test_a_closed_ring_stops_no_new_canary_and_no_repair() -> None:
    closed = replace(TERMS, rings_open=0)
    assert decided(estate(vpc(S)), closed).act is Act.PLACE
    assert decided(covered(S, stack={"status": "ROLLBACK_COMPLETE"}), closed).act is Act.UPDATE


def test_rings_take_their_shares() -> None:
    counts = [0] * RINGS
    for number in range(10_000):
        counts[ring(ACCOUNT, f"vpc-{number}")] += 1
    assert [round(count / 10_000, 1) for count in counts] == [0.1, 0.1, 0.3, 0.5]
