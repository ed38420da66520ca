"""A private API behind an endpoint whose security group is closed, and what closes or opens it."""

from dataclasses import replace

from probing.outcome import Failure
from reasoning.case import RouteClass
from reasoning.change import Change
from reasoning.diagnosis import diagnose
from reasoning.group_events import as_data
from reasoning.security_groups import Filters, GroupRule, SecurityGroup
from tests.support.cases import (
    ACCOUNT,
    ANNA,
    INSIDE,
    REGION,
    T0,
    VANTAGE,
    VPCE,
    captured_case,
    inventory,
    last_good,
    modified,
    outcome,
    vpce,
)

GROUP, OTHER_GROUP, CANARY_GROUP = "sg-0aaaaaaa", "sg-0bbbbbbb", "sg-0ccccccc"
CANARY = "10.0.0.10"
FROM_VPC = GroupRule(protocol="tcp", first_port=443, last_port=443, cidrs=("10.0.0.0/16",))
BY_GROUP = replace(FROM_VPC, cidrs=(), groups=(CANARY_GROUP,))
ELSEWHERE = replace(FROM_VPC, cidrs=("192.0.2.0/24",))
SSH = replace(FROM_VPC, first_port=22, last_port=22)
BY_LIST = replace(FROM_VPC, cidrs=(), prefix_lists=("pl-0abc0abc",))
ANYWHERE = GroupRule(cidrs=("0.0.0.0/0", "::/0"))


def filters(*ingress, egress=(ANYWHERE,), own=True, **other):
    told = Filters(
        groups=(
            SecurityGroup(id=GROUP, ingress=tuple(ingress)),
            SecurityGroup(id=OTHER_GROUP, ingress=(FROM_VPC,)),
            SecurityGroup(id=CANARY_GROUP, egress=tuple(egress), own=own),
        ),
        standing=(CANARY,),
        at=T0 + 1,
    )
    return replace(told, **other)


def blocked_case(**other):
    """Good through the endpoint before; now its group admits another network alone."""
    case = captured_case(
        inside=outcome(None, address=INSIDE, failure=Failure.CONNECT_TIMEOUT),
        vantage=replace(VANTAGE, security_groups=(CANARY_GROUP,)),
        last_good=last_good(route_class=RouteClass.VPCE, addresses=(INSIDE,), vpc_endpoint_id=VPCE),
        pinned=None,
        outside=None,
        outside_ever_good=False,
        inventory=inventory(vpce(security_groups=(GROUP,))),
        described=(vpce(security_groups=(GROUP,)),),
        filters=filters(ELSEWHERE),
    )
    return replace(case, **other)


BLOCKED = diagnose(blocked_case())[0]


def rules_changed(verb, *rules, at=T0 - 20, side="ingress", **other):
    """`verb` Revoke or Authorize; no rules: the event does not tell them."""
    told = {"rules": as_data(rules)} if rules else {}
    gone = verb == "Revoke"
    change = Change(
        id=f"{verb}-{side}-{at}-{rules}",
        kind=f"{verb.lower()}_security_group_{side}",
        event_name=f"{verb}SecurityGroup{side.title()}",
        event_source="ec2.amazonaws.com",
        at=at,
        account=ACCOUNT,
        region=REGION,
        resource_ids=(GROUP,),
        scope={"side": side},
        actor=ANNA,
        before=told if gone else {"rules": []},
        after={"rules": []} if gone else told,
    )
    return replace(change, **other)


def exchanged(*rules, at=T0 - 20, **other):
    """ModifySecurityGroupRules: what stands since."""
    return rules_changed(
        "Authorize",
        *rules,
        at=at,
        **{
            "kind": "modify_security_group_rules",
            "event_name": "ModifySecurityGroupRules",
            "scope": {},
            "before": {},
            "typed": False,
            **other,
        },
    )


def groups_changed(*, added=(), removed=(), at=T0 - 20, **other):
    """ModifyVpcEndpoint with groups."""
    after = {"security_groups_added": list(added), "security_groups_removed": list(removed)}
    told = {key: value for key, value in after.items() if value}
    return modified(False, at, id=f"groups-{at}-{told}", after=told, **other)
