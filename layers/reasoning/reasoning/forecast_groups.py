"""Which endpoints a change of a security group guards, and whom it may cut off.

Said only of a rule that is told, that was about the caller's port, and whose sources meet the
endpoint's VPC. Another rule may admit the same caller: a member's inventory knows no rules, so
the forecast says so.
"""

from collections.abc import Iterable
from dataclasses import replace
from ipaddress import ip_network
from typing import Any
from urllib.parse import urlsplit

from reasoning.change import Change
from reasoning.group_events import rules_of, shown_rule
from reasoning.inventory import Inventory
from reasoning.security_groups import GroupRule, covers_port

GUARDED = "guarded"
"""Key of a change's scope: the endpoints that its group guards, each with the CIDRs of its VPC."""
_REVOKE = "revoke_security_group_ingress"


def is_about_groups(change: Change) -> bool:
    """Whether the change is about security groups and nothing else."""
    ids = change.resource_ids
    return bool(ids) and all(one.startswith("sg-") for one in ids)


def located(change: Change, inventories: Iterable[Inventory]) -> Change:
    """`change` with the endpoints that its groups guard; as it was when they guard none."""
    guarded: dict[str, list[str]] = {}
    vpc_ids: list[str] = []
    for inventory in inventories:
        for endpoint in inventory.guarded_by(change.resource_ids):
            vpc = inventory.vpc(endpoint.vpc_id)
            guarded[endpoint.id] = list(vpc.cidrs) if vpc else []
            vpc_ids.append(endpoint.vpc_id)
    if not guarded:
        return change
    added: dict[str, Any] = {GUARDED: guarded}
    if len(set(vpc_ids)) == 1:
        added["vpc_id"] = vpc_ids[0]
    return replace(change, scope={**change.scope, **added})


def may_close(change: Change) -> bool:
    """Whether it took away rules that are told, by which callers came in."""
    return change.kind == _REVOKE and bool(rules_of(change.before))


def why(change: Change, endpoint_id: str, url: str) -> str:
    """Why a pair that is good through `endpoint_id` may be cut off; "" when it may not."""
    guarded = change.scope.get(GUARDED)
    if not isinstance(guarded, dict) or not endpoint_id or endpoint_id not in guarded:
        return ""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme in ("https", "wss") else 80)
    cidrs = tuple(str(one) for one in guarded[endpoint_id])
    found = (
        rule
        for rule in rules_of(change.before) or ()
        if covers_port(rule, port) and _meets(rule, cidrs)
    )
    rule = next(found, None)
    if rule is None:
        return ""
    group = ", ".join(change.resource_ids)
    return (
        f"good through {endpoint_id}; its group {group} lost {shown_rule(rule)}: cut off, unless "
        "another rule admits"
    )


def _meets(rule: GroupRule, cidrs: tuple[str, ...]) -> bool:
    if rule.groups or rule.prefix_lists or not cidrs:
        return True
    return any(_overlap(one, other) for one in rule.cidrs for other in cidrs)


def _overlap(one: str, other: str) -> bool:
    try:
        first, second = ip_network(one, strict=False), ip_network(other, strict=False)
    except ValueError:
        return False
    return first.version == second.version and first.overlaps(second)
