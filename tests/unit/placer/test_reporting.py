"""The document that the hub gets: a VPC's reasons, problems and canaries, and no more than fits."""

import json
from dataclasses import replace

import pytest

from placer.decision import Act, Decision
from placer.memory import Kept
from placer.repairing import Attempt
from placer.reporting import LARGEST_BYTES, LONGEST_REASON
from placer.rollout import Rollout
from probing.wire import to_json
from reasoning import wire
from tests.support.estates import NOW, estate, vpc
from tests.unit.placer.member_stand import stand as a_member

WHY = Attempt(of="r2 subnet-1", count=3, at=NOW, why="no address", open=False)


@pytest.fixture
def reporting():
    with a_member() as made:
        yield made.member.run.reporting


def decision(vpc_id="vpc-1", act=Act.KEEP, reason="all is well", **told):
    return Decision(vpc_id=vpc_id, label="payments", act=act, reason=reason, **told)


def told(reporting, *decisions, kept=None):
    ids = {one.vpc_id for one in decisions}
    whole = estate(*(vpc(vpc_id=one) for one in sorted(ids)))
    return reporting.document(whole, decisions, kept or Kept(), NOW)


@pytest.mark.parametrize(
    "decisions, act, reason, problem",
    [
        ([decision()], "keep", "all is well", ""),
        ([decision(act=Act.SKIP, reason="full", problem=True)], "skip", "full", "full"),
        (
            [decision(), decision(canary="3f", act=Act.PLACE, reason="new")],
            "place",
            "first: all is well; 3f: new",
            "",
        ),
    ],
)
def test_a_vpc(reporting, decisions, act, reason, problem):
    [found] = told(reporting, *decisions).vpcs
    assert (found.act, found.reason, found.problem) == (act, reason, problem)


@pytest.mark.parametrize("key", ["gatewatch-canary-vpc-1", "gatewatch-canary-vpc-1 away"])
def test_a_stack_that_fails_again_and_again_is_a_problem(reporting, key):
    gone = decision(act=Act.WITHDRAW, reason="tagged no")
    [found] = told(reporting, gone, kept=Kept(attempts={key: WHY})).vpcs
    assert "3 attempts failed" in found.problem and "no address" in found.problem


def test_the_halt_of_a_release_is_told(reporting):
    halted = Kept(rollout=Rollout(halted="release r2 is not rolled out further"))
    assert told(reporting, decision(), kept=halted).halted == halted.rollout.halted


def test_a_long_reason_is_cut(reporting):
    [found] = told(reporting, decision(reason="x" * 5000)).vpcs
    assert len(found.reason) == LONGEST_REASON


def test_a_thousand_vpcs_fit_in_one_message():
    with a_member() as made:
        many = [decision(vpc_id=f"vpc-{n:017x}", reason="x" * 400) for n in range(1000)]
        document = told(made.member.run.reporting, *many)
        assert len(json.dumps(to_json(document))) > LARGEST_BYTES
        made.member.run.reporting.tell(document, Kept())
        [entry] = made.bus.taken
        assert len(entry["Detail"].encode()) < 256_000
        [heard] = made.bus.said(wire.PLACEMENTS)
        assert len(heard.vpcs) == 1000


def test_what_the_bus_took_is_not_told_again_before_an_hour(reporting):
    document = told(reporting, decision())
    kept = reporting.tell(document, Kept())
    later = replace(document, taken_at=NOW + 3599)
    assert reporting.tell(later, kept) == kept
    assert reporting.tell(replace(later, taken_at=NOW + 3600), kept).told_at == NOW + 3600
