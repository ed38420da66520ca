import json

import pytest

from reasoning.explain import explain
from tests.unit.reasoning.changes.cloudtrail_records import ACCOUNT, a_record, sample


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (sample("ec2.CreateVpcEndpoint.dry_run"), "a dry run"),
        (a_record(errorCode="DryRunOperation"), "a dry run"),
        (sample("ec2.CreateVpcEndpoint.denied"), "Client.UnauthorizedOperation"),
        (sample("ec2.DescribeVpcEndpoints.read_only"), "read-only"),
        (a_record(readOnly="true"), "read-only"),
        (a_record(eventName="BatchGetTraces", readOnly=False), "read-only"),
        (a_record(eventName="HeadObject", readOnly=...), "read-only"),
        (a_record(eventName="LookupEvents", readOnly=None), "read-only"),
        (a_record(eventName="ConsoleLogin", eventType="AwsConsoleSignIn"), "a sign-in"),
        (a_record(eventName="PutObject", eventCategory="Data"), "a Data event"),
        (sample("ec2.CreateVpcEndpoint.other_account"), "refused: the envelope is of account"),
        ({**sample("ec2.CreateVpcEndpoint"), "account": None}, "refused"),
        ({**sample("ec2.CreateVpcEndpoint"), "source": "my.app"}, "not from AWS"),
        (
            {**sample("ec2.CreateVpcEndpoint"), "detail-type": "AWS Service Event via CloudTrail"},
            "AWS Service Event via CloudTrail",
        ),
        ({"detail-type": "AWS API Call via CloudTrail", "detail": None}, "null"),
        ({"source": "aws.ec2", "detail": []}, "a list"),
        ({}, "eventName is missing"),
        ([], "a list"),
        (None, "null"),
        (True, "a boolean"),
        (7, "a number"),
        ("hello", "a string"),
        ("{not json", "a string"),
        (a_record(eventName=...), "eventName is missing"),
        (a_record(eventName={"a": 1}), "eventName is missing"),
        (a_record(eventSource=[]), "eventSource is missing"),
        (a_record(eventTime="yesterday"), "'yesterday' is not an ISO 8601 time"),
        (a_record(eventTime=...), "(missing)"),
        (a_record(eventTime=1e999), "is not an ISO 8601 time"),
        (a_record(eventTime="9999-12-31T23:59:59Z"), "is not an ISO 8601 time"),
    ],
)
def test_what_changed_nothing_is_ignored_with_its_reason(event, why):
    explained = explain(event)
    assert explained.change is None
    assert why in explained.ignored


def test_a_record_and_its_envelope_say_the_same():
    envelope = sample("ec2.CreateVpcEndpoint")
    assert explain(envelope) == explain(envelope["detail"]) == explain(json.dumps(envelope))


def test_what_the_record_lacks_is_taken_from_the_envelope():
    event = {**sample("ec2.CreateVpcEndpoint"), "detail": a_record(
        recipientAccountId=..., awsRegion=..., eventTime=...)}  # fmt: skip
    change = explain(event).change
    assert (change.account, change.region) == (ACCOUNT, "us-east-1")
    assert change.at == explain(a_record()).change.at


def test_a_record_without_an_id_gets_the_same_one_every_time():
    first, second = (explain(a_record(eventID=...)).change.id for _ in range(2))
    assert first == second != ""
    assert first != explain(a_record(eventID=..., eventTime="2026-11-21T10:03:00Z")).change.id


@pytest.mark.parametrize("name", ["ListenToTraffic", "GetawayRoute", "Checkout"])
def test_a_verb_ends_where_its_word_ends(name):
    assert explain(a_record(eventName=name)).change.kind == "unknown"


UNKNOWN = [
    ("ec2.CreateNetworkAclEntry", "acl-0a1b2c3d4e5f60718", ["1024-65535", "deny"]),
    ("ec2.ReplaceRoute", "nat-0a1b2c3d4e5f60718", ["0.0.0.0/0", "rtb-0c1d2e3f405162738"]),
    ("ec2.DeleteTransitGatewayVpcAttachment", "tgw-attach-0a1b2c3d4e5f60718", []),
    ("route53.ChangeResourceRecordSets", "Z0123456789EXAMPLE", ["*.api.example.com", "DELETE"]),
    ("route53.AssociateVPCWithHostedZone", "vpc-0a1b2c3d4e5f6a7b8", ["Z0123456789EXAMPLE"]),
    ("wafv2.UpdateWebACL", "a1b2c3d4-5678-90ab-cdef-111122223333", ["orders"]),
    ("elasticloadbalancing.ModifyListener",
     "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/orders/73e2d6bc24d8a067",
     ["8443"]),
    ("lambda.UpdateFunctionConfiguration20150331v2", "orders-authorizer", []),
    ("apigateway.CreateDeployment", "a1b2c3d4e5", ["prod"]),
    ("network-firewall.UpdateRuleGroup",
     "arn:aws:network-firewall:us-east-1:111122223333:stateful-rulegroup/egress",
     ["execute-api.us-east-1.amazonaws.com"]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "resource", "said"), UNKNOWN)
def test_a_kind_without_a_rule_is_still_told_with_ids_and_actor(name, resource, said):
    change = explain(sample(name)).change
    assert change.kind == "unknown"
    assert change.event_name == name.partition(".")[2]
    assert resource in change.resource_ids
    assert change.actor.name
    assert not change.typed
    assert [one for one in said if one not in change.summary] == []


def test_hosts_ports_and_networks_are_kept_as_data_too():
    scope = explain(sample("ec2.CreateNetworkAclEntry")).change.scope
    assert (scope["ports"], scope["cidrs"]) == (["1024-65535"], ["0.0.0.0/0"])
    scope = explain(sample("route53.ChangeResourceRecordSets")).change.scope
    assert "orders.example.com" in scope["hosts"]


def test_a_secret_is_not_quoted():
    request = {"name": "idp", "clientSecret": "s3cr3t", "providerDetails": {"apiKey": "k3y"},
               "environment": {"variables": {"A": "v4lue"}}}  # fmt: skip
    summary = explain(a_record(eventName="UpdateIdp", requestParameters=request)).change.summary
    assert "idp" in summary
    assert not [one for one in ("s3cr3t", "k3y", "v4lue") if one in summary]


def test_text_of_callers_cannot_break_a_line():
    request = {"description": "a\nb\u202e\x1b[31mc\ud800"}
    summary = explain(a_record(eventName="UpdateIt", requestParameters=request)).change.summary
    assert summary.isprintable()
    summary.encode("utf-8")
