"""What no emulator enforces, read off the templates: who may send to queues and topics, whom roles
trust, what may be passed, what is encrypted and with what, and that everything is tagged."""

import json

import pytest

from lab.iam import grants
from reasoning.changes import event_patterns
from tests.template.documents import arn_of, as_list, load, of_type, statements

NAMES = ("template.yaml", "member.yaml", "vpc.yaml")
ALL = {name: load(name) for name in NAMES}
ROLES = {
    (name, role): properties
    for name in NAMES
    for role, properties in of_type(ALL[name], "AWS::IAM::Role").items()
}
# Which service may use which trust, and with which condition. Lambda's has none: a role is passed
# by who makes the function (iam:PassRole, never over accounts), and no key is documented for it.
TRUSTS = {
    "lambda.amazonaws.com": None,
    "scheduler.amazonaws.com": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
    "cloudformation.amazonaws.com": "StringEqualsIfExists",
}
# Kinds of resource that CloudFormation gives no tags, by their schema (cfn-lint refuses `Tags`).
UNTAGGED = {
    "AWS::CloudFormation::CustomResource",
    "AWS::Events::EventBusPolicy",
    "AWS::Lambda::LayerVersion",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::Subscription",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",
    "AWS::Scheduler::Schedule",
}


def targets_of_rules(template):
    for rule, properties in of_type(template, "AWS::Events::Rule").items():
        for target in properties["Targets"]:
            yield rule, target["Arn"]
            yield rule, target["DeadLetterConfig"]["Arn"]


def statements_for(template, queue):
    """Statements of all policies of a queue."""
    return [
        statement
        for policy in of_type(template, "AWS::SQS::QueuePolicy").values()
        if {"Ref": queue} in policy["Queues"]
        for statement in policy["PolicyDocument"]["Statement"]
    ]


@pytest.mark.parametrize("name", NAMES)
def test_every_rule_may_send_to_its_target_and_to_its_dead_letter_queue(name):
    for rule, target in targets_of_rules(ALL[name]):
        queue = target["Fn::GetAtt"][0]
        senders = [
            source
            for s in statements_for(ALL[name], queue)
            if s["Effect"] == "Allow" and s["Principal"] == {"Service": "events.amazonaws.com"}
            for source in as_list(s["Condition"]["ArnEquals"]["aws:SourceArn"])
        ]
        assert arn_of(rule) in senders, (rule, queue)


@pytest.mark.parametrize("name", NAMES)
def test_nobody_may_send_to_a_queue_but_rules_that_target_it(name):
    wanted = {(rule, target["Fn::GetAtt"][0]) for rule, target in targets_of_rules(ALL[name])}
    for queue in of_type(ALL[name], "AWS::SQS::Queue"):
        for statement in statements_for(ALL[name], queue):
            if statement["Effect"] == "Deny":
                continue
            assert statement["Action"] == "sqs:SendMessage"
            for source in as_list(statement["Condition"]["ArnEquals"]["aws:SourceArn"]):
                assert (source["Fn::GetAtt"][0], queue) in wanted


@pytest.mark.parametrize("name", NAMES)
def test_every_queue_is_reached_over_tls_alone(name):
    for queue in of_type(ALL[name], "AWS::SQS::Queue"):
        [deny] = [s for s in statements_for(ALL[name], queue) if s["Effect"] == "Deny"]
        assert (deny["Principal"], deny["Action"]) == ("*", "sqs:*")
        assert deny["Resource"] == arn_of(queue)
        assert deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


@pytest.mark.parametrize("name", NAMES)
def test_every_schedule_has_a_role_that_may_send_to_its_queue_and_dead_letter_queue(name):
    wanted, allowed = [], []
    for schedule in of_type(ALL[name], "AWS::Scheduler::Schedule").values():
        target = schedule["Target"]
        wanted += [target["Arn"], target["DeadLetterConfig"]["Arn"]]
        role = ROLES[name, target["RoleArn"]["Fn::GetAtt"][0]]
        sent = [s for s in statements(role) if s["Action"] == "sqs:SendMessage"]
        allowed += [r for s in sent for r in as_list(s["Resource"])]
    assert {json.dumps(one) for one in wanted} == {json.dumps(one) for one in allowed}


@pytest.mark.parametrize("name, role", ROLES)
def test_a_role_trusts_one_service_with_the_condition_that_it_honours(name, role):
    [trust] = ROLES[name, role]["AssumeRolePolicyDocument"]["Statement"]
    assert (trust["Effect"], trust["Action"]) == ("Allow", "sts:AssumeRole")
    service = trust["Principal"]["Service"]
    wanted = TRUSTS[service]
    if isinstance(wanted, str):
        assert wanted in trust["Condition"]
    else:
        assert trust.get("Condition") == wanted


def test_a_function_is_invoked_by_its_queue_or_by_the_checker_and_has_no_policy_of_its_own():
    kinds = {r["Type"] for template in ALL.values() for r in template["Resources"].values()}
    assert not kinds & {"AWS::Lambda::Permission", "AWS::Lambda::Url"}


@pytest.mark.parametrize("name", NAMES)
def test_a_function_that_a_queue_feeds_may_take_its_messages(name):
    for mapping in of_type(ALL[name], "AWS::Lambda::EventSourceMapping").values():
        function = ALL[name]["Resources"][mapping["FunctionName"]["Ref"]]["Properties"]
        role = ROLES[name, function["Role"]["Fn::GetAtt"][0]]
        taken = {
            action
            for s in statements(role)
            if mapping["EventSourceArn"] in as_list(s["Resource"])
            for action in as_list(s["Action"])
        }
        assert {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"} <= taken


@pytest.mark.parametrize("name, role", ROLES)
def test_a_role_is_passed_only_by_its_arn_and_to_one_named_service(name, role):
    made = {arn["Fn::GetAtt"][0] for arn in (arn_of(r) for n, r in ROLES if n == name)}
    for statement in statements(ROLES[name, role]):
        if "iam:PassRole" in as_list(statement["Action"]):
            [passed] = as_list(statement["Resource"])
            assert passed["Fn::GetAtt"] in [[one, "Arn"] for one in made]
            assert set(statement["Condition"]["StringEquals"]) == {"iam:PassedToService"}


@pytest.mark.parametrize("name, role", ROLES)
def test_a_role_takes_path_and_boundary_and_has_no_name_of_its_own(name, role):
    properties = ROLES[name, role]
    assert properties["Path"] == {"Ref": "RolePath"}
    boundary = {"Ref": "PermissionsBoundaryArn"}
    wanted = {"Fn::If": ["HasBoundary", boundary, {"Ref": "AWS::NoValue"}]}
    assert properties["PermissionsBoundary"] == wanted
    # A name would collide where the stack stands in several Regions of an account.
    assert not {"RoleName", "ManagedPolicyArns"} & set(properties)


@pytest.mark.parametrize("name", NAMES)
def test_every_resource_is_tagged_or_of_a_kind_that_takes_no_tags(name):
    for logical, resource in ALL[name]["Resources"].items():
        if resource["Type"] in UNTAGGED:
            assert "Tags" not in resource["Properties"]
            continue
        tags = resource["Properties"].get("Tags")
        keys = {tag["Key"] for tag in tags} if isinstance(tags, list) else set(tags or ())
        assert "gatewatch:part" in keys, logical


KEYED = {
    "AWS::SQS::Queue": "KmsMasterKeyId",
    "AWS::SNS::Topic": "KmsMasterKeyId",
    "AWS::Logs::LogGroup": "KmsKeyId",
    "AWS::DynamoDB::Table": "SSESpecification",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_customer_key_is_used_wherever_something_is_kept(name):
    for kind, field in KEYED.items():
        for logical, properties in of_type(ALL[name], kind).items():
            chosen = properties[field]["Fn::If"]
            assert chosen[0] == "HasKey", logical
            assert '{"Ref": "KmsKeyArn"}' in json.dumps(chosen[1]), logical


@pytest.mark.parametrize("name, role", ROLES)
def test_who_uses_a_queue_or_table_may_use_its_key_where_there_is_one(name, role):
    uses = {"sqs", "dynamodb", "sns"}
    mine = [s for s in grants.statements() if (s.template, s.role) == (name, role)]
    if not any(action.split(":")[0] in uses for s in mine for action in s.actions):
        return
    [key] = [s for s in mine if s.when == "HasKey"]
    assert set(key.actions) == {"kms:Decrypt", "kms:GenerateDataKey"}
    assert key.resources == ("${KmsKeyArn}",)


def test_every_event_that_a_rule_waits_for_is_one_that_its_function_reads():
    for rule in of_type(ALL["member.yaml"], "AWS::Events::Rule").values():
        queue, pattern = rule["Targets"][0]["Arn"]["Fn::GetAtt"][0], rule["EventPattern"]
        if queue == "ChangesQueue":
            assert pattern == event_patterns()[pattern["detail"]["eventSource"][0]]
        else:
            assert queue == "PlacerQueue"
            assert set(pattern["source"]) <= {"aws.ec2", "aws.tag"}


@pytest.mark.parametrize("name", NAMES)
def test_every_bucket_is_reached_over_tls_alone_and_never_public(name):
    policies = of_type(ALL[name], "AWS::S3::BucketPolicy").values()
    for bucket, properties in of_type(ALL[name], "AWS::S3::Bucket").items():
        assert all(properties["PublicAccessBlockConfiguration"].values())
        [policy] = [p for p in policies if p["Bucket"] == {"Ref": bucket}]
        denied = [s for s in policy["PolicyDocument"]["Statement"] if s.get("Effect") == "Deny"]
        assert [s["Condition"] for s in denied] == [{"Bool": {"aws:SecureTransport": "false"}}]
        assert denied[0]["Principal"] == "*" and denied[0]["Action"] == "s3:*"
        assert arn_of(bucket) in denied[0]["Resource"]
