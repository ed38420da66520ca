"""A look by a canary that has proved itself; by one that has not, an answer without any look."""

import logging
from dataclasses import replace

from canary.controls import Controls
from probing import tell
from probing.clock import Clock
from probing.means import Means
from probing.outcome import Failure, Resolution, Sentinel
from probing.run import look
from probing.wire import Answer, Work

logger = logging.getLogger("gatewatch.canary")

_SHORTEST_SECONDS = 1.0


def looked(
    work: Work,
    clock: Clock,
    controls: Controls,
    *,
    own_addresses: tuple[str, ...],
    means: Means,
) -> Answer:
    """What the time that a proof takes leaves is the look's; a canary out of line answers
    `unknown: control_failed` for everything, and asks nobody."""
    began = clock.monotonic_seconds()
    problem = controls.problem()
    spent = clock.monotonic_seconds() - began
    if problem:
        logger.error("control failed", extra={"look": work.look, "reason": problem})
        return _unproved(work, clock, problem, own_addresses, means)
    left = max(_SHORTEST_SECONDS, work.deadline_seconds - spent)
    return look(
        replace(work, deadline_seconds=left), clock, own_addresses=own_addresses, means=means
    )


def _unproved(
    work: Work, clock: Clock, problem: str, own_addresses: tuple[str, ...], means: Means
) -> Answer:
    now_at = clock.now_at()
    step = tell.unreached(Failure.CONTROL_FAILED, problem)
    return Answer(
        look=work.look,
        outcomes=tuple(
            tell.outcome(probe, (step,), started_at=now_at, ended_at=now_at)
            for probe in work.probes
        ),
        sentinels=tuple(
            Sentinel(
                service=domain,
                resolution=Resolution(
                    host=f"gw.{domain}",
                    name_server="",
                    rcode="",
                    failure=Failure.CONTROL_FAILED,
                    detail=problem,
                ),
            )
            for domain in work.sentinels
        ),
        addresses=own_addresses,
        release=means.release,
    )
