"""Where members come from and where they go: hubs, kinds of StackSet, plain stacks, buckets."""

import json
from dataclasses import replace

import boto3
import pytest
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import cloudformation_backends

from gatewatch.commands import publish
from gatewatch.failure import Failed
from gatewatch.publishing.request import HubAt, Kind, Request, Store
from gatewatch.publishing.terms import Preferences
from lab.organisation import stand_in_hub
from tests.publishing.standing import (
    HUB_BUS,
    NAME,
    instances,
    member,
    our_buckets,
    stack_set,
)

pytestmark = pytest.mark.filterwarnings("ignore:Tried to parse .* moto:UserWarning")


def test_a_self_managed_stack_set_goes_to_accounts_by_number(here, published):
    accounts = (here.accounts["orders"], here.accounts["trial"])
    published(kind=Kind.SELF_MANAGED, waves=(accounts,))
    assert {account for account, _ in instances()} == set(accounts)
    assert not published(kind=Kind.SELF_MANAGED, waves=(accounts,))["changes"]
    with pytest.raises(Failed, match="another --name"):
        published()


def test_accounts_without_an_organisation_are_let_in_by_number(here, published):
    organizations = boto3.client("organizations")
    for account in here.accounts.values():
        organizations.remove_account_from_organization(AccountId=account)
    organizations.delete_organization()
    accounts = (here.accounts["orders"], here.accounts["trial"])
    published(kind=Kind.SELF_MANAGED, waves=(accounts[:1],))
    published(kind=Kind.SELF_MANAGED, waves=(accounts[1:],))
    published(kind=Kind.PLAIN)
    found = boto3.client("s3").get_bucket_policy(Bucket="gatewatch-123456789012-eu-west-1")
    read = json.loads(found["Policy"])["Statement"][1]
    assert read["Principal"] == {"AWS": [f"arn:aws:iam::{a}:root" for a in sorted(accounts)]}


def test_the_management_account_gets_a_plain_stack(here, published):
    published()
    answer = published(kind=Kind.PLAIN)
    assert [stack["region"] for stack in answer["stacks"]] == ["eu-west-1", "us-east-1"]
    (stack,) = boto3.client("cloudformation").describe_stacks(StackName=NAME)["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    assert not published(kind=Kind.PLAIN)["changes"]


@pytest.fixture
def updates(monkeypatch):
    """Updates of stacks of us-east-1, each answered as CloudFormation does one without a change:
    moto updates no layer."""
    backend, asked = cloudformation_backends["123456789012"]["us-east-1"], []

    def unchanged(parameters, **_):
        asked.append({one["ParameterKey"]: one["ParameterValue"] for one in parameters})
        raise ValidationError(message="No updates are to be performed.")

    monkeypatch.setattr(backend, "update_stack", unchanged)
    return asked


def test_a_plain_stack_keeps_a_parameter_until_it_is_changed(published, updates):
    plain = {"kind": Kind.PLAIN, "regions": ("us-east-1",)}
    published(**plain, parameters={"Placement": "none", "MaxRate": "2"})
    assert not published(**plain)["changes"]
    published(**plain, parameters={"MaxRate": "3"})
    assert updates == [{"HubBusArn": HUB_BUS, "Placement": "none", "MaxRate": "3"}]


def test_what_a_plain_stack_is_given_is_shown(here, tmp_path, capsys):
    base = Request(kind=Kind.PLAIN, hub=HubAt(bus_arn=HUB_BUS), regions=("us-east-1",))
    publish.run(replace(base, parameters={"MaxRate": "2"}), True, member=member(tmp_path))
    assert "    + MaxRate = 2" in capsys.readouterr().out
    publish.run(replace(base, parameters={"MaxRate": "3"}), member=member(tmp_path))
    told = capsys.readouterr().out
    assert "    ~ MaxRate: 2 -> 3" in told and "HubBusArn" not in told


def test_the_management_accounts_command_gives_what_the_other_members_get(here, tmp_path, capsys):
    """Without the registry's bucket `pause: true` would not reach it."""
    stand_in_hub(here, here.id)
    request = Request(waves=((here.root,),), parameters={"Placement": "tagged"})
    publish.run(request, member=member(tmp_path))
    (command,) = [one for one in capsys.readouterr().out.splitlines() if "--kind plain" in one]
    assert f"--hub-bus-arn {HUB_BUS}" in command
    assert "--parameter Placement=tagged --parameter RegistryBucket=hub-registry" in command


def test_a_stack_that_rolled_back_to_what_is_asked_for_is_no_failure(published, updates):
    published(kind=Kind.PLAIN)
    (stack,) = cloudformation_backends["123456789012"]["us-east-1"].stacks.values()
    stack.status = "UPDATE_ROLLBACK_COMPLETE"
    assert published(kind=Kind.PLAIN)["exit_code"] == 0 and len(updates) == 1


def test_a_bucket_is_closed_but_for_the_organisation(here, published):
    published()
    s3, bucket = boto3.client("s3"), "gatewatch-123456789012-eu-west-1"
    policy = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
    deny, read = policy["Statement"]
    assert deny["Effect"] == "Deny" and deny["Condition"] == {
        "Bool": {"aws:SecureTransport": "false"}
    }
    assert read["Action"] == "s3:GetObject"
    assert read["Condition"] == {"StringEquals": {"aws:PrincipalOrgID": here.id}}
    blocked = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    assert set(blocked.values()) == {True}
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"


def test_a_bucket_that_somebody_opened_is_set_right(published):
    published()
    s3 = boto3.client("s3")
    s3.delete_public_access_block(Bucket="gatewatch-123456789012-eu-west-1")
    answer = published()
    assert [b["set"] for b in answer["buckets"]] == [["public access blocked"], []]
    assert not published()["changes"]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        pytest.param({"hub": HubAt()}, "--hub-bus-arn", id="no hub"),
        pytest.param({"waves": ()}, "--to names", id="nowhere"),
        pytest.param({"parameters": {"Nope": "1"}}, "no such parameter", id="parameter"),
        pytest.param({"store": Store(prefix="Large")}, "small letters", id="prefix"),
        pytest.param({"store": Store(owner="999999999999")}, "publish this very", id="owner"),
    ],
)
def test_a_mistake_is_told_before_anything_is_done(published, changed, told):
    with pytest.raises(Failed, match=told):
        published(**changed)
    assert our_buckets() == []


def test_the_hub_of_the_account_tells_its_bus_and_its_registry(here, published):
    stand_in_hub(here, here.id)
    published(hub=HubAt())
    given = {p["ParameterKey"]: p["ParameterValue"] for p in stack_set()["Parameters"]}
    assert given == {"HubBusArn": HUB_BUS, "RegistryBucket": "hub-registry"}


@pytest.mark.parametrize(("admits", "told"), [("", True), ("own", False)])
def test_a_hub_that_refuses_the_organisation_is_told(here, tmp_path, capsys, admits, told):
    stand_in_hub(here, here.id if admits else "")
    publish.run(Request(waves=((here.root,),)), member=member(tmp_path))
    assert (f"deploy it with OrganizationId={here.id}" in capsys.readouterr().out) is told


@pytest.mark.parametrize("excluded", [(), ("123456789012",)])
def test_a_hub_with_a_member_of_its_own_is_told_unless_it_is_left_out(
    here, tmp_path, capsys, excluded
):
    stand_in_hub(here, here.id, has_member="true")
    request = Request(waves=((here.root,),), excluded=excluded)
    publish.run(request, member=member(tmp_path))
    assert ("DeployMember=false" in capsys.readouterr().out) is not bool(excluded)


@pytest.mark.parametrize(
    ("pace", "told"),
    [
        (Preferences(), True),
        (Preferences(soft=True), False),
        (Preferences(tolerance_percent=5), False),
    ],
)
def test_a_pace_of_one_account_after_the_other_is_told(here, tmp_path, capsys, pace, told):
    """In strict mode as many are worked on at once as may fail, and one (CloudFormation API)."""
    request = Request(hub=HubAt(bus_arn=HUB_BUS), waves=((here.root,),), preferences=pace)
    publish.run(request, member=member(tmp_path))
    assert ("one account after the other" in capsys.readouterr().out) is told


def test_people_read_what_changes_and_what_it_leaves_out(here, tmp_path, capsys):
    request = Request(hub=HubAt(bus_arn=HUB_BUS), waves=((here.root,),))
    assert publish.run(request, member=member(tmp_path)) == 0
    told = capsys.readouterr().out
    assert "+ bucket gatewatch-123456789012-eu-west-1" in told
    assert "nothing was done; --yes does it" in told
    assert f"account {here.management} is the organisation's management account" in told
