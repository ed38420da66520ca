"""Looks after a change: now and on the next two points of a 20 s grid, each claimed once, so that
twenty changes at once cost no more looks than one."""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from probing.clock import Clock
from reasoning.change import Change
from reasoning.inventory import Inventory
from recorder.memory import Memory

GRID_SECONDS = 20
POINTS = 3
STALE_AFTER_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """Sends looks to the checker's queue."""

    sqs: Any
    queue_url: str
    memory: Memory
    clock: Clock

    def after_change(self, vpc_ids: Iterable[str]) -> int:
        """Send the looks that nobody has claimed; how many were sent."""
        return sum(self._at_points(vpc_id) for vpc_id in sorted(vpc_ids))

    def _at_points(self, vpc_id: str) -> int:
        now = self.clock.now_at()
        first = math.floor(now / GRID_SECONDS)
        points = [p for p in range(first, first + POINTS) if self.memory.claim(vpc_id, p)]
        for index, point in enumerate(points):
            try:
                self._send(vpc_id, max(now, float(point * GRID_SECONDS)), now)
            except Exception:
                # Whatever stopped the queue: the claims must go back, or the retry sends no look.
                for unsent in points[index:]:
                    self.memory.unclaim(vpc_id, unsent)
                raise
        return len(points)

    def _send(self, vpc_id: str, not_before: float, now: float) -> None:
        message = {
            "kind": "look",
            "vpc_id": vpc_id,
            "not_before": not_before,
            "not_after": not_before + STALE_AFTER_SECONDS,
            "hops": 0,
            "why": "change",
        }
        # Rounded down: an early look waits on the Clock in the checker.
        self.sqs.send_message(
            QueueUrl=self.queue_url,
            MessageBody=json.dumps(message),
            DelaySeconds=math.floor(max(0.0, not_before - now)),
        )


def vpcs_of(
    change: Change, inventory: Inventory | None, placed: Mapping[str, frozenset[str]]
) -> frozenset[str]:
    """The placed VPCs that a change concerns: those that it names, itself or through the
    inventory; all of them where none can be told. `placed` maps each to its canary's groups."""
    ids = change.resource_ids
    if inventory is not None and ids and all(one.startswith("sg-") for one in ids):
        # Groups change all day long: one that guards neither an endpoint nor a canary starts no
        # look. What it breaks all the same, the look of the minute finds.
        guarded = {endpoint.vpc_id for endpoint in inventory.guarded_by(ids)}
        ours = {vpc_id for vpc_id, groups in placed.items() if not groups.isdisjoint(ids)}
        return frozenset(placed.keys() & (guarded | ours))
    named = {str(change.scope[key]) for key in ("vpc_id",) if change.scope.get(key)}
    named.update(str(vpc_id) for vpc_id in change.scope.get("vpc_ids") or ())
    for resource in ids:
        if resource.startswith("vpc-"):
            named.add(resource)
        found = inventory.endpoint(resource) if inventory else None
        if found is not None:
            named.add(found.vpc_id)
    return frozenset(placed.keys() & named if named else placed)
