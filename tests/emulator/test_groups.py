"""Rules of security groups as EC2 revokes them, and how CloudTrail tells it."""

import pytest
from botocore.exceptions import ClientError

from reasoning.explain import explain
from reasoning.group_events import rules_of
from reasoning.security_groups import GroupRule

HTTPS = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
FROM_VPC = HTTPS | {"IpRanges": [{"CidrIp": "10.0.0.0/16"}]}
RULE = GroupRule(protocol="tcp", first_port=443, last_port=443, cidrs=("10.0.0.0/16",))


def group(ec2, network):
    made = ec2.create_security_group(GroupName="endpoints", Description="g", VpcId=network.vpc)
    ec2.authorize_security_group_ingress(GroupId=made["GroupId"], IpPermissions=[FROM_VPC])
    return made["GroupId"]


def told(emulator, event_name):
    return explain(emulator.records(event_name)[-1]["detail"]).change


def test_a_revoked_rule_is_named_in_the_answer_and_in_the_record(emulator, network):
    ec2 = emulator.client("ec2")
    made = group(ec2, network)
    answer = ec2.revoke_security_group_ingress(GroupId=made, IpPermissions=[FROM_VPC])
    (gone,) = answer["RevokedSecurityGroupRules"]
    assert (gone["GroupId"], gone["CidrIpv4"], gone["IsEgress"]) == (made, "10.0.0.0/16", False)
    record = emulator.records("RevokeSecurityGroupIngress")[-1]["detail"]
    assert record["requestParameters"]["ipPermissions"]["items"][0]["ipRanges"] == {
        "items": [{"cidrIp": "10.0.0.0/16"}]
    }
    (listed,) = record["responseElements"]["revokedSecurityGroupRuleSet"]["items"]
    assert (listed["groupId"], listed["fromPort"], listed["isEgress"]) == (made, 443, False)
    change = told(emulator, "RevokeSecurityGroupIngress")
    assert (change.resource_ids, rules_of(change.before)) == ((made,), (RULE,))


def test_a_rule_revoked_by_its_id_is_told_with_what_it_admitted(emulator, network):
    ec2 = emulator.client("ec2")
    made = group(ec2, network)
    (rule,) = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [made]}])[
        "SecurityGroupRules"
    ][:1]
    ec2.revoke_security_group_ingress(
        GroupId=made, SecurityGroupRuleIds=[rule["SecurityGroupRuleId"]]
    )
    change = told(emulator, "RevokeSecurityGroupIngress")
    assert change.scope["rule_ids"] == [rule["SecurityGroupRuleId"]]
    assert rules_of(change.before) == (RULE,)


@pytest.mark.parametrize("direction", ["ingress", "egress"])
def test_a_rule_that_does_not_exist_cannot_be_revoked(emulator, network, direction):
    ec2 = emulator.client("ec2")
    made = group(ec2, network)
    revoke = getattr(ec2, f"revoke_security_group_{direction}")
    with pytest.raises(ClientError, match=r"InvalidPermission\.NotFound"):
        revoke(GroupId=made, IpPermissions=[HTTPS | {"IpRanges": [{"CidrIp": "192.0.2.0/24"}]}])
    record = emulator.records(f"RevokeSecurityGroup{direction.title()}")[-1]["detail"]
    assert record["errorCode"] == "Client.InvalidPermission.NotFound"
    assert explain(record).change is None


def test_egress_and_exchanged_rules_are_told(emulator, network):
    ec2 = emulator.client("ec2")
    made = group(ec2, network)
    everything = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ec2.revoke_security_group_egress(GroupId=made, IpPermissions=[everything])
    change = told(emulator, "RevokeSecurityGroupEgress")
    assert rules_of(change.before) == (GroupRule(cidrs=("0.0.0.0/0",)),)
    ec2.authorize_security_group_egress(GroupId=made, IpPermissions=[FROM_VPC])
    assert rules_of(told(emulator, "AuthorizeSecurityGroupEgress").after) == (RULE,)
    (rule,) = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [made]}])[
        "SecurityGroupRules"
    ][:1]
    ec2.modify_security_group_rules(
        GroupId=made,
        SecurityGroupRules=[
            {"SecurityGroupRuleId": rule["SecurityGroupRuleId"],
             "SecurityGroupRule": {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443,
                                   "CidrIpv4": "10.20.0.0/16"}}
        ],
    )  # fmt: skip
    change = told(emulator, "ModifySecurityGroupRules")
    assert change.resource_ids == (made,)
    assert rules_of(change.after)[0].cidrs == ("10.20.0.0/16",)


def test_a_rule_keeps_its_prefix_lists(emulator, network):
    ec2 = emulator.client("ec2")
    made = group(ec2, network)

    def held():
        [found] = ec2.describe_security_groups(GroupIds=[made])["SecurityGroups"]
        return [rule["PrefixListIds"] for rule in found["IpPermissions"] if rule["PrefixListIds"]]

    lists = [{"PrefixListId": "pl-0a1b2c3d"}, {"PrefixListId": "pl-0e4f5a6b"}]
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "PrefixListIds": lists}
    ec2.authorize_security_group_ingress(GroupId=made, IpPermissions=[rule])
    assert held() == [lists]
    ec2.revoke_security_group_ingress(GroupId=made, IpPermissions=[rule])
    assert held() == []
