"""What the hub says, and what it does not, over the course of incidents."""

import pytest

from alerter import incidents
from probing.wire import WireError
from reasoning import wire
from reasoning.inventory import Inventory, VpcEndpoint
from reasoning.transition import Health
from tests.support.story import (
    ACCOUNT,
    CAPTOR,
    NAMES,
    REGION,
    VPC,
    at,
    captured,
    creation,
    loss,
    recovery,
    switch_off,
    vantage,
)
from tests.unit.alerter.hub_stand import Stand, a_digest, plain, seen_alive, stand


def test_many_endpoints_of_one_cause_are_one_incident_and_one_page(hub: Stand) -> None:
    seen_alive(hub)
    hub.send(wire.CHANGE, creation())
    hub.clock.at = at("10:04:40")
    hub.send(wire.TRANSITIONS, *(loss(f"api-{number}") for number in range(150)))
    hub.to("10:10:00")
    assert hub.said == [("page", "opened")]
    assert "api-0 +149" in hub.page_text()
    hub.clock.at = at("10:22:06")
    hub.send(wire.TRANSITIONS, *(recovery(f"api-{number}") for number in range(150)))
    hub.to("10:24:00")
    assert [said for said in hub.said if said[0] == "page"] == [
        ("page", "opened"),
        ("page", "resolved"),
    ]


def test_a_message_delivered_again_changes_nothing(hub: Stand) -> None:
    hub.clock.at = at("10:04:40")
    for _ in range(3):
        hub.send(wire.TRANSITIONS, loss())
    (found,) = incidents.recent(hub.hub)
    assert (found.failing, found.seen) == (1, 1)
    hub.clock.at = at("10:22:06")
    for _ in range(3):
        hub.send(wire.TRANSITIONS, loss(), recovery())
    (found,) = incidents.recent(hub.hub)
    assert (found.failing, found.seen) == (0, 1)


def test_a_loss_and_a_recovery_that_arrive_together_are_recorded_and_not_told(hub: Stand) -> None:
    hub.clock.at = at("10:22:06")
    hub.send(wire.TRANSITIONS, plain(), recovery())
    hub.to("10:24:00")
    assert hub.said == []
    (found,) = incidents.recent(hub.hub)
    assert (found.stage, found.told.opened) == ("resolved", None)


def test_plain_evidence_pages_only_when_it_still_fails_after_page_after(hub: Stand) -> None:
    hub.clock.at = at("10:04:40")
    hub.send(wire.TRANSITIONS, plain())
    hub.to("10:06:19")
    assert hub.said == []
    hub.to("10:06:21")
    assert hub.said == [("page", "opened")]
    assert "no known change explains this" in hub.page_text()


def test_an_answered_5xx_waits_for_page_after_even_with_a_suspect(hub: Stand) -> None:
    seen_alive(hub)
    hub.send(wire.CHANGE, creation())
    hub.clock.at = at("10:04:40")
    hub.send(wire.TRANSITIONS, loss(answered_5xx=True, structural=False))
    hub.to("10:06:19")
    assert hub.said == []
    hub.to("10:06:21")
    assert hub.said == [("page", "opened")]


def test_what_was_good_for_a_short_time_only_goes_to_chat(hub: Stand) -> None:
    hub.clock.at = at("10:04:40")
    hub.send(wire.TRANSITIONS, loss(good_since_at=at("10:00:00")))
    hub.to("10:06:00")
    assert hub.said == [("chat", "opened")]
    hub.clock.at = at("10:22:06")
    hub.send(wire.TRANSITIONS, recovery())
    hub.to("10:24:00")
    assert hub.said == [("chat", "opened"), ("chat", "resolved")]


def test_a_cause_that_comes_to_light_later_amends_the_page_under_its_key(hub: Stand) -> None:
    seen_alive(hub)
    hub.clock.at = at("10:04:40")
    hub.send(wire.TRANSITIONS, loss())
    hub.to("10:05:10")
    assert hub.said == [("page", "opened")]
    hub.send(wire.CHANGE, creation())
    assert hub.said == [("page", "opened"), ("page", "cause_found"), ("chat", "cause_found")]
    first, second = hub.pages
    assert "CAUSE FOUND" in second["Message"]
    assert "no known change" in " ".join(first["Message"].split())


def test_an_event_gives_a_change_seen_in_the_inventory_its_actor(hub: Stand) -> None:
    seen_alive(hub)
    before = Inventory(account=ACCOUNT, region=REGION, taken_at=at("10:00:00"))
    made = VpcEndpoint(
        id=CAPTOR,
        vpc_id=VPC,
        service="com.amazonaws.us-east-1.execute-api",
        private_dns=True,
        names=tuple(NAMES),
        created_at=at("10:02:51"),
    )
    after = Inventory(account=ACCOUNT, region=REGION, taken_at=at("10:04:30"), endpoints=(made,))
    hub.send(wire.INVENTORY, before)
    hub.clock.at = at("10:04:40")
    hub.send(wire.INVENTORY, after)
    hub.send(wire.TRANSITIONS, loss())
    hub.to("10:05:10")
    assert "LIKELY" in hub.page_text()
    assert "who: no event yet" in hub.page_text()
    assert "aws ec2" not in hub.page_text()
    hub.send(wire.CHANGE, creation())
    assert ("page", "cause_found") in hub.said
    assert "netadmin@example.com" in hub.page_text()
    assert "--no-private-dns-enabled" in hub.page_text()


def test_growth_to_ten_times_pages_once_more_and_less_is_told_in_chat(hub: Stand) -> None:
    hub.clock.at = at("10:04:40")
    hub.send(wire.TRANSITIONS, loss("api-0"))
    hub.to("10:05:30")
    hub.send(wire.TRANSITIONS, *(loss(f"api-{number}") for number in range(1, 4)))
    assert hub.said == [("page", "opened"), ("chat", "amended")]
    hub.send(wire.TRANSITIONS, *(loss(f"api-{number}") for number in range(4, 12)))
    assert hub.said[:2] == [("page", "opened"), ("page", "grew")]


def test_an_open_incident_is_called_to_mind_every_four_hours(hub: Stand) -> None:
    hub.clock.at = at("10:04:40")
    hub.send(wire.TRANSITIONS, loss())
    hub.to("10:05:30")
    hub.clock.at = at("14:04:30")
    hub.to("14:06:00")
    assert hub.said == [("page", "opened"), ("chat", "reminder")]


def test_flapping_pages_once(hub: Stand) -> None:
    hub.clock.at = at("10:04:40")
    hub.send(wire.TRANSITIONS, plain(after=Health.FLAPPING))
    hub.to("10:20:00")
    assert hub.said == [("page", "flapping")]


def test_a_repair_that_becomes_known_after_the_recovery_is_told_in_the_thread(hub: Stand) -> None:
    seen_alive(hub)
    hub.send(wire.CHANGE, creation())
    hub.clock.at = at("10:04:40")
    hub.send(wire.TRANSITIONS, loss())
    hub.to("10:06:00")
    hub.clock.at = at("10:22:06")
    hub.send(wire.TRANSITIONS, recovery())
    hub.to("10:23:00")
    hub.send(wire.CHANGE, switch_off())
    hub.to("10:30:00")
    assert hub.said[-1] == ("chat", "repair_learned")
    assert "oncall@example.com" in str(hub.chats[-1]["Message"])


def test_a_member_can_lie_about_itself_only(hub: Stand) -> None:
    with pytest.raises(WireError, match="refused"):
        hub.send(wire.TRANSITIONS, loss(), account="444455556666")
    with pytest.raises(ValueError, match="refused"):
        hub.send(wire.CHANGE, creation(), account="444455556666")
    with pytest.raises(ValueError, match="refused"):
        hub.send(wire.DIGEST, a_digest(), account="444455556666")
    assert incidents.recent(hub.hub) == []


def test_an_incident_over_two_accounts_is_one_and_names_both() -> None:
    with stand() as hub:
        hub.clock.at = at("10:04:40")
        far = vantage(account="444455556666", vpc_id="vpc-0b2")
        found = captured()
        hub.send(wire.TRANSITIONS, loss(diagnosis=found))
        hub.send(wire.TRANSITIONS, loss(vantage=far, diagnosis=found), account="444455556666")
        hub.to("10:06:00")
        assert hub.said == [("page", "opened")]
        assert "2 VPCs of 2 accounts" in hub.page_text()
