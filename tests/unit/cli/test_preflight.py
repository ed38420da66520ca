"""`gatewatch preflight`: what each answer of AWS is judged as; no answer is unknown, never bad."""

import pytest
from botocore.exceptions import ClientError

from gatewatch.preflight import checks
from gatewatch.preflight.checks import (
    concurrency,
    network,
    organisation,
    permissions,
    quotas,
    regions,
    signing,
    trail,
    twice,
)
from gatewatch.preflight.findings import Account, Unanswered, Verdict

ARN = "arn:aws:cloudtrail:eu-west-1:111122223333:trail/all"
ALL = [{"ReadWriteType": "All", "IncludeManagementEvents": True}]
ADVANCED = [{"Field": "eventCategory", "Equals": ["Management"]}]


def refused(code, message="no"):
    return ClientError({"Error": {"Code": code, "Message": message}}, "Operation")


class Answers:
    """A client that answers by operation: a value, or an error to raise."""

    def __init__(self, answers):
        self.answers = answers

    def __getattr__(self, operation):
        def call(**_):
            answer = self.answers[operation]
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call

    def get_paginator(self, operation):
        pager = Answers({})
        pager.paginate = lambda **_: iter([getattr(self, operation)()])
        return pager


def account(publishes=False, caller="arn:aws:iam::111122223333:user/ops", **answers):
    return Account(
        client=lambda service, region: Answers(answers),
        region="eu-west-1",
        account="111122223333",
        caller_arn=caller,
        publishes=publishes,
    )


def verdicts(findings):
    return [finding.verdict.value for finding in findings]


def trails(*rows):
    return {
        "trailList": [{"Name": "all", "TrailARN": ARN, "HomeRegion": "eu-west-1"} | r for r in rows]
    }


@pytest.mark.parametrize(
    ("answers", "verdict"),
    [
        pytest.param({"get_event_selectors": {"EventSelectors": ALL}}, "ok", id="all events"),
        pytest.param(
            {"get_event_selectors": {"EventSelectors": [ALL[0] | {"ReadWriteType": "ReadOnly"}]}},
            "bad",
            id="reads alone",
        ),
        pytest.param({"get_event_selectors": {"EventSelectors": []}}, "bad", id="data alone"),
        pytest.param(
            {"get_event_selectors": {"AdvancedEventSelectors": [{"FieldSelectors": ADVANCED}]}},
            "ok",
            id="advanced",
        ),
        pytest.param(
            {
                "get_event_selectors": {
                    "AdvancedEventSelectors": [
                        {"FieldSelectors": [*ADVANCED, {"Field": "readOnly", "Equals": ["true"]}]}
                    ]
                }
            },
            "bad",
            id="advanced, reads alone",
        ),
        pytest.param({"get_trail_status": {"IsLogging": False}}, "bad", id="switched off"),
        pytest.param({"describe_trails": trails()}, "bad", id="none"),
        pytest.param(
            {"describe_trails": trails({"HomeRegion": "us-east-1"})}, "bad", id="another Region"
        ),
        pytest.param({"get_event_selectors": refused("AccessDenied")}, "unknown", id="not told"),
        pytest.param(
            {"get_trail_status": refused("TrailNotFoundException")}, "unknown", id="not ours"
        ),
    ],
)
def test_a_trail_must_log_writes_of_management_events_here(answers, verdict):
    whole = {"describe_trails": trails({}), "get_trail_status": {"IsLogging": True}}
    assert verdicts(trail.check(account(**(whole | answers)))) == [verdict]


@pytest.mark.parametrize(
    ("whole", "free", "verdict"), [(10, 10, "warn"), (10, 4, "bad"), (1000, 900, "ok")]
)
def test_concurrency_is_held_against_what_a_member_takes(whole, free, verdict):
    limit = {"ConcurrentExecutions": whole, "UnreservedConcurrentExecutions": free}
    answer = {
        "AccountLimit": limit | {"TotalCodeSize": 100},
        "AccountUsage": {"TotalCodeSize": 10},
    }
    assert verdicts(concurrency.check(account(get_account_settings=answer))) == [verdict]


@pytest.mark.parametrize(("have", "verdict"), [(0, "ok"), (85, "warn"), (90, "warn"), (91, "bad")])
def test_a_quota_is_bad_when_what_comes_does_not_fit(have, verdict):
    finding = quotas.judged("rules", have, 10, 100, "a limit")
    assert finding.verdict.value == verdict and bool(finding.mend) == (verdict != "ok")


def test_a_quota_that_is_not_told_is_unknown_and_hides_no_other():
    found = list(
        quotas.check(
            account(
                list_stacks=refused("AccessDenied"),
                list_rules={"Rules": []},
                get_account_summary={"SummaryMap": {"Roles": 999, "RolesQuota": 1000}},
            )
        )
    )
    assert [(f.check, f.verdict.value) for f in found] == [
        ("stacks", "unknown"),
        ("rules", "ok"),
        ("roles", "bad"),
    ]


def result(decision, **detail):
    return {"EvalActionName": "lambda:CreateFunction", "EvalDecision": decision} | detail


@pytest.mark.parametrize(
    ("results", "verdict", "told"),
    [
        pytest.param([result("allowed")], "ok", "all 1 actions", id="allowed"),
        pytest.param([result("implicitDeny")], "warn", "your policies", id="own policies"),
        pytest.param(
            [result("explicitDeny", OrganizationsDecisionDetail={"AllowedByOrganizations": False})],
            "bad",
            "a service control policy denies lambda:CreateFunction",
            id="organisation",
        ),
        pytest.param(
            [
                result(
                    "implicitDeny",
                    PermissionsBoundaryDecisionDetail={"AllowedByPermissionsBoundary": False},
                )
            ],
            "warn",
            "boundary",
            id="boundary",
        ),
        pytest.param(
            [result("implicitDeny", MissingContextValues=["aws:RequestTag/team"])],
            "unknown",
            "conditions",
            id="a condition that nobody simulated",
        ),
    ],
)
def test_who_denies_decides_how_bad_it_is(results, verdict, told):
    (finding,) = permissions.judged("a member", results, own=Verdict.WARN)
    assert finding.verdict.value == verdict and told in finding.told


def test_what_publishing_lacks_is_bad_only_where_it_is_to_be_done():
    answers = {"simulate_principal_policy": {"EvaluationResults": [result("implicitDeny")]}}
    assert verdicts(permissions.check(account(**answers))) == ["warn"]
    assert verdicts(permissions.check(account(publishes=True, **answers))) == ["warn", "bad"]


def test_a_session_is_simulated_as_its_role_which_may_have_a_path():
    role = "arn:aws:iam::111122223333:role/aws-reserved/sso/Admin"
    caller = "arn:aws:sts::111122223333:assumed-role/Admin/ops"
    assert permissions.principal(account(caller=caller, get_role={"Role": {"Arn": role}})) == role
    with pytest.raises(Unanswered):
        permissions.principal(account(caller=caller, get_role=refused("AccessDenied")))


@pytest.mark.parametrize(
    ("code", "message", "verdict"),
    [
        ("DryRunOperation", "", "ok"),
        ("UnauthorizedOperation", "not authorized", "warn"),
        ("UnauthorizedOperation", "explicit deny in a service control policy", "bad"),
        ("InsufficientFreeAddressesInSubnet", "none free", "unknown"),
    ],
)
def test_a_dry_run_is_bad_only_where_the_organisation_denies(code, message, verdict):
    assert network.judged("ec2:CreateSecurityGroup", code, message).verdict.value == verdict


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
