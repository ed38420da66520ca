"""Event buses across accounts and Regions, and who may put events on them."""

import json

import pytest
from botocore.exceptions import ClientError

from tests.emulator.deploying import deploy
from tests.emulator.process import ACCOUNT, OTHER, REGION, until

TYPES = {
    "Resources": {
        "Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": "typed"}},
        "Admit": {
            "Type": "AWS::Events::EventBusPolicy",
            "Properties": {
                "EventBusName": {"Ref": "Bus"},
                "StatementId": "members",
                "Statement": {
                    "Effect": "Allow",
                    "Principal": {"AWS": OTHER},
                    "Action": "events:PutEvents",
                    "Resource": {"Fn::GetAtt": ["Bus", "Arn"]},
                    "Condition": {"StringEquals": {"events:source": "gatewatch"}},
                },
            },
        },
        "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "typed"}},
        "Rule": {
            "Type": "AWS::Events::Rule",
            "Properties": {
                "EventBusName": {"Ref": "Bus"},
                "EventPattern": {"source": ["gatewatch"]},
                "Targets": [{"Id": "q", "Arn": {"Fn::GetAtt": ["Queue", "Arn"]}}],
            },
        },
    }
}


def put(emulator, source: str, key: str = OTHER, region: str = REGION) -> dict:
    bus = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/typed"
    entry = {"Source": source, "DetailType": "Digest", "Detail": "{}", "EventBusName": bus}
    return emulator.client("events", key, region).put_events(Entries=[entry])


def received(emulator, queue: str) -> list[dict]:
    sqs = emulator.client("sqs")
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    got = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    return [json.loads(one["Body"]) for one in got]


def test_a_bus_admits_whom_its_policy_names(emulator):
    deploy(emulator, "types", json.dumps(TYPES))
    assert put(emulator, "gatewatch")["FailedEntryCount"] == 0
    (event,) = until(lambda: received(emulator, "typed"))
    assert (event["account"], event["source"]) == (OTHER, "gatewatch")
    with pytest.raises(ClientError) as refused:
        put(emulator, "forged")
    assert refused.value.response["Error"]["Code"] == "AccessDeniedException"
    assert put(emulator, "gatewatch", ACCOUNT, "eu-west-1")["FailedEntryCount"] == 0
    (event,) = until(lambda: received(emulator, "typed"))
    assert (event["account"], event["region"]) == (ACCOUNT, "eu-west-1")


def test_a_rule_forwards_to_the_bus_of_another_account(emulator):
    events = emulator.client("events", OTHER)
    bus = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/forwarded"
    hub = emulator.client("events")
    hub.create_event_bus(Name="forwarded")
    url = emulator.client("sqs").create_queue(QueueName="forwarded")["QueueUrl"]
    assert url
    hub.put_rule(Name="all", EventBusName="forwarded", EventPattern='{"source": ["app"]}')
    queue = f"arn:aws:sqs:{REGION}:{ACCOUNT}:forwarded"
    hub.put_targets(Rule="all", EventBusName="forwarded", Targets=[{"Id": "q", "Arn": queue}])
    events.put_rule(Name="up", EventPattern='{"source": ["app"]}')
    role = f"arn:aws:iam::{OTHER}:role/forwarder"
    events.put_targets(Rule="up", Targets=[{"Id": "b", "Arn": bus, "RoleArn": role}])
    entry = {"Source": "app", "DetailType": "x", "Detail": "{}"}
    events.put_events(Entries=[entry])
    assert received(emulator, "forwarded") == []
    hub.put_permission(EventBusName="forwarded", StatementId="m", Principal=OTHER,
                       Action="events:PutEvents")  # fmt: skip
    events.put_events(Entries=[entry])
    (event,) = until(lambda: received(emulator, "forwarded"))
    assert event["account"] == OTHER
