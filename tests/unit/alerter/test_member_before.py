"""A member of the release before, through a hub of this one: nothing that it tells is lost.

`wire/member-1.json` holds what its code wrote over the course of one capture: a roll-out takes
hours, and in them both releases send. It is never edited: a release adds a file.
"""

import json
from pathlib import Path

import pytest

from alerter import run
from reasoning import wire
from tests.unit.alerter.hub_stand import Stand

STORED = Path(__file__).parents[2] / "contracts" / "wire" / "member-1.json"
COURSE = json.loads(STORED.read_text("utf-8"))


def told(messages: list[dict], hub: Stand) -> Stand:
    for message in messages:
        hub.clock.at = message["at"]
        run.take(hub.hub, {key: value for key, value in message.items() if key != "at"})
        hub.collect()
    hub.to("10:24:00")
    return hub


@pytest.mark.parametrize("message", COURSE, ids=lambda m: f"{m['detail-type']} {m['at']:.0f}")
def test_each_message_of_it_is_read(message: dict) -> None:
    assert wire.read(message).records


def test_all_that_such_a_member_can_say_is_in_the_course() -> None:
    later = {wire.PLACEMENTS, wire.LEFT}
    assert {one["detail-type"] for one in COURSE} == set(wire.KINDS) - later


def test_a_capture_that_it_tells_is_paged_and_so_is_the_recovery(
    hub: Stand,
) -> None:
    told(COURSE, hub)
    pages = [said for said in hub.said if said[0] == "page"]
    assert pages == [("page", "opened"), ("page", "resolved")]
    opened, resolved = (json.dumps(page) for page in hub.pages)
    for words in ("PROVEN", "CreateVpcEndpoint", "netadmin@example.com", "orders-api"):
        assert words in opened
    assert "ModifyVpcEndpoint" in resolved and "oncall@example.com" in resolved


def test_a_transition_that_it_sends_again_is_no_second_incident(hub: Stand) -> None:
    again = [m for m in COURSE for _ in range(1 + (m["detail-type"] == wire.TRANSITIONS))]
    told(again, hub)
    pages = [said for said in hub.said if said[0] == "page"]
    assert pages == [("page", "opened"), ("page", "resolved")]
