"""What has been said of an incident once a notice went out, or its silence was decided."""

from dataclasses import replace

from reasoning.incident import Incident, Stage
from reasoning.told import ENDS, RINGING, RINGS, Notice, Reason, Ring, Told, Where


def mark(incident: Incident, notice: Notice, *, now_at: float) -> Incident:
    """The incident after `notice` was sent (or its silence decided)."""
    told = incident.told
    counts = {**told.counts, notice.reason: told.counts.get(notice.reason, 0) + 1}
    told = replace(told, counts=counts, rings=_rings(told, notice, now_at))
    marked = replace(incident, told=told)
    if notice.reason in ENDS:
        return _mark_end(marked, notice, now_at)
    if notice.reason in (Reason.OPENED, Reason.FLAPPING, Reason.GREW, Reason.AMENDED):
        return _mark_extent(marked, notice, now_at)
    if notice.reason in (Reason.CAUSE_FOUND, Reason.CAUSE_DOWNGRADED):
        return replace(marked, told=_with_suspect(marked, now_at))
    if notice.reason is Reason.REMINDER:
        return replace(marked, told=replace(marked.told, reminded_at=now_at))
    repair = incident.repair.id if incident.repair else ""
    merged = notice.reason is Reason.MERGED
    return replace(marked, told=replace(marked.told, repair=repair, merged=merged))


def _mark_end(incident: Incident, notice: Notice, now_at: float) -> Incident:
    told = incident.told
    if notice.reason is not Reason.ENDED_UNTOLD:
        repair = incident.repair.id if incident.repair else ""
        told = replace(told, resolved_at=now_at, repair=repair)
    return replace(incident, stage=Stage.RESOLVED, resolved_at=now_at, told=told)


def _mark_extent(incident: Incident, notice: Notice, now_at: float) -> Incident:
    amended = notice.reason is Reason.AMENDED
    told = incident.told if amended else _with_suspect(incident, now_at)
    named = max(incident.endpoint_count, incident.forecast_count)
    told = replace(
        told,
        endpoints=named,
        accounts=tuple(sorted({*told.accounts, *incident.accounts})),
        regions=tuple(sorted({*told.regions, *incident.regions})),
        lost=len(incident.lost),
        flapping=told.flapping or incident.flapping,
    )
    if notice.meant.pages:
        told = replace(told, paged_endpoints=named)
    if amended:
        told = replace(told, amended_at=now_at)
    if notice.reason is Reason.GREW:
        told = replace(told, grew_at=now_at)
    if notice.reason in (Reason.OPENED, Reason.FLAPPING) and told.opened is not Where.PAGE:
        told = replace(told, opened=notice.meant, opened_at=told.opened_at or now_at)
    return replace(incident, told=told)


def _with_suspect(incident: Incident, now_at: float) -> Told:
    suspect, told = incident.suspect, incident.told
    named_at = now_at if suspect and told.named_at is None else told.named_at
    return replace(
        told,
        confidence=suspect.confidence if suspect else "",
        suspect=suspect.change.id if suspect else "",
        actor=bool(suspect and suspect.change.actor),
        named_at=named_at,
    )


def _rings(told: Told, notice: Notice, now_at: float) -> tuple[Ring, ...]:
    """The rings with this one, at most `RINGS`; one that went out is always kept."""
    if notice.reason not in RINGING or not notice.meant.pages:
        return told.rings
    if notice.withheld and told.opened is Where.PAGE and not told.rings:
        return ()  # a release that kept no rings paged it, and its end must reach who was paged
    ring = Ring(at=now_at, reason=notice.reason, withheld=notice.withheld)
    if len(told.rings) < RINGS:
        return (*told.rings, ring)
    return told.rings if ring.withheld else (*told.rings[:-1], ring)
