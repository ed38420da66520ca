"""A plan carried out: stacks are begun, few at once, and none is waited for.

Decided here: how much is done in one run, and what is remembered of it. Not decided here: what is
done (`placer.plan`), when a stack that failed is tried again (`placer.repairing`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from aws_lambda_powertools import Logger

from placer.calls import PlaceError
from placer.decision import Act, Decision
from placer.facts import CanaryStack, Estate, Refusal
from placer.refusals import refusal
from placer.repairing import AWAY, Attempt, due, failed, tried
from placer.stack import MemberOutputs, Placement, Stacks, stack_name
from probing.clock import Clock

AT_ONCE = 5
"""Stacks that are made or updated at the same time: CloudFormation and Lambda throttle by account,
and a release that breaks canaries must not have broken all before anyone sees it."""
LEAVING_AT_ONCE = 20
"""Stacks that are begun to be removed in one run. They take up to 45 minutes and need no other
room: those that leave already do not count."""
RUN_SECONDS = 60.0
"""Real time after which a run begins nothing more."""

logger = Logger(child=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What a run did: attempts by stack and refusals as they are now; whether something is at work
    or still waits, so that the placer should come back soon."""

    attempts: dict[str, Attempt]
    refusals: tuple[Refusal, ...] = ()
    begun: tuple[str, ...] = ()
    unfinished: bool = False


@dataclass(slots=True, kw_only=True)
class _Room:
    """How many stacks may still be begun in this run."""

    placing: int
    leaving: int
    until: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrying:
    """Begins what a plan asks for. `parameters` are given to every new stack."""

    stacks: Stacks
    clock: Clock
    member: MemberOutputs
    template: str
    parameters: Mapping[str, str]

    def out(
        self, decisions: Sequence[Decision], estate: Estate, before: Mapping[str, Attempt]
    ) -> Carried:
        """Begin as much of the plan as there is room for. Refused steps stop no other."""
        working = [stack for stack in estate.stacks if at_work(stack)]
        room = _Room(
            placing=AT_ONCE - len([s for s in working if s.status != "DELETE_IN_PROGRESS"]),
            leaving=LEAVING_AT_ONCE,
            until=self.clock.monotonic_seconds() + RUN_SECONDS,
        )
        attempts, refusals, begun = dict(before), list(estate.refusals), []
        unfinished = bool(working)
        for decision in sorted(decisions, key=_urgent_first):
            key, of = key_of(decision), _of(decision, self.member)
            now_at = self.clock.now_at()
            if not of or not due(attempts.get(key), of, now_at):
                continue
            unfinished = True
            if not self._has_room(decision, room):
                continue
            attempts[key] = tried(attempts.get(key), of, now_at)
            try:
                self._begin(decision)
                begun.append(f"{decision.act.value} {key}")
            except PlaceError as error:
                logger.warning("refused", stack=key, act=decision.act.value, error=str(error))
                attempts[key] = failed(attempts[key], str(error))
                refusals += self._refusal(decision, str(error), now_at)
        return Carried(
            attempts=attempts,
            refusals=tuple(refusals),
            begun=tuple(begun),
            unfinished=unfinished,
        )

    def _has_room(self, decision: Decision, room: _Room) -> bool:
        """Takes the room, if there is any."""
        if self.clock.monotonic_seconds() >= room.until:
            return False
        if _leaves(decision):
            room.leaving -= 1
            return room.leaving >= 0
        room.placing -= 1
        return room.placing >= 0

    def _begin(self, decision: Decision) -> None:
        if _leaves(decision):
            service_role = self.member.service_role_arn
            self.stacks.leave(decision.vpc_id, service_role, decision.canary)
            return
        if decision.placement is None:
            raise PlaceError(f"no placement for {decision.act.value} in {decision.vpc_id}")
        self.stacks.begin(self._whole(decision.placement), self.member, self.template)

    def _whole(self, placement: Placement) -> Placement:
        return replace(placement, parameters={**self.parameters, **placement.parameters})

    def _refusal(self, decision: Decision, why: str, now_at: float) -> list[Refusal]:
        """A placing that was refused at once; the plan goes on with what it says."""
        if _leaves(decision) or decision.placement is None:
            return []
        tried_subnets = decision.placement.subnet_ids
        return [refusal(why, decision.vpc_id, decision.canary, tried_subnets, now_at)]


def at_work(stack: CanaryStack) -> bool:
    """Whether CloudFormation is at work on it."""
    return stack.status.endswith("_IN_PROGRESS") and "CLEANUP" not in stack.status


def key_of(decision: Decision) -> str:
    """Attempts to make a stack and attempts to remove it are counted apart: a stack that does not
    come up is removed between two attempts to make it."""
    return stack_name(decision.vpc_id, decision.canary) + (AWAY if _leaves(decision) else "")


def _of(decision: Decision, member: MemberOutputs) -> str:
    """What an attempt is for: another release or other subnets are another attempt."""
    if decision.act in (Act.KEEP, Act.SKIP):
        return ""
    if _leaves(decision) or decision.placement is None:
        return "removal"
    return f"{member.release} {','.join(decision.placement.subnet_ids)}"


def _leaves(decision: Decision) -> bool:
    return decision.act is Act.WITHDRAW or decision.afresh


def _urgent_first(decision: Decision) -> tuple[int, str, str]:
    """Who is in the way goes first; new VPCs come before what already looks."""
    order = {Act.WITHDRAW: 0, Act.PLACE: 1, Act.MOVE: 2, Act.UPDATE: 3}
    return (order.get(decision.act, 4), decision.vpc_id, decision.canary)
