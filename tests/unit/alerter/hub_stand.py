"""A hub on moto, in this process, with a clock that only the test moves."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from moto import mock_aws

from alerter import incidents, run
from alerter.aws import clients
from alerter.hub import Hub
from alerter.settings import Settings
from alerter.table import Table
from reasoning import wire
from reasoning.case import RouteClass
from reasoning.message import Reason
from reasoning.transition import Digest, Transition
from tests.support.story import ACCOUNT, REGION, VPC, at, loss
from tests.support.virtual_clock import VirtualClock

ENVIRONMENT = {
    "TABLE": "gatewatch-hub",
    "MIN_GOOD": "900",
    "GROUP_WAIT": "20",
    "DEFAULT_OWNER": "platform",
    "METRIC_DETAIL": "standard",
    "RELEASE": "test",
    "MODE": "notify",
    "PAGE_ACTOR_DETAIL": "full",
    "CHAT_ACTOR_DETAIL": "full",
    "CHANGE_RETENTION_DAYS": "90",
    "INCIDENT_RETENTION_DAYS": "90",
}


class Bus:
    """Takes PutEvents as the hub's bus does; `refuses` that many calls first."""

    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []
        self.refuses = 0

    def put_events(self, Entries: list[dict[str, Any]]) -> dict[str, Any]:
        if self.refuses:
            self.refuses -= 1
            failed = {"ErrorCode": "InternalFailure", "ErrorMessage": "try again"}
            return {"FailedEntryCount": 1, "Entries": [failed]}
        self.entries += Entries
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]}


class Delays:
    """Takes the delayed messages that the alerter sends itself."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []

    def send_message(self, QueueUrl: str, MessageBody: str, DelaySeconds: int) -> None:
        assert 0 < DelaySeconds <= 900
        self.bodies.append(json.loads(MessageBody))


class Stand:
    """Puts messages in as the queue would, moves time on, tells what was said."""

    def __init__(self, hub: Hub, clock: VirtualClock, sqs: Any, said: dict[str, str]) -> None:
        self.hub = hub
        self._sqs = sqs
        self.alive: list[Digest] = []
        self.clock = clock
        self._said = said
        self.pages: list[dict[str, Any]] = []
        self.chats: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []
        self.wakes: list[float] = []

    def member(self, detail_type: str, *records: Any, account: str = ACCOUNT) -> dict[str, Any]:
        """An EventBridge event as it comes from a member's PutEvents."""
        detail = wire.write(
            detail_type, records, account=account, region=REGION, sent_at=self.clock.at
        )
        return {"detail-type": detail_type, "account": account, "detail": detail}

    def send(self, detail_type: str, *records: Any, account: str = ACCOUNT) -> None:
        run.take(self.hub, self.member(detail_type, *records, account=account))
        self.collect()

    def to(self, clock: str) -> None:
        """Move time to `clock`, with every wake and a tick each minute on the way."""
        until = at(clock)
        while True:
            self.collect()
            tick = (self.clock.at // 60 + 1) * 60
            due = [wake for wake in self.wakes if wake <= until]
            nearest = min([tick, *due])
            if nearest > until:
                break
            self.clock.at = max(self.clock.at, nearest)
            if due and nearest == min(due):
                self.wakes.remove(nearest)
                run.take(self.hub, {"kind": "wake", "at": nearest, "incident": ""})
            else:
                self._minute()
        self.clock.at = max(self.clock.at, until)

    def _minute(self) -> None:
        for digest in self.alive:
            looked = dict.fromkeys(digest.looked, self.clock.at)
            now = replace(digest, at=self.clock.at, looked=looked, pairs=())
            run.take(self.hub, self.member(wire.DIGEST, now, account=digest.account))
        run.take(self.hub, {"kind": "tick"})

    def collect(self) -> None:
        for place, into in (("page", self.pages), ("chat", self.chats)):
            into += self._drain(self._said[place])
        self.events = self.hub.clients.events.entries
        self.wakes += [body["at"] for body in self.hub.clients.sqs.bodies]
        self.hub.clients.sqs.bodies.clear()

    def _drain(self, queue_url: str) -> list[dict[str, Any]]:
        sqs, found = self._sqs, []
        while messages := sqs.receive_message(
            QueueUrl=queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=0
        ).get("Messages"):
            for message in messages:
                found.append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
        return found

    @property
    def said(self) -> list[tuple[str, str]]:
        """(place, reason) of everything said so far, in order by place."""
        self.collect()
        pages = [("page", _reason(page)) for page in self.pages]
        return pages + [("chat", _reason(chat)) for chat in self.chats]

    def page_text(self, number: int = -1) -> str:
        self.collect()
        return str(self.pages[number]["Message"])


def a_digest(*pairs: Any, **fields: Any) -> Digest:
    """A member's minute at 10:00:00, of one VPC that was just looked at."""
    values = {"account": ACCOUNT, "region": REGION, "at": at("10:00:00"), "pairs": pairs}
    return Digest(**{**values, "looked": {VPC: at("10:00:00")}, **fields})


def _reason(envelope: dict[str, Any]) -> str:
    return Reason(envelope["MessageAttributes"]["reason"]["Value"]).value


@contextmanager
def stand(now: str = "10:00:00", **environment: str) -> Iterator[Stand]:
    """A hub with its table, topics, queue and bus."""
    with mock_aws():
        real = clients()
        aws = replace(real, events=Bus(), sqs=Delays())
        aws.dynamodb.create_table(
            TableName=ENVIRONMENT["TABLE"],
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "S"},
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        said, topics = {}, {}
        for place in ("page", "chat"):
            topics[place] = aws.sns.create_topic(Name=place)["TopicArn"]
            said[place] = _queue_on(real, place)
            aws.sns.subscribe(
                TopicArn=topics[place],
                Protocol="sqs",
                Endpoint=f"arn:aws:sqs:{REGION}:{ACCOUNT}:{place}",
            )
        settings = Settings.from_environment(
            {
                **ENVIRONMENT,
                "PAGE_TOPIC_ARN": topics["page"],
                "CHAT_TOPIC_ARN": topics["chat"],
                "HUB_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/111122223333/hub",
                "HUB_BUS_ARN": f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/hub",
                **environment,
            }
        )
        clock = VirtualClock(at(now))
        hub = Hub(
            settings=settings,
            clients=aws,
            table=Table(aws.dynamodb, settings.table),
            clock=clock,
        )
        yield Stand(hub, clock, real.sqs, said)


def _queue_on(aws: Any, name: str) -> str:
    return str(aws.sqs.create_queue(QueueName=name)["QueueUrl"])


def open_incidents(hub: Stand) -> list[str]:
    return [one.key for one in incidents.recent(hub.hub) if one.stage == "open"]


def plain(name: str = "orders-api", **fields: Any) -> Transition:
    """A loss with plain evidence that no rule explains."""
    values = {"structural": False, "route_after": RouteClass.PUBLIC, "diagnosis": None}
    return loss(name, **{**values, **fields})


def seen_alive(hub: Stand, *pairs: Any) -> None:
    hub.alive = [a_digest()]
    hub.send(wire.DIGEST, a_digest(*pairs))
