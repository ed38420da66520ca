"""Whose terms `gatewatch place --plan` plans by: the member's of this account, or the defaults."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from gatewatch.commands.plan import kept_by, member_of
from gatewatch.failure import Failed
from gatewatch.operating.member_stack import MARKS
from placer.calls import Calls
from placer.decision import Mode, Terms
from placer.facts import Refusal, RefusalKind
from placer.memory import Kept, Memory
from placer.rollout import Rollout
from placer.stack import OUTPUTS
from tests.support.virtual_clock import VirtualClock

REGION = "us-east-1"
PARAMETERS = {"Placement": "tagged", "MinVpcAgeMinutes": "5", "LookConcurrency": "2"}
MEMBER = {
    "Parameters": {name: {"Type": "String", "Default": "1"} for name in PARAMETERS},
    "Resources": {
        "Table": {
            "Type": "AWS::DynamoDB::Table",
            "Properties": {
                "TableName": "gatewatch-member",
                "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": [
                    {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")
                ],
                "KeySchema": [
                    {"AttributeName": "pk", "KeyType": "HASH"},
                    {"AttributeName": "sk", "KeyType": "RANGE"},
                ],
            },
        }
    },
    "Outputs": {output: {"Value": f"the {field}"} for field, output in OUTPUTS.items()}
    | {name: {"Value": "x"} for name in MARKS}
    | {"TableName": {"Value": {"Ref": "Table"}}},
}


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield boto3.Session(region_name=REGION)


def calls(session: Any) -> Calls:
    return Calls(cloudformation=session.client("cloudformation"))


def deploy(session: Any, template: dict[str, Any], name: str = "gatewatch") -> None:
    session.client("cloudformation").create_stack(
        StackName=name,
        TemplateBody=json.dumps(template),
        Parameters=[
            {"ParameterKey": key, "ParameterValue": value}
            for key, value in PARAMETERS.items()
            if key in template["Parameters"]
        ],
    )


def test_they_are_the_parameters_of_the_members_stack(session: Any) -> None:
    deploy(session, MEMBER)
    found = member_of(calls(session), "gatewatch")
    assert found.table == "gatewatch-member"
    assert found.terms.release == "the release"
    assert found.terms == Terms(
        member=found.terms.member, mode=Mode.TAGGED, min_vpc_age=300, look_concurrency=2
    )


def test_the_one_member_of_an_account_is_found_whatever_its_name(session: Any) -> None:
    deploy(session, MEMBER, "StackSet-gatewatch-member-0a1b")
    assert member_of(calls(session), "gatewatch").table == "gatewatch-member"
    assert member_of(calls(session), "a-name-that-is-not-there").table == ""


def test_beside_a_hub_without_a_member_of_its_own_it_is_found_too(session: Any) -> None:
    """DeployMember=false, where a StackSet brings the member to the hub's account."""
    hub = {"Parameters": {}, "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
    deploy(session, hub)
    deploy(session, MEMBER, "StackSet-gatewatch-member-0a1b")
    assert member_of(calls(session), "gatewatch").table == "gatewatch-member"


def test_before_anything_is_deployed_they_are_the_defaults(
    session: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    found = member_of(calls(session), "gatewatch")
    assert found.table == ""
    assert found.terms == Terms(member=found.terms.member)
    assert "planned by the defaults" in capsys.readouterr().err


def test_a_stack_that_is_no_members_is_refused(session: Any) -> None:
    deploy(session, MEMBER | {"Outputs": {}})
    with pytest.raises(Failed, match="--stack names another"):
        member_of(calls(session), "gatewatch")


def test_what_the_placer_remembers_is_read(session: Any) -> None:
    deploy(session, MEMBER)
    refused = Refusal(vpc_id="vpc-1", kind=RefusalKind.POLICY, why="no", at=1.0)
    kept = Kept(since_at=1.0, seen={"vpc-1": 5.0}, refusals=(refused,), rollout=Rollout(open=3))
    dynamodb, clock = session.client("dynamodb"), VirtualClock(0.0)
    Memory(dynamodb=dynamodb, table="gatewatch-member", clock=clock).save(kept)
    found = kept_by(dynamodb, member_of(calls(session), "gatewatch"), clock)
    assert (found.remembered.seen, found.remembered.refusals) == ({"vpc-1": 5.0}, (refused,))
    assert found.rings_open == 3


def test_a_table_that_is_not_readable_is_told(
    session: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    deploy(session, MEMBER)
    member = replace(member_of(calls(session), "gatewatch"), table="another")
    assert kept_by(session.client("dynamodb"), member, VirtualClock(0.0)) == Kept()
    assert "what the placer remembers was not read" in capsys.readouterr().err


def test_a_halted_release_opens_no_ring() -> None:
    assert Kept(rollout=Rollout(open=3, halted="it sees less")).rings_open == 0
