"""Signs that a VPC is being taken down: the canary leaves, and stays out for a while."""

from typing import Any

import pytest

from placer.decision import Act
from placer.facts import TAG, Part, Teardown
from tests.support.estates import (
    DAY,
    NOW,
    decided,
    estate,
    stack,
    subnet,
    vpc,
)

YES, NO = {TAG: "yes"}, {TAG: "no"}
S = subnet("s", workloads=3, others=3)
EMPTY = subnet("s")


def sign(event: str, subject: str = "x", hours_ago: float = 1, **told: Any) -> Teardown:
    at = NOW - hours_ago * 3600
    return Teardown(vpc_id="vpc-1", event=event, subject=subject, at=at, **told)


@pytest.mark.parametrize(
    ("one", "used", "unused"),
    [
        pytest.param(sign("DeleteVpc", failed=True), True, True, id="DeleteVpc refused"),
        pytest.param(sign("DeleteSubnet", "s", failed=True), True, True, id="of our subnet"),
        pytest.param(sign("DeleteSubnet", failed=True), False, True, id="of another subnet"),
        pytest.param(
            sign("DeleteSecurityGroup", "sg-vpc-1", failed=True), True, True, id="of our group"
        ),
        pytest.param(
            sign("DeleteSecurityGroup", failed=True, ours=True), True, True, id="of what was ours"
        ),
        pytest.param(sign("DeleteSecurityGroup", failed=True), False, True, id="of another group"),
        pytest.param(sign("DeleteNatGateway"), False, True, id="NAT gateway"),
        pytest.param(sign("DetachInternetGateway"), False, True, id="internet gateway"),
        pytest.param(sign("DeleteSubnet"), False, True, id="subnet deleted"),
        pytest.param(sign("DeleteNatGateway", failed=True), False, False, id="not deleted at all"),
        pytest.param(sign("CreateSubnet"), False, False, id="no sign"),
        pytest.param(sign("DeleteVpc", failed=True, hours_ago=25), False, False, id="yesterday"),
    ],
)
def test_signs_of_teardown_withdraw(one: Teardown, used: bool, unused: bool) -> None:
    for subnets, leaves in ((S, used), (EMPTY, unused)):
        whole = estate(vpc(subnets, tags=YES), stacks=[stack(subnets)], teardowns=(one,))
        decision = decided(whole)
        assert decision.act is (Act.WITHDRAW if leaves else Act.KEEP), decision
        if leaves:
            assert "it is being taken down" in decision.reason
            assert "gatewatch place vpc-1" in decision.reason


def test_a_tag_that_says_neither_keeps_no_vpc_from_being_deleted() -> None:
    one = sign("DeleteVpc", failed=True)
    whole = estate(vpc(S, tags={TAG: "maybe"}), stacks=[stack(S)], teardowns=(one,))
    assert decided(whole).act is Act.WITHDRAW


def test_a_torn_down_vpc_is_not_entered_again_at_once() -> None:
    one = sign("DeleteVpc", "vpc-1", failed=True, by="netadmin")
    decision = decided(estate(vpc(S), teardowns=(one,)))
    assert decision.act is Act.SKIP
    assert "deleting the VPC was refused at 2027-01-15 07:00Z by netadmin" in decision.reason
    assert decided(estate(vpc(S), teardowns=(one,)), now_at=NOW + DAY).act is Act.PLACE


def test_a_canary_placed_by_hand_after_the_sign_stays() -> None:
    one = sign("DeleteVpc", failed=True)
    for since, act in ((NOW - 60, Act.KEEP), (NOW - DAY, Act.WITHDRAW)):
        by_hand = stack(S, by_hand=True, since=since)
        assert decided(estate(vpc(S), stacks=[by_hand], teardowns=(one,))).act is act


@pytest.mark.parametrize("part", [Part.SUBNETS, Part.INTERFACES])
def test_a_vpc_whose_workloads_are_not_known_is_not_left_for_a_small_sign(part: Part) -> None:
    whole = estate(
        vpc(EMPTY),
        stacks=[stack(EMPTY)],
        teardowns=(sign("DeleteNatGateway"),),
        unreadable={part: "denied"},
    )
    assert decided(whole).act is Act.KEEP
