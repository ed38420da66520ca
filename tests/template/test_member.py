import json
import re
from pathlib import Path

import pytest

from checker.aws import CANARY_TIMEOUT_SECONDS
from checker.settings import Settings as CheckerSettings
from placer.settings import Settings as PlacerSettings
from placer.stack import OUTPUTS
from probing import reading_auth
from reasoning.changes import event_patterns
from recorder.settings import Settings as RecorderSettings
from tests.template.documents import ROOT, arn_of, as_list, load, of_type, statements

MEMBER, VPC = load("member.yaml"), load("vpc.yaml")
ROLES = of_type(MEMBER, "AWS::IAM::Role")
ALL_RULES = of_type(MEMBER, "AWS::Events::Rule")


def rules_for(queue):
    """The rules that send to this queue."""
    return {n: r for n, r in ALL_RULES.items() if r["Targets"][0]["Arn"] == arn_of(queue)}


RULES, PLACER_RULES = rules_for("ChangesQueue"), rules_for("PlacerQueue")
QUEUES = of_type(MEMBER, "AWS::SQS::Queue")
FUNCTIONS = of_type(MEMBER, "AWS::Lambda::Function")
LOGGER = {"POWERTOOLS_SERVICE_NAME"}
SIGNED = {"execute-api:Invoke", "vpc-lattice-svcs:Invoke"}
BY_LAMBDA = {"AWS_REGION", "AWS_LAMBDA_FUNCTION_NAME"}


def actions(role):
    return {a for s in statements(ROLES[role]) for a in as_list(s["Action"])}


@pytest.mark.parametrize("template", [MEMBER, VPC], ids=["member", "vpc"])
def test_a_stack_set_can_carry_it_because_it_has_no_transform(template):
    assert "Transform" not in template


def test_the_stack_of_a_vpc_has_no_iam():
    assert not [r for r in VPC["Resources"].values() if r["Type"].startswith("AWS::IAM::")]


def test_the_rules_are_the_patterns_of_all_kinds_of_change():
    patterns = {
        r["EventPattern"]["detail"]["eventSource"][0]: r["EventPattern"] for r in RULES.values()
    }
    assert patterns == event_patterns()


def test_every_rule_sends_to_one_queue_and_has_a_dead_letter_queue():
    assert {**RULES, **PLACER_RULES} == ALL_RULES
    for rule in ALL_RULES.values():
        [target] = rule["Targets"]
        assert target["DeadLetterConfig"] == {"Arn": arn_of("DeadLetterQueue")}
    for rule in RULES.values():
        assert rule["Targets"][0]["RetryPolicy"]["MaximumEventAgeInSeconds"] == 86_400


@pytest.mark.parametrize(
    "queue, rules",
    [("ChangesQueue", RULES), ("PlacerQueue", PLACER_RULES), ("DeadLetterQueue", ALL_RULES)],
    ids=["ChangesQueue", "PlacerQueue", "DeadLetterQueue"],
)
def test_only_the_rules_may_send_to_a_queue_as_event_bridge(queue, rules):
    [policy] = [
        p
        for p in of_type(MEMBER, "AWS::SQS::QueuePolicy").values()
        if p["Queues"] == [{"Ref": queue}]
    ]
    [statement] = [s for s in policy["PolicyDocument"]["Statement"] if s["Effect"] == "Allow"]
    assert statement["Principal"] == {"Service": "events.amazonaws.com"}
    assert statement["Action"] == "sqs:SendMessage"
    assert statement["Resource"] == arn_of(queue)
    sources = statement["Condition"]["ArnEquals"]["aws:SourceArn"]
    assert sources == [arn_of(rule) for rule in rules]


def test_no_queue_policy_opens_the_looks_queue():
    for policy in of_type(MEMBER, "AWS::SQS::QueuePolicy").values():
        if {"Ref": "LooksQueue"} in policy["Queues"]:
            effects = {s["Effect"] for s in policy["PolicyDocument"]["Statement"]}
            assert effects == {"Deny"}


def test_the_schedules_may_only_send_their_ticks_or_the_tick_as_a_dead_letter():
    statement, key = statements(ROLES["TickRole"])
    assert key["Resource"] == {"Ref": "KmsKeyArn"}
    assert statement["Action"] == "sqs:SendMessage"
    queues = ("LooksQueue", "PlacerQueue", "DeadLetterQueue")
    assert statement["Resource"] == [arn_of(queue) for queue in queues]
    trust = ROLES["TickRole"]["AssumeRolePolicyDocument"]["Statement"][0]
    assert trust["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}


def test_a_schedule_has_a_dead_letter_queue_and_sends_no_old_tick():
    schedules = of_type(MEMBER, "AWS::Scheduler::Schedule")
    assert set(schedules) == {"Tick", "PlacerTick"}
    for schedule in schedules.values():
        target = schedule["Target"]
        assert target["DeadLetterConfig"] == {"Arn": arn_of("DeadLetterQueue")}
        assert target["RetryPolicy"]["MaximumEventAgeInSeconds"] == 60


def test_every_queue_that_feeds_a_function_redrives_to_the_dead_letter_queue():
    for name, queue in QUEUES.items():
        if name != "DeadLetterQueue":
            assert queue["RedrivePolicy"]["deadLetterTargetArn"] == arn_of("DeadLetterQueue")


def test_a_message_is_not_seen_twice_while_it_is_handled():
    assert QUEUES["LooksQueue"]["VisibilityTimeout"] >= 6 * FUNCTIONS["Checker"]["Timeout"]


def test_what_a_failed_run_of_the_placer_took_comes_back_a_minute_after_it_must_have_ended():
    seen_again = QUEUES["PlacerQueue"]["VisibilityTimeout"]
    assert seen_again == FUNCTIONS["Placer"]["Timeout"] + 60


def test_a_refused_change_comes_back_after_half_a_minute_twenty_times():
    queue = QUEUES["ChangesQueue"]
    assert FUNCTIONS["Recorder"]["Timeout"] == 10
    assert queue["VisibilityTimeout"] == 30
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 20


def test_looks_come_one_at_a_time_and_changes_fail_one_by_one():
    mappings = of_type(MEMBER, "AWS::Lambda::EventSourceMapping")
    assert mappings["CheckerQueue"]["BatchSize"] == 1
    assert mappings["CheckerQueue"]["ScalingConfig"] == {
        "MaximumConcurrency": {"Ref": "LookConcurrency"}
    }
    assert mappings["RecorderQueue"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_the_checker_waits_longer_than_a_canary_may_take():
    assert VPC["Resources"]["Canary"]["Properties"]["Timeout"] == CANARY_TIMEOUT_SECONDS


@pytest.mark.parametrize(
    "function, settings",
    [("Checker", CheckerSettings), ("Placer", PlacerSettings), ("Recorder", RecorderSettings)],
)
def test_the_environment_is_exactly_what_the_function_reads(function, settings):
    given = set(FUNCTIONS[function]["Environment"]["Variables"]) - LOGGER
    read = {name.upper() for name in settings.__dataclass_fields__} - BY_LAMBDA
    assert given == read


def test_the_checker_may_invoke_canaries_and_nothing_else():
    [statement] = [s for s in statements(ROLES["CheckerRole"]) if s["Sid"] == "AskCanaries"]
    assert statement["Action"] == "lambda:InvokeFunction"
    assert statement["Resource"]["Fn::Sub"].endswith(":function:gatewatch-canary-*")


def test_checker_and_recorder_change_nothing_but_their_own_queue_and_table():
    own = {"sqs", "dynamodb", "logs"}
    reads = re.compile(r"(ec2|cloudtrail):(Describe|Get)|ssm:Get|secretsmanager:Get")
    reads_what_is_named = {"s3:GetObject", "s3:ListBucket", "apigateway:GET"}
    others = {"lambda:InvokeFunction", "events:PutEvents", *SIGNED}
    others |= {"kms:Decrypt", "kms:GenerateDataKey"}  # of the key of their own table and queues
    for role in ("CheckerRole", "RecorderRole"):
        for action in actions(role):
            assert (
                action.split(":")[0] in own
                or reads.match(action)
                or action in others | (reads_what_is_named if role == "CheckerRole" else set())
            )


def test_the_checker_may_sign_for_the_apis_that_are_named_and_by_default_for_none():
    [statement] = [s for s in statements(ROLES["CheckerRole"]) if s["Sid"] == "InvokeSignedApis"]
    assert (set(statement["Action"]), statement["Resource"]) == (SIGNED, {"Ref": "InvokeApiArns"})
    assert MEMBER["Parameters"]["InvokeApiArns"]["Default"] == ""
    policies = json.dumps(ROLES["CheckerRole"]["Policies"])
    assert policies.count('{"Fn::If": ["HasInvokeApiArns", {"Sid": "InvokeSignedApis"') == 1
    assert {action.split(":")[0] for action in SIGNED} == set(reading_auth.SIGNED)


def test_the_code_of_a_canary_may_call_nothing_of_ec2():
    [deny] = [s for s in statements(ROLES["CanaryRole"]) if s["Effect"] == "Deny"]
    assert (deny["Action"], deny["Resource"]) == ("ec2:*", "*")
    source = deny["Condition"]["ArnLike"]["lambda:SourceFunctionArn"]["Fn::Sub"]
    assert source.endswith(":function:gatewatch-canary-*")
    assert {a.split(":")[0] for a in actions("CanaryRole")} == {"logs", "ec2"}


def test_no_role_has_a_wildcard_action_and_each_takes_the_boundary():
    for role in ROLES.values():
        assert "PermissionsBoundary" in role
        for statement in statements(role):
            if statement["Effect"] == "Allow":
                assert not [a for a in as_list(statement["Action"]) if "*" in a]


def test_no_arn_names_a_partition():
    for name in ("member.yaml", "vpc.yaml"):
        text = Path(ROOT / name).read_text()
        assert not re.findall(r"'arn:aws:[a-z]", text)


def test_layer_versions_outlive_their_replacement():
    layers = [r for r in MEMBER["Resources"].values() if r["Type"] == "AWS::Lambda::LayerVersion"]
    assert len(layers) == 3
    assert all(layer["UpdateReplacePolicy"] == "Retain" for layer in layers)


def test_layer_versions_of_a_member_that_never_came_up_are_taken_back():
    """Where its creation fails there is no placer to remove them."""
    layers = [r for r in MEMBER["Resources"].values() if r["Type"] == "AWS::Lambda::LayerVersion"]
    assert {layer["DeletionPolicy"] for layer in layers} == {"RetainExceptOnCreate"}


def test_every_built_resource_has_its_make_target():
    for name, resource in MEMBER["Resources"].items():
        if resource.get("Metadata", {}).get("BuildMethod") == "makefile":
            properties = resource["Properties"]
            folder = ROOT / (properties.get("Code") or properties["Content"])
            assert f"build-{name}" in (folder / "Makefile").read_text()


def test_the_placer_finds_the_outputs_that_it_reads():
    assert set(OUTPUTS.values()) <= set(MEMBER["Outputs"])


def test_the_vpcs_stack_takes_the_parameters_that_the_placer_gives():
    from placer.stack import MemberOutputs, Placement, _parameters

    member = MemberOutputs(**dict.fromkeys(OUTPUTS, "x"))
    given = _parameters(Placement(vpc_id="vpc-1", subnet_ids=("subnet-1",)), member)
    assert {p["ParameterKey"] for p in given} <= set(VPC["Parameters"])


@pytest.mark.parametrize("template", [MEMBER, VPC], ids=["member", "vpc"])
def test_every_parameter_and_output_says_what_it_is_for(template):
    for parameter in template["Parameters"].values():
        assert parameter["Description"]
        constrained = {"AllowedPattern", "AllowedValues", "MinValue"} & set(parameter)
        assert constrained or parameter["Type"] != "String"
    assert all(output["Description"] for output in template["Outputs"].values())
