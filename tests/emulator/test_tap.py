"""What CloudTrail tells of a call, when, and under which conditions."""

import json
import time

import pytest

from tests.emulator.process import ACCOUNT, REGION, SCALE, WORLD, start, until


@pytest.fixture(scope="module")
def heard(emulator):
    """Reads the events of the default bus that a rule put on a queue."""
    sqs, events = emulator.client("sqs"), emulator.client("events")
    url = sqs.create_queue(QueueName="heard")["QueueUrl"]
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:heard"
    pattern = {"detail-type": ["AWS API Call via CloudTrail"]}
    events.put_rule(Name="heard", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="heard", Targets=[{"Id": "q", "Arn": arn}])
    seen: list[dict] = []

    def named(event_name: str) -> list[dict]:
        more = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        for message in more:
            seen.append(json.loads(message["Body"]))
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return [one for one in seen if one["detail"]["eventName"] == event_name]

    return named


def test_read_only_calls_and_data_events_are_never_told(emulator, network):
    before = len(emulator.lab("tap"))
    emulator.client("ec2").describe_vpcs()
    emulator.client("sts").get_caller_identity()
    emulator.client("events").put_events(
        Entries=[{"Source": "x", "DetailType": "y", "Detail": "{}"}]
    )
    assert len(emulator.lab("tap")) == before


def test_events_arrive_after_the_delay_with_the_callers_account(emulator, heard):
    began = time.monotonic()
    emulator.client("ec2").create_vpc(CidrBlock="10.9.0.0/16")
    event = until(lambda: [e for e in heard("CreateVpc") if "10.9." in str(e)])[0]
    assert time.monotonic() - began >= WORLD["delays"]["cloudtrail"] / SCALE
    assert (event["source"], event["account"], event["region"]) == ("aws.ec2", ACCOUNT, REGION)
    assert event["detail"]["recipientAccountId"] == ACCOUNT


def test_the_tap_can_hold_drop_and_duplicate(emulator, heard):
    ec2 = emulator.client("ec2")
    emulator.lab("tap", {"hold": True})
    vpc = ec2.create_vpc(CidrBlock="10.8.0.0/16")["Vpc"]["VpcId"]
    assert emulator.records("CreateVpc")[-1]["state"] == "held"
    emulator.lab("tap", {"hold": False})
    until(lambda: [e for e in heard("CreateVpc") if vpc in str(e)])
    emulator.lab("tap", {"hold": "DeleteVpc"})
    ec2.delete_vpc(VpcId=ec2.create_vpc(CidrBlock="10.6.0.0/16")["Vpc"]["VpcId"])
    until(lambda: emulator.records("CreateVpc")[-1]["state"] == "delivered")
    assert emulator.records("DeleteVpc")[-1]["state"] == "held"
    emulator.lab("tap", {"hold": False})
    assert emulator.records("DeleteVpc")[-1]["state"] == "delivered"
    emulator.lab("tap", {"drop": {"event_name": "DeleteVpc", "times": 1}})
    ec2.delete_vpc(VpcId=vpc)
    assert emulator.records("DeleteVpc")[-1]["state"] == "dropped"
    emulator.lab("tap", {"duplicate": 2})
    vpc = ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
    until(lambda: len([e for e in heard("CreateVpc") if vpc in str(e)]) == 2)
    emulator.lab("tap", {"duplicate": 1})


def test_a_change_of_tags_is_told_without_a_trail_too(emulator, network):
    sqs, events, ec2 = (emulator.client(name) for name in ("sqs", "events", "ec2"))
    url = sqs.create_queue(QueueName="tagged")["QueueUrl"]
    pattern = {
        "source": ["aws.tag"],
        "detail-type": ["Tag Change on Resource"],
        "detail": {
            "service": ["ec2"],
            "resource-type": ["vpc"],
            "changed-tag-keys": ["gatewatch:place"],
        },
    }
    events.put_rule(Name="tagged", EventPattern=json.dumps(pattern))
    target = {"Id": "q", "Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:tagged"}
    events.put_targets(Rule="tagged", Targets=[target])
    ec2.create_tags(Resources=[network.vpc], Tags=[{"Key": "team", "Value": "payments"}])
    ec2.create_tags(Resources=[network.vpc], Tags=[{"Key": "gatewatch:place", "Value": "yes"}])
    (message,) = until(lambda: sqs.receive_message(QueueUrl=url).get("Messages"))
    event = json.loads(message["Body"])
    assert event["resources"] == [f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc/{network.vpc}"]
    assert event["detail"]["tags"] == {"team": "payments", "gatewatch:place": "yes"}


def test_a_stopped_trail_tells_eventbridge_nothing(emulator):
    trail = emulator.client("cloudtrail")
    name = trail.describe_trails()["trailList"][0]["Name"]
    assert trail.get_trail_status(Name=name)["IsLogging"] is True
    assert trail.get_event_selectors(TrailName=name)["EventSelectors"][0]["IncludeManagementEvents"]
    trail.stop_logging(Name=name)
    vpc = emulator.client("ec2").create_vpc(CidrBlock="10.3.0.0/16")["Vpc"]["VpcId"]
    until(lambda: [e for e in emulator.records("CreateVpc") if vpc in str(e)][-1]["state"]
          == "no trail")  # fmt: skip
    trail.start_logging(Name=name)


def test_a_world_without_a_trail_has_none(tmp_path):
    process, emulator = start(tmp_path, {**WORLD, "trail": False})
    try:
        assert emulator.client("cloudtrail").describe_trails()["trailList"] == []
        emulator.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")
        until(lambda: emulator.records("CreateVpc")[-1]["state"] == "no trail")
    finally:
        process.terminate()
        process.wait(timeout=60)
