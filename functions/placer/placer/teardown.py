"""Signs that a VPC is being taken down, and for how long a canary stays out of it.

Our interface and group keep AWS from deleting a VPC, so the canary leaves at the first sign and
does not come back at once. A refused delete of the VPC, or of the canary's own subnet or group, is
a sign by itself. What also happens in daily work (a NAT gateway or a subnet deleted, an internet
gateway detached, another delete refused) is one only where no workload stands any more: while
workloads stand, such a change is what must be looked at.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from placer.facts import CanaryStack, Teardown, Vpc

REST_SECONDS = 24 * 3600.0
WHAT = {
    ("DeleteVpc", True): "deleting the VPC was refused",
    ("DeleteSubnet", True): "deleting subnet {subject} was refused",
    ("DeleteSecurityGroup", True): "deleting security group {subject} was refused",
    ("DeleteNatGateway", False): "NAT gateway {subject} was deleted",
    ("DetachInternetGateway", False): "internet gateway {subject} was detached",
    ("DeleteSubnet", False): "subnet {subject} was deleted",
}
"""The signs by event and whether AWS refused it, as they are told."""


def leaving(
    vpc: Vpc,
    stacks: Sequence[CanaryStack],
    teardowns: Sequence[Teardown],
    unreadable: bool,
    now_at: float,
) -> str:
    """Why no canary may stand in the VPC now; "" when nothing says so.

    `unreadable` says that interfaces or subnets could not be read: only what is a sign by itself
    counts then. A canary placed by hand after a sign overrules it.
    """
    asked_at = max((stack.since for stack in stacks if stack.by_hand), default=0.0)
    for sign in sorted(teardowns, key=lambda sign: -sign.at):
        if sign.vpc_id != vpc.vpc_id or (sign.event, sign.failed) not in WHAT:
            continue
        if sign.at < asked_at or now_at - sign.at >= REST_SECONDS:
            continue
        if _by_itself(sign, stacks) or not (unreadable or workloads(vpc)):
            return (
                f"it is being taken down: {told(sign)}. Stays out until "
                f"{clock_time(sign.at + REST_SECONDS)}; `gatewatch place {vpc.vpc_id}` brings it "
                "back at once"
            )
    return ""


def told(sign: Teardown) -> str:
    what = WHAT[sign.event, sign.failed].format(subject=sign.subject)
    return f"{what} at {clock_time(sign.at)}" + (f" by {sign.by}" if sign.by else "")


def workloads(vpc: Vpc) -> int:
    return sum(subnet.workloads for subnet in vpc.subnets)


def clock_time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%MZ")


def about_ours(sign: Teardown, stacks: Sequence[CanaryStack]) -> Teardown:
    """The sign with `ours` set: to be kept so, because the stacks that show it will be gone."""
    ours = {one for stack in stacks for one in (*stack.subnets, *stack.groups)}
    return replace(sign, ours=sign.ours or sign.subject in ours)


def _by_itself(sign: Teardown, stacks: Sequence[CanaryStack]) -> bool:
    return sign.failed and (sign.event == "DeleteVpc" or about_ours(sign, stacks).ours)
