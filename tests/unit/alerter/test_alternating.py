"""What the hub says of losses whose route changes to and fro."""

from alerter import incidents
from reasoning import wire
from reasoning.case import RouteClass
from reasoning.transition import Health, Transition
from tests.support.story import at, creation, loss, recovery
from tests.unit.alerter.hub_stand import Stand, seen_alive


def wavers(seq: int, before: Health = Health.FAILING) -> Transition:
    """orders-api begins to change between two ways, as its look at 10:04:50 saw."""
    return loss(
        seq=seq, before=before, after=Health.CHANGING, diagnosis=None, at=at("10:04:50"),
        seen_at=at("10:04:50"), looks={"inside": "203.0.113.10 200"}, route_after=RouteClass.PUBLIC,
    )  # fmt: skip


def test_a_loss_that_alternates_before_it_is_told_is_told_when_its_way_is_clear(hub: Stand) -> None:
    seen_alive(hub)
    hub.send(wire.CHANGE, creation())
    hub.clock.at = at("10:04:40")
    hub.send(wire.TRANSITIONS, loss())
    hub.clock.at = at("10:04:50")
    hub.send(wire.TRANSITIONS, wavers(2))
    hub.to("10:07:00")
    assert hub.said == []
    hub.send(wire.TRANSITIONS, loss(seq=3, before=Health.CHANGING, seen_at=at("10:07:00")))
    hub.to("10:12:00")
    assert hub.said == [("page", "opened")]
    assert "PROVEN" in hub.page_text() and "inside 10.0.0.91" in hub.page_text()
    (found,) = incidents.recent(hub.hub)
    assert (found.failing, found.changing, found.seen) == (1, 0, 1)


def test_a_loss_that_alternates_is_recorded_and_not_told_when_it_ends_well(hub: Stand) -> None:
    hub.clock.at = at("10:04:40")
    hub.send(wire.TRANSITIONS, loss())
    hub.send(wire.TRANSITIONS, wavers(2))
    hub.to("10:07:00")
    hub.send(wire.TRANSITIONS, recovery(seq=3, before=Health.CHANGING, seen_at=at("10:06:59")))
    hub.to("10:20:00")
    assert hub.said == []


def test_a_loss_that_never_stops_alternating_is_told_after_five_minutes(hub: Stand) -> None:
    hub.clock.at = at("10:04:40")
    hub.send(wire.TRANSITIONS, loss(), wavers(2))
    hub.to("10:09:39")
    assert hub.said == []
    hub.to("10:09:41")
    assert hub.said == [("page", "opened")]


def test_one_that_alternates_holds_up_no_other_of_its_incident(hub: Stand) -> None:
    hub.clock.at = at("10:04:40")
    hub.send(wire.TRANSITIONS, loss(), loss("search-api"), wavers(2))
    hub.to("10:05:02")
    assert hub.said == [("page", "opened")]


def test_what_alternates_after_it_was_told_is_one_incident_still(hub: Stand) -> None:
    hub.clock.at = at("10:04:40")
    hub.send(wire.TRANSITIONS, loss())
    hub.to("10:05:02")
    for seq in (2, 4, 6):
        hub.send(wire.TRANSITIONS, wavers(seq))
        hub.send(wire.TRANSITIONS, loss(seq=seq + 1, before=Health.CHANGING))
        hub.to(f"10:0{4 + seq // 2}:30")
    assert hub.said == [("page", "opened")]
    (found,) = incidents.recent(hub.hub)
    assert (found.failing, found.changing, found.seen) == (1, 0, 1)
