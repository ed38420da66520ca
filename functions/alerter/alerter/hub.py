"""What every run module of the alerter is handed: table, time, rules, ways out."""

from dataclasses import dataclass
from typing import Protocol

from alerter.aws import Clients
from alerter.settings import Settings
from alerter.table import Table

KEEP_SECONDS = 90 * 86400.0


class Time(Protocol):
    """The part of `probing.clock.Clock` that the alerter uses."""

    def now_at(self) -> float: ...

    def real_now_at(self) -> float: ...

    def sleep_seconds(self, seconds: float) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    settings: Settings
    clients: Clients
    table: Table
    clock: Time

    def expires_at(self, keep_seconds: float = KEEP_SECONDS) -> float:
        """When the table may forget an item written now: real time, as DynamoDB's TTL counts."""
        return self.clock.real_now_at() + keep_seconds
