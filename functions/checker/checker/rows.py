"""What a look leaves behind for digests and for the next look: one row for each endpoint."""

from collections.abc import Mapping, Sequence

from checker.rounds import Evidence
from checker.scene import Scene
from checker.verdicts import Verdict, public_answered
from checker.vpc_look import LookState, PairLook, VpcLook
from probing.endpoint import Endpoint
from probing.outcome import Outcome
from reasoning.inventory import VpcEndpoint
from reasoning.route import INWARD, route_class
from reasoning.transition import Health, MemberProblem

SKIPPED = "skipped"


def look_of(
    scene: Scene,
    evidence: Evidence,
    verdicts: Mapping[str, Verdict],
    unsent: tuple[str, ...],
    problems: dict[str, str],
    outside_next: Sequence[Endpoint],
) -> VpcLook:
    """The VPC's item after this look. `outside_next` are looked at from outside right after it
    is written; the budget counts them already."""
    before = bool(scene.last and scene.last.public_answered)
    seen = {endpoint: verdict.seen for endpoint, verdict in verdicts.items()}
    return VpcLook(
        at=evidence.at,
        state=LookState.UNKNOWN if evidence.no_answer else LookState.LOOKED,
        reason=evidence.no_answer,
        pairs={e.id: _row(e, evidence, verdicts[e.id]) for e in scene.endpoints},
        captured=captured(scene, evidence, ()),
        public_answered=public_answered(before, evidence, seen),
        budget=evidence.budget.with_extras(spent(evidence), evidence.at).with_extras(
            {endpoint.id: 1 for endpoint in outside_next}, evidence.at
        ),
        problems=problems,
        unsent=unsent,
    )


def captured(
    scene: Scene, evidence: Evidence, described: tuple[VpcEndpoint, ...]
) -> tuple[str, ...]:
    """Domains under which a name that nobody has resolves to an inward address."""
    if evidence.no_answer and scene.last is not None:
        return scene.last.captured
    return tuple(
        sentinel.service
        for sentinel in evidence.sentinels
        if route_class(sentinel.resolution, scene.inventory, scene.vpc_id, described) in INWARD
    )


def problem_of(key: str, reason: str, endpoint: Endpoint, now_at: float) -> MemberProblem:
    """A credential that could not be read; `reason` "" when it can again."""
    return MemberProblem(
        key=key,
        what=f"the credential of endpoint {endpoint.id} cannot be read: {reason}",
        mend="allow the checker to read it (parameters SecretArns and SecretKeyArns of the member "
        "stack), or mend the reference in the registry entry",
        at=now_at,
        owner=endpoint.owner,
        open=bool(reason),
    )


def spent(evidence: Evidence) -> dict[str, int]:
    """Requests beyond the one that a look makes anyway."""
    beyond = {
        endpoint: len(outcomes)
        - 1
        + (endpoint in evidence.pinned)
        + (endpoint in evidence.outsides)
        for endpoint, outcomes in evidence.inside.items()
    }
    return {endpoint: count for endpoint, count in beyond.items() if count}


def _row(endpoint: Endpoint, evidence: Evidence, verdict: Verdict) -> PairLook:
    state, seen = verdict.judged.state, verdict.seen
    first = next(iter(evidence.inside.get(endpoint.id, ())), None)
    return PairLook(
        state=seen.state.value if first is not None else SKIPPED,
        health=state.health,
        route_class=seen.route_class,
        host=endpoint.host,
        cname_chain=seen.cname_chain,
        vpc_endpoint_id=seen.vpc_endpoint_id,
        good_since_at=state.good_since_at if state.hard is Health.GOOD else None,
        phases=_phases(first) if first is not None else {},
    )


def _phases(outcome: Outcome) -> dict[str, float]:
    return {step.stage.value: round(step.elapsed_ms, 1) for step in outcome.steps}
