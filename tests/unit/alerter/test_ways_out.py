"""Ways out that are shut, and what comes in while a notice is on its way."""

from contextlib import suppress
from dataclasses import replace

import pytest

from alerter import outbox, run, sweep
from reasoning import wire
from tests.support.story import at, creation, loss, recovery
from tests.unit.alerter.hub_stand import Stand, a_digest


class Meanwhile:
    """SNS, where something happens while the first notice is on its way."""

    def __init__(self, sns, happens) -> None:
        self._sns, self._happens = sns, [happens]

    def publish(self, **call):
        while self._happens:
            self._happens.pop()()
        return self._sns.publish(**call)


def tick(hub: Stand, seconds: float = 60.0) -> None:
    hub.clock.at += seconds
    with suppress(sweep.SendFailed):
        run.take(hub.hub, {"kind": "tick"})


def events(hub: Stand) -> list[str]:
    return [entry["DetailType"] for entry in hub.hub.clients.events.entries]


def test_a_bus_that_stays_shut_keeps_no_page_from_people(hub: Stand) -> None:
    hub.hub.clients.events.refuses = 10_000
    hub.clock.at = at("10:04:40")
    hub.send(wire.TRANSITIONS, loss())
    tick(hub)
    assert hub.said == [("page", "opened")]
    hub.clock.at = at("10:22:06")
    hub.send(wire.TRANSITIONS, recovery())
    for _ in range(3):
        tick(hub)
    pages = [said for said in hub.said if said[0] == "page"]
    assert pages == [("page", "opened"), ("page", "resolved")]
    assert events(hub) == []
    hub.hub.clients.events.refuses = 0
    for _ in range(3):
        tick(hub)
    assert events(hub) == ["Incident Opened", "Incident Resolved"]
    assert [said for said in hub.said if said[0] == "page"] == pages
    assert outbox.due(hub.hub, hub.clock.at) == []


def test_what_another_sender_got_out_since_is_not_sent_again(hub: Stand) -> None:
    hub.clock.at = at("10:04:40")
    hub.send(wire.TRANSITIONS, loss())
    hub.clock.at = at("10:05:10")
    (listed,) = outbox.due(hub.hub, hub.clock.at)
    outbox.release(hub.hub, replace(listed, sent=("page_topic",)))
    assert outbox.claim(hub.hub, listed).sent == ("page_topic",)
    assert outbox.claim(hub.hub, listed) is None


def test_a_cause_that_comes_in_while_the_page_is_sent_is_told_after_it(hub: Stand) -> None:
    hub.clock.at = at("10:04:40")
    hub.send(wire.DIGEST, a_digest(at=hub.clock.at))
    hub.send(wire.TRANSITIONS, loss())
    whole = hub.hub
    learned = Meanwhile(
        whole.clients.sns, lambda: run.take(whole, hub.member(wire.CHANGE, creation()))
    )
    hub.hub = replace(whole, clients=replace(whole.clients, sns=learned))
    tick(hub)
    hub.hub = whole
    tick(hub)
    assert "no known change" in " ".join(hub.page_text(0).split())
    assert ("page", "cause_found") in hub.said
    assert "netadmin@example.com" in hub.page_text()


def test_growth_that_comes_in_while_the_page_is_sent_is_paged_after_it(hub: Stand) -> None:
    hub.clock.at = at("10:04:40")
    hub.send(wire.TRANSITIONS, loss("api-0"))
    whole = hub.hub
    more = hub.member(wire.TRANSITIONS, *(loss(f"api-{number}") for number in range(1, 20)))
    grows = Meanwhile(whole.clients.sns, lambda: run.take(whole, more))
    hub.hub = replace(whole, clients=replace(whole.clients, sns=grows))
    tick(hub)
    hub.hub = whole
    tick(hub)
    assert [said for said in hub.said if said[0] == "page"] == [
        ("page", "opened"),
        ("page", "grew"),
    ]


def test_what_the_tick_cannot_judge_holds_back_no_page(hub: Stand) -> None:
    hub.clock.at = at("10:04:40")
    hub.send(wire.TRANSITIONS, loss())
    hub.hub.clients.dynamodb.put_item(
        TableName=hub.hub.settings.table,
        Item={
            "pk": {"S": "members"},
            "sk": {"S": "444455556666#us-east-1"},
            "body": {"S": "{}"},
            "number": {"N": "1"},
        },
    )
    hub.clock.at = at("10:05:10")
    with pytest.raises(Exception, match="Digest"):
        run.take(hub.hub, {"kind": "tick"})
    assert hub.said == [("page", "opened")]
