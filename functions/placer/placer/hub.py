"""Sending to the hub's bus: the entry's own answer is checked, because PutEvents succeeds as a call
when it refuses its entries."""

from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from probing.clock import Clock
from reasoning import wire

logger = Logger(child=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """The hub's bus as the placer speaks to it."""

    events: Any
    bus_arn: str
    account: str
    region: str
    clock: Clock

    def send(self, detail_type: str, record: Any) -> bool:
        """True when the bus took it; False (logged) when it did not."""
        detail = wire.write(
            detail_type,
            (record,),
            account=self.account,
            region=self.region,
            sent_at=self.clock.now_at(),
        )
        try:
            answer = self.events.put_events(Entries=[wire.entry(detail_type, detail, self.bus_arn)])
        except (ClientError, BotoCoreError) as error:
            logger.error("hub bus refused", detail_type=detail_type, error=str(error))
            return False
        refused = wire.refused(answer)
        if refused is not None:
            logger.error("hub bus refused an entry", detail_type=detail_type, entries=refused)
            return False
        return True
