"""What is done about a canary that is there: kept, repaired, updated, moved."""

from collections.abc import Mapping
from dataclasses import dataclass

from placer.decision import Act, Decision
from placer.facts import CanaryStack, Subnet
from placer.refusals import waiting
from placer.rings import RINGS, ring
from placer.stack import BROKEN, DONE, Placement
from placer.standing import Standing, standing_of, tag_unfit
from placer.wanted import Case

KEPT_PARAMETERS = ("MemorySize", "LogRetentionDays")
"""Parameters that somebody may have set on the stack, and no decision is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """Where a canary shall stand, and why it moves there; without `move` it stays if it can.
    `standing` is None where none fits (`nowhere` says why) or none was sought."""

    standing: Standing | None = None
    nowhere: str = ""
    move: str = ""


def present(stack: CanaryStack) -> Placement:
    """Where the stack says that its canary stands."""
    told = stack.parameters
    return Placement(
        vpc_id=stack.vpc_id,
        canary=stack.canary,
        subnet_ids=stack.subnets,
        zones=_listed(told, "Zones"),
        security_groups=_listed(told, "SecurityGroupIds"),
        not_representative=told.get("NotRepresentative", ""),
        ipv6=told.get("Ipv6") == "true",
        by_hand=stack.by_hand,
        parameters={name: told[name] for name in KEPT_PARAMETERS if name in told},
    )


def moved(stack: CanaryStack, standing: Standing) -> Placement:
    """The stack's placement in other subnets, all else as it is."""
    there = present(stack)
    return Placement(
        vpc_id=there.vpc_id,
        canary=there.canary,
        subnet_ids=standing.subnet_ids,
        zones=standing.zones,
        security_groups=there.security_groups,
        not_representative=standing.not_representative,
        ipv6=standing.ipv6,
        by_hand=there.by_hand,
        parameters=there.parameters,
    )


def judge(case: Case, stack: CanaryStack, goal: Goal) -> Decision:
    """What is done about a canary of a VPC that shall have one."""
    return (
        _unsettled(case, stack)
        or _broken_by_hand(case, stack)
        or _failed(case, stack, goal)
        or _without_subnet(case, stack, goal)
        or _drifted(case, stack, goal)
        or _moving(case, stack, goal)
        or held(case, stack, "")
    )


def held(case: Case, stack: CanaryStack, why: str) -> Decision:
    """What is done about a canary that stays where it is: brought to the member's release."""
    busy = _unsettled(case, stack)
    if busy is not None:
        return busy
    if stack.status in BROKEN:
        return said(case, Act.SKIP, f"{failure(stack)}; not mended now: {why}", stack.canary)
    fresh, difference = _fresh(case, stack), _difference(case, stack)
    if not difference and fresh == present(stack):
        return said(case, Act.KEEP, _kept(stack, why), stack.canary)
    turn = ring(case.estate.account, stack.vpc_id)
    waits = difference and not _without_role(case, stack)
    if waits and turn >= case.terms.rings_open:
        return said(
            case,
            Act.KEEP,
            f"{difference}: its turn comes in ring {turn + 1} of {RINGS}, {case.terms.rings_open} "
            "are open",
            stack.canary,
        )
    reason = difference or "its way out or its zones are no longer what its stack says"
    return said(case, Act.UPDATE, reason, stack.canary, fresh)


def withdrawn(case: Case, stack: CanaryStack, reason: str) -> Decision:
    """A canary leaves. CloudFormation deletes no stack that is being updated."""
    if stack.status == "DELETE_IN_PROGRESS":
        return said(case, Act.SKIP, f"its canary is leaving: {reason}", stack.canary)
    if stack.status.startswith("UPDATE_") and stack.status.endswith("_IN_PROGRESS"):
        wait = f"stack {stack.name} is at work; it is removed then: {reason}"
        return said(case, Act.KEEP, wait, stack.canary)
    return said(case, Act.WITHDRAW, reason, stack.canary)


def said(
    case: Case,
    act: Act,
    reason: str,
    canary: str = "",
    placement: Placement | None = None,
    afresh: bool = False,
    problem: bool = False,
) -> Decision:
    return Decision(
        vpc_id=case.vpc.vpc_id,
        label=case.vpc.name,
        act=act,
        reason=reason,
        canary=canary,
        placement=placement,
        afresh=afresh,
        problem=problem,
    )


def failure(stack: CanaryStack) -> str:
    return f"stack {stack.name} is {stack.status}" + (f" ({stack.why})" if stack.why else "")


def known(case: Case, stack: CanaryStack) -> tuple[Subnet, ...]:
    """The canary's subnets, those that are known of."""
    return tuple(subnet for subnet in case.vpc.subnets if subnet.subnet_id in stack.subnets)


def _unsettled(case: Case, stack: CanaryStack) -> Decision | None:
    if stack.status == "DELETE_IN_PROGRESS":
        reason = "its canary is leaving; AWS releases the interface in up to 45 minutes"
        return said(case, Act.SKIP, reason, stack.canary)
    if stack.status.endswith("_IN_PROGRESS") and stack.status not in DONE:
        return said(case, Act.KEEP, f"stack {stack.name} is at work", stack.canary)
    wait = waiting(case.estate, stack.vpc_id, stack.canary, case.now_at)
    if not wait:
        return None
    act = Act.SKIP if stack.status in BROKEN else Act.KEEP
    return said(case, act, wait, stack.canary, problem=True)


def _broken_by_hand(case: Case, stack: CanaryStack) -> Decision | None:
    """A canary that was put where it is by hand is not made anew somewhere else: it is told."""
    broken = failure(stack) if stack.status in BROKEN else stack.drift
    if not stack.by_hand or not broken:
        return None
    mend = f"gatewatch unplace {stack.vpc_id}, then gatewatch place {stack.vpc_id}"
    return said(
        case, Act.SKIP, f"{broken}; it was placed by hand: {mend}", stack.canary, problem=True
    )


def _failed(case: Case, stack: CanaryStack, goal: Goal) -> Decision | None:
    if stack.status not in BROKEN:
        return None
    if goal.standing is None:
        reason = f"{failure(stack)}, and {goal.nowhere}"
        return said(case, Act.SKIP, reason, stack.canary, problem=True)
    reason = f"{failure(stack)}: removed, and made again"
    return said(case, Act.UPDATE, reason, stack.canary, moved(stack, goal.standing), afresh=True)


def _without_subnet(case: Case, stack: CanaryStack, goal: Goal) -> Decision | None:
    gone = sorted(case.estate.gone & set(stack.subnets))
    barred = {s.subnet_id: tag_unfit(s, case.vpc.subnets) for s in known(case, stack)}
    told = [f"subnet {subnet} is gone" for subnet in gone]
    if not stack.by_hand:
        told += [f"subnet {subnet} is out: {why}" for subnet, why in barred.items() if why]
    if not told:
        return None
    if goal.standing is None:
        reason = f"{'; '.join(told)}; {goal.nowhere}"
        return said(case, Act.WITHDRAW, reason, stack.canary, problem=True)
    return said(case, Act.MOVE, "; ".join(told), stack.canary, moved(stack, goal.standing))


def _drifted(case: Case, stack: CanaryStack, goal: Goal) -> Decision | None:
    if not stack.drift:
        return None
    where = moved(stack, goal.standing) if goal.standing is not None else present(stack)
    reason = f"{stack.drift}: its stack is removed, and made again"
    return said(case, Act.UPDATE, reason, stack.canary, where, afresh=True)


def _moving(case: Case, stack: CanaryStack, goal: Goal) -> Decision | None:
    if not goal.move or goal.standing is None or stack.by_hand:
        return None
    return said(case, Act.MOVE, goal.move, stack.canary, moved(stack, goal.standing))


def _fresh(case: Case, stack: CanaryStack) -> Placement:
    """Where it stands by what is known now; by its stack where not all of it is."""
    subnets = sorted(known(case, stack), key=lambda s: stack.subnets.index(s.subnet_id))
    if stack.by_hand or len(subnets) != len(stack.subnets) or case.estate.unreadable:
        return present(stack)
    return moved(stack, standing_of(subnets))


def _difference(case: Case, stack: CanaryStack) -> str:
    """What of the member's stack the canary's stack does not have yet."""
    member, told = case.terms.member, stack.parameters
    if told.get("Release") != member.release:
        return f"release {told.get('Release', 'unknown')} is followed by {member.release}"
    wanted = {
        "CanaryRoleArn": member.canary_role_arn,
        "CanaryLayerArn": member.canary_layer_arn,
        "ProbingLayerArn": member.probing_layer_arn,
        "KmsKeyArn": member.kms_key_arn,
    }
    stale = [name for name, value in wanted.items() if told.get(name, "") != value]
    return f"the member has another {', '.join(stale)}" if stale else ""


def _without_role(case: Case, stack: CanaryStack) -> bool:
    """Whether the canary runs by a role that the member's stack has replaced, and so removed: it
    cannot look any more, and waits for no ring."""
    return stack.parameters.get("CanaryRoleArn") != case.terms.member.canary_role_arn


def _kept(stack: CanaryStack, why: str) -> str:
    here = f"looks from {', '.join(stack.subnets)}"
    if stack.by_hand:
        here += ", where it was put by hand"
    return f"{here}; stays as it is: {why}" if why else here


def _listed(parameters: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(one for one in parameters.get(name, "").split(",") if one)
