"""A function may do what its role allows, and no more."""

import json

from tests.emulator.deploying import TRUST, deploy
from tests.emulator.process import ACCOUNT, OTHER, REGION

CODE = """
import os, boto3
def attempt(call):
    try:
        call()
        return "allowed"
    except Exception as refused:
        return refused.response["Error"]["Code"]
def handler(event, context):
    metric = [{"MetricName": "m", "Value": 1}]
    put = boto3.client("cloudwatch").put_metric_data
    entry = {"Source": "gatewatch", "DetailType": "d", "Detail": "{}", "EventBusName": event["bus"]}
    return {
        "ec2": attempt(boto3.client("ec2").describe_vpcs),
        "dry": attempt(lambda: boto3.client("ec2").delete_vpc(VpcId="vpc-1", DryRun=True)),
        "own": attempt(lambda: put(Namespace="Gatewatch", MetricData=metric)),
        "other": attempt(lambda: put(Namespace="Other", MetricData=metric)),
        "bus": attempt(lambda: boto3.client("events").put_events(Entries=[entry])),
        "sqs": attempt(boto3.client("sqs").list_queues),
        "sns": attempt(boto3.client("sns").list_topics),
    }
"""


def test_a_functions_permissions_are_those_of_its_role(emulator):
    allow = {"Effect": "Allow", "Resource": "*"}
    statements = [
        {**allow, "Action": ["ec2:Describe*", "events:PutEvents"]},
        {"Effect": "Deny", "Action": "ec2:*", "Resource": "*",
         "Condition": {"ArnLike": {"lambda:SourceFunctionArn": "arn:*:function:own-*"}}},
        {**allow, "Action": "cloudwatch:PutMetricData",
         "Condition": {"StringEquals": {"cloudwatch:namespace": "Gatewatch"}}},
        {**allow, "Action": "sns:ListTopics", "Condition": {
            "ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{OTHER}:role/team/permissions-Role-*"}}},
    ]  # fmt: skip
    policy = {"Version": "2012-10-17", "Statement": statements}
    template = {
        "Resources": {
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "Path": "/team/",
                    "AssumeRolePolicyDocument": TRUST,
                    "Policies": [{"PolicyName": "p", "PolicyDocument": policy}],
                },
            },
            **{
                logical: {
                    "Type": "AWS::Lambda::Function",
                    "Properties": {
                        "FunctionName": name,
                        "Runtime": "python3.13",
                        "Handler": "index.handler",
                        "Timeout": 20,
                        "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                        "Code": {"ZipFile": CODE},
                    },
                }
                for logical, name in (("Own", "own-one"), ("Other", "other-one"))
            },
        }
    }
    hub = emulator.client("events")
    hub.create_event_bus(Name="permitted")
    hub.put_permission(EventBusName="permitted", StatementId="m", Principal=OTHER,
                       Action="events:PutEvents")  # fmt: skip
    deploy(emulator, "permissions", json.dumps(template), OTHER)
    bus = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/permitted"

    def seen(name: str) -> dict[str, str]:
        answer = emulator.client("lambda", OTHER).invoke(
            FunctionName=name, Payload=json.dumps({"bus": bus})
        )
        return json.load(answer["Payload"])

    assert seen("other-one") == {
        "ec2": "allowed",
        "dry": "UnauthorizedOperation",
        "own": "allowed", "other": "AccessDeniedException", "bus": "allowed",
        "sqs": "AccessDenied", "sns": "allowed",
    }  # fmt: skip
    assert seen("own-one")["ec2"] == "UnauthorizedOperation"
    decided = {
        (one["action"], one["allowed"])
        for one in emulator.lab("permissions")
        if one["role"].startswith("permissions-Role")
    }
    assert {("ec2:DescribeVpcs", True), ("ec2:DescribeVpcs", False)} <= decided
    assert {("sqs:ListQueues", False), ("events:PutEvents", True)} <= decided
