"""`gatewatch doctor` as it is called, in an account of moto with a member that runs."""

import io
import json
import sys
import time
import zipfile
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.core.exceptions import JsonRESTError
from moto.ssm.models import ssm_backends

from checker import digest, vpc_look
from checker.digest import Sent
from checker.state import Table
from checker.vpc_look import VpcLook
from gatewatch.main import main

REGION, VPC = "us-east-1", "vpc-0a1"
OUTPUTS = {
    "CanaryServiceRoleArn": "arn:aws:iam::123456789012:role/service",
    "LooksQueueUrl": {"Ref": "LooksQueue"},
    "DeadLetterQueueUrl": {"Ref": "DeadLetterQueue"},
    "TableName": {"Ref": "Table"},
}
KEYS = ("pk", "sk")
RESOURCES: dict[str, Any] = {
    "LooksQueue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "looks"}},
    "DeadLetterQueue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "dead"}},
    "Table": {
        "Type": "AWS::DynamoDB::Table",
        "Properties": {
            "TableName": "member",
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": k, "AttributeType": "S"} for k in KEYS],
            "KeySchema": [
                {"AttributeName": k, "KeyType": t}
                for k, t in zip(KEYS, ("HASH", "RANGE"), strict=True)
            ],
        },
    },
    "Ec2Changes": {
        "Type": "AWS::Events::Rule",
        "Properties": {"Name": "ec2-changes", "EventPattern": {"source": ["aws.ec2"]}},
    },
}


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch):
    """A member's stack with one canary that looked ten seconds ago, and a trail."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    with mock_aws():
        session = boto3.Session(region_name=REGION)
        bus = session.client("events").create_event_bus(Name="hub")["EventBusArn"]
        session.client("cloudformation").create_stack(
            StackName="gatewatch-member",
            TemplateBody=json.dumps(
                {
                    "Parameters": {"HubBusArn": {"Type": "String"}},
                    "Resources": RESOURCES,
                    "Outputs": {name: {"Value": value} for name, value in OUTPUTS.items()},
                }
            ),
            Parameters=[{"ParameterKey": "HubBusArn", "ParameterValue": bus}],
        )
        table = Table(dynamodb=session.client("dynamodb"), name="member")
        digest.save(table, Sent(at=time.time() - 10))
        vpc_look.save(table, VPC, VpcLook(at=time.time() - 10))
        _canary(session)
        _trail(session)
        yield session


def _canary(session: Any) -> None:
    role = session.client("iam").create_role(RoleName="canary", AssumeRolePolicyDocument="{}")
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("index.py", "")
    session.client("lambda").create_function(
        FunctionName=f"gatewatch-canary-{VPC}",
        Role=role["Role"]["Arn"],
        Runtime="python3.13",
        Handler="index.handler",
        Code={"ZipFile": code.getvalue()},
    )
    value = json.dumps({"function": f"gatewatch-canary-{VPC}"})
    ssm = session.client("ssm")
    ssm.put_parameter(Name=f"/gatewatch/vantages/{VPC}", Value=value, Type="String")


def _trail(session: Any) -> None:
    session.client("s3").create_bucket(Bucket="trail")
    trails = session.client("cloudtrail")
    trails.create_trail(Name="all", S3BucketName="trail", IsMultiRegionTrail=True)
    selector = {"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": []}
    trails.put_event_selectors(TrailName="all", EventSelectors=[selector])
    trails.start_logging(Name="all")


def asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str
) -> tuple[int, dict[str, list[str]]]:
    """Exit code, and the verdicts of each part."""
    monkeypatch.setattr(sys, "argv", ["gatewatch", "doctor", "--json", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    out, err = capsys.readouterr()
    assert err == ""
    verdicts: dict[str, list[str]] = {}
    for check in json.loads(out)["checks"]:
        verdicts.setdefault(check["part"], []).append(check["verdict"])
    return int(ended.value.code or 0), verdicts


def test_each_part_is_read_from_the_account(
    account: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _, verdicts = asked(monkeypatch, capsys)
    assert verdicts == {
        "stack": ["ok"],
        "rules": ["ok"],
        "schedule": ["bad"],  # moto's stack has none
        "dead letters": ["ok"],
        "queue": ["ok"],
        "canaries": ["ok"],
        "hub": ["ok"],
        "hub bus": ["ok"],
        "trail": ["ok"],
        "clock": ["ok"],
    }


def test_what_breaks_in_the_account_is_found(
    account: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    account.client("events").disable_rule(Name="ec2-changes")
    account.client("cloudtrail").stop_logging(Name="all")
    account.client("lambda").delete_function(FunctionName=f"gatewatch-canary-{VPC}")
    sqs = account.client("sqs")
    sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName="dead")["QueueUrl"], MessageBody="{}")
    code, verdicts = asked(monkeypatch, capsys, "--no-send", "--stack", "gatewatch-member")
    assert code == 1
    for part in ("rules", "trail", "canaries", "dead letters"):
        assert verdicts[part] == ["bad"], part
    assert "hub bus" not in verdicts


def test_a_further_canary_that_is_gone_is_found(
    account: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    value = json.dumps({"function": f"gatewatch-canary-{VPC}-3fa2b1"})
    name = f"/gatewatch/vantages/{VPC}/3fa2b1"
    account.client("ssm").put_parameter(Name=name, Value=value, Type="String")
    _, verdicts = asked(monkeypatch, capsys)
    assert verdicts["canaries"] == ["bad", "ok"]


def test_parameters_that_may_not_be_read_are_unknown_and_end_nothing(
    account: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def denied(*_: object, **__: object) -> None:
        raise JsonRESTError("AccessDeniedException", "not authorized")

    backend = ssm_backends["123456789012"][REGION]
    with monkeypatch.context() as here:
        here.setattr(backend, "get_parameters_by_path", denied)
        _, verdicts = asked(here, capsys)
    assert verdicts["canaries"] == ["unknown"] and verdicts["trail"] == ["ok"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--stack", "other"], "no member in stack other in us-east-1; there is gatewatch-member"),
        (["--region", "eu-west-1"], "no member of Gatewatch in this account in eu-west-1"),
    ],
)
def test_an_account_without_a_member_is_told_so(
    account: Any,
    arguments: list[str],
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "argv", ["gatewatch", "doctor", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 3
    assert told in capsys.readouterr().err


HUB = {
    "FromMembers": {
        "Type": "AWS::Events::Rule",
        "Properties": {
            "Name": "from-members",
            "EventBusName": "hub",
            "EventPattern": {"source": ["gatewatch.member"]},
        },
    },
    "HubQueue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "hub"}},
    "DeadLetterQueue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "hub-dead"}},
}


def test_a_hub_in_the_account_is_examined_too(
    account: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    outputs = {"HubQueueUrl": {"Ref": "HubQueue"}, "HubBusName": "hub", "TableName": "hub"}
    account.client("cloudformation").create_stack(
        StackName="gatewatch",
        TemplateBody=json.dumps(
            {
                "Resources": HUB,
                "Outputs": {name: {"Value": value} for name, value in outputs.items()},
            }
        ),
    )
    sqs = account.client("sqs")
    sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName="hub-dead")["QueueUrl"], MessageBody="{}")
    _, verdicts = asked(monkeypatch, capsys)
    assert verdicts["hub's dead letters"] == ["bad"]
    assert verdicts["dead letters"] == ["ok"]
    assert verdicts["hub's queue"] == ["ok"]
    assert verdicts["hub's rules"] == ["ok"]
