"""The member table: conditional writes of items keyed by (pk, sk); nothing here knows what they
mean. All reads are consistent: a look must see what the look before it wrote."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

BATCH = 100
"""Most keys of one BatchGetItem."""
MOST_ROUNDS = 5

Key = tuple[str, str]
Item = dict[str, Any]


class Conflict(Exception):
    """A conditional write found the item other than expected: somebody else wrote it."""


class TableBusy(Exception):
    """DynamoDB left keys of a batch unread again and again."""


@contextmanager
def _conflicts(key: Key) -> Iterator[None]:
    """Turns DynamoDB's failed condition into Conflict."""
    try:
        yield
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") != "ConditionalCheckFailedException":
            raise
        raise Conflict(f"{key[0]}/{key[1]}") from error


def _key(key: Key) -> Item:
    return {"pk": {"S": key[0]}, "sk": {"S": key[1]}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Items are DynamoDB's own form ({"name": {"S": ...}}), without pk and sk on the way in."""

    dynamodb: Any
    name: str

    def get(self, key: Key) -> Item | None:
        answer = self.dynamodb.get_item(TableName=self.name, Key=_key(key), ConsistentRead=True)
        item: Item | None = answer.get("Item")
        return item

    def get_many(self, keys: Iterable[Key]) -> dict[Key, Item]:
        """The items that exist. Raises TableBusy when DynamoDB keeps leaving keys unread."""
        left = [_key(key) for key in dict.fromkeys(keys)]
        found: dict[Key, Item] = {}
        rounds = 0
        while left:
            batch, left = left[:BATCH], left[BATCH:]
            answer = self.dynamodb.batch_get_item(
                RequestItems={self.name: {"Keys": batch, "ConsistentRead": True}}
            )
            for item in answer["Responses"].get(self.name, []):
                found[item["pk"]["S"], item["sk"]["S"]] = item
            unread = answer.get("UnprocessedKeys", {}).get(self.name, {}).get("Keys", [])
            rounds += bool(unread)
            if rounds > MOST_ROUNDS:
                raise TableBusy(f"{len(left) + len(unread)} keys of {self.name} stay unread")
            left += unread
        return found

    def put(
        self,
        key: Key,
        attributes: Item,
        *,
        condition: str = "",
        names: dict[str, str] | None = None,
        values: Item | None = None,
    ) -> None:
        """Write a whole item. Raises Conflict when `condition` does not hold."""
        extra: dict[str, Any] = {}
        if condition:
            extra["ConditionExpression"] = condition
        if names:
            extra["ExpressionAttributeNames"] = names
        if values:
            extra["ExpressionAttributeValues"] = values
        with _conflicts(key):
            self.dynamodb.put_item(TableName=self.name, Item=_key(key) | attributes, **extra)

    def update(
        self, key: Key, expression: str, *, condition: str, names: dict[str, str], values: Item
    ) -> None:
        """Change attributes of an item. Raises Conflict when `condition` does not hold."""
        with _conflicts(key):
            self.dynamodb.update_item(
                TableName=self.name,
                Key=_key(key),
                UpdateExpression=expression,
                ConditionExpression=condition,
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=values,
            )

    def drop(self, key: Key) -> None:
        """Delete an item, whatever it holds, if it is there."""
        self.dynamodb.delete_item(TableName=self.name, Key=_key(key))

    def delete(
        self, key: Key, *, condition: str, names: dict[str, str], values: Item
    ) -> Item | None:
        """Delete and return what was there. Raises Conflict when `condition` does not hold."""
        with _conflicts(key):
            answer = self.dynamodb.delete_item(
                TableName=self.name,
                Key=_key(key),
                ConditionExpression=condition,
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=values,
                ReturnValues="ALL_OLD",
            )
            old: Item | None = answer.get("Attributes")
            return old
