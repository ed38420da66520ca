"""`gatewatch incidents`, `ack` and `silence`: what people say of an incident, and what follows."""

import json
from dataclasses import replace

import pytest

from alerter import incidents, run
from alerter.table import Put
from reasoning.told import Mode
from tests.support.story import at
from tests.unit.alerter.hub_stand import Stand
from tests.unit.cli.told_course import course


def reload(hub: Stand, name: str):
    found = incidents.load(hub.hub, name)
    assert found is not None
    return found


def test_open_incidents_are_listed(hub: Stand, gatewatch) -> None:
    over, still = course(hub)
    code, out, _ = gatewatch("incidents")
    assert code == 0
    assert still in out and over not in out
    _, out, _ = gatewatch("incidents", "--json")
    assert [row["id"] for row in json.loads(out)] == [still]


def test_none_open_is_said(hub: Stand, gatewatch) -> None:
    assert gatewatch("incidents")[1] == "no incident is open\n"


def test_an_acknowledged_incident_is_called_to_mind_no_more(hub: Stand, gatewatch) -> None:
    _, still = course(hub)
    code, out, _ = gatewatch("ack", still[:4].lower(), "--by", "alice")
    assert (code, out) == (0, f"{still}: acknowledged by alice\n")
    found = reload(hub, still)
    assert (found.acknowledged, found.acknowledged_by) == (True, "alice")
    hub.clock.at = at("14:30:00")
    hub.to("14:40:00")
    assert ("chat", "reminder") not in hub.said
    assert "alice" in gatewatch("incidents")[1]


@pytest.mark.parametrize("word", ["ack", "silence"])
def test_for_a_while_puts_the_next_reminder_off_to_its_end(
    hub: Stand, gatewatch, word: str
) -> None:
    _, still = course(hub)
    assert gatewatch(word, still, "--for", "6h")[0] == 0
    hub.to("10:32:00")
    hub.clock.at = at("16:28:00")
    hub.to("16:29:30")
    assert ("chat", "reminder") not in hub.said
    hub.to("16:32:00")
    assert hub.said.count(("chat", "reminder")) == 1


def test_who_says_so_is_who_the_credentials_say(hub: Stand, gatewatch) -> None:
    _, still = course(hub)
    gatewatch("silence", still, "--for", "1h")
    assert reload(hub, still).silenced_by == "moto"


def test_an_acknowledged_incident_does_not_page_when_the_hub_begins_to_notify(
    hub: Stand, gatewatch
) -> None:
    _, still = course(hub)
    gatewatch("ack", still)
    hub.hub = replace(hub.hub, settings=replace(hub.hub.settings, mode=Mode.NOTIFY))
    hub.to("10:50:00")
    assert [said for said in hub.said if said[0] == "page"] == []


def test_a_word_said_keeps_what_a_newer_release_wrote(hub: Stand, gatewatch) -> None:
    _, still = course(hub)
    header = hub.hub.table.get(f"incident#{still}", "header")
    later = replace(header, body={**header.body, "of_a_later_release": 7})
    hub.hub.table.put(Put(item=later))
    gatewatch("ack", still)
    body = hub.hub.table.get(f"incident#{still}", "header").body
    assert (body["of_a_later_release"], body["version"]) == (7, int(header.number) + 1)
    run.take(hub.hub, {"kind": "tick"})
    assert reload(hub, still).acknowledged


def test_one_that_is_over_cannot_be_acknowledged(hub: Stand, gatewatch) -> None:
    over, _ = course(hub)
    code, _, told = gatewatch("ack", over)
    assert code == 2
    assert "is over" in told
