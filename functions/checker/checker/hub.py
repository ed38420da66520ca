"""Sending to the hub's bus: every entry's own answer is checked, because PutEvents succeeds as a
call when it refuses each of its entries."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from probing.clock import Clock
from reasoning import wire

LARGEST_ENTRY_BYTES = 200_000
"""Below the 256 KB that PutEvents took for one request before 2026 (1 MB since):
docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html"""

logger = Logger(child=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """The hub's bus as this member speaks to it."""

    events: Any
    bus_arn: str
    account: str
    region: str
    clock: Clock

    def send(self, detail_type: str, groups: Sequence[Sequence[Any]]) -> bool:
        """Send records in one message, or in several when they are too large for one.

        `groups`: records that must stay in one message (all transitions of a pair).
        True when the bus took everything; False (logged) when it did not, wholly or in part.
        """
        taken = True
        for batch in self._batches(detail_type, groups):
            taken = self._put(detail_type, batch) and taken
        return taken

    def send_one(self, detail_type: str, record: Any) -> bool:
        return self.send(detail_type, [[record]])

    def _batches(self, detail_type: str, groups: Sequence[Sequence[Any]]) -> Iterator[list[Any]]:
        batch: list[Any] = []
        size = 0
        for group in groups:
            length = len(self._entry(detail_type, group)["Detail"].encode())
            if batch and size + length > LARGEST_ENTRY_BYTES:
                yield batch
                batch, size = [], 0
            batch.extend(group)
            size += length
        if batch:
            yield batch

    def _entry(self, detail_type: str, records: Sequence[Any]) -> dict[str, str]:
        detail = wire.write(
            detail_type,
            tuple(records),
            account=self.account,
            region=self.region,
            sent_at=self.clock.now_at(),
        )
        return wire.entry(detail_type, detail, self.bus_arn)

    def _put(self, detail_type: str, records: Sequence[Any]) -> bool:
        try:
            answer = self.events.put_events(Entries=[self._entry(detail_type, records)])
        except (ClientError, BotoCoreError) as error:
            logger.error("hub bus refused", detail_type=detail_type, error=str(error))
            return False
        refused = wire.refused(answer)
        if refused is not None:
            logger.error("hub bus refused an entry", detail_type=detail_type, entries=refused)
            return False
        return True
