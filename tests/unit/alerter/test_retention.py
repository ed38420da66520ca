"""What is kept, for how long, and what becomes of it when fewer days are given later."""

from dataclasses import replace

import pytest

from alerter import incidents, ledger, outbox, retention, run
from alerter.hub import DAY_SECONDS
from reasoning import wire
from reasoning.incident import Stage
from tests.support.story import at, creation, loss, recovery, vantage
from tests.unit.alerter.hub_stand import Stand, plain


def keeping(hub: Stand, *, changes: float = 90, incidents: float = 90) -> None:
    settings = replace(
        hub.hub.settings, change_retention_days=changes, incident_retention_days=incidents
    )
    hub.hub = replace(hub.hub, settings=settings)
    retention.clear(hub.hub)


def days_later(hub: Stand, days: float) -> None:
    hub.clock.at += days * DAY_SECONDS


def everything(hub: Stand) -> list[tuple[str, str, float]]:
    raw = hub.hub.clients.dynamodb.scan(TableName="gatewatch-hub")["Items"]
    return [
        (one["pk"]["S"], one["sk"]["S"], float(one.get("expires_at", {}).get("N", 0)))
        for one in raw
    ]


def partitions(hub: Stand, prefix: str) -> list[str]:
    return sorted({pk for pk, _, _ in everything(hub) if pk.startswith(prefix)})


def ended(hub: Stand, *names: str) -> str:
    """An incident of these endpoints that is over; its id."""
    hub.clock.at = at("10:04:40")
    hub.send(wire.TRANSITIONS, *(loss(name) for name in names or ("orders-api",)))
    hub.to("10:06:00")
    hub.clock.at = at("10:22:06")
    hub.send(wire.TRANSITIONS, *(recovery(name) for name in names or ("orders-api",)))
    hub.to("10:24:00")
    (found,) = incidents.recent(hub.hub)
    assert found.stage is Stage.RESOLVED
    return found.id


@pytest.mark.parametrize(("days", "kept"), [(6.9, 1), (7.1, 0)])
def test_changes_are_kept_for_their_days(hub: Stand, days: float, kept: int) -> None:
    keeping(hub, changes=7)
    change = creation()
    hub.send(wire.CHANGE, change)
    days_later(hub, days)
    minutes(hub, 12)
    assert len(ledger.between(hub.hub, change.at, change.at)) == kept


def minutes(hub: Stand, count: int) -> None:
    """So many minutes at one moment: what each may take away is bounded."""
    for _ in range(count):
        retention.clear(hub.hub)


def test_fewer_days_given_later_count_for_changes_that_are_there(hub: Stand) -> None:
    keeping(hub, changes=90)
    old, young = creation(), creation(id="young", at=at("10:02:51") + 20 * DAY_SECONDS)
    hub.send(wire.CHANGE, old, young)
    days_later(hub, 25)
    minutes(hub, 12)
    assert len(partitions(hub, "ledger#")) == 2
    keeping(hub, changes=10)
    minutes(hub, 12)
    assert ledger.between(hub.hub, old.at, old.at) == ()
    assert [one.id for one in ledger.between(hub.hub, young.at, young.at)] == ["young"]


def test_a_minute_takes_away_a_bounded_share_of_changes(hub: Stand) -> None:
    keeping(hub, changes=1)
    for number in range(7):
        ledger.add(hub.hub, creation(id=f"change-{number}"))
    days_later(hub, 3)
    left = []
    for _ in range(3):
        retention.clear_changes(hub.hub, most=3)
        left.append(len([pk for pk, _, _ in everything(hub) if pk.startswith("ledger#")]))
    assert left == [4, 1, 0]


def test_an_incident_is_kept_for_its_days_after_its_end_with_its_members(hub: Stand) -> None:
    keeping(hub, incidents=7)
    name = ended(hub, "orders-api", "api-2")
    days_later(hub, 6.9)
    minutes(hub, 3)
    assert incidents.load(hub.hub, name)
    days_later(hub, 0.2)
    minutes(hub, 3)
    assert partitions(hub, "incident#") == []
    assert partitions(hub, "ended") == []


def test_fewer_days_given_later_count_for_incidents_that_are_there(hub: Stand) -> None:
    keeping(hub, incidents=365)
    name = ended(hub)
    days_later(hub, 20)
    minutes(hub, 3)
    assert incidents.load(hub.hub, name)
    keeping(hub, incidents=10)
    minutes(hub, 3)
    assert incidents.load(hub.hub, name) is None


def test_a_storm_is_taken_away_over_several_minutes_its_header_last(hub: Stand) -> None:
    keeping(hub, incidents=1)
    name = ended(hub, *(f"api-{number}" for number in range(5)))
    days_later(hub, 2)
    retention.clear_incidents(hub.hub, most=3)
    assert incidents.load(hub.hub, name)
    retention.clear_incidents(hub.hub, most=3)
    assert incidents.load(hub.hub, name) is None
    assert partitions(hub, "incident#") == []


def test_an_open_incident_never_expires_and_keeps_what_did_it(hub: Stand) -> None:
    keeping(hub, changes=1, incidents=1)
    hub.send(wire.CHANGE, creation())
    hub.clock.at = at("10:04:40")
    hub.send(wire.TRANSITIONS, loss())
    hub.to("10:06:00")
    days_later(hub, 20)
    run.take(hub.hub, {"kind": "tick"})
    minutes(hub, 12)
    (found,) = incidents.recent(hub.hub)
    assert found.stage is Stage.OPEN
    assert found.suspect is not None
    assert ("page", "cause_downgraded") not in hub.said
    assert [expires for pk, _, expires in everything(hub) if pk.startswith("incident#")] == [0, 0]
    assert partitions(hub, "ledger#") == []
    hub.send(wire.TRANSITIONS, recovery(at=hub.clock.at, seen_at=hub.clock.at))
    run.take(hub.hub, {"kind": "tick"})
    hub.clock.at += 30
    run.take(hub.hub, {"kind": "tick"})
    assert ("page", "resolved") in hub.said


def test_what_was_merged_into_an_open_incident_stays_as_long_as_that(hub: Stand) -> None:
    keeping(hub, incidents=1)
    far = vantage(vpc_id="vpc-0b2")
    hub.clock.at = at("10:04:40")
    hub.send(wire.TRANSITIONS, loss())
    hub.send(wire.TRANSITIONS, plain(vantage=far))
    hub.to("10:07:00")
    hub.send(wire.TRANSITIONS, loss(vantage=far, seq=2))
    merged = next(one for one in incidents.recent(hub.hub) if one.stage is Stage.MERGED)
    days_later(hub, 5)
    minutes(hub, 3)
    assert incidents.load(hub.hub, merged.id)
    hub.send(wire.TRANSITIONS, recovery(seq=3), recovery(seq=3, vantage=far))
    hub.clock.at += 30
    run.take(hub.hub, {"kind": "tick"})
    assert all(one.stage is not Stage.OPEN for one in incidents.recent(hub.hub))
    days_later(hub, 2)
    minutes(hub, 3)
    assert partitions(hub, "incident#") == []


def test_what_is_written_carries_the_days_that_hold_then(hub: Stand) -> None:
    keeping(hub, changes=3, incidents=5)
    hub.send(wire.CHANGE, creation())
    now = hub.clock.real_now_at()
    (change,) = [expires for pk, _, expires in everything(hub) if pk.startswith("ledger#")]
    assert change == int(now + 3 * DAY_SECONDS)
    ended(hub)
    headers = [
        expires
        for pk, sk, expires in everything(hub)
        if pk.startswith("incident#") and sk == "header"
    ]
    assert headers and all(one >= now + 5 * DAY_SECONDS for one in headers)
    waiting = outbox.Waiting(notice_id="x", due_at=hub.clock.now_at() + 60)
    item = outbox.item_of(hub.hub, waiting)
    assert item.expires_at == hub.hub.incident_expires_at() + 60


def test_what_cannot_be_cleared_keeps_nobody_from_being_told(hub: Stand) -> None:
    hub.hub.table.put(outbox.Put(item=outbox.Item(pk="retention", sk="changes", body={})))
    hub.clock.at = at("10:04:40")
    hub.send(wire.TRANSITIONS, loss())
    hub.to("10:06:00")
    assert hub.said == [("page", "opened")]
