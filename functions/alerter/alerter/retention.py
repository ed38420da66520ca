"""What is older than its days is taken away, a little each minute.

The table's time to live does the same, by the days that held when an item was written. Done here
too, so that fewer days given later count for what is there already. An incident that is open, or
was merged into one that is, is never taken away. Layout: `ended`/`<when>#<incident>`, written when
an incident ends; `retention`/`changes`, the first hour of the ledger that is not cleared.
"""

from dataclasses import replace

from aws_lambda_powertools import Logger

from alerter import incidents, ledger
from alerter.hub import Hub
from alerter.table import Delete, Item, Put
from reasoning.incident import Incident, Stage

logger = Logger(child=True)
DELETES = 200
"""Items that one minute takes away at most: a storm of 10,000 pairs takes an hour."""
HOURS = 48
"""Hours of the ledger that one minute clears at most: a year takes three hours."""


def clear(hub: Hub) -> None:
    """Take away a minute's share of what is too old. What goes wrong waits for the next minute:
    keeping something too long must not keep anybody from being told."""
    for part in (clear_changes, clear_incidents):
        try:
            part(hub)
        except Exception:  # logged; see above
            logger.exception("retention is left to the next minute")


def clear_changes(hub: Hub, most: int = DELETES) -> None:
    """Clear whole hours of the ledger that are older than its days, `most` changes at a time."""
    end = ledger.hour_of(hub.changes_from())
    held = hub.table.get("retention", "changes")
    # A hub that never cleared begins today: what is older has its time to live.
    begin = int(held.body["hour"]) if held else end
    hour, left = begin, most
    while hour < min(end, begin + HOURS):
        items = hub.table.query(ledger.partition(hour), most=left)
        for item in items:
            hub.table.delete(item.pk, item.sk)
        left -= len(items)
        if left <= 0:
            break
        hour += 1
    if held is None or hour != begin:
        hub.table.put(Put(item=Item(pk="retention", sk="changes", body={"hour": hour})))


def clear_incidents(hub: Hub, most: int = DELETES) -> None:
    """Take away incidents that ended longer ago than their days, with their members, about `most`
    items at a time."""
    horizon = f"{hub.incidents_from():017.3f}"
    left = most
    for ended in hub.table.query(incidents.ENDED, " ", horizon, most=most):
        left -= _forget(hub, ended, left)
        if left <= 0:
            return


def _forget(hub: Hub, ended: Item, most: int) -> int:
    """Take away as much of one incident as `most` writes can; how many it took."""
    name = str(ended.body["incident"])
    header = incidents.load(hub, name)
    if header is not None and _leads_to_an_open_one(hub, header):
        later = replace(ended, sk=incidents.ended_key(hub.clock.now_at(), name))
        hub.table.transact([Put(item=later), Delete(pk=ended.pk, sk=ended.sk)])
        return 2
    members = hub.table.query(f"incident#{name}", "pair#", "pair#~", most=most)
    for member in members:
        hub.table.delete(member.pk, member.sk)
    if len(members) < most:
        hub.table.delete(f"incident#{name}", "header")
        hub.table.delete(ended.pk, ended.sk)
    return len(members) + 2


def _leads_to_an_open_one(hub: Hub, header: Incident) -> bool:
    """Whether members of an open incident still find their way to it through this header."""
    found: Incident | None = header
    while found is not None and (onward := found.merged_into or found.left_to):
        found = incidents.load(hub, onward)
    return found is not None and found.stage is Stage.OPEN
