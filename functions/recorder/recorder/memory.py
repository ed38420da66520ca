"""What the recorder reads and claims in the member table. Written beside it by the checker:
`vantages/now` and `inventory/now` (gzipped JSON in `body`)."""

import gzip
import json
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from probing.clock import Clock
from probing.wire import from_json
from reasoning.inventory import Inventory

CLAIM_KEPT_SECONDS = 3600
EVENT_KEPT_SECONDS = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """The member table, as far as the recorder goes."""

    dynamodb: Any
    table: str
    clock: Clock

    def placed(self) -> dict[str, frozenset[str]]:
        """The VPCs that have a canary, with the security groups that it stands in."""
        body = self._body("vantages", "now") or {}
        return {
            vpc_id: frozenset(filter(None, str(told.get("groups", "")).split(",")))
            for vpc_id, told in body.items()
        }

    def inventory(self) -> Inventory | None:
        """The last inventory; None before the first one."""
        body = self._body("inventory", "now")
        return None if body is None else from_json(Inventory, body)

    def claim(self, vpc_id: str, point: int) -> bool:
        """Whether the look at `vpc_id` on that grid point is ours to send."""
        return self._first(f"claim#{vpc_id}", str(point), CLAIM_KEPT_SECONDS)

    def unclaim(self, vpc_id: str, point: int) -> None:
        """Give a claim back whose look could not be sent."""
        key = {"pk": {"S": f"claim#{vpc_id}"}, "sk": {"S": str(point)}}
        self.dynamodb.delete_item(TableName=self.table, Key=key)

    def told(self, change_id: str) -> bool:
        """Whether the hub's bus has taken this change already."""
        key = {"pk": {"S": f"seen#{change_id}"}, "sk": {"S": "event"}}
        answer = self.dynamodb.get_item(TableName=self.table, Key=key, ConsistentRead=True)
        return "Item" in answer

    def mark_told(self, change_id: str) -> None:
        self._first(f"seen#{change_id}", "event", EVENT_KEPT_SECONDS)

    def _first(self, pk: str, sk: str, kept_seconds: int) -> bool:
        """Write an item if it is not there; False when it is."""
        expires = int(self.clock.real_now_at()) + kept_seconds
        item = {"pk": {"S": pk}, "sk": {"S": sk}, "expires_at": {"N": str(expires)}}
        try:
            self.dynamodb.put_item(
                TableName=self.table,
                Item=item,
                ConditionExpression="attribute_not_exists(pk)",
            )
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != "ConditionalCheckFailedException":
                raise
            return False
        return True

    def _body(self, pk: str, sk: str) -> Any:
        key = {"pk": {"S": pk}, "sk": {"S": sk}}
        answer = self.dynamodb.get_item(TableName=self.table, Key=key, ConsistentRead=True)
        item = answer.get("Item")
        return None if item is None else json.loads(gzip.decompress(item["body"]["B"]))
