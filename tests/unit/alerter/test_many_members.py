"""What an organisation of a thousand members makes of one cause, and of the hub's own work."""

from typing import Any

from alerter import incidents, run
from alerter.table import Item, Put
from alerter.tick import tick
from reasoning import wire
from reasoning.diagnose import Diagnosis
from tests.support.story import VPC, at, captured, creation, loss, vantage
from tests.unit.alerter.hub_stand import Stand, a_digest, plain, seen_alive


def accounts(count: int) -> list[str]:
    return [f"{700000000000 + number}" for number in range(count)]


def rang(hub: Stand) -> list[str]:
    return [reason for place, reason in hub.said if place == "page"]


def everywhere() -> Diagnosis:
    return Diagnosis(cause="failing_everywhere", host="api.example.com", rank=30)


def test_accounts_that_see_one_cause_minute_by_minute_do_not_ring_one_by_one(hub: Stand) -> None:
    hub.clock.at = at("10:04:40")
    for number, account in enumerate(accounts(60)):
        hub.to(f"10:{4 + (40 + number) // 60:02}:{(40 + number) % 60:02}")
        seen_at = hub.clock.at
        here = loss(vantage=vantage(account=account), diagnosis=everywhere(), seen_at=seen_at)
        hub.send(wire.TRANSITIONS, here, account=account)
    hub.to("10:09:00")
    assert rang(hub) == ["opened", "grew"]
    hub.to("10:20:00")
    assert rang(hub) == ["opened", "grew", "grew"]
    assert "of 60 accounts" in hub.page_text()


def minute(hub: Stand, count: int, **fields: object) -> None:
    for account in accounts(count):
        looked = {VPC: hub.clock.at}
        digest = a_digest(account=account, at=hub.clock.at, looked=looked, **fields)
        hub.send(wire.DIGEST, digest, account=account)


def test_a_hub_that_slept_takes_its_own_deafness_for_nobody_s_silence(hub: Stand) -> None:
    minute(hub, 3)
    hub.to("10:02:00")
    hub.clock.at = at("10:30:10")  # no message was taken for 28 minutes; a tick comes first
    run.take(hub.hub, {"kind": "tick"})
    assert hub.said == []
    minute(hub, 2)
    hub.to("10:34:30")
    assert hub.said == []
    minute(hub, 2)
    hub.to("10:36:00")
    assert hub.said == [("page", "blind")], "one member is silent since the hub listens again"
    hub.clock.at = at("10:50:10")
    run.take(hub.hub, {"kind": "tick"})
    assert hub.said == [("page", "blind")], "nobody heard of it: it does not see again"


def test_the_hub_asks_no_more_of_its_table_for_more_members(hub: Stand) -> None:
    asked: list[str] = []

    def count(model: Any, **_: Any) -> None:
        asked.append(model.name)

    hub.to("10:01:00")
    hub.hub.clients.dynamodb.meta.events.register("before-call.dynamodb", count)
    found = []
    for members in (1, 12):
        minute(hub, members)
        asked.clear()
        tick(hub.hub)
        found.append(len(asked))
    assert found[0] == found[1] and found[0] > 0


def test_more_endpoints_than_a_header_can_name_keep_nobody_from_being_told(hub: Stand) -> None:
    names = [f"{number:0>63}" for number in range(6050)]
    item = Item(pk=f"forecast#{creation().id}", sk="said", body={"endpoints": names})
    hub.hub.table.put(Put(item=item))
    seen_alive(hub)
    hub.send(wire.CHANGE, creation())
    hub.clock.at = at("10:04:40")
    hub.send(wire.TRANSITIONS, loss(diagnosis=captured(also_breaks=["one that is good"] * 500)))
    hub.to("10:05:30")
    assert hub.said == [("page", "opened")]
    assert "1 endpoint seen failing, 6050 forecast" in hub.page_text()


def test_changes_that_cannot_matter_to_an_incident_do_not_touch_it(hub: Stand) -> None:
    seen_alive(hub)
    hub.clock.at = at("10:04:40")
    hub.send(wire.TRANSITIONS, loss(), plain("other-api"))
    hub.to("10:07:00")
    before = {one.id: one.version for one in incidents.recent(hub.hub)}
    for number, account in enumerate(accounts(8)):
        elsewhere = creation(
            id=f"e{number}", account=account, resource_ids=("vpce-0fff",), scope={"vpc_id": "vpc-9"}
        )
        hub.send(wire.CHANGE, elsewhere, account=account)
    assert {one.id: one.version for one in incidents.recent(hub.hub)} == before
    hub.send(wire.CHANGE, creation())
    assert ("page", "cause_found") in hub.said
