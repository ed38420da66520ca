"""A morning of the hub for the commands that read it."""

from alerter import incidents
from reasoning import wire
from tests.support.story import at, creation, loss, recovery
from tests.unit.alerter.hub_stand import Stand, plain, seen_alive


def course(hub: Stand) -> tuple[str, str]:
    """One explained incident that is over, one unexplained that is open; their ids."""
    seen_alive(hub)
    hub.send(wire.CHANGE, creation())
    hub.clock.at = at("10:04:40")
    hub.send(wire.TRANSITIONS, loss())
    hub.to("10:06:00")
    hub.clock.at = at("10:22:06")
    hub.send(wire.TRANSITIONS, recovery())
    hub.to("10:24:00")
    hub.send(wire.TRANSITIONS, plain("ledger-api"))
    hub.to("10:30:00")
    over, still = incidents.recent(hub.hub)
    assert (over.stage, still.stage) == ("resolved", "open")
    return over.id, still.id
