"""`gatewatch place` and `unplace`: a canary stack comes to a VPC, or leaves it.

Decided here: what is asked of several VPCs at once and how it is told. Not decided here: how a
stack comes and goes (`placer.stack`), where in the VPC it stands (`placer.subnets`).
"""

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError

from gatewatch.failure import ENVIRONMENT, OK, PARTIAL, USAGE, Failed
from gatewatch.operating.member_stack import members
from placer import remains
from placer.calls import Calls, PlaceError, outputs_of, refusal
from placer.canaries import named
from placer.stack import MEMBER, OUTPUTS, Action, MemberOutputs, Placed, Placement, Stacks
from placer.standing import Standing
from placer.subnets import choose
from probing.clock import Clock

USUAL = "gatewatch"
TEMPLATE = Path(__file__).resolve().parents[3] / "vpc.yaml"
WAITING = (
    "removing {count}: each is gone when AWS has released the canary's network interface, up to "
    "45 minutes; the removal goes on if you do not wait (^C)"
)
TOLD = {
    Action.CREATED: "made",
    Action.UPDATED: "updated",
    Action.UNCHANGED: "already up to date:",
    Action.REMOVED: "removed",
    Action.ABSENT: "nothing to remove: there is no stack",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`stack` is the hub's stack or the member's. Without `subnets` they are chosen; an empty
    `not_representative` is found out from the routes."""

    stack: str = USUAL
    subnets: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    not_representative: str = ""
    region: str | None = None
    profile: str | None = None
    as_json: bool = False


def place(vpc_ids: Sequence[str], options: Options) -> int:
    """Make or update the canary of each VPC; 0 all, 4 some, 3 none of them."""
    if not vpc_ids:
        raise Failed("name VPCs, or give --plan to see what the placer would do", code=USAGE)
    if options.subnets and len(vpc_ids) > 1:
        raise Failed("--subnet names subnets of one VPC: place one VPC at a time")
    session = boto3.Session(profile_name=options.profile, region_name=options.region)
    ec2 = session.client("ec2")
    stacks, member = _stacks(session, options.stack)
    template = TEMPLATE.read_text(encoding="utf-8")

    def one(vpc_id: str) -> tuple[Placed, Standing]:
        standing = choose(ec2, vpc_id, options.subnets)
        return stacks.place(placement_of(vpc_id, standing, options), member, template), standing

    return each(vpc_ids, one, options.as_json)


def placement_of(vpc_id: str, standing: Standing, options: Options) -> Placement:
    """Where the canary of a VPC stands when the command puts it there."""
    return Placement(
        vpc_id=vpc_id,
        subnet_ids=standing.subnet_ids,
        zones=standing.zones,
        security_groups=options.groups,
        not_representative=options.not_representative or standing.not_representative,
        ipv6=standing.ipv6,
        by_hand=True,
    )


def unplace(vpc_ids: Sequence[str], options: Options) -> int:
    """Remove all canaries of each VPC and wait until they are gone; 0 all, 4 some, 3 none."""
    session = boto3.Session(profile_name=options.profile, region_name=options.region)
    stacks, member = _stacks(session, options.stack)
    leaving: dict[str, dict[str, str | None]] = {}
    refused: dict[str, PlaceError] = {}
    for vpc_id in vpc_ids:  # all begin before one is waited for
        try:
            leaving[vpc_id] = {
                canary: stacks.leave(vpc_id, member.service_role_arn, canary)
                for canary in canaries_of(stacks.calls, vpc_id)
            }
        except PlaceError as error:
            refused[vpc_id] = error
    begun = [stack_id for of in leaving.values() for stack_id in of.values() if stack_id]
    if not options.as_json and begun:
        print(WAITING.format(count=len(begun)), file=sys.stderr)

    def one(vpc_id: str) -> tuple[Placed, None]:
        if vpc_id in refused:
            raise refused[vpc_id]
        gone = [stacks.gone(vpc_id, stack_id, c) for c, stack_id in leaving[vpc_id].items()]
        removed = [placed for placed in gone if placed.action is Action.REMOVED]
        if not removed:
            return gone[0], None
        return replace(removed[0], stack=", ".join(placed.stack for placed in removed)), None

    return each(vpc_ids, one, options.as_json)


def canaries_of(calls: Calls, vpc_id: str) -> tuple[str, ...]:
    """Suffixes of the VPC's canaries: "" for the first, whether it is there or not, and those of
    the further ones, whose interfaces keep a VPC from going just as well. Raises PlaceError."""
    try:
        there = [named(stack.name) for stack in remains.stacks(calls.cloudformation)]
    except ClientError as error:
        raise PlaceError(refusal("ListStacks", vpc_id, error)) from error
    return ("", *(canary for vpc, canary in there if vpc == vpc_id and canary))


def _stacks(session: Any, name: str) -> tuple[Stacks, MemberOutputs]:
    calls = Calls(cloudformation=session.client("cloudformation"))
    stacks = Stacks(calls=calls, clock=Clock.from_environment())
    try:
        return stacks, stacks.member(stack_here(calls, name) or name)
    except PlaceError as error:
        raise Failed(f"{error} (--stack names another)") from error


def stack_here(calls: Calls, name: str) -> str:
    """The stack `name`. Under the usual name there may be none, or a hub without a member of its
    own: then the one member of this account and Region, whatever it is called, for a StackSet names
    its stacks itself. "" when there is neither. Raises PlaceError."""
    found = calls.described(name)
    if found is not None and (name != USUAL or _has_member(calls, found)):
        return name
    there = members(calls.cloudformation) if name == USUAL else []
    if len(there) == 1:
        return str(there[0]["StackName"])
    return name if found is not None else ""


def _has_member(calls: Calls, stack: dict[str, Any]) -> bool:
    """Whether a stack is a member, or has one nested in it."""
    if set(OUTPUTS.values()) <= set(outputs_of(stack)):
        return True
    return bool(calls.resource(stack["StackName"], MEMBER))


def each(
    vpc_ids: Sequence[str], one: Callable[[str], tuple[Placed, Standing | None]], as_json: bool
) -> int:
    """Do `one` to each VPC and tell what came of it; one that is refused stops no other."""
    rows = []
    for vpc_id in vpc_ids:
        row: dict[str, Any] = {"vpc_id": vpc_id, "error": None}
        try:
            placed, standing = one(vpc_id)
        except PlaceError as error:
            row["error"] = str(error)
        else:
            row |= {"stack": placed.stack, "action": placed.action.value}
            row |= _where(standing)
        rows.append(row)
        if not as_json:
            _show(row)
    if as_json:
        print(json.dumps(rows, indent=1))
    failed = sum(1 for row in rows if row["error"])
    if not failed:
        return OK
    return ENVIRONMENT if failed == len(rows) else PARTIAL


def _where(standing: Standing | None) -> dict[str, Any]:
    if standing is None:
        return {}
    return {
        "subnets": list(standing.subnet_ids),
        "zones": list(standing.zones),
        "not_representative": standing.not_representative or None,
    }


def _show(row: dict[str, Any]) -> None:
    if row["error"]:
        named = row["vpc_id"] in row["error"]
        print(row["error"] if named else f"{row['vpc_id']}: {row['error']}", file=sys.stderr)
        return
    subnets = f", in {', '.join(row['subnets'])}" if row.get("subnets") else ""
    print(f"{row['vpc_id']}: {TOLD[Action(row['action'])]} {row['stack']}{subnets}")
    if row.get("not_representative"):
        print(f"  judged by route alone: {row['not_representative']}")
