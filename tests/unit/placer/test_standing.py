"""Which subnets of a VPC are taken, and what follows when AWS refuses them."""

from dataclasses import replace
from typing import Any

import pytest

from placer.decision import Act
from placer.facts import TAG, Refusal, RefusalKind, WayOut
from placer.standing import BEHIND_AN_INTERNET_GATEWAY
from tests.support.estates import (
    NOW,
    decided,
    estate,
    subnet,
    vpc,
)

YES, NO = {TAG: "yes"}, {TAG: "no"}
OTHER = subnet("other", "z2", route_table="rtb-2")


@pytest.mark.parametrize(
    ("subnets", "chosen"),
    [
        pytest.param(
            [subnet("b", "z2"), subnet("a", "z1"), subnet("c", "z3")],
            ("a", "b"),
            id="one in each of two zones",
        ),
        pytest.param(
            [subnet("a", workloads=1), subnet("b", route_table="rtb-2", workloads=2)],
            ("b",),
            id="the route table that most interfaces use",
        ),
        pytest.param(
            [subnet("a", workloads=1), subnet("b", network_acl="acl-2", workloads=2)],
            ("b",),
            id="and the network ACL",
        ),
        pytest.param(
            [subnet("a", way_out=WayOut.NONE), subnet("b", route_table="rtb-2")],
            ("b",),
            id="the best way out where nobody is",
        ),
        pytest.param(
            [subnet("a", workloads=9, free=7), subnet("b", "z2", free=8)],
            ("b",),
            id="one with free addresses",
        ),
        pytest.param(
            [subnet("a", workloads=9, tags=NO), subnet("b", "z2")], ("b",), id="none tagged no"
        ),
        pytest.param(
            [subnet("a", workloads=9), subnet("b", "z2", tags=YES)], ("b",), id="those tagged yes"
        ),
        pytest.param(
            [subnet("a", workloads=9, ipv6_only=True), subnet("b", "z2")],
            ("b",),
            id="none that is IPv6-only",
        ),
        pytest.param(
            [subnet("a", "z1", workloads=1), subnet("b", "z1", workloads=4)],
            ("b",),
            id="where most of its zone are",
        ),
    ],
)
def test_which_subnets_are_taken(subnets: list[Any], chosen: tuple[str, ...]) -> None:
    placement = decided(estate(vpc(*subnets))).placement
    assert placement is not None
    assert placement.subnet_ids == chosen
    zones = {one.subnet_id: one.zone for one in subnets}
    assert placement.zones == tuple(zones[one] for one in chosen)


def test_a_main_class_without_a_fitting_subnet_is_told() -> None:
    full = subnet("a", route_table="rtb-full", workloads=9, free=0)
    decision = decided(estate(vpc(full, subnet("b", workloads=2))))
    assert "no subnet fits in rtb-full/acl-1, which has 9" in decision.reason
    assert decision.unseen == ("rtb-full/acl-1",)


def test_a_canary_that_sees_less_or_has_ipv6_says_so() -> None:
    gateway = WayOut.INTERNET_GATEWAY
    both = [subnet("a", way_out=gateway, ipv6=True), subnet("b", "z2", way_out=gateway, ipv6=True)]
    placement = decided(estate(vpc(*both))).placement
    assert placement is not None
    assert placement.not_representative == BEHIND_AN_INTERNET_GATEWAY
    assert placement.ipv6
    one = decided(estate(vpc(both[0], replace(both[1], ipv6=False)))).placement
    assert one is not None
    assert not one.ipv6


def refused(kind: RefusalKind, hours_ago: float, *subnets: str) -> Refusal:
    at = NOW - hours_ago * 3600
    return Refusal(vpc_id="vpc-1", kind=kind, why="no!", at=at, subnets=subnets)


@pytest.mark.parametrize(
    ("refusal", "act", "told"),
    [
        pytest.param(refused(RefusalKind.SUBNET, 1, "a"), Act.PLACE, "b", id="the next subnet"),
        pytest.param(refused(RefusalKind.SUBNET, 25, "a"), Act.PLACE, "a", id="again next day"),
        pytest.param(
            refused(RefusalKind.SUBNET, 1, "a", "b"), Act.SKIP, "refused lately", id="all refused"
        ),
        pytest.param(
            refused(RefusalKind.POLICY, 5), Act.SKIP, "no!. To do: a policy", id="a policy denies"
        ),
        pytest.param(refused(RefusalKind.POLICY, 7), Act.PLACE, "a", id="a policy, later"),
        pytest.param(refused(RefusalKind.QUOTA, 0.9), Act.SKIP, "Service Quotas", id="a quota"),
        pytest.param(refused(RefusalKind.OTHER, 0.2), Act.SKIP, "no!", id="something else"),
        pytest.param(refused(RefusalKind.OTHER, 0.3), Act.PLACE, "a", id="something else, later"),
    ],
)
def test_after_a_refusal(refusal: Refusal, act: Act, told: str) -> None:
    two = vpc(subnet("a"), subnet("b"))
    decision = decided(estate(two, refusals=(refusal,)))
    assert decision.act is act, decision
    if decision.placement:
        assert decision.placement.subnet_ids == (told,)
    else:
        assert told in decision.reason
        assert decision.problem
