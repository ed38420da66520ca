"""`gatewatch preflight`: what the organisation, its policies and what stands already say; no answer
is unknown, never bad."""

import pytest

from gatewatch.preflight import checks
from gatewatch.preflight.checks import organisation, regions, signing, twice
from gatewatch.preflight.findings import Account
from gatewatch.verdict import Verdict
from tests.unit.cli.answering import account, refused, verdicts

ORG = {"Organization": {"Id": "o-abc", "MasterAccountId": "111122223333", "FeatureSet": "ALL"}}
ELSEWHERE = {"Organization": ORG["Organization"] | {"MasterAccountId": "999988887777"}}
TRUSTING = {"EnabledServicePrincipals": [{"ServicePrincipal": organisation.TRUSTED}]}


@pytest.mark.parametrize(
    ("publishes", "answers", "expected"),
    [
        pytest.param(False, {"describe_organization": ORG}, ["ok"], id="a member account"),
        pytest.param(
            True,
            {
                "describe_organization": ORG,
                "list_aws_service_access_for_organization": TRUSTING,
                "describe_organizations_access": {"Status": "ENABLED"},
            },
            ["ok", "ok", "ok"],
            id="trusted access on",
        ),
        pytest.param(
            True,
            {
                "describe_organization": ORG,
                "list_aws_service_access_for_organization": {"EnabledServicePrincipals": []},
                "describe_organizations_access": {"Status": "DISABLED"},
            },
            ["ok", "bad", "bad"],
            id="trusted access off",
        ),
        pytest.param(
            True,
            {
                "describe_organization": ELSEWHERE,
                "describe_organizations_access": refused("ValidationError"),
            },
            ["ok", "bad"],
            id="no delegated administrator",
        ),
        pytest.param(
            True,
            {
                "describe_organization": ELSEWHERE,
                "describe_organizations_access": {"Status": "ENABLED"},
            },
            ["ok", "ok"],
            id="delegated administrator",
        ),
        pytest.param(
            True,
            {"describe_organization": refused("AWSOrganizationsNotInUseException")},
            ["bad"],
            id="no organisation",
        ),
    ],
)
def test_stack_sets_need_trusted_access(publishes, answers, expected):
    found = list(organisation.check(account(publishes=publishes, **answers)))
    assert verdicts(found) == expected
    assert all(f.mend for f in found if f.verdict is Verdict.BAD)


@pytest.mark.parametrize(
    ("policy", "hooks", "expected"),
    [
        ("Warn", [], ["ok", "ok"]),
        ("Enforce", [], ["warn", "ok"]),
        ("Warn", [{"TypeName": "Org::Guard::Hook", "IsActivated": True}], ["ok", "warn"]),
    ],
)
def test_code_signing_and_hooks_are_told(policy, hooks, expected):
    config = {
        "CodeSigningConfigId": "csc-1",
        "CodeSigningPolicies": {"UntrustedArtifactOnDeployment": policy},
    }
    answers = {
        "list_code_signing_configs": {"CodeSigningConfigs": [config]},
        "list_types": {"TypeSummaries": hooks},
    }
    assert verdicts(signing.check(account(**answers))) == expected


@pytest.mark.parametrize(
    ("status", "verdict"), [("opted-in", "ok"), ("not-opted-in", "bad"), (None, "bad")]
)
def test_a_region_must_be_on(status, verdict):
    rows = [{"RegionName": "eu-west-1", "OptInStatus": status}] if status else []
    assert verdicts(regions.check(account(describe_regions={"Regions": rows}))) == [verdict]


@pytest.mark.parametrize(("count", "verdict"), [(0, "ok"), (1, "ok"), (2, "bad")])
def test_two_members_in_one_account_and_region_are_one_too_many(count, verdict):
    rows = [
        {"StackName": f"stack-{n}", "TemplateDescription": "Gatewatch member: what one account"}
        for n in range(count)
    ]
    assert verdicts(twice.check(account(list_stacks={"StackSummaries": rows}))) == [verdict]


def test_an_account_that_answers_nothing_is_unknown_from_top_to_bottom():
    class Denied:
        def __getattr__(self, operation):
            def call(**_):
                raise refused("AccessDeniedException")

            return call

        def get_paginator(self, operation):
            return self

    silent = Account(
        client=lambda service, region: Denied(),
        region="eu-west-1",
        account="111122223333",
        caller_arn="arn:aws:iam::111122223333:user/ops",
        publishes=True,
    )
    found = list(checks.check_all(silent))
    assert {finding.verdict for finding in found} == {Verdict.UNKNOWN}
    assert len({finding.check for finding in found}) >= len(checks.discover())
