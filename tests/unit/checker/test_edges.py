import io
import json

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from checker import looks
from checker.canary_call import CanaryCall, NoAnswer
from checker.inventory_read import DescribeRefused, InventoryRead
from checker.state import Conflict
from probing.endpoint import Endpoint
from probing.wire import Answer, Probe, Work, to_json
from tests.unit.checker.world import ACCOUNT, REGION

WORK = Work(look="1", probes=())


class Lambda:
    """Answers an invocation with a payload, or raises."""

    def __init__(self, payload=b"", function_error=None, error=None):
        self.payload, self.function_error, self.error = payload, function_error, error

    def invoke(self, **_):
        if self.error:
            raise self.error
        told = {"Payload": io.BytesIO(self.payload), "StatusCode": 200}
        return told | ({"FunctionError": self.function_error} if self.function_error else {})


def call(**answer):
    return CanaryCall(lambda_=Lambda(**answer))("canary", WORK)


def test_a_canarys_answer_is_read():
    answer = Answer(look="1", outcomes=())
    assert call(payload=json.dumps(to_json(answer)).encode()) == answer


THROTTLED = ClientError({"Error": {"Code": "TooManyRequestsException"}}, "Invoke")
TIMED_OUT = ReadTimeoutError(endpoint_url="lambda")
CRASH = json.dumps({"errorType": "Sandbox.Timedout", "errorMessage": "25.00 seconds"}).encode()


@pytest.mark.parametrize(
    "answer, told",
    [
        ({"error": THROTTLED}, "TooManyRequestsException"),
        ({"error": TIMED_OUT}, "ReadTimeoutError"),
        ({"payload": CRASH, "function_error": "Unhandled"}, "Sandbox.Timedout: 25.00 seconds"),
        ({"payload": b"\xff", "function_error": "Unhandled"}, "unreadable error"),
        ({"payload": b"null"}, "nonsense"),
        ({"payload": b"<html>"}, "nonsense"),
        ({"payload": b'{"version": 99}'}, "version 99"),
        ({"payload": b'{"version": 1, "look": "1"}'}, "nonsense"),
        ({"payload": b'{"version": 1, "look": "2", "outcomes": []}'}, "look '2'"),
    ],
)
def test_whatever_keeps_a_canary_from_answering_is_said(answer, told):
    with pytest.raises(NoAnswer, match=told):
        call(**answer)


@pytest.mark.parametrize(
    "answer",
    [
        {"payload": json.dumps({"errorMessage": "KeyError: 's3cr3t/key'"}).encode()},
        {"payload": json.dumps({"errorType": "s3cr3t%2Fkey"}).encode()},
        {"payload": json.dumps({"errorMessage": "x" * 240 + "s3cr3t/key"}).encode()},
    ],
)
def test_what_a_canary_says_of_its_crash_is_told_without_what_it_was_given(answer):
    endpoint = Endpoint(id="e", url="https://api.example/")
    probe = Probe(endpoint=endpoint, secret_headers={"x-api-key": "s3cr3t/key"})
    canary = CanaryCall(lambda_=Lambda(function_error="Unhandled", **answer))
    with pytest.raises(NoAnswer) as told:
        canary("canary", Work(look="1", probes=(probe,)))
    assert "***" in str(told.value) and "s3cr3t" not in str(told.value)


@pytest.mark.parametrize("body", ["", "{}", "[]", '{"kind": "x"}', '{"kind": "look"}'])
def test_a_message_that_is_neither_tick_nor_look_is_refused(body):
    with pytest.raises(looks.MessageError):
        looks.read(body)


def test_a_tick_is_read():
    assert looks.read('{"kind":"tick"}') is None


def test_a_write_over_what_another_wrote_is_a_conflict(world):
    world.table.put(("a", "b"), {"n": {"N": "1"}})
    with pytest.raises(Conflict):
        world.table.put(("a", "b"), {}, condition="attribute_not_exists(pk)")


def test_more_items_than_one_batch_are_read(world):
    keys = [("many", str(number)) for number in range(230)]
    for key in keys:
        world.table.put(key, {})
    assert set(world.table.get_many(keys)) == set(keys)


def reader(world):
    return InventoryRead(ec2=world.ec2, account=ACCOUNT, region=REGION, clock=world.clock)


def test_an_endpoint_is_read_with_its_addresses_and_the_names_that_it_takes(world):
    world.capture()
    [endpoint] = reader(world).take([world.vpc]).endpoints
    assert endpoint.addresses == ("10.0.0.91",)
    assert endpoint.interface_of == {"10.0.0.91": "eni-0d2"}
    assert endpoint.names == (f"*.execute-api.{REGION}.amazonaws.com",)


def test_white_space_and_order_are_no_change_of_a_policy(world):
    world.capture()
    hashes = set()
    for policy in ('{"a": 1, "b": 2}', '{"b":2,\n"a":1}'):
        world.ec2.endpoints[0]["PolicyDocument"] = policy
        hashes.add(reader(world).take([]).endpoints[0].policy_hash)
    assert len(hashes) == 1


def test_the_order_in_which_aws_lists_things_is_no_difference(world):
    world.capture()
    world.ec2.vpcs.append({"VpcId": "vpc-0b2", "CidrBlock": "10.1.0.0/16"})
    endpoint = world.ec2.endpoints[0]
    endpoint["Groups"].append({"GroupId": "sg-0"})
    endpoint["NetworkInterfaceIds"].append("eni-0aa")
    endpoint["DnsEntries"].append({"DnsName": f"execute-api.{REGION}.api.aws"})
    world.ec2.endpoints.append(endpoint | {"VpcEndpointId": "vpce-0aaa"})
    first = reader(world).take([])
    for listed in (world.ec2.vpcs, world.ec2.endpoints):
        listed.reverse()
    for name in ("Groups", "NetworkInterfaceIds", "DnsEntries"):
        endpoint[name].reverse()
    assert reader(world).take([]) == first


def test_gateway_endpoints_are_left_out(world):
    world.capture()
    world.ec2.endpoints[0]["VpcEndpointType"] = "Gateway"
    assert reader(world).take([]).endpoints == ()


def test_a_refused_describe_says_which_call_and_why(world):
    world.ec2.refused["describe_network_interfaces"] = "UnauthorizedOperation"
    with pytest.raises(DescribeRefused, match="DescribeNetworkInterfaces: UnauthorizedOperation"):
        reader(world).take([])
