"""The hub's table as its operators read it, with their own credentials.

Decided here: in which order incidents and changes are read, a part at a time, so that a table of
any size can be read. Layout: `alerter.incidents`, `alerter.ledger`.
"""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

import boto3

from alerter import ledger
from alerter.incidents import ENDED, ended_key
from alerter.table import Item, Put, Table
from gatewatch.operating import hub_table
from gatewatch.telling.options import Options
from probing.clock import Clock
from probing.wire import WireError, from_json
from reasoning.change import Change
from reasoning.incident import Incident

_AT_ONCE = 100
Record = TypeVar("Record")


@dataclass(slots=True, kw_only=True)
class HubTable:
    """`unreadable` counts records that this release cannot read: they are told and left out."""

    table: Table
    session: Any
    default_owner: str
    clock: Clock = field(default_factory=Clock.from_environment)
    unreadable: int = 0

    def incidents(self, since_at: float) -> Iterator[Incident]:
        """Those that ended since, in the order of their ends, then those that are open; each
        once."""
        seen: set[str] = set()
        for item in self._headers(self._ended(since_at)):
            seen.add(item.pk)
            yield from self._read(Incident, item)
        for item in self.open_headers():
            if item.pk not in seen:
                yield from self._read(Incident, item)

    def open_headers(self) -> Iterator[Item]:
        """Headers of incidents that are open, or ended within the last quarter of an hour."""
        yield from self._headers(one.sk for one in self.table.query("incidents"))

    def open_incidents(self) -> list[Incident]:
        """Open ones, the oldest first."""
        found = [one for item in self.open_headers() for one in self._read(Incident, item)]
        return sorted(
            (one for one in found if one.stage == "open"), key=lambda one: one.first_bad_at
        )

    def changes(self, since_at: float, until_at: float) -> Iterator[Change]:
        """Changes of all accounts between two moments, in order of time."""
        low, high = f"{since_at:017.3f}", f"{until_at:017.3f}~"
        for hour in range(ledger.hour_of(since_at), ledger.hour_of(until_at) + 1):
            for item in self.table.query(ledger.partition(hour), low, high):
                yield from self._read(Change, item)

    def header(self, incident_id: str) -> Item | None:
        return self.table.get(f"incident#{incident_id}", "header")

    def put(self, item: Item, was: float) -> bool:
        """Write a header in the place of the one numbered `was`; False when that is gone."""
        return self.table.put(Put(item=item, equals=was))

    def _ended(self, since_at: float) -> Iterator[str]:
        for item in self.table.query(ENDED, ended_key(since_at, "")):
            yield str(item.body["incident"])

    def _headers(self, names: Iterable[str]) -> Iterator[Item]:
        rest = iter(names)
        while part := list(islice(rest, _AT_ONCE)):
            found = self.table.many((f"incident#{name}", "header") for name in part)
            keys = [(f"incident#{name}", "header") for name in part]
            yield from (found[key] for key in keys if key in found)

    def _read(self, kind: type[Record], item: Item) -> Iterator[Record]:
        try:
            yield from_json(kind, item.body)
        except WireError as error:
            self.unreadable += 1
            print(f"{item.pk} {item.sk}: left out, cannot be read: {error}", file=sys.stderr)


def find(options: Options) -> HubTable:
    """The table of the hub that `options` name. Raises Failed when their stack is no hub."""
    session = boto3.Session(profile_name=options.profile, region_name=options.region)
    hub = hub_table.find(session.client("cloudformation"), options.stack)
    return HubTable(
        table=Table(session.client("dynamodb"), hub.table),
        session=session,
        default_owner=hub.default_owner,
    )
