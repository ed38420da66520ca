"""What a call on a security group's rules says: the group, and the rules that it set or took away.

Layouts: public recorded events of Authorize- and RevokeSecurityGroupIngress (flat: `ipPermissions`,
or one rule's fields at the top, or `securityGroupRuleIds`), and the answers of
docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RevokeSecurityGroupIngress.html
(`revokedSecurityGroupRuleSet`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from probing.wire import WireError, from_json, to_json
from reasoning.change import Change
from reasoning.cloudtrail import Record
from reasoning.harvest import ids_of
from reasoning.security_groups import GroupRule
from reasoning.values import items, member, text, texts

RULES = "rules"
"""Key of `before` and `after`: rules that stood there, as data; absent where none are told."""
_SHOWN = 3
_MOST = 60
"""As many rules as a group has by default (VPC quotas)."""


def taken_away(record: Record, base: Change, side: str) -> Change:
    """Rules of that side (ingress, egress) are gone: the answer's, else those that the request
    names."""
    rules = rules_told(record) or rules_asked(record)
    named = list(rule_ids(record))
    change = replace(
        base,
        resource_ids=group_ids(record),
        scope={**base.scope, "side": side, **({"rule_ids": named} if named else {})},
        before={RULES: as_data(rules)} if rules else {},
        after={RULES: []},
    )
    return replace(change, summary=summary(change, "took away", rules))


def added(record: Record, base: Change, side: str) -> Change:
    """Rules of that side stand since: the answer's, else those of the request."""
    rules = rules_told(record) or rules_asked(record)
    change = replace(
        base,
        resource_ids=group_ids(record),
        scope={**base.scope, "side": side},
        before={RULES: []},
        after={RULES: as_data(rules)} if rules else {},
    )
    return replace(change, summary=summary(change, "let pass", rules))


def group_ids(record: Record) -> tuple[str, ...]:
    """The group that was called upon, never one that a rule refers to."""
    asked = text(member(record.request, "GroupId"))
    told = asked or next(iter(_groups_of(_told(record.response))), "")
    return ids_of("sg-", {"groupId": told})


def rules_asked(record: Record) -> tuple[GroupRule, ...]:
    """The rules of the request, in any of its forms; () where it names ids of rules alone."""
    listed = items(member(record.request, "IpPermissions", "IpPermission"))
    if not listed and member(record.request, "IpProtocol") is not None:
        listed = (record.request,)
    return tuple(_permission(one) for one in listed[:_MOST] if isinstance(one, dict))


def rules_told(record: Record) -> tuple[GroupRule, ...]:
    """The rules of the answer, which says what became of the call."""
    return tuple(rule_of(one) for one in _told(record.response)[:_MOST])


def rule_ids(record: Record) -> tuple[str, ...]:
    """Ids of the rules that the call named."""
    named = member(record.request, "SecurityGroupRuleIds", "SecurityGroupRuleId")
    return texts(named, "SecurityGroupRuleId")


def rule_of(one: Any) -> GroupRule:
    """A rule as the newer calls tell it: one source each."""
    info = member(one, "ReferencedGroupInfo")
    group = text(member(one, "ReferencedGroupId")) or text(member(info, "GroupId"))
    cidrs = (text(member(one, "CidrIpv4")), text(member(one, "CidrIpv6")))
    lists = text(member(one, "PrefixListId"))
    return GroupRule(
        protocol=text(member(one, "IpProtocol")) or "-1",
        first_port=_port(member(one, "FromPort")),
        last_port=_port(member(one, "ToPort")),
        cidrs=tuple(cidr for cidr in cidrs if cidr),
        groups=(group,) if group else (),
        prefix_lists=(lists,) if lists else (),
    )


def as_data(rules: Iterable[GroupRule]) -> list[dict[str, Any]]:
    """Rules for `before` and `after` of a change, which are JSON."""
    return [{key: _plain(value) for key, value in to_json(rule).items()} for rule in rules]


def rules_of(side: Any) -> tuple[GroupRule, ...] | None:
    """The rules that stand in a change's `before` or `after`; None where they are not told."""
    held = side.get(RULES) if isinstance(side, dict) else None
    if not isinstance(held, Sequence) or isinstance(held, str):
        return None
    try:
        return tuple(from_json(GroupRule, one) for one in held)
    except WireError:
        return None


def summary(change: Change, verb: str, rules: Sequence[GroupRule]) -> str:
    """`RevokeSecurityGroupIngress: sg-0f1: took away tcp 443 from 10.0.0.0/16`"""
    shown = "; ".join(shown_rule(rule) for rule in rules[:_SHOWN])
    more = f" and {len(rules) - _SHOWN} more" if len(rules) > _SHOWN else ""
    group = ", ".join(change.resource_ids) or "(group not told)"
    return f"{change.event_name}: {group}: {verb} {shown or 'rules that are not told'}{more}"


def shown_rule(rule: GroupRule) -> str:
    """`tcp 443 for 10.0.0.0/16`"""
    ports = "all" if rule.first_port is None else str(rule.first_port)
    if rule.last_port not in (None, rule.first_port):
        ports = f"{ports}-{rule.last_port}"
    protocol = "all traffic" if rule.protocol == "-1" else f"{rule.protocol} {ports}"
    sources = ", ".join((*rule.cidrs, *rule.groups, *rule.prefix_lists))
    return f"{protocol} for {sources or 'nobody told'}"


def _told(response: Any) -> tuple[Any, ...]:
    listed = member(response, "RevokedSecurityGroupRuleSet", "SecurityGroupRuleSet")
    return tuple(one for one in items(listed) if isinstance(one, dict))


def _groups_of(rules: Iterable[Any]) -> Iterable[str]:
    return (group for one in rules if (group := text(member(one, "GroupId"))))


def _permission(one: Any) -> GroupRule:
    flat = text(member(one, "CidrIp"))
    cidrs = (
        *texts(member(one, "IpRanges"), "CidrIp"),
        *texts(member(one, "Ipv6Ranges"), "CidrIpv6"),
        *((flat,) if flat else ()),
    )
    named = texts(member(one, "Groups", "UserIdGroupPairs"), "GroupId")
    source = text(member(one, "SourceSecurityGroupId"))
    return GroupRule(
        protocol=text(member(one, "IpProtocol")) or "-1",
        first_port=_port(member(one, "FromPort")),
        last_port=_port(member(one, "ToPort")),
        cidrs=tuple(dict.fromkeys(cidrs)),
        groups=(*named, *((source,) if source else ())),
        prefix_lists=texts(member(one, "PrefixListIds"), "PrefixListId"),
    )


def _port(value: Any) -> int | None:
    digits = text(value)
    port = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 6 else None
    return port if port is not None and port <= 65535 else None


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
