"""What is decided about canaries that are there: kept, updated, moved, repaired, withdrawn."""

from dataclasses import replace
from typing import Any

import pytest

from placer.decision import Act, Mode
from placer.facts import TAG, Concurrency, Estate, Part, Refusal, RefusalKind, WayOut
from placer.plan import plan
from placer.rings import RINGS, ring
from placer.stack import BROKEN
from placer.standing import BEHIND_AN_INTERNET_GATEWAY
from tests.support.estates import ACCOUNT, DAY, NOW, TERMS, decided, estate, stack, subnet
from tests.support.estates import vpc as a_vpc

YES, NO = {TAG: "yes"}, {TAG: "no"}
S = subnet("s", workloads=3, others=3)
OTHER = subnet("other", "z2", route_table="rtb-2")


def covered(*subnets: Any, **told: Any) -> Estate:
    """A VPC with a canary in its first subnet; `vpc` and `stack` say what is special of them."""
    vpc = a_vpc(*subnets, **told.pop("vpc", {}))
    return estate(vpc, stacks=[stack(subnets[0], **told.pop("stack", {}))], **told)


@pytest.mark.parametrize(
    ("whole", "act", "reason"),
    [
        pytest.param(covered(S), Act.KEEP, "looks from s", id="as it should be"),
        pytest.param(covered(S, vpc={"tags": NO}), Act.WITHDRAW, "=no", id="tagged no"),
        pytest.param(covered(S, vpc={"tags": {TAG: "x"}}), Act.KEEP, "neither", id="tag x"),
        pytest.param(covered(S, vpc={"since": NOW}), Act.KEEP, "", id="a young VPC"),
        pytest.param(
            covered(subnet("s"), vpc={"is_default": True}),
            Act.KEEP,
            "nobody uses it",
            id="a default VPC that is no longer used",
        ),
        pytest.param(
            covered(S, vpc={"owner": "9999"}), Act.WITHDRAW, "shared by", id="a tag taken away"
        ),
        pytest.param(
            covered(S, vpc={"canaries_of": ("9999",)}), Act.WITHDRAW, "9999", id="looked at twice"
        ),
        pytest.param(
            covered(S, concurrency=Concurrency(limit=10, unreserved=1)),
            Act.KEEP,
            "throttled",
            id="too few executions",
        ),
        pytest.param(
            estate(a_vpc(OTHER), stacks=[stack(S)], gone=frozenset({"s"})),
            Act.MOVE,
            "subnet s is gone",
            id="its subnet is gone",
        ),
        pytest.param(
            estate(a_vpc(subnet("f", free=0)), stacks=[stack(S)], gone=frozenset({"s"})),
            Act.WITHDRAW,
            "no subnet fits",
            id="its subnet is gone, and none fits",
        ),
        pytest.param(
            estate(a_vpc(OTHER), stacks=[stack(S)]), Act.KEEP, "", id="its subnet is not listed"
        ),
        pytest.param(
            covered(replace(S, tags=NO), OTHER),
            Act.MOVE,
            "tagged gatewatch:place=no",
            id="subnet no",
        ),
        pytest.param(
            covered(S, replace(OTHER, tags=YES)), Act.MOVE, "others are tagged", id="another yes"
        ),
        pytest.param(covered(replace(S, free=0)), Act.KEEP, "", id="its subnet is full now"),
        pytest.param(
            covered(S, stack={"drift": "function f is gone"}),
            Act.UPDATE,
            "function f is gone",
            id="drifted",
        ),
        pytest.param(
            covered(S, stack={"status": "CREATE_IN_PROGRESS"}), Act.KEEP, "at work", id="coming"
        ),
        pytest.param(
            covered(S, stack={"status": "DELETE_IN_PROGRESS"}), Act.SKIP, "leaving", id="leaving"
        ),
        pytest.param(
            covered(S, stack={"status": "UPDATE_IN_PROGRESS"}, vpc={"tags": NO}),
            Act.KEEP,
            "removed then",
            id="no stack is removed while it is updated",
        ),
        pytest.param(
            covered(replace(S, way_out=WayOut.INTERNET_GATEWAY)),
            Act.UPDATE,
            "way out",
            id="its way out is another",
        ),
    ],
)
def test_a_canary_that_is_there(whole: Estate, act: Act, reason: str) -> None:
    decision = decided(whole)
    assert decision.act is act, decision
    assert reason in decision.reason
    assert (decision.placement is not None) is (act in (Act.UPDATE, Act.MOVE))


def test_a_way_out_that_changed_is_in_the_update() -> None:
    decision = decided(covered(replace(S, way_out=WayOut.INTERNET_GATEWAY)))
    assert decision.placement is not None
    assert decision.placement.not_representative == BEHIND_AN_INTERNET_GATEWAY


@pytest.mark.parametrize("mode", [Mode.TAGGED, Mode.NONE])
def test_the_placer_withdraws_its_own_canaries_and_none_that_was_placed_by_hand(mode: Mode) -> None:
    terms = replace(TERMS, mode=mode)
    assert decided(covered(S), terms).act is Act.WITHDRAW
    by_hand = decided(covered(S, stack={"by_hand": True}), terms)
    assert by_hand.act is Act.KEEP
    assert "put by hand" in by_hand.reason
    assert decided(covered(S, stack={"by_hand": True}, vpc={"tags": NO}), terms).act is Act.WITHDRAW


@pytest.mark.parametrize("part", [part for part in Part if part is not Part.FUNCTIONS])
@pytest.mark.parametrize("mode", [Mode.ALL, Mode.TAGGED])
@pytest.mark.parametrize("owner", [ACCOUNT, "999988887777"])
def test_missing_data_never_withdraws(part: Part, mode: Mode, owner: str) -> None:
    """A subnet's tag asks for this canary; what is not read is as AWS would leave it out."""
    vpcs = () if part is Part.VPCS else (a_vpc(owner=owner),)
    if part is not Part.SUBNETS and vpcs:
        vpcs = (a_vpc(replace(S, tags=YES), owner=owner),)
    stacks = () if part is Part.STACKS else (stack(S),)
    whole = estate(*vpcs, stacks=stacks, unreadable={part: "DescribeX was refused"})
    for decision in plan(whole, replace(TERMS, mode=mode), NOW):
        assert decision.act in (Act.KEEP, Act.SKIP)
        assert "DescribeX was refused" in decision.reason


def test_a_canary_whose_vpc_is_gone_is_withdrawn_only_when_aws_says_so() -> None:
    alone = estate(stacks=[stack(S)])
    assert decided(alone).act is Act.KEEP
    assert decided(replace(alone, gone=frozenset({"vpc-1"}))).act is Act.WITHDRAW


@pytest.mark.parametrize(
    ("here", "there", "age", "moves"),
    [
        pytest.param(4, 8, 2 * DAY, True, id="twice as many, and four more"),
        pytest.param(4, 7, 2 * DAY, False, id="not twice as many"),
        pytest.param(1, 4, 2 * DAY, False, id="only three more"),
        pytest.param(0, 4, 2 * DAY, True, id="nobody is here any more"),
        pytest.param(4, 80, DAY / 2, False, id="it moved only lately"),
    ],
)
def test_small_differences_move_nothing(here: int, there: int, age: float, moves: bool) -> None:
    whole = covered(
        replace(S, workloads=here), replace(OTHER, workloads=there), stack={"since": NOW - age}
    )
    decision = decided(whole)
    assert decision.act is (Act.MOVE if moves else Act.KEEP), decision
    if moves:
        assert decision.placement is not None
        assert decision.placement.subnet_ids == ("other",)
        assert decision.unseen == (("rtb-1/acl-1",) if here else ())
    else:
        assert decision.unseen == ("rtb-2/acl-1",)


def test_a_canary_placed_by_hand_is_never_moved_to_where_most_are() -> None:
    whole = covered(S, replace(OTHER, workloads=90), stack={"by_hand": True})
    assert decided(whole).act is Act.KEEP


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
    assert decided(estate(a_vpc(S)), closed).act is Act.PLACE
    assert decided(covered(S, stack={"status": "ROLLBACK_COMPLETE"}), closed).act is Act.UPDATE


def test_rings_take_their_shares() -> None:
    counts = [0] * RINGS
    for number in range(10_000):
        counts[ring(ACCOUNT, f"vpc-{number}")] += 1
    assert [round(count / 10_000, 1) for count in counts] == [0.1, 0.1, 0.3, 0.5]


THREE = (
    subnet("a", route_table="rtb-a", workloads=9),
    subnet("b", route_table="rtb-b", workloads=6),
    subnet("c", route_table="rtb-c", workloads=1),
)


@pytest.mark.parametrize(
    ("most", "subnets", "unseen"),
    [
        (1, ["a"], ("rtb-b/acl-1", "rtb-c/acl-1")),
        (2, ["a", "b"], ("rtb-c/acl-1",)),
        (5, ["a", "b", "c"], ()),
    ],
)
def test_more_canaries_stand_in_one_path_class_each(
    most: int, subnets: list[str], unseen: tuple[str, ...]
) -> None:
    empty = subnet("d", route_table="rtb-d")
    whole = estate(a_vpc(*THREE, empty))
    decisions = plan(whole, replace(TERMS, max_canaries=most), NOW)
    assert sorted(one.placement.subnet_ids[0] for one in decisions if one.placement) == subnets
    assert {one.unseen for one in decisions} == {unseen}
    assert len({one.canary for one in decisions}) == len(subnets)
    assert decisions[0].canary == ""


def test_too_many_canaries_the_lightest_leave() -> None:
    stacks = [stack(THREE[0]), stack(THREE[1], canary="b"), stack(THREE[2], canary="c")]
    whole = estate(a_vpc(*THREE), stacks=stacks)
    two = plan(whole, replace(TERMS, max_canaries=2), NOW)
    assert [(one.canary, one.act) for one in two] == [
        ("", Act.KEEP),
        ("b", Act.KEEP),
        ("c", Act.WITHDRAW),
    ]
    assert [one.act for one in plan(whole, TERMS, NOW)] == [Act.KEEP, Act.WITHDRAW, Act.WITHDRAW]


def test_a_further_canary_gives_way_to_a_far_heavier_path_class() -> None:
    stacks = [stack(THREE[0]), stack(THREE[2], canary="c")]
    decisions = plan(estate(a_vpc(*THREE), stacks=stacks), replace(TERMS, max_canaries=2), NOW)
    assert {one.canary: one.act for one in decisions}["c"] is Act.WITHDRAW
    placed = next(one for one in decisions if one.act is Act.PLACE)
    assert placed.placement is not None
    assert placed.placement.subnet_ids == ("b",)
