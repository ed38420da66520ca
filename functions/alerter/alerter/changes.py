"""CHANGE: into the ledger, forecast at once, blame of open incidents anew, repairs learned."""

from collections.abc import Callable
from dataclasses import replace

from alerter import blaming, digests, incidents, ledger, outbox
from alerter.bulletins import post
from alerter.hub import Hub
from alerter.table import Item, Put, Stale
from reasoning import bulletin
from reasoning.change import Change
from reasoning.forecast import KnownPair, forecast, located
from reasoning.incident import NAMES, Incident, Stage
from reasoning.scope import concerns
from reasoning.twins import undone
from reasoning.wire import Envelope

_TRIES = 6
_FORECAST_SECONDS = 900.0
"""A change older than this shows already what it does: nothing is left to forecast."""
_EVENT_SECONDS = 60.0
"""How long an inferred change waits for its event; most events come within a minute."""


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
    if not here.inferred:
        foretell(hub, here)
    for incident in incidents.recent(hub):
        # In an organisation something changes every second; the tick looks at every open one.
        if incident.diagnosis is not None and concerns(incident.diagnosis, here):
            step(hub, incident.id, lambda held: _considered(hub, held))


def foretell_unheard(hub: Hub) -> None:
    """Forecast what only the inventory showed, once its event had time to come and did not: the
    event names who did it, so one forecast with a name is better than two."""
    now_at = hub.clock.now_at()
    for change in ledger.between(hub, now_at - _FORECAST_SECONDS, now_at - _EVENT_SECONDS):
        if change.inferred:
            foretell(hub, change)


def foretell(hub: Hub, change: Change) -> None:
    """Say what the change will break, where that is neither observed nor undone already.

    An event says it at once, and in place of the inferred change that may have come before it;
    an inferred change waits for its event, which knows who did it.
    """
    now_at = hub.clock.now_at()
    if now_at - change.at > _FORECAST_SECONDS or forecast(change, ()) is None:
        return
    found = forecast(change, _known(hub, change))
    if found is None or not found.broken:
        return
    about = tuple(dict.fromkeys((*change.resource_ids, found.endpoint_id)))
    if observed(hub, about):
        return
    if undone(change, ledger.between(hub, change.at, now_at)):
        return
    twins = ledger.twins(hub, change)
    if change.inferred and twins:
        return
    for twin in twins:
        _withdraw(hub, twin)
    message = bulletin.forecast(
        found, default_owner=hub.settings.default_owner, detail=hub.settings.chat_actor_detail
    )
    item = Item(
        pk=f"forecast#{change.id}",
        sk="said",
        body={
            "endpoints": list(found.endpoints[:NAMES]),
            "more": len(found.endpoints[NAMES:]),
            "notice": message.id,
            "due_at": now_at,
        },
        expires_at=hub.change_expires_at(),
    )
    marker = Put(item=item, absent=True)
    post(hub, message, [marker], due_at=now_at, about=about)


def _withdraw(hub: Hub, inferred: Change) -> None:
    """Take the waiting forecast of an inferred change out of the outbox: its event came."""
    said = hub.table.get(f"forecast#{inferred.id}", "said")
    if said is not None:
        key = outbox.sort_key(said.body["notice"], float(said.body["due_at"]))
        hub.table.delete(outbox.PK, key)


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


def observed(hub: Hub, resource_ids: tuple[str, ...]) -> bool:
    """Whether an incident about one of these is open: then nothing is left to forecast."""
    return any(
        incident.stage is Stage.OPEN
        and incident.diagnosis is not None
        and incident.diagnosis.subject in resource_ids
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
