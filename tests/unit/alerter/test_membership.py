"""Members and pairs that go: what the hub forgets, what it ends, and in what words."""

from dataclasses import replace

import pytest

from alerter import digests, incidents, run
from probing.wire import WireError
from reasoning import wire
from reasoning.inventory import Inventory
from reasoning.placements import CanaryPlaced, Left, Placements, VpcPlaced
from reasoning.transition import Health
from tests.support.story import ACCOUNT, REGION, VPC, at, known, loss, recovery, vantage
from tests.unit.alerter.hub_stand import Stand, a_digest, open_incidents, seen_alive

OTHER = "444455556666"
LEFT = Left(account=ACCOUNT, region=REGION, at=at("10:20:00"))


def placements(taken_at: str = "10:00:00", **fields) -> Placements:
    canary = CanaryPlaced(function=f"gatewatch-canary-{VPC}", release="1", state="CREATE_COMPLETE")
    values = {
        "account": ACCOUNT,
        "region": REGION,
        "taken_at": at(taken_at),
        "vpcs": (VpcPlaced(vpc_id=VPC, act="keep", canaries=(canary,)),),
        **fields,
    }
    return Placements(**values)


def lost(hub: Stand, *transitions, account: str = ACCOUNT) -> None:
    hub.clock.at = at("10:04:40")
    hub.send(wire.TRANSITIONS, *transitions, account=account)


def kept(hub: Stand, *partitions: str) -> list[str]:
    """Sort keys of what the hub's table holds in these partitions."""
    return [item.sk for pk in partitions for item in hub.hub.table.query(pk)]


MEMBER = [
    "members",
    *(
        f"{kind}#{ACCOUNT}#{REGION}"
        for kind in ("pairs", "inventory", "placements", "problem", "captured")
    ),
    "blind",
    "watch",
]


def test_the_newest_placements_of_a_member_are_kept(hub: Stand) -> None:
    hub.send(wire.PLACEMENTS, placements("10:01:00", mode="all"))
    hub.send(wire.PLACEMENTS, placements("10:00:00", mode="none"))
    item = hub.hub.table.get(f"placements#{ACCOUNT}#{REGION}", "now")
    assert item.body["mode"] == "all"
    assert kept(hub, f"placements#{ACCOUNT}#{REGION}") == ["now"]


@pytest.mark.parametrize("kind", [wire.PLACEMENTS, wire.LEFT])
def test_a_member_speaks_for_itself_alone(hub: Stand, kind: str) -> None:
    record = placements() if kind == wire.PLACEMENTS else LEFT
    with pytest.raises(WireError, match="refused"):
        hub.send(kind, record, account=OTHER)


def test_a_member_that_left_is_forgotten_and_not_missed(hub: Stand) -> None:
    hub.send(wire.DIGEST, a_digest(known("orders-api", health=Health.NEVER_GOOD)))
    hub.send(wire.INVENTORY, Inventory(account=ACCOUNT, region=REGION, taken_at=at("10:00:00")))
    hub.send(wire.PLACEMENTS, placements())
    assert kept(hub, *MEMBER)
    for _ in range(2):
        hub.send(wire.LEFT, replace(LEFT, at=at("10:01:00")))
    assert kept(hub, *MEMBER) == []
    hub.to("11:00:00")
    assert hub.said == [("chat", "left")]


def test_a_member_that_was_missed_and_left_is_no_longer_paged_for(hub: Stand) -> None:
    hub.send(wire.DIGEST, a_digest())
    hub.to("10:10:00")
    assert hub.said == [("page", "blind")]
    hub.send(wire.LEFT, LEFT)
    assert hub.said == [("page", "blind"), ("page", "left"), ("chat", "left")]
    names = [page["Subject"].partition(":")[0] for page in hub.pages]
    assert names == ["ALARM", "OK"]
    assert "SEEING" not in hub.page_text()
    assert kept(hub, "blind") == []


def test_what_is_under_way_when_a_member_leaves_makes_no_member_again(hub: Stand) -> None:
    seen_alive(hub, known("orders-api"))
    hub.clock.at = at("10:20:00")
    hub.send(wire.LEFT, LEFT)
    hub.alive = []
    hub.clock.at = at("10:21:00")
    hub.send(wire.DIGEST, a_digest(known("orders-api"), at=hub.clock.at))
    hub.send(wire.TRANSITIONS, loss(at=hub.clock.at))
    assert kept(hub, *MEMBER) == []
    assert open_incidents(hub) == []


def test_a_member_that_comes_again_is_one_even_when_its_farewell_is_late(hub: Stand) -> None:
    hub.send(wire.LEFT, replace(LEFT, at=at("10:00:00")))
    hub.clock.at = at("10:15:00")
    hub.send(wire.DIGEST, a_digest(known("orders-api"), at=hub.clock.at))
    hub.send(wire.LEFT, replace(LEFT, at=at("10:00:00")))
    assert digests.last(hub.hub, ACCOUNT, REGION) is not None


def test_what_fails_at_a_member_that_left_ends_in_words_of_its_own(hub: Stand) -> None:
    seen_alive(hub, known("orders-api"), known("search-api"))
    lost(hub, loss(), loss("search-api"))
    hub.to("10:10:00")
    assert hub.said == [("page", "opened")]
    hub.alive = []
    hub.send(wire.LEFT, replace(LEFT, at=at("10:10:00")))
    hub.to("16:00:00")
    assert open_incidents(hub) == []
    assert hub.said == [
        ("page", "opened"),
        ("page", "unwatched"),
        ("chat", "left"),
        ("chat", "unwatched"),
    ]
    assert hub.page_text().startswith("NO LONGER LOOKED AT orders-api +1 ")
    assert "RESOLVED" not in hub.page_text()
    assert "2 pairs were failing when last looked at" in hub.page_text()


def test_an_incident_of_two_members_goes_on_where_somebody_still_looks(hub: Stand) -> None:
    theirs = vantage(account=OTHER, vpc_id="vpc-0f9")
    hub.clock.at = at("10:04:40")
    hub.send(wire.DIGEST, a_digest(known("orders-api"), at=hub.clock.at))
    hub.send(wire.TRANSITIONS, loss())
    hub.send(wire.TRANSITIONS, loss(vantage=theirs), account=OTHER)
    hub.to("10:06:00")
    hub.send(wire.LEFT, replace(LEFT, at=at("10:06:00")))
    (found,) = incidents.recent(hub.hub)
    assert (found.stage, found.failing, found.unwatched_at) == ("open", 1, None)
    hub.clock.at = at("10:22:06")
    hub.send(wire.TRANSITIONS, recovery(vantage=theirs), account=OTHER)
    hub.to("10:24:00")
    assert hub.said[-1] == ("chat", "resolved")
    text = hub.chats[-1]["Message"]
    assert "1 of 2 pairs good again" in str(text)


@pytest.mark.parametrize("told", [True, False], ids=["told", "not yet told"])
def test_a_failing_pair_that_is_deregistered_ends_its_incident(hub: Stand, told: bool) -> None:
    seen_alive(hub, known("orders-api"))
    lost(hub, loss())
    hub.to("10:06:00" if told else "10:04:50")
    gone = a_digest(at=hub.clock.at, gone=(f"orders-api@{VPC}",))
    for _ in range(2):
        hub.send(wire.DIGEST, gone)
    hub.to("16:00:00")
    assert open_incidents(hub) == []
    ends = [("page", "opened"), ("page", "unwatched"), ("chat", "unwatched")]
    assert hub.said == (ends if told else [])


def test_a_pair_that_fails_again_before_the_end_is_told_keeps_its_incident(hub: Stand) -> None:
    seen_alive(hub, known("orders-api"))
    lost(hub, loss())
    hub.to("10:06:00")
    hub.send(wire.DIGEST, a_digest(at=hub.clock.at, gone=(f"orders-api@{VPC}",)))
    hub.clock.at += 5
    hub.send(wire.TRANSITIONS, loss(seq=2, at=hub.clock.at))
    hub.to("10:30:00")
    assert len(open_incidents(hub)) == 1
    assert hub.said == [("page", "opened")]


def test_a_late_word_of_what_was_deregistered_ends_nothing_that_came_since(hub: Stand) -> None:
    seen_alive(hub)
    lost(hub, loss(seq=int(at("10:04:00") * 1000)))
    hub.send(wire.DIGEST, a_digest(at=at("10:03:00"), gone=(f"orders-api@{VPC}",)))
    assert len(open_incidents(hub)) == 1


def test_hundreds_of_pairs_that_leave_at_once_end_their_incident_once(hub: Stand) -> None:
    names = [f"api-{number}" for number in range(150)]
    seen_alive(hub, *(known(name) for name in names))
    lost(hub, *(loss(name) for name in names))
    hub.to("10:06:00")
    hub.alive = []
    hub.send(wire.LEFT, replace(LEFT, at=at("10:06:00")))
    hub.to("10:08:00")
    (found,) = incidents.recent(hub.hub)
    assert (found.stage, found.failing, found.unwatched) == ("resolved", 0, 150)
    assert [said for said in hub.said if said[0] == "page"] == [
        ("page", "opened"),
        ("page", "unwatched"),
    ]


def test_a_tick_after_a_member_left_finds_nothing_to_miss(hub: Stand) -> None:
    hub.send(wire.DIGEST, a_digest())
    hub.send(wire.LEFT, replace(LEFT, at=at("10:01:00")))
    hub.clock.at = at("10:30:00")
    run.take(hub.hub, {"kind": "tick"})
    assert hub.said == [("chat", "left")]
