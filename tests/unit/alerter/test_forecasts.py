"""What a change will do, said before it shows: once, by who knows most, never when it shows."""

from reasoning import wire
from tests.support.story import (
    at,
    creation,
    endpoint,
    known,
    loss,
    switch_off,
)
from tests.unit.alerter.hub_stand import Stand, seen_alive


def test_a_forecast_is_told_once_and_never_for_what_is_observed_already(hub: Stand) -> None:
    seen_alive(hub, known("orders-api"))
    hub.clock.at = at("10:02:55")
    hub.send(wire.CHANGE, creation())
    hub.send(wire.CHANGE, creation())
    assert hub.said == [("chat", "forecast")]
    hub.clock.at = at("10:04:40")
    hub.send(wire.TRANSITIONS, loss())
    hub.send(wire.CHANGE, switch_off(at=at("10:04:41")))
    assert hub.said == [("chat", "forecast")]


def test_a_change_that_touches_nothing_registered_says_nothing(hub: Stand) -> None:
    seen_alive(hub, known("static", endpoint=endpoint("static", owner="web"), vpc_id="vpc-0b2"))
    hub.clock.at = at("10:02:55")
    hub.send(wire.CHANGE, creation())
    assert hub.said == []


def test_a_forecast_waits_for_the_event_that_knows_who(hub: Stand) -> None:
    seen_alive(hub, known("orders-api"))
    hub.clock.at = at("10:02:53")
    inferred = creation(id="inferred:x", inferred=True, actor=None)
    hub.send(wire.CHANGE, inferred)
    assert hub.said == []
    hub.clock.at = at("10:02:59")
    hub.send(wire.CHANGE, creation())
    hub.send(wire.CHANGE, inferred)
    hub.to("10:05:00")
    assert hub.said == [("chat", "forecast")]
    assert "netadmin@example.com" in str(hub.chats[0]["Message"])


def test_a_forecast_whose_event_never_comes_is_told_all_the_same(hub: Stand) -> None:
    seen_alive(hub, known("orders-api"))
    hub.clock.at = at("10:02:53")
    hub.send(wire.CHANGE, creation(id="inferred:x", inferred=True, actor=None))
    hub.to("10:03:50")
    assert hub.said == []
    hub.to("10:04:30")
    assert hub.said == [("chat", "forecast")]
    assert "no event yet" in str(hub.chats[0]["Message"])


def test_what_was_undone_before_it_was_heard_of_is_not_foretold(hub: Stand) -> None:
    seen_alive(hub, known("orders-api"))
    hub.clock.at = at("10:03:40")
    hub.send(wire.CHANGE, switch_off(at=at("10:03:20")))
    hub.send(wire.CHANGE, creation())
    hub.send(wire.CHANGE, creation())
    hub.to("10:06:00")
    assert hub.said == []


def test_what_was_undone_and_done_again_is_foretold(hub: Stand) -> None:
    seen_alive(hub, known("orders-api"))
    hub.clock.at = at("10:03:40")
    hub.send(wire.CHANGE, switch_off(at=at("10:03:20")))
    hub.send(wire.CHANGE, creation())
    on = {"before": {"private_dns": False}, "after": {"private_dns": True}}
    hub.send(wire.CHANGE, switch_off(id="on-again", at=at("10:03:25"), **on))
    assert hub.said == [("chat", "forecast")]
    assert "ModifyVpcEndpoint" in str(hub.chats[0]["Message"])
