"""`gatewatch publish` end to end: the real client, by HTTP, against an organisation on moto."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import boto3
import pytest

from gatewatch.publishing.request import HubAt
from lab import stacksets
from tests.publishing.standing import (
    HUB_BUS,
    NAME,
    acts,
    instances,
    objects,
    our_buckets,
    stack_set,
)

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.filterwarnings("ignore:Tried to parse .* moto:UserWarning")


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
    again = published(code="second", waves=waves)  # nor are they by the next run
    assert len(again["operations"]) == 1 and again["exit_code"] == 3
    assert instances("OUTDATED") == instances()
    stacksets.refusing.clear()
    mended = published(code="second", waves=waves)
    assert acts(mended) == ["settle", "settle"] and mended["exit_code"] == 0
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


@pytest.mark.parametrize("remove", [False, True])
def test_a_region_that_nothing_asks_for_has_the_code_that_its_members_are_updated_to(
    published, remove
):
    published(regions=("eu-west-1", "us-east-1", "eu-central-1"))
    answer = published(code="second", remove=remove)
    assert acts(answer) == ["update", "remove"] if remove else ["update"]
    assert objects("eu-central-1") == objects("eu-west-1")


def test_accounts_that_are_left_out_get_none(here, published):
    published(excluded=(here.accounts["orders"],))
    assert {account for account, _ in instances()} == {here.accounts["payments"]}
    published(regions=("eu-west-1", "us-east-1", "eu-central-1"))  # left out there, too
    assert {account for account, _ in instances()} == {here.accounts["payments"]}
    assert not published(regions=())["changes"]
    assert acts(published(excluded=("none",), regions=())) == ["settle"]
    assert not published(regions=())["changes"]
