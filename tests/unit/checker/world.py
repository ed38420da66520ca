"""A member in one process: moto for AWS, a clock that only moves when told, stubs for canary,
outside look and bus."""

import json
from dataclasses import dataclass, field

import boto3
from botocore.exceptions import ClientError

from checker import pairs, vpc_look
from checker.aws import Clients
from checker.canary_call import NoAnswer
from checker.looks import LookMessage
from checker.member import Member
from checker.settings import Settings
from checker.state import Table
from probing.clock import Clock
from probing.outcome import Failure, Outcome, Resolution, Sentinel, Stage, State, Step, View
from probing.wire import Answer

ACCOUNT, REGION = "123456789012", "us-east-1"
BUS = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/hub"
START_AT = 1_790_000_040.0
HOST = "abc123.execute-api.us-east-1.amazonaws.com"
PUBLIC = "203.0.113.10"
SETTINGS = {
    "ACCOUNT_ID": ACCOUNT,
    "AWS_REGION": REGION,
    "TABLE": "member",
    "LOOKS_QUEUE_URL": "set by the world",
    "HUB_BUS_ARN": BUS,
    "REGISTRY_PATH": "/gatewatch/endpoints/",
    "VANTAGE_PATH": "/gatewatch/vantages/",
    "PROBE_TIMEOUT": "5",
    "RELEASE": "test",
}


@dataclass(slots=True)
class Time:
    at: float = START_AT


@dataclass(frozen=True, slots=True, kw_only=True)
class VirtualClock(Clock):
    """Sleeping moves it; nothing waits."""

    time: Time = field(default_factory=Time)

    def now_at(self):
        return self.time.at

    def real_now_at(self):
        return self.time.at

    def monotonic_seconds(self):
        return self.time.at

    def sleep_seconds(self, seconds):
        self.time.at += max(0.0, seconds)


@dataclass(slots=True)
class Bus:
    """The hub's bus: remembers what it took; `refusing` refuses each entry, as AWS does, in an
    answer that is a success."""

    taken: list = field(default_factory=list)
    refusing: bool = False

    def put_events(self, Entries):
        if self.refusing:
            return {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure"}]}
        self.taken += Entries
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]}

    def bodies(self, detail_type):
        """The bodies of the messages of one kind, one list for each message."""
        found = (e for e in self.taken if e["DetailType"] == detail_type)
        return [json.loads(entry["Detail"])["body"] for entry in found]


@dataclass(frozen=True, slots=True)
class Sight:
    """What a probe is to see: `status` None is a connect time-out, `address` "" is NXDOMAIN."""

    address: str = PUBLIC
    status: int | None = 200
    headers: tuple = (("server", "Server"),)


class Sights:
    """What inside, pinned and outside looks see, by endpoint id; a list is used up, its last
    entry stays."""

    def __init__(self, clock):
        self.clock, self.asked, self.works = clock, [], []
        self.inside, self.outside, self.pinned = {}, {}, {}
        self.sentinel, self.broken = Sight(address=""), None

    def see(self, view, endpoint):
        sights = getattr(self, view.value).get(endpoint, Sight())
        if isinstance(sights, list):
            sights = sights.pop(0) if len(sights) > 1 else sights[0]
        return sights

    def canary(self, function, work):
        self.works.append((self.clock.now_at(), work))
        self.clock.sleep_seconds(0.1)
        if self.broken:
            raise NoAnswer(self.broken)
        return self._answer(work)

    def from_here(self, work):
        self.works.append((self.clock.now_at(), work))
        return self._answer(work)

    def probes(self, view):
        return [p for _, work in self.works for p in work.probes if p.view is view]

    def _answer(self, work):
        outcomes = tuple(
            outcome(p.endpoint, p.view, self.see(p.view, p.endpoint.id), self.clock.now_at())
            for p in work.probes
        )
        sentinels = tuple(
            Sentinel(service=domain, resolution=resolution(f"gw-1.{domain}", self.sentinel))
            for domain in work.sentinels
        )
        return Answer(look=work.look, outcomes=outcomes, sentinels=sentinels)


def resolution(host, sight):
    if not sight.address:
        return Resolution(
            host=host, name_server="10.0.0.2", rcode="NXDOMAIN", failure=Failure.DNS_NXDOMAIN
        )
    return Resolution(
        host=host, name_server="10.0.0.2", rcode="NOERROR", addresses=(sight.address,)
    )


def outcome(endpoint, view, sight, at):
    found = resolution(endpoint.host, sight)
    steps = [Step(stage=Stage.RESOLVE, elapsed_ms=2.0, failure=found.failure)]
    if found.failure is None:
        failure = Failure.CONNECT_TIMEOUT if sight.status is None else None
        steps.append(Step(stage=Stage.CONNECT, elapsed_ms=3.0, failure=failure))
        if failure is None:
            good = any(low <= sight.status <= high for low, high in endpoint.expect.status)
            steps.append(
                Step(
                    stage=Stage.HTTP,
                    elapsed_ms=20.0,
                    failure=None if good else Failure.HTTP_STATUS,
                    evidence={"status": sight.status, "headers": dict(sight.headers)},
                )
            )
    bad = any(step.failure for step in steps)
    return Outcome(
        endpoint=endpoint.id,
        view=view,
        state=State.FAILING if bad else State.OK,
        started_at=at,
        ended_at=at,
        steps=tuple(steps),
        resolution=found if view is not View.PINNED else None,
        address=sight.address or None,
    )


class Ec2:
    """Describe calls, answered from lists: the emulators know no private DNS. `refused` maps an
    operation to an error code."""

    def __init__(self):
        self.endpoints, self.interfaces, self.refused = [], [], {}
        self.vpcs = [{"VpcId": "vpc-0a1", "CidrBlock": "10.0.0.0/16"}]

    def get_paginator(self, operation):
        return Pages(self, operation)

    def describe_vpc_attribute(self, VpcId, Attribute):
        return {Attribute[0].upper() + Attribute[1:]: {"Value": True}}

    def pages(self, operation):
        code = self.refused.get(operation)
        if code:
            raise ClientError({"Error": {"Code": code, "Message": "no"}}, operation)
        return {
            "describe_vpc_endpoints": [{"VpcEndpoints": self.endpoints}],
            "describe_network_interfaces": [{"NetworkInterfaces": self.interfaces}],
            "describe_vpcs": [{"Vpcs": self.vpcs}],
        }[operation]


@dataclass(slots=True)
class Pages:
    ec2: Ec2
    operation: str

    def paginate(self, **filters):
        return self.ec2.pages(self.operation)


class World:
    """One account and Region with a VPC `vpc`, and a second one, `vpcs[1]`."""

    def __init__(self):
        self.clock = VirtualClock()
        self.bus, self.sights = Bus(), Sights(self.clock)
        clients = {
            name: boto3.client(name, region_name=REGION)
            for name in ("dynamodb", "sqs", "ssm", "secretsmanager", "cloudtrail")
        }
        self.ec2 = Ec2()
        self.clients = Clients(events=self.bus, lambda_=None, ec2=self.ec2, **clients)
        self.queue = self.clients.sqs.create_queue(QueueName="looks")["QueueUrl"]
        make_table(self.clients.dynamodb)
        self.settings = Settings.from_environment(SETTINGS | {"LOOKS_QUEUE_URL": self.queue})
        self.table = Table(dynamodb=self.clients.dynamodb, name="member")
        self.vpcs = ["vpc-0a1", "vpc-0b2"]
        self.vpc = self.vpcs[0]
        self.member = self.new_member()

    def new_member(self):
        return Member.make(
            self.settings,
            self.clients,
            self.clock,
            call=self.sights.canary,
            outside=self.sights.from_here,
        )

    def place(self, *vpc_ids):
        for vpc_id in vpc_ids:
            value = {"function": f"gatewatch-canary-{vpc_id}", "subnets": "subnet-1"}
            self.clients.ssm.put_parameter(
                Name=f"/gatewatch/vantages/{vpc_id}",
                Value=json.dumps(value),
                Type="String",
                Overwrite=True,
            )

    def register(self, name, **entry):
        entry = {"url": f"https://{HOST}/{name}"} | entry
        self.clients.ssm.put_parameter(
            Name=f"/gatewatch/endpoints/{name}",
            Value=json.dumps(entry),
            Type="String",
            Overwrite=True,
        )

    def capture(self, vpc_id=None):
        """An execute-api endpoint with private DNS at 10.0.0.91 in that VPC: its id."""
        self.ec2.endpoints.append(
            {
                "VpcEndpointId": "vpce-0abc",
                "VpcEndpointType": "Interface",
                "VpcId": vpc_id or self.vpc,
                "ServiceName": f"com.amazonaws.{REGION}.execute-api",
                "State": "available",
                "PrivateDnsEnabled": True,
                "NetworkInterfaceIds": ["eni-0d2"],
                "Groups": [{"GroupId": "sg-1"}],
                "PolicyDocument": "{}",
                "DnsEntries": [
                    {"DnsName": f"vpce-0abc-1.execute-api.{REGION}.vpce.amazonaws.com"},
                    {"DnsName": f"*.execute-api.{REGION}.amazonaws.com"},
                ],
            }
        )
        self.ec2.interfaces.append(
            {"NetworkInterfaceId": "eni-0d2", "PrivateIpAddress": "10.0.0.91"}
        )
        return "vpce-0abc"

    def tick(self):
        self.member.tick.handle()

    def look(self, vpc_id=None, *, why="tick", hops=0):
        now = self.clock.now_at()
        message = LookMessage(
            vpc_id=vpc_id or self.vpc, not_before=now, not_after=now + 60, hops=hops, why=why
        )
        self.member.look.handle(message)

    def minute(self, seconds=60):
        """A further look, that much later."""
        self.clock.sleep_seconds(seconds)
        self.look()

    def queued(self):
        """Messages of the looks queue, taken out of it."""
        found = []
        while batch := self.clients.sqs.receive_message(
            QueueUrl=self.queue, MaxNumberOfMessages=10
        ).get("Messages"):
            for message in batch:
                found.append(json.loads(message["Body"]))
                self.clients.sqs.delete_message(
                    QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"]
                )
        return found

    def pair(self, endpoint, vpc_id=None):
        return pairs.load(self.table.get(pairs.key(endpoint, vpc_id or self.vpc)))

    def last_look(self, vpc_id=None):
        return vpc_look.load(self.table.get(vpc_look.key(vpc_id or self.vpc)))

    def transitions(self):
        """All that the bus took, message by message: [(endpoint, before, after), ...]."""
        return [
            [(t["endpoint"]["id"], t["before"], t["after"]) for t in body]
            for body in self.bus.bodies("Gatewatch Transitions")
        ]


def make_table(dynamodb):
    dynamodb.create_table(
        TableName="member",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")
        ],
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
    )
