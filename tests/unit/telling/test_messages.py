"""Every text about an incident as people and receivers read it, held to golden files."""

import json
import re
from dataclasses import replace

import pytest

from reasoning import notice
from reasoning.alarm import subject_of
from reasoning.change import Tool
from reasoning.chat import chat_of
from reasoning.followup import text_of
from reasoning.joining import begin
from reasoning.message import of_incident, plain_of
from reasoning.notice import Rules
from reasoning.page import headline
from reasoning.told import Notice, Reason, Where
from tests.support.story import captured, loss, vantage
from tests.support.telling import INCIDENTS, NOW, accused, expected, proven, said, storm


@pytest.mark.parametrize("name", INCIDENTS)
def test_an_incident_reads_as_agreed(name: str) -> None:
    text = said(name).text
    assert text + "\n" == expected(f"{name}.txt", text + "\n")


@pytest.mark.parametrize("name", INCIDENTS)
def test_a_text_fits_a_page(name: str) -> None:
    lines = said(name).text.split("\n")
    assert len(lines) <= 15
    assert len(lines[0]) <= 110


def test_every_reason_about_an_incident_is_worded() -> None:
    assert {reason for _, reason, _ in INCIDENTS.values()} == set(notice.INCIDENT_REASONS)


@pytest.mark.parametrize("name", ["opened-proven", "resolved", "merged", "unwatched"])
def test_alarm_json_reads_as_agreed_and_agrees_with_its_subject(name: str) -> None:
    message = said(name)
    text = json.dumps(message.alarm, indent=1, ensure_ascii=False) + "\n"
    assert text == expected(f"{name}.alarm.json", text)
    state = message.subject.partition(":")[0]
    assert state == message.alarm["NewStateValue"]
    assert len(message.subject) < 100
    assert message.subject.isprintable()


def test_the_alert_key_is_the_same_from_opening_to_resolving() -> None:
    names = {said(name).alarm["AlarmName"] for name in ("opened-proven", "resolved", "grew")}
    assert names == {"gatewatch 7F3K2M9Q"}


@pytest.mark.parametrize("name", ["cause-found", "amended-foretold-loss", "resolved"])
def test_chat_json_reads_as_agreed(name: str) -> None:
    chat = said(name).chat
    text = json.dumps(chat, indent=1, ensure_ascii=False) + "\n"
    assert text == expected(f"{name}.chat.json", text)
    assert (chat["version"], chat["source"]) == ("1.0", "custom")
    assert chat["metadata"]["threadId"] == "7F3K2M9Q"


@pytest.mark.parametrize("name", [n for n in INCIDENTS if n not in ("opened-proven",)])
def test_a_command_stands_only_for_what_is_proven_and_can_be_reckoned(name: str) -> None:
    incident, _, _ = INCIDENTS[name]
    text = said(name).text
    if not incident.proven or incident.costs_at is None:
        assert "aws " not in text


@pytest.mark.parametrize("subject", ["vpce-0abc; rm -rf /", "vpce-0ABC", "$(id)", "vpce-0abc\n"])
def test_a_command_is_never_built_from_what_has_not_the_form_of_an_id(subject: str) -> None:
    incident = replace(proven(1), diagnosis=captured(subject=subject))
    told = Notice(id="x", reason=Reason.OPENED, where=Where.PAGE, due_at=NOW, why="")
    text = of_incident(incident, told, default_owner="platform", now_at=NOW).text
    assert "aws ec2" not in text


def test_the_fallback_says_nothing_from_outside() -> None:
    incident, reason, where = INCIDENTS["opened-proven"]
    told = Notice(id="x", reason=reason, where=where, due_at=NOW, why="")
    message = plain_of(incident, told, default_owner="platform", now_at=NOW)
    assert "orders-api" not in message.text
    assert message.alarm["NewStateValue"] == "ALARM"


def test_a_burst_of_messages_reads_the_same_as_one_by_one() -> None:
    assert {said("opened-proven").text for _ in range(50)} == {said("opened-proven").text}


def test_an_incident_that_nobody_owns_goes_to_the_default_owner() -> None:
    incident = replace(proven(1), owners=())
    told = Notice(id="x", reason=Reason.OPENED, where=Where.PAGE, due_at=NOW, why="")
    message = of_incident(incident, told, default_owner="platform", now_at=NOW)
    assert message.attributes["owner"] == ("platform",)


def test_rules_have_the_defaults_of_the_template() -> None:
    assert (Rules().min_good_seconds, Rules().group_wait_seconds) == (900, 20)


def test_a_long_name_of_a_vpc_leaves_room_for_what_broke() -> None:
    where = vantage(vpc_id="vpc-0123456789abcdef0", label="production-payments-and-ledger-" * 2)
    incident = begin(
        loss("payments-orders-api-production", vantage=where), now_at=NOW, min_good_seconds=900
    )
    for word in ("DOWN", "CAUSE DOWNGRADED"):
        first = headline(incident, word)
        assert len(first) <= 110
        assert first.startswith(f"{word} payments-orders-api-produ")
        assert first.endswith("since 10:04Z")


def test_a_subject_is_ascii_and_short_whatever_the_endpoint_is_called() -> None:
    for name in ("bestellungen-größe-注文", "a" * 300):
        line = subject_of(f"DOWN {name} from vpc-0a1", closes=False)
        assert line.isascii() and line.isprintable() and len(line) < 100
        assert line.startswith("ALARM: DOWN ")


def test_every_owner_of_a_wide_incident_is_among_those_that_filters_see() -> None:
    incident, reason, where = INCIDENTS["opened-proven"]
    owners = tuple(f"team-{number}" for number in range(40))
    notice = Notice(id="7F3K/opened/1", reason=reason, where=where, due_at=NOW, why="")
    told = of_incident(
        replace(incident, owners=owners), notice, default_owner="platform", now_at=NOW
    )
    assert told.attributes["owner"] == owners


def test_a_step_of_chat_holds_a_whole_command_or_none() -> None:
    command = "aws ec2 authorize-security-group-ingress --ip-permissions '" + "x" * 400 + "'"
    text = f"DOWN\nDo      in account 111122223333:\n        {command}\nCosts   none"
    long = chat_of(text, notice_id="1", reason=Reason.OPENED, thread="t")
    (step,) = long["content"]["nextSteps"]
    assert "aws ec2" not in step and "in the message, whole" in step
    assert command in long["content"]["description"]
    short = chat_of(text.replace("x" * 400, "x"), notice_id="1", reason=Reason.OPENED, thread="t")
    assert "--ip-permissions 'x'" in short["content"]["nextSteps"][0]


@pytest.mark.parametrize(
    ("tool", "line"),
    [
        ("Terraform", "Terraform will put it back: set private_dns_enabled = false there"),
        ("OpenTofu", "OpenTofu will put it back: set private_dns_enabled = false there"),
        ("AWS CDK", "AWS CDK will put it back: set PrivateDnsEnabled: false in the stack"),
        ("AWS SAM CLI", "AWS SAM CLI will put it back: set PrivateDnsEnabled: false in the stack"),
        ("CloudFormation StackSets", "StackSets will put it back: set PrivateDnsEnabled: false"),
        ("Pulumi", "Pulumi will put it back: change it there too"),
        ("AWS CLI", "recovery in 1-5 min\n"),
    ],
)
def test_who_undoes_it_is_told_what_the_tool_that_did_it_will_do(tool: str, line: str) -> None:
    told = replace(accused(storm(1), tool=Tool(name=tool)), costs_at=NOW)
    text = text_of(told, Reason.OPENED)
    assert line in re.sub(r"\n +", " ", text)
