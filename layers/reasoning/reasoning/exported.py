"""Changes and incidents as they leave the hub for other systems: versioned JSON.

Decided here: the shape that docs/export.schema.json describes, with times as text. A further key
may come without a new version; a key that goes or means something else is a new one. Not decided
here: how much of an actor is told (`actor_detail.py`).
"""

from datetime import UTC, datetime
from typing import Any

from reasoning.actor_detail import ActorDetail, told_change, told_incident
from reasoning.blame import Suspect
from reasoning.change import Change
from reasoning.incident import Incident
from reasoning.transition import Transition

CHANGE = "gatewatch.change/1"
INCIDENT = "gatewatch.incident/1"


def change_row(change: Change, detail: ActorDetail) -> dict[str, Any]:
    """One change of the ledger."""
    return {"schema": CHANGE, **_change(told_change(change, detail))}


def incident_row(incident: Incident, detail: ActorDetail) -> dict[str, Any]:
    """One incident, whether it is open, resolved, merged, told or not."""
    told = told_incident(incident, detail)
    return {
        "schema": INCIDENT,
        "id": told.id,
        "stage": told.stage.value,
        **_what(told),
        **_when(told),
        **_whom(told),
        "suspects": [_suspect(one) for one in told.suspects],
        "repair": _change(told.repair) if told.repair else None,
        "merged_into": told.merged_into,
        "left_to": told.left_to,
        "acknowledged": _acknowledged(told),
        "silenced": _silenced(told),
        "told": _told(told),
    }


def moment(at: float | None) -> str | None:
    """2026-11-21T10:02:51.000Z"""
    if at is None:
        return None
    text = datetime.fromtimestamp(at, tz=UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def _change(change: Change) -> dict[str, Any]:
    actor = change.actor
    who = None
    if actor is not None:
        who = {
            "name": actor.name,
            "type": actor.type,
            "role": actor.role,
            "account": actor.account,
        }
    return {
        "id": change.id,
        "at": moment(change.at),
        "event_name": change.event_name,
        "event_source": change.event_source,
        "kind": change.kind,
        "account": change.account,
        "region": change.region,
        "vpc_id": str(change.scope.get("vpc_id") or ""),
        "resource_ids": list(change.resource_ids),
        "summary": change.summary,
        "before": change.before,
        "after": change.after,
        "inferred": change.inferred,
        "actor": who,
        "tool": change.tool.name,
        "source_address": change.source_address,
    }


def _what(incident: Incident) -> dict[str, Any]:
    found = incident.diagnosis
    return {
        "cause": incident.cause,
        "subject": found.subject if found else "",
        "summary": str(found.facts.get("summary") or "") if found else "",
        "evidence": list(found.evidence) if found else [],
        "structural": incident.structural,
        "answered_5xx": incident.answered_5xx,
        "flapping": incident.flapping,
        "severity": incident.severity,
        "lead": _lead(incident.lead),
    }


def _lead(lead: Transition) -> dict[str, Any]:
    return {
        "endpoint": lead.endpoint.id,
        "host": lead.endpoint.host,
        "vpc_id": lead.vantage.vpc_id,
        "account": lead.vantage.account,
        "region": lead.vantage.region,
        "looks": dict(lead.looks),
    }


def _when(incident: Incident) -> dict[str, Any]:
    return {
        "last_good_at": moment(incident.last_good_at),
        "first_bad_at": moment(incident.first_bad_at),
        "opened_at": moment(incident.opened_at),
        "recovered_at": moment(incident.recovered_at),
        "unwatched_at": moment(incident.unwatched_at),
        "resolved_at": moment(incident.resolved_at),
    }


def _whom(incident: Incident) -> dict[str, Any]:
    return {
        "owners": list(incident.owners),
        "endpoints": list(incident.endpoints),
        "endpoint_count": incident.endpoint_count,
        "pairs_failing": incident.failing,
        "pairs_seen": incident.seen,
        "pairs_unwatched": incident.unwatched,
        "vpcs": list(incident.vpcs),
        "accounts": list(incident.accounts),
        "regions": list(incident.regions),
    }


def _suspect(suspect: Suspect) -> dict[str, Any]:
    return {
        "confidence": suspect.confidence.value,
        "because": list(suspect.because),
        "change": _change(suspect.change),
    }


def _acknowledged(incident: Incident) -> dict[str, Any] | None:
    if not incident.acknowledged:
        return None
    return {
        "by": incident.acknowledged_by,
        "at": moment(incident.acknowledged_at),
        "until": moment(incident.acknowledged_until_at),
    }


def _silenced(incident: Incident) -> dict[str, Any] | None:
    if incident.silenced_until_at is None:
        return None
    return {"by": incident.silenced_by, "until": moment(incident.silenced_until_at)}


def _told(incident: Incident) -> dict[str, Any]:
    told = incident.told
    rings = [
        {"at": moment(ring.at), "reason": ring.reason.value, "withheld": ring.withheld}
        for ring in told.rings
    ]
    return {
        "opened": told.opened.value if told.opened else None,
        "opened_at": moment(told.opened_at),
        "suspect_named_at": moment(told.named_at),
        "resolved_at": moment(told.resolved_at),
        "rings": rings,
        "notices": dict(told.counts),
    }
