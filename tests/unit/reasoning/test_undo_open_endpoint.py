from dataclasses import replace

import pytest

from reasoning.security_groups import GroupRule
from reasoning.undo import undo_of
from tests.support.blocked import (
    ANYWHERE,
    BLOCKED,
    BY_GROUP,
    BY_LIST,
    CANARY_GROUP,
    FROM_VPC,
    GROUP,
    OTHER_GROUP,
    SSH,
    exchanged,
    groups_changed,
    rules_changed,
)
from tests.support.cases import ACCOUNT, VPCE

INGRESS = f"aws ec2 authorize-security-group-ingress --region us-east-1 --group-id {GROUP}"
HTTPS = "IpProtocol=tcp,FromPort=443,ToPort=443"
EVIL = "10.0.0.0/16}]'; rm -rf / #"


@pytest.mark.parametrize(
    ("change", "command"),
    [
        (rules_changed("Revoke", FROM_VPC),
         f"{INGRESS} --ip-permissions '{HTTPS},IpRanges=[{{CidrIp=10.0.0.0/16}}]'"),
        (rules_changed("Revoke", SSH, BY_GROUP),
         f"{INGRESS} --ip-permissions '{HTTPS},UserIdGroupPairs=[{{GroupId={CANARY_GROUP}}}]'"),
        (rules_changed("Revoke", BY_LIST),
         f"{INGRESS} --ip-permissions '{HTTPS},PrefixListIds=[{{PrefixListId=pl-0abc0abc}}]'"),
        (rules_changed("Revoke", ANYWHERE),
         f"{INGRESS} --ip-permissions "
         "'IpProtocol=-1,IpRanges=[{CidrIp=0.0.0.0/0}],Ipv6Ranges=[{CidrIpv6=::/0}]'"),
        (rules_changed("Revoke", FROM_VPC, BY_GROUP),
         f"{INGRESS} --ip-permissions '{HTTPS},IpRanges=[{{CidrIp=10.0.0.0/16}}]' "
         f"'{HTTPS},UserIdGroupPairs=[{{GroupId={CANARY_GROUP}}}]'"),
        (rules_changed("Revoke", ANYWHERE, side="egress", resource_ids=(CANARY_GROUP,)),
         "aws ec2 authorize-security-group-egress --region us-east-1 "
         f"--group-id {CANARY_GROUP} --ip-permissions "
         "'IpProtocol=-1,IpRanges=[{CidrIp=0.0.0.0/0}],Ipv6Ranges=[{CidrIpv6=::/0}]'"),
        (groups_changed(removed=[GROUP, OTHER_GROUP]),
         f"aws ec2 modify-vpc-endpoint --region us-east-1 --vpc-endpoint-id {VPCE} "
         f"--add-security-group-ids {GROUP} {OTHER_GROUP}"),
    ],
)  # fmt: skip
def test_the_undo_puts_back_what_was_taken_away(change, command):
    undo = undo_of(BLOCKED, change)
    assert (undo.account, undo.command) == (ACCOUNT, command)
    assert undo.unseen and undo.after


@pytest.mark.parametrize(
    "change",
    [
        rules_changed("Revoke"),
        rules_changed("Revoke", SSH),
        rules_changed("Revoke", FROM_VPC, resource_ids=("sg-0aaaaaaa; true",)),
        rules_changed("Revoke", replace(FROM_VPC, cidrs=(EVIL,))),
        rules_changed("Revoke", replace(FROM_VPC, cidrs=(), groups=("sg-1' '",))),
        rules_changed("Revoke", replace(FROM_VPC, cidrs=(), prefix_lists=("pl-$(id)",))),
        rules_changed("Revoke", GroupRule(protocol="tcp", first_port=443, last_port=443)),
        rules_changed("Revoke", FROM_VPC, BY_GROUP, BY_LIST, ANYWHERE),
        rules_changed("Revoke", FROM_VPC, before={"rules": [{"protocol": ["tcp"], "cidrs": 7}]}),
        exchanged(SSH),
        groups_changed(removed=["sg-0aaa --dry-run"]),
        groups_changed(added=[GROUP]),
    ],
)
def test_no_command_is_made_of_what_is_not_told_or_has_a_wrong_form(change):
    assert undo_of(BLOCKED, change) is None


def test_no_command_is_made_for_a_port_that_is_none():
    facts = {**BLOCKED.facts, "command": {**BLOCKED.facts["command"], "port": "443; true"}}
    assert undo_of(replace(BLOCKED, facts=facts), rules_changed("Revoke", FROM_VPC)) is None
