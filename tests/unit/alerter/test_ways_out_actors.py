"""What leaves the hub on each way out says no more of an actor than its parameter lets it."""

import json

from reasoning import wire
from reasoning.change import Actor
from tests.support.story import at, creation, known, loss, recovery, switch_off
from tests.unit.alerter.hub_stand import Stand, seen_alive, stand

ROLE = "NetworkAdministrator"
WHO = Actor(name="mallory@example.com", type="sso", role=ROLE, session="mallory@example.com")


def course(hub: Stand) -> None:
    """A forecast, a page, a cause, a recovery and who repaired it."""
    seen_alive(hub, known("orders-api"))
    hub.clock.at = at("10:02:55")
    hub.send(wire.CHANGE, creation(actor=WHO, source_address="198.51.100.77"))
    hub.clock.at = at("10:04:40")
    hub.send(wire.TRANSITIONS, loss())
    hub.to("10:06:00")
    hub.send(wire.CHANGE, switch_off(actor=WHO, source_address="198.51.100.77"))
    hub.clock.at = at("10:22:06")
    hub.send(wire.TRANSITIONS, recovery())
    hub.to("10:24:00")


def test_page_none_and_chat_role() -> None:
    with stand(PAGE_ACTOR_DETAIL="none", CHAT_ACTOR_DETAIL="role") as hub:
        course(hub)
        assert ("chat", "forecast") in hub.said
        assert ("page", "resolved") in hub.said
        pages, chats, events = (json.dumps(one) for one in (hub.pages, hub.chats, hub.events))
        for sent in (pages, chats, events):
            assert "mallory" not in sent
            assert "198.51.100.77" not in sent
            assert "CreateVpcEndpoint" in sent
        assert f"role {ROLE}" in chats
        assert ROLE not in pages
        assert ROLE not in events


def test_full_by_default() -> None:
    with stand() as hub:
        course(hub)
        for sent in (hub.pages, hub.chats, hub.events):
            assert "mallory@example.com" in json.dumps(sent)
