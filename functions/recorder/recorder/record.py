"""One event: explained, looked at, told to the hub, in this order, so that a hub that refuses
stops no look."""

import json
from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools import Logger

from probing.clock import Clock
from reasoning import wire
from reasoning.change import Change
from reasoning.explain import explain
from recorder.looks import Looks, vpcs_of
from recorder.memory import Memory
from recorder.settings import Settings

logger = Logger(child=True)


class HubRefused(Exception):
    """The hub's bus did not take a change; the message comes back and is sent again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorder:
    """Handles one message of the changes queue."""

    settings: Settings
    clock: Clock
    memory: Memory
    looks: Looks
    events: Any

    def handle(self, body: str) -> None:
        """Raises HubRefused, or what DynamoDB and SQS raise: then the message is tried again.
        An event that cannot be explained is logged with the reason and dropped: it would not
        get better."""
        change = self._explained(body)
        if change is None:
            return
        if self.memory.told(change.id):
            logger.info("change already told", change=change.id)
            return
        vpc_ids = vpcs_of(change, self.memory.inventory(), self.memory.placed())
        sent = self.looks.after_change(vpc_ids)
        logger.info(
            "change",
            change=change.id,
            event_name=change.event_name,
            vpcs=sorted(vpc_ids),
            looks=sent,
        )
        self._tell(change)
        self.memory.mark_told(change.id)

    def _explained(self, body: str) -> Change | None:
        try:
            event = json.loads(body)
        except ValueError:
            logger.warning("event dropped", reason="not JSON", start=body[:100])
            return None
        explained = explain(event)
        if explained.change is None:
            logger.info("event ignored", reason=explained.ignored)
            return None
        if explained.change.account != self.settings.account_id:
            logger.warning("event dropped", reason="of another account", change=explained.change.id)
            return None
        return explained.change

    def _tell(self, change: Change) -> None:
        detail = wire.write(
            wire.CHANGE,
            (change,),
            account=self.settings.account_id,
            region=self.settings.aws_region,
            sent_at=self.clock.now_at(),
        )
        answer = self.events.put_events(
            Entries=[wire.entry(wire.CHANGE, detail, self.settings.hub_bus_arn)]
        )
        refused = wire.refused(answer)
        if refused is not None:
            raise HubRefused(f"{change.id}: {refused}")
