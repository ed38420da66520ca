"""Open the way to a VPC endpoint again, by taking back what closed it.

A revoked rule is authorised anew, a removed group added again; nothing else is touched, and
nothing is opened that was not open before. Source:
docs.aws.amazon.com/cli/latest/reference/ec2/authorize-security-group-ingress.html.
"""

import re
from collections.abc import Mapping
from ipaddress import ip_network
from typing import Any

from reasoning.change import Change
from reasoning.group_events import rules_of, shown_rule
from reasoning.security_groups import GroupRule, covers_port
from reasoning.transition import DigestPair
from reasoning.twins import MODIFY
from reasoning.undo import Undo, checked

KIND = "open_endpoint"
_MOST = 3
_GROUP = re.compile(r"sg-[0-9a-f]{3,17}")
_LIST = re.compile(r"pl-[0-9a-f]{3,17}")
_PROTOCOL = re.compile(r"-1|tcp|6")
_VERBS = {
    "revoke_security_group_ingress": "authorize-security-group-ingress",
    "revoke_security_group_egress": "authorize-security-group-egress",
}
_AFTER = "recovery within a minute"


def undo(command: Mapping[str, Any], change: Change) -> Undo | None:
    """None for a change that does not tell what stood before it, or with an id or a rule that has
    not the form of one."""
    values = checked(command, "account", "region", "vpc_endpoint_id")
    if values is None:
        return None
    account, region, endpoint_id = values
    if change.event_name == MODIFY:
        return _groups_back(account, region, endpoint_id, change)
    verb = _VERBS.get(change.kind)
    return _rules_back(account, region, verb, command, change) if verb else None


def breaks(command: Mapping[str, Any], facts: Mapping[str, Any], pair: DigestPair) -> str:
    """Never: groups only admit, so a rule that is back closes nothing."""
    return ""


def _groups_back(account: str, region: str, endpoint_id: str, change: Change) -> Undo | None:
    gone = [str(one) for one in change.after.get("security_groups_removed") or ()]
    if not gone or not all(_GROUP.fullmatch(one) for one in gone):
        return None
    return Undo(
        account=account,
        command=f"aws ec2 modify-vpc-endpoint --region {region} --vpc-endpoint-id {endpoint_id} "
        f"--add-security-group-ids {' '.join(gone)}",
        unseen=f"whatever {', '.join(gone)} admits reaches it again",
        after=_AFTER,
        in_tool={
            "Terraform": "write the group into security_group_ids again",
            "CloudFormation": "write the group into SecurityGroupIds again",
        },
    )


def _rules_back(
    account: str, region: str, verb: str, command: Mapping[str, Any], change: Change
) -> Undo | None:
    port, group = command.get("port"), next(iter(change.resource_ids), "")
    if not isinstance(port, int):
        return None
    rules = [rule for rule in rules_of(change.before) or () if covers_port(rule, port)]
    told = [_permission(rule) for rule in rules]
    if not _GROUP.fullmatch(group) or not told or len(told) > _MOST or not all(told):
        return None
    shown = "; ".join(shown_rule(rule) for rule in rules)
    return Undo(
        account=account,
        command=f"aws ec2 {verb} --region {region} --group-id {group} "
        f"--ip-permissions {' '.join(told)}",
        unseen=f"open again for all that stands in {group}: {shown}",
        after=_AFTER,
        in_tool={
            "Terraform": "write the rule into its configuration again",
            "CloudFormation": "write the rule into the stack again",
        },
    )


def _permission(rule: GroupRule) -> str:
    """The rule in the AWS CLI's shorthand, quoted for a shell; "" when a part has a wrong form."""
    sources = _sources(rule)
    if not sources or not _PROTOCOL.fullmatch(rule.protocol):
        return ""
    ports = "" if rule.protocol == "-1" else _ports(rule)
    return f"'IpProtocol={rule.protocol}{ports},{sources}'"


def _ports(rule: GroupRule) -> str:
    first = 0 if rule.first_port is None else rule.first_port
    last = 65535 if rule.last_port is None else rule.last_port
    return f",FromPort={first},ToPort={last}"


def _sources(rule: GroupRule) -> str:
    """ "" when there is none, or one that has not the form of one."""
    try:
        networks = [ip_network(one, strict=False) for one in rule.cidrs]
    except ValueError:
        return ""
    if not all(map(_GROUP.fullmatch, rule.groups)) or not all(
        map(_LIST.fullmatch, rule.prefix_lists)
    ):
        return ""
    parts = {
        "IpRanges": [f"{{CidrIp={one}}}" for one in networks if one.version == 4],
        "Ipv6Ranges": [f"{{CidrIpv6={one}}}" for one in networks if one.version == 6],
        "UserIdGroupPairs": [f"{{GroupId={one}}}" for one in rule.groups],
        "PrefixListIds": [f"{{PrefixListId={one}}}" for one in rule.prefix_lists],
    }
    return ",".join(f"{key}=[{','.join(found)}]" for key, found in parts.items() if found)
