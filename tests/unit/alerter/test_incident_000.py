"""The classic incident through the whole hub: forecast, page, cause, recovery."""

from reasoning import wire
from tests.support.story import (
    at,
    creation,
    known,
    loss,
    recovery,
    switch_off,
)
from tests.unit.alerter.hub_stand import Stand, a_digest


def test_a_capture_is_paged_once_with_its_cause_and_resolved_once(hub: Stand) -> None:
    hub.alive = [a_digest()]
    hub.send(wire.DIGEST, a_digest(known("orders-api"), known("search-api")))
    hub.clock.at = at("10:02:55")
    hub.send(wire.CHANGE, creation())
    assert hub.said == [("chat", "forecast")]
    hub.clock.at = at("10:04:40")
    hub.send(wire.TRANSITIONS, loss("orders-api"), loss("search-api"))
    hub.send(wire.TRANSITIONS, loss("orders-api"), loss("search-api"))
    hub.to("10:06:00")
    assert hub.said == [("page", "opened"), ("chat", "forecast")]
    hub.clock.at = at("10:20:10")
    hub.send(wire.CHANGE, switch_off())
    hub.clock.at = at("10:22:06")
    hub.send(wire.TRANSITIONS, recovery("orders-api"), recovery("search-api"))
    hub.to("10:25:00")
    assert hub.said == [
        ("page", "opened"),
        ("page", "resolved"),
        ("chat", "forecast"),
        ("chat", "resolved"),
    ]
