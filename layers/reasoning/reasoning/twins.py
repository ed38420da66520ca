"""What a change does to the names of an endpoint, and which changes are one told twice."""

from collections.abc import Iterable
from dataclasses import replace

from reasoning.change import Change

DELETE = "DeleteVpcEndpoints"
CREATE = "CreateVpcEndpoint"
MODIFY = "ModifyVpcEndpoint"
SINCE = "since_at"
"""Key of an inferred change's scope: the last time that it had not happened yet."""
_CLOCKS_DIFFER_SECONDS = 60.0
_INVENTORY_AGE_SECONDS = 1800.0


def switched(change: Change) -> bool | None:
    """True: names are taken over since; False: names are given back; None: neither, or the
    change does not tell."""
    if change.event_name == DELETE:
        return False
    private = change.after.get("private_dns")
    if change.event_name == CREATE:
        return True if private is True else None
    return private if change.event_name == MODIFY and isinstance(private, bool) else None


def undone(change: Change, changes: Iterable[Change]) -> bool:
    """Whether one of `changes` turned back later what `change` had switched: events may come in
    another order than the calls were made."""
    turns, about = switched(change), set(change.resource_ids)
    return turns is not None and any(
        other.at >= change.at and switched(other) is (not turns) and about & set(other.resource_ids)
        for other in changes
    )


def since_of(change: Change) -> float:
    """The earliest time at which it can have happened: an event knows its time, an inventory
    knows only that it was between two of them."""
    since = change.scope.get(SINCE) if change.inferred else None
    return min(float(since), change.at) if since is not None else change.at


def told_once(changes: Iterable[Change]) -> tuple[Change, ...]:
    """`changes` in order of time, each once. An event and the inferred change of the same
    resource and effect are one: the event stays, confirmed by what the inventory showed."""
    unique = {change.id: change for change in changes}
    ordered = sorted(unique.values(), key=lambda change: (change.at, change.id))
    events = {change.id: change for change in ordered if not change.inferred}
    kept: list[Change] = []
    for change in ordered:
        if not change.inferred:
            continue
        twin = _twin(change, events.values())
        if twin is None:
            kept.append(change)
        else:
            events[twin.id] = replace(twin, confirmed=True)
    return tuple(sorted((*events.values(), *kept), key=lambda change: (change.at, change.id)))


def _twin(inferred: Change, events: Iterable[Change]) -> Change | None:
    """The last event of the same call and effect on the same resource that fits in time."""
    since_at = inferred.scope.get(SINCE, inferred.at - _INVENTORY_AGE_SECONDS)
    from_at = min(float(since_at), inferred.at) - _CLOCKS_DIFFER_SECONDS
    fitting = [
        event
        for event in events
        if (event.event_name, event.region) == (inferred.event_name, inferred.region)
        and set(event.resource_ids) & set(inferred.resource_ids)
        and switched(event) == switched(inferred)
        and all(
            set(inferred.after.get(key) or ()) <= set(event.after.get(key) or ())
            for key in ("security_groups_added", "security_groups_removed")
        )
        and from_at <= event.at <= inferred.at + _CLOCKS_DIFFER_SECONDS
    ]
    return fitting[-1] if fitting else None
