"""What a run learns from the estate: which attempts came to stand, which failed and why, which
signs of teardown belong to which VPC.

Pure: what is kept before and after, and nothing else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from placer.facts import CanaryStack, Estate, Teardown
from placer.hearing import Heard, Sign
from placer.memory import Kept
from placer.refusals import SUBNET_REST_SECONDS, refusal
from placer.repairing import AFTERWARDS, AWAY, Attempt, failed
from placer.stack import BROKEN, DONE, ROLLED_BACK
from placer.teardown import REST_SECONDS, about_ours

MOST_SIGNS = 200
SOUGHT_SECONDS = 3600.0
"""How long the VPC of a sign is looked for."""
FORGOTTEN_SECONDS = 2 * AFTERWARDS + 60
"""When attempts are no more made, because nobody wants the canary any more."""


def heard(kept: Kept, messages: Sequence[Heard], own_role: str) -> Kept:
    """With the signs and new VPCs that these messages tell. What the canaries' own service role
    does is no sign: it removes what is ours. `own_role` is its name."""
    signs = [m.sign for m in messages if m.sign is not None and m.sign.role != own_role]
    made = {m.made: m.at for m in messages if m.made}
    if not signs and not made:
        return kept
    return replace(
        kept,
        signs=(*kept.signs, *signs)[-MOST_SIGNS:],
        # What an event says of a VPC's age is better than when it was first seen.
        seen={**kept.seen, **made},
    )


def placed(signs: Sequence[Sign], homes: Mapping[str, str]) -> tuple[list[Teardown], list[Sign]]:
    """The signs whose VPC is known, as the plan reads them, and the others. `homes` gives the VPC
    of ids of subnets, groups and gateways."""
    known: list[Teardown] = []
    others: list[Sign] = []
    for sign in signs:
        vpc_id = sign.vpc_id or homes.get(sign.subject, "")
        if not vpc_id:
            others.append(sign)
            continue
        known.append(
            Teardown(
                vpc_id=vpc_id,
                event=sign.event,
                subject=sign.subject,
                at=sign.at,
                failed=sign.failed,
                by=sign.by,
            )
        )
    return known, others


def teardowns(
    before: Sequence[Teardown], new: Sequence[Teardown], stacks: Sequence[CanaryStack], now: float
) -> tuple[Teardown, ...]:
    """All signs that still count, each once, marked when they are about what is ours."""
    lasting = [sign for sign in (*before, *new) if now - sign.at < REST_SECONDS]
    marked = [
        about_ours(sign, [stack for stack in stacks if stack.vpc_id == sign.vpc_id])
        for sign in lasting
    ]
    unique = {(s.vpc_id, s.event, s.subject, s.at): s for s in marked}
    return tuple(sorted(unique.values(), key=lambda sign: sign.at))[-MOST_SIGNS:]


def outcome(kept: Kept, estate: Estate, now_at: float) -> Kept:
    """With what came of the attempts: those of stacks that stand, or that are gone as they should,
    are forgotten; the reason of those that failed becomes a refusal, once."""
    attempts: dict[str, Attempt] = {}
    refusals = [r for r in kept.refusals if now_at - r.at < SUBNET_REST_SECONDS]
    stacks = {stack.name: stack for stack in estate.stacks}
    for key, before in kept.attempts.items():
        stack = stacks.get(key.removesuffix(AWAY))
        if _is_over(key, before, stack, now_at):
            continue
        attempts[key] = before
        if stack is not None and before.open and _failed(stack):
            why = stack.why or stack.status
            attempts[key] = failed(before, why)
            if not key.endswith(AWAY):
                tried = before.subnets or stack.subnets
                refusals.append(refusal(why, stack.vpc_id, stack.canary, tried, now_at))
    return replace(kept, attempts=attempts, refusals=tuple(refusals))


def _is_over(key: str, attempt: Attempt, stack: CanaryStack | None, now_at: float) -> bool:
    """Whether an attempt counts no more. A stack that is gone was perhaps removed to be made
    again, so attempts to make it are kept for a while."""
    if now_at - attempt.at > FORGOTTEN_SECONDS:
        return True
    if key.endswith(AWAY):
        return stack is None
    return stack is not None and stack.status in DONE and attempt.open


def _failed(stack: CanaryStack) -> bool:
    return stack.status in BROKEN or stack.status == ROLLED_BACK
