"""What is decided about a VPC without a canary, and the reason that its owner reads."""

from dataclasses import replace

import pytest

from placer.decision import Act, Mode
from placer.facts import TAG, Concurrency, Estate
from placer.plan import plan
from tests.support.estates import (
    NOW,
    TERMS,
    decided,
    estate,
    subnet,
    vpc,
)

YES, NO = {TAG: "yes"}, {TAG: "no"}
OTHERS = "999988887777"
S = subnet("s", workloads=3, others=3)
EMPTY = subnet("s")


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
            estate(vpc(S), concurrency=Concurrency(limit=10, unreserved=9)),
            Act.SKIP,
            "9 unreserved concurrent executions of Lambda here, and Gatewatch may hold 10",
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


def test_a_fresh_account_with_six_vpcs_holds_ten_executions_at_most() -> None:
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
