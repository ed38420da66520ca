"""`gatewatch publish` end to end: the real client, by HTTP, against an organisation on moto."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import boto3
import pytest

from gatewatch.commands import publish
from gatewatch.failure import Failed
from gatewatch.publishing.request import HubAt, Kind, Request, Store
from lab import stacksets
from lab.organisation import stand_in_hub
from tests.publishing.standing import HUB_BUS, member

ROOT = Path(__file__).resolve().parents[2]
NAME = "gatewatch-member"
pytestmark = pytest.mark.filterwarnings("ignore:Tried to parse .* moto:UserWarning")


def instances(status=None):
    rows = boto3.client("cloudformation").list_stack_instances(StackSetName=NAME)["Summaries"]
    return {(r["Account"], r["Region"]) for r in rows if status in (None, r["Status"])}


def stack_set():
    return boto3.client("cloudformation").describe_stack_set(StackSetName=NAME)["StackSet"]


def objects(region):
    bucket = f"gatewatch-123456789012-{region}"
    rows = boto3.client("s3", region_name=region).list_objects_v2(Bucket=bucket)
    return {row["Key"] for row in rows.get("Contents", [])}


def our_buckets():
    names = [bucket["Name"] for bucket in boto3.client("s3").list_buckets()["Buckets"]]
    return [name for name in names if name.startswith("gatewatch-")]


def acts(answer):
    return [step["act"] for step in answer["steps"]]


def test_what_would_change_is_shown_and_nothing_is_done_without_yes(published):
    shown = published(yes=False)
    assert shown["exit_code"] == 0 and shown["changes"] and not shown["operations"]
    assert acts(shown) == ["create", "add"]
    assert our_buckets() == []
    assert boto3.client("cloudformation").list_stack_sets()["Summaries"] == []


def test_every_account_of_the_unit_gets_a_member_in_every_region(here, published):
    answer = published()
    assert answer["exit_code"] == 0
    wanted = {here.accounts["orders"], here.accounts["payments"]}
    assert instances("CURRENT") == {(a, r) for a in wanted for r in ("eu-west-1", "us-east-1")}
    found = stack_set()
    assert found["PermissionModel"] == "SERVICE_MANAGED"
    assert found["AutoDeployment"] == {"Enabled": True, "RetainStacksOnAccountRemoval": False}
    assert found["ManagedExecution"] == {"Active": True}
    given = {p["ParameterKey"]: p["ParameterValue"] for p in found["Parameters"]}
    assert given == {"HubBusArn": HUB_BUS}


def test_each_region_has_the_code_that_the_template_names_there(published):
    published()
    body = json.loads(stack_set()["TemplateBody"])
    keys = {
        place["S3Key"]
        for resource in body["Resources"].values()
        for place in resource.get("Properties", {}).values()
        if isinstance(place, dict) and "S3Key" in place
    }
    assert keys and keys <= objects("us-east-1") and objects("us-east-1") == objects("eu-west-1")


def test_us_east_1_is_always_among_the_regions(published):
    published(regions=("eu-west-1",))
    assert {region for _, region in instances()} == {"eu-west-1", "us-east-1"}


def test_a_second_publication_changes_nothing_and_needs_no_option(here, published):
    published()
    operations = boto3.client("cloudformation").list_stack_set_operations(StackSetName=NAME)
    again = published(waves=(), regions=(), hub=HubAt())
    assert not again["changes"] and not again["operations"] and again["exit_code"] == 0
    after = boto3.client("cloudformation").list_stack_set_operations(StackSetName=NAME)
    assert len(after["Summaries"]) == len(operations["Summaries"])


def test_a_newer_version_uploads_what_is_new_and_names_the_resources(published):
    published()
    before = objects("eu-west-1")
    shown = published(code="second", yes=False)
    assert acts(shown) == ["update"]
    assert "~ AWS::Lambda::Function Checker: Code" in shown["template"]
    assert published(code="second")["exit_code"] == 0
    assert before < objects("eu-west-1")
    assert instances("CURRENT") == instances()
    assert not published(code="second")["changes"]


def test_a_parameter_is_kept_by_the_next_publication_until_it_is_changed(published):
    published(parameters={"MaxRate": "2"})
    assert published(code="second")["parameters"] == []
    changed = published(code="second", parameters={"MaxRate": "3"})
    assert changed["parameters"] == ["~ MaxRate: 2 -> 3"]
    given = {p["ParameterKey"]: p["ParameterValue"] for p in stack_set()["Parameters"]}
    assert given == {"HubBusArn": HUB_BUS, "MaxRate": "3"}


def test_a_wave_follows_the_one_before_and_a_failure_keeps_the_next_back(here, published):
    workloads, sandbox = here.units["workloads"], here.units["sandbox"]
    waves = ((sandbox,), (workloads,))
    published(waves=waves)
    stacksets.refusing[here.accounts["trial"]] = "explicit deny in a service control policy"
    failed = published(code="second", waves=waves)
    assert acts(failed) == ["update", "settle", "settle"]
    assert len(failed["operations"]) == 1 and failed["exit_code"] == 3
    assert "explicit deny" in failed["operations"][0]["failed"][0]
    assert instances("OUTDATED") == instances()  # the others were not even tried
    stacksets.refusing.clear()
    mended = published(code="second", waves=waves)
    assert acts(mended) == ["settle"] and mended["exit_code"] == 0
    assert instances("CURRENT") == instances()


def test_some_of_the_accounts_failing_is_code_4_and_says_where_and_why(here, published):
    stacksets.refusing[here.accounts["orders"]] = "code signing refuses unsigned code"
    answer = published()
    assert answer["exit_code"] == 4
    (operation,) = answer["operations"]
    assert f"{here.accounts['orders']} us-east-1: code signing" in "\n".join(operation["failed"])


def test_a_run_that_is_killed_in_the_middle_is_taken_up_by_the_next(here, published, tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.publishing.one_run", tmp_path, here.units["workloads"]],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    uploads = (line for line in process.stderr if ": member/" in line)
    next(uploads)
    next(uploads)
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=30)
    process.stderr.close()
    there = objects("eu-west-1")
    assert there
    rest = published()
    eu, us = rest["buckets"]
    assert not set(eu["upload"]) & there and rest["exit_code"] == 0
    assert objects("us-east-1") == set(us["upload"]) | objects("us-east-1")
    assert not published()["changes"]


def test_members_that_nothing_asks_for_stay_until_it_is_said(here, published):
    both = ((here.units["workloads"], here.units["sandbox"]),)
    published(waves=both)
    left = published()
    assert {row["place"] for row in left["left"]} == {here.units["sandbox"]} and not left["steps"]
    assert (here.accounts["trial"], "eu-west-1") in instances()
    assert acts(published(remove=True)) == ["remove"]
    assert here.accounts["trial"] not in {account for account, _ in instances()}


def test_accounts_that_are_left_out_get_none(here, published):
    published(excluded=(here.accounts["orders"],))
    assert {account for account, _ in instances()} == {here.accounts["payments"]}


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


def test_people_read_what_changes_and_what_it_leaves_out(here, tmp_path, capsys):
    request = Request(hub=HubAt(bus_arn=HUB_BUS), waves=((here.root,),))
    assert publish.run(request, member=member(tmp_path)) == 0
    told = capsys.readouterr().out
    assert "+ bucket gatewatch-123456789012-eu-west-1" in told
    assert "nothing was done; --yes does it" in told
    assert f"account {here.management} is the organisation's management account" in told
