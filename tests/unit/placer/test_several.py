"""Several canaries in one VPC: one for each path class, the heaviest first."""

from dataclasses import replace

import pytest

from placer.decision import Act
from placer.facts import Concurrency, WayOut
from placer.plan import plan
from tests.support.estates import (
    NOW,
    TERMS,
    estate,
    stack,
    subnet,
    vpc,
)

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
    whole = estate(vpc(*THREE, empty))
    decisions = plan(whole, replace(TERMS, max_canaries=most), NOW)
    assert sorted(one.placement.subnet_ids[0] for one in decisions if one.placement) == subnets
    assert {one.unseen for one in decisions} == {unseen}
    assert len({one.canary for one in decisions}) == len(subnets)
    assert decisions[0].canary == ""


def test_a_further_canary_blames_no_path_class_that_another_looks_from() -> None:
    full = subnet("full", route_table="rtb-full", workloads=7, free=3)
    decisions = plan(estate(vpc(*THREE, full)), replace(TERMS, max_canaries=3), NOW)
    assert [one.reason for one in decisions] == [
        "path class rtb-a/acl-1 has 9 workload interfaces",
        "path class rtb-b/acl-1 has 6 workload interfaces; "
        "no subnet fits in rtb-full/acl-1, which has 7",
        "path class rtb-c/acl-1 has 1 workload interfaces; "
        "no subnet fits in rtb-full/acl-1, which has 7",
    ]


def test_too_many_canaries_the_lightest_leave() -> None:
    stacks = [stack(THREE[0]), stack(THREE[1], canary="b"), stack(THREE[2], canary="c")]
    whole = estate(vpc(*THREE), stacks=stacks)
    two = plan(whole, replace(TERMS, max_canaries=2), NOW)
    assert [(one.canary, one.act) for one in two] == [
        ("", Act.KEEP),
        ("b", Act.KEEP),
        ("c", Act.WITHDRAW),
    ]
    assert [one.act for one in plan(whole, TERMS, NOW)] == [Act.KEEP, Act.WITHDRAW, Act.WITHDRAW]


def test_a_further_canary_gives_way_to_a_far_heavier_path_class() -> None:
    stacks = [stack(THREE[0]), stack(THREE[2], canary="c")]
    decisions = plan(estate(vpc(*THREE), stacks=stacks), replace(TERMS, max_canaries=2), NOW)
    assert {one.canary: one.act for one in decisions}["c"] is Act.WITHDRAW
    placed = next(one for one in decisions if one.act is Act.PLACE)
    assert placed.placement is not None
    assert placed.placement.subnet_ids == ("b",)


def test_no_further_canary_stands_where_it_would_see_less_than_workloads() -> None:
    public = replace(THREE[1], way_out=WayOut.INTERNET_GATEWAY)
    terms = replace(TERMS, max_canaries=2)
    decisions = plan(estate(vpc(THREE[0], public)), terms, NOW)
    assert [one.act for one in decisions] == [Act.PLACE]
    assert decisions[0].unseen == ("rtb-b/acl-1",)
    there = [stack(THREE[0]), stack(public, canary="b")]
    acts = [one.act for one in plan(estate(vpc(THREE[0], public), stacks=there), terms, NOW)]
    assert acts == [Act.KEEP, Act.WITHDRAW]


def test_a_look_holds_an_execution_for_each_canary() -> None:
    four = replace(TERMS, max_canaries=4)
    for unreserved, act in ((18, Act.SKIP), (19, Act.PLACE)):
        has = Concurrency(limit=20, unreserved=unreserved)
        assert plan(estate(vpc(THREE[0]), concurrency=has), four, NOW)[0].act is act
