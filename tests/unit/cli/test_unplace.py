"""`gatewatch unplace`: a VPC with several canaries is left by all of them."""

import json

import boto3
import pytest
from moto import mock_aws

from gatewatch.commands import place
from placer.stack import OUTPUTS

REGION = "us-east-1"
QUEUE = {"Type": "AWS::SQS::Queue"}


@pytest.fixture
def cloudformation(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        client = boto3.client("cloudformation", region_name=REGION)
        outputs = {name: {"Value": "arn:aws:iam::123456789012:role/r"} for name in OUTPUTS.values()}
        body = json.dumps({"Resources": {"Some": QUEUE}, "Outputs": outputs})
        client.create_stack(StackName="gatewatch", TemplateBody=body)
        yield client


def test_all_canaries_of_the_vpc_go_and_those_of_others_stay(
    cloudformation, capsys: pytest.CaptureFixture[str]
) -> None:
    body = json.dumps({"Resources": {"Some": QUEUE}})
    for name in ("vpc-0a1", "vpc-0a1-3fa2b1", "vpc-0a11"):
        cloudformation.create_stack(StackName=f"gatewatch-canary-{name}", TemplateBody=body)
    assert place.unplace(["vpc-0a1"], place.Options(region=REGION, as_json=True)) == 0
    [row] = json.loads(capsys.readouterr().out)
    assert row["stack"] == "gatewatch-canary-vpc-0a1, gatewatch-canary-vpc-0a1-3fa2b1"
    left = cloudformation.describe_stacks()["Stacks"]
    assert {one["StackName"] for one in left} == {"gatewatch", "gatewatch-canary-vpc-0a11"}
