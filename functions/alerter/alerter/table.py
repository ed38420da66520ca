"""The hub table: items with a JSON body, conditional writes, one transaction for what must agree.

Every write that depends on what was read carries a condition; `Stale` says that somebody else was
first, and that the caller must read and decide again.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from botocore.exceptions import ClientError

WRITES = 100  # DynamoDB's limit of actions in one transaction
_KEYS = 100  # and of keys in one BatchGetItem
_CONFLICTS = ("ConditionalCheckFailed", "TransactionConflict")


class Stale(RuntimeError):
    """A condition of the write did not hold: read again and decide again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """`number` orders versions (header version, sequence, lease time) and may carry a condition;
    `expires_at` is real epoch seconds for the table's time to live, 0 for ever."""

    pk: str
    sk: str
    body: Any = field(default_factory=dict)
    number: float = 0.0
    expires_at: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """`absent`: must not exist; `below`: must not exist or hold a smaller number; `equals`: must
    hold exactly this number."""

    item: Item
    absent: bool = False
    below: float | None = None
    equals: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delete:
    pk: str
    sk: str


Write = Put | Delete


class Table:
    """The hub's DynamoDB table behind a low-level boto3 client."""

    def __init__(self, client: Any, name: str) -> None:
        self._client = client
        self._name = name

    def get(self, pk: str, sk: str) -> Item | None:
        """One item, read consistently; None when it is not there."""
        found = self._client.get_item(
            TableName=self._name, Key=_key(pk, sk), ConsistentRead=True
        ).get("Item")
        return _item(found) if found else None

    def many(self, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Item]:
        """Items by key, read consistently; keys that are not there are left out."""
        waiting = [_key(pk, sk) for pk, sk in dict.fromkeys(keys)]
        found: dict[tuple[str, str], Item] = {}
        while waiting:
            batch, waiting = waiting[:_KEYS], waiting[_KEYS:]
            request = {self._name: {"Keys": batch, "ConsistentRead": True}}
            answer = self._client.batch_get_item(RequestItems=request)
            for raw in answer["Responses"].get(self._name, []):
                item = _item(raw)
                found[item.pk, item.sk] = item
            waiting += answer.get("UnprocessedKeys", {}).get(self._name, {}).get("Keys", [])
        return found

    def query(
        self, pk: str, low: str = " ", high: str = "~", most: int | None = None
    ) -> list[Item]:
        """Items of a partition with `low` <= sk <= `high`, in order."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._name,
            ConsistentRead=True,
            KeyConditionExpression="pk = :pk AND sk BETWEEN :low AND :high",
            ExpressionAttributeValues={
                ":pk": {"S": pk},
                ":low": {"S": low},
                ":high": {"S": high},
            },
        )
        return [_item(raw) for raw in islice(_raws(pages), most)]

    def put(self, put: Put) -> bool:
        """Write one item; False when its condition does not hold."""
        try:
            self._client.put_item(TableName=self._name, **_put(put))
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                return False
            raise
        return True

    def delete(self, pk: str, sk: str) -> None:
        self._client.delete_item(TableName=self._name, Key=_key(pk, sk))

    def transact(self, writes: list[Write]) -> None:
        """All or nothing. Raises Stale when a condition failed or another writer was at it."""
        actions = [self._action(write) for write in writes]
        try:
            self._client.transact_write_items(TransactItems=actions)
        except ClientError as error:
            reasons = error.response.get("CancellationReasons") or ()
            codes = {reason.get("Code", "None") for reason in reasons}
            if error.response["Error"]["Code"] == "TransactionConflictException":
                raise Stale("another transaction was at it") from error
            if codes & set(_CONFLICTS):
                raise Stale(", ".join(sorted(codes - {"None"}))) from error
            raise

    def _action(self, write: Write) -> dict[str, Any]:
        if isinstance(write, Delete):
            return {"Delete": {"TableName": self._name, "Key": _key(write.pk, write.sk)}}
        return {"Put": {"TableName": self._name, **_put(write)}}


def _raws(pages: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for page in pages:
        yield from page.get("Items", [])


def _key(pk: str, sk: str) -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def _item(raw: dict[str, Any]) -> Item:
    return Item(
        pk=raw["pk"]["S"],
        sk=raw["sk"]["S"],
        body=json.loads(raw["body"]["S"]),
        number=float(raw["number"]["N"]),
        expires_at=float(raw.get("expires_at", {}).get("N", 0)),
    )


def _put(put: Put) -> dict[str, Any]:
    item = put.item
    raw: dict[str, Any] = {
        **_key(item.pk, item.sk),
        "body": {"S": json.dumps(item.body, separators=(",", ":"))},
        "number": {"N": repr(item.number)},
    }
    if item.expires_at:
        raw["expires_at"] = {"N": str(int(item.expires_at))}
    call: dict[str, Any] = {"Item": raw}
    condition, value = _condition(put)
    if condition:
        call["ConditionExpression"] = condition
    if value is not None:
        call["ExpressionAttributeNames"] = {"#number": "number"}
        call["ExpressionAttributeValues"] = {":number": {"N": repr(value)}}
    return call


def _condition(put: Put) -> tuple[str, float | None]:
    if put.absent:
        return "attribute_not_exists(pk)", None
    if put.below is not None:
        return "attribute_not_exists(pk) OR #number < :number", put.below
    if put.equals is not None:
        return "#number = :number", put.equals
    return "", None
