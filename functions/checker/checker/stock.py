"""Keeping the inventory: taken each minute, told when it differs and daily, and the changes in it
that no event told."""

from dataclasses import dataclass, replace

from aws_lambda_powertools import Logger

from checker import snapshot
from checker.hub import Hub
from checker.inventory_read import DescribeRefused, InventoryRead
from checker.state import Table
from reasoning import inferred, wire
from reasoning.inventory import Inventory, VpcEndpoint

DAY_SECONDS = 86_400.0

logger = Logger(child=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """The inventory of this account and Region, as last told to the hub."""

    table: Table
    hub: Hub
    read: InventoryRead

    def kept(self) -> Inventory | None:
        """The inventory as last taken; None before the first time."""
        return snapshot.load_inventory(self.table.get(snapshot.INVENTORY))

    def refresh(self, vpc_ids: frozenset[str]) -> tuple[Inventory | None, str]:
        """(the inventory now, "") or (the one kept, why it could not be taken)."""
        before = self.kept()
        try:
            taken = self.read.take(vpc_ids)
        except DescribeRefused as error:
            logger.warning("inventory not taken", reason=str(error))
            return before, str(error)
        now = remembered(before, taken)
        if before is not None and _told_lately(before, now):
            return before, ""
        # Kept only when both were taken: until then the next tick tells the difference again.
        changes = inferred.changes(before, taken, taken.taken_at)
        told = self.hub.send_one(wire.INVENTORY, now)
        if changes and told:
            told = self.hub.send(wire.CHANGE, [[change] for change in changes])
        if told or before is None:
            snapshot.save_inventory(self.table, now)
        return now, ""


def remembered(before: Inventory | None, taken: Inventory) -> Inventory:
    """`taken`, with endpoints that went away within a day: an address or an id in the evidence of
    a failure may be theirs."""
    gone = _gone(before, taken) if before else ()
    return replace(taken, endpoints=taken.endpoints + gone)


def _gone(before: Inventory, taken: Inventory) -> tuple[VpcEndpoint, ...]:
    present = {endpoint.id for endpoint in taken.endpoints}
    marked = (
        replace(e, deleted_at=taken.taken_at if e.deleted_at is None else e.deleted_at)
        for e in before.endpoints
        if e.id not in present
    )
    return tuple(e for e in marked if taken.taken_at - (e.deleted_at or 0.0) < DAY_SECONDS)


def _told_lately(before: Inventory, now: Inventory) -> bool:
    same = replace(before, taken_at=0.0) == replace(now, taken_at=0.0)
    return same and now.taken_at - before.taken_at < DAY_SECONDS
