"""What the placer makes of a message of its queue."""

import json

import pytest

from placer.hearing import Heard, NotHeard, read

ACCOUNT = "123456789012"
VPC, SUBNET, NAT = "vpc-0a1b2c3d4e5f60718", "subnet-0a1b2c3d4e5f60718", "nat-0a1b2c3d4e5f60718"
GROUP, IGW = "sg-0a1b2c3d4e5f60718", "igw-0a1b2c3d4e5f60718"
WRAPPED = {"DeleteNatGatewayRequest": {"NatGatewayId": NAT}}
IDENTITY = {
    "type": "AssumedRole",
    "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/NetAdmin/alice",
    "sessionContext": {"sessionIssuer": {"userName": "NetAdmin"}},
}


def event(name, request, error="", response=None, **more):
    """A CloudTrail event in EventBridge's envelope."""
    detail = {
        "eventName": name,
        "eventSource": "ec2.amazonaws.com",
        "eventTime": "2026-11-01T10:00:00Z",
        "eventID": "e1",
        "awsRegion": "us-east-1",
        "recipientAccountId": ACCOUNT,
        "userIdentity": IDENTITY,
        "requestParameters": request,
        "responseElements": response,
        **({"errorCode": error} if error else {}),
    }
    kind = "AWS API Call via CloudTrail"
    return json.dumps(
        {"account": ACCOUNT, "source": "aws.ec2", "detail-type": kind, "detail": detail, **more}
    )


@pytest.mark.parametrize(
    "body, subject, vpc_id, failed",
    [
        (event("DeleteVpc", {"vpcId": VPC}, "Client.DependencyViolation"), VPC, VPC, True),
        (event("DeleteSubnet", {"subnetId": SUBNET}, "DependencyViolation"), SUBNET, "", True),
        (
            event("DeleteSecurityGroup", {"groupId": GROUP}, "Client.InvalidGroup.InUse"),
            GROUP,
            "",
            True,
        ),
        (event("DeleteSubnet", {"subnetId": SUBNET}), SUBNET, "", False),
        (event("DeleteNatGateway", WRAPPED), NAT, "", False),
        (
            event("DetachInternetGateway", {"internetGatewayId": IGW, "vpcId": VPC}),
            IGW,
            VPC,
            False,
        ),
    ],
)  # fmt: skip
def test_a_sign_of_teardown(body, subject, vpc_id, failed):
    sign = read(body, ACCOUNT).sign
    assert (sign.subject, sign.vpc_id, sign.failed) == (subject, vpc_id, failed)
    assert sign.role == "NetAdmin" and "alice" in sign.by
    assert sign.at == 1_793_527_200.0


@pytest.mark.parametrize(
    "body",
    [
        event("DeleteVpc", {"vpcId": VPC}, "Client.UnauthorizedOperation"),
        event("DeleteVpc", {"vpcId": VPC}, "Client.DryRunOperation"),
        event("DeleteSecurityGroup", {"groupId": GROUP}),
        event("CreateSubnet", {"vpcId": VPC}),
        event("DeleteNatGateway", None),
        json.dumps({"account": ACCOUNT, "detail-type": "Tag Change on Resource", "detail": {}}),
        '{"kind":"tick"}',
    ],
)
def test_what_is_none(body):
    assert read(body, ACCOUNT).sign is None


def test_a_new_vpc_is_as_old_as_its_event_says():
    body = event("CreateVpc", {"cidrBlock": "10.0.0.0/16"}, response={"vpc": {"vpcId": VPC}})
    assert read(body, ACCOUNT) == Heard(made=VPC, at=1_793_527_200.0)


def test_a_wake_counts_its_hops():
    assert read('{"kind":"wake","hops":3}', ACCOUNT) == Heard(hops=3)
    assert read('{"kind":"wake"}', ACCOUNT) == Heard()


@pytest.mark.parametrize(
    "body, why",
    [
        ("{", "not JSON"),
        ("[]", "no object"),
        ('{"kind":"look"}', "of account (none)"),
        (event("DeleteVpc", {"vpcId": VPC}, account="999999999999"), "of account 999999999999"),
        (
            json.dumps({"account": ACCOUNT, "detail-type": "AWS API Call via CloudTrail"}),
            "not a CloudTrail record",
        ),
    ],
)
def test_what_the_queue_should_not_hold_is_refused_with_the_reason(body, why):
    with pytest.raises(NotHeard, match=why.replace("(", "\\(").replace(")", "\\)")):
        read(body, ACCOUNT)
