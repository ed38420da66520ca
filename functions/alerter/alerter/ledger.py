"""The ledger of changes of all accounts, by hour, idempotent by event id.

One partition per hour holds the changes of every account, so that blame reads the few hours
around a failure with one query each, however many accounts there are.
"""

from alerter.hub import Hub
from alerter.table import Item, Put
from probing.wire import from_json, to_json
from reasoning.change import Change

_HOUR = 3600.0
TWIN_SECONDS = 1800.0


def hour_of(at: float) -> int:
    """The number of the hour that holds `at`, counted from the epoch."""
    return int(at // _HOUR)


def partition(hour: int) -> str:
    """The partition key of that hour's changes."""
    return f"ledger#{hour}"


def _sk(change: Change) -> str:
    return f"{change.at:017.3f}#{change.account}#{change.id}"


def add(hub: Hub, change: Change) -> bool:
    """Write `change`; False when it was there. An inferred change and the event of the same call
    are both kept: blame reads them as one, the event confirmed by what the inventory showed."""
    item = Item(
        pk=partition(hour_of(change.at)),
        sk=_sk(change),
        body=to_json(change),
        expires_at=hub.change_expires_at(),
    )
    return hub.table.put(Put(item=item, absent=True))


def between(hub: Hub, start_at: float, end_at: float) -> tuple[Change, ...]:
    """All changes with `start_at` <= at <= `end_at` that are not to be forgotten, in order of
    time. Each hour is a query."""
    start_at = max(start_at, hub.changes_from())
    low, high = f"{start_at:017.3f}", f"{end_at:017.3f}~"
    hours = range(hour_of(start_at), hour_of(end_at) + 1)
    return tuple(
        from_json(Change, item.body)
        for hour in hours
        for item in hub.table.query(partition(hour), low, high)
    )


def twins(hub: Hub, change: Change) -> tuple[Change, ...]:
    """What may be the same change, told the other way: by an event, or seen in the inventory."""
    near = between(hub, change.at - TWIN_SECONDS, change.at + TWIN_SECONDS)
    return tuple(held for held in near if _are_twins(held, change))


def _are_twins(held: Change, new: Change) -> bool:
    if held.inferred == new.inferred or held.event_name != new.event_name:
        return False
    same_place = (held.account, held.region) == (new.account, new.region)
    return same_place and bool(set(held.resource_ids) & set(new.resource_ids))
