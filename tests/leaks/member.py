"""A member in one process whose canary really looks: moto for AWS, peers on loopback.

All of the checker is the shipped code with its own clients; the canary's part is the same code as
in its function, with the guard lifted for loopback. What leaves either of them goes to the haul.
"""

import io
import json
import os
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from moto import mock_aws

from checker import looks
from checker.aws import Clients
from checker.member import Member
from checker.settings import Settings
from checker.token_call import TokenCall
from probing import guard
from probing.clock import Clock
from probing.fit import fitted
from probing.resolve import name_servers
from probing.run import Means, look
from probing.wire import Answer, Work, from_json, read, to_json
from tests.leaks.haul import Haul
from tests.leaks.markers import Kind
from tests.unit.checker.stubs import Time, VirtualClock
from tests.unit.checker.world import SETTINGS, make_table
from tests.zoo.names import NameServer

APIS = "arn:aws:execute-api:us-east-1:123456789012:abc123/prod/GET/*"
PROBE_SECONDS = "3"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Surroundings:
    """What a member of one run stands in; `role` are the checker's own credentials."""

    folder: Path
    name_server: NameServer
    ca_file: str
    role: Mapping[str, str]
    haul: Haul

    @property
    def resolv_conf(self) -> str:
        return self.name_server.resolv_conf(self.folder)


def only_loopback(address: str, own_addresses: object) -> str | None:
    return None if address == "127.0.0.1" else guard.check(address) or "not in a test"


@dataclass(slots=True, repr=False)
class Leaky:
    """One account and Region with one placed VPC. `works` are what its canary was asked."""

    around: Surroundings
    clock: VirtualClock = field(default_factory=lambda: VirtualClock(time=Time(at=time.time())))
    works: list[Work] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)
    clients: Clients = field(init=False)
    member: Member = field(init=False)
    settings: Settings = field(init=False)
    vpc: str = field(init=False)

    def __post_init__(self) -> None:
        given = SETTINGS | {
            "INVOKE_API_ARNS": APIS,
            "MAX_RATE": "10000",
            "PROBE_TIMEOUT": PROBE_SECONDS,
        }
        self.settings = Settings.from_environment(given)
        self.clients = Clients.make(self.settings)
        url = self.clients.sqs.create_queue(QueueName="looks")["QueueUrl"]
        self.settings = replace(self.settings, looks_queue_url=url)
        make_table(self.clients.dynamodb)
        self.vpc = self.clients.ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
        self._wire()
        self.put_parameter(
            f"/gatewatch/vantages/{self.vpc}", json.dumps({"function": "canary", "subnets": "s"})
        )
        self.member = self._made()

    def _wire(self) -> None:
        """The canary behind Invoke, the hub behind PutEvents; the queue hands out at once."""
        self.clients.lambda_.meta.events.register("before-call.lambda.Invoke", self._invoked)
        self.clients.events.meta.events.register("before-call.events.PutEvents", self._put)
        self.clients.sqs.meta.events.register(
            "provide-client-params.sqs.SendMessage",
            lambda params, **_: {k: v for k, v in params.items() if k != "DelaySeconds"},
        )

    def _made(self) -> Member:
        around = self.around
        conf, port = around.resolv_conf, around.name_server.port
        return Member.make(
            self.settings,
            self.clients,
            self.clock,
            outside=self._from_here,
            token_call=TokenCall(
                guard=only_loopback,
                servers=lambda: name_servers(conf, port=port),
                ca_file=around.ca_file,
            ),
        )

    def keep(self, kind: Kind) -> None:
        """Its secrets where a member keeps them."""
        for name, value in kind.ssm.items():
            self.put_parameter(name, value, type_="SecureString")
        for name, value in kind.manager.items():
            self.clients.secretsmanager.create_secret(Name=name, SecretString=value)

    def register(self, name: str, entry: Mapping[str, Any]) -> None:
        self.put_parameter(f"/gatewatch/endpoints/{name}", json.dumps(entry))

    def put_parameter(self, name: str, value: str, type_: str = "String") -> None:
        self.clients.ssm.put_parameter(Name=name, Value=value, Type=type_, Overwrite=True)

    def handle(self, body: str) -> None:
        """One message as the function's handler takes it; what fails is logged as Lambda does."""
        try:
            message = looks.read(body)
            if message is None:
                self.member.tick.handle()
            else:
                self.member.look.handle(message)
        except Exception as error:  # noqa: BLE001 - Lambda catches all, and logs its traceback
            told = "".join(traceback.format_exception(error))
            self.around.haul.put("traceback", type(error).__name__, told + repr(error))
            self.around.haul.put("dead letter", "looks queue", body)

    def minute(self, seconds: float = 60.0) -> None:
        """A tick, and every look that it asked for and that follows."""
        self.clock.sleep_seconds(seconds)
        self.handle(json.dumps({"kind": "tick"}))
        for body in self.queued():
            self.handle(body)

    def queued(self) -> Iterator[str]:
        """Messages of the looks queue, taken out of it, at most forty."""
        sqs, url = self.clients.sqs, self.settings.looks_queue_url
        for _ in range(40):
            found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=1).get("Messages")
            if not found:
                return
            self.around.haul.put("queue message", "looks queue", json.dumps(found[0]))
            sqs.delete_message(QueueUrl=url, ReceiptHandle=found[0]["ReceiptHandle"])
            yield found[0]["Body"]

    def items(self) -> list[dict[str, Any]]:
        """Everything in the member's table."""
        pages = self.clients.dynamodb.get_paginator("scan").paginate(TableName="member")
        return [item for page in pages for item in page["Items"]]

    def canary(self, payload: bytes) -> bytes:
        """What the canary's handler does with an invocation's payload."""
        return json.dumps(fitted(self._looked(read(Work, json.loads(payload))))).encode()

    def _looked(self, work: Work) -> Answer:
        self.works.append(work)
        means = Means(
            guard=only_loopback,
            ca_file=self.around.ca_file,
            dns_port=self.around.name_server.port,
            lookup=lambda host: ("127.0.0.1",),
        )
        self._know(work)
        answer = look(work, Clock(), resolv_conf=self.around.resolv_conf, means=means)
        self._tell(answer)
        return answer

    def _know(self, work: Work) -> None:
        """A signature is good for minutes: it is a secret too."""
        for probe in work.probes:
            told = probe.secret_headers.get("Authorization", "")
            if told.startswith("AWS4-"):
                self.around.haul.search.know("signature", told.rpartition("Signature=")[2])

    def _from_here(self, work: Work) -> Answer:
        return from_json(Answer, json.loads(json.dumps(to_json(self._looked(work)))))

    def _tell(self, answer: Answer) -> None:
        haul = self.around.haul
        for outcome in answer.outcomes:
            told = to_json(outcome)
            haul.json("outcome", outcome.endpoint, told)
            haul.put("outcome as text", outcome.endpoint, repr(outcome))
            for step in told["steps"]:
                haul.json("step", outcome.endpoint, step)
        for sentinel in answer.sentinels:
            haul.json("sentinel", sentinel.service, to_json(sentinel))

    def _invoked(self, params: Mapping[str, Any], **_: object) -> Any:
        answer = self.canary(params["body"])
        self.around.haul.put("canary's answer", "canary", answer)
        return SimpleNamespace(status_code=200), {"StatusCode": 200, "Payload": io.BytesIO(answer)}

    def _put(self, params: Mapping[str, Any], **_: object) -> Any:
        entries = json.loads(params["body"])["Entries"]
        self.sent += entries
        for entry in entries:
            data = entry | {"Detail": json.loads(entry["Detail"])}
            self.around.haul.json("bus entry", entry["DetailType"], data)
        return SimpleNamespace(status_code=200), {"FailedEntryCount": 0, "Entries": [{}]}


@contextmanager
def standing(around: Surroundings) -> Iterator[Leaky]:
    """A member, and at its end everything that it leaves behind in the haul."""
    before = dict(os.environ)
    os.environ.update(around.role)
    try:
        with mock_aws():
            member = Leaky(around)
            yield member
            for item in member.items():
                around.haul.json("table item", item["pk"]["S"], item)
                around.haul.put("table item, unpacked", item["pk"]["S"], _bodies(item))
    finally:
        os.environ.clear()
        os.environ.update(before)


def _bodies(item: Mapping[str, Any]) -> bytes:
    """Its binary attributes; the search opens what is packed."""
    return b"\n".join(value["B"] for value in item.values() if "B" in value)
