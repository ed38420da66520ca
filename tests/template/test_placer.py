"""The placer in member.yaml: what it may do, what wakes it, and that it goes before what canaries
need."""

import json

import pytest

from placer import hearing
from placer.facts import TAG
from placer.member import TEMPLATE
from tests.template.documents import ROOT, arn_of, as_list, load, of_type, statements

MEMBER = load("member.yaml")
RESOURCES = MEMBER["Resources"]
ROLE = RESOURCES["PlacerRole"]["Properties"]
RULES = {
    name: rule["EventPattern"]
    for name, rule in of_type(MEMBER, "AWS::Events::Rule").items()
    if rule["Targets"][0]["Arn"] == arn_of("PlacerQueue")
}
STACKS = {"CreateStack", "UpdateStack", "DeleteStack"}


def statement(sid):
    [found] = [s for s in statements(ROLE) if s.get("Sid") == sid]
    return found


def resources_of(action):
    found = [s for s in statements(ROLE) if action in as_list(s["Action"])]
    return [resource for s in found for resource in as_list(s["Resource"])]


@pytest.mark.parametrize("call", sorted(STACKS))
def test_it_changes_canary_stacks_and_no_other(call):
    [resource] = resources_of(f"cloudformation:{call}")
    assert resource["Fn::Sub"].endswith(":stack/gatewatch-canary-*/*")


def test_it_passes_the_canaries_service_role_to_cloudformation_and_no_other():
    passing = statement("MakeCanariesByTheServiceRoleOnly")
    assert passing["Resource"] == arn_of("CanaryServiceRole")
    assert passing["Condition"]["StringEquals"] == {
        "iam:PassedToService": "cloudformation.amazonaws.com"
    }
    passed = [a for s in statements(ROLE) for a in as_list(s["Action"]) if a.startswith("iam:")]
    assert passed == ["iam:PassRole"]


def test_what_it_may_do_to_everything_is_reading():
    for one in statements(ROLE):
        if "*" in as_list(one["Resource"]):
            verbs = {action.split(":")[1] for action in as_list(one["Action"])}
            assert all(verb.startswith(("Describe", "List", "Get")) for verb in verbs)


def test_it_removes_versions_of_gatewatchs_own_layers_alone():
    names = {layer["LayerName"] for layer in of_type(MEMBER, "AWS::Lambda::LayerVersion").values()}
    allowed = [r["Fn::Sub"].split(":layer:")[1] for r in resources_of("lambda:DeleteLayerVersion")]
    assert {one.removesuffix(":*") for one in allowed} == names


def test_it_invokes_itself_alone():
    [resource] = resources_of("lambda:InvokeFunction")
    name = RESOURCES["Placer"]["Properties"]["FunctionName"]
    assert resource["Fn::Sub"].endswith(f":function:{name}")


def names_of(exists):
    patterns = [p["detail"] for p in RULES.values() if p["source"] == ["aws.ec2"]]
    return {
        name
        for pattern in patterns
        if pattern["errorCode"] == [{"exists": exists}] and "requestParameters" not in pattern
        for name in pattern["eventName"]
    }


def test_every_sign_of_teardown_that_it_understands_wakes_it():
    assert names_of(exists=True) == set(hearing.REFUSED)
    assert set(hearing.DONE) <= names_of(exists=False)
    assert {"CreateVpc", "CreateSubnet"} <= names_of(exists=False)


def test_its_tag_wakes_it_with_a_trail_and_without():
    tagged = RULES["NetworksTagged"]["detail"]
    assert tagged["requestParameters"]["tagSet"]["items"]["key"] == [TAG]
    assert RULES["PlacementTags"]["detail"]["changed-tag-keys"] == [TAG]
    assert all(len(json.dumps(pattern)) < 2048 for pattern in RULES.values())


NEEDED = {"CanaryRole", "CanaryServiceRole", "Table", "PlacerLogs", "DeadLetterQueue"}


def test_the_leaving_goes_before_what_canaries_and_the_placer_need():
    leaving = RESOURCES["Leaving"]
    assert leaving["Type"] == "AWS::CloudFormation::CustomResource"
    assert leaving["Properties"]["ServiceToken"] == arn_of("Placer")
    assert leaving["Properties"]["ServiceTimeout"] == 3600
    assert set(leaving["DependsOn"]) >= NEEDED


@pytest.mark.parametrize(
    "name", ["Tick", "PlacerTick", "CheckerQueue", "RecorderQueue", "PlacerMapping"]
)
def test_what_could_speak_or_place_goes_before_the_leaving(name):
    assert RESOURCES[name]["DependsOn"] == "Leaving"


@pytest.mark.parametrize("name", ["Placement", "MinVpcAgeMinutes", "MaxCanariesPerVpc"])
def test_the_hubs_own_member_is_given_the_parameters_with_the_same_defaults(name):
    hub = load("template.yaml")
    assert hub["Resources"]["Member"]["Properties"]["Parameters"][name] == {"Ref": name}
    ours, theirs = MEMBER["Parameters"][name], hub["Parameters"][name]
    for key in ("Type", "Default", "AllowedValues", "MinValue", "MaxValue"):
        assert ours.get(key) == theirs.get(key)


def test_the_template_that_it_ships_is_the_one_at_the_root():
    assert TEMPLATE.resolve() == ROOT / "vpc.yaml"
