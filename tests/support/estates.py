"""Accounts as the placer's tests need them: what a test does not name is unremarkable."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from placer.decision import Act, Decision, Terms
from placer.facts import CanaryStack, Concurrency, Estate, Subnet, Vpc, WayOut
from placer.plan import plan
from placer.stack import MemberOutputs, Placement, stack_name

NOW = 1_800_000_000.0
DAY = 86400.0
ACCOUNT = "111122223333"
MEMBER = MemberOutputs(
    canary_role_arn="arn:aws:iam::111122223333:role/canary",
    canary_layer_arn="arn:aws:lambda:us-east-1:111122223333:layer:canary:1",
    probing_layer_arn="arn:aws:lambda:us-east-1:111122223333:layer:probing:1",
    service_role_arn="arn:aws:iam::111122223333:role/service",
    release="2",
)
TERMS = Terms(member=MEMBER)


def subnet(name: str, zone: str = "us-east-1a", **told: Any) -> Subnet:
    defaults: dict[str, Any] = {
        "free": 100,
        "route_table": "rtb-1",
        "network_acl": "acl-1",
        "way_out": WayOut.ROUTED,
    }
    return Subnet(subnet_id=name, zone=zone, **{**defaults, **told})


def vpc(*subnets: Subnet, vpc_id: str = "vpc-1", **told: Any) -> Vpc:
    return Vpc(vpc_id=vpc_id, subnets=subnets, **{"owner": ACCOUNT, **told})


def estate(*vpcs: Vpc, stacks: Sequence[CanaryStack] = (), **told: Any) -> Estate:
    defaults = {"concurrency": Concurrency(limit=1000, unreserved=1000)}
    return Estate(
        account=ACCOUNT,
        region="us-east-1",
        vpcs=vpcs,
        stacks=tuple(stacks),
        **{**defaults, **told},
    )


def made(placement: Placement, since: float, **told: Any) -> CanaryStack:
    """The stack that placing makes."""
    parameters = {
        "Release": MEMBER.release,
        "CanaryRoleArn": MEMBER.canary_role_arn,
        "CanaryLayerArn": MEMBER.canary_layer_arn,
        "ProbingLayerArn": MEMBER.probing_layer_arn,
        "Zones": ",".join(placement.zones),
        "SecurityGroupIds": ",".join(placement.security_groups),
        "NotRepresentative": placement.not_representative,
        "Ipv6": "true" if placement.ipv6 else "false",
    }
    defaults: dict[str, Any] = {
        "name": stack_name(placement.vpc_id, placement.canary),
        "vpc_id": placement.vpc_id,
        "canary": placement.canary,
        "since": since,
        "subnets": placement.subnet_ids,
        "groups": placement.security_groups or (f"sg-{placement.vpc_id}",),
        "parameters": parameters,
        "by_hand": placement.by_hand,
    }
    return CanaryStack(**{**defaults, **told})


def stack(*subnets: Subnet, vpc_id: str = "vpc-1", canary: str = "", **told: Any) -> CanaryStack:
    """A canary in these subnets, a month old, as the placer would have made it."""
    parameters = told.pop("parameters", {})
    placement = Placement(
        vpc_id=vpc_id,
        canary=canary,
        subnet_ids=tuple(one.subnet_id for one in subnets),
        zones=tuple(one.zone for one in subnets),
        by_hand=told.pop("by_hand", False),
    )
    one = made(placement, told.pop("since", NOW - 30 * DAY), **told)
    return replace(one, parameters={**one.parameters, **parameters})


def covered(*subnets: Subnet, **told: Any) -> Estate:
    """A VPC with a canary in its first subnet; `vpc` and `stack` say what is special of them."""
    one = vpc(*subnets, **told.pop("vpc", {}))
    return estate(one, stacks=[stack(subnets[0], **told.pop("stack", {}))], **told)


def only(decisions: Sequence[Decision]) -> Decision:
    assert len(decisions) == 1, decisions
    return decisions[0]


def decided(whole: Estate, terms: Terms = TERMS, now_at: float = NOW) -> Decision:
    """The one decision of the plan of an account with one VPC."""
    return only(plan(whole, terms, now_at))


def done(whole: Estate, decisions: Sequence[Decision], now_at: float) -> Estate:
    """The estate when CloudFormation has done what was decided."""
    stacks = {(one.vpc_id, one.canary): one for one in whole.stacks}
    for one in decisions:
        if one.act is Act.WITHDRAW:
            del stacks[one.vpc_id, one.canary]
        elif one.act in (Act.PLACE, Act.MOVE, Act.UPDATE):
            assert one.placement is not None
            stacks[one.vpc_id, one.canary] = made(one.placement, now_at)
    return replace(whole, stacks=tuple(stacks.values()))
