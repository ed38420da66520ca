"""What is not to be said of an actor stands in no form of any message."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from probing.wire import to_json
from reasoning import bulletin
from reasoning.actor_detail import WITHHELD, ActorDetail, Details, told_change
from reasoning.blame import Suspect
from reasoning.change import Actor, Change, Tool
from reasoning.changeline import change_line
from reasoning.explain import explain
from reasoning.forecast import Forecast
from reasoning.incident import Incident
from reasoning.message import Message, of_incident
from reasoning.told import Mode, Notice, Where
from tests.support.story import ACCOUNT, CAPTOR, NAMES, VPC
from tests.support.telling import INCIDENTS, NOW
from tests.unit.telling.test_bulletins import pair

EVENTS = Path(__file__).resolve().parents[3] / "events" / "recorder"
PERSON, SESSION, ADDRESS = "mallory@example.com", "mallory-laptop-7", "198.51.100.77"
ROLE = "NetworkAdministrator"
SECRET = (PERSON, "mallory", SESSION, ADDRESS, "agent/of-mallory")
ARN = f"arn:aws:sts::{ACCOUNT}:assumed-role/{ROLE}/{SESSION}"

ACTORS = {
    "sso": Actor(name=PERSON, type="sso", arn=ARN, role=ROLE, session=PERSON),
    "role": Actor(name=f"{ROLE}/{SESSION}", type="role", arn=ARN, role=ROLE, session=SESSION),
    "source identity": Actor(
        name=f"{PERSON} (as {ROLE}/{SESSION})", type="role", role=ROLE, session=SESSION
    ),
    "stack": Actor(
        name=f"CloudFormation stack mallory-net, run by {PERSON}",
        type="stack",
        role=ROLE,
        session=PERSON,
    ),
    "user": Actor(name="mallory", type="user", arn=f"arn:aws:iam::{ACCOUNT}:user/mallory"),
    "root": Actor(name="account root (mallory)", type="root"),
    "service": Actor(name=ADDRESS, type="service"),
    "account": Actor(name=f"account {ACCOUNT} (principal {SESSION})", type="account"),
    "unknown": Actor(name=PERSON, type="unknown"),
}
WITHOUT_ROLE = ("user", "root", "service", "account", "unknown")


def done_by(change: Change, actor: Actor) -> Change:
    tool = Tool(name="Terraform", user_agent="agent/of-mallory")
    return replace(change, actor=actor, tool=tool, source_address=ADDRESS)


def by(incident: Incident, actor: Actor) -> Incident:
    suspects = tuple(
        Suspect(change=done_by(one.change, actor), confidence=one.confidence, because=one.because)
        for one in incident.suspects
    )
    repair = done_by(incident.repair, actor) if incident.repair else None
    return replace(
        incident, suspects=suspects, repair=repair, acknowledged=True, acknowledged_by=PERSON
    )


def message(name: str, actor: Actor, details: Details, *, withheld: str = "") -> Message:
    incident, reason, where = INCIDENTS[name]
    notice = Notice(
        id="7F3K/x/1", reason=reason, where=where, due_at=NOW, why="", withheld=withheld
    )
    return of_incident(
        by(incident, actor), notice, default_owner="platform", now_at=NOW, details=details
    )


def forecast(actor: Actor, detail: ActorDetail) -> Message:
    found = Forecast(
        change=done_by(INCIDENTS["opened-proven"][0].suspects[0].change, actor),
        vpc_id=VPC,
        endpoint_id=CAPTOR,
        names=tuple(NAMES),
        captured=(pair("orders-api"),),
    )
    return bulletin.forecast(found, default_owner="platform", detail=detail)


def everything(said: Any) -> str:
    """All that a message holds, in every form, as one text."""
    return json.dumps(to_json(said), ensure_ascii=False)


def told(said: Any, words: tuple[str, ...]) -> list[str]:
    text = everything(said)
    return [word for word in words if word in text]


@pytest.mark.parametrize("detail", [ActorDetail.ROLE, ActorDetail.NONE])
@pytest.mark.parametrize("actor", ACTORS)
@pytest.mark.parametrize("name", INCIDENTS)
def test_no_form_of_a_message_names_person_session_or_address(
    name: str, actor: str, detail: ActorDetail
) -> None:
    said = message(name, ACTORS[actor], Details(page=detail, chat=detail))
    assert told(said, SECRET) == []
    withheld = message(name, ACTORS[actor], Details(page=detail, chat=detail), withheld="observe")
    assert told(withheld, SECRET) == []


@pytest.mark.parametrize("detail", [ActorDetail.ROLE, ActorDetail.NONE])
@pytest.mark.parametrize("actor", ACTORS)
def test_no_form_of_a_forecast_does(actor: str, detail: ActorDetail) -> None:
    assert told(forecast(ACTORS[actor], detail), SECRET) == []


@pytest.mark.parametrize("name", ["opened-proven", "resolved", "repair-learned", "cause-found"])
def test_none_names_neither_role_nor_tool_and_says_which_account(name: str) -> None:
    nothing = Details(page=ActorDetail.NONE, chat=ActorDetail.NONE)
    said = message(name, ACTORS["sso"], nothing)
    assert told(said, (ROLE, "Terraform")) == []
    assert f"in account {ACCOUNT}" in said.text
    assert "who: no event" not in said.text


def test_role_names_the_role_and_the_tool() -> None:
    role = Details(page=ActorDetail.ROLE, chat=ActorDetail.ROLE)
    said = message("opened-proven", ACTORS["sso"], role)
    assert f"by role {ROLE}, with Terraform" in said.text
    assert "Terraform will put it back" in said.text
    assert said.event["change"]["actor"] == f"role {ROLE}"


@pytest.mark.parametrize("actor", WITHOUT_ROLE)
def test_who_acts_without_a_role_is_told_as_what_they_are(actor: str) -> None:
    line = change_line(told_change(done_by(_change(), ACTORS[actor]), ActorDetail.ROLE))
    assert " by a" in line or " by the account root" in line


def test_each_way_out_has_its_own_detail_and_the_event_the_stricter() -> None:
    details = Details(page=ActorDetail.FULL, chat=ActorDetail.ROLE)
    said = message("cause-found", ACTORS["sso"], details)
    assert PERSON in said.text
    assert PERSON in everything(said.alarm)
    assert told((said.chat, said.chat_text, said.event), SECRET) == []
    other = message("cause-found", ACTORS["sso"], Details(page=ActorDetail.NONE))
    assert told((other.text, other.alarm, other.event, other.subject), SECRET) == []
    assert PERSON in other.chat_text


def test_full_says_who_with_what_and_the_event_from_where() -> None:
    said = message("opened-proven", ACTORS["sso"], Details())
    assert f"by {PERSON}, with Terraform" in said.text
    assert said.event["change"]["source_address"] == ADDRESS


def _change() -> Change:
    return INCIDENTS["opened-proven"][0].suspects[0].change


@pytest.mark.parametrize("path", sorted(EVENTS.glob("*.json")), ids=lambda path: path.stem)
@pytest.mark.parametrize("detail", [ActorDetail.ROLE, ActorDetail.NONE])
def test_no_recorded_event_tells_its_session_or_address(path: Path, detail: ActorDetail) -> None:
    change = explain(json.loads(path.read_text())).change
    if change is None or change.actor is None:
        return
    actor = change.actor
    hidden = [actor.session, actor.arn, change.source_address, change.tool.user_agent]
    if actor.name != actor.role:
        hidden.append(actor.name)
    text = everything(told_change(change, detail))
    service = change.source_address.endswith(".amazonaws.com")
    found = [one for one in hidden if one and one in text]
    assert [one for one in found if not (service and one.endswith(".amazonaws.com"))] == []


def test_a_change_without_an_event_has_no_actor_at_any_detail() -> None:
    bare = replace(_change(), actor=None, inferred=True)
    for detail in ActorDetail:
        assert told_change(bare, detail).actor is None
        assert "who: no event yet" in change_line(told_change(bare, detail))
    assert told_change(_change(), ActorDetail.NONE).actor == Actor(name="", type=WITHHELD)


def test_every_mode_that_withholds_has_its_words() -> None:
    for mode in set(Mode) - {Mode.NOTIFY}:
        said = message("opened-proven", ACTORS["sso"], Details(), withheld=mode.value)
        assert "withheld" in said.chat_text
    assert Where.PAGE.pages
