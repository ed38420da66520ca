"""What members report of themselves: problems, silence, what never worked, captured names."""

from alerter import digests, run
from reasoning import wire
from reasoning.transition import Health, MemberProblem
from tests.support.story import ACCOUNT, REGION, VPC, at, known
from tests.unit.alerter.hub_stand import Stand, a_digest, seen_alive


def test_a_problem_is_told_when_it_appears_and_when_it_is_gone(hub: Stand) -> None:
    values = {"key": "no_trail", "what": "no trail records", "mend": "make one", "owner": "cloud"}
    for _ in range(2):
        hub.send(wire.PROBLEM, MemberProblem(**values, at=at("10:00:00")))
    for _ in range(2):
        hub.send(wire.PROBLEM, MemberProblem(**values, at=at("10:05:00"), open=False))
    late = MemberProblem(**values, at=at("10:00:00"))
    hub.send(wire.PROBLEM, late)
    assert hub.said == [("chat", "problem"), ("chat", "problem_gone")]
    changed = {**values, "what": "the trail stopped"}
    hub.send(wire.PROBLEM, MemberProblem(**values, at=at("10:06:00")))
    hub.send(wire.PROBLEM, MemberProblem(**changed, at=at("10:07:00")))
    assert hub.said[2:] == [("chat", "problem"), ("chat", "problem")]
    assert hub.chats[0]["MessageAttributes"]["owner"]["Value"] == "cloud"


def test_what_never_worked_is_told_once_after_a_quarter_of_an_hour(hub: Stand) -> None:
    seen_alive(hub, known("orders-api", health=Health.NEVER_GOOD))
    hub.to("10:14:30")
    assert hub.said == []
    hub.to("10:40:00")
    assert hub.said == [("chat", "never_reachable")]


def test_a_silent_member_is_paged_to_the_owner_of_gatewatch_and_told_when_it_sees(
    hub: Stand,
) -> None:
    hub.send(wire.DIGEST, a_digest())
    hub.to("10:04:30")
    assert hub.said == []
    hub.to("10:20:00")
    assert hub.said == [("page", "blind")]
    assert hub.pages[0]["MessageAttributes"]["owner"]["Value"] == "platform"
    looked = {VPC: at("10:20:00")}
    hub.send(wire.DIGEST, a_digest(at=at("10:20:00"), looked=looked))
    run.take(hub.hub, {"kind": "tick"})
    assert hub.said == [("page", "blind"), ("page", "seeing_again")]


def test_a_pause_is_no_blindness_and_keeps_what_was_told_of_one(hub: Stand) -> None:
    seen_alive(hub, known("orders-api"))
    for minute in range(1, 20):
        hub.clock.at += 60
        pairs = (known("orders-api"),) if minute == 1 else ()
        hub.send(wire.DIGEST, a_digest(*pairs, at=hub.clock.at, paused=True, looked={}))
        run.take(hub.hub, {"kind": "tick"})
    assert hub.said == []
    last = digests.last(hub.hub, ACCOUNT, REGION)
    assert last is not None and last.paused and last.at == hub.clock.at


DOMAIN = "execute-api.us-east-1.amazonaws.com"


def a_minute(hub: Stand, captures: dict[str, list[str]]) -> None:
    hub.clock.at += 60
    looked = {VPC: hub.clock.at, "vpc-0b2": hub.clock.at}
    hub.send(wire.DIGEST, a_digest(at=hub.clock.at, looked=looked, captured=captures))


def test_capture_that_a_sentinel_shows_is_told_where_nothing_is_registered(hub: Stand) -> None:
    seen_alive(hub, known("orders-api"))
    a_minute(hub, {VPC: [DOMAIN]})
    assert hub.said == [], "a registered endpoint uses the name: its own looks tell"
    for _ in range(3):
        a_minute(hub, {"vpc-0b2": [DOMAIN]})
    assert hub.said == [("chat", "forecast")]


def test_two_names_captured_in_one_minute_are_two_messages_of_their_own_ids(hub: Stand) -> None:
    seen_alive(hub)
    a_minute(hub, {"vpc-0b2": [DOMAIN, "sqs.us-east-1.amazonaws.com"]})
    assert hub.said == [("chat", "forecast")] * 2
    ids = {one["MessageAttributes"]["notice"]["Value"] for one in hub.chats}
    assert len(ids) == 2


def test_capture_that_comes_and_goes_is_told_once_and_again_when_it_was_gone(hub: Stand) -> None:
    seen_alive(hub)
    for minute in range(9):
        a_minute(hub, {"vpc-0b2": [DOMAIN]} if minute % 3 != 1 else {})
    assert hub.said == [("chat", "forecast")]
    for _ in range(6):
        a_minute(hub, {})
    a_minute(hub, {"vpc-0b2": [DOMAIN]})
    assert hub.said == [("chat", "forecast")] * 2


def test_capture_that_was_there_before_gatewatch_came_is_not_told(hub: Stand) -> None:
    hub.send(wire.DIGEST, a_digest(captured={"vpc-0b2": [DOMAIN]}))
    a_minute(hub, {"vpc-0b2": [DOMAIN]})
    assert hub.said == []


def test_further_pairs_of_a_minute_leave_what_its_first_message_told(hub: Stand) -> None:
    further = a_digest(known("search-api"), looked={})
    hub.send(wire.DIGEST, further)
    hub.send(wire.DIGEST, a_digest(known("orders-api")))
    assert digests.last(hub.hub, ACCOUNT, REGION).looked == {VPC: at("10:00:00")}
    assert len(digests.pairs_of(hub.hub, ACCOUNT, REGION)) == 2
    gone = a_digest(at=at("10:01:00"), gone=(f"search-api@{VPC}",))
    hub.send(wire.DIGEST, gone)
    assert list(digests.pairs_of(hub.hub, ACCOUNT, REGION)) == [
        f"orders-api@{ACCOUNT}/{REGION}/{VPC}"
    ]
