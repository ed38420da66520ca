"""The hub's minute: who is blind, what never worked, who was left behind, what is overdue."""

from dataclasses import replace

from alerter import awake, digests, incidents, metrics, retention
from alerter.blaming import refresh
from alerter.bulletins import post
from alerter.changes import foretell_unheard, step
from alerter.hub import Hub
from alerter.table import Delete, Item, Put, Stale
from probing.wire import from_json, to_json
from reasoning import bulletin
from reasoning.blind import Blind, blind, heard_since, is_over, let_out, silent_count
from reasoning.incident import NAMES, Incident, Stage
from reasoning.straggling import is_left_behind, split
from reasoning.transition import Digest, DigestPair

NEVER_GOOD_SECONDS = 900.0


def tick(hub: Hub) -> None:
    """Judge what only time tells. Sending follows in `sweep`."""
    members = digests.members(hub)
    _see_all(hub, members)
    _never_good(hub)
    foretell_unheard(hub)
    open_now = [one for one in incidents.recent(hub) if _keep(hub, one)]
    for incident in open_now:
        step(hub, incident.id, lambda held: refresh(hub, held))
        _leave_behind(hub, incident.id)
    silent = silent_count(members, hub.clock.now_at())
    metrics.once(
        hub.settings.metric_detail,
        IncidentsOpen=float(len(open_now)),
        VantagesSilent=float(silent),
    )
    retention.clear(hub)


def _keep(hub: Hub, incident: Incident) -> bool:
    """Whether it is open; takes out of the index what ended long ago."""
    if incident.stage is Stage.OPEN:
        return True
    ended_at = incident.resolved_at or incident.changed_at
    if hub.clock.now_at() - ended_at >= incidents.AFTER_SECONDS and not incident.pending:
        hub.table.delete("incidents", incident.id)
    return False


def _leave_behind(hub: Hub, incident_id: str) -> None:
    """Give the pairs that stayed bad after the repair an incident of their own."""
    now_at = hub.clock.now_at()
    before = incidents.load(hub, incident_id)
    if before is None or not is_left_behind(before, now_at=now_at):
        return
    stragglers = incidents.failing_members(hub, incident_id, NAMES)
    if not stragglers:
        return
    good, left = split(before, stragglers, now_at=now_at, min_good_seconds=hub.settings.min_good)
    steps: list[incidents.Step] = [
        (before, incidents.settled(hub, before, good)),
        (None, incidents.settled(hub, None, left)),
    ]
    try:
        incidents.write(hub, steps, [])
    except Stale:
        return  # somebody moved it: the next tick looks again


def _see_all(hub: Hub, members: list[Digest]) -> None:
    awake_at = awake.since(hub)
    told: dict[str, dict[str, Item]] = {}
    for item in hub.table.query("blind"):
        told.setdefault(item.sk.rpartition("/")[0], {})[item.sk] = item
    for member in members:
        place = f"{member.account}/{member.region}"
        _see(hub, member, told.get(place, {}), awake_at)


def _see(hub: Hub, member: Digest, told: dict[str, Item], awake_at: float) -> None:
    """Blindness told once when it begins, and once when it ends; paged once more where its page
    was withheld and is no longer."""
    mode, heard = hub.settings.mode, heard_since(member, awake_at)
    found = {one.key: let_out(one, mode) for one in blind(heard, hub.clock.now_at())}
    owner = hub.settings.default_owner
    for key, one in found.items():
        held = told.get(key)
        if held is None or (_is_withheld(held) and one.where.pages):
            message = bulletin.blind(one, owner=owner, now_at=hub.clock.now_at())
            item = Item(pk="blind", sk=key, body=to_json(one), number=one.since_at)
            marker = Put(item=item, equals=held.number) if held else Put(item=item, absent=True)
            post(hub, message, [marker])
    for key, item in told.items():
        before = from_json(Blind, item.body)
        if key not in found and is_over(before, member, hub.clock.now_at()):
            message = bulletin.seeing_again(before, owner=owner, now_at=hub.clock.now_at())
            post(hub, message, [Delete(pk="blind", sk=key)])


def _is_withheld(held: Item) -> bool:
    return bool(from_json(Blind, held.body).withheld)


def _never_good(hub: Hub) -> None:
    """Chat, once, for a pair that was never good for 15 minutes since it was first reported."""
    now_at = hub.clock.now_at()
    for item in hub.table.query("watch", "never_good#", "never_good#~"):
        since_at, told = float(item.body["since_at"]), bool(item.body["told"])
        if told or now_at - since_at < NEVER_GOOD_SECONDS:
            continue
        message = bulletin.never_good(
            from_json(DigestPair, item.body["pair"]),
            pair=item.sk.removeprefix("never_good#"),
            since_at=since_at,
            default_owner=hub.settings.default_owner,
        )
        marked = replace(item, body={**item.body, "told": True}, number=item.number + 1)
        post(hub, message, [Put(item=marked, equals=item.number)])
