import pytest

from reasoning.explain import could_break, explain
from reasoning.group_events import rules_of
from reasoning.security_groups import GroupRule
from tests.unit.reasoning.changes.cloudtrail_records import a_record, sample

GROUP = ("sg-0f1e2d3c4b5a69788",)
HTTPS = {"protocol": "tcp", "first_port": 443, "last_port": 443}
VPC_IN = GroupRule(**HTTPS, cidrs=("10.0.0.0/16",))
BRANCHES = GroupRule(**HTTPS, cidrs=("10.20.0.0/16",))
ANY = GroupRule(cidrs=("0.0.0.0/0",))


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("RevokeSecurityGroupIngress", VPC_IN),
        ("RevokeSecurityGroupIngress.wrapped", VPC_IN),
        ("RevokeSecurityGroupIngress.one_rule", VPC_IN),
        ("RevokeSecurityGroupIngress.by_rule_id",
         GroupRule(**HTTPS, groups=("sg-0c0ffee0c0ffee000",))),
        ("RevokeSecurityGroupEgress", ANY),
        ("RevokeSecurityGroupEgress.wrapped", ANY),
    ],
)  # fmt: skip
def test_a_revoked_rule_is_what_stood_before(name, rule):
    change = explain(sample(f"ec2.{name}")).change
    assert change.resource_ids == GROUP
    assert (rules_of(change.before), rules_of(change.after)) == ((rule,), ())
    assert change.scope["side"] == ("egress" if "Egress" in name else "ingress")
    assert could_break(change).startswith("yes")
    assert "took away" in change.summary and change.typed


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("AuthorizeSecurityGroupIngress", BRANCHES),
        ("AuthorizeSecurityGroupIngress.wrapped", VPC_IN),
        ("AuthorizeSecurityGroupEgress", ANY),
        ("AuthorizeSecurityGroupEgress.wrapped", ANY),
    ],
)
def test_an_added_rule_stands_since_and_can_break_nothing(name, rule):
    change = explain(sample(f"ec2.{name}")).change
    assert change.resource_ids == GROUP
    assert (rules_of(change.before), rules_of(change.after)) == ((), (rule,))
    assert could_break(change) == ""


@pytest.mark.parametrize("name", ["ModifySecurityGroupRules", "ModifySecurityGroupRules.flat"])
def test_exchanged_rules_tell_what_stands_and_not_what_stood(name):
    change = explain(sample(f"ec2.{name}")).change
    assert change.resource_ids == GROUP
    assert (rules_of(change.before), rules_of(change.after)) == (None, (BRANCHES,))
    assert change.scope["rule_ids"] == ["sgr-0a9b8c7d6e5f40312"]
    assert could_break(change).startswith("perhaps") and not change.typed


def test_the_answer_says_what_went_where_the_request_asked_for_more():
    asked = a_record("ec2.RevokeSecurityGroupIngress.by_rule_id")
    asked["requestParameters"] = a_record("ec2.RevokeSecurityGroupIngress")["requestParameters"]
    assert rules_of(explain(asked).change.before)[0].groups == ("sg-0c0ffee0c0ffee000",)


@pytest.mark.parametrize(
    "request_parameters",
    [None, "", "cut off here {", {"groupId": GROUP[0]}, {"omitted": True},
     {"groupId": GROUP[0], "securityGroupRuleIds": {"items": [{"securityGroupRuleId": "sgr-1"}]}}],
)  # fmt: skip
def test_rules_that_are_not_told_are_unknown_and_never_none(request_parameters):
    record = a_record(
        "ec2.RevokeSecurityGroupIngress", requestParameters=request_parameters,
        responseElements={"_return": True},
    )  # fmt: skip
    change = explain(record).change
    assert rules_of(change.before) is None
    assert "not told" in change.summary


@pytest.mark.parametrize("port", ["https", -5, 70000, "443443443", None, {"a": 1}])
def test_a_port_that_is_none_is_left_out(port):
    rule = {"ipProtocol": "tcp", "fromPort": port, "toPort": port, "cidrIp": "10.0.0.0/16"}
    record = a_record(
        "ec2.RevokeSecurityGroupIngress",
        requestParameters={"groupId": GROUP[0], **rule},
        responseElements={},
    )
    (found,) = rules_of(explain(record).change.before)
    assert (found.first_port, found.last_port) == (None, None)


def test_a_group_that_a_rule_refers_to_is_not_the_subject():
    assert explain(sample("ec2.RevokeSecurityGroupIngress.by_rule_id")).change.resource_ids == GROUP


def test_groups_of_an_endpoint_exchanged_are_told():
    change = explain(sample("ec2.ModifyVpcEndpoint.security_groups")).change
    assert change.after == {
        "security_groups_added": ["sg-0c0ffee0c0ffee000"],
        "security_groups_removed": list(GROUP),
    }
