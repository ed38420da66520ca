"""`gatewatch preflight`: what each answer of AWS is judged as, of one account's own things."""

import pytest

from gatewatch.preflight.checks import concurrency, network, permissions, quotas, trail
from gatewatch.preflight.findings import Unanswered
from gatewatch.verdict import Verdict
from tests.unit.cli.answering import account, refused, verdicts

ARN = "arn:aws:cloudtrail:eu-west-1:111122223333:trail/all"
ALL = [{"ReadWriteType": "All", "IncludeManagementEvents": True}]
ADVANCED = [{"Field": "eventCategory", "Equals": ["Management"]}]


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
