"""A notice as it leaves: text for people, alarm-shaped JSON, chat JSON, attributes, an event.

Decided here: what the two topics and the bus get. Not decided here: whether and when
(`notice.py`), the words of each text (`page.py`, `followup.py`, `bulletin.py`), how much of an
actor each way out may tell (`actor_detail.py`).
"""

from dataclasses import dataclass, field
from typing import Any

from reasoning.actor_detail import ActorDetail, Details, told_incident
from reasoning.alarm import alarm_of, subject_of
from reasoning.change import Change
from reasoning.chat import chat_of
from reasoning.escape import plain
from reasoning.followup import text_of
from reasoning.incident import Incident
from reasoning.page import summary
from reasoning.told import Mode, Notice, Reason, Where

_EVENTS = {
    Reason.OPENED: "Incident Opened",
    Reason.FLAPPING: "Incident Opened",
    Reason.RESOLVED: "Incident Resolved",
    Reason.UNWATCHED: "Incident Resolved",
    Reason.MERGED: "Incident Resolved",
}
_CLOSES = tuple(reason for reason, event in _EVENTS.items() if event == "Incident Resolved")
OWNERS = 100
"""And accounts and Regions, as SNS attributes: a filter on one that is left out hears nothing."""
_EVERYTHING = Details()
_WITHHELD = {Mode.OBSERVE: "Mode    observe: this would have paged, and was withheld"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Ready to send. `alarm` is the JSON for HTTPS receivers of the page topic, None when it does
    not page; `chat` that of the chat topic, `chat_text` the same as plain text ("": as `text`).
    `event_type` and `event` are detail-type and detail for the bus. `attributes`: names to one
    value or several (an incident may have several owners)."""

    id: str
    reason: Reason
    where: Where
    subject: str
    text: str
    alarm: dict[str, Any] | None = None
    chat: dict[str, Any] | None = None
    attributes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    event_type: str = ""
    event: dict[str, Any] = field(default_factory=dict)
    chat_text: str = ""


def of_incident(
    incident: Incident,
    notice: Notice,
    *,
    default_owner: str,
    now_at: float,
    details: Details = _EVERYTHING,
) -> Message:
    """The message of a notice about an incident; `details`: what each way out may tell of who
    made its changes."""
    chat_text = _text_of(incident, notice, details.chat)
    text = _text_of(incident, notice, details.page) if notice.where.pages else chat_text
    first = text.partition("\n")[0]
    closes = notice.reason in _CLOSES
    alarm = alarm_of(incident, notice, text, closes=closes, now_at=now_at)
    chat = chat_of(
        chat_text,
        notice_id=notice.id,
        reason=notice.reason,
        thread=incident.id,
        cause=incident.cause,
    )
    event = event_of(told_incident(incident, details.event), notice, now_at=now_at)
    return Message(
        id=notice.id,
        reason=notice.reason,
        where=notice.where,
        subject=subject_of(first, closes=closes) if notice.where.pages else first,
        text=text,
        alarm=alarm if notice.where.pages else None,
        chat=chat if notice.where.chats else None,
        attributes=_attributes(incident, notice, default_owner),
        event_type=_EVENTS.get(notice.reason, "Incident Amended"),
        event={**event, "text": _text_of(incident, notice, details.event)},
        chat_text=chat_text,
    )


def _text_of(incident: Incident, notice: Notice, detail: ActorDetail) -> str:
    """The plain text as that much of an actor may be told."""
    text = text_of(told_incident(incident, detail), notice.reason)
    return f"{text}\n{_WITHHELD[Mode(notice.withheld)]}" if notice.withheld else text


def plain_of(incident: Incident, notice: Notice, *, default_owner: str, now_at: float) -> Message:
    """The message without any word from outside, for when its text cannot be made."""
    closes = notice.reason in _CLOSES
    first = f"{notice.reason.value.upper()} incident {incident.id} ({incident.cause})"
    text = f"{first}\nIts full text could not be made: see the alerter's log for this id."
    return Message(
        id=notice.id,
        reason=notice.reason,
        where=notice.where,
        subject=subject_of(first, closes=closes),
        text=text,
        alarm=alarm_of(incident, notice, text, closes=closes, now_at=now_at),
        chat=chat_of(text, notice_id=notice.id, reason=notice.reason, thread=incident.id),
        attributes=_attributes(incident, notice, default_owner),
    )


def _attributes(
    incident: Incident, notice: Notice, default_owner: str
) -> dict[str, tuple[str, ...]]:
    vantage = incident.lead.vantage
    return {
        "owner": incident.owners[:OWNERS] or (default_owner,),
        "severity": (incident.severity,),
        "account": incident.accounts[:OWNERS] or (vantage.account,),
        "region": incident.regions[:OWNERS] or (vantage.region,),
        "cause": (incident.cause,),
        "reason": (notice.reason.value,),
        "withheld": (notice.withheld,),
    }


def event_of(incident: Incident, notice: Notice, *, now_at: float) -> dict[str, Any]:
    """The detail of the EventBridge event: ids and enums, for programs."""
    suspect, repair = incident.suspect, incident.repair
    return {
        "version": 1,
        "notice": notice.id,
        "incident": incident.id,
        "reason": notice.reason.value,
        "where": notice.where.value,
        "withheld": notice.withheld,
        "at": now_at,
        "cause": incident.cause,
        "subject": incident.diagnosis.subject if incident.diagnosis else "",
        "summary": summary(incident),
        "confidence": suspect.confidence.value if suspect else "",
        "change": _change_of(suspect.change) if suspect else {},
        "repair": _change_of(repair) if repair else {},
        "first_bad_at": incident.first_bad_at,
        "endpoints": list(incident.endpoints[:100]),
        "endpoint_count": incident.endpoint_count,
        "pairs_failing": incident.failing,
        "pairs_seen": incident.seen,
        "vpcs": list(incident.vpcs[:100]),
        "accounts": list(incident.accounts[:100]),
        "regions": list(incident.regions[:100]),
        "owners": list(incident.owners[:100]),
        "severity": incident.severity,
        "merged_into": incident.merged_into,
    }


def _change_of(change: Change) -> dict[str, Any]:
    return {
        "id": change.id,
        "event_name": change.event_name,
        "at": change.at,
        "account": change.account,
        "region": change.region,
        "resource_ids": list(change.resource_ids[:20]),
        "actor": plain(change.actor.name) if change.actor else "",
        "tool": plain(change.tool.name),
        "source_address": plain(change.source_address),
        "inferred": change.inferred,
    }
