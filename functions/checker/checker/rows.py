"""What a look leaves behind for digests and for the next look: one row for each endpoint."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from checker.budget import Budget
from checker.look_evidence import Evidence
from checker.scene import Scene
from checker.taking_part import paid
from checker.verdicts import Verdict, public_answered
from checker.vpc_look import SKIPPED, LookState, PairLook, VpcLook
from probing.endpoint import Endpoint
from probing.outcome import OURS, Outcome, Stage, State
from reasoning.inventory import VpcEndpoint
from reasoning.route import INWARD, route_class
from reasoning.transition import Health, MemberProblem


def look_of(
    scene: Scene,
    evidence: Evidence,
    verdicts: Mapping[str, Verdict],
    unsent: tuple[str, ...],
    problems: dict[str, str],
    outside_next: Sequence[Endpoint],
    max_rate: float,
) -> VpcLook:
    """The VPC's item after this look. `outside_next` are looked at from outside right after it
    is written; the budget counts them already."""
    before = bool(scene.last and scene.last.public_answered)
    seen = {endpoint: verdict.seen for endpoint, verdict in verdicts.items()}
    return VpcLook(
        at=evidence.at,
        state=LookState.UNKNOWN if evidence.no_answer else LookState.LOOKED,
        reason=evidence.no_answer,
        pairs={e.id: _row(e, evidence, verdicts[e.id], scene) for e in scene.endpoints},
        captured=captured(scene, evidence, ()),
        public_answered=public_answered(before, evidence, seen),
        budget=_budget(scene, evidence, outside_next, max_rate),
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


def _budget(
    scene: Scene, evidence: Evidence, outside_next: Sequence[Endpoint], max_rate: float
) -> Budget:
    beyond = Counter(evidence.spent()) + Counter(endpoint.id for endpoint in outside_next)
    asked = beyond + Counter(evidence.inside.keys())
    budget = evidence.budget.with_extras(beyond, evidence.ended_at)
    return paid(budget, asked, scene, max_rate)


def _row(endpoint: Endpoint, evidence: Evidence, verdict: Verdict, scene: Scene) -> PairLook:
    last, by_route = scene.last, bool(scene.vantage.not_representative)
    before = last.pairs.get(endpoint.id) if last else None
    seen_at = last.seen_at(endpoint.id) if last else None
    state, seen = verdict.judged.state, verdict.seen
    first = next(iter(evidence.inside.get(endpoint.id, ())), None)
    reason = evidence.left_out.get(endpoint.id)
    if reason is not None and before is not None:
        return replace(before, state=SKIPPED, skipped=reason.value, phases={}, seen_at=seen_at)
    return PairLook(
        state=seen.state.value if first is not None else SKIPPED,
        health=state.health,
        route_class=seen.route_class,
        host=endpoint.host,
        cname_chain=seen.cname_chain,
        vpc_endpoint_id=seen.vpc_endpoint_id,
        good_since_at=state.good_since_at if state.hard is Health.GOOD else None,
        phases=_phases(first, by_route=by_route) if first is not None else {},
        skipped=reason.value if reason is not None else "",
        failing_at=_failing_at(evidence.inside.get(endpoint.id, ()), before),
        proved_at=_proved_at(endpoint.id, first, evidence, before),
    )


def _proved_at(
    endpoint: str, first: Outcome | None, evidence: Evidence, before: PairLook | None
) -> float | None:
    if first is not None and first.state is State.OK:
        return evidence.shown_of.get(endpoint)
    return before.proved_at if before is not None else None


def _failing_at(inside: Sequence[Outcome], before: PairLook | None) -> tuple[str, ...]:
    """Addresses that failed in the newest probe that says something, and those beside them."""
    newest = next((o for o in reversed(inside) if o.state is not State.UNKNOWN), None)
    if newest is None:
        return before.failing_at if before is not None else ()
    if newest.state is State.OK:
        return ()
    told = (t for outcome in inside for t in outcome.tried)
    failed = [t.address for t in told if t.failure is not None and t.failure not in OURS]
    return tuple(dict.fromkeys([*([newest.address] if newest.address else []), *failed]))


def _phases(outcome: Outcome, *, by_route: bool) -> dict[str, float]:
    """Milliseconds by stage; where the route alone is judged, what comes after resolving is how
    long nobody answered, and no time of the API."""
    steps = (s for s in outcome.steps if not by_route or s.stage is Stage.RESOLVE)
    return {step.stage.value: round(step.elapsed_ms, 1) for step in steps}
