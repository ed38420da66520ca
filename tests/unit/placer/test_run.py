"""Runs of the placer, one after the other, on an account in this process."""

import json
from dataclasses import replace

import pytest
from botocore.exceptions import ClientError

from placer.carrying import AT_ONCE
from placer.memory import Busy
from placer.run import COME_BACK_SECONDS, MOST_HOPS
from reasoning import wire
from tests.unit.placer import member_stand
from tests.unit.placer.test_hearing import event

TICK = '{"kind":"tick"}'
YES = [{"Key": "gatewatch:place", "Value": "yes"}]


def network(stand, number=1, tags=()):
    """A VPC with one subnet; both ids."""
    ec2 = stand.clients.ec2.inner
    vpc = ec2.create_vpc(CidrBlock=f"10.{number}.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(
        VpcId=vpc, CidrBlock=f"10.{number}.0.0/24", AvailabilityZone="us-east-1a"
    )["Subnet"]["SubnetId"]
    if tags:
        ec2.create_tags(Resources=[vpc], Tags=list(tags))
    return vpc, subnet


def told(stand, vpc):
    """The last that the hub was told of this VPC."""
    return stand.bus.said(wire.PLACEMENTS)[-1].vpc(vpc)


def run(stand, *bodies, later=0.0):
    stand.clock.at += later
    stand.member.run.handle(list(bodies or (TICK,)))


def failing(stand, name, status, why):
    """CloudFormation tells this stack as failed, with an event that says why."""
    inner = stand.clients.cloudformation.inner

    def describe(StackName):
        answer = inner.describe_stacks(StackName=StackName)
        for stack in answer["Stacks"]:
            if stack["StackName"] == name:
                stack["StackStatus"] = status
        return answer

    def events(StackName):
        failed = {"LogicalResourceId": "Canary", "ResourceStatus": "CREATE_FAILED"}
        return {"StackEvents": [{**failed, "ResourceStatusReason": why}]}

    stand.clients.cloudformation.instead |= {
        "describe_stacks": describe,
        "describe_stack_events": events,
    }


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


def test_what_a_refusing_bus_did_not_take_is_told_by_the_next_run(stand):
    stand.bus.refusing = True
    run(stand)
    stand.bus.refusing = False
    run(stand, later=300)
    assert len(stand.bus.said(wire.PLACEMENTS)) == 1


def test_at_a_refused_deletion_the_canary_leaves_and_stays_out(stand):
    vpc, _ = network(stand)
    run(stand)
    refused = event("DeleteVpc", {"vpcId": vpc}, "Client.DependencyViolation")
    now = json.loads(refused)
    now["detail"]["eventTime"] = "2027-01-15T08:00:01Z"
    run(stand, json.dumps(now), later=60)
    assert f"gatewatch-canary-{vpc}" not in stand.stacks()
    assert "it is being taken down" in told(stand, vpc).reason
    run(stand, later=1800)
    assert f"gatewatch-canary-{vpc}" not in stand.stacks()


def test_a_gateway_that_went_is_found_in_its_vpc(stand):
    vpc, subnet = network(stand)
    ec2 = stand.clients.ec2.inner
    nat = ec2.create_nat_gateway(SubnetId=subnet, ConnectivityType="private")["NatGateway"]
    run(stand)
    ec2.delete_nat_gateway(NatGatewayId=nat["NatGatewayId"])
    gone = json.loads(event("DeleteNatGateway", {"NatGatewayId": nat["NatGatewayId"]}))
    gone["detail"]["eventTime"] = "2027-01-15T08:00:01Z"
    stand.clients.ec2.instead["describe_nat_gateways"] = lambda **_: {
        "NatGateways": [{"VpcId": vpc, "State": "deleted"}]
    }
    run(stand, json.dumps(gone), later=60)
    [sign] = stand.member.run.memory.load().teardowns
    assert (sign.vpc_id, sign.event) == (vpc, "DeleteNatGateway")


def test_what_the_canaries_own_role_is_refused_is_no_sign(stand):
    vpc, _ = network(stand)
    run(stand)
    own = json.loads(event("DeleteVpc", {"vpcId": vpc}, "Client.DependencyViolation"))
    issuer = own["detail"]["userIdentity"]["sessionContext"]["sessionIssuer"]
    issuer["userName"] = "canary-service"
    run(stand, json.dumps(own), later=60)
    assert f"gatewatch-canary-{vpc}" in stand.stacks()


def test_a_stack_that_rolled_back_is_removed_and_made_again_and_told_after_three(stand):
    vpc, _ = network(stand)
    name = f"gatewatch-canary-{vpc}"
    run(stand)
    failing(stand, name, "ROLLBACK_COMPLETE", "Resource handler returned: something broke")
    problems = set()
    for _ in range(40):
        run(stand, later=900)
        problems.add(told(stand, vpc).problem)
        if name not in stand.stacks():
            run(stand, later=300)
    assert stand.clients.cloudformation.of("delete_stack")
    made = len(stand.clients.cloudformation.of("create_stack"))
    assert 3 < made < 20, "tried again, and less and less often"
    assert any("something broke" in one and "attempts failed" in one for one in problems)


def test_a_refusal_is_told_as_a_problem_with_what_to_do(stand):
    vpc, _ = network(stand)

    def refuse(**_):
        error = {"Code": "AccessDenied", "Message": "with an explicit deny in a policy"}
        raise ClientError({"Error": error}, "CreateStack")

    stand.clients.cloudformation.instead["create_stack"] = refuse
    run(stand)
    run(stand, later=30)
    assert told(stand, vpc).act == "skip"
    assert "explicit deny" in told(stand, vpc).problem
    assert "policy of the organisation" in told(stand, vpc).problem


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
