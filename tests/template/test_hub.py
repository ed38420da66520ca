"""The hub's template, held to the code that it deploys and to what no emulator enforces."""

import ast
import json
import re
from pathlib import Path

import pytest

from alerter import metrics
from alerter.settings import Settings
from reasoning import wire
from reasoning.notice import Rules
from tests.template.documents import arn_of, as_list, load, of_type, statements

ROOT = Path(__file__).resolve().parents[2]
HUB = load("template.yaml")
RESOURCES = HUB["Resources"]
ALERTER = RESOURCES["Alerter"]["Properties"]
ENVIRONMENT = ALERTER["Environment"]["Variables"]
TOPICS = ["PageTopic", "ChatTopic"]
AWS_METRICS = {"ApproximateAgeOfOldestMessage", "ApproximateNumberOfMessagesVisible", "Errors"}


def test_the_environment_is_what_the_settings_read_and_nothing_else() -> None:
    named = {name for name in ENVIRONMENT if not name.startswith("POWERTOOLS_")}
    assert named == {field.upper() for field in Settings.__dataclass_fields__}


@pytest.mark.parametrize("parameter", HUB["Parameters"])
def test_a_parameter_says_what_it_is_and_what_it_may_be(parameter: str) -> None:
    stated = HUB["Parameters"][parameter]
    assert stated["Description"]
    free = stated["Type"] == "CommaDelimitedList"
    assert free or {"AllowedPattern", "AllowedValues", "MinValue"} & set(stated)
    assert "Default" in stated, "a stand-alone install asks for nothing"


def test_the_defaults_of_the_template_are_those_of_the_rules() -> None:
    defaults = {name: HUB["Parameters"][name]["Default"] for name in ("MinGood", "GroupWait")}
    assert defaults == {
        "MinGood": Rules().min_good_seconds,
        "GroupWait": Rules().group_wait_seconds,
    }


def test_every_output_says_what_to_do_next() -> None:
    assert all(output["Description"] for output in HUB["Outputs"].values())


def test_the_member_is_given_parameters_that_it_has() -> None:
    member = load("member.yaml")["Parameters"]
    given = RESOURCES["Member"]["Properties"]["Parameters"]
    required = {name for name, stated in member.items() if "Default" not in stated}
    assert set(given) <= set(member)
    assert required <= set(given)
    for name in set(given) & set(HUB["Parameters"]) & set(member):
        ours, theirs = HUB["Parameters"][name], dict(member[name])
        if name == "LookConcurrency":  # the hub's alerter takes two executions of the account
            theirs["Default"] -= 1
        assert ours["Default"] == theirs.get("Default", ours["Default"]), name


def test_the_rule_lets_every_kind_of_report_through_and_no_other_source() -> None:
    pattern = RESOURCES["FromMembers"]["Properties"]["EventPattern"]
    kinds = {wire.CHANGE, wire.TRANSITIONS, wire.DIGEST, wire.INVENTORY, wire.PROBLEM}
    kinds |= {wire.PLACEMENTS, wire.LEFT}
    assert set(pattern["detail-type"]) == kinds
    assert pattern["source"] == [wire.SOURCE]


@pytest.mark.parametrize("queue", ["HubQueue", "DeadLetterQueue"])
def test_the_rule_may_send_to_the_queue_and_no_other_rule(queue: str) -> None:
    statement, _ = RESOURCES[f"{queue}Policy"]["Properties"]["PolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "events.amazonaws.com"}
    assert statement["Action"] == "sqs:SendMessage"
    assert statement["Resource"] == arn_of(queue)
    assert statement["Condition"] == {"ArnEquals": {"aws:SourceArn": arn_of("FromMembers")}}


def test_the_schedule_may_send_its_tick_and_nothing_else() -> None:
    role = RESOURCES["TickRole"]["Properties"]
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "scheduler.amazonaws.com"}
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    send = next(s for s in statements(role) if s["Action"] == "sqs:SendMessage")
    assert send["Resource"] == [arn_of("HubQueue"), arn_of("DeadLetterQueue")]
    target = RESOURCES["Tick"]["Properties"]["Target"]
    assert json.loads(target["Input"]) == {"kind": "tick"}
    assert target["Arn"] == arn_of("HubQueue")


@pytest.mark.parametrize("topic", TOPICS)
def test_the_alerter_alone_may_publish(topic: str) -> None:
    found = RESOURCES[f"{topic}Policy"]["Properties"]["PolicyDocument"]["Statement"]
    allow = [s for s in found if s["Effect"] == "Allow"]
    assert [s["Principal"] for s in allow] == [{"AWS": arn_of("AlerterRole")}]
    denied = [s["Condition"] for s in found if s["Effect"] == "Deny"]
    assert {"ArnNotEquals": {"aws:PrincipalArn": arn_of("AlerterRole")}} in denied
    assert {"Bool": {"aws:SecureTransport": "false"}} in denied


def test_the_bus_is_open_to_members_alone() -> None:
    policies = of_type(HUB, "AWS::Events::EventBusPolicy")
    assert set(policies) == {"OrganizationMembers", "AccountMembers"}
    for policy in policies.values():
        statement = policy["Statement"]
        conditions = statement["Condition"]["StringEquals"]
        assert conditions["events:source"] == wire.SOURCE
        assert statement["Action"] == "events:PutEvents"
        assert statement["Principal"] != "*" or "aws:PrincipalOrgID" in conditions


@pytest.mark.parametrize("role", of_type(HUB, "AWS::IAM::Role"))
def test_no_permission_is_for_everything(role: str) -> None:
    for statement in statements(RESOURCES[role]["Properties"]):
        assert "*" not in as_list(statement["Resource"])
        assert not any("*" in action for action in as_list(statement["Action"]))


CALLS = {
    "batch_get_item": "dynamodb:BatchGetItem",
    "delete_item": "dynamodb:DeleteItem",
    "get_item": "dynamodb:GetItem",
    "put_item": "dynamodb:PutItem",
    "transact_write_items": "dynamodb:PutItem",
    "publish": "sns:Publish",
    "send_message": "sqs:SendMessage",
    "put_events": "events:PutEvents",
}


def test_the_alerter_may_do_what_its_code_calls_and_no_more() -> None:
    called = {"dynamodb:Query"}  # by a paginator, which names its call in a string
    for path in (ROOT / "functions/alerter/alerter").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                called |= {CALLS[node.func.attr]} if node.func.attr in CALLS else set()
    runtime = {
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "sqs:ReceiveMessage",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "kms:Decrypt",
        "kms:GenerateDataKey",
    }
    role = RESOURCES["AlerterRole"]["Properties"]
    allowed = {action for s in statements(role) for action in as_list(s["Action"])}
    assert allowed == called | runtime


def test_the_queue_outlasts_a_run_of_the_function() -> None:
    assert RESOURCES["HubQueue"]["Properties"]["VisibilityTimeout"] >= ALERTER["Timeout"]
    mapping = RESOURCES["AlerterQueue"]["Properties"]
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def body() -> dict:
    text = RESOURCES["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    return json.loads(re.sub(r"\$\{[^}]+\}", "x", text))


def test_the_dashboard_names_only_metrics_that_are_emitted() -> None:
    text = json.dumps(body())
    searched = set(re.findall(r'MetricName=\\\\\\"(\w+)|MetricName=\\"(\w+)', text))
    named = {name for pair in searched for name in pair if name}
    rows = [row for widget in body()["widgets"] for row in widget["properties"]["metrics"]]
    named |= {row[1] for row in rows if isinstance(row[0], str)}
    assert named - AWS_METRICS == set(metrics.NAMES)


def test_widgets_of_the_dashboard_do_not_overlap() -> None:
    taken: set[tuple[int, int]] = set()
    for widget in body()["widgets"]:
        columns = range(widget["x"], widget["x"] + widget["width"])
        cells = {
            (x, y) for x in columns for y in range(widget["y"], widget["y"] + widget["height"])
        }
        assert not taken & cells
        assert max(columns) < 24
        taken |= cells


def test_every_choice_of_the_nested_member_can_be_made_in_a_stand_alone_install():
    given = HUB["Resources"]["Member"]["Properties"]["Parameters"]
    assert set(given) == set(load("member.yaml")["Parameters"])


def registry_statements() -> dict[str, dict[str, object]]:
    policy = RESOURCES["RegistryBucketPolicy"]["Properties"]["PolicyDocument"]
    given = (one.get("Fn::If", [None, one])[1] for one in policy["Statement"])
    return {statement["Sid"]: statement for statement in given}


def test_the_registrys_bucket_is_read_by_members_alone_and_only_over_tls() -> None:
    statements = registry_statements()
    tls = statements.pop("OnlyOverTls")
    assert (tls["Effect"], tls["Condition"]) == (
        "Deny",
        {"Bool": {"aws:SecureTransport": "false"}},
    )
    allowed = {sid: (one["Action"], one.get("Condition")) for sid, one in statements.items()}
    in_organisation = {"StringEquals": {"aws:PrincipalOrgID": {"Ref": "OrganizationId"}}}
    assert allowed == {
        "TheOrganisationMayRead": ("s3:GetObject", in_organisation),
        "TheOrganisationMaySeeWhetherThereIsOne": ("s3:ListBucket", in_organisation),
        "MembersMayRead": ("s3:GetObject", None),
        "MembersMaySeeWhetherThereIsOne": ("s3:ListBucket", None),
    }
    for sid in ("MembersMayRead", "MembersMaySeeWhetherThereIsOne"):
        assert statements[sid]["Principal"] == {"AWS": {"Ref": "MemberAccounts"}}


def test_the_registrys_bucket_keeps_versions_and_outlives_the_hub() -> None:
    bucket = RESOURCES["RegistryBucket"]
    assert bucket["DeletionPolicy"] == bucket["UpdateReplacePolicy"] == "Retain"
    assert bucket["Properties"]["VersioningConfiguration"] == {"Status": "Enabled"}
    assert set(bucket["Properties"]["PublicAccessBlockConfiguration"].values()) == {True}
