"""Whatever an account looks like, a plan that was carried out is followed by one that keeps."""

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from placer.decision import Act, Mode, Terms
from placer.facts import TAG, CanaryStack, Concurrency, Estate, Part, Subnet, Vpc, WayOut
from placer.plan import plan
from placer.standing import unfit
from tests.support.estates import DAY, NOW, TERMS, done, estate, stack

QUIET = {Act.KEEP, Act.SKIP}
TAGS = st.sampled_from([{}, {}, {}, {TAG: "yes"}, {TAG: "no"}, {TAG: "perhaps"}])


@st.composite
def subnets(draw: Any, vpc_id: str) -> tuple[Subnet, ...]:
    return tuple(
        Subnet(
            subnet_id=f"{vpc_id}-{number}",
            zone=draw(st.sampled_from("abc")),
            free=draw(st.sampled_from([0, 7, 8, 200])),
            route_table=draw(st.sampled_from(["rtb-1", "rtb-2", "rtb-3"])),
            network_acl=draw(st.sampled_from(["acl-1", "acl-2"])),
            way_out=draw(st.sampled_from(list(WayOut))),
            workloads=(workloads := draw(st.integers(0, 12))),
            others=workloads,
            ipv6=draw(st.booleans()),
            ipv6_only=draw(st.integers(0, 9)) == 0,
            tags=draw(TAGS),
        )
        for number in range(draw(st.integers(0, 6)))
    )


@st.composite
def estates(draw: Any) -> Estate:
    vpcs: list[Vpc] = []
    stacks: list[CanaryStack] = []
    for number in range(draw(st.integers(0, 4))):
        vpc_id = f"vpc-{number}"
        here = draw(subnets(vpc_id))
        vpcs.append(
            Vpc(
                vpc_id=vpc_id,
                owner=draw(st.sampled_from(["111122223333", "111122223333", "999988887777"])),
                tags=draw(TAGS),
                is_default=draw(st.integers(0, 4)) == 0,
                dedicated=draw(st.integers(0, 9)) == 0,
                since=draw(st.sampled_from([0.0, NOW - 60])),
                subnets=here,
            )
        )
        if here:
            stacks += [
                stack(
                    *draw(
                        st.lists(
                            st.sampled_from(here),
                            min_size=1,
                            max_size=2,
                            unique_by=lambda one: one.subnet_id,
                        )
                    ),
                    vpc_id=vpc_id,
                    canary=canary,
                    by_hand=draw(st.booleans()),
                    since=NOW - draw(st.sampled_from([60.0, 9 * DAY])),
                    status=draw(st.sampled_from(["CREATE_COMPLETE", "ROLLBACK_COMPLETE"])),
                    parameters={"Release": draw(st.sampled_from(["1", "2"]))},
                )
                for canary in draw(st.sampled_from([(), ("",), ("", "x"), ("x", "y")]))
            ]
    unreserved = draw(st.sampled_from([1000, 5]))
    return estate(*vpcs, stacks=stacks, concurrency=Concurrency(limit=1000, unreserved=unreserved))


ALL_TERMS = st.builds(
    lambda mode, most: replace(TERMS, mode=mode, max_canaries=most),
    st.sampled_from(Mode),
    st.integers(1, 3),
)


@settings(max_examples=300, deadline=None)
@given(estates(), ALL_TERMS)
def test_a_plan_that_was_carried_out_is_followed_by_one_that_keeps(
    whole: Estate, terms: Terms
) -> None:
    now_at = NOW
    for _ in range(3):
        whole = done(whole, plan(whole, terms, now_at), now_at)
        now_at += 2 * DAY
    assert [one for one in plan(whole, terms, now_at) if one.act not in QUIET] == []


@settings(max_examples=300, deadline=None)
@given(estates(), ALL_TERMS)
def test_no_plan_does_what_none_may(whole: Estate, terms: Terms) -> None:
    decisions = plan(whole, terms, NOW)
    assert {one.vpc_id for one in decisions} == {one.vpc_id for one in whole.vpcs}
    names = [(one.vpc_id, one.canary) for one in decisions]
    assert len(names) == len(set(names))
    stacks = {(one.vpc_id, one.canary): one for one in whole.stacks}
    for vpc in whole.vpcs:
        fitting = {one.subnet_id for one in vpc.subnets if not unfit(one, vpc.subnets)}
        of_vpc = [one for one in decisions if one.vpc_id == vpc.vpc_id]
        for one in of_vpc:
            assert one.reason
            there = stacks.get((one.vpc_id, one.canary))
            assert (one.act is Act.PLACE) <= (there is None)
            assert (one.act in (Act.KEEP, Act.UPDATE, Act.MOVE, Act.WITHDRAW)) <= bool(there)
            if one.act in (Act.PLACE, Act.MOVE):
                assert one.placement is not None
                assert set(one.placement.subnet_ids) <= fitting
        after = [one for one in done(whole, decisions, NOW).stacks if one.vpc_id == vpc.vpc_id]
        before = [one for one in whole.stacks if one.vpc_id == vpc.vpc_id]
        assert len(after) <= max(terms.max_canaries, len(before))


@settings(max_examples=100, deadline=None)
@given(estates(), ALL_TERMS, st.sampled_from([part for part in Part if part != Part.FUNCTIONS]))
def test_nothing_is_placed_or_moved_on_what_is_not_known(
    whole: Estate, terms: Terms, part: Part
) -> None:
    blind = replace(whole, unreadable={part: "denied"})
    for one in plan(blind, terms, NOW):
        assert one.act not in (Act.PLACE, Act.MOVE), one
        assert not one.afresh
