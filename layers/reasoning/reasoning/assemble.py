"""The transition that a verdict makes, with its looks and its diagnosis: what goes to the hub."""

from collections.abc import Sequence
from typing import Any

from probing.endpoint import Endpoint
from reasoning.case import Case, RouteClass
from reasoning.diagnose import Diagnosis
from reasoning.pair import Judged, PairState
from reasoning.passage import passage_lines
from reasoning.route import describe, holder_of
from reasoning.transition import EndpointFacts, Health, Transition

_EXPLAINED = frozenset({Health.FAILING, Health.FLAPPING, Health.CHANGING})


def facts_of(endpoint: Endpoint) -> EndpointFacts:
    """What the hub must know of an endpoint; nothing of its credential."""
    return EndpointFacts(
        id=endpoint.id,
        url=endpoint.url,
        host=endpoint.host,
        owner=endpoint.owner,
        severity=str(endpoint.severity),
        service=endpoint.service,
        runbook=endpoint.runbook,
        page_after_seconds=endpoint.page_after_seconds,
    )


def transition_of(
    before: PairState,
    judged: Judged,
    case: Case,
    diagnoses: Sequence[Diagnosis] = (),
    *,
    now_at: float,
) -> Transition | None:
    """None when the verdict moved nothing. `before` is the state that was judged; `diagnoses`
    come from `diagnose(case)`, best first: a pair that is good again carries none."""
    if judged.moved is None:
        return None
    was, now = judged.moved
    explained = now in _EXPLAINED
    return Transition(
        endpoint=facts_of(case.endpoint),
        vantage=case.vantage,
        seq=judged.state.seq,
        before=was,
        after=now,
        at=now_at,
        seen_at=judged.seen_at,
        first_bad_at=judged.first_bad_at,
        last_good_at=judged.last_good_at,
        good_since_at=judged.good_since_at,
        route_before=_route_before(before, explained),
        route_after=case.route_class,
        structural=judged.structural,
        answered_5xx=judged.answered_5xx,
        looks=looks_of(case),
        diagnosis=diagnoses[0] if diagnoses and explained else None,
        facts=_facts(judged, case, diagnoses[1:] if explained else ()),
    )


def looks_of(case: Case) -> dict[str, str]:
    """Short evidence by view; a view that was not looked from is left out."""
    held = holder_of(case)
    looks = {"inside": describe(case.inside, held[1] if held else None)}
    for view, outcome in (("pinned", case.pinned), ("outside", case.outside)):
        if outcome is not None:
            looks[view] = describe(outcome)
    groups = passage_lines(case)
    if groups:
        looks["groups"] = groups[0]
    mine = {held[0], *held[1].addresses} if held else set()
    taken = [s.resolution for s in case.sentinels if mine.intersection(s.resolution.addresses)]
    if taken:
        looks["sentinel"] = f"{taken[0].host} {', '.join(taken[0].addresses)}"
    return looks


def _route_before(before: PairState, lost: bool) -> RouteClass | None:
    """Of the last good look for a loss, of the last look otherwise; None when never answered."""
    if lost and before.last_good is not None:
        return before.last_good.route_class
    return before.route_class if before.addresses or before.last_good else None


def _facts(judged: Judged, case: Case, others: Sequence[Diagnosis]) -> dict[str, Any]:
    """`last_bad_at` bounds the search for a repairing change; `other_causes` stay visible;
    `cname_chain` and `vpc_endpoint_id` tell the hub by which way the pair stands now."""
    held = holder_of(case)
    facts: dict[str, Any] = {
        "last_bad_at": judged.last_bad_at,
        "failure": judged.state.failure,
        "cname_chain": list(case.inside.resolution.cname_chain) if case.inside.resolution else [],
        "vpc_endpoint_id": held[1].id if held else "",
        "described_at": case.described_at,
        "describe_refused": case.describe_refused,
    }
    if others:
        facts["other_causes"] = [
            {"cause": one.cause, "subject": one.subject, "evidence": list(one.evidence[:2])}
            for one in others
        ]
    return facts
