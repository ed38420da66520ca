"""`gatewatch incidents`, `ack` and `silence`: what is open, and that somebody knows.

Decided here: what a person's word changes in an incident's header. Not decided here: what follows
from it (`reasoning.notice`): the hub's next minute puts its reminders off.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from alerter.table import Item
from gatewatch.failure import OK, PARTIAL, USAGE, Failed
from gatewatch.telling import hub as hubs
from gatewatch.telling import periods, writing
from gatewatch.telling.options import Options
from reasoning.actor_detail import ActorDetail
from reasoning.escape import outside
from reasoning.exported import incident_row
from reasoning.incident import Incident

_TRIES = 5


def show(options: Options) -> int:
    """List open incidents; 4 when one could not be read."""
    hub = hubs.find(options)
    found = hub.open_incidents()
    if options.as_json:
        print(json.dumps([incident_row(one, ActorDetail.FULL) for one in found]))
    elif not found:
        print("no incident is open")
    else:
        head = ("Incident", "Since", "Owner", "What", "Why", "Change", "Known to")
        print("\n".join(writing.table([head, *(_row(one, hub.default_owner) for one in found)])))
    return PARTIAL if hub.unreadable else OK


def acknowledge(name: str, period: str, by: str, options: Options) -> int:
    """No more reminders of that incident, or none for a period; recorded who said so."""
    hub = hubs.find(options)
    who, now_at = by or _caller(hub), hub.clock.now_at()
    until_at = now_at + periods.seconds(period, "--for") if period else None

    def change(body: dict[str, Any]) -> None:
        body |= {
            "acknowledged": True,
            "acknowledged_at": now_at,
            "acknowledged_until_at": until_at,
            "acknowledged_by": who,
        }

    return _say(hub, name, change, options, f"acknowledged by {who}")


def silence(name: str, period: str, by: str, options: Options) -> int:
    """No reminder of that incident for a period; recorded who said so."""
    hub = hubs.find(options)
    who = by or _caller(hub)
    until_at = hub.clock.now_at() + periods.seconds(period, "--for")

    def change(body: dict[str, Any]) -> None:
        body |= {"silenced_until_at": until_at, "silenced_by": who}

    until = writing.minute(until_at)
    return _say(hub, name, change, options, f"silenced by {who} until {until}")


def _say(
    hub: hubs.HubTable,
    name: str,
    change: Callable[[dict[str, Any]], None],
    options: Options,
    what: str,
) -> int:
    """Write `change` into the header, which the alerter may move at the same time. Keys that this
    release does not know stay in it."""
    for _ in range(_TRIES):
        header = _open_header(hub, name)
        body = dict(header.body)
        change(body)
        body["version"] = int(header.number) + 1
        if hub.put(replace(header, body=body, number=header.number + 1), header.number):
            named = header.pk.partition("#")[2]
            done = {"incident": named, "done": what}
            print(json.dumps(done) if options.as_json else f"{named}: {what}")
            return OK
    raise Failed(f"incident {name} kept moving while it was written: try again")


def _open_header(hub: hubs.HubTable, name: str) -> Item:
    """The header of the open incident that is called `name`, or begins so alone."""
    wanted = f"incident#{name.upper()}"
    held = hub.header(name.upper())
    found = [held] if held else [one for one in hub.open_headers() if one.pk.startswith(wanted)]
    if len(found) > 1:
        raise Failed(f"{name}: {len(found)} incidents begin so: say more of it", code=USAGE)
    if not found or found[0].body.get("stage") != "open":
        why = "is over" if found else "is not known"
        raise Failed(f"incident {name} {why}: `gatewatch incidents` lists open ones", code=USAGE)
    return found[0]


def _caller(hub: hubs.HubTable) -> str:
    """Who asks, by their own credentials: a session's or a user's name."""
    arn = str(hub.session.client("sts").get_caller_identity()["Arn"])
    return arn.rpartition("/")[2] or arn.rpartition(":")[2]


def _row(incident: Incident, default_owner: str) -> tuple[str, ...]:
    suspect, lead = incident.suspect, incident.lead
    more = f" +{incident.endpoint_count - 1}" if incident.endpoint_count > 1 else ""
    known = incident.acknowledged_by if incident.acknowledged else ""
    if incident.silenced_until_at is not None:
        until = writing.minute(incident.silenced_until_at)
        known = ", ".join(part for part in (known, f"silenced until {until}") if part)
    return (
        incident.id,
        writing.minute(incident.first_bad_at),
        outside(", ".join(incident.owners) or default_owner, 40),
        f"{outside(lead.endpoint.id, 40)}{more} from {lead.vantage.vpc_id}",
        incident.cause,
        f"{suspect.confidence} {suspect.change.event_name}" if suspect else "none known",
        outside(known, 60),
    )
