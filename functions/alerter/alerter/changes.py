"""CHANGE: into the ledger, forecast at once, blame of open incidents anew, repairs learned."""

from collections.abc import Callable
from dataclasses import replace

from alerter import blaming, digests, incidents, ledger
from alerter.bulletins import post
from alerter.hub import Hub
from alerter.table import Item, Put, Stale
from reasoning import bulletin
from reasoning.change import Change
from reasoning.forecast import KnownPair, forecast, located
from reasoning.incident import Incident, Stage
from reasoning.wire import Envelope

_TRIES = 6
_FORECAST_SECONDS = 900.0
"""A change older than this shows already what it does: nothing is left to forecast."""


def take(hub: Hub, envelope: Envelope) -> None:
    """Learn the changes of one message. Raises ValueError when they speak for others."""
    for change in envelope.records:
        if change.account != envelope.account:
            raise ValueError(f"change of {change.account} came from {envelope.account}: refused")
        learn(hub, change)


def learn(hub: Hub, change: Change) -> None:
    """Everything that follows from one change; the same again when it is delivered again."""
    inventory = digests.inventory(hub, change.account, change.region)
    here = located(change, (inventory,) if inventory else ())
    ledger.add(hub, here)
    foretell(hub, here)
    for incident in incidents.recent(hub):
        step(hub, incident.id, lambda held: _considered(hub, held))


def foretell(hub: Hub, change: Change) -> None:
    """Say what the change will break, where that is not observed already."""
    too_late = hub.clock.now_at() - change.at > _FORECAST_SECONDS
    if too_late or forecast(change, ()) is None:
        return
    found = forecast(change, _known(hub, change))
    if found is None or not found.broken:
        return
    if _observed(hub, change) or _told_by_twin(hub, change):
        return
    item = Item(
        pk=f"forecast#{change.id}",
        sk="said",
        body={"endpoints": list(found.endpoints)},
        expires_at=hub.expires_at(),
    )
    message = bulletin.forecast(found, default_owner=hub.settings.default_owner)
    post(hub, message, [Put(item=item, absent=True)])


def _known(hub: Hub, change: Change) -> tuple[KnownPair, ...]:
    """Pairs of the account and Region where the change was made, as their digests told."""
    pairs = digests.pairs_of(hub, change.account, change.region)
    return tuple(
        KnownPair(
            account=change.account,
            region=change.region,
            vpc_id=pair.vpc_id,
            endpoint=pair.endpoint,
            health=pair.health,
            route_class=pair.route_class,
            cname_chain=pair.cname_chain,
            vpc_endpoint_id=pair.vpc_endpoint_id,
            good_since_at=pair.good_since_at,
        )
        for pair in pairs.values()
    )


def _told_by_twin(hub: Hub, change: Change) -> bool:
    """Whether the same change was forecast already, when it came as an event or was inferred."""
    twins = ledger.twins(hub, change)
    return any(hub.table.get(f"forecast#{twin.id}", "said") is not None for twin in twins)


def _observed(hub: Hub, change: Change) -> bool:
    """Whether an incident about what it changed is open: then it is no forecast any more."""
    return any(
        incident.stage is Stage.OPEN
        and incident.diagnosis is not None
        and incident.diagnosis.subject in change.resource_ids
        for incident in incidents.recent(hub)
    )


def _considered(hub: Hub, incident: Incident) -> Incident:
    if incident.stage is Stage.RESOLVED:
        return blaming.with_repair(hub, incident)
    return blaming.refresh(hub, incident)


def step(hub: Hub, incident_id: str, move: Callable[[Incident], Incident]) -> None:
    """Apply `move` to a header and write it with its outbox, trying again when it was moved."""
    for _ in range(_TRIES):
        before = incidents.load(hub, incident_id)
        if before is None:
            return
        after = incidents.settled(hub, before, move(before))
        if replace(after, version=before.version) == before:
            return
        try:
            incidents.write(hub, [(before, after)], [])
            return
        except Stale:
            continue
    raise Stale(f"incident {incident_id} kept moving")
