import io
import json
from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from checker import looks
from checker.canary_call import CanaryCall, NoAnswer
from checker.inventory_read import DescribeRefused, InventoryRead
from checker.secrets_read import SecretRefused, Secrets
from checker.state import Conflict
from probing.wire import Answer, Work, to_json
from reasoning.wire import PROBLEM
from tests.unit.checker.stubs import Sight, VirtualClock
from tests.unit.checker.world import ACCOUNT, HOST, REGION

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


@pytest.mark.parametrize("body", ["", "{}", "[]", '{"kind": "x"}', '{"kind": "look"}'])
def test_a_message_that_is_neither_tick_nor_look_is_refused(body):
    with pytest.raises(looks.MessageError):
        looks.read(body)


def test_a_tick_is_read():
    assert looks.read('{"kind":"tick"}') is None


class Store:
    """Answers GetParameter and GetSecretValue from a dict, and counts."""

    def __init__(self, values, changed_at=0.0):
        self.values, self.changed_at, self.reads = values, changed_at, 0

    def get_parameter(self, Name, WithDecryption):
        changed = datetime.fromtimestamp(self.changed_at, UTC)
        return {"Parameter": {"Value": self._read(Name), "LastModifiedDate": changed}}

    def get_secret_value(self, SecretId):
        return {"SecretString": self._read(SecretId)}

    def _read(self, name):
        self.reads += 1
        if name not in self.values:
            raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "Get")
        return self.values[name]


def secrets(store):
    return Secrets(ssm=store, secretsmanager=store, clock=VirtualClock())


def test_a_credential_is_kept_for_five_minutes():
    store = Store({"/key": "s3cret"})
    found = secrets(store)
    assert [found.read("ssm:/key").value for _ in range(3)] == ["s3cret"] * 3
    assert store.reads == 1
    found.clock.sleep_seconds(301)
    found.read("ssm:/key")
    assert store.reads == 2


def test_a_key_of_a_json_secret_is_taken_out():
    store = Store({"api": '{"key": "s3cret"}'})
    assert secrets(store).read("secretsmanager:api#key").value == "s3cret"


@pytest.mark.parametrize(
    "reference", ["ssm:/gone", "secretsmanager:api#other", "secretsmanager:no"]
)
def test_a_credential_that_cannot_be_read_says_which_and_never_its_text(reference):
    store = Store({"api": '{"key": "s3cret"}', "no": "s3cret"})
    reference = reference + "#key" if reference.endswith(":no") else reference
    with pytest.raises(SecretRefused) as told:
        secrets(store).read(reference)
    assert reference in str(told.value) and "s3cret" not in str(told.value)


def test_a_credential_is_shown_in_no_repr():
    assert "s3cret" not in repr(secrets(Store({"/key": "s3cret"})).read("ssm:/key"))


def keyed(world, secret="ssm:/gatewatch/secrets/orders"):
    world.register(
        "orders",
        url=f"https://{HOST}/orders",
        auth={"header": {"name": "x-api-key", "secret": secret}},
    )
    world.tick()


def test_a_refused_credential_makes_that_endpoint_unknown_and_is_told(world):
    world.register("plain")
    keyed(world)
    world.look()
    rows = world.last_look().pairs
    assert (rows["orders"].state, rows["plain"].state) == ("unknown", "ok")
    told = [p for body in world.bus.bodies(PROBLEM) for p in body if "credential" in p["key"]]
    assert [(p["key"], p["open"]) for p in told] == [("credential:orders", True)]


def test_a_credential_that_can_be_read_again_closes_its_problem(world):
    keyed(world)
    world.look()
    world.clients.ssm.put_parameter(
        Name="/gatewatch/secrets/orders", Value="v", Type="SecureString"
    )
    world.minute()
    told = [p for body in world.bus.bodies(PROBLEM) for p in body if "credential" in p["key"]]
    assert [p["open"] for p in told] == [True, False]
    assert world.last_look().pairs["orders"].state == "ok"


def test_the_canary_gets_the_credential_and_nobody_else_does(world):
    world.clients.ssm.put_parameter(
        Name="/gatewatch/secrets/orders", Value="s3cret", Type="SecureString"
    )
    keyed(world)
    world.look()
    given = [p.secret_headers for _, work in world.sights.works for p in work.probes]
    assert given[0] == {"x-api-key": "s3cret"}
    assert "s3cret" not in str(world.bus.taken)
    assert "s3cret" not in str(world.clients.dynamodb.scan(TableName="member"))


def test_a_refused_credential_that_changed_is_tried_again_at_once(world):
    name = "/gatewatch/secrets/orders"
    world.clients.ssm.put_parameter(Name=name, Value="old", Type="SecureString")
    keyed(world)
    world.look()
    world.clients.ssm.put_parameter(Name=name, Value="new", Type="SecureString", Overwrite=True)
    world.sights.inside["orders"] = [Sight(status=403), Sight()]
    world.sights.works.clear()
    world.minute()
    given = [p.secret_headers["x-api-key"] for _, w in world.sights.works for p in w.probes]
    assert given == ["old", "new"]
    assert world.last_look().pairs["orders"].state == "ok"


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


def test_gateway_endpoints_are_left_out(world):
    world.capture()
    world.ec2.endpoints[0]["VpcEndpointType"] = "Gateway"
    assert reader(world).take([]).endpoints == ()


def test_a_refused_describe_says_which_call_and_why(world):
    world.ec2.refused["describe_network_interfaces"] = "UnauthorizedOperation"
    with pytest.raises(DescribeRefused, match="DescribeNetworkInterfaces: UnauthorizedOperation"):
        reader(world).take([])
