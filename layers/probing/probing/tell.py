"""Make an outcome of the steps of a probe: ok, failing, or unknown where the fault is ours."""

from collections.abc import Sequence
from dataclasses import replace

from probing.attempt import Seen
from probing.deadline import Deadline
from probing.endpoint import Expect
from probing.outcome import OURS, Failure, Outcome, Resolution, Stage, State, Step
from probing.secret import Secret, redact, redact_all
from probing.wire import Probe

_NO_ADDRESS = (Failure.DNS_NXDOMAIN, Failure.DNS_NODATA)


def cut(resolution: Resolution, deadline: Deadline) -> Resolution:
    """A DNS time-out that the end of the look brought about is ours."""
    if resolution.failure is Failure.DNS_TIMEOUT and deadline.cut_short:
        return replace(resolution, failure=Failure.OUT_OF_TIME, detail="the look ran out of time")
    return resolution


def resolve_step(resolution: Resolution, expect: Expect) -> Step:
    """The step of a resolution. Where nothing is to be reached, a name that is not there, or has
    no address, is as expected."""
    as_expected = not expect.reachable and resolution.failure in _NO_ADDRESS
    return Step(
        stage=Stage.RESOLVE,
        elapsed_ms=resolution.elapsed_ms,
        failure=None if as_expected else resolution.failure,
        detail=resolution.detail,
    )


def unreached(failure: Failure, detail: str) -> Step:
    return Step(stage=Stage.RESOLVE, elapsed_ms=0.0, failure=failure, detail=detail)


def ours(detail: str) -> Step:
    return unreached(Failure.CANARY_ERROR, detail)


def redacted(seen: Seen, secrets: Sequence[Secret]) -> Seen:
    """Nothing that a peer may know from us alone is kept of what it said, wherever it said it: in
    a certificate too. Done last: what is judged is what came."""
    if not secrets:
        return seen
    steps = tuple(
        replace(
            step,
            detail=redact(step.detail, secrets),
            evidence=redact_all(step.evidence, secrets),
        )
        for step in seen.steps
    )
    return replace(seen, steps=steps)


def outcome(
    probe: Probe,
    steps: tuple[Step, ...],
    *,
    started_at: float,
    ended_at: float,
    resolution: Resolution | None = None,
    address: str | None = None,
) -> Outcome:
    failed = next((step for step in steps if step.failure), None)
    if failed is None:
        state = State.OK
    else:
        state = State.UNKNOWN if failed.failure in OURS else State.FAILING
    return Outcome(
        endpoint=probe.endpoint.id,
        view=probe.view,
        state=state,
        started_at=started_at,
        ended_at=ended_at,
        steps=steps,
        resolution=resolution,
        address=address,
        insecure_tls=probe.endpoint.insecure_tls,
        reason=failed.detail if failed is not None and state is State.UNKNOWN else "",
    )
