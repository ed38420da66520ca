"""What IAM denies the checker is told, whichever part met it, and taken back when it is over."""

from contextlib import contextmanager, suppress
from types import SimpleNamespace

import boto3
import pytest
from botocore.exceptions import ClientError

from checker.denied import Denials
from reasoning.wire import PROBLEM
from tests.unit.checker.world import REGION


@contextmanager
def denying(client, operation, code="AccessDeniedException"):
    """IAM answers that operation with a denial."""
    event = f"before-call.{client.meta.service_model.service_id.hyphenize()}.{operation}"

    def refuse(**_):
        answer = {"Error": {"Code": code, "Message": "not authorized"}, "ResponseMetadata": {}}
        return SimpleNamespace(status_code=400, headers={}), answer

    client.meta.events.register(event, refuse)
    try:
        yield
    finally:
        client.meta.events.unregister(event, refuse)


@pytest.fixture
def watched(world):
    """The world's member, its clients watched as `Clients.make` has them."""
    for client in (world.clients.dynamodb, world.clients.sqs):
        world.clients.denials.watch(client)
    return world


def told(world):
    found = [p for body in world.bus.bodies(PROBLEM) for p in body]
    return [(p["key"], p["open"]) for p in found if p["key"].startswith("denied")]


def minute(world, handle):
    """One message as app.py handles it; what it raises makes Lambda try it again."""
    world.clock.sleep_seconds(60)
    with suppress(ClientError), world.member.denied.told():
        handle()


def test_a_denial_that_only_a_look_meets_is_told_by_the_tick_and_taken_back_by_it(watched):
    with denying(watched.clients.dynamodb, "DeleteItem"):
        minute(watched, watched.look)
    minute(watched, watched.tick)
    assert ("denied:dynamodb:DeleteItem", True) in told(watched)
    for _ in range(4):
        minute(watched, watched.tick)
    assert told(watched)[-1] == ("denied:dynamodb:DeleteItem", False)


@pytest.mark.parametrize("operation", ["GetItem", "PutItem", "BatchGetItem"])
def test_a_denial_that_ends_the_tick_is_told_at_once_and_taken_back_when_it_is_over(
    watched, operation
):
    with denying(watched.clients.dynamodb, operation):
        minute(watched, watched.tick)
        assert told(watched) == [(f"denied:dynamodb:{operation}", True)]
        minute(watched, watched.tick)
    for _ in range(5):
        minute(watched, watched.tick)
    assert told(watched)[-1] == (f"denied:dynamodb:{operation}", False)


def test_looks_that_cannot_be_sent_are_told(watched):
    with denying(watched.clients.sqs, "SendMessage", "AccessDenied"):
        minute(watched, watched.tick)
    assert told(watched) == [("denied:sqs:SendMessage", True)]


def test_what_failed_for_another_reason_is_no_denial(watched):
    with denying(watched.clients.dynamodb, "PutItem", "ProvisionedThroughputExceededException"):
        minute(watched, watched.look)
    minute(watched, watched.tick)
    assert told(watched) == []


@pytest.mark.parametrize(
    "service, operation, method, arguments, action",
    [
        ("lambda", "Invoke", "invoke", {"FunctionName": "f"}, {"lambda:InvokeFunction"}),
        (
            "ec2",
            "DescribeSecurityGroups",
            "describe_security_groups",
            {},
            {"ec2:DescribeSecurityGroups"},
        ),
        ("ec2", "DescribeVpcs", "describe_vpcs", {}, set()),
    ],
)
def test_denials_are_named_as_iam_names_actions_but_for_what_the_tick_tells_itself(
    world, service, operation, method, arguments, action
):
    denials, client = Denials(), boto3.client(service, region_name=REGION)
    denials.watch(client)
    code = "UnauthorizedOperation" if service == "ec2" else "AccessDeniedException"
    with denying(client, operation, code), pytest.raises(ClientError):
        getattr(client, method)(**arguments)
    assert denials.taken() == action
    assert denials.taken() == set()
