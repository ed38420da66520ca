"""How incidents recover, fail again, merge, move to another cause and lose what was foretold."""

from dataclasses import replace

import pytest

from alerter import incidents
from reasoning import wire
from reasoning.case import RouteClass
from reasoning.transition import Health
from tests.support.story import (
    ACCOUNT,
    CAPTOR,
    at,
    creation,
    known,
    loss,
    recovery,
    switch_off,
    withdrawn,
)
from tests.unit.alerter.hub_stand import Stand, a_digest, open_incidents, plain, seen_alive


def test_a_loss_that_the_undo_line_foretold_amends_and_never_pages(hub: Stand) -> None:
    through = known("ledger-api", route_class=RouteClass.VPCE, vpc_endpoint_id=CAPTOR)
    seen_alive(hub, through)
    hub.send(wire.CHANGE, creation())
    hub.clock.at = at("10:04:40")
    hub.send(wire.TRANSITIONS, loss())
    hub.to("10:06:00")
    assert "ledger-api from vpc-0a1 (private, good only since" in hub.page_text()
    hub.clock.at = at("10:20:10")
    hub.send(wire.CHANGE, switch_off())
    hub.clock.at = at("10:22:06")
    hub.send(wire.TRANSITIONS, recovery())
    hub.to("10:23:00")
    gone = loss(
        "ledger-api",
        at=at("10:23:00"),
        seen_at=at("10:23:00"),
        first_bad_at=at("10:22:40"),
        route_before=RouteClass.VPCE,
        route_after=RouteClass.PUBLIC,
        diagnosis=withdrawn(CAPTOR),
    )
    hub.send(wire.TRANSITIONS, gone)
    hub.to("10:40:00")
    assert [said for said in hub.said if said[0] == "page"] == [
        ("page", "opened"),
        ("page", "resolved"),
    ]
    assert ("chat", "amended") in hub.said


def test_a_foretold_loss_stays_foretold_when_a_digest_tells_of_it_first(hub: Stand) -> None:
    through = known("ledger-api", route_class=RouteClass.VPCE, vpc_endpoint_id=CAPTOR)
    seen_alive(hub, through)
    hub.send(wire.CHANGE, creation())
    hub.clock.at = at("10:04:40")
    hub.send(wire.TRANSITIONS, loss())
    hub.to("10:20:10")
    hub.send(wire.CHANGE, switch_off())
    lost = known("ledger-api", route_class=RouteClass.NONE, health=Health.FAILING)
    hub.send(wire.DIGEST, replace(a_digest(lost), at=at("10:21:00")))
    hub.to("10:22:10")
    gone = loss(
        "ledger-api",
        at=at("10:22:10"),
        route_before=RouteClass.VPCE,
        route_after=RouteClass.NONE,
        diagnosis=withdrawn(CAPTOR),
    )
    hub.send(wire.TRANSITIONS, gone)
    hub.to("10:24:00")
    assert ("page", "opened") in hub.said
    assert len([said for said in hub.said if said == ("page", "opened")]) == 1
    hub.collect()
    assert any("Lost    ledger-api from vpc-0a1" in chat["Message"] for chat in hub.chats)


def test_a_pair_that_fails_again_after_the_recovery_is_another_incident(hub: Stand) -> None:
    hub.clock.at = at("10:04:40")
    hub.send(wire.TRANSITIONS, loss())
    hub.to("10:05:30")
    hub.clock.at = at("10:22:06")
    hub.send(wire.TRANSITIONS, recovery())
    hub.to("10:23:00")
    hub.send(
        wire.TRANSITIONS,
        loss(seq=3, at=at("10:25:00"), seen_at=at("10:25:00"), first_bad_at=at("10:24:40")),
    )
    hub.to("10:26:00")
    assert [said for said in hub.said if said[0] == "page"] == [
        ("page", "opened"),
        ("page", "resolved"),
        ("page", "opened"),
    ]
    names = [page["Message"].split("incident ")[1].split(" ")[0] for page in hub.pages]
    assert names[0] == names[1] != names[2]


def test_a_pair_that_fails_again_within_the_group_wait_keeps_its_incident_open(hub: Stand) -> None:
    hub.clock.at = at("10:04:40")
    hub.send(wire.TRANSITIONS, loss())
    hub.to("10:05:30")
    hub.send(wire.TRANSITIONS, recovery())
    hub.clock.at += 10
    hub.send(wire.TRANSITIONS, loss(seq=3))
    hub.to("10:10:00")
    assert hub.said == [("page", "opened")]
    assert len(open_incidents(hub)) == 1


def test_incidents_that_come_to_share_a_key_become_the_older_one(hub: Stand) -> None:
    hub.clock.at = at("10:04:40")
    hub.send(wire.TRANSITIONS, plain("orders-api"))
    hub.clock.at = at("10:04:50")
    hub.send(wire.TRANSITIONS, loss("search-api"))
    assert len(open_incidents(hub)) == 2
    older = incidents.recent(hub.hub)[0].id
    hub.to("10:05:30")
    hub.send(wire.TRANSITIONS, loss("orders-api", seq=2, before=Health.FAILING))
    (key,) = open_incidents(hub)
    assert key == f"private_dns_captured|{CAPTOR}|{ACCOUNT}"
    (kept,) = [one for one in incidents.recent(hub.hub) if one.stage == "open"]
    assert (kept.id, kept.failing, kept.endpoint_count) == (older, 2, 2)
    hub.clock.at = at("10:22:06")
    hub.send(wire.TRANSITIONS, recovery("orders-api", seq=3), recovery("search-api"))
    hub.to("10:23:00")
    assert open_incidents(hub) == []
    pages = [said for said in hub.said if said[0] == "page"]
    assert pages.count(("page", "resolved")) == pages.count(("page", "opened")) - pages.count(
        ("page", "merged")
    )


def test_the_last_pair_of_an_incident_takes_it_along_to_its_new_cause(hub: Stand) -> None:
    hub.clock.at = at("10:04:40")
    hub.send(wire.TRANSITIONS, plain())
    hub.send(wire.TRANSITIONS, loss(seq=2, before=Health.FAILING))
    assert open_incidents(hub) == [f"private_dns_captured|{CAPTOR}|{ACCOUNT}"]
    hub.to("10:10:00")
    assert hub.said == [("page", "opened")]


def test_what_stays_bad_after_the_repair_becomes_an_incident_of_its_own(hub: Stand) -> None:
    seen_alive(hub)
    hub.send(wire.CHANGE, creation())
    hub.clock.at = at("10:04:40")
    hub.send(wire.TRANSITIONS, *(loss(f"api-{number}") for number in range(3)))
    hub.to("10:06:00")
    hub.send(wire.CHANGE, switch_off())
    hub.clock.at = at("10:22:06")
    hub.send(wire.TRANSITIONS, recovery("api-0"), recovery("api-1"))
    hub.to("10:26:30")
    assert hub.said == [("page", "opened")]
    hub.to("10:30:00")
    pages = [said for said in hub.said if said[0] == "page"]
    assert sorted(pages) == [("page", "opened"), ("page", "opened"), ("page", "resolved")]
    (left,) = [one for one in incidents.recent(hub.hub) if one.stage == "open"]
    assert left.endpoints == ("api-2",)
    (page,) = [one["Message"] for one in hub.pages if left.id in one["Message"]]
    assert "PROVEN" not in page and "aws ec2" not in page and "netadmin" not in page
    assert "still failing after the others were repaired by ModifyVpcEndpoint" in page
    hub.send(wire.TRANSITIONS, recovery("api-2", seq=2, seen_at=at("10:31:00")))
    hub.to("10:33:00")
    assert open_incidents(hub) == []
    assert hub.said.count(("page", "resolved")) == 2


def test_a_cause_that_is_seen_only_later_is_told_with_its_change(hub: Stand) -> None:
    seen_alive(hub)
    hub.send(wire.CHANGE, creation())
    hub.clock.at = at("10:04:40")
    hub.send(wire.TRANSITIONS, loss(diagnosis=None))
    hub.to("10:05:30")
    assert "no known change explains this" in " ".join(hub.page_text().split())
    hub.clock.at = at("10:09:30")
    hub.send(wire.TRANSITIONS, loss(seq=2, before=Health.FAILING, seen_at=at("10:09:28")))
    assert hub.said == [("page", "opened"), ("page", "cause_found"), ("chat", "cause_found")]
    assert "PROVEN" in hub.page_text() and "netadmin@example.com" in hub.page_text()
    assert "--no-private-dns-enabled" in hub.page_text()


@pytest.mark.parametrize("first", [True, False], ids=["it is heard first", "it is heard last"])
@pytest.mark.parametrize("sick", [1, 2])
def test_an_endpoint_that_was_bad_before_hides_from_nobody_what_broke_the_others(
    hub: Stand, sick: int, first: bool
) -> None:
    """It failed for an hour, alone or with another, when its name was taken over too."""
    seen_alive(hub)
    hub.clock.at = at("09:04:40")
    since = {"first_bad_at": at("09:04:20"), "last_good_at": at("09:03:58")}
    down = replace(withdrawn("vpce-0dd"), cause="endpoint_blocked")
    names = [f"sick-{number}" for number in range(sick)]
    hub.send(wire.TRANSITIONS, *(plain(name, diagnosis=down, **since) for name in names))
    hub.to("10:03:00")
    hub.send(wire.CHANGE, creation())
    hub.clock.at = at("10:04:40")
    moved = loss("sick-0", seq=2, before=Health.CHANGING, **since)
    for transition in (moved, loss()) if first else (loss(), moved):
        hub.send(wire.TRANSITIONS, transition)
        hub.to("10:05:30" if transition is not moved else "10:05:10")
    hub.to("10:12:00")
    assert "PROVEN" in hub.page_text()
    key = f"private_dns_captured|{CAPTOR}|{ACCOUNT}"
    (found,) = [one for one in incidents.recent(hub.hub) if one.key == key and one.stage == "open"]
    assert found.suspect is not None and found.suspect.change.id == creation().id
    assert found.proven and found.failing == 2
    assert ("page", "cause_downgraded") not in hub.said
