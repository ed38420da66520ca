"""What the step `gone` counts as left behind."""

import json

import pytest

from lab.looks import NotSeen
from lab.steps import gone
from tests.emulator.process import OTHER
from tests.lab.worlds import live

REGION = "eu-north-1"


@pytest.fixture
def client(emulator):
    return lambda service: emulator.client(service, OTHER, REGION)


def look(client):
    world = live({})
    world.client = lambda service, at: client(service)
    gone.run(world, {"member": f"{OTHER}/{REGION}", "within_looks": 0})


def test_an_account_of_others_is_clean(client):
    client("ssm").put_parameter(Name="/gatewatch/endpoints/orders", Value="{}", Type="String")
    client("logs").create_log_group(logGroupName="/aws/lambda/orders-worker")
    client("sqs").create_queue(QueueName="orders")
    look(client)


ROLE = json.dumps({"Version": "2012-10-17", "Statement": []})


def _interface(client):
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    text = "AWS Lambda VPC ENI-gatewatch-canary-vpc-0b-1"
    ec2.create_network_interface(SubnetId=subnet, Description=text)


LEFT = {
    "role gatewatch-member-CheckerRole-1": lambda c: c("iam").create_role(
        RoleName="gatewatch-member-CheckerRole-1", AssumeRolePolicyDocument=ROLE
    ),
    "log group /aws/lambda/gatewatch-canary-vpc-0b": lambda c: c("logs").create_log_group(
        logGroupName="/aws/lambda/gatewatch-canary-vpc-0b"
    ),
    "parameter /gatewatch/vantages/vpc-0b": lambda c: c("ssm").put_parameter(
        Name="/gatewatch/vantages/vpc-0b", Value="{}", Type="String"
    ),
    "security group gatewatch-canary-1": lambda c: c("ec2").create_security_group(
        GroupName="gatewatch-canary-1", Description="Gatewatch canary"
    ),
    "queue": lambda c: c("sqs").create_queue(QueueName="gatewatch-member-LooksQueue-1"),
    "rule gatewatch-member-Ec2Changes-1": lambda c: c("events").put_rule(
        Name="gatewatch-member-Ec2Changes-1", ScheduleExpression="rate(1 minute)"
    ),
    "interface AWS Lambda VPC ENI-gatewatch-canary": _interface,
    "stack gatewatch-member": lambda c: c("cloudformation").create_stack(
        StackName="gatewatch-member",
        TemplateBody='{"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}',
    ),
}


@pytest.mark.parametrize("what", LEFT)
def test_what_is_left_is_named(client, what):
    LEFT[what](client)
    with pytest.raises(NotSeen, match=what):
        look(client)
