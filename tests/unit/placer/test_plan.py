"""What is decided about a VPC without a canary, and the reason that its owner reads."""

from dataclasses import replace
from typing import Any

import pytest

from placer.decision import Act, Mode
from placer.facts import TAG, Concurrency, Estate, Part, Refusal, RefusalKind, Teardown, WayOut
from placer.plan import plan
from placer.standing import BEHIND_AN_INTERNET_GATEWAY
from tests.support.estates import DAY, NOW, TERMS, decided, estate, stack, subnet, vpc

YES, NO = {TAG: "yes"}, {TAG: "no"}
OTHERS = "999988887777"
S = subnet("subnet-1", workloads=3, others=3)
EMPTY = subnet("subnet-1")


@pytest.mark.parametrize(
    ("whole", "act", "reason"),
    [
        pytest.param(estate(vpc(S)), Act.PLACE, "3 workload interfaces", id="a VPC"),
        pytest.param(estate(vpc(EMPTY)), Act.PLACE, "no workload yet", id="without a workload"),
        pytest.param(estate(vpc(S, tags=NO)), Act.SKIP, "gatewatch:place=no", id="tagged no"),
        pytest.param(estate(vpc(S, tags={TAG: " NO"})), Act.SKIP, "=no", id="tagged NO"),
        pytest.param(estate(vpc(S, tags={TAG: "x"})), Act.SKIP, "neither yes nor no", id="tag x"),
        pytest.param(
            estate(vpc(S, dedicated=True)), Act.SKIP, "modify-vpc-tenancy", id="dedicated"
        ),
        pytest.param(
            estate(vpc(S, since=NOW - 60)), Act.SKIP, "1 min old, and younger than 60", id="young"
        ),
        pytest.param(estate(vpc(S, since=NOW - 3600)), Act.PLACE, "", id="old enough"),
        pytest.param(estate(vpc(S, since=NOW, tags=YES)), Act.PLACE, "", id="young, tagged yes"),
        pytest.param(estate(vpc()), Act.SKIP, "no subnet", id="no subnet"),
        pytest.param(
            estate(vpc(subnet("s", free=7))), Act.SKIP, "7 free addresses, 8", id="too full"
        ),
        pytest.param(estate(vpc(subnet("s", free=8))), Act.PLACE, "", id="just not too full"),
        pytest.param(estate(vpc(EMPTY, is_default=True)), Act.SKIP, "nobody uses it", id="default"),
        pytest.param(estate(vpc(S, is_default=True)), Act.PLACE, "", id="default, in use"),
        pytest.param(
            estate(vpc(EMPTY, is_default=True, tags=YES)), Act.PLACE, "", id="default, tagged"
        ),
        pytest.param(
            estate(vpc(subnet("s", ipv6_only=True))), Act.SKIP, "IPv6-only", id="IPv6-only"
        ),
        pytest.param(
            estate(vpc(subnet("s", "us-east-1-bos-1a", regular_zone=False))),
            Act.SKIP,
            "a zone without Lambda",
            id="a local zone",
        ),
        pytest.param(
            estate(vpc(S, owner=OTHERS)), Act.SKIP, f"shared by account {OTHERS}", id="shared"
        ),
        pytest.param(
            estate(vpc(S, owner=OTHERS, tags=YES)), Act.PLACE, "", id="shared, tagged here"
        ),
        pytest.param(
            estate(vpc(subnet("s", tags=YES), owner=OTHERS)), Act.PLACE, "", id="shared, its subnet"
        ),
        pytest.param(
            estate(vpc(S, canaries_of=(OTHERS,))),
            Act.SKIP,
            f"account {OTHERS} looks from this shared VPC",
            id="a participant looks",
        ),
        pytest.param(
            estate(vpc(S), concurrency=Concurrency(limit=10, unreserved=7)),
            Act.SKIP,
            "7 unreserved concurrent executions of Lambda here, and looks may hold 8",
            id="other functions would be throttled",
        ),
        pytest.param(
            estate(vpc(S), concurrency=Concurrency(limit=10, unreserved=10)),
            Act.PLACE,
            "",
            id="a fresh account",
        ),
    ],
)
def test_a_vpc_without_a_canary(whole: Estate, act: Act, reason: str) -> None:
    decision = decided(whole)
    assert decision.act is act, decision
    assert reason in decision.reason
    assert (decision.placement is not None) is (act is Act.PLACE)


@pytest.mark.parametrize(
    ("mode", "tags", "subnet_tags", "act"),
    [
        (Mode.ALL, {}, {}, Act.PLACE),
        (Mode.TAGGED, {}, {}, Act.SKIP),
        (Mode.TAGGED, YES, {}, Act.PLACE),
        (Mode.TAGGED, {}, YES, Act.PLACE),
        (Mode.TAGGED, NO, YES, Act.SKIP),
        (Mode.NONE, YES, YES, Act.SKIP),
    ],
)
def test_the_mode_says_which_vpcs_when_no_tag_does(
    mode: Mode, tags: dict[str, str], subnet_tags: dict[str, str], act: Act
) -> None:
    whole = estate(vpc(subnet("s", tags=subnet_tags), tags=tags))
    assert decided(whole, replace(TERMS, mode=mode)).act is act


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


def sign(event: str, subject: str = "x", hours_ago: float = 1, **told: Any) -> Teardown:
    at = NOW - hours_ago * 3600
    return Teardown(vpc_id="vpc-1", event=event, subject=subject, at=at, **told)


@pytest.mark.parametrize(
    ("one", "used", "unused"),
    [
        pytest.param(sign("DeleteVpc", failed=True), True, True, id="DeleteVpc refused"),
        pytest.param(sign("DeleteSubnet", failed=True), True, True, id="DeleteSubnet refused"),
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


def test_a_fresh_account_with_six_vpcs_holds_eight_executions_at_most() -> None:
    six = [vpc(S, vpc_id=f"vpc-{number}") for number in range(6)]
    enough = Concurrency(limit=10, unreserved=10)
    assert {one.act for one in plan(estate(*six, concurrency=enough), TERMS, NOW)} == {Act.PLACE}
    greedy = replace(TERMS, look_concurrency=5)
    decisions = plan(estate(*six, concurrency=enough), greedy, NOW)
    assert {one.act for one in decisions} == {Act.SKIP}
    assert all("lower LookConcurrency" in one.reason and one.problem for one in decisions)


def test_vpcs_are_told_by_name_and_in_order() -> None:
    named = vpc(S, vpc_id="vpc-2", tags={"Name": "payments"})
    decisions = plan(estate(named, vpc(S, vpc_id="vpc-1")), TERMS, NOW)
    assert [(one.vpc_id, one.label) for one in decisions] == [("vpc-1", ""), ("vpc-2", "payments")]
