"""What `gatewatch preflight` asks for is what the templates make."""

from dataclasses import replace

import yaml

from gatewatch.preflight.actions import MEMBER
from gatewatch.preflight.checks import concurrency, quotas
from lab.iam.grants import REASONS
from placer.wanted import needed_executions
from tests.support.estates import TERMS
from tests.template.documents import load, of_type

MEMBER_TEMPLATE, VPC_TEMPLATE = load("member.yaml"), load("vpc.yaml")
MAKING = ("Create", "Invoke", "Publish", "Put", "Set", "Tag")
"""How names of calls begin by which CloudFormation makes a resource."""
SERVICES = {"monitoring": "cloudwatch"}
"""Services whose actions in IAM have another prefix than their resource types."""


def test_no_more_roles_and_rules_come_than_are_asked_for():
    assert len(of_type(MEMBER_TEMPLATE, "AWS::IAM::Role")) <= quotas.ROLES_OF_A_MEMBER
    assert len(of_type(MEMBER_TEMPLATE, "AWS::Events::Rule")) <= quotas.RULES_OF_A_MEMBER


def test_every_kind_of_resource_has_an_action_that_is_simulated():
    types = {
        resource["Type"].split("::")[1].lower()
        for template in (MEMBER_TEMPLATE, VPC_TEMPLATE)
        for resource in template["Resources"].values()
        if resource["Type"].startswith("AWS::")
    }
    asked = {action.partition(":")[0] for action in MEMBER}
    assert {SERVICES.get(name, name) for name in types} - asked == set()


def test_all_that_making_a_member_calls_is_simulated():
    """As docs/permissions.md lists it; a boundary is put where the parameter asks for one."""
    installer = yaml.safe_load(REASONS.read_text(encoding="utf-8"))["installer"]
    types = {resource["Type"] for resource in MEMBER_TEMPLATE["Resources"].values()}
    calls = {call for kind in types for call in installer[kind]}
    makes = {call for call in calls if call.partition(":")[2].startswith(MAKING)}
    assert makes - {"iam:PutRolePermissionsBoundary"} - set(MEMBER) == set()


def test_a_member_takes_what_its_default_concurrency_says():
    looks = MEMBER_TEMPLATE["Parameters"]["LookConcurrency"]["Default"]
    terms = replace(TERMS, look_concurrency=looks, max_canaries=1)
    assert needed_executions(terms) == concurrency.NEEDED
