"""The placer's decision: of an account as it stands, what is done about each canary, and why.

A pure function of the estate, the terms and the time. Done and planned again, it keeps everything.
"""

from dataclasses import replace

from placer.decision import Act, Decision, Mode, Terms
from placer.facts import CanaryStack, Estate, Part
from placer.present import held, said, withdrawn
from placer.slots import assign, with_unseen
from placer.wanted import Case, Verdict, Wish, wanted

__all__ = ["Act", "Decision", "Mode", "Terms", "plan"]


def plan(estate: Estate, terms: Terms, now_at: float) -> tuple[Decision, ...]:
    """What to do about each VPC of the estate, by VPC id: one decision for each canary, and one
    for a VPC that has none."""
    stacks: dict[str, list[CanaryStack]] = {}
    for stack in sorted(estate.stacks, key=lambda stack: (stack.vpc_id, stack.canary)):
        stacks.setdefault(stack.vpc_id, []).append(stack)
    decisions: list[Decision] = []
    for vpc in estate.vpcs:
        case = Case(
            vpc=vpc,
            stacks=tuple(stacks.pop(vpc.vpc_id, ())),
            estate=estate,
            terms=terms,
            now_at=now_at,
        )
        decisions += _of_vpc(case)
    for left in stacks.values():
        decisions += [_without_vpc(estate, stack) for stack in left]
    return tuple(sorted(decisions, key=lambda one: (one.vpc_id, one.canary)))


def _of_vpc(case: Case) -> list[Decision]:
    verdict = wanted(case)
    if verdict.wish is Wish.GO:
        return with_unseen(case, assign(case))
    decisions = [_not_wanted(case, stack, verdict) for stack in case.stacks]
    decisions = decisions or [said(case, Act.SKIP, verdict.reason)]
    told = [replace(one, problem=one.problem or verdict.problem) for one in decisions]
    return with_unseen(case, told)


def _not_wanted(case: Case, stack: CanaryStack, verdict: Verdict) -> Decision:
    if verdict.wish is Wish.HOLD or (verdict.wish is Wish.LEAVE and stack.by_hand):
        return held(case, stack, verdict.reason)
    return withdrawn(case, stack, verdict.reason)


def _without_vpc(estate: Estate, stack: CanaryStack) -> Decision:
    """A canary whose VPC is in no list: gone only when AWS says so."""
    gone = stack.vpc_id in estate.gone
    unread = estate.unreadable.get(Part.VPCS, "no list of VPCs has it")
    return Decision(
        vpc_id=stack.vpc_id,
        label="",
        act=Act.WITHDRAW if gone else Act.KEEP,
        reason="the VPC does not exist any more" if gone else f"its VPC is not readable: {unread}",
        canary=stack.canary,
    )
