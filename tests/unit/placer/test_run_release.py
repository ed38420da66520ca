"""Runs of the placer while a new release comes to canaries that are there."""

import gzip
import json

import pytest
from botocore.exceptions import ClientError

from placer.rings import RINGS, ring
from reasoning import wire
from tests.unit.placer.member_stand import ACCOUNT
from tests.unit.placer.runs import network, run

VPCS = 8


def look(stand, vpc, state):
    """The last look at a VPC, as the checker keeps it."""
    seen = {"at": stand.clock.at, "state": "looked", "pairs": {"orders": {"state": state}}}
    body = gzip.compress(json.dumps(seen).encode())
    item = {"pk": {"S": f"vpc#{vpc}"}, "sk": {"S": "look"}, "body": {"B": body}}
    stand.clients.dynamodb.inner.put_item(TableName="member", Item=item)


@pytest.fixture
def vpcs(stand):
    """VPCs by their ring, first ones first; each has a canary of the release before, and sees."""
    found = []
    while len(found) < VPCS or len({ring(ACCOUNT, vpc) for vpc in found}) < 2:
        vpc, subnet = network(stand, len(found))
        stand.stack(
            f"gatewatch-canary-{vpc}",
            SubnetIds=subnet,
            Zones="us-east-1a",
            Release="r1",
            Ipv6="false",
            CanaryRoleArn=stand.settings.canary_role_arn,
        )
        look(stand, vpc, "ok")
        found.append(vpc)
    return sorted(found, key=lambda vpc: (ring(ACCOUNT, vpc), vpc))


def updated(stand):
    calls = stand.clients.cloudformation.of("update_stack")
    return [call["StackName"].removeprefix("gatewatch-canary-") for call in calls]


def test_it_comes_ring_after_ring_until_all_have_it(stand, vpcs):
    for _ in range(12):
        run(stand, later=300)
        for vpc in vpcs:
            look(stand, vpc, "ok")
    rings = [ring(ACCOUNT, vpc) for vpc in updated(stand)]
    assert rings == sorted(rings) and len(rings) == len(vpcs)
    stand.clients.cloudformation.calls.clear()
    run(stand, later=300)
    assert updated(stand) == []


def test_no_further_ring_opens_while_the_stacks_of_the_first_are_being_updated(stand, vpcs):
    cloudformation, working = stand.clients.cloudformation, set()

    def describe(StackName):
        answer = cloudformation.inner.describe_stacks(StackName=StackName)
        for one in answer["Stacks"]:
            if one["StackName"] in working:
                one["StackStatus"] = "UPDATE_IN_PROGRESS"
        return answer

    def update(**arguments):
        working.add(arguments["StackName"])
        return cloudformation.inner.update_stack(**arguments)

    cloudformation.instead |= {"describe_stacks": describe, "update_stack": update}
    while not updated(stand):
        run(stand, later=300)
    first = set(updated(stand))
    for _ in range(4):
        run(stand, later=30)
    assert set(updated(stand)) == first and len(first) < len(vpcs)


def test_stacks_that_cannot_be_read_for_once_open_no_ring(stand, vpcs):
    run(stand)
    before = stand.member.run.memory.load().rollout

    def throttled(**_):
        raise ClientError({"Error": {"Code": "Throttling"}}, "DescribeStacks")

    stand.clients.cloudformation.instead["describe_stacks"] = throttled
    run(stand, later=30)
    assert stand.member.run.memory.load().rollout == before and before.open < RINGS


def test_it_halts_while_the_first_ones_see_less_and_goes_on_when_they_see(stand, vpcs):
    while not updated(stand):
        run(stand, later=300)
    first = set(updated(stand))
    assert len(first) < len(vpcs)
    for vpc in first:
        look(stand, vpc, "unknown")
    run(stand, later=300)
    run(stand, later=3600)
    assert set(updated(stand)) == first
    told = stand.bus.said(wire.PLACEMENTS)[-1]
    assert "release r2 is not rolled out further: 100%" in told.halted
    for _ in range(12):
        for vpc in vpcs:
            look(stand, vpc, "ok")
        run(stand, later=300)
    assert set(updated(stand)) == set(vpcs)
    assert stand.bus.said(wire.PLACEMENTS)[-1].halted == ""
