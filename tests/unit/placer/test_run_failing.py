"""Runs of the placer where somebody tears down, and where stacks and calls fail."""

import json
from dataclasses import replace

from botocore.exceptions import ClientError, ReadTimeoutError

from placer.facts import RefusalKind
from placer.repairing import Attempt
from tests.unit.placer.runs import failing, network, run, told
from tests.unit.placer.test_hearing import event


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


def test_a_call_that_is_not_answered_stops_no_other_stack(stand):
    """Nor does it end the run, whose memory would be lost."""
    vpc, subnet = network(stand)
    stand.stack(f"gatewatch-canary-{vpc}", SubnetIds=subnet, Zones="us-east-1b", Release="r1")

    def silent(**_):
        raise ReadTimeoutError(endpoint_url="https://cloudformation")

    stand.clients.cloudformation.instead["update_stack"] = silent
    run(stand, later=30)
    run(stand, later=300)
    assert stand.clients.cloudformation.of("update_stack")
    [attempt] = stand.member.run.memory.load().attempts.values()
    assert "update_stack" in attempt.why


def test_attempts_are_remembered_over_a_run_that_cannot_read_the_stacks(stand):
    network(stand)
    run(stand)
    memory = stand.member.run.memory
    away = {"gatewatch-canary-vpc-0a1 away": Attempt(of="removal", count=3, at=stand.clock.at)}
    memory.save(replace(memory.load(), attempts=away))

    def throttled(**_):
        raise ClientError({"Error": {"Code": "Throttling"}}, "DescribeStacks")

    stand.clients.cloudformation.instead["describe_stacks"] = throttled
    run(stand, later=30)
    assert memory.load().attempts == away


def test_an_update_that_rolled_back_is_told_with_its_reason_and_what_it_tried(stand):
    vpc, _ = network(stand)
    name = f"gatewatch-canary-{vpc}"
    run(stand)
    memory = stand.member.run.memory
    why = "Canary: subnet subnet-bad is in an availability zone that Lambda does not support"
    moving = Attempt(of="r2 subnet-bad", count=1, at=stand.clock.at)
    memory.save(replace(memory.load(), attempts={name: moving}))
    failing(stand, name, "UPDATE_ROLLBACK_COMPLETE", why)
    run(stand, later=30)
    [refusal] = memory.load().refusals
    assert why in refusal.why
    assert (refusal.kind, refusal.subnets) == (RefusalKind.SUBNET, ("subnet-bad",))
