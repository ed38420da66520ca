"""Pairs that stay bad when the rest of their incident was repaired: an incident of their own."""

from collections.abc import Sequence
from dataclasses import replace

from reasoning.diagnose import Diagnosis
from reasoning.incident import Incident
from reasoning.incident_key import UNEXPLAINED, id_of
from reasoning.joining import begin, join
from reasoning.transition import Transition

STRAGGLE_SECONDS = 300.0


def is_left_behind(incident: Incident, *, now_at: float) -> bool:
    """Whether a repair is known, some pairs are good since a while, and others still fail: those
    have another cause by now, and keep nobody from reading that the first one is repaired."""
    return (
        incident.repair is not None
        and incident.failing > 0
        and incident.recovered_at is not None
        and now_at - incident.recovered_at >= STRAGGLE_SECONDS
    )


def split(
    incident: Incident, stragglers: Sequence[Transition], *, now_at: float, min_good_seconds: float
) -> tuple[Incident, Incident]:
    """(the incident, all good now; a new one of the pairs that stayed behind). `stragglers` may
    be only the first `NAMES` of them: `failing` is carried over as it is counted."""
    first, *rest = stragglers
    left = begin(first, now_at=now_at, min_good_seconds=min_good_seconds)
    for transition in rest:
        left = join(left, transition, now_at=now_at, min_good_seconds=min_good_seconds)
    left = replace(
        left,
        id=id_of(f"{incident.key}|after|{incident.id}", first),
        key=f"{incident.key}|after|{incident.id}",
        diagnosis=_not_known_any_more(incident),
        lead=replace(left.lead, looks={}),  # they show what was before the repair
        failing=incident.failing,
        changing=incident.changing,
        seen=max(left.seen, incident.failing),
    )
    good = replace(
        incident, failing=0, changing=0, all_good_at=now_at, changed_at=now_at, left_to=left.id
    )
    return good, left


def _not_known_any_more(incident: Incident) -> Diagnosis:
    """What those that stayed behind were diagnosed with is undone: it neither explains them nor
    blames its change again, and its undo must not be advised a second time."""
    by = f" by {incident.repair.event_name}" if incident.repair else ""
    return Diagnosis(
        cause=UNEXPLAINED,
        facts={
            "summary": f"still failing after the others were repaired{by}: {incident.cause}, as "
            f"told in incident {incident.id}, explains it no more"
        },
    )
