"""What `gatewatch status` calls wrong, and how it reads."""

from dataclasses import replace

import pytest

from gatewatch.operating import overview
from gatewatch.operating.ages import age
from gatewatch.operating.instances import joined
from gatewatch.operating.members import Instance, Member, findings
from reasoning.placements import CanaryPlaced
from reasoning.transition import DigestEndpoint, MemberProblem
from tests.unit.cli.members_made import (
    ACCOUNT,
    FULL,
    NOW,
    REGION,
    STANDS,
    TAGGED,
    a_digest,
    a_member,
    placed,
)


def counted(good: int, unknown: int) -> tuple[DigestEndpoint, ...]:
    return (DigestEndpoint(endpoint="orders-api", good=good, unknown=unknown),)


BROKEN = replace(STANDS, canaries=(CanaryPlaced(function="c-1", state="UPDATE_ROLLBACK_FAILED"),))
WRONG = [
    ("well", {"placements": placed(STANDS, TAGGED)}, []),
    ("never heard", {"digest": None}, ["never_heard: it has never reported"]),
    (
        "silent for a while",
        {"digest": a_digest(at=NOW - 780)},
        ["silent: silent: its last digest is 13 min old"],
    ),
    ("a little late", {"digest": a_digest(at=NOW - 250)}, []),
    (
        "a VPC not looked from",
        {"digest": a_digest(looked={"vpc-0a1": NOW - 10, "vpc-0b2": NOW - 7300})},
        ["silent_vpcs: vpc-0b2 not looked from for up to 2 h"],
    ),
    (
        "paused",
        {"digest": a_digest(looked={}, paused=True)},
        ["paused: all looks are paused by the organisation's file"],
    ),
    (
        "another release",
        {"digest": a_digest(release="1.3.9")},
        ["release: release 1.3.9, the hub has 1.4.0"],
    ),
    ("a member that tells no release", {"digest": a_digest(release="")}, []),
    (
        "many unknown",
        {"digest": a_digest(endpoints=counted(8, 2))},
        ["unknown: 2 of 10 pairs unknown: what is ours to mend hides them"],
    ),
    ("few unknown", {"digest": a_digest(endpoints=counted(9, 1))}, []),
    (
        "halted",
        {"placements": placed(STANDS, halted="unknown rose to 40 % in ring 1")},
        ["halted: the roll-out is halted: unknown rose to 40 % in ring 1"],
    ),
    (
        "a silent placer",
        {"placements": replace(placed(STANDS), taken_at=NOW - 10800)},
        ["placer: its placer has told nothing for 3 h"],
    ),
    (
        "a placer that was never heard",
        {"placements": None},
        ["placer: its placer has never told what it decided"],
    ),
    (
        "a release without a placer",
        {"placements": None, "digest": a_digest(release="1.3.9")},
        ["release: release 1.3.9, the hub has 1.4.0"],
    ),
    ("no room", {"placements": placed(FULL)}, ["vpc: vpc-0c3: no free address"]),
    (
        "a canary stack that failed",
        {"placements": placed(BROKEN)},
        ["vpc: vpc-0a1 (payments-prod): stack c-1 is UPDATE_ROLLBACK_FAILED"],
    ),
    (
        "a stack that failed",
        {
            "instance": Instance(
                account=ACCOUNT, region=REGION, state="OUTDATED", detail="FAILED", reason="role"
            )
        },
        ["stack_failed: its stack is outdated: role"],
    ),
    (
        "a stack that waits",
        {"instance": Instance(account=ACCOUNT, region=REGION, state="OUTDATED", detail="PENDING")},
        ["stack_outdated: its stack does not hold the StackSet's template"],
    ),
    (
        "a problem",
        {"problems": (MemberProblem(key="no_trail", what="no trail", mend="make one", at=NOW),)},
        ["problem: no_trail: no trail"],
    ),
]


@pytest.mark.parametrize(
    ("fields", "told"), [pytest.param(*case[1:], id=case[0]) for case in WRONG]
)
def test_what_is_wrong_with_a_member(fields: dict, told: list[str]) -> None:
    found = findings(a_member(**fields), release="1.4.0", now_at=NOW)
    assert [f"{one.code}: {one.text}" for one in found] == told


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(-5, "0 s"), (0, "0 s"), (99, "99 s"), (100, "2 min"), (7200, "2 h"), (172800, "2 d")],
)
def test_a_time_reads_as_an_age(seconds: float, told: str) -> None:
    assert age(seconds) == told


def text(*members: Member, wrong_only: bool = False) -> str:
    rows = overview.rows(members, release="1.4.0", now_at=NOW)
    shown = overview.lines(
        rows, hub="gatewatch", release="1.4.0", now_at=NOW, wrong_only=wrong_only, notes=[]
    )
    return "\n".join(shown)


def test_a_few_members_are_shown_with_the_reason_for_each_vpc() -> None:
    assert text(a_member(placements=placed(STANDS, TAGGED, FULL))).split("\n") == [
        "hub gatewatch, release 1.4.0: 1 member in 1 account and 1 Region",
        "VPCs    1 of 2 covered; 1 skipped (1 tagged gatewatch:place=no); "
        "1 path class not looked from",
        "wrong   1 member with VPCs that cannot be looked from",
        "",
        "account       Region          release      digest  VPCs",
        "111122223333  us-east-1       1.4.0          20 s  1/2, 1 skipped",
        "    wrong: vpc-0c3: no free address",
        "    vpc-0a1 (payments-prod): covered (keep): stands as it should",
        "        not looked from: rtb-9/acl-1",
        "    vpc-0b2: skipped (skip): tagged gatewatch:place=no",
    ]


def test_three_hundred_members_are_summed_up_and_the_wrong_ones_shown() -> None:
    well = [
        a_member(account=f"{number:012}", placements=placed(STANDS, TAGGED))
        for number in range(298)
    ]
    last = {"digest": a_digest(at=NOW - 900), "placements": placed(replace(STANDS, unseen=()))}
    silent = [a_member(account=f"9{number:011}", **last) for number in range(2)]
    lines = text(*well, *silent).split("\n")
    assert len(lines) < 15
    assert "300 members in 300 accounts" in lines[0]
    assert "300 of 300 covered; 298 skipped (298 tagged gatewatch:place=no)" in lines[1]
    assert lines[2] == "wrong   2 members silent"
    assert "298 members with nothing wrong not shown" in lines[-1]
    assert sum("wrong: silent" in line for line in lines) == 2


def test_only_what_is_wrong_leaves_out_what_is_well() -> None:
    shown = text(a_member(placements=placed(STANDS)), a_member(digest=None), wrong_only=True)
    assert "vpc-0a1" not in shown
    assert shown.count(ACCOUNT) == 1


def test_a_stack_that_never_reported_is_a_member_too() -> None:
    unheard = Instance(account="444455556666", region="eu-west-1")
    found = joined([a_member()], [unheard, Instance(account=ACCOUNT, region=REGION)])
    assert [(one.account, one.digest is None, one.instance is None) for one in found] == [
        (ACCOUNT, False, False),
        ("444455556666", True, False),
    ]
