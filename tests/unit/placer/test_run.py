"""Runs of the placer, one after the other, on an account in this process."""

import json
from dataclasses import replace

import pytest
from botocore.exceptions import ClientError

from placer.carrying import AT_ONCE
from placer.memory import Busy
from placer.run import COME_BACK_SECONDS, MOST_HOPS, NotTold
from reasoning import wire
from tests.unit.placer import member_stand
from tests.unit.placer.runs import TICK, YES, network, run, told
from tests.unit.placer.test_hearing import event


def test_a_vpc_gets_a_canary_and_the_hub_is_told(stand):
    vpc, subnet = network(stand)
    run(stand)
    assert f"gatewatch-canary-{vpc}" in stand.stacks()
    assert (told(stand, vpc).act, told(stand, vpc).problem) == ("place", "")
    run(stand, later=30)
    [canary] = told(stand, vpc).canaries
    assert (canary.function, canary.subnets, canary.release) == (
        f"gatewatch-canary-{vpc}",
        (subnet,),
        "r2",
    )
    assert told(stand, vpc).act == "keep"


def test_its_stack_gets_the_members_outputs_and_tags_by_the_service_role(stand):
    network(stand)
    run(stand)
    [made] = stand.clients.cloudformation.of("create_stack")
    given = {one["ParameterKey"]: one["ParameterValue"] for one in made["Parameters"]}
    assert given["CanaryLayerArn"] == stand.settings.canary_layer_arn
    assert given["LogRetentionDays"] == "30"
    assert made["RoleARN"] == stand.settings.canary_service_role_arn
    assert {tag["Key"]: tag["Value"] for tag in made["Tags"]} == {
        "gatewatch:part": "canary",
        "gatewatch:placed-by": "placer",
    }


def test_it_comes_back_while_something_is_at_work_and_not_for_ever(stand):
    network(stand)
    run(stand)
    [sent] = stand.clients.sqs.of("send_message")
    assert json.loads(sent["MessageBody"]) == {"kind": "wake", "hops": 1}
    assert sent["DelaySeconds"] == COME_BACK_SECONDS
    network(stand, 2, YES)
    run(stand, json.dumps({"kind": "wake", "hops": MOST_HOPS}), later=60)
    assert len(stand.clients.sqs.of("send_message")) == 1


def test_a_storm_of_events_begins_one_chain(stand):
    for number in range(3):
        network(stand, number, YES)
        run(stand, later=1)
    assert len(stand.clients.sqs.of("send_message")) == 1


def test_few_stacks_at_once(stand):
    for number in range(AT_ONCE + 3):
        network(stand, number)
    run(stand)
    assert len(stand.clients.cloudformation.of("create_stack")) == AT_ONCE
    run(stand, later=30)
    assert len(stand.clients.cloudformation.of("create_stack")) == AT_ONCE + 3


def test_what_is_there_at_the_first_run_is_old_and_what_comes_later_is_young(stand):
    network(stand)
    run(stand)
    vpc, _ = network(stand, 2)
    run(stand, later=300)
    assert (told(stand, vpc).act, "MinVpcAge" in told(stand, vpc).reason) == ("skip", True)
    assert told(stand, vpc).problem == ""
    run(stand, later=3600)
    assert told(stand, vpc).act == "place"


def test_a_first_run_that_may_not_see_the_vpcs_yet_makes_none_of_them_young(stand):
    vpc, _ = network(stand)
    inner = stand.clients.ec2.inner

    class NotYet:
        def paginate(self, **_):
            raise ClientError({"Error": {"Code": "UnauthorizedOperation"}}, "DescribeVpcs")

    def paginator(operation):
        return NotYet() if operation == "describe_vpcs" else inner.get_paginator(operation)

    stand.clients.ec2.__dict__["get_paginator"] = paginator
    run(stand)
    del stand.clients.ec2.__dict__["get_paginator"]
    run(stand, later=300)
    assert told(stand, vpc).act == "place"


def test_the_event_of_its_making_tells_how_old_a_vpc_is(stand):
    run(stand)
    vpc, _ = network(stand, 2)
    made = event("CreateVpc", {}, response={"vpc": {"vpcId": vpc}})  # a long time ago
    run(stand, made, later=300)
    assert told(stand, vpc).act == "place"


def test_the_hub_is_told_when_something_differs_and_hourly(stand):
    network(stand)
    run(stand)
    run(stand, later=30)
    run(stand, later=300)
    assert len(stand.bus.said(wire.PLACEMENTS)) == 2
    run(stand, later=3600)
    assert len(stand.bus.said(wire.PLACEMENTS)) == 3


def test_what_a_refusing_bus_did_not_take_is_a_dead_letter_unless_the_next_run_tells_it(stand):
    vpc, _ = network(stand)
    stand.bus.refusing = True
    with pytest.raises(NotTold):
        run(stand)
    assert f"gatewatch-canary-{vpc}" in stand.stacks()
    stand.bus.refusing = False
    run(stand, later=300)
    assert len(stand.bus.said(wire.PLACEMENTS)) == 1


def test_placement_none_takes_away_what_the_placer_made_and_nothing_else(stand):
    vpc, _ = network(stand)
    run(stand)
    by_hand, _ = network(stand, 2)
    stand.clients.cloudformation.inner.create_stack(
        StackName=f"gatewatch-canary-{by_hand}",
        TemplateBody=member_stand.CANARY,
        Parameters=[
            {"ParameterKey": "VpcId", "ParameterValue": by_hand},
            {"ParameterKey": "Release", "ParameterValue": "r2"},
        ],
    )
    settings = replace(stand.settings, placement="none")
    placer = replace(
        stand.member.run,
        settings=settings,
        reporting=replace(stand.member.run.reporting, settings=settings),
    )
    placer.handle([TICK])
    assert stand.stacks() == [f"gatewatch-canary-{by_hand}", "member"]
    assert told(stand, vpc).act == "withdraw"


def test_two_runs_do_not_work_at_the_same_time(stand):
    with (
        stand.member.run.memory.alone("other", 10_000.0, 0.0),
        pytest.raises(Busy),
    ):
        run(stand)
    assert stand.clients.cloudformation.calls == []


def test_a_run_that_died_does_not_lock_the_next_one_out_for_ever(stand):
    stand.member.run.memory._taken("died", 60.0)
    run(stand, later=61)
    assert stand.bus.said(wire.PLACEMENTS)


def test_a_message_that_cannot_be_read_is_dropped_and_the_run_goes_on(stand):
    run(stand, "{", '{"kind":"look"}')
    assert stand.bus.said(wire.PLACEMENTS)
