import gzip
import json
from dataclasses import dataclass, field
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from probing.clock import Clock
from probing.environment import SettingsError
from probing.wire import to_json
from reasoning.inventory import Inventory, VpcEndpoint
from reasoning.wire import read
from recorder.looks import Looks
from recorder.memory import Memory
from recorder.record import HubRefused, Recorder
from recorder.settings import Settings

ACCOUNT, REGION = "111122223333", "us-east-1"
EVENTS = Path(__file__).resolve().parents[3] / "events" / "recorder"
VPC = "vpc-0a1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Still(Clock):
    """A clock that stands at the time in its list."""

    at: list = field(default_factory=lambda: [1_790_000_007.0])

    def now_at(self):
        return self.at[0]

    def real_now_at(self):
        return self.at[0]


@dataclass(slots=True)
class Bus:
    refusing: bool = False
    taken: list = field(default_factory=list)

    def put_events(self, Entries):
        if self.refusing:
            return {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "Throttled"}]}
        self.taken += Entries
        return {"FailedEntryCount": 0, "Entries": [{}]}


class World:
    def __init__(self):
        self.clock, self.bus = Still(), Bus()
        self.dynamodb = boto3.client("dynamodb", region_name=REGION)
        self.sqs = boto3.client("sqs", region_name=REGION)
        self.queue = self.sqs.create_queue(QueueName="looks")["QueueUrl"]
        keys = {"pk": "HASH", "sk": "RANGE"}
        self.dynamodb.create_table(
            TableName="member",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": k, "AttributeType": "S"} for k in keys],
            KeySchema=[{"AttributeName": k, "KeyType": t} for k, t in keys.items()],
        )
        memory = Memory(dynamodb=self.dynamodb, table="member", clock=self.clock)
        self.recorder = Recorder(
            settings=Settings(
                account_id=ACCOUNT,
                aws_region=REGION,
                table="member",
                looks_queue_url=self.queue,
                hub_bus_arn=f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/hub",
            ),
            clock=self.clock,
            memory=memory,
            looks=Looks(sqs=self.sqs, queue_url=self.queue, memory=memory, clock=self.clock),
            events=self.bus,
        )

    def keep(self, pk, body):
        packed = gzip.compress(json.dumps(body).encode())
        item = {"pk": {"S": pk}, "sk": {"S": "now"}, "body": {"B": packed}}
        self.dynamodb.put_item(TableName="member", Item=item)

    def handle(self, name="ec2.CreateVpcEndpoint.json", **changed):
        event = json.loads((EVENTS / name).read_text())
        event["detail"] |= changed
        self.recorder.handle(json.dumps(event))

    def looks(self):
        """(VPC, seconds from now) of what is queued, in order, taken out of the queue."""
        found = []
        while batch := self.sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get(
            "Messages"
        ):
            for message in batch:
                body = json.loads(message["Body"])
                found.append((body["vpc_id"], body["not_before"] - self.clock.at[0]))
                self.sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
        return sorted(found)


@pytest.fixture
def world(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with mock_aws():
        made = World()
        vpc_id = json.loads((EVENTS / "ec2.CreateVpcEndpoint.json").read_text())["detail"][
            "requestParameters"
        ]["CreateVpcEndpointRequest"]["VpcId"]
        made.vpc = vpc_id
        made.keep("vantages", {vpc_id: {}, "vpc-0other": {}})
        # Delays are what is tested here, so the queue of this world hands out at once.
        made.sqs.meta.events.register(
            "provide-client-params.sqs.SendMessage",
            lambda params, **_: {k: v for k, v in params.items() if k != "DelaySeconds"},
        )
        yield made


def test_a_change_starts_looks_now_and_on_the_next_two_points_of_the_grid(world):
    world.handle()
    assert [round(s) for _, s in world.looks()] == [0, 13, 33]


def test_the_looks_are_at_the_vpc_that_the_change_names(world):
    world.handle()
    assert {vpc_id for vpc_id, _ in world.looks()} == {world.vpc}


def test_the_hub_hears_of_the_change_with_its_actor(world):
    world.handle()
    [entry] = world.bus.taken
    envelope = read(
        {
            "detail-type": entry["DetailType"],
            "account": ACCOUNT,
            "detail": json.loads(entry["Detail"]),
        }
    )
    [change] = envelope.records
    assert (change.event_name, change.account) == ("CreateVpcEndpoint", ACCOUNT)
    assert change.actor.name


def test_twenty_changes_at_once_cost_no_more_looks_than_one(world):
    for number in range(20):
        world.handle(eventID=f"00000000-0000-4000-8000-{number:012d}")
    assert len(world.looks()) == 3
    assert len(world.bus.taken) == 20


def test_a_change_told_twice_is_sent_once(world):
    world.handle()
    world.handle()
    assert len(world.bus.taken) == 1


def test_a_bus_that_refuses_stops_no_look_and_gets_the_change_again(world):
    world.bus.refusing = True
    with pytest.raises(HubRefused):
        world.handle()
    assert len(world.looks()) == 3
    world.bus.refusing = False
    world.handle()
    assert world.looks() == []
    assert len(world.bus.taken) == 1


def test_looks_that_the_queue_refused_are_sent_with_the_retry(world):
    real = world.recorder.looks.queue_url
    broken = Looks(
        sqs=world.sqs, queue_url=real + "-gone", memory=world.recorder.memory, clock=world.clock
    )
    with pytest.raises(world.sqs.exceptions.QueueDoesNotExist):
        broken.after_change([world.vpc])
    assert world.recorder.looks.after_change([world.vpc]) == 3


def test_a_change_of_an_endpoint_finds_its_vpc_in_the_inventory(world):
    detail = json.loads((EVENTS / "ec2.DeleteVpcEndpoints.json").read_text())["detail"]
    endpoint_id = json.dumps(detail).split("vpce-")[1].split('"')[0]
    gone = VpcEndpoint(id=f"vpce-{endpoint_id}", vpc_id="vpc-0other", service="x")
    inventory = Inventory(account=ACCOUNT, region=REGION, taken_at=0.0, endpoints=(gone,))
    world.keep("inventory", json.loads(json.dumps(to_json(inventory))))
    world.handle("ec2.DeleteVpcEndpoints.json")
    assert {vpc_id for vpc_id, _ in world.looks()} == {"vpc-0other"}


def test_a_change_whose_vpc_cannot_be_told_is_looked_at_from_all(world):
    world.handle("ec2.DeleteVpcEndpoints.json")
    assert {vpc_id for vpc_id, _ in world.looks()} == {world.vpc, "vpc-0other"}


@pytest.mark.parametrize(
    "name",
    [
        "ec2.CreateVpcEndpoint.dry_run.json",
        "ec2.CreateVpcEndpoint.denied.json",
        "ec2.CreateVpcEndpoint.other_account.json",
        "ec2.DescribeVpcEndpoints.read_only.json",
    ],
)
def test_what_changed_nothing_here_is_dropped_without_a_look_or_a_word(world, name):
    world.handle(name)
    assert not world.bus.taken and not world.looks()


@pytest.mark.parametrize("body", ["", "not JSON", "[]", "{}", '{"detail": 7}'])
def test_what_is_no_event_is_dropped(world, body):
    world.recorder.handle(body)
    assert not world.bus.taken


def test_settings_name_all_that_is_missing_at_once():
    with pytest.raises(SettingsError, match="ACCOUNT_ID, TABLE, HUB_BUS_ARN"):
        Settings.from_environment({"LOOKS_QUEUE_URL": "x", "AWS_REGION": "x"})


GROUP = "sg-0f1e2d3c4b5a69788"


@pytest.mark.parametrize(
    ("guarding", "standing", "looked"),
    [
        ((GROUP,), "sg-0c0ffee0", {"vpc-0a1"}),
        (("sg-0other",), f"sg-0c0ffee0,{GROUP}", {"vpc-0b2"}),
        ((GROUP,), GROUP, {"vpc-0a1", "vpc-0b2"}),
        (("sg-0other",), "", set()),
    ],
    ids=["of an endpoint", "of a canary", "of both", "of neither"],
)
def test_a_change_of_a_group_is_looked_at_where_it_guards_something(
    world, guarding, standing, looked
):
    """vpc-0a1 has the endpoint, the canary of vpc-0b2 stands in `standing`."""
    world.keep("vantages", {"vpc-0a1": {"groups": "sg-0"}, "vpc-0b2": {"groups": standing}})
    known = VpcEndpoint(id="vpce-0a1", vpc_id="vpc-0a1", service="x", security_groups=guarding)
    world.keep("inventory", to_json(
        Inventory(account=ACCOUNT, region=REGION, taken_at=1.0, endpoints=(known,))
    ))  # fmt: skip
    world.handle("ec2.RevokeSecurityGroupIngress.json")
    assert {vpc_id for vpc_id, _ in world.looks()} == looked
    assert len(world.bus.taken) == 1


def test_a_change_of_a_group_before_the_first_inventory_is_looked_at_from_all(world):
    world.handle("ec2.RevokeSecurityGroupIngress.json")
    assert {vpc_id for vpc_id, _ in world.looks()} == {world.vpc, "vpc-0other"}
