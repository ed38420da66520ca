"""`gatewatch place --plan`: what the placer would do in this account and Region, and why.

Nothing is changed. Decided here: whose terms count and how the plan is told. Not decided here: what
is read (`placer.estate`) and what is decided (`placer.plan`).
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from gatewatch.commands.place import Options, stack_here
from gatewatch.failure import OK, PARTIAL, USAGE, Failed
from gatewatch.operating.member_stack import outputs_of, parameters_of
from placer.calls import Calls, PlaceError
from placer.decision import Decision, Terms
from placer.estate import Clients, read
from placer.facts import Estate
from placer.memory import Kept
from placer.memory import Memory as Table
from placer.plan import plan
from placer.stack import MemberOutputs, Stacks, outputs_for
from probing.clock import Clock

NOT_DEPLOYED = (
    "there is no stack {stack} here (--stack names another): planned by the defaults of member.yaml"
)
NOT_REMEMBERED = (
    "what the placer remembers was not read ({why}): how young a VPC is, signs of teardown, what "
    "was refused lately and how far a release has come are not in this plan"
)
NOBODY = MemberOutputs(
    canary_role_arn="", canary_layer_arn="", probing_layer_arn="", service_role_arn="", release=""
)


def tell(vpc_ids: Sequence[str], options: Options) -> int:
    """Print the plan, of these VPCs or of all; 0, or 4 when a part of the account was not readable
    or a VPC that was named is not there."""
    if options.subnets or options.groups or options.not_representative:
        raise Failed(
            "--plan tells what the placer would do by itself: it takes no --subnet, --group or "
            "--not-representative",
            code=USAGE,
        )
    session = boto3.Session(profile_name=options.profile, region_name=options.region)
    clock = Clock.from_environment()
    member = member_of(Calls(cloudformation=session.client("cloudformation")), options.stack)
    kept = kept_by(session.client("dynamodb"), member, clock)
    clients = Clients(
        ec2=session.client("ec2"),
        cloudformation=session.client("cloudformation"),
        functions=session.client("lambda"),
    )
    account = session.client("sts").get_caller_identity()["Account"]
    now_at = clock.now_at()
    estate = read(clients, account, session.region_name, kept.remembered, now_at)
    terms = replace(member.terms, rings_open=kept.rings_open)
    return show(estate, plan(estate, terms, now_at), vpc_ids, options.as_json)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """The terms of this account's member, and the name of its table ("" without a member)."""

    terms: Terms
    table: str = ""


def member_of(calls: Calls, stack: str) -> Member:
    """The member here; the defaults, and a word that they are, where there is none."""
    try:
        here = stack_here(calls, stack)
        if not here:
            print(NOT_DEPLOYED.format(stack=stack), file=sys.stderr)
            return Member(terms=Terms(member=NOBODY))
        found = Stacks(calls=calls, clock=Clock()).member_stack(here)
    except PlaceError as error:
        raise Failed(f"{error} (--stack names another)") from error
    terms = Terms.asked(outputs_for(found), parameters_of(found))
    return Member(terms=terms, table=outputs_of(found).get("TableName", ""))


def kept_by(dynamodb: Any, member: Member, clock: Clock) -> Kept:
    """What the placer keeps; nothing where there is no placer, or its table may not be read."""
    if not member.table:
        return Kept()
    try:
        return Table(dynamodb=dynamodb, table=member.table, clock=clock).load()
    except (ClientError, BotoCoreError) as error:
        print(NOT_REMEMBERED.format(why=error), file=sys.stderr)
        return Kept()


def show(
    estate: Estate, decisions: Sequence[Decision], vpc_ids: Sequence[str], as_json: bool
) -> int:
    """Print the decisions about these VPCs, or about all. The exit code."""
    told = [one for one in decisions if not vpc_ids or one.vpc_id in vpc_ids]
    strangers = sorted(set(vpc_ids) - {one.vpc_id for one in told})
    if as_json:
        print(json.dumps([row(one) for one in told], indent=1))
    else:
        print(f"account {estate.account}, {estate.region}: {count(told)}")
        for one in told:
            _show(one)
    for part, why in estate.unreadable.items():
        print(f"{part.value} are not readable: {why}", file=sys.stderr)
    for vpc_id in strangers:
        print(f"{vpc_id} is no VPC of this account and Region", file=sys.stderr)
    return PARTIAL if strangers or estate.unreadable else OK


def row(decision: Decision) -> dict[str, Any]:
    """A decision as JSON tells it."""
    placement = decision.placement
    return {
        "vpc_id": decision.vpc_id,
        "label": decision.label,
        "canary": decision.canary,
        "act": decision.act.value,
        "reason": decision.reason,
        "problem": decision.problem,
        "subnets": list(placement.subnet_ids) if placement else [],
        "zones": list(placement.zones) if placement else [],
        "not_representative": (placement.not_representative or None) if placement else None,
        "unseen": list(decision.unseen),
    }


def count(decisions: Sequence[Decision]) -> str:
    """How many of each act: "2 place, 1 skip"."""
    acts = [one.act.value for one in decisions]
    return ", ".join(f"{acts.count(act)} {act}" for act in dict.fromkeys(acts)) or "no VPC"


def _show(decision: Decision) -> None:
    name = f" ({decision.label})" if decision.label else ""
    canary = f" canary {decision.canary}" if decision.canary else ""
    print(f"{decision.act.value:<8} {decision.vpc_id}{name}{canary}: {decision.reason}")
    if decision.placement:
        where = zip(decision.placement.subnet_ids, decision.placement.zones, strict=False)
        print(f"         in {', '.join(f'{subnet} ({zone})' for subnet, zone in where)}")
        if decision.placement.not_representative:
            print(f"         judged by route alone: {decision.placement.not_representative}")
    if decision.unseen:
        print(f"         not looked from: {', '.join(decision.unseen)}")
