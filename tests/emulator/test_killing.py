"""A worker that is killed at a call: the very process, before or after the call takes effect."""

import io
import json
import uuid
import zipfile

import pytest

from tests.emulator.process import until

CODE = """
import os
import boto3
sns = boto3.client("sns")
def handler(event, context):
    if event["topic"]:
        for text in event["texts"]:
            sns.publish(TopicArn=event["topic"], Message=text)
    return os.getpid()
"""
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"},
         "Action": "sts:AssumeRole"},
    ],
}  # fmt: skip
PUBLISH = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sns:Publish", "Resource": "*"}],
}


@pytest.fixture(scope="module")
def teller(emulator):
    """Invokes a function that publishes texts; its pid, or None when it died."""
    iam, functions = emulator.client("iam"), emulator.client("lambda")
    role = iam.create_role(RoleName="teller", AssumeRolePolicyDocument=json.dumps(TRUST))
    iam.put_role_policy(RoleName="teller", PolicyName="p", PolicyDocument=json.dumps(PUBLISH))
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("index.py", CODE)
    functions.create_function(
        FunctionName="teller", Runtime="python3.13", Handler="index.handler", Timeout=20,
        Role=role["Role"]["Arn"], Code={"ZipFile": archive.getvalue()},
    )  # fmt: skip

    def tell(topic, *texts):
        event = json.dumps({"topic": topic, "texts": texts})
        answer = functions.invoke(FunctionName="teller", Payload=event)
        return None if "FunctionError" in answer else json.load(answer["Payload"])

    return tell


@pytest.fixture
def heard(emulator):
    """A topic's ARN, and everything that came through it by the time that `last` did."""
    sns, sqs = emulator.client("sns"), emulator.client("sqs")
    name = f"told-{uuid.uuid4().hex}"
    topic = sns.create_topic(Name=name)["TopicArn"]
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    asked = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    arn = asked["Attributes"]["QueueArn"]
    lets = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": arn}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [lets]})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    sns.subscribe(
        TopicArn=topic, Protocol="sqs", Endpoint=arn,
        Attributes={"RawMessageDelivery": "true"},
    )  # fmt: skip
    came = []

    def by(last):
        def there():
            more = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
            came.extend(message["Body"] for message in more)
            return last in came

        until(there)
        return set(came) - {last}

    return topic, by


def rule(**further):
    return {"name": "k", "service": "sns", "action": "Publish", "caller": "teller", **further}


@pytest.mark.parametrize(
    ("given", "went_out"),
    [
        ({"kill": "before"}, set()),
        ({"kill": "after"}, {"one"}),
        ({"kill": "before", "nth": 2}, {"one"}),
        ({"kill": "after", "nth": 2}, {"one", "two"}),
        ({"kill": "before", "holds": "two"}, {"one"}),
    ],
)
def test_a_caller_dies_at_its_call_and_a_new_one_takes_its_place(
    emulator, teller, heard, given, went_out
):
    topic, came_by = heard
    first = teller("")
    emulator.lab("faults", rule(**given))
    assert teller(topic, "one", "two") is None
    assert teller(topic, "three") not in (None, first)
    assert came_by("three") == went_out
    assert emulator.lab("faults") == {"k": 1}
    emulator.lab("faults/k", method="DELETE")


def test_a_caller_that_is_no_worker_lives(emulator, teller, heard):
    topic, _ = heard
    emulator.lab("faults", rule(kill="after", caller="*"))
    with pytest.raises(Exception, match="500"):
        emulator.client("sns").publish(TopicArn=topic, Message="by hand")
    emulator.lab("faults/k", method="DELETE")
    first = teller("")
    assert teller(topic, "four") == first


def test_a_rule_that_kills_at_no_known_moment_is_refused(emulator):
    with pytest.raises(Exception, match="400"):
        emulator.lab("faults", rule(kill="sometimes"))
