"""What leaves by export has the published shape, and says of actors what is asked for."""

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from reasoning.actor_detail import ActorDetail
from reasoning.change import Actor
from reasoning.explain import explain
from reasoning.exported import change_row, incident_row, moment
from reasoning.told import Reason, Ring
from tests.support.story import at, creation, switch_off
from tests.support.telling import INCIDENTS

ROOT = Path(__file__).resolve().parents[3]
SCHEMA = json.loads((ROOT / "docs" / "export.schema.json").read_text())
EVENTS = sorted((ROOT / "events" / "recorder").glob("*.json"))
WHO = Actor(name="mallory@example.com", type="sso", role="NetAdmin", session="mallory@example.com")


def shaped(row: dict) -> dict:
    """The row as a reader of its line gets it, held to the schema."""
    read = json.loads(json.dumps(row))
    jsonschema.Draft202012Validator(SCHEMA).validate(read)
    return read


@pytest.mark.parametrize("detail", ActorDetail)
@pytest.mark.parametrize("name", INCIDENTS)
def test_an_incident_has_the_published_shape(name: str, detail: ActorDetail) -> None:
    row = shaped(incident_row(INCIDENTS[name][0], detail))
    assert set(row) == set(SCHEMA["$defs"]["incident"]["properties"])


@pytest.mark.parametrize("detail", ActorDetail)
@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_a_change_has_the_published_shape(path: Path, detail: ActorDetail) -> None:
    change = explain(json.loads(path.read_text())).change
    if change is not None:
        row = shaped(change_row(change, detail))
        assert set(row) == {"schema", *SCHEMA["$defs"]["change_fields"]["properties"]}


def test_what_people_said_of_it_and_what_was_withheld_is_told() -> None:
    incident = INCIDENTS["opened-proven"][0]
    ring = Ring(at=at("10:05:00"), reason=Reason.OPENED, withheld="observe")
    known = replace(
        incident,
        told=replace(incident.told, rings=(ring,)),
        acknowledged=True,
        acknowledged_by="mallory@example.com",
        acknowledged_at=at("10:06:00"),
        silenced_until_at=at("14:00:00"),
        silenced_by="mallory@example.com",
    )
    row = shaped(incident_row(known, ActorDetail.FULL))
    assert row["acknowledged"] == {
        "by": "mallory@example.com",
        "at": "2026-11-21T10:06:00.000Z",
        "until": None,
    }
    assert row["silenced"]["until"] == "2026-11-21T14:00:00.000Z"
    assert row["told"]["rings"] == [
        {"at": "2026-11-21T10:05:00.000Z", "reason": "opened", "withheld": "observe"}
    ]
    for detail in (ActorDetail.ROLE, ActorDetail.NONE):
        assert "mallory" not in json.dumps(shaped(incident_row(known, detail)))


@pytest.mark.parametrize("detail", [ActorDetail.ROLE, ActorDetail.NONE])
def test_no_row_names_a_person_or_an_address(detail: ActorDetail) -> None:
    done = creation(
        actor=WHO,
        source_address="198.51.100.77",
        typed=False,
        summary="CreateTags: owner mallory@example.com",
        resource_ids=(
            "vpce-0abc",
            "arn:aws:sts::111122223333:assumed-role/NetAdmin/mallory@example.com",
        ),
    )
    repaired = replace(INCIDENTS["resolved"][0], repair=switch_off(actor=WHO))
    rows = [change_row(done, detail), incident_row(repaired, detail)]
    text = json.dumps([shaped(row) for row in rows])
    assert "mallory" not in text
    assert "198.51.100.77" not in text
    assert "vpce-0abc" in text
    assert ("NetAdmin" in text) is (detail is ActorDetail.ROLE)


@pytest.mark.parametrize("detail", [ActorDetail.ROLE, ActorDetail.NONE])
def test_a_rule_for_one_s_own_address_does_not_tell_it(detail: ActorDetail) -> None:
    event = json.loads(
        (ROOT / "events/recorder/ec2.AuthorizeSecurityGroupIngress.json").read_text()
    )
    change = explain(event).change
    assert change is not None
    mine = replace(change, actor=WHO, source_address="198.51.100.77")
    rule = {**change.after["rules"][0], "cidrs": ["198.51.100.77/32", "10.0.0.0/16"]}
    options = {"dns": {"domain": "mallory@example.com"}}
    mine = replace(mine, after={"rules": [rule], **options}, before=options)
    mine = replace(mine, summary="AuthorizeSecurityGroupIngress: sg-1: 198.51.100.77/32")
    row = shaped(change_row(mine, detail))
    text = json.dumps(row)
    assert "mallory" not in text and "198.51.100.77" not in text
    assert row["after"]["rules"][0] == {**rule, "cidrs": ["(withheld)/32", "10.0.0.0/16"]}
    assert change_row(mine, ActorDetail.FULL)["after"] == mine.after


def test_moments_are_text_in_utc_and_none_where_there_is_none() -> None:
    assert moment(at("10:02:51.25")) == "2026-11-21T10:02:51.250Z"
    assert moment(None) is None
