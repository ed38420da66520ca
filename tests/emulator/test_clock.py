"""Schedules, rules and queue delays run on lab time; visibility does not."""

import json
import time
from datetime import datetime

from tests.emulator.deploying import deploy
from tests.emulator.process import ACCOUNT, REGION, SCALE, until


def queue(emulator, name: str) -> tuple[str, str]:
    url = emulator.client("sqs").create_queue(QueueName=name)["QueueUrl"]
    return url, f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"


def taken(emulator, url: str) -> list[dict]:
    return emulator.client("sqs").receive_message(QueueUrl=url).get("Messages", [])


def test_a_delay_is_lab_seconds(emulator):
    url, _ = queue(emulator, "delayed")
    began = time.monotonic()
    emulator.client("sqs").send_message(QueueUrl=url, MessageBody="x", DelaySeconds=20)
    until(lambda: taken(emulator, url))
    assert 20 / SCALE - 0.2 <= time.monotonic() - began < 20


def test_visibility_stays_real(emulator):
    url, _ = queue(emulator, "visible")
    emulator.client("sqs").send_message(QueueUrl=url, MessageBody="x")
    began = time.monotonic()
    emulator.client("sqs").receive_message(QueueUrl=url, VisibilityTimeout=2)
    until(lambda: taken(emulator, url))
    assert time.monotonic() - began > 1.5


def test_a_schedule_of_a_minute_comes_every_lab_minute(emulator):
    url, arn = queue(emulator, "scheduled")
    role = f"arn:aws:iam::{ACCOUNT}:role/any"
    began = time.monotonic()
    emulator.client("scheduler").create_schedule(
        Name="tick", ScheduleExpression="rate(1 minute)", FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": arn, "RoleArn": role, "Input": "{}"},
    )  # fmt: skip
    until(lambda: taken(emulator, url))
    until(lambda: taken(emulator, url))
    assert 60 / SCALE <= time.monotonic() - began < 20


def test_an_events_time_is_lab_time(emulator):
    url, arn = queue(emulator, "timed")
    events = emulator.client("events")
    events.put_rule(Name="timed", EventPattern='{"source": ["timed"]}')
    events.put_targets(Rule="timed", Targets=[{"Id": "q", "Arn": arn}])
    entry = {"Source": "timed", "DetailType": "x", "Detail": "{}"}
    before = emulator.lab("clock")["now"]
    events.put_events(Entries=[entry])
    (message,) = until(lambda: taken(emulator, url))
    said = datetime.fromisoformat(json.loads(message["Body"])["time"].replace("Z", "+00:00"))
    now = emulator.lab("clock")["now"]
    assert before - 1 <= said.timestamp() <= now + 1
    assert now - time.time() > 10


def test_a_parameter_is_as_old_as_the_lab_says(emulator):
    ssm = emulator.client("ssm")
    before = emulator.lab("clock")["now"]
    ssm.put_parameter(Name="/aged", Value="x", Type="SecureString")
    changed = ssm.get_parameter(Name="/aged")["Parameter"]["LastModifiedDate"].timestamp()
    assert before - 1 <= changed <= emulator.lab("clock")["now"] + 1
    assert changed - time.time() > 10


def test_a_stacks_times_are_lab_time(emulator):
    until(lambda: emulator.lab("clock")["now"] - time.time() > 200)
    template = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {}}}}
    deploy(emulator, "timed", json.dumps(template))
    cloudformation = emulator.client("cloudformation")
    (stack,) = cloudformation.describe_stacks(StackName="timed")["Stacks"]
    (event, *_) = cloudformation.describe_stack_events(StackName="timed")["StackEvents"]
    now = emulator.lab("clock")["now"]
    for said in (stack["CreationTime"], event["Timestamp"]):
        assert abs(said.timestamp() - now) < 100
