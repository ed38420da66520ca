"""A member's placer on moto in this process: real tables, queues, stacks and networks, a clock
that stands still until somebody sleeps.

moto makes and deletes stacks at once; a test answers calls itself where AWS takes its time.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from types import SimpleNamespace
from typing import Any

import boto3
from moto import mock_aws

from placer.aws import Clients
from placer.member import Member
from placer.settings import Settings
from reasoning import wire
from tests.support.virtual_clock import VirtualClock
from tests.template.documents import load

ACCOUNT, REGION, START = "123456789012", "us-east-1", 1_800_000_000.0
ROLE = f"arn:aws:iam::{ACCOUNT}:role"
BUS = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/hub"
EXECUTIONS = {
    "AccountLimit": {"ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": 1000}
}
PARAMETERS = load("vpc.yaml")["Parameters"]
CANARY = json.dumps(
    {
        "Parameters": {name: {"Type": "String", "Default": ""} for name in PARAMETERS},
        "Resources": {
            "Vantage": {
                "Type": "AWS::SSM::Parameter",
                "Properties": {
                    "Name": {"Fn::Sub": "/gatewatch/vantages/${VpcId}${Suffix}"},
                    "Type": "String",
                    "Value": {"Fn::Sub": "${Release} ${SubnetIds}"},
                },
            }
        },
    }
)
"""Stands for vpc.yaml, of which moto 5.2 neither makes the parameter (it takes tags as a list) nor
updates the function; it tells parameters that are lists as Python writes them."""


class SleepingClock(VirtualClock):
    """Runs `on_sleep` at each sleep: the world goes on while the placer waits."""

    scale = 1.0

    def __init__(self, now_at: float) -> None:
        super().__init__(now_at)
        self.on_sleep: Callable[[float], None] = lambda _: None

    def sleep_seconds(self, seconds: float) -> None:
        super().sleep_seconds(seconds)
        self.on_sleep(self.at)


@dataclass(slots=True)
class Bus:
    """The hub's bus: what it took, by detail-type."""

    refusing: bool = False
    taken: list[dict[str, Any]] = field(default_factory=list)

    def put_events(self, Entries: list[dict[str, Any]]) -> dict[str, Any]:
        if self.refusing:
            return {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure"}]}
        self.taken += Entries
        return {"FailedEntryCount": 0, "Entries": [{}]}

    def said(self, detail_type: str) -> list[Any]:
        """The records of that kind, as the hub reads them."""
        events = [
            {
                "detail-type": entry["DetailType"],
                "account": ACCOUNT,
                "detail": json.loads(entry["Detail"]),
            }
            for entry in self.taken
            if entry["DetailType"] == detail_type
        ]
        return [record for event in events for record in wire.read(event).records]


class Watched:
    """A client with its calls kept, some of them answered by the test instead."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.instead: dict[str, Callable[..., Any]] = {}
        self.pages: dict[str, Callable[[], Any]] = {}

    def get_paginator(self, name: str) -> Any:
        """One page that the test answers, or those of AWS."""
        if name in self.pages:
            return SimpleNamespace(paginate=lambda **_: [self.pages[name]()])
        return self.inner.get_paginator(name)

    def __getattr__(self, name: str) -> Any:
        def call(**arguments: Any) -> Any:
            self.calls.append((name, arguments))
            return self.instead.get(name, getattr(self.inner, name))(**arguments)

        return call

    def of(self, name: str) -> list[dict[str, Any]]:
        return [arguments for called, arguments in self.calls if called == name]


@dataclass(slots=True, kw_only=True)
class Stand:
    """The placer and what surrounds it."""

    clock: SleepingClock
    bus: Bus
    settings: Settings
    clients: Clients
    member: Member

    def stack(self, name: str, **parameters: str) -> None:
        """A stack that is there, as if the placer had made it."""
        told = {"VpcId": name.removeprefix("gatewatch-canary-"), **parameters}
        given = [{"ParameterKey": k, "ParameterValue": v} for k, v in told.items()]
        self.clients.cloudformation.inner.create_stack(
            StackName=name,
            TemplateBody=CANARY,
            Parameters=given,
            Tags=[{"Key": "gatewatch:placed-by", "Value": "placer"}],
        )

    def stacks(self) -> list[str]:
        found = self.clients.cloudformation.inner.list_stacks()["StackSummaries"]
        return sorted(s["StackName"] for s in found if s["StackStatus"] != "DELETE_COMPLETE")


def settings(**told: Any) -> Settings:
    defaults: dict[str, Any] = {
        "account_id": ACCOUNT,
        "aws_region": REGION,
        "aws_lambda_function_name": "gatewatch-placer",
        "stack_id": "member",
        "table": "member",
        "placer_queue_url": "queue",
        "hub_bus_arn": BUS,
        "placement": "all",
        "min_vpc_age_minutes": 60.0,
        "max_canaries_per_vpc": 1.0,
        "look_concurrency": 3.0,
        "log_retention_days": "30",
        "canary_role_arn": f"{ROLE}/canary",
        "canary_service_role_arn": f"{ROLE}/canary-service",
        "canary_layer_arn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:layer:gatewatch-canary:1",
        "probing_layer_arn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:layer:gatewatch-probing:1",
        "reasoning_layer_arn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:layer:gatewatch-reasoning:1",
        "kms_key_arn": "none",
        "release": "r2",
    }
    return Settings(**{**defaults, **told})


@contextmanager
def stand(**told: Any) -> Iterator[Stand]:
    with mock_aws():

        def client(name: str) -> Watched:
            return Watched(boto3.client(name, region_name=REGION))  # type: ignore[call-overload]

        dynamodb, sqs, cloudformation = client("dynamodb"), client("sqs"), client("cloudformation")
        _table(dynamodb.inner)
        url = sqs.inner.create_queue(QueueName="placer")["QueueUrl"]
        cloudformation.inner.create_stack(StackName="member", TemplateBody=CANARY)
        bus, clock, functions = Bus(), SleepingClock(START), client("lambda")
        functions.instead["get_account_settings"] = lambda: EXECUTIONS  # moto has none
        functions.instead["get_function_configuration"] = partial(_function, cloudformation.inner)
        clients = Clients(
            cloudformation=cloudformation,
            dynamodb=dynamodb,
            ec2=client("ec2"),
            events=bus,
            lambda_=functions,
            sqs=sqs,
        )
        asked = settings(**{"placer_queue_url": url, **told})
        made = Member.make(asked, clients, clock)  # type: ignore[arg-type]
        carrying = replace(made.run.carrying, template=CANARY)
        member = replace(made, run=replace(made.run, carrying=carrying))
        yield Stand(clock=clock, bus=bus, settings=asked, clients=clients, member=member)


def _function(cloudformation: Any, FunctionName: str) -> dict[str, Any]:
    """A canary that stands where its stack says."""
    [stack] = cloudformation.describe_stacks(StackName=FunctionName)["Stacks"]
    told = {one["ParameterKey"]: one["ParameterValue"] for one in stack["Parameters"]}
    return {"State": "Active", "VpcConfig": {"SubnetIds": told["SubnetIds"].split(",")}}


def _table(dynamodb: Any) -> None:
    dynamodb.create_table(
        TableName="member",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
        ],
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
    )
