"""What is decided about a canary that is there: kept, moved, repaired, withdrawn."""

from dataclasses import replace

import pytest

from placer.decision import Act, Mode
from placer.facts import TAG, Concurrency, Estate, WayOut
from placer.standing import BEHIND_AN_INTERNET_GATEWAY
from tests.support.estates import (
    DAY,
    NOW,
    TERMS,
    covered,
    decided,
    estate,
    stack,
    subnet,
    vpc,
)

YES, NO = {TAG: "yes"}, {TAG: "no"}
S = subnet("s", workloads=3, others=3)
OTHER = subnet("other", "z2", route_table="rtb-2")


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
            estate(vpc(OTHER), stacks=[stack(S)], gone=frozenset({"s"})),
            Act.MOVE,
            "subnet s is gone",
            id="its subnet is gone",
        ),
        pytest.param(
            estate(vpc(subnet("f", free=0)), stacks=[stack(S)], gone=frozenset({"s"})),
            Act.WITHDRAW,
            "no subnet fits",
            id="its subnet is gone, and none fits",
        ),
        pytest.param(
            estate(vpc(OTHER), stacks=[stack(S)]), Act.KEEP, "", id="its subnet is not listed"
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


@pytest.mark.parametrize(
    ("differs", "act"),
    [
        pytest.param({"CanaryLayerArn": "before"}, Act.KEEP, id="code waits for its ring"),
        pytest.param({"CanaryRoleArn": "before"}, Act.UPDATE, id="a role that is gone does not"),
    ],
)
def test_a_canary_whose_role_the_member_has_replaced_waits_for_no_ring(differs, act):
    terms = replace(TERMS, rings_open=0)
    whole = estate(vpc(S), stacks=[stack(S, parameters=differs)])
    assert decided(whole, terms).act is act


def test_another_key_of_the_member_comes_to_the_canarys_log():
    keyed = replace(TERMS.member, kms_key_arn="arn:aws:kms:us-east-1:111122223333:key/1")
    told = decided(covered(S), replace(TERMS, member=keyed))
    assert (told.act, "another KmsKeyArn" in told.reason) == (Act.UPDATE, True)
