"""Leaving: no canary, no interface and no layer version is left, and CloudFormation is answered."""

import json

import pytest
from botocore.exceptions import ClientError

from placer.leaving import HANDED_ON, LONGEST_SECONDS
from reasoning import wire

ENI = "AWS Lambda VPC ENI-gatewatch-canary-vpc-1-1b4e28ba"
LONG = 900.0


def refused(operation):
    error = {"Code": "AccessDenied", "Message": f"not authorized to {operation}"}
    return ClientError({"Error": error}, operation)


def refuses(operation):
    def call(**_):
        raise refused(operation)

    return call


def interface(stand):
    """An interface of a canary that outlives it; its id."""
    ec2 = stand.clients.ec2.inner
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    made = ec2.create_network_interface(SubnetId=subnet, Description=ENI)
    return made["NetworkInterface"]["NetworkInterfaceId"]


def left_of(stand, formation, seconds=LONG, **more):
    """Handle the Delete in a function that lives for `seconds`."""
    ends = stand.clock.at + seconds
    event = formation.event("Delete", PhysicalResourceId="Leaving", **more)
    stand.member.leaving.handle(event, lambda: ends - stand.clock.at)


@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_coming_is_answered_at_once_and_wakes_the_placer(stand, formation, kind):
    stand.member.leaving.handle(formation.event(kind), lambda: LONG)
    [answer] = formation.answers
    assert answer["Status"] == "SUCCESS" and answer["PhysicalResourceId"] == "Leaving"
    assert answer["RequestId"] == "request-1" and answer["LogicalResourceId"] == "Leaving"
    [sent] = stand.clients.sqs.of("send_message")
    assert json.loads(sent["MessageBody"]) == {"kind": "wake"}
    assert stand.clock.at == 1_800_000_000.0


def test_a_queue_that_refuses_keeps_no_stack_from_coming(stand, formation):
    stand.clients.sqs.instead["send_message"] = refuses("SendMessage")
    stand.member.leaving.handle(formation.event("Create"), lambda: LONG)
    assert [a["Status"] for a in formation.answers] == ["SUCCESS"]


def test_every_canary_stack_goes_and_no_other(stand, formation):
    for name in ("gatewatch-canary-vpc-1", "gatewatch-canary-vpc-2-3f", "orders"):
        stand.stack(name)
    left_of(stand, formation)
    assert stand.stacks() == ["member", "orders"]
    assert [a["Status"] for a in formation.answers] == ["SUCCESS"]
    deleted = stand.clients.cloudformation.of("delete_stack")
    assert {one["RoleARN"] for one in deleted} == {stand.settings.canary_service_role_arn}


def test_it_waits_for_the_interfaces(stand, formation):
    stand.stack("gatewatch-canary-vpc-1")
    eni, began = interface(stand), stand.clock.at

    def release(at):
        if (
            at >= began + 600
            and stand.clients.ec2.inner.describe_network_interfaces(
                Filters=[{"Name": "network-interface-id", "Values": [eni]}]
            )["NetworkInterfaces"]
        ):
            stand.clients.ec2.inner.delete_network_interface(NetworkInterfaceId=eni)

    stand.clock.on_sleep = release
    left_of(stand, formation)
    assert [a["Status"] for a in formation.answers] == ["SUCCESS"]
    assert stand.clock.at >= began + 600


def test_a_canary_of_another_account_in_a_shared_vpc_keeps_nobody(stand, formation):
    """Its owner sees the participant's interface, and can neither remove it nor wait for it."""
    ec2, eni = stand.clients.ec2, interface(stand)

    def shared():
        answer = ec2.inner.describe_network_interfaces()
        for one in answer["NetworkInterfaces"]:
            if one["NetworkInterfaceId"] == eni:
                one["OwnerId"] = "444455556666"
        return answer

    ec2.pages["describe_network_interfaces"] = shared
    began = stand.clock.at
    left_of(stand, formation)
    assert [a["Status"] for a in formation.answers] == ["SUCCESS"]
    assert stand.clock.at == began


def test_a_function_that_ends_hands_on_to_itself_with_the_same_event(stand, formation):
    interface(stand)
    stand.clients.lambda_.instead["invoke"] = lambda **_: {"StatusCode": 202}
    began = stand.clock.at
    left_of(stand, formation, seconds=300)
    assert formation.answers == []
    [invoked] = stand.clients.lambda_.of("invoke")
    assert (invoked["FunctionName"], invoked["InvocationType"]) == ("gatewatch-placer", "Event")
    handed = json.loads(invoked["Payload"])
    assert handed.pop(HANDED_ON) == began
    assert handed == formation.event("Delete", PhysicalResourceId="Leaving")
    assert stand.clock.at <= began + 300 - 50


def test_within_the_hour_it_is_answered_with_what_remains(stand, formation):
    eni, began = interface(stand), stand.clock.at
    stand.clients.lambda_.instead["invoke"] = lambda **_: {"StatusCode": 202}
    more = {}
    while not formation.answers:
        left_of(stand, formation, **more)
        more = {HANDED_ON: began}
    [answer] = formation.answers
    assert answer["Status"] == "FAILED"
    assert eni in answer["Reason"] and "delete this stack again" in answer["Reason"]
    assert LONGEST_SECONDS <= stand.clock.at - began < 3600
    assert len(stand.clients.lambda_.of("invoke")) < 16, "AWS stops such a chain"


def test_a_stack_that_cannot_be_deleted_is_tried_again_and_named(stand, formation):
    stand.stack("gatewatch-canary-vpc-1")
    stand.clients.cloudformation.instead["delete_stack"] = refuses("DeleteStack")
    left_of(stand, formation, seconds=10 * LONGEST_SECONDS)
    [answer] = formation.answers
    assert answer["Status"] == "FAILED"
    assert "gatewatch-canary-vpc-1" in answer["Reason"] and "DeleteStack" in answer["Reason"]
    assert len(stand.clients.cloudformation.of("delete_stack")) > 3


def test_a_refusal_that_passes_is_waited_out(stand, formation):
    stand.stack("gatewatch-canary-vpc-1")
    stand.clients.cloudformation.instead["delete_stack"] = refuses("DeleteStack")
    began = stand.clock.at

    def mend(at):
        if at > began + 400:
            stand.clients.cloudformation.instead.pop("delete_stack", None)

    stand.clock.on_sleep = mend
    left_of(stand, formation)
    assert [a["Status"] for a in formation.answers] == ["SUCCESS"]
    assert stand.stacks() == ["member"]


def test_the_hub_is_told_at_once_and_last_of_all(stand, formation):
    interface(stand)
    stand.clock.on_sleep = lambda at: [
        stand.clients.ec2.inner.delete_network_interface(
            NetworkInterfaceId=one["NetworkInterfaceId"]
        )
        for one in stand.clients.ec2.inner.describe_network_interfaces()["NetworkInterfaces"]
    ]
    began = stand.clock.at
    left_of(stand, formation)
    told = stand.bus.said(wire.LEFT)
    assert [one.at for one in told] == [began, stand.clock.at]
    assert {(one.account, one.region) for one in told} == {("123456789012", "us-east-1")}


def test_nothing_is_placed_from_then_on(stand, formation):
    left_of(stand, formation)
    stand.member.run.handle(['{"kind":"tick"}'])
    assert stand.member.run.memory.load().leaving_at == 1_800_000_000.0
    assert stand.clients.cloudformation.of("create_stack") == []


def test_an_undone_update_takes_no_canary_away(stand, formation):
    stand.stack("gatewatch-canary-vpc-1")
    status = {"Stacks": [{"StackStatus": "UPDATE_ROLLBACK_IN_PROGRESS"}]}
    stand.clients.cloudformation.instead["describe_stacks"] = lambda **_: status
    left_of(stand, formation)
    assert [a["Status"] for a in formation.answers] == ["SUCCESS"]
    assert "gatewatch-canary-vpc-1" in stand.stacks() and stand.bus.taken == []


def test_an_answer_that_is_not_taken_at_once_is_sent_again(stand, formation):
    formation.refusals = 2
    left_of(stand, formation)
    assert [a["Status"] for a in formation.answers] == ["SUCCESS"]


def test_the_answer_carries_no_content_type_because_its_address_is_signed_without(stand, formation):
    left_of(stand, formation)
    assert formation.headers[0].get("content-type", "") == ""


def test_a_bus_that_refuses_keeps_no_stack_from_going(stand, formation):
    stand.bus.refusing = True
    left_of(stand, formation)
    assert [a["Status"] for a in formation.answers] == ["SUCCESS"]
