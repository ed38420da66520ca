"""What the hub is told of placements: one document for the member, when it differs and hourly."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from placer.carrying import key_of
from placer.decision import Act, Decision
from placer.facts import CanaryStack, Estate
from placer.hub import Hub
from placer.memory import Kept
from placer.repairing import Attempt, problem
from placer.settings import Settings
from placer.stack import stack_name
from probing.wire import to_json
from reasoning import wire
from reasoning.placements import CanaryPlaced, Placements, VpcPlaced

AGAIN_SECONDS = 3600.0
LONGEST_REASON = 400
LARGEST_BYTES = 200_000
"""Below the 256 KB that PutEvents took for one request before 2026; a document above it is told
with short reasons."""
SHORT = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporting:
    """Tells the hub where canaries stand and why."""

    hub: Hub
    settings: Settings

    def tell(self, document: Placements, kept: Kept) -> Kept:
        """Send it if it differs from what the hub took last, or hourly; what is kept then."""
        told = _digest(document)
        if told == kept.told and document.taken_at - kept.told_at < AGAIN_SECONDS:
            return kept
        if not self.hub.send(wire.PLACEMENTS, _fitting(document)):
            return kept
        return replace(kept, told=told, told_at=document.taken_at)

    def is_told(self, document: Placements, kept: Kept) -> bool:
        """Whether the hub has taken a document that says the same."""
        return kept.told == _digest(document)

    def document(
        self, estate: Estate, decisions: Sequence[Decision], kept: Kept, now_at: float
    ) -> Placements:
        """Every VPC of the plan, with the canaries that stand in it."""
        by_vpc: dict[str, list[Decision]] = {}
        for decision in decisions:
            by_vpc.setdefault(decision.vpc_id, []).append(decision)
        return Placements(
            account=self.settings.account_id,
            region=self.settings.aws_region,
            taken_at=now_at,
            release=self.settings.release,
            mode=self.settings.placement,
            vpcs=tuple(_vpc(vpc_id, of, estate, kept) for vpc_id, of in sorted(by_vpc.items())),
            halted=kept.rollout.halted,
        )


def _vpc(vpc_id: str, decisions: Sequence[Decision], estate: Estate, kept: Kept) -> VpcPlaced:
    first = next((one for one in decisions if one.act not in (Act.KEEP, Act.SKIP)), decisions[0])
    stacks = [stack for stack in estate.stacks if stack.vpc_id == vpc_id]
    return VpcPlaced(
        vpc_id=vpc_id,
        label=first.label,
        act=first.act.value,
        reason=_reason(decisions)[:LONGEST_REASON],
        canaries=tuple(_canary(stack) for stack in stacks),
        unseen=first.unseen,
        problem=_problem(decisions, kept.attempts)[:LONGEST_REASON],
    )


def _reason(decisions: Sequence[Decision]) -> str:
    """The reason, each with its canary's suffix where there are several."""
    if len(decisions) == 1:
        return decisions[0].reason
    return "; ".join(f"{one.canary or 'first'}: {one.reason}" for one in decisions)


def _problem(decisions: Sequence[Decision], attempts: Mapping[str, Attempt]) -> str:
    """What people must mend: a canary that is wanted and cannot be, or fails again and again."""
    told = [one.reason for one in decisions if one.problem]
    told += [problem(attempts.get(key)) for one in decisions for key in _keys(one)]
    return "; ".join(dict.fromkeys(one for one in told if one))


def _keys(decision: Decision) -> tuple[str, str]:
    return (stack_name(decision.vpc_id, decision.canary), key_of(decision))


def _canary(stack: CanaryStack) -> CanaryPlaced:
    return CanaryPlaced(
        function=stack.name,
        subnets=stack.subnets,
        release=stack.parameters.get("Release", ""),
        state=stack.status,
    )


def _digest(document: Placements) -> str:
    data = to_json(replace(document, taken_at=0.0))
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()


def _fitting(document: Placements) -> Placements:
    if len(json.dumps(to_json(document))) <= LARGEST_BYTES:
        return document
    vpcs = tuple(
        replace(one, reason=one.reason[:SHORT], problem=one.problem[:SHORT], unseen=())
        for one in document.vpcs
    )
    return replace(document, vpcs=vpcs)
