"""What every run module of the alerter is handed: table, time, rules, ways out."""

from dataclasses import dataclass
from typing import Protocol

from alerter.aws import Clients
from alerter.settings import Settings
from alerter.table import Table

DAY_SECONDS = 86400.0


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

    def expires_at(self, keep_seconds: float) -> float:
        """When the table may forget an item written now: real time, as DynamoDB's TTL counts."""
        return self.clock.real_now_at() + keep_seconds

    def change_expires_at(self) -> float:
        """The same for what is written of a change."""
        return self.expires_at(self.settings.change_retention_days * DAY_SECONDS)

    def incident_expires_at(self) -> float:
        """The same for what is written of an incident, or told."""
        return self.expires_at(self.settings.incident_retention_days * DAY_SECONDS)

    def changes_from(self) -> float:
        """Clock time: changes before it are forgotten."""
        return self.clock.now_at() - self.settings.change_retention_days * DAY_SECONDS

    def incidents_from(self) -> float:
        """Clock time: incidents that ended before it are forgotten."""
        return self.clock.now_at() - self.settings.incident_retention_days * DAY_SECONDS
