"""Observe mode: what would page goes to chat and on record, and what follows when it ends."""

from dataclasses import replace

import pytest

from alerter import incidents
from reasoning import wire
from reasoning.told import Mode
from tests.support.story import at, creation, loss, recovery, vantage
from tests.unit.alerter.hub_stand import Stand, a_digest, plain, seen_alive, stand


def observing(hub: Stand, mode: Mode = Mode.OBSERVE) -> None:
    hub.hub = replace(hub.hub, settings=replace(hub.hub.settings, mode=mode))


def lose(hub: Stand, *names: str, at_clock: str = "10:04:40") -> None:
    seen_alive(hub)
    hub.send(wire.CHANGE, creation())
    hub.clock.at = at(at_clock)
    hub.send(wire.TRANSITIONS, *(loss(name) for name in names or ("orders-api",)))


def held(hub: Stand):
    (found,) = incidents.recent(hub.hub)
    return found


def test_what_would_page_is_told_in_chat_and_recorded_as_withheld(hub: Stand) -> None:
    observing(hub)
    lose(hub)
    hub.to("10:06:00")
    assert hub.said == [("chat", "opened")]
    (chat,) = hub.chats
    assert "would have paged, and was withheld" in str(chat["Message"])
    assert chat["MessageAttributes"]["withheld"]["Value"] == "observe"
    assert "PROVEN" in str(chat["Message"])
    (ring,) = held(hub).told.rings
    assert (ring.reason, ring.withheld) == ("opened", "observe")
    assert held(hub).told.withheld
    (event,) = hub.events
    assert '"withheld": "observe"' in event["Detail"]


def test_the_whole_course_says_nothing_to_the_page_topic(hub: Stand) -> None:
    observing(hub)
    seen_alive(hub)
    hub.clock.at = at("10:04:40")
    hub.send(wire.TRANSITIONS, loss("api-0"))
    hub.to("10:05:10")
    hub.send(wire.CHANGE, creation())
    hub.send(wire.TRANSITIONS, *(loss(f"api-{number}") for number in range(1, 12)))
    hub.to("10:10:00")
    hub.clock.at = at("10:22:06")
    hub.send(wire.TRANSITIONS, *(recovery(f"api-{number}") for number in range(12)))
    hub.to("10:24:00")
    assert hub.said == [
        ("chat", "opened"),
        ("chat", "cause_found"),
        ("chat", "grew"),
        ("chat", "resolved"),
    ]
    rings = held(hub).told.rings
    assert [(ring.reason, ring.withheld) for ring in rings] == [
        ("opened", "observe"),
        ("grew", "observe"),
    ]


@pytest.mark.parametrize(
    ("bad", "at_clock", "reasons"),
    [
        pytest.param(loss(), "10:05:30", [("chat", "opened")], id="structural: the group wait"),
        pytest.param(plain(), "10:06:19", [], id="plain evidence waits for page_after"),
        pytest.param(plain(), "10:06:21", [("chat", "opened")], id="and is told then"),
    ],
)
def test_what_would_page_is_decided_as_in_notify_mode(hub: Stand, bad, at_clock, reasons) -> None:
    observing(hub)
    hub.clock.at = at("10:04:40")
    hub.send(wire.TRANSITIONS, bad)
    hub.to(at_clock)
    assert hub.said == reasons


def test_what_goes_to_chat_anyway_is_not_called_withheld(hub: Stand) -> None:
    observing(hub)
    hub.clock.at = at("10:04:40")
    hub.send(wire.TRANSITIONS, loss(good_since_at=at("10:00:00")))
    hub.to("10:06:00")
    assert hub.said == [("chat", "opened")]
    assert "withheld" not in str(hub.chats[0]["Message"])
    assert "withheld" not in hub.chats[0]["MessageAttributes"]
    assert held(hub).told.rings == ()


def test_what_is_still_open_when_the_hub_begins_to_notify_pages_once(hub: Stand) -> None:
    observing(hub)
    lose(hub)
    hub.to("10:06:00")
    observing(hub, Mode.NOTIFY)
    hub.to("10:30:00")
    assert hub.said == [("page", "opened"), ("chat", "opened")]
    assert "PROVEN" in hub.page_text()
    hub.clock.at = at("10:32:06")
    hub.send(wire.TRANSITIONS, recovery())
    hub.to("10:34:00")
    assert [said for said in hub.said if said[0] == "page"] == [
        ("page", "opened"),
        ("page", "resolved"),
    ]


def test_what_ended_before_the_hub_begins_to_notify_is_never_paged(hub: Stand) -> None:
    observing(hub)
    lose(hub)
    hub.to("10:06:00")
    hub.clock.at = at("10:22:06")
    hub.send(wire.TRANSITIONS, recovery())
    hub.to("10:22:10")
    observing(hub, Mode.NOTIFY)
    hub.to("10:50:00")
    assert hub.said == [("chat", "opened"), ("chat", "resolved")]


def test_an_alert_that_a_page_opened_is_closed_in_observe_mode_too(hub: Stand) -> None:
    lose(hub)
    hub.to("10:06:00")
    observing(hub)
    hub.send(wire.TRANSITIONS, *(loss(f"api-{number}") for number in range(12)))
    hub.to("10:10:00")
    hub.clock.at = at("10:22:06")
    names = ["orders-api", *(f"api-{number}" for number in range(12))]
    hub.send(wire.TRANSITIONS, *(recovery(name) for name in names))
    hub.to("10:24:00")
    assert hub.said == [
        ("page", "opened"),
        ("page", "resolved"),
        ("chat", "grew"),
        ("chat", "resolved"),
    ]


def test_an_alert_that_a_release_without_rings_paged_is_closed_in_observe_mode_too(
    hub: Stand,
) -> None:
    lose(hub)
    hub.to("10:06:00")
    before = held(hub)
    told = replace(before.told, rings=())
    after = replace(before, told=told, version=before.version + 1)
    incidents.write(hub.hub, [(before, after)], [])
    observing(hub)
    hub.send(wire.TRANSITIONS, *(loss(f"api-{number}") for number in range(12)))
    hub.to("10:10:00")
    hub.clock.at = at("10:22:06")
    names = ["orders-api", *(f"api-{number}" for number in range(12))]
    hub.send(wire.TRANSITIONS, *(recovery(name) for name in names))
    hub.to("10:24:00")
    assert ("chat", "grew") in hub.said and ("page", "resolved") in hub.said


def test_two_withheld_incidents_of_one_cause_merge_without_a_page(hub: Stand) -> None:
    observing(hub)
    far = vantage(vpc_id="vpc-0b2")
    hub.clock.at = at("10:04:40")
    hub.send(wire.TRANSITIONS, loss())
    hub.send(wire.TRANSITIONS, plain(vantage=far))
    hub.to("10:07:00")
    hub.send(wire.TRANSITIONS, loss(vantage=far, seq=2))
    hub.to("10:12:00")
    assert {place for place, _ in hub.said} == {"chat"}
    assert ("chat", "merged") in hub.said


def test_blindness_goes_to_chat_and_pages_once_the_hub_notifies() -> None:
    with stand() as hub:
        observing(hub)
        hub.send(wire.DIGEST, a_digest())
        hub.to("10:10:00")
        assert hub.said == [("chat", "blind")]
        observing(hub, Mode.NOTIFY)
        hub.to("10:20:00")
        assert hub.said == [("page", "blind"), ("chat", "blind")]


def test_a_hub_is_told_its_mode_or_does_not_start() -> None:
    with (
        pytest.raises(ValueError, match="MODE='quiet' is none of observe, notify"),
        stand(MODE="quiet"),
    ):
        pass
