"""What AWS refuses when a canary is placed: what it is about, and for how long nothing is tried.

The texts are those of CloudFormation's events, which pass on Lambda's and EC2's own words.
"""

import re
from collections.abc import Sequence

from placer.facts import Estate, Refusal, RefusalKind
from placer.teardown import clock_time

SUBNET_REST_SECONDS = 24 * 3600.0
REST_SECONDS = {
    RefusalKind.SUBNET: 0.0,
    RefusalKind.POLICY: 6 * 3600.0,
    RefusalKind.QUOTA: 3600.0,
    RefusalKind.OTHER: 900.0,
}
"""How long nothing is tried after a refusal; one of a subnet is followed by the next subnet."""
SIGNS = (
    (RefusalKind.POLICY, r"explicit deny|not authorized|access ?denied|unauthorized|accessdenied"),
    (
        RefusalKind.SUBNET,
        r"subnet[^;]*(availability zone|free|out of|insufficient|not enough|ipv6|does not exist)"
        r"|(availability zone)[^;]*not support|subnetoutofipaddresses|insufficientfreeaddresses"
        r"|invalidsubnet|free (ip )?address",
    ),
    (RefusalKind.QUOTA, r"limit ?exceeded|limitreached|quota|codestorageexceeded|maximum number"),
)
WHAT_TO_DO = {
    RefusalKind.SUBNET: "free addresses in its subnets, or tag one of them gatewatch:place=yes",
    RefusalKind.POLICY: (
        "a policy of the organisation or a permissions boundary denies it: let the role that is "
        "output CanaryServiceRoleArn of the member do it, or tag the VPC gatewatch:place=no"
    ),
    RefusalKind.QUOTA: "ask for the quota to be raised in Service Quotas",
    RefusalKind.OTHER: "see the events of the stack in CloudFormation",
}


def kind_of(text: str) -> RefusalKind:
    """What a refusal's text is about."""
    lower = text.lower()
    return next((kind for kind, sign in SIGNS if re.search(sign, lower)), RefusalKind.OTHER)


def refusal(text: str, vpc_id: str, canary: str, tried: Sequence[str], now_at: float) -> Refusal:
    """A refusal to remember: the subnets that its text names, else all that were tried."""
    named = tuple(subnet for subnet in tried if subnet in text)
    return Refusal(
        vpc_id=vpc_id,
        canary=canary,
        kind=kind_of(text),
        why=text,
        at=now_at,
        subnets=named or tuple(tried),
    )


def avoided(estate: Estate, vpc_id: str, now_at: float) -> frozenset[str]:
    """Subnets of the VPC that were refused lately."""
    return frozenset(
        subnet
        for one in estate.refusals
        if one.vpc_id == vpc_id
        and one.kind is RefusalKind.SUBNET
        and now_at - one.at < SUBNET_REST_SECONDS
        for subnet in one.subnets
    )


def waiting(estate: Estate, vpc_id: str, canary: str, now_at: float) -> str:
    """Why nothing is tried for this canary now; "" when nothing says so."""
    for one in sorted(estate.refusals, key=lambda one: -one.at):
        if one.vpc_id == vpc_id and one.canary == canary:
            again_at = one.at + REST_SECONDS[one.kind]
            if now_at < again_at:
                return (
                    f"AWS refused it at {clock_time(one.at)}: {one.why}. To do: "
                    f"{WHAT_TO_DO[one.kind]}. Tried again at {clock_time(again_at)}"
                )
    return ""
