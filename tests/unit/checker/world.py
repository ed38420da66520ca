"""A member in one process: moto for AWS, stubs at the other edges."""

import json
from dataclasses import replace

import boto3
from botocore.exceptions import ClientError

from checker import pairs, vpc_look
from checker.aws import Clients
from checker.looks import LookMessage
from checker.member import Member
from checker.settings import Settings
from checker.state import Table
from tests.unit.checker import stores
from tests.unit.checker.stubs import Bus, Ec2, Sights, VirtualClock

ACCOUNT, REGION = "123456789012", "us-east-1"
BUS = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/hub"
HOST = "abc123.execute-api.us-east-1.amazonaws.com"
SETTINGS = {
    "ACCOUNT_ID": ACCOUNT,
    "AWS_REGION": REGION,
    "TABLE": "member",
    "LOOKS_QUEUE_URL": "set by the world",
    "HUB_BUS_ARN": BUS,
    "REGISTRY_PATH": "/gatewatch/endpoints/",
    "REGISTRY_BUCKET": "none",
    "DEFAULTS_PATH": "/gatewatch/defaults/",
    "DISCOVER_APIS": "off",
    "AWS_BASICS": "off",
    "VANTAGE_PATH": "/gatewatch/vantages/",
    "PROBE_TIMEOUT": "5",
    "MAX_RATE": "1",
    "RELEASE": "test",
    "INVOKE_API_ARNS": "none",
}


class World:
    """One account and Region with a VPC `vpc`, and a second one, `vpcs[1]`."""

    def __init__(self):
        self.clock = VirtualClock()
        self.bus, self.sights, self.tokens = Bus(), Sights(self.clock), stores.Endpoint()
        clients = {
            name: boto3.client(name, region_name=REGION)
            for name in ("dynamodb", "sqs", "ssm", "secretsmanager", "cloudtrail")
        }
        self.ec2 = Ec2()
        self.clients = Clients(events=self.bus, lambda_=None, ec2=self.ec2, **clients)
        self.queue = self.clients.sqs.create_queue(QueueName="looks")["QueueUrl"]
        # The queue hands out at once: its delays are real time, this world's are not.
        self.clients.sqs.meta.events.register(
            "provide-client-params.sqs.SendMessage",
            lambda params, **_: {k: v for k, v in params.items() if k != "DelaySeconds"},
        )
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
            token_call=self.tokens,
        )

    def with_bucket(self, name):
        """The hub's bucket for the organisation's file, which this member reads; its client."""
        s3 = boto3.client("s3", region_name=REGION)
        s3.create_bucket(Bucket=name)
        self.answered = []
        s3.meta.events.register(
            "after-call.s3",
            lambda http_response, model, **_: self.answered.append(
                (f"s3.{model.name}", http_response.status_code)
            ),
        )
        self.clients = replace(self.clients, s3=s3)
        self.settings = replace(self.settings, registry_bucket=name)
        self.member = self.new_member()
        return s3

    def calls_of(self, service, operation):
        return [call for call in self.answered if call[0] == f"{service}.{operation}"]

    def lose_bucket(self):
        """Another account's bucket under that name: every request is refused."""
        self.clients = replace(self.clients, s3=Refused())
        self.member = self.new_member()

    def move_hub(self, account):
        self.settings = replace(self.settings, hub_bus_arn=BUS.replace(ACCOUNT, account))
        self.member = self.new_member()

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


class Refused:
    """A client whose every call is refused."""

    def __getattr__(self, operation):
        def call(**_):
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, operation)

        return call


def make_table(dynamodb, name="member"):
    dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")
        ],
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
    )
