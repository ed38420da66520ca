"""What the placer keeps in the member table: one item, and a lease that lets one run at a time.

Beside it the checker keeps the last look at each VPC (`vpc#<id>`/`look`, gzipped JSON in `body`).
"""

import gzip
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from placer import estate
from placer.facts import Refusal, Teardown
from placer.hearing import Sign
from placer.repairing import Attempt
from placer.rollout import Rollout
from probing.clock import Clock
from probing.wire import from_json, to_json

STATE = ("placer", "state")
LEASE = ("placer", "lease")
BATCH = 100
"""Most keys of one BatchGetItem."""
POLL_SECONDS = 1.0


class Busy(Exception):
    """Another run holds the lease."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """`seen`: when each VPC was made or first seen (0: before the placer). `homes`: the VPC of
    each subnet as last seen, because a deleted one names none. `signs` are those whose VPC is not
    found yet. `attempts` by stack. `told`/`told_at`: digest of the last Placements that the hub
    took, and when. `woken_at`: when the message comes that the placer sent itself. `leaving_at`:
    the member is being taken away, nothing is placed any more."""

    since_at: float = 0.0
    seen: dict[str, float] = field(default_factory=dict)
    homes: dict[str, str] = field(default_factory=dict)
    signs: tuple[Sign, ...] = ()
    teardowns: tuple[Teardown, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    attempts: dict[str, Attempt] = field(default_factory=dict)
    rollout: Rollout = field(default_factory=Rollout)
    layers_at: float = 0.0
    told: str = ""
    told_at: float = 0.0
    woken_at: float = 0.0
    leaving_at: float = 0.0

    @property
    def remembered(self) -> estate.Memory:
        """What of it the plan reads. Before the placer's first run, all VPCs count as old."""
        return estate.Memory(
            seen=self.seen if self.since_at else None,
            teardowns=self.teardowns,
            refusals=self.refusals,
        )

    @property
    def rings_open(self) -> int:
        """How many rings the release may come to: none while it is halted."""
        return 0 if self.rollout.halted else self.rollout.open


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """The member table, as far as the placer goes. All reads are consistent."""

    dynamodb: Any
    table: str
    clock: Clock

    def load(self) -> Kept:
        """What was kept; a fresh record when nothing was."""
        answer = self.dynamodb.get_item(TableName=self.table, Key=_key(STATE), ConsistentRead=True)
        return from_json(Kept, _body(answer["Item"])) if "Item" in answer else Kept()

    def save(self, kept: Kept) -> None:
        text = json.dumps(to_json(kept), separators=(",", ":"), sort_keys=True)
        body = gzip.compress(text.encode(), mtime=0)
        self.dynamodb.put_item(TableName=self.table, Item=_key(STATE) | {"body": {"B": body}})

    def looks(self, vpc_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        """The last look at each of these VPCs, as the checker wrote it; only those that exist."""
        keys = [_key((f"vpc#{vpc_id}", "look")) for vpc_id in sorted(set(vpc_ids))]
        found: dict[str, dict[str, Any]] = {}
        for first in range(0, len(keys), BATCH):
            asked = {self.table: {"Keys": keys[first : first + BATCH], "ConsistentRead": True}}
            # Keys that DynamoDB leaves unread count as not looked at yet: a ring waits for them.
            answer = self.dynamodb.batch_get_item(RequestItems=asked)
            for item in answer["Responses"].get(self.table, []):
                found[item["pk"]["S"].removeprefix("vpc#")] = _body(item)
        return found

    @contextmanager
    def alone(self, owner: str, seconds: float, patience: float) -> Iterator[None]:
        """Hold the lease for at most `seconds` of real time; wait `patience` for it.

        Raises Busy when another run holds it.
        """
        until = self.clock.monotonic_seconds() + patience
        while not self._taken(owner, seconds):
            if self.clock.monotonic_seconds() >= until:
                raise Busy
            self.clock.sleep_seconds(POLL_SECONDS * self.clock.scale)
        try:
            yield
        finally:
            self._give_back(owner)

    def _taken(self, owner: str, seconds: float) -> bool:
        now = self.clock.real_now_at()
        item = _key(LEASE) | {"owner": {"S": owner}, "until": {"N": str(now + seconds)}}
        return self._conditionally(
            self.dynamodb.put_item,
            Item=item,
            ConditionExpression="attribute_not_exists(pk) OR #until < :now OR #owner = :owner",
            ExpressionAttributeNames={"#until": "until", "#owner": "owner"},
            ExpressionAttributeValues={":now": {"N": str(now)}, ":owner": {"S": owner}},
        )

    def _give_back(self, owner: str) -> None:
        self._conditionally(
            self.dynamodb.delete_item,
            Key=_key(LEASE),
            ConditionExpression="#owner = :owner",
            ExpressionAttributeNames={"#owner": "owner"},
            ExpressionAttributeValues={":owner": {"S": owner}},
        )

    def _conditionally(self, call: Any, **arguments: Any) -> bool:
        try:
            call(TableName=self.table, **arguments)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != "ConditionalCheckFailedException":
                raise
            return False
        return True


def _key(key: tuple[str, str]) -> dict[str, Any]:
    return {"pk": {"S": key[0]}, "sk": {"S": key[1]}}


def _body(item: dict[str, Any]) -> Any:
    return json.loads(gzip.decompress(item["body"]["B"]))
