"""A hub as the command finds it, on moto: a stack whose output names a table with members in it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from moto import mock_aws

from alerter.table import Item, Put, Table
from probing.wire import to_json
from reasoning.placements import Placements
from reasoning.transition import Digest, MemberProblem

REGION = "us-east-1"
BUS = f"arn:aws:events:{REGION}:123456789012:event-bus/hub"
TEMPLATE = {
    "Parameters": {
        "Release": {"Type": "String", "Default": "dev"},
        "Mode": {"Type": "String", "Default": "notify"},
    },
    "Resources": {
        "HubBus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": "hub"}},
        "Table": {
            "Type": "AWS::DynamoDB::Table",
            "Properties": {
                "TableName": "hub",
                "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": [
                    {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")
                ],
                "KeySchema": [
                    {"AttributeName": "pk", "KeyType": "HASH"},
                    {"AttributeName": "sk", "KeyType": "RANGE"},
                ],
            },
        },
    },
    "Outputs": {
        "TableName": {"Value": "hub"},
        "HubBusName": {"Value": "hub"},
        "HubBusArn": {"Value": BUS},
    },
}


@contextmanager
def made(release: str = "1.4.0") -> Iterator[Table]:
    """The table of a hub of that release, in stack `gatewatch`."""
    with mock_aws():
        boto3.client("cloudformation", REGION).create_stack(
            StackName="gatewatch",
            TemplateBody=json.dumps(TEMPLATE),
            Parameters=[{"ParameterKey": "Release", "ParameterValue": release}],
        )
        yield Table(boto3.client("dynamodb", REGION), "hub")


def keep(table: Table, record: Any, place: str = "") -> None:
    """A record as the alerter keeps it; a problem is of `place` (`<account>#<region>`)."""
    match record:
        case Digest(account=account, region=region):
            pk, sk = "members", f"{account}#{region}"
        case Placements(account=account, region=region):
            pk, sk = f"placements#{account}#{region}", "now"
        case MemberProblem(key=key):
            pk, sk = f"problem#{place}", key
    assert table.put(Put(item=Item(pk=pk, sk=sk, body=to_json(record))))
