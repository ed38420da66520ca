"""`gatewatch place --plan`: the plan of an account, for people and as JSON."""

import json
import sys
from dataclasses import replace

import pytest

from gatewatch.commands.plan import show
from gatewatch.main import main
from placer.decision import Mode, Terms
from placer.facts import TAG, Estate, Part
from placer.plan import plan
from tests.support.estates import MEMBER, NOW, TERMS, estate, stack, subnet, vpc

PLACED = subnet("subnet-1", workloads=3)
WHOLE = estate(
    vpc(PLACED, vpc_id="vpc-1"),
    vpc(subnet("subnet-2", workloads=2), vpc_id="vpc-2", tags={"Name": "payments"}),
    vpc(PLACED, vpc_id="vpc-3", tags={TAG: "no"}),
    stacks=[stack(PLACED)],
)


def told(whole: Estate, *vpc_ids: str, as_json: bool = False) -> int:
    return show(whole, plan(whole, TERMS, NOW), vpc_ids, as_json)


def test_the_plan_says_what_is_done_where_and_why(capsys: pytest.CaptureFixture[str]) -> None:
    assert told(WHOLE) == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines() == [
        "account 111122223333, us-east-1: 1 keep, 1 place, 1 skip",
        "keep     vpc-1: looks from subnet-1",
        "place    vpc-2 (payments): path class rtb-1/acl-1 has 2 workload interfaces",
        "         in subnet-2 (us-east-1a)",
        "skip     vpc-3: tagged gatewatch:place=no: take the tag away to have it looked from",
        "         not looked from: rtb-1/acl-1",
    ]


def test_json_holds_the_same_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    told(WHOLE, as_json=True)
    rows = json.loads(capsys.readouterr().out)
    assert [(row["vpc_id"], row["act"]) for row in rows] == [
        ("vpc-1", "keep"),
        ("vpc-2", "place"),
        ("vpc-3", "skip"),
    ]
    assert rows[1] == {
        "vpc_id": "vpc-2",
        "label": "payments",
        "canary": "",
        "act": "place",
        "reason": "path class rtb-1/acl-1 has 2 workload interfaces",
        "problem": False,
        "subnets": ["subnet-2"],
        "zones": ["us-east-1a"],
        "not_representative": None,
        "unseen": [],
    }


def test_only_vpcs_that_are_named_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert told(WHOLE, "vpc-2", "vpc-9") == 4
    printed = capsys.readouterr()
    assert "vpc-1" not in printed.out
    assert "vpc-9 is no VPC of this account and Region" in printed.err


def test_what_is_not_readable_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    blind = replace(WHOLE, unreadable={Part.ACLS: "DescribeNetworkAcls was refused"})
    assert told(blind) == 4
    assert "network ACLs are not readable: DescribeNetworkAcls" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("parameters", "terms"),
    [
        pytest.param({}, Terms(member=MEMBER), id="a member from before the placer"),
        pytest.param(
            {
                "Placement": "tagged",
                "MinVpcAgeMinutes": "0",
                "MaxCanariesPerVpc": "2",
                "LookConcurrency": "9",
            },
            Terms(
                member=MEMBER, mode=Mode.TAGGED, min_vpc_age=0, max_canaries=2, look_concurrency=9
            ),
            id="all asked for",
        ),
    ],
)
def test_the_terms_are_those_of_the_members_stack(parameters: dict[str, str], terms: Terms) -> None:
    assert Terms.asked(MEMBER, parameters) == terms


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        pytest.param([], "name VPCs, or give --plan", id="nothing named"),
        pytest.param(["--plan", "--subnet", "s"], "takes no --subnet", id="where, in a plan"),
    ],
)
def test_wrong_use_is_one_line_and_code_2(
    arguments: list[str],
    why: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "argv", ["gatewatch", "place", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert why in capsys.readouterr().err
